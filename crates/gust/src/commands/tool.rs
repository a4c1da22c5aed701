//! `go tool`: the tools of the release and of the module.

use super::starting::hand_over;
use crate::request;
use crate::request::Tool;
use crate::session::Session;
use crate::ui::Outcome;
use gust_ops::{ToolOutcome, ToolRequest};
use gust_toolchain::platform::Platform;
use gust_toolchain::vars;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

/// Runs the command.
pub(crate) fn run(session: &Session) -> Outcome {
    match request::tool(session.request()) {
        Tool::List => list(session),
        Tool::Start(request) => find(session, *request),
    }
}

fn list(session: &Session) -> Outcome {
    let ui = session.ui();
    for name in gust_ops::release_tools(session.workspace())? {
        ui.line(name);
    }
    for path in gust_ops::module_tools(session.workspace())? {
        ui.line(path);
    }
    Ok(())
}

fn find(session: &Session, request: ToolRequest) -> Outcome {
    session.watch();
    let ui = session.ui();
    let (name, show, list) = (request.name.clone(), request.show, request.dist_list);
    let program = match gust_ops::tool(session.workspace(), request, ui)? {
        ToolOutcome::Ready(program) => program,
        ToolOutcome::Platforms(platforms) => {
            print_platforms(session, &platforms, list.is_some_and(|list| list.json));
            return Ok(());
        }
        ToolOutcome::Failed => {
            ui.fail_if(true);
            return Ok(());
        }
    };
    if show {
        ui.line(program.words.join(" "));
        return Ok(());
    }
    hand_over(session, &program, Some(&name))
}

/// A platform as `dist list -json` shows it.
struct Shown(&'static Platform);

impl Serialize for Shown {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let platform = self.0;
        let mut fields = serializer.serialize_map(None)?;
        fields.serialize_entry(vars::GOOS, platform.os)?;
        fields.serialize_entry(vars::GOARCH, platform.arch)?;
        fields.serialize_entry("CgoSupported", &platform.cgo)?;
        fields.serialize_entry("FirstClass", &platform.first_class)?;
        if platform.broken {
            fields.serialize_entry("Broken", &true)?;
        }
        fields.end()
    }
}

fn print_platforms(session: &Session, platforms: &[&'static Platform], json: bool) {
    let ui = session.ui();
    if !json {
        for platform in platforms {
            ui.line(format_args!("{}/{}", platform.os, platform.arch));
        }
        return;
    }
    let shown: Vec<Shown> = platforms.iter().map(|platform| Shown(platform)).collect();
    // Without a line break behind it, as dist does it.
    match gust_text::json::to_string_indent(&shown) {
        Ok(text) => ui.print(text),
        Err(error) => ui.error(error),
    }
}
