//! One command's surroundings: the request, the workspace it works in, where it prints, the watch over ^C.

use crate::request::{self, Request};
use crate::signals::Watch;
use crate::ui::Ui;
use crate::{commands::Command, flags::Flags};
use gust_ops::{BuildFlags, Reporter, Workspace, WorkspaceParts};
use gust_toolchain::Settings;
use gust_toolchain::release::Startup;
use std::sync::Arc;

/// What a command has in its hands.
pub(crate) struct Session {
    request: Request,
    ui: Arc<Ui>,
    watch: Watch,
    workspace: Workspace,
}

impl Session {
    /// A session for one request.
    pub(crate) fn new(
        request: Request,
        settings: Settings,
        startup: Startup,
        ui: &Arc<Ui>,
    ) -> Session {
        let watch = Watch::new();
        let workspace = Workspace::new(WorkspaceParts {
            settings: Arc::new(settings),
            startup,
            policy: request.command.policy.modules,
            modules: request::module_flags(&request),
            overlay: request.flags.text("overlay").to_owned(),
            show: request.flags.bool("x"),
            at_version: request.at_version(),
            reporter: Arc::clone(ui) as Arc<dyn Reporter>,
            interrupt: watch.interrupt(),
        });
        Session {
            request,
            ui: Arc::clone(ui),
            watch,
            workspace,
        }
    }

    /// The command.
    pub(crate) fn command(&self) -> &'static Command {
        self.request.command
    }

    /// The flags that were given, GOFLAGS included.
    pub(crate) fn flags(&self) -> &Flags {
        &self.request.flags
    }

    /// The flags of a build.
    pub(crate) fn build_flags(&self) -> BuildFlags {
        request::build_flags(&self.request)
    }

    /// The arguments after the flags.
    pub(crate) fn args(&self) -> &[String] {
        &self.request.args
    }

    /// Whether GOFLAGS has the flag, such as "mod".
    pub(crate) fn in_goflags(&self, flag: &str) -> bool {
        self.request.in_goflags(flag)
    }

    /// What operations work in.
    pub(crate) fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    /// Every setting.
    pub(crate) fn settings(&self) -> &Arc<Settings> {
        self.workspace.settings()
    }

    /// Where to print.
    pub(crate) fn ui(&self) -> &Ui {
        &self.ui
    }

    /// The watch over ^C, kept from here on. Asked for before anything is made that must not stay behind.
    pub(crate) fn watch(&self) -> &Watch {
        self.watch.start();
        &self.watch
    }
}
