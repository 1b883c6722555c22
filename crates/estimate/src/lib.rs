//! The room `estimate`.
