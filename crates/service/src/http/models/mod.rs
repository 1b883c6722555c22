//! Models.

pub mod get;
pub mod list;
pub mod put;
