//! Files on their way in, in their place, and on to the print service.

mod handover;
mod kept;
mod limits;
mod protocol;
mod resume;
mod rights;
mod service;
mod shop;
mod tus;
