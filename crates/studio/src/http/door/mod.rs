//! The door every call goes through: is the route declared, is there room, does the call come from
//! one of our pages, who calls, may they, and not too often.

mod caller;
mod gate;
mod operator;
mod pass;
mod same_origin;
mod table;

pub use caller::{Caller, Here};
pub(crate) use caller::{open_session, too_old};
pub use gate::Gate;
pub(crate) use operator::OPERATOR;
pub use operator::{OPERATOR_AUDIENCE, Operator};
pub(crate) use pass::pass;
pub(crate) use table::table;
pub use table::{Access, Budget, Door, doors, find};
