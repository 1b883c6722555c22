//! Sudden death, and never a second start.
//!
//! Programs are killed at every point of the start path ([`failpoints`]), OctoPrint around a start
//! ([`octoprint`]), and any of them at seeded instants of a print ([`instants`]); the line between
//! bridge and service breaks ([`link`]), and all of it comes by chance ([`chaos`]). Whatever dies: a
//! print starts at most once, one that goes on is seen to its end, and what nobody can know is left
//! to a person.

mod chance;
mod chaos;
mod failpoints;
mod instants;
mod link;
mod octoprint;
mod print;
