//! What build constraints and file names are matched against: the platform, the compiler, and all tags that hold.

use gust_syntax::constraint::{self, Expr};
use gust_syntax::platform;
use gust_toolchain::Settings;

/// A build's platform and tags.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BuildContext {
    /// GOOS.
    pub goos: String,
    /// GOARCH.
    pub goarch: String,
    /// `gc` or `gccgo`.
    pub compiler: String,
    /// Files that import "C" are built.
    pub cgo_enabled: bool,
    /// `-tags`.
    pub tags: Vec<String>,
    /// Tags of the tool chain: experiments and sub-architectures.
    pub tool_tags: Vec<String>,
    /// `go1.1` up to the release.
    pub release_tags: Vec<String>,
    /// What installed packages' directories are distinguished by: `race` and the like.
    pub install_suffix: String,
}

impl BuildContext {
    /// The context that the settings give, without tags from flags.
    pub fn from_settings(settings: &Settings, cgo_enabled: bool) -> BuildContext {
        BuildContext {
            goos: settings.goos().to_string(),
            goarch: settings.goarch().to_string(),
            compiler: "gc".to_string(),
            cgo_enabled,
            tags: Vec::new(),
            tool_tags: settings.tool_tags(),
            release_tags: settings.release_tags(),
            install_suffix: String::new(),
        }
    }

    /// Does the tag hold?
    pub fn holds(&self, tag: &str) -> bool {
        if tag == self.goos || tag == self.goarch || tag == self.compiler {
            return true;
        }
        let tag = match tag {
            "cgo" if self.cgo_enabled => return true,
            "linux" if self.goos == "android" => return true,
            "solaris" if self.goos == "illumos" => return true,
            "darwin" if self.goos == "ios" => return true,
            "unix" if platform::is_unix(&self.goos) => return true,
            "boringcrypto" => "goexperiment.boringcrypto",
            tag => tag,
        };
        [&self.tags, &self.tool_tags, &self.release_tags]
            .into_iter()
            .any(|list| list.iter().any(|t| t == tag))
    }

    /// Evaluates a constraint.
    pub fn eval(&self, expr: &Expr) -> bool {
        expr.eval(&mut |tag| self.holds(tag))
    }

    /// Does the file's name admit it?
    pub fn file_name_matches(&self, name: &str) -> bool {
        constraint::file_name_matches(name, &mut |tag| self.holds(tag))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context(goos: &str) -> BuildContext {
        BuildContext {
            goos: goos.into(),
            goarch: "arm64".into(),
            compiler: "gc".into(),
            tags: vec!["mine".into()],
            tool_tags: vec!["goexperiment.boringcrypto".into()],
            release_tags: vec!["go1.1".into()],
            ..BuildContext::default()
        }
    }

    #[test]
    fn tags() {
        let android = context("android");
        for tag in [
            "android",
            "linux",
            "unix",
            "arm64",
            "gc",
            "mine",
            "go1.1",
            "boringcrypto",
        ] {
            assert!(android.holds(tag), "{tag}");
        }
        for tag in ["cgo", "darwin", "amd64", "gccgo", "go1.2"] {
            assert!(!android.holds(tag), "{tag}");
        }
        assert!(!context("plan9").holds("unix"));
    }

    #[test]
    fn file_names() {
        let linux = context("linux");
        let matches = |name| linux.file_name_matches(name);
        assert!(matches("a_linux_arm64_test.go") && matches("windows.go") && matches("a.go"));
        assert!(!matches("a_windows.go") && !matches("a_linux_amd64.go") && !matches("a_amd64.s"));
    }
}
