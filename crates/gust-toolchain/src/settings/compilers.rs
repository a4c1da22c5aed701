//! Whether cgo is on, and the commands of C compilers and their like.

use super::Settings;
use crate::platform::{self, HOST_ARCH, HOST_OS};
use crate::vars;
use gust_text::quote::{FieldsError, split_fields};

impl Settings {
    /// Whether cgo is on.
    pub fn cgo_enabled(&self) -> bool {
        self.cgo().0
    }

    /// Whether cgo is on, and whether that is what it would be by default.
    pub(crate) fn cgo(&self) -> (bool, bool) {
        *self.cgo.get_or_init(|| {
            let default = self.cgo_default();
            match self.get(vars::CGO_ENABLED) {
                "0" => (false, !default),
                "1" => (true, default),
                _ => (default, true),
            }
        })
    }

    fn cgo_default(&self) -> bool {
        match self.defaults().get(vars::CGO_ENABLED) {
            "1" => return true,
            "0" => return false,
            _ => {}
        }
        if self.goos != HOST_OS
            || self.goarch != HOST_ARCH
            || !platform::cgo_supported(HOST_OS, HOST_ARCH)
        {
            return false;
        }
        let asked =
            self.environ.get(vars::CGO_ENABLED) != "0" && self.environ.get(vars::CC).is_empty();
        !asked || self.look_path(platform::default_cc(&self.goos)).is_some()
    }

    /// A variable that holds a command and its arguments, such as CC, taken apart.
    pub fn words(&self, name: &str, default: &str) -> Result<Vec<String>, FieldsError> {
        split_fields(self.or(name, default))
    }

    /// The C compiler's command.
    pub fn cc(&self) -> Vec<String> {
        self.command(vars::CC, platform::default_cc(&self.goos))
    }

    /// The C++ compiler's command.
    pub fn cxx(&self) -> Vec<String> {
        self.command(vars::CXX, platform::default_cxx(&self.goos))
    }

    /// The Fortran compiler's command.
    pub fn fc(&self) -> Vec<String> {
        self.command(vars::FC, "gfortran")
    }

    /// The archiver's command.
    pub fn ar(&self) -> Vec<String> {
        self.command(vars::AR, "ar")
    }

    /// The pkg-config program.
    pub fn pkg_config(&self) -> String {
        self.command(vars::PKG_CONFIG, "pkg-config").swap_remove(0)
    }

    fn command(&self, name: &str, default: &str) -> Vec<String> {
        let words = self.words(name, default).unwrap_or_default();
        if words.is_empty() {
            vec![default.to_owned()]
        } else {
            words
        }
    }
}
