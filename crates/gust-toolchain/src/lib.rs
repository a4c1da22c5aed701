//! Settings, GOROOT, tool IDs, release selection.
//!
//! A command's way through this crate: the binary takes an [`environ::Environ`], [`settings::Settings::resolve`] makes of it every
//! setting that `go env` prints, and the floors above ask the settings, never the system.

pub mod arch;
pub mod envfile;
pub mod environ;
pub mod experiment;
pub mod goroot;
pub mod platform;
pub mod settings;
pub mod telemetry;
pub mod vars;

pub use environ::Environ;
pub use settings::{Inputs, Origin, Settings};
pub use vars::Variable;

/// An operating system's error in Go's words, such as `no such file or directory`.
pub fn os_error(error: &std::io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or(&text);
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_lowercase().chain(chars).collect(),
        None => String::new(),
    }
}
