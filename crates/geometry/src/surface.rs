//! How triangles hang together: which edges lack a neighbour, how many shells there are, and
//! which triangles look the other way than their neighbours.

use crate::mesh::Mesh;
use crate::orientation::Orientation;

/// What the edges of a mesh tell.
pub(crate) struct Surface {
    /// Edges that an odd number of triangles share: one of them has no neighbour.
    pub(crate) open_edges: u64,
    /// Parts of the surface that hang together over edges shared by exactly two triangles.
    pub(crate) shells: u64,
    /// Whether every shell has two sides.
    pub(crate) two_sided: bool,
    /// For each triangle, whether it must be turned to look the way most of its shell does.
    pub(crate) turned: Vec<bool>,
}

/// Studies the edges. Time and memory grow with the number of triangles only.
///
/// Two triangles agree when they run through their common edge in opposite directions. An edge
/// that four triangles share (two solids that touch along a line) joins nobody.
pub(crate) fn study(mesh: &Mesh) -> Surface {
    let edges = EdgesByVertex::of(mesh);
    let mut orientation = Orientation::new(mesh.triangles().len());
    let mut open_edges = 0;
    let mut fan = Vec::new();
    for (low, uses) in (0u32..).zip(edges.fans()) {
        fan.clear();
        fan.extend_from_slice(uses);
        fan.sort_unstable_by_key(|u| (u.to, u.triangle));
        for edge in fan.chunk_by(|a, b| a.to == b.to) {
            open_edges += (edge.len() % 2) as u64;
            if let [a, b] = edge {
                let disagree = rises(mesh, low, a) == rises(mesh, low, b);
                orientation.join(a.triangle, b.triangle, disagree);
            }
        }
    }
    let two_sided = orientation.two_sided();
    let (shells, turned) = orientation.settle();
    Surface {
        open_edges,
        shells,
        two_sided,
        turned,
    }
}

/// One side of one triangle, filed under the lower of its two vertices.
#[derive(Clone, Copy, Default)]
struct Use {
    /// The higher vertex.
    to: u32,
    triangle: u32,
}

/// All sides of all triangles, grouped by their lower vertex without sorting the whole.
struct EdgesByVertex {
    /// Where the group of each vertex ends in `uses`.
    ends: Vec<usize>,
    uses: Vec<Use>,
}

impl EdgesByVertex {
    fn of(mesh: &Mesh) -> Self {
        let mut next = vec![0usize; mesh.vertices().len()];
        for [low, _] in mesh.triangles().iter().flat_map(|t| sides(*t)) {
            if let Some(count) = next.get_mut(low as usize) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for slot in &mut next {
            let count = *slot;
            *slot = sum;
            sum += count;
        }
        let mut uses = vec![Use::default(); sum];
        for (number, triangle) in (0u32..).zip(mesh.triangles()) {
            for [low, to] in sides(*triangle) {
                let Some(at) = next.get_mut(low as usize) else {
                    continue;
                };
                if let Some(slot) = uses.get_mut(*at) {
                    *slot = Use {
                        to,
                        triangle: number,
                    };
                }
                *at += 1;
            }
        }
        Self { ends: next, uses }
    }

    /// The group of each vertex.
    fn fans(&self) -> impl Iterator<Item = &[Use]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts
            .zip(&self.ends)
            .map(|(start, end)| self.uses.get(start..*end).unwrap_or_default())
    }
}

/// Whether the triangle runs from the lower to the higher vertex on this side.
fn rises(mesh: &Mesh, low: u32, side: &Use) -> bool {
    mesh.triangles()
        .get(side.triangle as usize)
        .is_some_and(|[a, b, c]| [[a, b], [b, c], [c, a]].contains(&[&low, &side.to]))
}

/// The three sides of a triangle, each from its lower to its higher vertex.
fn sides([a, b, c]: [u32; 3]) -> [[u32; 2]; 3] {
    [[a, b], [b, c], [c, a]].map(|[p, q]| [p.min(q), p.max(q)])
}
