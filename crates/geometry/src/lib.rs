//! The room `geometry`.
