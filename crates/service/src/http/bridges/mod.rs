//! Bridges: added with a code, paired once, shut out for good.

pub mod create;
pub mod list;
pub mod pair;
pub mod revoke;
pub mod rotate;
