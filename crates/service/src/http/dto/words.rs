//! The domain's words as the API spells them, so that its description lists exactly those.

use fluxprint_domain::print_choice::{Material, Quality};
use fluxprint_domain::printer::PrinterState;
use fluxprint_domain::{Timestamp, attempt, job};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type};
use utoipa::{PartialSchema, ToSchema};

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident as $shown:literal of $noun:ty;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $name(pub $noun);

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.0.word())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let word = <Cow<'_, str>>::deserialize(deserializer)?;
                let known = <$noun>::from_word(&word).map(Self);
                known.ok_or_else(|| serde::de::Error::custom("unknown word"))
            }
        }

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let words = <$noun>::ALL.map(|known| known.word());
                ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words)).into()
            }
        }

        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                $shown.into()
            }
        }
    )*};
}

words! {
    /// A material.
    MaterialWord as "Material" of Material;
    /// A quality.
    QualityWord as "Quality" of Quality;
    /// The state of a job or a copy.
    JobWord as "JobState" of job::State;
    /// The state of an attempt.
    AttemptWord as "AttemptState" of attempt::State;
    /// What a machine was seen doing.
    PrinterWord as "PrinterState" of PrinterState;
}

/// A moment, as RFC 3339 in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment(pub Timestamp);

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let moment =
            jiff::Timestamp::from_microsecond(self.0.0).map_err(serde::ser::Error::custom)?;
        serializer.collect_str(&moment)
    }
}

impl PartialSchema for Moment {
    fn schema() -> RefOr<Schema> {
        let format = SchemaFormat::KnownFormat(KnownFormat::DateTime);
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(format))
            .into()
    }
}

impl ToSchema for Moment {
    fn name() -> Cow<'static, str> {
        "Moment".into()
    }
}
