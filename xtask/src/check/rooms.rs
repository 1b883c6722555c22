//! The plan of the rooms as tables: who may see whom, where heavy crates live, and why.
//!
//! A further room needs a row here and a record in `docs/decisions/`.

/// A room and the rooms it may see.
pub struct Room {
    /// The folder, or the package of a program.
    pub name: &'static str,
    /// Folders.
    pub sees: &'static [&'static str],
    /// Printed when the rule is broken.
    pub why: &'static str,
}

const RING: &str = "the pure ring stands on nouns alone, so that its tests take milliseconds";
const ADAPTER: &str =
    "an adapter turns one outside thing into our words and knows no other adapter";
const WIRING: &str = "only bin/ wires rooms together, and never the simulator into the product";
const EVERYTHING: &[&str] = &[
    "domain", "geometry", "gcode", "estimate", "link", "clock", "tokens", "slicer", "printers",
    "blobs", "store", "http", "studio", "service", "bridge", "sim",
];

/// Arrows: domain ← (geometry, gcode, estimate, link) ← adapters ← (studio, service, bridge) ← bin.
pub const ROOMS: &[Room] = &[
    Room {
        name: "domain",
        sees: &[],
        why: "the nouns depend on nothing",
    },
    Room {
        name: "geometry",
        sees: &["domain"],
        why: RING,
    },
    Room {
        name: "gcode",
        sees: &["domain"],
        why: RING,
    },
    Room {
        name: "estimate",
        sees: &["domain", "geometry", "gcode"],
        why: RING,
    },
    Room {
        name: "link",
        sees: &["domain"],
        why: RING,
    },
    Room {
        name: "clock",
        sees: &["domain"],
        why: "the system clock is one small thing behind a port",
    },
    Room {
        name: "tokens",
        sees: &["domain"],
        why: "the seam's token is all that studio and service share beyond domain",
    },
    Room {
        name: "slicer",
        sees: &["domain", "geometry", "gcode", "estimate"],
        why: ADAPTER,
    },
    Room {
        name: "printers",
        sees: &["domain", "gcode", "link"],
        why: ADAPTER,
    },
    Room {
        name: "blobs",
        sees: &["domain"],
        why: ADAPTER,
    },
    Room {
        name: "store",
        sees: &["domain", "geometry", "gcode", "estimate", "link"],
        why: ADAPTER,
    },
    Room {
        name: "http",
        sees: &["domain"],
        why: "how a call is answered does not depend on what it is about",
    },
    Room {
        name: "studio",
        sees: &[
            "domain", "geometry", "gcode", "estimate", "tokens", "blobs", "store", "http",
        ],
        why: "the studio knows no printer and meets the service only at the print gateway (E4, E6)",
    },
    Room {
        name: "service",
        sees: &[
            "domain", "geometry", "gcode", "estimate", "link", "tokens", "slicer", "blobs",
            "store", "http",
        ],
        why: "only the bridge talks to a printer, and the studio is met only at the gateway (E4, E6)",
    },
    Room {
        name: "bridge",
        sees: &["domain", "gcode", "link", "printers"],
        why: "the bridge runs on another machine: with the server it shares the words of the link (E5)",
    },
    Room {
        name: "sim",
        sees: &[
            "domain", "geometry", "gcode", "estimate", "link", "printers", "bridge",
        ],
        why: "the simulator plays printers and bridges; it has no part of the server inside (E7)",
    },
];

/// A program or test package and the rooms it may wire together.
pub const PROGRAMS: &[Room] = &[
    Room {
        name: "fluxprint",
        sees: &[
            "domain", "geometry", "gcode", "estimate", "link", "clock", "tokens", "slicer",
            "blobs", "store", "http", "studio", "service",
        ],
        why: WIRING,
    },
    Room {
        name: "fluxprint-bridge-bin",
        sees: &["domain", "gcode", "link", "clock", "printers", "bridge"],
        why: WIRING,
    },
    Room {
        name: "fluxprint-sim-bin",
        sees: EVERYTHING,
        why: WIRING,
    },
    Room {
        name: "fluxprint-e2e",
        sees: EVERYTHING,
        why: WIRING,
    },
    Room {
        name: "xtask",
        sees: &[],
        why: "xtask compiles in seconds: it starts our programs instead of linking them",
    },
];

/// Rooms that tests of every room may name besides.
pub const TEST_ROOMS: [&str; 2] = ["sim", "clock"];

/// An outside crate that only some packages may name.
pub struct Fence {
    /// Package names.
    pub crates: &'static [&'static str],
    /// Packages of ours.
    pub inside: &'static [&'static str],
    /// Printed when the rule is broken.
    pub why: &'static str,
}

/// Where heavy crates live.
pub const FENCES: &[Fence] = &[
    Fence {
        crates: &[
            "sqlx",
            "sqlx-core",
            "sqlx-postgres",
            "sqlx-sqlite",
            "rusqlite",
        ],
        inside: &["fluxprint-store", "fluxprint-bridge"],
        why: "SQL lives in the store, and in the bridge's journal (E2)",
    },
    Fence {
        crates: &["axum"],
        inside: &[
            "fluxprint-http",
            "fluxprint-studio",
            "fluxprint-service",
            "fluxprint-sim",
            "fluxprint",
            "fluxprint-e2e",
        ],
        why: "routes live in studio and service, what they share in http; bin/fluxprint only serves them (E3)",
    },
    Fence {
        crates: &["object_store"],
        inside: &["fluxprint-blobs"],
        why: "bytes at rest have one door (E5)",
    },
];

/// Rooms that stay pure all the way down.
pub const PURE: [&str; 5] = ["domain", "geometry", "gcode", "estimate", "link"];
/// A runtime, a database, the network or the system clock would end the purity.
pub const IMPURE: [&str; 6] = [
    "tokio",
    "sqlx",
    "reqwest",
    "hyper",
    "mio",
    "fluxprint-clock",
];
