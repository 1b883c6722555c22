//! The studio's picture of the service's jobs: what was last heard of them, never the truth.

use crate::db::transaction;
use crate::error::Result;
use crate::limits::ROWS_MAX;
use crate::outbox;
use crate::row::Row;
use crate::service::handle;
use crate::statement::statements;
use crate::tx::Tx;
use crate::value::args;
use fluxprint_domain::Timestamp;
use fluxprint_domain::id::{FileId, JobId, ProjectId};
use fluxprint_domain::job::State;
use serde_json::json;

/// Every column of a print.
macro_rules! columns {
    () => {
        "SELECT p.job_id, p.project_id, p.file_id, p.state, p.progress_pct, p.place, p.made_at,
            p.heard_at, p.seq FROM prints p WHERE p.org_id = $1 "
    };
}
/// Only the newest print of a file.
macro_rules! newest {
    () => {
        "AND NOT EXISTS (SELECT 1 FROM prints n WHERE n.org_id = p.org_id AND n.file_id = p.file_id
            AND n.project_id = p.project_id
            AND (n.made_at > p.made_at OR (n.made_at = p.made_at AND n.job_id > p.job_id))) "
    };
}

statements! {
    GET = concat!(columns!(), "AND p.job_id = $2");
    OPEN = concat!(columns!(), "AND p.state NOT IN ('completed', 'failed', 'canceled') ORDER BY p.heard_at LIMIT +$2");
    ANY_OPEN = "SELECT p.job_id FROM prints p WHERE p.org_id = $1
        AND p.state NOT IN ('completed', 'failed', 'canceled') LIMIT 1";
    NEWEST = concat!(columns!(), newest!(), "ORDER BY p.heard_at DESC LIMIT +$2");
    OF_PROJECT = concat!(columns!(), newest!(), "AND p.project_id = $2 ORDER BY p.made_at DESC LIMIT +$3");
    OF_FILE = concat!(columns!(), newest!(), "AND p.project_id = $2 AND p.file_id = $3");
    PUT = "INSERT INTO prints
            (org_id, job_id, project_id, file_id, state, progress_pct, place, made_at, heard_at, seq)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        ON CONFLICT (org_id, job_id) DO UPDATE SET state = excluded.state,
            progress_pct = excluded.progress_pct, place = excluded.place,
            heard_at = excluded.heard_at, seq = excluded.seq";
}

/// A file's newest print stands differently.
pub const FILE_BADGE: &str = "file:badge";

/// Rows of one look at the newest prints.
const NEWEST_MAX: u32 = 500;

handle!(
    /// What was heard of the prints of an organisation.
    Prints
);

/// What was heard of one job.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Print {
    /// Which job.
    pub job: JobId,
    /// In which project.
    pub project: ProjectId,
    /// Of which file.
    pub file: FileId,
    /// How it stood.
    pub state: State,
    /// How far it was.
    pub progress_pct: Option<f64>,
    /// Its place in the queue, from 1.
    pub place: Option<u32>,
    /// When it was made.
    pub made_at: Timestamp,
    /// When it was heard of.
    pub heard_at: Timestamp,
    /// The number of the service's newest change that is in this picture.
    pub seq: i64,
}

impl Prints<'_> {
    /// Takes in what was heard. What is older than the picture changes nothing, and nothing brings
    /// back what is over. Returns whether the file's badge is another one now.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn hear(&self, heard: Print) -> Result<bool> {
        let known = self.get(heard.job).await?;
        if known.is_some_and(|known| !is_news(&known, &heard)) {
            return Ok(false);
        }
        transaction!(self.db.write(self.org), |tx| {
            let known = tx.maybe(GET, args![tx.org, heard.job]).await?;
            let known = known.as_ref().map(print).transpose()?;
            if known.is_some_and(|known| !is_news(&known, &heard)) {
                return Ok(false);
            }
            put(tx, &heard).await?;
            tell(tx, &heard).await
        })
    }

    /// What was heard of one job.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn get(&self, job: JobId) -> Result<Option<Print>> {
        let rows = self.db.look(self.org, GET, args![self.org, job]).await?;
        rows.first().map(print).transpose()
    }

    /// Those that were not over when last heard of, the one not heard of for longest first.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn open(&self) -> Result<Vec<Print>> {
        let values = args![self.org, ROWS_MAX];
        prints(&self.db.look(self.org, OPEN, values).await?)
    }

    /// Whether any was not over when last heard of.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn any_open(&self) -> Result<bool> {
        let rows = self.db.look(self.org, ANY_OPEN, args![self.org]).await?;
        Ok(!rows.is_empty())
    }

    /// The newest print of each file, of those files that were heard of last.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn newest(&self) -> Result<Vec<Print>> {
        let values = args![self.org, NEWEST_MAX];
        prints(&self.db.look(self.org, NEWEST, values).await?)
    }

    /// The newest print of each file of a project.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn of_project(&self, project: ProjectId) -> Result<Vec<Print>> {
        let values = args![self.org, project, ROWS_MAX];
        prints(&self.db.look(self.org, OF_PROJECT, values).await?)
    }

    /// The newest print of a file.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn of_file(&self, project: ProjectId, file: FileId) -> Result<Option<Print>> {
        let values = args![self.org, project, file];
        let rows = self.db.look(self.org, OF_FILE, values).await?;
        rows.first().map(print).transpose()
    }
}

/// Whether `heard` says something that `known` does not.
fn is_news(known: &Print, heard: &Print) -> bool {
    let shown = |print: &Print| (print.state, print.progress_pct, print.place);
    !known.state.is_over() && heard.seq >= known.seq && shown(known) != shown(heard)
}

async fn put(tx: &mut Tx, heard: &Print) -> Result<()> {
    let values = args![
        tx.org,
        heard.job,
        heard.project,
        heard.file,
        heard.state,
        heard.progress_pct,
        heard.place,
        heard.made_at,
        heard.heard_at,
        heard.seq
    ];
    tx.run(PUT, values).await.map(drop)
}

/// Tells open pages, unless a newer print of the file stands before this one.
async fn tell(tx: &mut Tx, heard: &Print) -> Result<bool> {
    let newest = args![tx.org, heard.project, heard.file];
    let newest = print(&tx.one(OF_FILE, newest).await?)?;
    if newest.job != heard.job {
        return Ok(false);
    }
    let news = json!({
        "project": heard.project,
        "file": heard.file,
        "job": heard.job,
        "state": heard.state,
        "progress_pct": heard.progress_pct,
        "place": heard.place,
    });
    outbox::append(tx, heard.heard_at, FILE_BADGE, &news).await?;
    Ok(true)
}

fn prints(rows: &[Row]) -> Result<Vec<Print>> {
    rows.iter().map(print).collect()
}

fn print(row: &Row) -> Result<Print> {
    Ok(Print {
        job: row.get("job_id")?,
        project: row.get("project_id")?,
        file: row.get("file_id")?,
        state: row.get("state")?,
        progress_pct: row.get("progress_pct")?,
        place: row.get("place")?,
        made_at: row.get("made_at")?,
        heard_at: row.get("heard_at")?,
        seq: row.get("seq")?,
    })
}
