//! Models.

pub mod get;
pub mod list;
mod paced;
pub mod put;
