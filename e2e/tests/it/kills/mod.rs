//! Sudden death, and never a second start.
//!
//! Programs are killed at every point of the start path ([`failpoints`]), OctoPrint around a start
//! ([`octoprint`]), and any of them at seeded instants of a print ([`instants`]). Whatever dies: a
//! print starts at most once, one that goes on is seen to its end, and what nobody can know is left
//! to a person.

mod chance;
mod failpoints;
mod instants;
mod octoprint;
mod print;
