//! One command's surroundings, made when first asked for: settings, the door to the disk, the network, modules, packages.

use crate::cli::Request;
use crate::flags::Flags;
use crate::ui::{Failure, Ui};
use crate::{process, release};
use gust_toolchain::Settings;
use gust_toolchain::compiler::Compilers;
use gust_toolchain::memo::Memo;
use std::cell::OnceCell;
use std::path::Path;
use std::sync::Arc;

/// What a command has in its hands.
pub(crate) struct Session {
    request: Request,
    settings: Settings,
    ui: Ui,
    memo: OnceCell<Arc<Memo>>,
    compilers: OnceCell<Compilers>,
}

#[allow(dead_code)]
impl Session {
    /// A session for one request.
    pub(crate) fn new(request: Request, settings: Settings, ui: Ui) -> Session {
        Session {
            request,
            settings,
            ui,
            memo: OnceCell::new(),
            compilers: OnceCell::new(),
        }
    }

    /// The flags that were given, GOFLAGS included.
    pub(crate) fn flags(&self) -> &Flags {
        &self.request.flags
    }

    /// The arguments after the flags.
    pub(crate) fn args(&self) -> &[String] {
        &self.request.args
    }

    /// The request as a whole.
    pub(crate) fn request(&self) -> &Request {
        &self.request
    }

    /// Every setting.
    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Where to print.
    pub(crate) fn ui(&self) -> &Ui {
        &self.ui
    }

    /// The build cache's directory, which must be one.
    pub(crate) fn build_cache_dir(&self) -> Result<&Path, Failure> {
        let dir = self.settings.gocache().map_err(|why| {
            Failure::plain(format!(
                "build cache is required, but could not be located: {why}"
            ))
        })?;
        if dir == Path::new("off") {
            return Err(Failure::plain(
                "build cache is disabled by GOCACHE=off, but required as of Go 1.12",
            ));
        }
        Ok(dir)
    }

    /// What tools and compilers answered before.
    pub(crate) fn memo(&self) -> &Arc<Memo> {
        self.memo.get_or_init(|| {
            Arc::new(
                self.settings
                    .state_dir()
                    .map_or_else(Memo::in_memory, |dir| Memo::open(&dir)),
            )
        })
    }

    /// C compilers and what is known of them.
    pub(crate) fn compilers(&self) -> &Compilers {
        self.compilers.get_or_init(|| {
            let name = format!("go-build{}", process::unlikely_number());
            let workdir = self.settings.gotmpdir().join(name);
            Compilers::new(
                Arc::clone(self.memo()),
                workdir.to_string_lossy().into_owned(),
            )
        })
    }

    /// Starts again as another release that a module needs; gives back why that could not be.
    pub(crate) fn restart_as(&self, toolchain: &str) -> Failure {
        release::restart_as(&self.ui, &self.settings, toolchain, &self.request.argv)
    }

    /// Whether GOFLAGS has the flag, such as "-mod".
    pub(crate) fn in_goflags(&self, flag: &str) -> bool {
        let name = |word: &str| {
            let word = if word.starts_with("--") {
                &word[1..]
            } else {
                word
            };
            word.split('=').next().unwrap_or("").to_owned()
        };
        self.request.goflags.iter().any(|word| name(word) == flag)
    }
}
