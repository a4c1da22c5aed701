//! `go vet`.

use super::Request;
use super::build::build_flags;
use gust_ops::{BuildFlags, VetRequest};

/// Reads it.
pub(crate) fn vet(request: &Request) -> VetRequest {
    let flags = &request.flags;
    VetRequest {
        flags: BuildFlags {
            output: None,
            ..build_flags(request)
        },
        patterns: request.args.clone(),
        tool: flags
            .last("vettool")
            .filter(|tool| !tool.is_empty())
            .map(str::to_owned),
        tool_flags: request.handed_on.arguments.clone(),
        diff: flags.bool("diff"),
        fixes: flags.bool("fix"),
        json: flags.bool("json"),
        context: flags.int("c").and_then(|lines| usize::try_from(lines).ok()),
    }
}
