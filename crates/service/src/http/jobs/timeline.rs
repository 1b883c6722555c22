//! The past of a job, read from what was written down when it happened.

use crate::http::dto::timeline::{Happened, What};
use crate::http::dto::{Moment, ReasonShown};
use fluxprint_domain::Timestamp;
use fluxprint_domain::attempt::{Outcome, State};
use fluxprint_domain::id::PrinterId;
use fluxprint_domain::job;
use fluxprint_store::AuditEntry;
use fluxprint_store::service::attempt::Attempt;
use fluxprint_store::service::copy::Copy;
use fluxprint_store::service::job::{BedWord, Job};
use fluxprint_store::service::reason::Reason;
use fluxprint_tokens::Subject;
use serde_json::Value;

/// What happened to a job, oldest first: its audit rows and the words for beds that its starts used.
#[must_use]
pub fn timeline(
    job: &Job,
    attempts: &[Attempt],
    deeds: &[AuditEntry],
    words: &[BedWord],
) -> Vec<Happened> {
    let past = Past { job, attempts };
    let deeds = deeds.iter().filter_map(|deed| past.of_deed(deed));
    let words = words.iter().map(|word| past.of_word(word));
    let mut all: Vec<Happened> = deeds.chain(words).collect();
    all.sort_by_key(|happened| happened.at.0);
    all
}

struct Past<'a> {
    job: &'a Job,
    attempts: &'a [Attempt],
}

impl Past<'_> {
    fn attempt(&self, deed: &AuditEntry) -> Option<&Attempt> {
        let id = deed.object.parse().ok()?;
        self.attempts.iter().find(|attempt| attempt.id == id)
    }

    fn copy(&self, deed: &AuditEntry) -> Option<&Copy> {
        let of_try = self.attempt(deed).map(|attempt| attempt.copy);
        let id = of_try.or_else(|| deed.object.parse().ok())?;
        self.job.copies.iter().find(|copy| copy.id == id)
    }

    fn of_deed(&self, deed: &AuditEntry) -> Option<Happened> {
        let facts: Value = serde_json::from_str(&deed.facts).unwrap_or_default();
        let fact = |name: &str| facts.get(name).and_then(Value::as_str);
        let (attempt, copy) = (self.attempt(deed), self.copy(deed));
        let what = match deed.what.as_str() {
            "job created" => What::Made,
            "job prepared" => What::Prepared,
            "job cannot be prepared" => What::CannotPrepare,
            "job moved" => What::Moved,
            "job prioritised" => What::Prioritised,
            "copy held" => What::Held,
            "copy released" => What::Released,
            "copy cancelled" if copy.is_some_and(|copy| ended_then(copy, deed.at)) => {
                What::Canceled
            }
            "copy cancelled" => What::CancelAsked,
            "copy settled" => What::Settled,
            "printer assigned" => What::PrinterFound,
            "start issued" => What::StartSent,
            "attempt paused" => What::Paused,
            "attempt resumed" => What::Resumed,
            "pause asked" => What::PauseAsked,
            "resume asked" => What::ResumeAsked,
            "attempt moved on" => moved(fact("from")?, fact("to")?)?,
            _ => return None,
        };
        let reason = match what {
            What::Failed | What::NotStarted | What::NeedsAttention => {
                attempt.and_then(|attempt| attempt.reason.clone())
            }
            What::Held => kept(&facts),
            What::CannotPrepare => self.job.copies.iter().find_map(|copy| copy.reason.clone()),
            _ => None,
        };
        let happened = happened(deed.at, what);
        Some(Happened {
            sentence: in_words(what, &facts).unwrap_or(happened.sentence),
            who: person(&deed.who),
            copy: copy.map(|copy| copy.number),
            printer: attempt.map(|attempt| attempt.printer),
            reason: reason.map(ReasonShown::from),
            ..happened
        })
    }

    fn of_word(&self, word: &BedWord) -> Happened {
        let attempt = self.attempts.iter().find(|a| a.id == word.attempt);
        let copy = attempt.and_then(|attempt| {
            let mut copies = self.job.copies.iter();
            copies.find(|copy| copy.id == attempt.copy)
        });
        let happened = happened(word.given_at, What::BedCleared);
        Happened {
            sentence: match &word.rule {
                Some(rule) => format!("The rule {rule} said that the bed is clear."),
                None => happened.sentence.clone(),
            },
            who: person(&word.given_by).filter(|_| word.rule.is_none()),
            copy: copy.map(|copy| copy.number),
            printer: Some(word.printer),
            ..happened
        }
    }
}

fn happened(at: Timestamp, what: What) -> Happened {
    let printer: Option<PrinterId> = None;
    Happened {
        at: Moment(at),
        what,
        sentence: what.sentence().to_owned(),
        who: None,
        copy: None,
        printer,
        reason: None,
    }
}

/// The reason that was written down with a deed.
fn kept(facts: &Value) -> Option<Reason> {
    let said = |name: &str| Some(facts.pointer("/reason")?.get(name)?.as_str()?.to_owned());
    Some(Reason {
        code: said("code")?,
        sentence: said("sentence")?,
        remedy: said("remedy")?,
    })
}

/// What was written down of a move, in words.
fn in_words(what: What, facts: &Value) -> Option<String> {
    let place = |name: &str| facts.get(name)?.as_u64();
    let (from, to) = (place("from")?, place("to")?);
    match what {
        What::Moved => Some(format!(
            "The print was moved from place {from} to place {to}."
        )),
        What::Prioritised => {
            let priority = facts.get("priority")?.as_str()?;
            Some(format!(
                "The priority became {priority}; its place went from {from} to {to}."
            ))
        }
        _ => None,
    }
}

/// Whether a copy was canceled by word alone, at that very moment.
fn ended_then(copy: &Copy, at: Timestamp) -> bool {
    copy.state == job::State::Canceled && copy.state_at == at
}

/// What a step of a try is to people; most steps are nothing.
fn moved(from: &str, to: &str) -> Option<What> {
    let [from, to] = [State::from_word(from)?, State::from_word(to)?];
    Some(match to {
        State::Staged => What::Staged,
        State::Starting => What::Started,
        State::Printing if from != State::Starting => What::Started,
        State::Ended(Outcome::Completed) => What::Completed,
        State::Ended(Outcome::Failed) => What::Failed,
        State::Ended(Outcome::Canceled) => What::Canceled,
        State::Ended(Outcome::NotStarted) => What::NotStarted,
        State::Unsure => What::NeedsAttention,
        _ => return None,
    })
}

/// Those who can be named: persons, and programs of hosts. Parts of our own are nobody.
fn person(who: &str) -> Option<String> {
    let subject: Option<Subject> = serde_json::from_value(Value::from(who)).ok();
    subject.map(|subject| subject.to_string())
}
