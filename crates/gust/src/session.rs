//! One command's surroundings: the request, the workspace it works in, where it prints, the watch over ^C.

use crate::request::{self, Request};
use crate::signals::Watch;
use crate::ui::Ui;
use crate::warm::Warm;
use gust_ops::{Reporter, Workspace};
use gust_toolchain::Settings;
use gust_toolchain::release::Startup;
use std::sync::Arc;

/// What a command has in its hands.
pub(crate) struct Session {
    request: Request,
    ui: Arc<Ui>,
    watch: Watch,
    workspace: Workspace,
    warm: Option<Arc<Warm>>,
}

impl Session {
    /// A session for one request.
    pub(crate) fn new(
        request: Request,
        settings: Settings,
        startup: Startup,
        ui: &Arc<Ui>,
        warm: Option<&Arc<Warm>>,
    ) -> Session {
        let watch = Watch::new();
        let reporter = Arc::clone(ui) as Arc<dyn Reporter>;
        let interrupt = watch.interrupt();
        if request::builds_as_json(&request, &settings) {
            ui.show_builds_as_json();
        }
        let parts = request::workspace_parts(&request, settings, startup, reporter, interrupt);
        Session {
            request,
            ui: Arc::clone(ui),
            watch,
            workspace: Workspace::new(parts),
            warm: warm.cloned(),
        }
    }

    /// What was asked.
    pub(crate) fn request(&self) -> &Request {
        &self.request
    }

    /// The command's side of its record, if it may have one.
    pub(crate) fn warm(&self) -> Option<&Warm> {
        self.warm.as_deref()
    }

    /// The arguments after the flags.
    pub(crate) fn args(&self) -> &[String] {
        &self.request.args
    }

    /// What operations work in.
    pub(crate) fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    /// Every setting.
    pub(crate) fn settings(&self) -> &Settings {
        self.workspace.settings()
    }

    /// Where to print.
    pub(crate) fn ui(&self) -> &Ui {
        &self.ui
    }

    /// The same for whoever holds on to it.
    pub(crate) fn reporter(&self) -> Arc<dyn Reporter> {
        Arc::clone(&self.ui) as Arc<dyn Reporter>
    }

    /// The watch over ^C, kept from here on. Asked for before anything is made that must not stay behind.
    pub(crate) fn watch(&self) -> &Watch {
        self.watch.start();
        &self.watch
    }
}
