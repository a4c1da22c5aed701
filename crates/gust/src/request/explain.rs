//! gust's own commands about the module graph.

use super::Request;
use super::build::build_flags;
use crate::ui::Failure;
use gust_ops::explain::{
    Level, OutdatedRequest, TreeFrom, TreeRequest, UpgradeRequest, WhyRequest,
};

/// A question, and how the answer is to be shown.
pub(crate) struct Asked<Q> {
    pub(crate) request: Q,
    /// The answer is to be JSON.
    pub(crate) json: bool,
}

/// `gust tree`.
pub(crate) fn tree(request: &Request) -> Result<Asked<TreeRequest>, Failure> {
    let flags = &request.flags;
    if !request.args.is_empty() {
        return Err(Failure::error("'gust tree' accepts no arguments"));
    }
    let from = match (flags.text("reverse"), flags.bool("duplicates")) {
        ("", false) => TreeFrom::Start,
        ("", true) => TreeFrom::Duplicates,
        (path, false) => TreeFrom::Reverse(path.to_owned()),
        (_, true) => {
            return Err(Failure::error(
                "--reverse and --duplicates do not go together",
            ));
        }
    };
    let depth = match flags.int("depth").map(usize::try_from) {
        None => None,
        Some(Ok(depth)) => Some(depth),
        Some(Err(_)) => return Err(Failure::error("--depth needs a number from 0 on")),
    };
    Ok(Asked {
        request: TreeRequest { depth, from },
        json: flags.bool("json"),
    })
}

/// `gust why`.
pub(crate) fn why(request: &Request) -> Result<Asked<WhyRequest>, Failure> {
    if request.args.is_empty() {
        return Err(Failure::error(
            "'gust why' needs the path of a module or package",
        ));
    }
    Ok(Asked {
        request: WhyRequest {
            flags: build_flags(request),
            paths: request.args.clone(),
            all: request.flags.bool("all"),
        },
        json: request.flags.bool("json"),
    })
}

/// `gust outdated`.
pub(crate) fn outdated(request: &Request) -> Result<Asked<OutdatedRequest>, Failure> {
    if !request.args.is_empty() {
        return Err(Failure::error("'gust outdated' accepts no arguments"));
    }
    Ok(Asked {
        request: OutdatedRequest {
            all: request.flags.bool("all"),
        },
        json: request.flags.bool("json"),
    })
}

/// What `gust upgrade` is to do besides finding out.
pub(crate) struct Upgrading {
    pub(crate) asked: Asked<UpgradeRequest>,
    /// Nothing is to be written.
    pub(crate) dry_run: bool,
}

/// `gust upgrade`.
pub(crate) fn upgrade(request: &Request) -> Result<Upgrading, Failure> {
    let flags = &request.flags;
    let level = match flags.text("level") {
        "" => Some(Level::Minor),
        name => Level::named(name),
    };
    let level = level.ok_or_else(|| Failure::error("--level is patch or minor"))?;
    Ok(Upgrading {
        asked: Asked {
            request: UpgradeRequest {
                flags: build_flags(request),
                modules: request.args.clone(),
                level,
            },
            json: flags.bool("json"),
        },
        dry_run: flags.bool("dry-run"),
    })
}
