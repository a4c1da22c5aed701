//! The flag syntax of go's commands: `-x`, `--x`, `-x=v`, `-x v`, boolean flags that take a value only after `=`, and `--`.
//!
//! What flags there are is the caller's table, asked through a lookup from a name to its [`Kind`]. A parse gives back each setting in
//! the order in which it was made ([`Setting`]), so that repeated flags, "was it given at all" and values from GOFLAGS can all be told apart.
//!
//! Errors display as Go's flag package words them; the command then prints its usage and exits with 2.

mod value;

pub use value::Kind;

use crate::quote;

/// A mistake in the flags of a command line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FlagError {
    /// `-h`, `-help` where the command has no such flag: print the usage, nothing else, and exit with 2.
    #[error("flag: help requested")]
    Help,
    /// `-=x` or `---x`.
    #[error("bad flag syntax: {arg}")]
    Syntax {
        /// The argument as typed.
        arg: String,
    },
    /// No flag of that name.
    #[error("flag provided but not defined: -{name}")]
    NotDefined {
        /// The name, without dashes and value.
        name: String,
        /// The argument as typed.
        arg: String,
        /// What followed `=`.
        value: Option<String>,
    },
    /// A flag with a value stood last.
    #[error("flag needs an argument: -{name}")]
    NeedsArgument {
        /// The flag.
        name: String,
    },
    /// A boolean flag was given something else after `=`.
    #[error("invalid boolean value {} for -{name}: {reason}", quote::quote(.value))]
    InvalidBool {
        /// The flag.
        name: String,
        /// What was given.
        value: String,
        /// Why not.
        reason: String,
    },
    /// A value that the flag does not take.
    #[error("invalid value {} for flag -{name}: {reason}", quote::quote(.value))]
    InvalidValue {
        /// The flag.
        name: String,
        /// What was given.
        value: String,
        /// Why not.
        reason: String,
    },
    /// A boolean flag of GOFLAGS was given something else after `=`.
    #[error("go: invalid boolean value {} for flag {name} (from $GOFLAGS): {reason}", quote::quote(.value))]
    GoflagsBool {
        /// The flag with its dash.
        name: String,
        /// What was given.
        value: String,
        /// Why not.
        reason: String,
    },
    /// A value in GOFLAGS that the flag does not take.
    #[error("go: invalid value {} for flag {name} (from $GOFLAGS): {reason}", quote::quote(.value))]
    GoflagsValue {
        /// The flag with its dash.
        name: String,
        /// What was given.
        value: String,
        /// Why not.
        reason: String,
    },
    /// A flag in GOFLAGS that takes a value and has none.
    #[error("go: flag needs an argument: {name} (from $GOFLAGS)")]
    GoflagsNeedsArgument {
        /// The flag with its dash.
        name: String,
    },
    /// The word is no flag at all. Only [`parse_one`] says this.
    #[error("not a flag: {}", quote::quote(.arg))]
    NotAFlag {
        /// The argument as typed.
        arg: String,
    },
    /// The word was `--`. Only [`parse_one`] says this.
    #[error("flag terminator")]
    Terminator,
}

/// One flag that was set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// The flag's name, without dashes.
    pub name: String,
    /// Its value; `true` for a boolean flag that was given without one.
    pub value: String,
    /// It stands in GOFLAGS, not in the command line.
    pub from_goflags: bool,
}

/// What a command line said: flags as they were set, then the arguments after them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parsed {
    /// Every flag set, in order; those of GOFLAGS first.
    pub settings: Vec<Setting>,
    /// What followed the flags.
    pub args: Vec<String>,
}

impl Parsed {
    /// The last value set for the flag.
    pub fn last(&self, name: &str) -> Option<&str> {
        self.settings
            .iter()
            .rev()
            .find(|s| s.name == name)
            .map(|s| s.value.as_str())
    }

    /// Every value set for the flag, in order.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.settings
            .iter()
            .filter(move |s| s.name == name)
            .map(|s| s.value.as_str())
    }

    /// The flag was set, in GOFLAGS or in the command line.
    pub fn is_set(&self, name: &str) -> bool {
        self.last(name).is_some()
    }

    /// The flag was set in the command line itself.
    pub fn is_set_by_hand(&self, name: &str) -> bool {
        self.settings
            .iter()
            .any(|s| s.name == name && !s.from_goflags)
    }

    /// A boolean flag's value; false when it was not set.
    pub fn bool(&self, name: &str) -> bool {
        self.last(name)
            .is_some_and(|v| crate::num::parse_bool(v).unwrap_or(false))
    }

    /// An integer flag's value.
    pub fn int(&self, name: &str) -> Option<i64> {
        self.last(name).and_then(|v| crate::num::parse_int(v).ok())
    }

    /// A duration flag's value in nanoseconds.
    pub fn duration(&self, name: &str) -> Option<i64> {
        self.last(name)
            .and_then(|v| crate::num::parse_duration(v).ok())
    }
}

/// Parses a command's arguments after its name: first what GOFLAGS says about flags that this command has, then `argv`.
/// Flags end at the first argument that is none, or after `--`.
pub fn parse(
    lookup: &dyn Fn(&str) -> Option<Kind>,
    goflags: &[String],
    argv: &[String],
) -> Result<Parsed, FlagError> {
    let mut parsed = Parsed::default();
    for word in goflags {
        if let Some(setting) = from_goflags(lookup, word)? {
            parsed.settings.push(setting);
        }
    }
    let mut rest = argv;
    while let Some(word) = Word::read(rest)? {
        let (setting, used) = word.set(lookup, rest)?;
        parsed.settings.push(setting);
        rest = &rest[used..];
    }
    if rest.first().is_some_and(|arg| arg == "--") {
        rest = &rest[1..];
    }
    parsed.args = rest.to_vec();
    Ok(parsed)
}

/// Parses the first of `args` as a flag, for commands that sort flags themselves (`go test`, `go vet`).
/// Gives the setting and how many arguments it took. An error consumed one argument.
pub fn parse_one(
    lookup: &dyn Fn(&str) -> Option<Kind>,
    args: &[String],
) -> Result<(Setting, usize), FlagError> {
    let arg = args.first().map(String::as_str).unwrap_or_default();
    if arg == "--" {
        return Err(FlagError::Terminator);
    }
    let single = if arg.starts_with("--") {
        &arg[1..]
    } else {
        arg
    };
    if matches!(single, "-?" | "-h" | "-help") {
        return Err(FlagError::Help);
    }
    match Word::read(args) {
        Ok(Some(word)) => word.set(lookup, args),
        Ok(None) | Err(_) => Err(FlagError::NotAFlag {
            arg: arg.to_owned(),
        }),
    }
}

/// Splits GOFLAGS into words and checks each one's shape; `known` says whether any command has the flag.
/// The error is the whole line to print.
pub fn split_goflags(goflags: &str, known: &dyn Fn(&str) -> bool) -> Result<Vec<String>, String> {
    let words = quote::split_fields(goflags).map_err(|e| format!("go: parsing $GOFLAGS: {e}"))?;
    for word in &words {
        let name = goflag_name(word)
            .ok_or_else(|| format!("go: parsing $GOFLAGS: non-flag {}", quote::quote(word)))?;
        if !known(name) {
            return Err(format!("go: parsing $GOFLAGS: unknown flag -{name}"));
        }
    }
    Ok(words)
}

/// The flag that a word of GOFLAGS names; none when the word is not `-x`, `--x`, `-x=v` or `--x=v`.
pub fn goflag_name(word: &str) -> Option<&str> {
    let name = word.strip_prefix("--").or_else(|| word.strip_prefix('-'))?;
    let name = name.split('=').next().unwrap_or_default();
    if name.is_empty() || name.starts_with('-') {
        None
    } else {
        Some(name)
    }
}

fn from_goflags(
    lookup: &dyn Fn(&str) -> Option<Kind>,
    word: &str,
) -> Result<Option<Setting>, FlagError> {
    let Some(name) = goflag_name(word) else {
        return Ok(None);
    };
    let Some(kind) = lookup(name) else {
        return Ok(None);
    };
    let given = word.split_once('=').map(|(_, value)| value);
    let dashed = format!("-{name}");
    let value = match (given, kind.is_bool()) {
        (Some(value), _) => value,
        (None, true) => "true",
        (None, false) => return Err(FlagError::GoflagsNeedsArgument { name: dashed }),
    };
    kind.check(value).map_err(|reason| {
        let value = value.to_owned();
        if kind.is_bool() {
            FlagError::GoflagsBool {
                name: dashed,
                value,
                reason,
            }
        } else {
            FlagError::GoflagsValue {
                name: dashed,
                value,
                reason,
            }
        }
    })?;
    Ok(Some(Setting {
        name: name.to_owned(),
        value: value.to_owned(),
        from_goflags: true,
    }))
}

/// A word that looks like a flag.
struct Word<'a> {
    arg: &'a str,
    name: &'a str,
    value: Option<&'a str>,
}

impl<'a> Word<'a> {
    /// Reads the first argument; none when flags have ended.
    fn read(args: &'a [String]) -> Result<Option<Word<'a>>, FlagError> {
        let Some(arg) = args.first() else {
            return Ok(None);
        };
        if arg.len() < 2 || !arg.starts_with('-') || arg == "--" {
            return Ok(None);
        }
        let body = arg.strip_prefix("--").unwrap_or(&arg[1..]);
        if body.is_empty() || body.starts_with('-') || body.starts_with('=') {
            return Err(FlagError::Syntax { arg: arg.clone() });
        }
        let (name, value) = match body.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (body, None),
        };
        Ok(Some(Word { arg, name, value }))
    }

    /// Looks the flag up and checks its value; gives the setting and the number of arguments used.
    fn set(
        &self,
        lookup: &dyn Fn(&str) -> Option<Kind>,
        args: &[String],
    ) -> Result<(Setting, usize), FlagError> {
        let name = self.name.to_owned();
        let Some(kind) = lookup(self.name) else {
            if matches!(self.name, "help" | "h") {
                return Err(FlagError::Help);
            }
            return Err(FlagError::NotDefined {
                name,
                arg: self.arg.to_owned(),
                value: self.value.map(str::to_owned),
            });
        };
        let (value, used) = match (self.value, kind.is_bool(), args.get(1)) {
            (Some(value), _, _) => (value, 1),
            (None, true, _) => ("true", 1),
            (None, false, Some(next)) => (next.as_str(), 2),
            (None, false, None) => return Err(FlagError::NeedsArgument { name }),
        };
        let value = value.to_owned();
        match kind.check(&value) {
            Ok(()) => Ok((
                Setting {
                    name,
                    value,
                    from_goflags: false,
                },
                used,
            )),
            Err(reason) if kind.is_bool() => Err(FlagError::InvalidBool {
                name,
                value,
                reason,
            }),
            Err(reason) => Err(FlagError::InvalidValue {
                name,
                value,
                reason,
            }),
        }
    }
}

#[cfg(test)]
mod tests;
