//! `go vet` and `go fix`.

use super::Request;
use super::build::build_flags;
use gust_ops::{BuildFlags, Driven, VetRequest};

/// Reads it.
pub(crate) fn vet(request: &Request, driven: Driven) -> VetRequest {
    let flags = &request.flags;
    let is_fix = driven == Driven::Fix;
    let given = |flag: &str| {
        let value = flags.last(flag).filter(|value| !value.is_empty());
        value.map(str::to_owned)
    };
    VetRequest {
        flags: BuildFlags {
            output: None,
            ..build_flags(request)
        },
        patterns: request.args.clone(),
        driven,
        tool: given(&format!("{}tool", driven.name())),
        tool_flags: request.handed_on.arguments.clone(),
        diff: flags.bool("diff"),
        fixes: is_fix || flags.bool("fix"),
        obsolete: given("fix").filter(|_| is_fix),
        json: flags.bool("json"),
        context: flags.int("c").and_then(|lines| usize::try_from(lines).ok()),
    }
}
