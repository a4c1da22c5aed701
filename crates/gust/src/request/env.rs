//! `go env`.

use super::Request;
use crate::ui::Failure;
use gust_ops::EnvRequest;

/// What `go env` is asked.
pub(crate) enum Env {
    /// Settings, as JSON or as text.
    Show(EnvRequest, Shown),
    /// -w: assignments.
    Set(Vec<String>),
    /// -u: names.
    Unset(Vec<String>),
}

/// How settings are shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shown {
    /// -json
    Json,
    /// Names with values, as a shell reads them.
    Assignments,
    /// The values alone, as settings were named.
    Values,
}

/// `go env`.
pub(crate) fn env(request: &Request) -> Result<Env, Failure> {
    let (flags, args) = (&request.flags, request.args.clone());
    let (json, unset, write) = (flags.bool("json"), flags.bool("u"), flags.bool("w"));
    for (clash, text) in [
        (json && unset, "-json with -u"),
        (json && write, "-json with -w"),
        (unset && write, "-u with -w"),
    ] {
        if clash {
            return Err(Failure::error(format!("cannot use {text}")));
        }
    }
    if write {
        return Ok(Env::Set(args));
    }
    if unset {
        return Ok(Env::Unset(args));
    }
    let changed = flags.bool("changed");
    let shown = match json {
        true => Shown::Json,
        false if args.is_empty() || changed => Shown::Assignments,
        false => Shown::Values,
    };
    let request = EnvRequest {
        names: args,
        changed,
        show: flags.bool("x"),
    };
    Ok(Env::Show(request, shown))
}
