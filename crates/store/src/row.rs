//! What comes out of a statement, read by column name alike on both engines.

use crate::error::{Result, StoreError};
use fluxprint_domain::alert::AlertKind;
use fluxprint_domain::bed::{BedGeneration, Epoch};
use fluxprint_domain::id::{Id, Kind};
use fluxprint_domain::octets::Octets;
use fluxprint_domain::role::Role;
use fluxprint_domain::tags::Tags;
use fluxprint_domain::{
    DeviceKey, Sha256, Timestamp, attempt, colour, job, print_choice, printer, queue,
};
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, ValueRef as _};
use uuid::Uuid;

/// One row of either engine.
pub(crate) enum Row {
    Lite(SqliteRow),
    Pg(PgRow),
}

impl Row {
    /// The value of a column.
    pub(crate) fn get<T: Column>(&self, name: &'static str) -> Result<T> {
        T::read(self, name)
    }

    fn is_null(&self, name: &'static str) -> Result<bool> {
        Ok(match self {
            Self::Lite(row) => row.try_get_raw(name)?.is_null(),
            Self::Pg(row) => row.try_get_raw(name)?.is_null(),
        })
    }
}

/// What can be read from a column.
pub(crate) trait Column: Sized {
    fn read(row: &Row, name: &'static str) -> Result<Self>;
}

macro_rules! plain {
    ($($type:ty),*) => {$(
        impl Column for $type {
            fn read(row: &Row, name: &'static str) -> Result<Self> {
                Ok(match row {
                    Row::Lite(row) => row.try_get(name)?,
                    Row::Pg(row) => row.try_get(name)?,
                })
            }
        }
    )*};
}
plain!(i64, f64, bool, String, Vec<u8>, Uuid);

macro_rules! through {
    ($($type:ty => $plain:ty, |$it:ident| $as:expr;)*) => {$(
        impl Column for $type {
            fn read(row: &Row, name: &'static str) -> Result<Self> {
                let $it: $plain = row.get(name)?;
                $as.ok_or(StoreError::Unreadable(name))
            }
        }
    )*};
}
through! {
    u32 => i64, |it| it.try_into().ok();
    u64 => i64, |it| it.try_into().ok();
    Timestamp => i64, |it| Some(Timestamp(it));
    Epoch => i64, |it| Some(Epoch(it));
    BedGeneration => i64, |it| Some(BedGeneration(it));
    Sha256 => Vec<u8>, |it| it.try_into().ok().map(Sha256);
    DeviceKey => Vec<u8>, |it| it.try_into().ok().map(Octets);
    attempt::State => String, |it| attempt::State::from_word(&it);
    job::State => String, |it| job::State::from_word(&it);
    printer::PrinterState => String, |it| printer::PrinterState::from_word(&it);
    AlertKind => String, |it| AlertKind::from_word(&it);
    Role => String, |it| Role::from_word(&it);
    colour::Colour => String, |it| colour::Colour::from_word(&it);
    queue::Priority => i64, |it| queue::Priority::from_rank(it);
    queue::OrderVersion => i64, |it| Some(queue::OrderVersion(it));
    Tags => String, |it| Tags::from_line(&it);
    print_choice::Material => String, |it| print_choice::Material::from_word(&it);
}

impl<K: Kind> Column for Id<K> {
    fn read(row: &Row, name: &'static str) -> Result<Self> {
        row.get(name).map(Self::from_uuid)
    }
}

impl<T: Column> Column for Option<T> {
    fn read(row: &Row, name: &'static str) -> Result<Self> {
        if row.is_null(name)? {
            Ok(None)
        } else {
            row.get(name).map(Some)
        }
    }
}
