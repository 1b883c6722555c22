//! Words and moments as the API spells them.

use fluxprint_domain::role::Role;

pub use fluxprint_http::Moment;

fluxprint_http::words! {
    /// A role: `owner`, `manager`, `editor`, `viewer`.
    RoleWord as "Role" of Role;
}
