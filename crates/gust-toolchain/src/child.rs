//! Environments for child processes: tools see every setting as gust resolved it; people's own programs see what gust was given.

use crate::environ::Environ;
use crate::settings::Settings;
use crate::vars;

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
        let mut environ = self.environ.clone();
        environ.remove(SWITCH_COUNT);
        if goroot_first && !self.goroot().as_os_str().is_empty() {
            let mut path = self.goroot().join("bin").into_os_string();
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
        }
        environ
    }
}
