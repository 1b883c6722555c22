//! Statements: named constants, one text for both engines wherever that is possible.
//!
//! A limit is written `LIMIT +$2`: SQLite looks at the value of a bare `LIMIT $2` when it plans, and
//! therefore parses and plans the statement anew at every call, which takes longer than most answers.

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

#[cfg(test)]
mod tests {
    use crate::room::Room;

    #[test]
    fn no_limit_makes_sqlite_plan_anew_at_every_call() {
        for statement in Room::Service.statements() {
            assert!(!statement.sqlite.contains("LIMIT $"), "{}", statement.name);
        }
    }
}

#[cfg(test)]
#[path = "plans_tests.rs"]
mod plans_tests;
