//! What an organisation is called and how much of its room is used.

use crate::error::Result;
use crate::statement::statements;
use crate::studio::StudioStore;
use crate::value::args;
use fluxprint_domain::id::OrganisationId;

statements! {
    GET = "SELECT name, stored_bytes FROM organisations WHERE id = $1";
}

/// An organisation, as its members see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Particulars {
    /// Its name.
    pub name: String,
    /// Bytes of all its files.
    pub stored_bytes: u64,
}

impl StudioStore {
    /// The particulars of an organisation.
    ///
    /// # Errors
    /// [`crate::StoreError::NotFound`].
    pub async fn particulars(&self, org: OrganisationId) -> Result<Particulars> {
        let row = self.db.look_at(org, GET, args![org]).await?;
        Ok(Particulars {
            name: row.get("name")?,
            stored_bytes: row.get("stored_bytes")?,
        })
    }
}
