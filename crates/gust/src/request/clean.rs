//! `go clean`.

use super::Request;
use super::build::build_flags;
use gust_ops::clean::{Caches, CleanRequest};

/// Reads it.
pub(crate) fn clean(request: &Request) -> CleanRequest {
    let flags = &request.flags;
    CleanRequest {
        flags: build_flags(request),
        patterns: request.args.clone(),
        installed: flags.bool("i"),
        recursive: flags.bool("r"),
        caches: Caches {
            builds: flags.bool("cache"),
            tests: flags.bool("testcache"),
            modules: flags.bool("modcache"),
            fuzzing: flags.bool("fuzzcache"),
        },
    }
}
