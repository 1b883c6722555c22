//! A reason kept with a thing: a refusal as it was told to people.

use crate::error::Result;
use crate::limits::WORDS_CHARS_MAX;
use crate::row::Row;
use fluxprint_domain::Refusal;
use serde_json::{Value as Json, json};

/// Why something was refused, held or failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// Stable code (SCREAMING_SNAKE).
    pub code: String,
    /// What happened.
    pub sentence: String,
    /// What to do.
    pub remedy: String,
}

impl From<&Refusal> for Reason {
    fn from(refusal: &Refusal) -> Self {
        Self {
            code: refusal.code().to_owned(),
            sentence: refusal.sentence().into_owned(),
            remedy: refusal.remedy().to_owned(),
        }
    }
}

impl Reason {
    /// As events and audit rows say it.
    pub(crate) fn facts(&self) -> Json {
        json!({ "code": self.code, "sentence": self.sentence, "remedy": self.remedy })
    }

    /// Reads three columns that are NULL together.
    pub(crate) fn read(
        row: &Row,
        [code, sentence, remedy]: [&'static str; 3],
    ) -> Result<Option<Self>> {
        let Some(code) = row.get(code)? else {
            return Ok(None);
        };
        Ok(Some(Self {
            code,
            sentence: row.get(sentence)?,
            remedy: row.get(remedy)?,
        }))
    }

    /// The columns of a reason.
    pub(crate) const REASON: [&str; 3] = ["reason_code", "reason_sentence", "reason_remedy"];
    /// The columns of a refusal.
    pub(crate) const REFUSAL: [&str; 3] = ["refusal_code", "refusal_sentence", "refusal_remedy"];
}

/// The three values to bind, NULL together.
pub(crate) fn columns(reason: Option<&Reason>) -> [Option<String>; 3] {
    [
        reason.map(|it| storable(&it.code)),
        reason.map(|it| storable(&it.sentence)),
        reason.map(|it| storable(&it.remedy)),
    ]
}

/// Words that may come from a machine, as both engines can keep them: PostgreSQL knows no NUL.
pub(crate) fn storable(words: &str) -> String {
    words
        .chars()
        .filter(|c| *c != '\0')
        .take(WORDS_CHARS_MAX)
        .collect()
}
