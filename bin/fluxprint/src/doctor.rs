//! `fluxprint doctor`: asks a database, also that of a running program, whether anything is in it
//! that must never be, and whether its record of acts is whole (S-39).

use crate::databases;
use crate::house::House;
use crate::problem::Problem;
use crate::settings::Settings;
use fluxprint_clock::SystemClock;
use fluxprint_store::service::doctor::Violation;
use fluxprint_store::{AuditVerdict, ServiceStore, StoreError};
use serde_json::{Value, json};

/// What was found in one organisation.
struct Findings {
    id: String,
    name: String,
    violations: Vec<Violation>,
    audit: AuditVerdict,
}

impl Findings {
    fn broken_at(&self) -> Option<i64> {
        match self.audit {
            AuditVerdict::BrokenAt(seq) => Some(seq),
            AuditVerdict::Intact(_) => None,
        }
    }

    /// How much is wrong.
    fn count(&self) -> usize {
        self.violations.len() + usize::from(self.broken_at().is_some())
    }
}

/// Looks, says what was found, and fails when anything was.
///
/// # Errors
/// When the database cannot be read; [`Problem::Unsound`] when something is wrong in it.
pub async fn run(
    json: bool,
    settings: &Settings,
    house: House,
    clock: &SystemClock,
) -> Result<(), Problem> {
    let store = databases::service_to_read(settings, &house, clock).await?;
    let found = examine(&store).await;
    store.close().await;
    let found = found.map_err(|error| databases::problem(&error))?;
    if json {
        println!("{:#}", as_json(&found));
    } else {
        print!("{}", in_words(&found));
    }
    match found.iter().map(Findings::count).sum() {
        0 => Ok(()),
        count => Err(Problem::Unsound { count }),
    }
}

async fn examine(store: &ServiceStore) -> Result<Vec<Findings>, StoreError> {
    let mut found = Vec::new();
    for organisation in store.organisations().list().await? {
        found.push(Findings {
            violations: store.doctor(organisation.id).check().await?,
            audit: store.audit(organisation.id).verify(None).await?,
            id: organisation.id.to_string(),
            name: organisation.name,
        });
    }
    Ok(found)
}

fn in_words(found: &[Findings]) -> String {
    let mut text = String::new();
    for organisation in found {
        let name = &organisation.name;
        match organisation.count() {
            0 => text.push_str(&format!("{name}: everything is as it has to be.\n")),
            count => text.push_str(&format!("{name}: {count} found that must never be.\n")),
        }
        for Violation { rule, object } in &organisation.violations {
            text.push_str(&format!(
                "  Not true any more: {rule}. Broken by {object}.\n"
            ));
        }
        if let Some(seq) = organisation.broken_at() {
            text.push_str(&format!(
                "  The record of acts was changed or cut: row {seq} does not fit the one before.\n"
            ));
        }
    }
    if found.is_empty() {
        text.push_str("There is no organisation yet: nothing to check.\n");
    }
    text
}

fn as_json(found: &[Findings]) -> Value {
    let organisation = |it: &Findings| {
        let violations = it.violations.iter().map(
            |Violation { rule, object }| json!({ "rule": rule, "object": object.to_string() }),
        );
        json!({
            "id": it.id,
            "name": it.name,
            "violations": violations.collect::<Vec<_>>(),
            "audit_broken_at": it.broken_at(),
        })
    };
    json!({
        "sound": found.iter().all(|it| it.count() == 0),
        "organisations": found.iter().map(organisation).collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(violations: Vec<Violation>, audit: AuditVerdict) -> Findings {
        Findings {
            id: "org_1".to_owned(),
            name: "Workshop".to_owned(),
            violations,
            audit,
        }
    }

    #[test]
    fn what_is_wrong_is_said_in_words_and_for_programs() {
        let broken = Violation {
            rule: "a printer has one open try (N-02)",
            object: Default::default(),
        };
        let found = [findings(vec![broken], AuditVerdict::BrokenAt(7))];
        let text = in_words(&found);
        assert!(text.contains("2 found") && text.contains("N-02") && text.contains("row 7"));
        let shown = as_json(&found);
        assert_eq!(shown["sound"], false);
        assert_eq!(shown["organisations"][0]["audit_broken_at"], 7);
    }

    #[test]
    fn a_sound_database_is_called_so() {
        let found = [findings(Vec::new(), AuditVerdict::Intact(None))];
        assert_eq!(
            in_words(&found),
            "Workshop: everything is as it has to be.\n"
        );
        assert_eq!(as_json(&found)["sound"], true);
    }
}
