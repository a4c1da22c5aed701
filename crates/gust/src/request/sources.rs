//! Requests of commands that work on sources: `go fmt`, `go generate`.

use super::Request;
use super::build::build_flags;
use gust_ops::{FmtRequest, GenerateRequest};

/// `go fmt`.
pub(crate) fn fmt(request: &Request) -> FmtRequest {
    FmtRequest {
        flags: build_flags(request),
        patterns: request.args.clone(),
    }
}

/// `go generate`.
pub(crate) fn generate(request: &Request) -> GenerateRequest {
    let given = |name: &str| request.flags.last(name).filter(|text| !text.is_empty());
    GenerateRequest {
        flags: build_flags(request),
        patterns: request.args.clone(),
        only: given("run").map(str::to_owned),
        skip: given("skip").map(str::to_owned),
    }
}
