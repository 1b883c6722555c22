//! The whole product over real programs.

mod parity;
