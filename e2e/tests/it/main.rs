//! The whole product over real programs.

mod bad_input;
mod camera;
mod first_print;
mod gateway;
mod kills;
mod parity;
mod push;
mod switched_off;
mod web;
