//! The door every call goes through: is the route declared, is there room, who calls, may they,
//! and not too often.

mod caller;
mod keys;
mod pass;
mod remembered;
mod strangers;
mod table;

pub use caller::{BridgeCaller, Caller};
pub use keys::Trust;
pub use pass::pass;
pub use remembered::Remembered;
pub(crate) use strangers::Strangers;
pub use table::{Access, Budget, DOORS, Door, find};
