//! Making a job: once for each idempotency key, within the limits, all in one transaction.

use crate::audit;
use crate::db::transaction;
use crate::error::Result;
use crate::service::counter::{self, Hit, Limit};
use crate::service::job::{Job, Jobs, load, order, told};
use crate::statement::statements;
use crate::tx::Tx;
use crate::value::args;
use fluxprint_domain::colour::Colour;
use fluxprint_domain::id::{CopyId, JobId, PrinterId, ProjectId};
use fluxprint_domain::job::State;
use fluxprint_domain::print_choice::Material;
use fluxprint_domain::tags::Tags;
use fluxprint_domain::{Sha256, Timestamp};
use serde_json::json;

statements! {
    BY_KEY = "SELECT body_sha256, job_id FROM idempotency WHERE org_id = $1 AND person = $2 AND key = $3";
    KEEP_KEY = "INSERT INTO idempotency (org_id, person, key, body_sha256, job_id, created_at)
        VALUES ($1, $2, $3, $4, $5, $6)";
    PRUNE_KEYS = "DELETE FROM idempotency WHERE org_id = $1 AND created_at < $2";
    // Counts no further than it has to.
    COUNT_OPEN = "SELECT COUNT(*) AS open FROM (SELECT 1 FROM jobs WHERE org_id = $1 AND person = $2
        AND state NOT IN ('completed', 'failed', 'canceled') LIMIT +$3) AS counted";
    INSERT = "INSERT INTO jobs (org_id, id, project_id, person, name, model_sha256, choice, material,
        printer_id, position, notes, estimate, reference, state, created_at, colour, tags)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)";
    INSERT_COPY = "INSERT INTO copies (org_id, id, job_id, number, state, state_at, state_by,
        not_started_count, version) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0)";
}

/// A job to be made.
#[derive(Clone, Debug)]
pub struct NewJob<'a> {
    /// Its id.
    pub id: JobId,
    /// The ids of its copies: one or more.
    pub copies: &'a [CopyId],
    /// Whose project.
    pub project: Option<ProjectId>,
    /// The `sub` of who wants it.
    pub person: &'a str,
    /// What people call it.
    pub name: &'a str,
    /// The model.
    pub model_sha256: Sha256,
    /// What was chosen in the print dialog, JSON.
    pub choice: &'a str,
    /// The filament.
    pub material: Option<Material>,
    /// The only printer that will do.
    pub printer: Option<PrinterId>,
    /// The colour that is asked for; `None` for any.
    pub colour: Option<Colour>,
    /// What its printer has to be tagged with.
    pub tags: &'a Tags,
    /// A person's words for the operator.
    pub notes: &'a str,
    /// The quick estimate, JSON.
    pub estimate: Option<&'a str>,
    /// What the host that makes it calls it by.
    pub reference: Option<&'a str>,
    /// The caller's idempotency key.
    pub key: &'a str,
    /// Hash of the call's body: the same key with another body is refused.
    pub body_sha256: Sha256,
}

/// How many jobs one person may make and have.
#[derive(Clone, Copy, Debug)]
pub struct JobLimits {
    /// In an hour that begins with the first.
    pub per_hour: u32,
    /// Not over yet.
    pub open_max: u32,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq)]
pub enum Created {
    /// It was made, and this is how.
    Made(Box<Job>),
    /// This very call had made it before.
    Replayed(JobId),
    /// The key belongs to another call.
    KeyReused,
    /// Too many in an hour.
    LimitReached {
        /// Whole seconds until the next one is allowed.
        retry_after_s: i64,
    },
    /// Too many that are not over.
    TooManyOpen,
}

impl Jobs<'_> {
    /// Makes a job with its copies in `preparing`, at the end of the queue.
    ///
    /// # Errors
    /// [`crate::StoreError::NotFound`] without such a model or printer.
    pub async fn create(
        &self,
        new: &NewJob<'_>,
        limits: JobLimits,
        now: Timestamp,
    ) -> Result<Created> {
        transaction!(self.db.write(self.org), |tx| create(tx, new, limits, now)
            .await)
    }

    /// Forgets the idempotency keys from before `before`; returns how many.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn prune_keys(&self, before: Timestamp) -> Result<u64> {
        transaction!(self.db.touch(self.org), |tx| {
            tx.run(PRUNE_KEYS, args![tx.org, before]).await
        })
    }
}

async fn create(
    tx: &mut Tx,
    new: &NewJob<'_>,
    limits: JobLimits,
    now: Timestamp,
) -> Result<Created> {
    if let Some(row) = tx.maybe(BY_KEY, args![tx.org, new.person, new.key]).await? {
        let same = row.get::<Sha256>("body_sha256")? == new.body_sha256;
        let job = row.get("job_id")?;
        return Ok(if same {
            Created::Replayed(job)
        } else {
            Created::KeyReused
        });
    }
    let open = tx
        .one(COUNT_OPEN, args![tx.org, new.person, limits.open_max])
        .await?
        .get::<u32>("open")?;
    if open >= limits.open_max {
        return Ok(Created::TooManyOpen);
    }
    let limit = Limit {
        subject: new.person,
        what: "jobs",
        window_s: 3_600,
        max: limits.per_hour,
    };
    if let Hit::Refused { retry_after_s } = counter::hit(tx, limit, now).await? {
        return Ok(Created::LimitReached { retry_after_s });
    }
    insert(tx, new, now).await?;
    Ok(Created::Made(Box::new(load(tx, new.id).await?)))
}

async fn insert(tx: &mut Tx, new: &NewJob<'_>, now: Timestamp) -> Result<()> {
    let position = order::end(tx).await?;
    let values = args![
        tx.org,
        new.id,
        new.project,
        new.person,
        new.name,
        new.model_sha256,
        new.choice,
        new.material,
        new.printer,
        position,
        new.notes,
        new.estimate,
        new.reference,
        State::Preparing,
        now,
        new.colour,
        new.tags
    ];
    tx.run(INSERT, values).await?;
    for (number, copy) in (1_u32..).zip(new.copies) {
        let values = args![
            tx.org,
            *copy,
            new.id,
            number,
            State::Preparing,
            now,
            new.person
        ];
        tx.run(INSERT_COPY, values).await?;
    }
    let values = args![tx.org, new.person, new.key, new.body_sha256, new.id, now];
    tx.run(KEEP_KEY, values).await?;
    let facts = json!({ "model": new.model_sha256, "copies": new.copies.len() });
    audit::append(tx, now, new.person, "job created", new.id, &facts).await?;
    told::tell(tx, new.id, None, now).await
}
