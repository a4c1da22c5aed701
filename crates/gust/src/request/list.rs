//! `go list`, with and without -m, and how its answer is written.

use super::Request;
use super::build::build_flags;
use super::surroundings::stamping;
use crate::ui::Failure;
use gust_build::stamp::vcs::Stamping;
use gust_ops::{ListFlags, ListModulesRequest, ListRequest};
use gust_text::num::parse_bool;

/// What `go list` is asked.
pub(crate) enum List {
    /// Packages.
    Packages(Box<ListRequest>),
    /// -m: modules.
    Modules {
        request: ListModulesRequest,
        /// -tags, for the template function `context`.
        tags: Vec<String>,
    },
}

/// How the answer is written.
pub(crate) enum Form {
    /// -json; the fields asked for, none for all.
    Json(Vec<String>),
    /// -f.
    Template(String),
    /// Neither: a line for each.
    Plain,
}

/// The template for modules with -versions, when there is no other.
const VERSIONS: &str =
    "{{.Path}}{{range .Versions}} {{.}}{{end}}{{if .Deprecated}} (deprecated){{end}}";

/// `go list`.
pub(crate) fn list(request: &Request) -> Result<(List, Form), Failure> {
    let flags = &request.flags;
    let form = form(request);
    let modules = flags.bool("m");
    if matches!(form, Form::Json(_)) && !flags.text("f").is_empty() {
        return Err(Failure::plain("go list -f cannot be used with -json"));
    }
    if !flags.text("reuse").is_empty() && !modules {
        return Err(Failure::plain("go list -reuse cannot be used without -m"));
    }
    let list = list_flags(request);
    if !modules {
        let embeds = ["EmbedFiles", "TestEmbedFiles", "XTestEmbedFiles"];
        // Whatever goes wrong with stamps is to be told, or the questions themselves.
        let tells_of_stamps = stamping(request) == Stamping::Always || flags.bool("x");
        let tells_of_stamps =
            tells_of_stamps && form.is_not_json_without(&["Stale", "StaleReason"]);
        let request = ListRequest {
            flags: build_flags(request),
            list,
            patterns: request.args.clone(),
            embeds: form.is_not_json_without(&embeds),
            stale: form.wants_stale(),
            version_control: form.wants_errors() || tells_of_stamps,
        };
        return Ok((List::Packages(Box::new(request)), form));
    }
    let form = match form {
        Form::Plain if list.versions => Form::Template(VERSIONS.to_owned()),
        form => form,
    };
    let tags = flags.tags();
    let request = ListModulesRequest {
        list,
        args: request.args.clone(),
        reuse: flags.last("reuse").map(str::to_owned),
    };
    Ok((List::Modules { request, tags }, form))
}

fn list_flags(request: &Request) -> ListFlags {
    let on = |name: &str| request.flags.bool(name);
    ListFlags {
        deps: on("deps"),
        tests: on("test"),
        export: on("export"),
        compiled: on("compiled"),
        find: on("find"),
        tolerant: on("e"),
        retracted: on("retracted"),
        upgrades: on("u"),
        versions: on("versions"),
    }
}

fn form(request: &Request) -> Form {
    let (mut on, mut fields) = (false, Vec::new());
    for value in request.flags.all("json") {
        match parse_bool(value) {
            Ok(value) => on = value,
            Err(_) => {
                on = true;
                fields.extend(value.split(',').map(str::to_owned));
            }
        }
    }
    match request.flags.text("f") {
        _ if on => Form::Json(fields),
        "" => Form::Plain,
        text => Form::Template(text.to_owned()),
    }
}

impl Form {
    /// The answer may show one of the fields: always, unless JSON of some fields is asked for.
    fn wants_any(&self, names: &[&str]) -> bool {
        match self {
            Form::Json(fields) if !fields.is_empty() => {
                fields.iter().any(|field| names.contains(&field.as_str()))
            }
            Form::Json(_) => true,
            Form::Template(text) => {
                names.iter().any(|name| text.contains(name)) || text.contains("{{.}}")
            }
            Form::Plain => false,
        }
    }

    /// The answer shows whether packages are stale.
    fn wants_stale(&self) -> bool {
        match self {
            Form::Json(_) => self.wants_any(&["Stale", "StaleReason"]),
            Form::Template(text) => text.contains(".Stale"),
            Form::Plain => false,
        }
    }

    /// The answer shows errors of packages.
    fn wants_errors(&self) -> bool {
        match self {
            Form::Json(_) => self.wants_any(&["Error", "Incomplete", "DepsErrors"]),
            Form::Template(_) => self.wants_any(&[".Error", ".Incomplete", ".DepsErrors"]),
            Form::Plain => false,
        }
    }

    /// Anything but JSON of other fields than these: errors found on the way to them are told in every other form.
    fn is_not_json_without(&self, names: &[&str]) -> bool {
        !matches!(self, Form::Json(fields) if !fields.is_empty()) || self.wants_any(names)
    }
}
