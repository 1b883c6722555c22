//! The room `printers`.
