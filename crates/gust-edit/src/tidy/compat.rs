//! Would the release before find every package where this one does?

use std::sync::Arc;

use gust_modules::{ModulesError, Requirements};
use gust_packages::{ImportGraph, Relocated};
use gust_syntax::gover;
use gust_syntax::module::{ModuleVersion, Version};

use super::Tidying;
use crate::error::EditError;

/// The release that must still do: the one asked for, or the one before the go line. From go 1.21 on, releases older than that
/// refuse the module anyway.
pub(super) fn version(asked: Option<&str>, go_version: &str) -> String {
    let before = match gover::compare(go_version, gover::GO_STRICT).is_lt() {
        true => gover::previous(go_version),
        false => go_version.to_owned(),
    };
    let compat = asked.map_or(before, str::to_owned);
    match gover::compare(&compat, go_version).is_gt() {
        true => go_version.to_owned(),
        false => compat,
    }
}

/// What would help.
#[derive(Default)]
struct Advice {
    upgrade: bool,
    keep_going: bool,
}

impl Tidying<'_> {
    /// Holds the packages against what `old`, the same requirements with the pruning of the release `compat`, would provide.
    ///
    /// # Errors
    /// It would provide something else, and errors count.
    pub(super) fn check_compat(
        &mut self,
        imports: &ImportGraph,
        old: &Arc<Requirements>,
        compat: &str,
    ) -> Result<(), EditError> {
        let mut advice = Advice::default();
        if let Some(error) = self.modules.graph_of(old).error.clone() {
            let context = format!("error loading go {compat} module graph: ");
            self.complaints.take(error.context(context));
        } else {
            for package in self.loader.relocated(imports, old) {
                let text = self.differs(&package, old, compat, &mut advice);
                self.complaints.take(ModulesError::text(text));
            }
        }
        let needs_newer = |error: &ModulesError| error.too_new().is_some();
        let list = &self.complaints.list;
        if !list.is_empty() && !list.iter().any(needs_newer) {
            let text = self.advise(&advice, compat);
            return self.complaints.end_with(&text);
        }
        self.complaints.end()
    }

    fn selected(&self, old: &Requirements, path: &str) -> Version {
        let selected = self.modules.graph_of(old).graph.selected(path).cloned();
        selected.unwrap_or_else(Version::none)
    }

    fn differs(
        &self,
        package: &Relocated,
        old: &Requirements,
        compat: &str,
        advice: &mut Advice,
    ) -> String {
        let way = &package.way;
        let is_moved = |root: &ModuleVersion| self.selected(old, &root.path) != root.version;
        match (&package.was, &package.now) {
            (was, Err(problem)) => {
                advice.keep_going = true;
                advice.upgrade |= self.requirements.roots.iter().any(is_moved);
                let from = was.as_ref().map_or(String::new(), ToString::to_string);
                let why = match was.as_ref().filter(|_| problem.is_unfound()) {
                    Some(was) => {
                        let selected = self.selected(old, &was.path);
                        format!(" in {}@{selected}", was.path)
                    }
                    None => format!(":\n\t{problem}"),
                };
                format!("{way} loaded from {from},\n\tbut go {compat} would fail to locate it{why}")
            }
            (None, Ok(now)) => {
                advice.upgrade = true;
                let now = now.as_ref().map_or(String::new(), ToString::to_string);
                format!(
                    "{} failed to load from any module,\n\tbut go {compat} would load it from {now}",
                    package.path
                )
            }
            (Some(was), Ok(now)) => {
                advice.upgrade = true;
                let version = now.as_ref().map_or("", |now| now.version.as_str());
                format!("{way} loaded from {was},\n\tbut go {compat} would select {version}\n")
            }
        }
    }

    /// Which command lines would do.
    fn advise(&self, advice: &Advice, compat: &str) -> String {
        let go_version = self.requirements.go_version();
        let go_flag = match self.modules.go_version() == go_version {
            true => String::new(),
            false => format!(" -go={go_version}"),
        };
        let compat_flag = match compat == gover::previous(go_version) {
            true => String::new(),
            false => format!(" -compat={compat}"),
        };
        let mut text = String::new();
        if advice.upgrade {
            let (rest, e) = match advice.keep_going {
                true => (", leaving some packages unresolved", " -e"),
                false => ("", ""),
            };
            text.push_str(&format!(
                "\nTo upgrade to the versions selected by go {compat}{rest}:\n\tgo mod tidy{e} -go={compat} && go mod tidy{e} -go={go_version}{compat_flag}"
            ));
        } else if advice.keep_going {
            text.push_str(&format!(
                "\nTo proceed despite packages unresolved in go {compat}:\n\tgo mod tidy -e{go_flag}{compat_flag}"
            ));
        }
        text.push_str(&format!(
            "\nIf reproducibility with go {compat} is not needed:\n\tgo mod tidy{go_flag} -compat={go_version}\nFor information about 'go mod tidy' compatibility, see:\n\thttps://go.dev/ref/mod#graph-pruning"
        ));
        text
    }
}
