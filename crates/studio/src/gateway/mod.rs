//! The way to the print service: its router in this process, or its address.

use axum::Router;

/// Where the print service is.
#[derive(Clone, Debug)]
pub enum Gateway {
    /// In this process.
    Inside(Router),
    /// Somewhere else.
    Outside {
        /// Follows no redirects.
        http: reqwest::Client,
        /// Its address.
        base: url::Url,
    },
}
