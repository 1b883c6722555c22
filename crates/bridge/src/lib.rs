//! The room `bridge`.
