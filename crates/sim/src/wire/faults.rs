//! What can be wrong with a wire. The kinds are those that Toxiproxy calls toxics.

use std::time::Duration;

/// What is wrong with one direction of a wire. The default is a good one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// Every piece comes so much later.
    pub latency: Option<Latency>,
    /// No more than so many bytes a second come through; 0 counts as 1.
    pub bytes_per_s: Option<u64>,
    /// Every piece is cut into smaller ones, with a pause between them.
    pub slices: Option<Slices>,
    /// What happens to the bytes at all.
    pub passes: Passes,
    /// After so many bytes of a connection both its ends are closed.
    pub bytes_max: Option<u64>,
    /// One end closes; the other hears of it so much later.
    pub slow_close: Option<Duration>,
}

/// How late pieces come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Latency {
    /// At least so late.
    pub delay: Duration,
    /// And up to so much later, by chance.
    pub jitter: Duration,
}

/// How pieces are cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slices {
    /// Bytes of a slice at most; by chance any number up to it, and at least 1.
    pub bytes_max: usize,
    /// Between two slices.
    pub pause: Duration,
}

/// Whether bytes come through. In none of these the sender is told that they do not: the connection
/// looks alive, as with a line that has gone dead somewhere on the way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Passes {
    /// They come through.
    #[default]
    All,
    /// They are kept, and come all at once when the fault is over: the flood after a silence.
    Later,
    /// They are gone.
    Never,
}
