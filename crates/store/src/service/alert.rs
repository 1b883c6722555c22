//! Alerts: what somebody should know at once. One is open for each kind and thing at most.

use crate::db::transaction;
use crate::error::{Result, StoreError};
use crate::limits::{PAGE_ROWS_MAX, ROWS_MAX};
use crate::row::Row;
use crate::service::handle;
use crate::service::reason::storable;
use crate::statement::statements;
use crate::tx::Tx;
use crate::value::args;
use crate::{audit, outbox};
use fluxprint_domain::Timestamp;
use fluxprint_domain::alert::AlertKind;
use fluxprint_domain::id::{AlertId, BridgeId, JobId, PrinterId};
use serde_json::json;

macro_rules! select_alerts {
    ($rest:literal) => {
        concat!(
            "SELECT id, kind, subject, printer_id, bridge_id, job_id, detail, raised_at, closed_at,
            acknowledged_at, acknowledged_by FROM alerts WHERE org_id = $1 ",
            $rest
        )
    };
}

statements! {
    GET = select_alerts!("AND id = $2");
    OPEN = select_alerts!("AND closed_at IS NULL ORDER BY raised_at, id LIMIT +$2");
    PAGE = select_alerts!("AND (raised_at, id) < ($3, $4) AND ($5 OR closed_at IS NULL)
        ORDER BY raised_at DESC, id DESC LIMIT +$2");
    RAISE = "INSERT INTO alerts (org_id, id, kind, subject, printer_id, bridge_id, job_id, detail, raised_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        ON CONFLICT (org_id, kind, subject) WHERE closed_at IS NULL DO NOTHING";
    CLOSE = "UPDATE alerts SET closed_at = $3 WHERE org_id = $1 AND id = $2 AND closed_at IS NULL";
    ACKNOWLEDGE = "UPDATE alerts SET acknowledged_at = $3, acknowledged_by = $4
        WHERE org_id = $1 AND id = $2 AND acknowledged_at IS NULL";
    PRUNE = "DELETE FROM alerts WHERE org_id = $1 AND closed_at < $2";
}

handle!(
    /// The alerts of an organisation.
    Alerts
);

/// What an alert is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// What it is.
    pub kind: AlertKind,
    /// The thing it is about: the id of a printer, a bridge, a copy; empty for the organisation.
    pub subject: String,
    /// The printer to look at.
    pub printer: Option<PrinterId>,
    /// The bridge to look after.
    pub bridge: Option<BridgeId>,
    /// The job that is concerned.
    pub job: Option<JobId>,
    /// What else is known, in words for people.
    pub detail: Option<String>,
}

impl Cause {
    /// About a printer.
    #[must_use]
    pub fn printer(kind: AlertKind, printer: PrinterId, detail: Option<String>) -> Self {
        Self {
            printer: Some(printer),
            detail,
            ..Self::about(kind, printer)
        }
    }

    /// About a bridge.
    #[must_use]
    pub fn bridge(kind: AlertKind, bridge: BridgeId) -> Self {
        Self {
            bridge: Some(bridge),
            ..Self::about(kind, bridge)
        }
    }

    /// About anything else, by its id.
    #[must_use]
    pub fn about(kind: AlertKind, subject: impl ToString) -> Self {
        Self {
            kind,
            subject: subject.to_string(),
            printer: None,
            bridge: None,
            job: None,
            detail: None,
        }
    }

    fn is(&self, alert: &Alert) -> bool {
        self.kind == alert.cause.kind && self.subject == alert.cause.subject
    }
}

/// An alert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// Which one.
    pub id: AlertId,
    /// What it is about.
    pub cause: Cause,
    /// Since when.
    pub raised_at: Timestamp,
    /// When it was over.
    pub closed_at: Option<Timestamp>,
    /// Who has seen it, and when.
    pub acknowledged: Option<(String, Timestamp)>,
}

/// A page of alerts, newest first.
#[derive(Clone, Copy, Debug)]
pub struct AlertPage {
    /// Also those that are over.
    pub closed: bool,
    /// Only those that come after this one.
    pub after: Option<(Timestamp, AlertId)>,
    /// At most so many.
    pub limit: u32,
}

impl Alerts<'_> {
    /// Raises an alert, unless one like it is open. Returns whether it is new.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn raise(&self, id: AlertId, cause: &Cause, now: Timestamp) -> Result<bool> {
        transaction!(self.db.write(self.org), |tx| raise(tx, id, cause, now)
            .await)
    }

    /// Makes the open alerts that `ours` picks exactly these: raises what is missing, closes what no
    /// longer holds. `ids` are for the new ones. Returns whether anything changed.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn stand(
        &self,
        ours: impl Fn(&Alert) -> bool,
        causes: &[Cause],
        mut ids: impl FnMut() -> AlertId,
        now: Timestamp,
    ) -> Result<bool> {
        let open: Vec<_> = self.open().await?.into_iter().filter(ours).collect();
        let missing = causes
            .iter()
            .filter(|cause| !open.iter().any(|alert| cause.is(alert)));
        let missing: Vec<_> = missing.map(|cause| (ids(), cause)).collect();
        let over = open
            .iter()
            .filter(|alert| !causes.iter().any(|cause| cause.is(alert)));
        let over: Vec<_> = over.collect();
        if missing.is_empty() && over.is_empty() {
            return Ok(false);
        }
        transaction!(self.db.write(self.org), |tx| {
            for (id, cause) in &missing {
                raise(tx, *id, cause, now).await?;
            }
            for alert in &over {
                if tx.run(CLOSE, args![tx.org, alert.id, now]).await? == 1 {
                    tell(tx, alert.id, now).await?;
                }
            }
            Ok(())
        })?;
        Ok(true)
    }

    /// Those that are not over, oldest first.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn open(&self) -> Result<Vec<Alert>> {
        let values = args![self.org, ROWS_MAX];
        let rows = self.db.look(self.org, OPEN, values).await?;
        rows.iter().map(alert).collect()
    }

    /// One page of them, newest first.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn list(&self, page: AlertPage) -> Result<Vec<Alert>> {
        let last = AlertId::from_uuid(uuid::Uuid::max());
        let (at, id) = page.after.unwrap_or((Timestamp(i64::MAX), last));
        let limit = page.limit.min(PAGE_ROWS_MAX);
        let values = args![self.org, limit, at, id, page.closed];
        let rows = self.db.look(self.org, PAGE, values).await?;
        rows.iter().map(alert).collect()
    }

    /// A person has seen it. One that does not end by itself is over with that.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn acknowledge(&self, id: AlertId, who: &str, now: Timestamp) -> Result<Alert> {
        transaction!(self.db.write(self.org), |tx| {
            let known = load(tx, id).await?;
            if tx.run(ACKNOWLEDGE, args![tx.org, id, now, who]).await? == 0 {
                return Ok(known);
            }
            if !known.cause.kind.ends_by_itself() {
                tx.run(CLOSE, args![tx.org, id, now]).await?;
            }
            let facts = json!({ "kind": known.cause.kind.word(), "subject": known.cause.subject });
            audit::append(tx, now, who, "alert acknowledged", id, &facts).await?;
            tell(tx, id, now).await?;
            load(tx, id).await
        })
    }

    /// Forgets those that were over before `before`.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn prune(&self, before: Timestamp) -> Result<u64> {
        transaction!(self.db.touch(self.org), |tx| {
            tx.run(PRUNE, args![tx.org, before]).await
        })
    }
}

async fn raise(tx: &mut Tx, id: AlertId, cause: &Cause, now: Timestamp) -> Result<bool> {
    let detail = cause.detail.as_deref().map(storable);
    let values = args![
        tx.org,
        id,
        cause.kind,
        cause.subject.as_str(),
        cause.printer,
        cause.bridge,
        cause.job,
        detail.as_deref(),
        now
    ];
    if tx.run(RAISE, values).await? == 0 {
        return Ok(false);
    }
    tell(tx, id, now).await?;
    Ok(true)
}

async fn load(tx: &mut Tx, id: AlertId) -> Result<Alert> {
    let row = tx.maybe(GET, args![tx.org, id]).await?;
    alert(&row.ok_or(StoreError::NotFound)?)
}

/// Tells that an alert was raised, seen or is over: which one, what it is and whether it is open.
async fn tell(tx: &mut Tx, id: AlertId, at: Timestamp) -> Result<()> {
    let alert = load(tx, id).await?;
    let event = json!({
        "alert_id": id,
        "kind": alert.cause.kind.word(),
        "printer_id": alert.cause.printer,
        "bridge_id": alert.cause.bridge,
        "open": alert.closed_at.is_none(),
        "acknowledged": alert.acknowledged.is_some(),
    });
    outbox::append(tx, at, outbox::ALERT, &event).await
}

fn alert(row: &Row) -> Result<Alert> {
    let by: Option<String> = row.get("acknowledged_by")?;
    let at: Option<Timestamp> = row.get("acknowledged_at")?;
    Ok(Alert {
        id: row.get("id")?,
        cause: Cause {
            kind: row.get("kind")?,
            subject: row.get("subject")?,
            printer: row.get("printer_id")?,
            bridge: row.get("bridge_id")?,
            job: row.get("job_id")?,
            detail: row.get("detail")?,
        },
        raised_at: row.get("raised_at")?,
        closed_at: row.get("closed_at")?,
        acknowledged: by.zip(at),
    })
}
