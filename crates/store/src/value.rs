//! What goes into a statement: a few kinds of values that both engines store alike.

use fluxprint_domain::alert::AlertKind;
use fluxprint_domain::bed::{BedGeneration, Epoch};
use fluxprint_domain::id::{Id, Kind};
use fluxprint_domain::role::Role;
use fluxprint_domain::tags::Tags;
use fluxprint_domain::{
    DeviceKey, Sha256, Timestamp, attempt, colour, job, print_choice, printer, queue,
};
use uuid::Uuid;

/// A bound value. Each kind knows its own NULL, because PostgreSQL types its NULLs.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    Int(Option<i64>),
    Real(Option<f64>),
    Bool(Option<bool>),
    Text(Option<String>),
    Bytes(Option<Vec<u8>>),
    Uuid(Option<Uuid>),
}

/// What can be bound.
pub(crate) trait ToValue {
    fn value(self) -> Value;
    fn null() -> Value;
}

macro_rules! bind {
    ($($(#[$g:ident])? $type:ty => $variant:ident, |$it:ident| $as:expr;)*) => {$(
        impl ToValue for $type {
            fn value(self) -> Value {
                let $it = self;
                Value::$variant(Some($as))
            }
            fn null() -> Value {
                Value::$variant(None)
            }
        }
    )*};
}

bind! {
    i64 => Int, |it| it;
    u32 => Int, |it| i64::from(it);
    // Sizes and counts of ours stay far below 2^63; a larger one could not have been real.
    u64 => Int, |it| i64::try_from(it).unwrap_or(i64::MAX);
    Timestamp => Int, |it| it.0;
    Epoch => Int, |it| it.0;
    BedGeneration => Int, |it| it.0;
    f64 => Real, |it| it;
    bool => Bool, |it| it;
    String => Text, |it| it;
    &str => Text, |it| it.to_owned();
    &String => Text, |it| it.clone();
    attempt::State => Text, |it| it.word().to_owned();
    job::State => Text, |it| it.word().to_owned();
    printer::PrinterState => Text, |it| it.word().to_owned();
    AlertKind => Text, |it| it.word().to_owned();
    colour::Colour => Text, |it| it.word().to_owned();
    queue::Priority => Int, |it| it.rank();
    queue::OrderVersion => Int, |it| it.0;
    &Tags => Text, |it| it.line();
    print_choice::Material => Text, |it| it.word().to_owned();
    Role => Text, |it| it.word().to_owned();
    Vec<u8> => Bytes, |it| it;
    Sha256 => Bytes, |it| it.0.to_vec();
    DeviceKey => Bytes, |it| it.0.to_vec();
    Uuid => Uuid, |it| it;
}

impl<K: Kind> ToValue for Id<K> {
    fn value(self) -> Value {
        Value::Uuid(Some(self.uuid()))
    }
    fn null() -> Value {
        Value::Uuid(None)
    }
}

impl<T: ToValue> ToValue for Option<T> {
    fn value(self) -> Value {
        self.map_or_else(T::null, T::value)
    }
    fn null() -> Value {
        T::null()
    }
}

/// The values of one statement, in the order of its `$1`, `$2`, …
macro_rules! args {
    ($($value:expr),* $(,)?) => {
        vec![$($crate::value::ToValue::value($value)),*]
    };
}
pub(crate) use args;
