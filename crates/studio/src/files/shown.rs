//! Files as they are shown.

use crate::content::FileKind;
use crate::http::Failure;
use crate::http::shown::Moment;
use crate::print::Badge;
use fluxprint_domain::Sha256;
use fluxprint_domain::id::{FileId, FileVersionId, PersonId, ProjectId};
use fluxprint_domain::role::{Act, Role};
use fluxprint_store::StoreError;
use fluxprint_store::studio::file::{File, Handover, Version};
use fluxprint_store::studio::print::Print;
use serde::Serialize;
use utoipa::ToSchema;

/// A file.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = File)]
pub struct FileShown {
    /// Its id.
    #[schema(value_type = String)]
    pub id: FileId,
    /// Where it is.
    #[schema(value_type = String)]
    pub project: ProjectId,
    /// What people call it.
    pub name: String,
    /// What it is, by its content.
    pub kind: FileKind,
    /// Whether it can be printed.
    pub printable: bool,
    /// Whether printing files of its kind is to come.
    pub prints_later: bool,
    /// Bytes of the newest version.
    pub size_bytes: u64,
    /// The newest version.
    pub version: VersionShown,
    /// When the first version came.
    pub created_at: Moment,
    /// Who sent it.
    pub created_by: PersonShown,
    /// How its newest print stands.
    pub badge: Badge,
    /// Whether the print service has it.
    pub handover: HandoverWord,
    /// What the caller may do with it.
    pub allowed: Vec<FileAct>,
}

/// A version of a file.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FileVersion)]
pub struct VersionShown {
    /// Its id.
    #[schema(value_type = String)]
    pub id: FileVersionId,
    /// Counts from 1.
    pub number: u32,
    /// The hash of its bytes.
    #[schema(value_type = String)]
    pub sha256: Sha256,
    /// How many bytes.
    pub size_bytes: u64,
    /// When it came.
    pub created_at: Moment,
}

/// A person beside something they made.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PersonNamed)]
pub struct PersonShown {
    /// Who.
    #[schema(value_type = String)]
    pub id: PersonId,
    /// The person's name.
    pub name: String,
}

/// Whether the print service has a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = Handover)]
pub enum HandoverWord {
    /// It need not.
    None,
    /// Not yet.
    Waiting,
    /// It has.
    Done,
    /// It would not take it.
    Failed,
}

/// What may be done with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum FileAct {
    /// Print it.
    Print,
    /// Fetch it.
    Download,
    /// Delete it.
    Delete,
}

impl FileShown {
    /// A file as a person in this role sees it.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`] for a kind that no version of this program has written.
    pub fn new(
        file: File,
        newest: Option<&Print>,
        person: PersonId,
        role: Role,
    ) -> Result<Self, Failure> {
        let kind = FileKind::from_word(&file.version.kind);
        let kind = kind.ok_or(StoreError::Unreadable("file kind"))?;
        let print = kind.is_printable() && Act::Print.allow(role).is_ok();
        let allowed = [
            (FileAct::Print, print),
            (FileAct::Download, true),
            (FileAct::Delete, may_delete(&file, person, role)),
        ];
        let allowed = allowed.into_iter().filter(|(_, may)| *may);
        Ok(Self {
            id: file.id,
            project: file.project,
            name: file.name,
            kind,
            printable: kind.is_printable(),
            prints_later: kind.prints_later(),
            size_bytes: file.version.size_bytes,
            created_at: Moment(file.created_at),
            created_by: PersonShown {
                id: file.created_by,
                name: file.created_by_name,
            },
            badge: Badge::of(newest),
            handover: match file.handover {
                Handover::None => HandoverWord::None,
                Handover::Waiting => HandoverWord::Waiting,
                Handover::Done => HandoverWord::Done,
                Handover::Failed(_) => HandoverWord::Failed,
            },
            version: file.version.into(),
            allowed: allowed.map(|(act, _)| act).collect(),
        })
    }
}

/// One's own file, or any for those who may delete any.
pub(super) fn may_delete(file: &File, person: PersonId, role: Role) -> bool {
    let act = if file.created_by == person {
        Act::DeleteOwnFile
    } else {
        Act::DeleteAnyFile
    };
    act.allow(role).is_ok()
}

impl From<Version> for VersionShown {
    fn from(version: Version) -> Self {
        Self {
            id: version.id,
            number: version.number,
            sha256: version.sha256,
            size_bytes: version.size_bytes,
            created_at: Moment(version.created_at),
        }
    }
}
