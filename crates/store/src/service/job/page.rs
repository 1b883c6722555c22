//! Pages of jobs, newest first, filtered where the rows are.

use crate::error::Result;
use crate::limits::PAGE_ROWS_MAX;
use crate::service::copy::copy_columns;
use crate::service::job::{Job, Jobs, job_columns, place, together};
use crate::statement::statements;
use crate::value::args;
use fluxprint_domain::Timestamp;
use fluxprint_domain::id::{JobId, ProjectId};
use fluxprint_domain::job::State;

/// A page of the jobs that fit every filter that is set, with their copies. `$narrow` says the
/// strictest filter again without its "or none", so that its index is used.
macro_rules! page {
    ($narrow:literal, $seen:literal) => {
        concat!(
            "SELECT ",
            job_columns!(),
            ", j.place, ",
            copy_columns!(),
            " FROM (SELECT j.*, ",
            place!(),
            " FROM jobs j WHERE j.org_id = $1 ",
            $narrow,
            " AND ($3 OR j.project_id = $4) AND (j.created_at, j.id) < ($5, $6)
            AND ($7 OR j.state = $8) AND ($9 OR j.reference = $10)
            AND ($11 OR j.project_id IS NULL OR j.project_id IN ",
            $seen,
            ") ORDER BY j.created_at DESC, j.id DESC LIMIT +$2) j
            JOIN copies c ON c.org_id = j.org_id AND c.job_id = j.id
            ORDER BY j.created_at DESC, j.id DESC, c.number"
        )
    };
}
/// Declares a page for both engines; they differ in how a list of ids is taken apart.
macro_rules! pages {
    ($($name:ident = $narrow:literal;)*) => {
        statements! {$(
            $name = page!($narrow, "(SELECT UNHEX(value) FROM json_each($12))"),
                postgres page!($narrow,
                    "(SELECT value::uuid FROM json_array_elements_text(($12::text)::json))");
        )*}
    };
}
pages! {
    PAGE = "";
    PAGE_OF_PROJECT = "AND j.project_id = $4";
    PAGE_OF_REFERENCE = "AND j.reference = $10";
    PAGE_OF_STATE = "AND j.state = $8";
}

/// One page of jobs, newest first.
#[derive(Clone, Copy, Debug, Default)]
pub struct JobPage<'a> {
    /// Only of this project; `None` for all.
    pub project: Option<ProjectId>,
    /// Only in this state; `None` for all.
    pub state: Option<State>,
    /// Only with this reference; `None` for all.
    pub reference: Option<&'a str>,
    /// Only of these projects, and of none; `None` for all.
    pub seen: Option<&'a [ProjectId]>,
    /// Only those that come after this one.
    pub after: Option<(Timestamp, JobId)>,
    /// At most so many; cut to [`PAGE_ROWS_MAX`].
    pub limit: u32,
}

impl Jobs<'_> {
    /// One page of them, newest first.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn list(&self, page: JobPage<'_>) -> Result<Vec<Job>> {
        let last = JobId::from_uuid(uuid::Uuid::max());
        let (at, id) = page.after.unwrap_or((Timestamp(i64::MAX), last));
        let seen = page.seen.map(|seen| {
            let ids = seen.iter().map(|id| id.uuid().simple().to_string());
            serde_json::json!(ids.collect::<Vec<_>>()).to_string()
        });
        let values = args![
            self.org,
            page.limit.min(PAGE_ROWS_MAX),
            page.project.is_none(),
            page.project,
            at,
            id,
            page.state.is_none(),
            page.state,
            page.reference.is_none(),
            page.reference,
            page.seen.is_none(),
            seen
        ];
        let statement = match page {
            JobPage {
                reference: Some(_), ..
            } => PAGE_OF_REFERENCE,
            JobPage {
                project: Some(_), ..
            } => PAGE_OF_PROJECT,
            JobPage { state: Some(_), .. } => PAGE_OF_STATE,
            _ => PAGE,
        };
        together(&self.db.look(self.org, statement, values).await?)
    }
}
