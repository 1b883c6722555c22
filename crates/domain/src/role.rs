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
}

impl Act {
    /// Every act.
    pub const ALL: [Self; 9] = [
        Self::Look,
        Self::Print,
        Self::ControlOwnJob,
        Self::ControlAnyJob,
        Self::ClearBed,
        Self::EmergencyStop,
        Self::Operate,
        Self::Equip,
        Self::Settle,
    ];

    /// The roles that may do this.
    #[must_use]
    pub fn roles(self) -> &'static [Role] {
        match self {
            Self::Look => &Role::ALL,
            Self::Print | Self::ControlOwnJob | Self::ClearBed | Self::EmergencyStop => {
                &[Role::Owner, Role::Manager, Role::Editor]
            }
            Self::ControlAnyJob | Self::Operate | Self::Equip | Self::Settle => {
                &[Role::Owner, Role::Manager]
            }
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
