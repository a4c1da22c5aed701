//! Which values the flags take that are no plain text or number, and go's reasons for refusing others.

use super::Kind;
use gust_text::flags::Kind as Syntax;
use gust_text::num::parse_bool;
use gust_text::quote::{quote, split_fields};

type Check = fn(&str) -> Result<(), String>;

/// The flag syntax of a kind; `name` tells the few flags apart that only take certain words.
pub(super) fn syntax(kind: Kind, name: &str) -> Syntax {
    let checked = |optional: bool, check: Check| Syntax::Checked { optional, check };
    match (kind, name) {
        (Kind::Bool, _) => Syntax::Bool,
        (Kind::Int, _) => Syntax::Int,
        (Kind::Words, _) => Syntax::Fields,
        (Kind::Duration, _) => Syntax::Duration,
        (Kind::Optional, "buildvcs") => checked(true, buildvcs),
        (Kind::Optional, "v" | "test.v") => checked(true, gust_test::flags::check_verbose),
        (Kind::Text, "shuffle" | "test.shuffle") => checked(false, gust_test::flags::check_shuffle),
        (Kind::Text, "vet") => checked(false, vet),
        (Kind::Optional, _) => checked(true, |_| Ok(())),
        (Kind::Tags, _) => checked(false, tags),
        (Kind::PerPackage, _) => checked(false, per_package),
        (Kind::Chdir, _) => checked(false, |_| {
            Err("-C flag must be first flag on command line".to_owned())
        }),
        (Kind::Text, "compiler") => checked(false, compiler),
        (Kind::Text, "covermode") => checked(false, covermode),
        (Kind::Text | Kind::Repeated, _) => Syntax::String,
    }
}

fn buildvcs(value: &str) -> Result<(), String> {
    if matches!(value, "" | "auto") || parse_bool(value).is_ok() {
        return Ok(());
    }
    Err("value is neither 'auto' nor a valid bool".to_owned())
}

fn tags(value: &str) -> Result<(), String> {
    if value.contains([' ', '\'']) {
        return split_fields(value).map(drop).map_err(|e| e.to_string());
    }
    Ok(())
}

/// Which checks there are differs little from release to release: the newest release's are taken here.
fn vet(value: &str) -> Result<(), String> {
    gust_test::vet::Checks::read(value, u32::MAX).map(drop)
}

fn compiler(value: &str) -> Result<(), String> {
    match value {
        "gc" | "gccgo" => Ok(()),
        other => Err(format!("unknown compiler {}", quote(other))),
    }
}

fn covermode(value: &str) -> Result<(), String> {
    match value {
        "set" | "count" | "atomic" => Ok(()),
        _ => Err("valid modes are \"set\", \"count\", or \"atomic\"".to_owned()),
    }
}

/// [pattern=]words, as -gcflags takes them.
fn per_package(value: &str) -> Result<(), String> {
    let value = value.trim();
    let mut words = value;
    if !value.is_empty() && !value.starts_with('-') {
        let Some((pattern, rest)) = value.split_once('=') else {
            return Err("missing =<value> in <pattern>=<value>".to_owned());
        };
        if pattern.trim().is_empty() {
            return Err("missing <pattern> in <pattern>=<value>".to_owned());
        }
        if value.starts_with(['\'', '"']) {
            return Err("parameter may not start with quote character".to_owned() + &value[..1]);
        }
        words = rest;
    }
    split_fields(words).map(drop).map_err(|e| e.to_string())
}
