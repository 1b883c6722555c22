//! Models as they are shown.

use super::{Moment, ReasonShown};
use fluxprint_domain::Sha256;
use fluxprint_domain::units::SizeMm;
use fluxprint_store::service::model::{Model, ModelState};
use serde::Serialize;
use utoipa::ToSchema;

/// A model.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Model)]
pub struct ModelShown {
    /// The hash of its bytes: its name.
    #[schema(value_type = String)]
    pub sha256: Sha256,
    /// What it was called when it was sent: by the caller, or, for those who see every project, by
    /// whoever sent it first. Null for everybody else: a name may say what a project is about.
    pub name: Option<String>,
    /// What kind of file it is, by its content.
    pub kind: String,
    /// Its size.
    pub size_bytes: u64,
    /// When it came.
    pub created_at: Moment,
    /// Whether it was checked.
    pub state: ModelWord,
    /// How large the part is, once checked.
    pub size: Option<SizeShown>,
    /// What else is known of it, once checked.
    #[schema(value_type = Option<Object>)]
    pub report: Option<serde_json::Value>,
    /// Why it cannot be printed.
    pub reason: Option<ReasonShown>,
}

/// How far a model is.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ModelState)]
pub enum ModelWord {
    /// It is being checked.
    Received,
    /// It can be printed.
    Checked,
    /// It cannot be printed.
    Refused,
}

/// Width, depth and height.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(as = Size)]
pub struct SizeShown {
    /// Along x.
    pub x_mm: f64,
    /// Along y.
    pub y_mm: f64,
    /// Along z.
    pub z_mm: f64,
}

impl From<SizeMm> for SizeShown {
    fn from(size: SizeMm) -> Self {
        Self {
            x_mm: size.x_mm,
            y_mm: size.y_mm,
            z_mm: size.z_mm,
        }
    }
}

impl ModelShown {
    /// A model under the name that the caller may know.
    #[must_use]
    pub fn new(model: Model, name: Option<String>) -> Self {
        let (state, size, report, reason) = match model.state {
            ModelState::Received => (ModelWord::Received, None, None, None),
            ModelState::Checked { size, report } => {
                let report = serde_json::from_str(&report).ok();
                (ModelWord::Checked, size.map(SizeShown::from), report, None)
            }
            ModelState::Refused(reason) => (ModelWord::Refused, None, None, Some(reason.into())),
        };
        Self {
            sha256: model.sha256,
            name,
            kind: model.kind,
            size_bytes: model.size_bytes,
            created_at: Moment(model.created_at),
            state,
            size,
            report,
            reason,
        }
    }
}

/// One page of models, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct ModelPage {
    /// The models.
    pub models: Vec<ModelShown>,
    /// Send this as `after` for the next page; absent on the last one.
    pub next: Option<String>,
}
