//! Which way triangles look, relative to each other: a union-find whose links carry a flag.

/// Groups of triangles whose relative direction is known.
pub(crate) struct Orientation {
    /// For each triangle another one of its group (its own number for the group's root), times
    /// two, plus one when the two look opposite ways.
    links: Vec<u32>,
    two_sided: bool,
}

impl Orientation {
    /// Every triangle alone. `count` stays under [`crate::limits::TRIANGLES_ADDRESSABLE`].
    pub(crate) fn new(count: usize) -> Self {
        Self {
            links: (0..count as u32).map(|n| n << 1).collect(),
            two_sided: true,
        }
    }

    /// Notes that two triangles are neighbours, and whether they look opposite ways.
    pub(crate) fn join(&mut self, a: u32, b: u32, opposite: bool) {
        let (root_a, a_turned) = self.find(a);
        let (root_b, b_turned) = self.find(b);
        let roots_opposite = a_turned ^ b_turned ^ opposite;
        if root_a == root_b {
            self.two_sided &= !roots_opposite;
        } else {
            // Towards the lower number: files list neighbours close together, so chains stay short.
            let (parent, child) = (root_a.min(root_b), root_a.max(root_b));
            self.set(child, parent, roots_opposite);
        }
    }

    /// Whether no group contradicts itself, as the single side of a Möbius strip does.
    pub(crate) fn two_sided(&self) -> bool {
        self.two_sided
    }

    /// The number of groups and, for each triangle, whether it looks the other way than most of
    /// its group (with a tie, than the group's first triangle).
    pub(crate) fn settle(mut self) -> (u64, Vec<bool>) {
        let count = self.links.len() as u32;
        let mut balance = vec![0i64; self.links.len()];
        let mut turned = Vec::with_capacity(self.links.len());
        let mut groups = 0;
        for triangle in 0..count {
            let (root, flag) = self.find(triangle);
            groups += u64::from(root == triangle);
            turned.push(flag);
            if let Some(balance) = balance.get_mut(root as usize) {
                *balance += if flag { -1 } else { 1 };
            }
        }
        for (triangle, flag) in (0..count).zip(&mut turned) {
            let (root, _) = self.find(triangle);
            *flag ^= balance.get(root as usize).is_some_and(|b| *b < 0);
        }
        (groups, turned)
    }

    /// The root of a triangle's group and whether the triangle looks the other way than it.
    fn find(&mut self, start: u32) -> (u32, bool) {
        let (mut root, mut turned) = (start, false);
        loop {
            let (parent, opposite) = self.link(root);
            if parent == root {
                break;
            }
            turned ^= opposite;
            root = parent;
        }
        let (mut at, mut rest) = (start, turned);
        while at != root {
            let (parent, opposite) = self.link(at);
            self.set(at, root, rest);
            rest ^= opposite;
            at = parent;
        }
        (root, turned)
    }

    fn link(&self, triangle: u32) -> (u32, bool) {
        let link = self.links.get(triangle as usize);
        link.map_or((triangle, false), |l| (l >> 1, l & 1 == 1))
    }

    fn set(&mut self, triangle: u32, parent: u32, opposite: bool) {
        if let Some(link) = self.links.get_mut(triangle as usize) {
            *link = parent << 1 | u32::from(opposite);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_triangle_that_looks_the_other_way_than_its_neighbours_is_the_one_turned() {
        let mut o = Orientation::new(5);
        o.join(0, 1, true);
        o.join(1, 2, false);
        o.join(3, 2, false);
        assert!(o.two_sided());
        assert_eq!(o.settle(), (2, vec![true, false, false, false, false]));
    }

    #[test]
    fn a_ring_with_one_twist_has_one_side() {
        let mut o = Orientation::new(3);
        o.join(0, 1, false);
        o.join(1, 2, false);
        o.join(2, 0, true);
        assert!(!o.two_sided());
    }
}
