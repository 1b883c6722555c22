//! Holds the edges of `cargo metadata` against the plan of the rooms.

use super::finding::Finding;
use super::metadata::Graph;
use super::rooms::{FENCES, IMPURE, PROGRAMS, PURE, ROOMS, TEST_ROOMS};

/// Holds every package of ours against the rules.
pub fn findings(graph: &Graph) -> Vec<Finding> {
    let mut found = Vec::new();
    for package in &graph.ours {
        found.extend(room_edges(graph, package));
        found.extend(fence_edges(graph, package));
    }
    found.extend(PURE.iter().flat_map(|room| impurities(graph, room)));
    found
}

fn room_edges(graph: &Graph, package: &str) -> Vec<Finding> {
    let room = ROOMS
        .iter()
        .find(|room| package == format!("fluxprint-{}", room.name));
    let Some(room) = room.or_else(|| PROGRAMS.iter().find(|room| room.name == package)) else {
        let why = "a room without a rule: say in rooms.rs whom it may see, and why";
        return vec![Finding::error(package, why)];
    };
    let seen = |name: &&str, more: &[&str]| {
        let seen = name.strip_prefix("fluxprint-").unwrap_or(name);
        !room.sees.contains(&seen) && !more.contains(&seen)
    };
    let direct = graph.direct(package);
    let dev = graph.direct_dev(package);
    let wrong = direct
        .iter()
        .filter(|name| graph.ours.contains(**name) && seen(name, &[]));
    let wrong_dev = dev
        .iter()
        .filter(|name| graph.ours.contains(**name) && seen(name, &TEST_ROOMS));
    wrong
        .chain(wrong_dev)
        .map(|name| Finding::error(package, format!("may not see {name}: {}", room.why)))
        .collect()
}

fn fence_edges(graph: &Graph, package: &str) -> Vec<Finding> {
    let direct = graph.direct(package);
    FENCES
        .iter()
        .filter(|fence| !fence.inside.contains(&package))
        .flat_map(|fence| fence.crates.iter().map(move |name| (fence, *name)))
        .filter(|(_, name)| direct.contains(name))
        .map(|(fence, name)| Finding::error(package, format!("may not name {name}: {}", fence.why)))
        .collect()
}

fn impurities(graph: &Graph, room: &str) -> Vec<Finding> {
    let package = format!("fluxprint-{room}");
    let mut reached = graph.reach(&package);
    reached.extend(graph.direct_dev(&package));
    IMPURE
        .iter()
        .filter(|name| reached.contains(**name))
        .map(|name| {
            let why = "the pure ring has no runtime, no database, no network and no clock (E1)";
            Finding::error(&package, format!("reaches {name}: {why}"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A graph of `from -> to` edges; a `dev` edge is `from ~> to`.
    fn graph(edges: &[&str]) -> Graph {
        let mut graph = Graph::default();
        for edge in edges {
            let words: Vec<&str> = edge.split(' ').collect();
            let [from, arrow, to] = words.as_slice() else {
                panic!("{edge}")
            };
            let side = if *arrow == "->" {
                &mut graph.normal
            } else {
                &mut graph.dev
            };
            side.entry((*from).to_owned())
                .or_default()
                .insert((*to).to_owned());
            graph.ours.extend([from, to].map(|name| (*name).to_owned()));
        }
        graph
            .ours
            .retain(|name| name.starts_with("fluxprint") || name == "xtask");
        graph
    }

    fn broken(edges: &[&str]) -> usize {
        findings(&graph(edges)).len()
    }

    #[test]
    fn arrows_only_point_left() {
        assert_eq!(broken(&["fluxprint-domain -> fluxprint-link"]), 1);
        assert_eq!(broken(&["fluxprint-studio -> fluxprint-service"]), 1);
        assert_eq!(broken(&["fluxprint-service -> fluxprint-studio"]), 1);
        assert_eq!(broken(&["fluxprint-service -> fluxprint-printers"]), 1);
        assert_eq!(broken(&["fluxprint-bridge -> fluxprint-store"]), 1);
        assert_eq!(broken(&["fluxprint-bridge ~> fluxprint-service"]), 1);
        assert_eq!(broken(&["xtask -> fluxprint-sim"]), 1);
        assert_eq!(broken(&["fluxprint-http -> fluxprint-store"]), 1);
        assert_eq!(broken(&["fluxprint-bridge -> fluxprint-http"]), 1);
        assert_eq!(broken(&["fluxprint-bridge -> fluxprint-link"]), 0);
    }

    #[test]
    fn the_simulator_is_for_tests_only() {
        assert_eq!(broken(&["fluxprint -> fluxprint-sim"]), 1);
        assert_eq!(broken(&["fluxprint-service -> fluxprint-sim"]), 1);
        assert_eq!(broken(&["fluxprint-service ~> fluxprint-sim"]), 0);
        assert_eq!(broken(&["fluxprint-sim-bin -> fluxprint-sim"]), 0);
    }

    #[test]
    fn heavy_crates_stay_inside_their_fences() {
        assert_eq!(broken(&["fluxprint-service -> sqlx"]), 1);
        assert_eq!(broken(&["fluxprint-bridge -> axum"]), 1);
        assert_eq!(broken(&["fluxprint-store -> sqlx"]), 0);
    }

    #[test]
    fn the_pure_ring_is_pure_all_the_way_down() {
        assert_eq!(
            broken(&["fluxprint-link -> innocent", "innocent -> tokio"]),
            1
        );
        assert_eq!(broken(&["fluxprint-gcode ~> tokio"]), 1);
        assert_eq!(broken(&["fluxprint-link -> serde"]), 0);
    }

    #[test]
    fn a_room_without_a_rule_is_refused() {
        assert_eq!(broken(&["fluxprint-cellar -> serde"]), 1);
    }
}
