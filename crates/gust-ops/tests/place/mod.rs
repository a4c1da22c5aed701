//! A directory with a module, and plans of what is in it.

#![allow(
    clippy::disallowed_methods,
    reason = "tests start programs and look at what they leave"
)]
#![allow(dead_code, reason = "each test file uses its part")]

use std::ffi::OsString;
use std::fmt::Display;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use gust_build::lowered::LoweredPlan;
use gust_build::plan;
use gust_build::stamp::vcs::Stamping;
use gust_fs::View;
use gust_fs::overlay::Overlay;
use gust_modules::{Intent, RootMode};
use gust_ops::building::{Building, Starts};
use gust_ops::{BuildFlags, ModuleFlags, Policy, Reporter, Switches, Workspace, WorkspaceParts};
use gust_packages::Named;
use gust_toolchain::{Environ, Inputs};

/// Where a plan is made: a directory that people stand in, and their environment.
pub(crate) struct Place {
    pub(crate) dir: PathBuf,
    pub(crate) environment: Vec<(String, String)>,
}

impl Place {
    /// With the environment that builds need: the programs and the module proxy of whoever runs the tests, and caches below
    /// `scratch`.
    pub(crate) fn new(dir: &Path, scratch: &Path) -> Place {
        let mut environment: Vec<(String, String)> = Vec::new();
        let kept = [
            "PATH",
            "GOPROXY",
            "GOSUMDB",
            "GONOSUMDB",
            "GOINSECURE",
            "SSL_CERT_FILE",
        ];
        let proxies = [
            "http_proxy",
            "https_proxy",
            "no_proxy",
            "HTTP_PROXY",
            "HTTPS_PROXY",
            "NO_PROXY",
        ];
        for name in kept.into_iter().chain(proxies) {
            if let Ok(value) = std::env::var(name) {
                environment.push((name.to_owned(), value));
            }
        }
        let place = Place {
            dir: dir.to_path_buf(),
            environment,
        };
        let text = |path: PathBuf| path.to_string_lossy().into_owned();
        place
            .with("HOME", &text(scratch.join("home")))
            .with("GOCACHE", &text(scratch.join("cache")))
            .with("GOMODCACHE", &go_env("GOMODCACHE"))
            .with("GOENV", "off")
            .with("GOTOOLCHAIN", "local")
            .with("GOFLAGS", "-buildvcs=false")
    }

    /// With a variable.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Place {
        self.environment.retain(|(n, _)| n != name);
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The plan of `go build -o output args`, lowered.
    pub(crate) fn lowered(&self, flags: BuildFlags, args: &[&str]) -> LoweredPlan {
        let reporter: Arc<dyn Reporter> = Arc::new(Strict);
        let environment = self.environment.iter();
        let os = |text: &String| OsString::from(text);
        let inputs = Inputs {
            environ: Environ::new(environment.map(|(name, value)| (os(name), os(value)))),
            cwd: self.dir.clone(),
            program: "/nonexistent/gust".into(),
            view: Arc::new(View::new(Overlay::default())),
            release: None,
            version_override: None,
        };
        let words = ["build".to_owned()];
        let (settings, startup) =
            gust_ops::release::settings(&reporter, inputs, &words).expect("settings");
        let workspace = Workspace::new(WorkspaceParts {
            settings: Arc::new(settings),
            startup,
            policy: Policy {
                root: RootMode::Auto,
                force_modules: false,
                workspaces: true,
                intent: Intent::Use,
                is_work_command: false,
                switches: Switches::Never,
                announces: true,
                stamps: false,
            },
            modules: ModuleFlags::default(),
            overlay: String::new(),
            show: false,
            stamping: Stamping::Never,
            command_line: Vec::new(),
            at_version: false,
            reporter: Arc::clone(&reporter),
            interrupt: Arc::new(AtomicBool::new(false)),
        });
        let args: Vec<String> = args.iter().map(|&arg| arg.to_owned()).collect();
        let output = flags.output.clone();
        let mut building = Building::load(
            &workspace,
            &flags,
            &*reporter,
            Named::Patterns(&args),
            Starts::First,
        )
        .expect("packages");
        building.check().expect("packages without errors");
        let is_directory = |path: &Path| self.dir.join(path).is_dir();
        let plan =
            plan::build(building.setting(), output.as_deref(), &is_directory).expect("a plan");
        building.lowered(&plan).expect("a lowered plan")
    }

    /// `go` with these arguments; what it printed, errors behind the rest.
    pub(crate) fn go(&self, args: &[&str], more: &[(&str, &str)]) -> String {
        let out = Command::new(go())
            .args(args)
            .current_dir(&self.dir)
            .env_clear()
            .envs(self.environment.iter().map(|(n, v)| (n, v)))
            .envs(more.iter().copied())
            .output()
            .expect("go runs");
        let text = [out.stdout, out.stderr].concat();
        let text = String::from_utf8_lossy(&text).into_owned();
        assert!(out.status.success(), "go {args:?}: {text}");
        text
    }
}

/// The flags of a plain build to a file.
pub(crate) fn flags(output: &Path) -> BuildFlags {
    BuildFlags {
        command: "build",
        output: Some(output.to_string_lossy().into_owned()),
        ..BuildFlags::default()
    }
}

/// The real go.
pub(crate) fn go() -> PathBuf {
    PathBuf::from(go_env("GOROOT")).join("bin/go")
}

/// What the go on PATH says of a variable.
pub(crate) fn go_env(name: &str) -> String {
    let out = Command::new("go")
        .args(["env", name])
        .output()
        .expect("go is on PATH");
    String::from_utf8_lossy(&out.stdout).trim().to_owned()
}

/// Copies a tree, by links where that can be.
pub(crate) fn copy_tree(from: &Path, to: &Path) {
    let run = |how: &str| {
        let status = Command::new("cp").arg(how).arg(from).arg(to).status();
        status.expect("cp runs").success()
    };
    if !run("-al") {
        let _ = fs::remove_dir_all(to);
        assert!(run("-a"), "{} cannot be copied", from.display());
    }
}

/// Nothing may go wrong.
struct Strict;

impl Reporter for Strict {
    fn note(&self, _text: &dyn Display) {}

    fn complain(&self, text: &dyn Display) {
        panic!("{text}");
    }

    fn trace(&self, _text: &str) {}

    fn output(&self, _package: Option<&str>, _text: &[u8]) {}

    fn failure(&self, _package: Option<&str>, text: &str) {
        panic!("{text}");
    }
}
