//! What a token of the seam says.

use fluxprint_domain::id::{Id, Kind, OrganisationId, PersonId, ProjectId};
use fluxprint_domain::role::Role;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;
use std::fmt;

/// A program that acts without a person: an API token, a host's own errand.
#[derive(Debug)]
pub enum Program {}
impl Kind for Program {
    const PREFIX: &'static str = "tok";
}
/// The name of a program that acts without a person.
pub type ProgramId = Id<Program>;

/// On whose behalf a call is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A signed-in person (`usr_…`).
    Person(PersonId),
    /// A program without a person behind it (`tok_…`).
    Program(ProgramId),
}

impl Subject {
    /// Whether a signed-in person calls.
    #[must_use]
    pub fn is_person(self) -> bool {
        matches!(self, Self::Person(_))
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person(id) => id.fmt(f),
            Self::Program(id) => id.fmt(f),
        }
    }
}

impl Serialize for Subject {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Subject {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'_, str>>::deserialize(deserializer)?;
        let program = || text.parse().map(Self::Program);
        let subject = text.parse().map(Self::Person).or_else(|_| program());
        subject.map_err(serde::de::Error::custom)
    }
}

/// Which projects a caller may see, and with which role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Projects {
    /// Every project of the organisation, in the role of the organisation.
    All,
    /// These, each in its own role.
    Some(BTreeMap<ProjectId, Role>),
}

impl Projects {
    /// The caller's role in `project`, given the role in the organisation; `None` when the caller
    /// does not see it. What belongs to no project is everybody's of the organisation.
    #[must_use]
    pub fn role_in(&self, project: Option<ProjectId>, organisation: Role) -> Option<Role> {
        match (self, project) {
            (Self::All, _) | (_, None) => Some(organisation),
            (Self::Some(projects), Some(project)) => projects.get(&project).copied(),
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum ProjectsOnTheWire {
    Word(AllWord),
    Some(BTreeMap<ProjectId, Role>),
}

#[derive(Serialize, Deserialize)]
enum AllWord {
    #[serde(rename = "all")]
    All,
}

impl Serialize for Projects {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::All => AllWord::All.serialize(serializer),
            Self::Some(projects) => projects.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Projects {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match ProjectsOnTheWire::deserialize(deserializer)? {
            ProjectsOnTheWire::Word(AllWord::All) => Self::All,
            ProjectsOnTheWire::Some(projects) => Self::Some(projects),
        })
    }
}

/// Who may do what, before it is signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// On whose behalf.
    pub sub: Subject,
    /// In which organisation.
    pub org: OrganisationId,
    /// In which role.
    pub role: Role,
    /// For which projects.
    pub projects: Projects,
}

/// The claims of a token of the seam (RFC 7519). Times are seconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// Who signed.
    pub iss: String,
    /// For whom.
    pub aud: String,
    /// On whose behalf.
    pub sub: Subject,
    /// In which organisation.
    pub org: OrganisationId,
    /// In which role.
    pub role: Role,
    /// For which projects.
    pub projects: Projects,
    /// The token's own name.
    pub jti: String,
    /// When it ends.
    pub exp: i64,
    /// When it was signed.
    pub iat: i64,
    /// When it begins.
    pub nbf: i64,
}
