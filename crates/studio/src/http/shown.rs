//! Words and moments as the API spells them.

use fluxprint_domain::Timestamp;
use fluxprint_domain::role::Role;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type};
use utoipa::{PartialSchema, ToSchema};

/// A role: `owner`, `manager`, `editor`, `viewer`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoleWord(pub Role);

impl Serialize for RoleWord {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.word())
    }
}

impl<'de> Deserialize<'de> for RoleWord {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = <Cow<'_, str>>::deserialize(deserializer)?;
        let known = Role::from_word(&word).map(Self);
        known.ok_or_else(|| serde::de::Error::custom("unknown word"))
    }
}

impl PartialSchema for RoleWord {
    fn schema() -> RefOr<Schema> {
        let words = Role::ALL.map(Role::word);
        ObjectBuilder::new()
            .schema_type(Type::String)
            .enum_values(Some(words))
            .into()
    }
}

impl ToSchema for RoleWord {
    fn name() -> Cow<'static, str> {
        "Role".into()
    }
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
