//! The room `studio`.
