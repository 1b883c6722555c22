//! The whole product over real programs.

mod first_print;
mod kills;
mod parity;
