//! What an operation tells on its way.

use std::fmt::Display;
use std::os::fd::OwnedFd;

/// Hears what happens while an operation is at work. Called from many threads at once.
pub trait Reporter: Send + Sync {
    /// A line for people that changes nothing.
    fn note(&self, text: &dyn Display);

    /// An error that the operation outlives; the command will not end well.
    fn complain(&self, text: &dyn Display);

    /// Text for standard error as it stands, line breaks included: traces that were asked for.
    fn trace(&self, text: &str);

    /// What a tool printed or a command line that is shown; `package` (with its variant) when it belongs to one.
    fn output(&self, package: Option<&str>, text: &[u8]);

    /// Why a package failed.
    fn failure(&self, package: Option<&str>, text: &str);

    /// Does it want to know which package output belongs to?
    fn names_packages(&self) -> bool {
        false
    }

    /// What people's programs said, for standard output.
    fn print(&self, _bytes: &[u8]) {}

    /// Standard output itself, for a program that is to have it; all that was printed before has gone out.
    fn own_output(&self) -> Option<OwnedFd> {
        None
    }
}

/// Lines of work in the background, such as downloads, on their way to a reporter.
pub(crate) struct Lines(pub(crate) std::sync::Arc<dyn Reporter>);

impl gust_fetch::Sink for Lines {
    fn line(&self, text: &str) {
        self.0.note(&text);
    }
}

/// A build's output on its way to a reporter.
pub(crate) struct BuildOutput<'a>(pub(crate) &'a dyn Reporter);

impl gust_build::Sink for BuildOutput<'_> {
    fn output(&self, package: Option<&str>, text: &[u8]) {
        self.0.output(package, text);
    }

    fn failure(&self, package: Option<&str>, text: &str) {
        self.0.failure(package, text);
    }

    fn names_packages(&self) -> bool {
        self.0.names_packages()
    }
}
