//! What can be made to go wrong, at start or live through `PUT /sim/knobs`.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// The failures of a virtual OctoPrint. The default is a healthy one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Knobs {
    /// What happens to the next start, once: select with print, job start or restart.
    pub next_start: Option<NextStart>,
    /// What happens to the next upload, once.
    pub next_upload: Option<NextUpload>,
    /// What every `/api` call gets in place of its answer.
    pub answers: Answers,
    /// Every `/api` answer waits this long first, milliseconds of the real clock.
    pub delay_ms: u64,
    /// The API key is refused, as after it was revoked.
    pub refuse_key: bool,
    /// Passive login answers 429, so the push socket cannot be authenticated.
    pub login_limited: bool,
    /// Push sockets are closed and new ones refused.
    pub push_closed: bool,
    /// The print stands still while the state says `Printing`.
    pub frozen: bool,
    /// Heater targets are taken with a 204 and not obeyed.
    pub deaf_heaters: bool,
    /// Free bytes that `/api/files` reports, in place of the real figure.
    pub free_bytes: Option<u64>,
    /// The stream that the webcam settings name.
    pub webcam_stream: String,
    /// The single picture that they name.
    pub webcam_snapshot: String,
    /// Machine seconds per real second, in place of the speed given at start.
    pub speed: Option<f64>,
    /// Wrong answers planted on purpose, to prove that comparing tests can fail.
    pub lies: BTreeSet<Lie>,
}

/// What can happen to a start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NextStart {
    /// The print starts and the connection is cut in place of an answer.
    LoseAnswer,
    /// 409, and nothing starts.
    Refuse,
    /// 204, and nothing starts.
    AcceptAndForget,
}

/// What can happen to an upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NextUpload {
    /// 500 after this many bytes; the truncated file stays in the list and can be printed.
    DiskFull(u64),
    /// 201 as if all were well, but only this many bytes are kept.
    Truncate(u64),
}

/// What the API answers with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answers {
    /// The truth.
    #[default]
    Normal,
    /// 500 with OctoPrint's error body.
    Error500,
    /// 200 with a page of HTML, as from a login portal or a wrong address.
    Html,
    /// 200 with bytes that are no JSON.
    Garbage,
    /// Nothing: the connection is cut without an answer.
    Cut,
}

/// A wrong answer that a comparison with a real OctoPrint must notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lie {
    /// A running print is called `Busy`.
    WrongStateWord,
    /// Commands answer 200 in place of 204.
    OkForNoContent,
    /// The event `PrintCancelled` is swallowed.
    NoCancelEvent,
    /// After a cancel the completion stays at its last value.
    CompletionAfterCancel,
    /// An upload with `print=true` during a print claims `effectivePrint: true`.
    EffectivePrintWhilePrinting,
}

impl Lie {
    /// Every lie there is.
    pub const ALL: [Self; 5] = [
        Self::WrongStateWord,
        Self::OkForNoContent,
        Self::NoCancelEvent,
        Self::CompletionAfterCancel,
        Self::EffectivePrintWhilePrinting,
    ];
}
