//! Where a page ended: a moment and the name of the last thing on it.

use crate::fault::Fault;
use crate::limits::{PAGE_ROWS, PAGE_ROWS_MAX};
use fluxprint_domain::Timestamp;
use std::fmt::Display;
use std::str::FromStr;

/// Writes a cursor.
#[must_use]
pub fn write(at: Timestamp, name: impl Display) -> String {
    format!("{}-{name}", at.0)
}

/// Reads a cursor that [`write`] wrote.
///
/// # Errors
/// [`Fault::BadQuery`].
pub fn read<T: FromStr>(cursor: Option<&str>) -> Result<Option<(Timestamp, T)>, Fault> {
    let both = |text: &str| {
        let (at, name) = text.split_once('-')?;
        Some((Timestamp(at.parse().ok()?), name.parse().ok()?))
    };
    cursor
        .map(|text| both(text).ok_or(Fault::BadQuery))
        .transpose()
}

/// How many rows a page has, 1 to [`PAGE_ROWS_MAX`].
///
/// # Errors
/// [`Fault::BadQuery`].
pub fn limit(wanted: Option<u32>) -> Result<u32, Fault> {
    match wanted.unwrap_or(PAGE_ROWS) {
        limit @ 1..=PAGE_ROWS_MAX => Ok(limit),
        _ => Err(Fault::BadQuery),
    }
}
