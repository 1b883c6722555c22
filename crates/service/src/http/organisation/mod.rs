//! What concerns the whole organisation.

pub mod audit;
pub mod hold;
