//! wires
mod problem;
mod settings;
fn main() {}
