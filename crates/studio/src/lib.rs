//! The studio: people and their sessions, projects and their files, the gateway to the print
//! service, and the pages of the browser.

mod changes;
pub mod chores;
mod content;
mod files;
mod flag;
pub mod gateway;
pub mod handover;
pub mod http;
mod keys;
pub mod limits;
pub mod live;
mod people;
mod print;
mod projects;
mod published;
mod settings;
mod studio;
mod ui;
mod uploads;

pub use changes::{Change, Changes};
pub use gateway::Gateway;
pub use http::router;
pub use keys::Keys;
pub use people::first_link;
pub use published::published;
pub use settings::{Limits, Settings};
pub use studio::{Parts, Studio};
