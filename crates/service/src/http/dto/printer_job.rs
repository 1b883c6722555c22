//! What holds a printer, and what the caller may do at it.

use super::AttemptWord;
use crate::http::door::Caller;
use fluxprint_domain::id::{JobId, ProjectId};
use fluxprint_domain::role::Act;
use fluxprint_store::service::attempt::Held;
use serde::Serialize;
use utoipa::ToSchema;

/// The job that holds a printer. Of another project's only that it is there.
#[derive(Debug, Serialize, ToSchema)]
pub struct PrinterJob {
    /// Whether it belongs to a project that is not the caller's to see.
    pub other_project: bool,
    /// How far its try has got.
    pub attempt: AttemptWord,
    /// Which job; absent for another project's.
    #[schema(value_type = Option<String>)]
    pub id: Option<JobId>,
    /// Whose project; absent for another project's.
    #[schema(value_type = Option<String>)]
    pub project: Option<ProjectId>,
    /// What people call it; absent for another project's.
    pub name: Option<String>,
    /// What the host that made it calls it by; absent for another project's.
    pub reference: Option<String>,
}

/// Something a caller may do at a printer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PrinterAct {
    /// Say that the bed is clear.
    ClearBed,
    /// Say which filament is loaded.
    Load,
    /// Stop the machine at once.
    EmergencyStop,
    /// Switch its heaters off.
    HeatersOff,
    /// Heat it by hand.
    Preheat,
    /// Home it and move it by steps.
    Move,
    /// Connect its program to the machine, or let go of it.
    Connect,
    /// Look at it anew.
    Refresh,
    /// Delete what ended prints have left in its program.
    Tidy,
}

impl PrinterAct {
    const ALL: [Self; 9] = [
        Self::ClearBed,
        Self::Load,
        Self::EmergencyStop,
        Self::HeatersOff,
        Self::Preheat,
        Self::Move,
        Self::Connect,
        Self::Refresh,
        Self::Tidy,
    ];

    /// What the caller's role allows.
    #[must_use]
    pub fn allowed(caller: &Caller) -> Vec<Self> {
        let may = |act: &Self| caller.may(act.act()).is_ok();
        Self::ALL.into_iter().filter(may).collect()
    }

    /// The same in the words of the table of rights.
    fn act(self) -> Act {
        match self {
            Self::ClearBed => Act::ClearBed,
            Self::Load => Act::Equip,
            Self::EmergencyStop => Act::EmergencyStop,
            Self::HeatersOff
            | Self::Preheat
            | Self::Move
            | Self::Connect
            | Self::Refresh
            | Self::Tidy => Act::Operate,
        }
    }
}

impl PrinterJob {
    /// The same as this caller may see it.
    #[must_use]
    pub fn for_caller(self, caller: &Caller) -> Self {
        if caller.role_in(self.project).is_some() {
            return self;
        }
        Self {
            other_project: true,
            attempt: self.attempt,
            id: None,
            project: None,
            name: None,
            reference: None,
        }
    }
}

impl From<Held> for PrinterJob {
    fn from(held: Held) -> Self {
        Self {
            other_project: false,
            attempt: AttemptWord(held.state),
            id: Some(held.job),
            project: held.project,
            name: Some(held.name),
            reference: held.reference,
        }
    }
}
