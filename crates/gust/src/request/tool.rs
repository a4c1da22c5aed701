//! The request of `go tool`.

use super::Request;
use super::build::build_flags;
use gust_ops::{BuildFlags, DistList, ToolRequest};
use gust_text::flags::{self, Kind};

/// What `go tool` is asked.
pub(crate) enum Tool {
    /// Which tools there are.
    List,
    /// To run one.
    Start(Box<ToolRequest>),
}

/// `go tool`.
pub(crate) fn tool(request: &Request) -> Tool {
    let Some((name, args)) = request.args.split_first() else {
        return Tool::List;
    };
    Tool::Start(Box::new(ToolRequest {
        flags: BuildFlags {
            // -n shows the tool's command line; what builds the tool is run all the same.
            dry_run: false,
            ..build_flags(request)
        },
        name: name.clone(),
        args: args.to_vec(),
        dist_list: match (name.as_str(), args.split_first()) {
            ("dist", Some((verb, rest))) if verb == "list" => dist_list(rest),
            _ => None,
        },
        show: request.flags.bool("n"),
    }))
}

/// What `dist list` is asked; nothing if only the real one understands it.
fn dist_list(args: &[String]) -> Option<DistList> {
    let known = |name: &str| matches!(name, "json" | "broken" | "v").then_some(Kind::Bool);
    let parsed = flags::parse(&known, &[], args).ok()?;
    let is_set = |name| parsed.last(name).is_some_and(|value| value == "true");
    parsed.args.is_empty().then(|| DistList {
        json: is_set("json"),
        broken: is_set("broken"),
    })
}
