//! The room `tokens`.
