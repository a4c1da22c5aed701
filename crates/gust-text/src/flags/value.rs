//! What values a flag takes.

use crate::{num, quote};

/// The values that a flag takes.
#[derive(Clone, Copy)]
pub enum Kind {
    /// `-x`, `-x=true`, `-x=false` and the other spellings of `strconv.ParseBool`.
    Bool,
    /// An integer, with base prefixes.
    Int,
    /// An integer from zero up.
    Uint,
    /// A floating-point number.
    Float,
    /// Anything.
    String,
    /// `1h30m`.
    Duration,
    /// Words with optional quotes around each, as [`quote::split_fields`] takes them.
    Fields,
    /// Checked by a function, whose error is the reason shown.
    Checked {
        /// May stand without a value, and never takes the next argument.
        optional: bool,
        /// Says why a value is refused.
        check: fn(&str) -> Result<(), String>,
    },
}

impl Kind {
    /// The flag may stand alone and never takes the next argument as its value.
    pub fn is_bool(&self) -> bool {
        matches!(self, Kind::Bool | Kind::Checked { optional: true, .. })
    }

    /// Whether the flag takes the value; if not, the reason in go's words.
    pub fn check(&self, value: &str) -> Result<(), String> {
        let number = |result: Result<(), num::NumError>| result.map_err(|e| e.to_string());
        match self {
            Kind::Bool => number(num::parse_bool(value).map(drop)),
            Kind::Int => number(num::parse_int(value).map(drop)),
            Kind::Uint => number(num::parse_uint(value).map(drop)),
            Kind::Float => number(
                value
                    .parse::<f64>()
                    .map(drop)
                    .map_err(|_| num::NumError::Syntax),
            ),
            Kind::Duration => number(num::parse_duration(value).map(drop)),
            Kind::String => Ok(()),
            Kind::Fields => quote::split_fields(value)
                .map(drop)
                .map_err(|e| e.to_string()),
            Kind::Checked { check, .. } => check(value),
        }
    }
}

impl std::fmt::Debug for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Kind::Bool => "Bool",
            Kind::Int => "Int",
            Kind::Uint => "Uint",
            Kind::Float => "Float",
            Kind::String => "String",
            Kind::Duration => "Duration",
            Kind::Fields => "Fields",
            Kind::Checked { .. } => "Checked",
        })
    }
}
