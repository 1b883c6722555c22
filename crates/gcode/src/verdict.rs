//! What the policy says about a file.

use crate::limits::FINDINGS_MAX;
use crate::problem::Problem;
use serde::Serialize;

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// No file may do this.
    Refuse,
    /// A manager could allow this with a reason.
    NeedsManager,
}

/// One thing that is wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Which line, counted from 1.
    pub line: u64,
    /// How grave it is.
    pub class: Class,
    /// Stable name.
    pub code: &'static str,
    /// What is wrong, for a designer. Holds nothing of the file but numbers.
    pub sentence: String,
    /// What to do about it.
    pub remedy: &'static str,
}

/// All findings: the first [`FINDINGS_MAX`] in words, the rest as a number.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// The first findings, in the order of lines.
    pub findings: Vec<Finding>,
    /// How many there are in all.
    pub total: u64,
    #[serde(skip)]
    last: Option<(u64, &'static str)>,
}

impl Verdict {
    /// Whether the file may not be printed. A finding that a manager could allow refuses too:
    /// nobody can give that consent yet.
    #[must_use]
    pub fn refused(&self) -> bool {
        self.total > 0
    }

    /// Notes a problem; the same one in another reading of the same line is not counted again.
    pub(crate) fn note(&mut self, line: u64, problem: &Problem) {
        let code = problem.code();
        if self.last == Some((line, code)) {
            return;
        }
        self.last = Some((line, code));
        self.total += 1;
        if self.findings.len() < FINDINGS_MAX {
            self.findings.push(Finding {
                line,
                class: problem.class(),
                code,
                sentence: problem.sentence(),
                remedy: problem.remedy(),
            });
        }
    }
}
