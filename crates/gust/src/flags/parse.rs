//! Arguments to flag values, with go's syntax and go's words for what is wrong.

use super::values::parse_bool;
use super::{FLAGS, Flag, Flags, Kind, Source, lookup};
use crate::commands::Id;
use gust_toolchain::words;
use thiserror::Error;

/// A flag that cannot be taken; the command's usage follows it, unless it says otherwise.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub(crate) enum FlagError {
    /// -h or -help: only the usage.
    #[error("flag: help requested")]
    Help,
    /// Something like -=x or ---x.
    #[error("bad flag syntax: {0}")]
    Syntax(String),
    /// No such flag.
    #[error("flag provided but not defined: -{0}")]
    Unknown(String),
    /// A flag at the end whose value is missing.
    #[error("flag needs an argument: -{0}")]
    Missing(String),
    /// A value that is neither true nor false.
    #[error("invalid boolean value {value:?} for -{name}: {why}")]
    Bool {
        name: String,
        value: String,
        why: String,
    },
    /// Any other value that does not fit.
    #[error("invalid value {value:?} for flag -{name}: {why}")]
    Value {
        name: String,
        value: String,
        why: String,
    },
}

/// Reads flags until the first argument that is none; gives the arguments that are left.
pub(crate) fn parse(
    command: Id,
    args: &[String],
    flags: &mut Flags,
) -> Result<Vec<String>, FlagError> {
    let mut rest = args.iter();
    while let Some(arg) = rest.as_slice().first() {
        let Some(word) = arg.strip_prefix('-').filter(|w| !w.is_empty()) else {
            break;
        };
        rest.next();
        let word = match word.strip_prefix('-') {
            Some("") => break,
            Some(word) => word,
            None => word,
        };
        if word.starts_with(['-', '=']) {
            return Err(FlagError::Syntax(arg.clone()));
        }
        let (name, value) = match word.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (word, None),
        };
        let Some(flag) = lookup(command, name) else {
            return Err(match name {
                "help" | "h" => FlagError::Help,
                name => FlagError::Unknown(name.to_owned()),
            });
        };
        let value = match (value, flag.kind) {
            (Some(value), _) => value,
            (None, Kind::Bool | Kind::Optional) => "true".to_owned(),
            (None, _) => rest
                .next()
                .cloned()
                .ok_or_else(|| FlagError::Missing(name.to_owned()))?,
        };
        check(flag, &value).map_err(|why| explain(flag, &value, why))?;
        flags.give(flag.name, value, Source::CommandLine);
    }
    Ok(rest.as_slice().to_vec())
}

fn explain(flag: &Flag, value: &str, why: String) -> FlagError {
    let (name, value) = (flag.name.to_owned(), value.to_owned());
    match flag.kind {
        Kind::Bool | Kind::Optional => FlagError::Bool { name, value, why },
        _ => FlagError::Value { name, value, why },
    }
}

/// Whether a value fits its flag; the error is go's reason.
fn check(flag: &Flag, value: &str) -> Result<(), String> {
    match flag.kind {
        Kind::Bool => parse_bool(value)
            .map(drop)
            .ok_or_else(|| "parse error".to_owned()),
        Kind::Int => match value.parse::<i64>() {
            Ok(_) => Ok(()),
            Err(e)
                if matches!(
                    e.kind(),
                    std::num::IntErrorKind::PosOverflow | std::num::IntErrorKind::NegOverflow
                ) =>
            {
                Err("value out of range".to_owned())
            }
            Err(_) => Err("parse error".to_owned()),
        },
        Kind::Words => words::split(value).map(drop).map_err(|e| e.to_string()),
        Kind::Tags if value.contains([' ', '\'']) => {
            words::split(value).map(drop).map_err(|e| e.to_string())
        }
        Kind::PerPackage => per_package(value),
        Kind::Chdir => Err("-C flag must be first flag on command line".to_owned()),
        Kind::Optional if flag.name == "buildvcs" && value != "auto" => {
            let bad = || format!("strconv.ParseBool: parsing {value:?}: invalid syntax");
            parse_bool(value).map(drop).ok_or_else(bad)
        }
        _ => match (flag.name, value) {
            ("compiler", "gc" | "gccgo") => Ok(()),
            ("compiler", other) => Err(format!("unknown compiler {other:?}")),
            ("covermode", "set" | "count" | "atomic") => Ok(()),
            ("covermode", _) => Err("valid modes are \"set\", \"count\", or \"atomic\"".to_owned()),
            _ => Ok(()),
        },
    }
}

/// [pattern=]words, as -gcflags takes them.
fn per_package(value: &str) -> Result<(), String> {
    let value = value.trim_start();
    let mut rest = value;
    if !value.is_empty() && !value.starts_with(['-', '\'', '"']) {
        let Some((pattern, words)) = value.split_once('=') else {
            return Err("missing =<value> in <pattern>=<value>".to_owned());
        };
        if pattern.trim().is_empty() {
            return Err("missing <pattern> in <pattern>=<value>".to_owned());
        }
        if pattern.contains([' ', '\t']) {
            return Err("parameter may not start with quote character".to_owned());
        }
        rest = words;
    }
    words::split(rest).map(drop).map_err(|e| e.to_string())
}

/// Whether any command has the flag: GOFLAGS may name flags that the command at hand does not take.
pub(crate) fn known_anywhere(name: &str) -> bool {
    FLAGS.iter().any(|f| f.name == name)
}

/// Applies GOFLAGS; flags that this command does not have are passed over. Every problem is a line, and all are found.
pub(crate) fn set_from_goflags(
    command: Id,
    goflags: &[String],
    flags: &mut Flags,
) -> Result<(), String> {
    for word in goflags {
        let (shown, value) = match word.split_once('=') {
            Some(("", _)) => continue,
            Some((name, value)) => (name, Some(value)),
            None => (word.as_str(), None),
        };
        let shown = if shown.starts_with("--") {
            &shown[1..]
        } else {
            shown
        };
        let Some(flag) = shown
            .strip_prefix('-')
            .and_then(|name| lookup(command, name))
        else {
            continue;
        };
        let boolean = matches!(flag.kind, Kind::Bool | Kind::Optional);
        let value = match value {
            Some(value) => value,
            None if boolean => "true",
            None => {
                return Err(format!(
                    "go: flag needs an argument: {shown} (from $GOFLAGS)"
                ));
            }
        };
        if let Err(why) = check(flag, value) {
            let why = if flag.kind == Kind::Bool {
                "parse error".to_owned()
            } else {
                why
            };
            let what = if boolean { "boolean value" } else { "value" };
            return Err(format!(
                "go: invalid {what} {value:?} for flag {shown} (from $GOFLAGS): {why}"
            ));
        }
        flags.give(flag.name, value.to_owned(), Source::GoFlags);
    }
    Ok(())
}
