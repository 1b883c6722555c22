//! Every route of the studio, who may use it and how often. Each part declares its own rows; here
//! they come together. A route that is in no row is answered as if it did not exist (S-01).

use axum::http::Method;
use fluxprint_domain::role::Act;
pub(crate) use fluxprint_http::Lane;

/// Who may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody, and it changes nothing.
    Anyone,
    /// Anybody on one of our pages; a change is counted by address.
    Stranger,
    /// The command line of whoever runs the studio, with a token of the studio's own key.
    Operator,
    /// Whoever is signed in, even when no organisation is theirs any more.
    Session,
    /// Whoever is signed in, in an organisation.
    Person,
    /// Whoever may do this in the organisation: the one in the address, or the session's.
    Organisation(Act),
    /// Whoever may do this in the organisation and has just shown the password (S-17).
    Fresh(Act),
    /// Whoever may do this in the `{project}` of the address.
    Project(Act),
    /// Whoever may do this in at least one project; the handler asks again for the one it is about.
    Somewhere(Act),
}

/// Which limit counts a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Budget {
    /// None: it reads, makes things safer, or is counted where it goes on to.
    Free,
    /// Changes.
    Changes,
    /// Uploads begun.
    Uploads,
}

/// One route.
#[derive(Clone, Copy, Debug)]
pub struct Door {
    /// Its method.
    pub method: &'static str,
    /// Its path as the router spells it.
    pub path: &'static str,
    /// Who may use it.
    pub access: Access,
    /// How it is treated when there is much to do.
    pub lane: Lane,
    /// What counts it.
    pub budget: Budget,
}

/// The rows of one part: `METHOD "path" Access, Lane, Budget;`.
macro_rules! table {
    ($($method:ident $path:literal $access:expr, $lane:ident, $budget:ident;)*) => {
        &[$($crate::http::door::Door {
            method: stringify!($method),
            path: $path,
            access: { use $crate::http::door::Access::*; $access },
            lane: fluxprint_http::Lane::$lane,
            budget: $crate::http::door::Budget::$budget,
        }),*]
    };
}
pub(crate) use table;

/// The rows that belong to no part.
const OWN: &[Door] = table! {
    GET "/api/openapi.json" Person, Ordinary, Free;
};

/// The rows of every part.
const PARTS: &[&[Door]] = &[
    OWN,
    crate::files::DOORS,
    crate::uploads::DOORS,
    crate::people::DOORS,
    crate::projects::DOORS,
    crate::flag::DOORS,
    crate::live::DOORS,
    crate::print::DOORS,
    crate::print::CAMERA_DOORS,
    crate::print::OF_PROJECT_DOORS,
];

/// Every route.
pub fn doors() -> impl Iterator<Item = &'static Door> {
    PARTS.iter().copied().flatten()
}

/// The route of this method and path. HEAD asks as GET does where it has no row of its own.
#[must_use]
pub fn find(method: &Method, path: &str) -> Option<&'static Door> {
    let exactly = |method: &str| doors().find(|door| door.path == path && door.method == method);
    exactly(method.as_str()).or_else(|| match *method {
        Method::HEAD => exactly(Method::GET.as_str()),
        _ => None,
    })
}
