//! What is built for, and with what of the release: platforms, tools, tags, experiments.

use super::{Environ, Inputs, Settings};
use crate::arch::{self, BuildConfigError, Defaults};
use crate::experiment::{Catalog, ExperimentError, Experiments};
use crate::goroot::Found;
use crate::platform::{self, HOST_ARCH, HOST_OS};
use crate::vars;
use std::path::{Path, PathBuf};
use std::sync::Arc;

impl Settings {
    /// The build tags go1.1 to go1.N of the release.
    pub fn release_tags(&self) -> Vec<String> {
        (1..=self.release_minor())
            .map(|n| format!("go1.{n}"))
            .collect()
    }

    /// The build tags of experiments and of the architecture's features.
    pub fn tool_tags(&self) -> Vec<String> {
        let experiments = self.experiments().map(|e| {
            e.enabled()
                .map(|x| format!("goexperiment.{x}"))
                .collect::<Vec<_>>()
        });
        let mut tags = experiments.unwrap_or_default();
        tags.extend(arch::tags(
            &self.environ,
            self.defaults(),
            HOST_ARCH,
            HOST_OS,
        ));
        tags
    }

    /// Target operating system.
    pub fn goos(&self) -> &str {
        &self.goos
    }

    /// Target architecture.
    pub fn goarch(&self) -> &str {
        &self.goarch
    }

    /// Operating system of the tools.
    pub fn gohostos(&self) -> &'static str {
        HOST_OS
    }

    /// Architecture of the tools.
    pub fn gohostarch(&self) -> &'static str {
        HOST_ARCH
    }

    /// The ending of a program's name on the target: .exe or nothing.
    pub fn goexe(&self) -> &'static str {
        if self.goos == "windows" { ".exe" } else { "" }
    }

    /// The same settings for a command that stands elsewhere.
    #[must_use]
    pub fn in_dir(&self, dir: &Path) -> Settings {
        let mut environ = self.environ.clone();
        environ.set(vars::PWD, dir.as_os_str());
        self.again(environ, dir.to_owned())
    }

    /// The same settings for a build that runs here, whatever GOOS, GOARCH and the variables that refine it say.
    #[must_use]
    pub fn for_host(&self) -> Settings {
        let mut environ = self.environ.clone();
        environ.set(vars::GOOS, HOST_OS);
        environ.set(vars::GOARCH, HOST_ARCH);
        // Where cgo is off because of another target, it stays so.
        environ.set(
            vars::CGO_ENABLED,
            if self.cgo_enabled() { "1" } else { "0" },
        );
        if let Some(name) = arch::arch_variable(HOST_ARCH) {
            environ.set(name, self.defaults().get(name));
        }
        self.again(environ, self.cwd.clone())
    }

    /// What they are with another environment or place, and the same release.
    fn again(&self, environ: Environ, cwd: PathBuf) -> Settings {
        Settings::resolve(Inputs {
            environ,
            cwd,
            program: self.program.clone(),
            view: Arc::clone(&self.view),
            release: (self.found == Found::Release).then(|| self.goroot.clone()),
            version_override: self.version_override.clone(),
        })
    }

    /// Where the release's tools are.
    pub fn gotooldir(&self) -> PathBuf {
        match self.goroot.as_os_str().is_empty() {
            true => PathBuf::new(),
            false => self
                .goroot
                .join("pkg/tool")
                .join(format!("{HOST_OS}_{HOST_ARCH}")),
        }
    }

    /// The file of one of the release's tools, such as compile.
    pub fn tool(&self, name: &str) -> PathBuf {
        let suffix = if HOST_OS == "windows" { ".exe" } else { "" };
        self.gotooldir().join(format!("{name}{suffix}"))
    }

    /// GOFIPS140.
    pub fn gofips140(&self) -> &str {
        self.or(vars::GOFIPS140, self.defaults().get(vars::GOFIPS140))
    }

    /// The variable that refines the target architecture and its value, such as GOAMD64 and v1.
    pub fn arch_setting(&self) -> Option<(&'static str, &str)> {
        let name = arch::arch_variable(&self.goarch)?;
        Some((name, self.arch_value(name)))
    }

    /// The value of GOAMD64, GOARM and the like, its default included.
    pub fn arch_value(&self, name: &str) -> &str {
        self.or(name, self.defaults().get(name))
    }

    /// The constants that the release was built with.
    pub fn defaults(&self) -> &Defaults {
        self.defaults.get_or_init(|| {
            let file = self.goroot.join("src/internal/buildcfg/zbootstrap.go");
            self.view
                .read_to_string(&file)
                .map_or_else(|_| Defaults::default(), |text| Defaults::from_source(&text))
        })
    }

    /// GOEXPERIMENT as it stands, the release's built-in one included.
    pub fn raw_experiment(&self) -> &str {
        self.or(vars::GOEXPERIMENT, self.defaults().get(vars::GOEXPERIMENT))
    }

    /// The experiments that are in effect.
    pub fn experiments(&self) -> Result<&Experiments, ExperimentError> {
        let made = self
            .experiments
            .get_or_init(|| self.parse_experiment(self.raw_experiment(), &self.goos, &self.goarch));
        made.as_ref().map_err(Clone::clone)
    }

    /// What `setting` would mean as GOEXPERIMENT on a platform, with this release.
    pub fn parse_experiment(
        &self,
        setting: &str,
        goos: &str,
        goarch: &str,
    ) -> Result<Experiments, ExperimentError> {
        Experiments::parse(&self.catalog(), goos, goarch, setting)
    }

    fn catalog(&self) -> Catalog {
        if self.release_minor() == 26 {
            return Catalog::reference();
        }
        let read = |rel: &str| {
            self.view
                .read_to_string(&self.goroot.join(rel))
                .unwrap_or_default()
        };
        let flags = read("src/internal/goexperiment/flags.go");
        match flags.is_empty() {
            true => Catalog::reference(),
            false => Catalog::from_sources(&flags, &read("src/internal/buildcfg/exp.go")),
        }
    }

    /// go's check of the environment before any command but `env` does its work; its failure exits with 2.
    pub fn check_build_config(&self) -> Result<(), BuildConfigError> {
        let setting = match self.environ.get(vars::GOEXPERIMENT) {
            "" => self.defaults().get(vars::GOEXPERIMENT),
            setting => setting,
        };
        let or = |name: &str, default: &'static str| match self.environ.get(name) {
            "" => default.to_owned(),
            value => value.to_owned(),
        };
        let parsed = self.parse_experiment(
            setting,
            &or(vars::GOOS, HOST_OS),
            &or(vars::GOARCH, HOST_ARCH),
        );
        arch::check(&self.environ, parsed.err())
    }

    /// Whether the target is one that Go knows; the text is go's for when it is not (exit code 2).
    pub fn check_platform(&self) -> Result<(), String> {
        match platform::find(&self.goos, &self.goarch) {
            Some(_) => Ok(()),
            None => Err(format!(
                "unsupported GOOS/GOARCH pair {}/{}",
                self.goos, self.goarch
            )),
        }
    }
}
