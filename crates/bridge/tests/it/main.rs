//! The bridge between a service played by the link's other end and the virtual OctoPrint, with a
//! recording proxy in between that counts starts.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod played_camera;
mod played_service;
mod rig;

mod bed;
mod by_hand;
mod cameras;
mod hostile;
mod identity;
mod no_proxy;
mod pairing;
mod recovering;
mod safe_orders;
mod staging;
mod starting;
mod watching;
