//! One command's surroundings, made when first asked for: settings, the door to the disk, the network, modules, packages.

use crate::cli::Request;
use crate::flags::Flags;
use crate::ui::Ui;
use gust_toolchain::Settings;

/// What a command has in its hands.
pub(crate) struct Session {
    request: Request,
    settings: Settings,
    ui: Ui,
}

#[allow(dead_code)]
impl Session {
    /// A session for one request.
    pub(crate) fn new(request: Request, settings: Settings, ui: Ui) -> Session {
        Session {
            request,
            settings,
            ui,
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
