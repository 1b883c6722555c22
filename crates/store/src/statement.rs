//! Statements: named constants, one text for both engines wherever that is possible.

/// One statement. Both texts are the same but for the few forks that must be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Statement {
    pub(crate) name: &'static str,
    pub(crate) sqlite: &'static str,
    pub(crate) postgres: &'static str,
}

/// Declares the statements of one noun and lists them, so that a test can prepare every one of
/// them on both engines: none is written anywhere else.
macro_rules! statements {
    ($($name:ident = $sql:expr $(, postgres $pg:expr)?;)*) => {
        $(const $name: $crate::statement::Statement = $crate::statement::Statement {
            name: concat!(module_path!(), "::", stringify!($name)),
            sqlite: $sql,
            postgres: $crate::statement::statements!(@pick $sql $(, $pg)?),
        };)*
        /// Every statement of this noun.
        pub(crate) const STATEMENTS: &[$crate::statement::Statement] = &[$($name),*];
    };
    (@pick $sql:expr) => { $sql };
    (@pick $sql:expr, $pg:expr) => { $pg };
}
pub(crate) use statements;
