//! Who may do what: one table (product document 4.4), read by the API and shown by the UI.

use crate::refusal::Refusal;
use serde::{Deserialize, Serialize};

/// A person's role in an organisation or project, from the highest to the lowest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Everything.
    Owner,
    /// Runs printers, queue and prices.
    Manager,
    /// Designs and prints.
    Editor,
    /// Looks.
    Viewer,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 4] = [Self::Owner, Self::Manager, Self::Editor, Self::Viewer];

    /// The role of that word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }

    /// The higher of two roles: where somebody has several, that one counts.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        self.min(other)
    }

    /// The word of the token claims and the databases.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Manager => "manager",
            Self::Editor => "editor",
            Self::Viewer => "viewer",
        }
    }
}

/// What somebody wants to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Act {
    /// See printers, queue, jobs and history.
    Look,
    /// Upload a model, ask for an estimate, make a job.
    Print,
    /// Cancel, pause or resume a job of one's own.
    ControlOwnJob,
    /// Cancel, pause or resume somebody else's job.
    ControlAnyJob,
    /// Say that a bed is clear.
    ClearBed,
    /// Stop a machine at once.
    EmergencyStop,
    /// Switch heaters off, connect, start by hand, reorder.
    Operate,
    /// Add bridges and printers, set what is loaded.
    Equip,
    /// Settle a print whose outcome is unknown.
    Settle,
    /// Put files into a project.
    Upload,
    /// Delete a file that one has uploaded oneself.
    DeleteOwnFile,
    /// Delete somebody else's file.
    DeleteAnyFile,
    /// Make a project.
    MakeProject,
    /// Rename or delete a project, and say who its members are.
    ManageProject,
    /// Invite people, change their roles, remove them.
    ManageMembers,
    /// Read what was done by whom.
    ReadAudit,
    /// Switch printing on or off for everybody.
    SwitchPrinting,
}

impl Act {
    /// Every act.
    pub const ALL: [Self; 17] = [
        Self::Look,
        Self::Print,
        Self::ControlOwnJob,
        Self::ControlAnyJob,
        Self::ClearBed,
        Self::EmergencyStop,
        Self::Operate,
        Self::Equip,
        Self::Settle,
        Self::Upload,
        Self::DeleteOwnFile,
        Self::DeleteAnyFile,
        Self::MakeProject,
        Self::ManageProject,
        Self::ManageMembers,
        Self::ReadAudit,
        Self::SwitchPrinting,
    ];

    /// The roles that may do this.
    #[must_use]
    pub fn roles(self) -> &'static [Role] {
        match self {
            Self::Look => &Role::ALL,
            Self::Print
            | Self::ControlOwnJob
            | Self::ClearBed
            | Self::EmergencyStop
            | Self::Upload
            | Self::DeleteOwnFile
            | Self::MakeProject => &[Role::Owner, Role::Manager, Role::Editor],
            Self::ControlAnyJob
            | Self::Operate
            | Self::Equip
            | Self::Settle
            | Self::DeleteAnyFile
            | Self::ManageProject
            | Self::ManageMembers
            | Self::ReadAudit => &[Role::Owner, Role::Manager],
            Self::SwitchPrinting => &[Role::Owner],
        }
    }

    /// Whether this is about printers and jobs, rather than about people and files.
    #[must_use]
    pub fn is_printing(self) -> bool {
        matches!(
            self,
            Self::Look
                | Self::Print
                | Self::ControlOwnJob
                | Self::ControlAnyJob
                | Self::ClearBed
                | Self::EmergencyStop
                | Self::Operate
                | Self::Equip
                | Self::Settle
                | Self::SwitchPrinting
        )
    }

    /// The word under which a page is told that somebody may do this.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Look => "look",
            Self::Print => "print",
            Self::ControlOwnJob => "control_own_job",
            Self::ControlAnyJob => "control_any_job",
            Self::ClearBed => "clear_bed",
            Self::EmergencyStop => "emergency_stop",
            Self::Operate => "operate",
            Self::Equip => "manage_printers",
            Self::Settle => "settle",
            Self::Upload => "upload",
            Self::DeleteOwnFile => "delete_own_file",
            Self::DeleteAnyFile => "delete_any_file",
            Self::MakeProject => "make_project",
            Self::ManageProject => "manage_project",
            Self::ManageMembers => "manage_members",
            Self::ReadAudit => "read_audit",
            Self::SwitchPrinting => "switch_printing",
        }
    }

    /// Allows or refuses this act to `role`.
    ///
    /// # Errors
    /// [`Refusal::RoleTooLow`], naming the roles that would do.
    pub fn allow(self, role: Role) -> Result<(), Refusal> {
        let needs = self.roles();
        if needs.contains(&role) {
            Ok(())
        } else {
            Err(Refusal::RoleTooLow { needs })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_may_do_less_may_never_do_what_a_higher_role_may_not() {
        for act in Act::ALL {
            for pair in Role::ALL.windows(2) {
                assert!(
                    act.allow(pair[0]).is_ok() || act.allow(pair[1]).is_err(),
                    "{act:?}"
                );
            }
        }
    }

    #[test]
    fn a_viewer_only_looks() {
        for act in Act::ALL {
            assert_eq!(act.allow(Role::Viewer).is_ok(), act == Act::Look, "{act:?}");
        }
    }
}
