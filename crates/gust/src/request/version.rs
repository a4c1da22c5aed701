//! `go version`.

use super::Request;
use crate::ui::Failure;
use gust_ops::VersionRequest;

/// What `go version` is asked.
pub(crate) enum Version {
    /// The release in use.
    Own,
    /// What files were built with.
    Files {
        request: VersionRequest,
        /// -m: what else they record is shown.
        modules: bool,
        /// -json
        json: bool,
    },
}

/// `go version`.
pub(crate) fn version(request: &Request) -> Result<Version, Failure> {
    let flags = &request.flags;
    if request.args.is_empty() {
        let on_files = |name: &&&str| flags.bool(name) && !request.in_goflags(name);
        return match ["m", "v", "json"].iter().find(on_files) {
            None => Ok(Version::Own),
            Some(name) => {
                let text = format!("go: 'go version' only accepts -{name} flag with arguments");
                Err(Failure::with_code(text, 2))
            }
        };
    }
    let (modules, json) = (flags.bool("m"), flags.bool("json"));
    if json && !modules {
        let text = "go: 'go version' with -json flag requires -m flag";
        return Err(Failure::with_code(text, 2));
    }
    let request = VersionRequest {
        files: request.args.clone(),
        verbose: flags.bool("v"),
        strict: modules,
    };
    Ok(Version::Files {
        request,
        modules,
        json,
    })
}
