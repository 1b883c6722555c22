//! The store on both engines.

mod send;
