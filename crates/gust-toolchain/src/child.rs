//! Environments for child processes: tools see every setting as gust resolved it; people's own programs see what gust was given.

use crate::environ::Environ;
use crate::settings::Settings;
use crate::vars;
use std::path::{Path, PathBuf};

/// A variable by which a go command that started another counts the switches; people's programs do not see it.
pub const SWITCH_COUNT: &str = vars::GOTOOLCHAIN_INTERNAL_SWITCH_COUNT;

impl Settings {
    /// The environment for the release's tools and C compilers: the process environment with each resolved setting on top.
    pub fn tool_environ(&self) -> &Environ {
        self.tool_environ.get_or_init(|| {
            let mut environ = self.environ.clone();
            for variable in self.variables() {
                if environ.get(&variable.name) != variable.value {
                    environ.set(&variable.name, variable.value);
                }
            }
            environ
        })
    }

    /// The environment for people's programs (run, test, generate, tool): as gust got it, GOROOT/bin first on PATH when asked.
    pub fn program_environ(&self, goroot_first: bool) -> Environ {
        let first = self.goroot_bin().filter(|_| goroot_first);
        program_environ(&self.environ, first.as_deref())
    }

    /// What stands first on PATH of a program that may call go.
    pub fn goroot_bin(&self) -> Option<PathBuf> {
        let goroot = Some(self.goroot()).filter(|goroot| !goroot.as_os_str().is_empty());
        goroot.map(|goroot| goroot.join("bin"))
    }
}

/// The environment of a person's program, with a directory that comes first on its PATH.
pub fn program_environ(environ: &Environ, first_on_path: Option<&Path>) -> Environ {
    let mut environ = environ.clone();
    environ.remove(SWITCH_COUNT);
    let Some(first) = first_on_path else {
        return environ;
    };
    let mut path = first.as_os_str().to_owned();
    match environ.lookup(vars::PATH) {
        Some(old) if !old.is_empty() => {
            path.push(":");
            path.push(old);
        }
        _ => {}
    }
    // What is added stands at the end, and counts there.
    environ.remove(vars::PATH);
    environ.set(vars::PATH, path);
    environ
}
