//! The request of `go get`.

use super::Request;
use super::build::build_flags;
use gust_ops::{GetRequest, Upgrade};

/// `go get`.
pub(crate) fn get(request: &Request) -> GetRequest {
    let flags = &request.flags;
    let upgrade = match flags.last("u") {
        None | Some("false" | "") => None,
        Some("true" | "upgrade") => Some(Upgrade::Latest),
        Some("patch") => Some(Upgrade::Patch),
        Some(word) => Some(Upgrade::Unknown(word.to_owned())),
    };
    let idle = ["f", "fix"].into_iter().filter(|name| flags.bool(name));
    GetRequest {
        flags: build_flags(request),
        arguments: request.args.clone(),
        upgrade,
        tests: flags.bool("t"),
        tool: flags.bool("tool"),
        download_only: flags.last("d").map(|_| flags.bool("d")),
        idle: idle.collect(),
        modules_only: flags.bool("m"),
        insecure: flags.bool("insecure"),
    }
}
