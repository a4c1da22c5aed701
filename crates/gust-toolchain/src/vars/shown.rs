//! The lines of `go env`.

use crate::settings::Settings;
use crate::vars;
use crate::{platform, telemetry};

/// One line of `go env`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// The name.
    pub name: String,
    /// The value in effect.
    pub value: String,
    /// Whether it differs from what an empty environment would give.
    pub changed: bool,
}

impl Variable {
    /// A line from its parts.
    pub fn new(name: &str, value: impl Into<String>, changed: bool) -> Variable {
        Variable {
            name: name.to_owned(),
            value: value.into(),
            changed,
        }
    }
}

impl Settings {
    /// The variables that tools and child processes are told, in go's order.
    pub fn variables(&self) -> Vec<Variable> {
        let mut out = self.main_variables();
        let gccgo = self.or(vars::GCCGO, "gccgo");
        let found = self
            .look_path(gccgo)
            .and_then(|p| p.into_os_string().into_string().ok());
        out.push(match found {
            Some(path) => Variable::new(vars::GCCGO, path, true),
            None => Variable::new(vars::GCCGO, gccgo, self.changed(vars::GCCGO, "gccgo")),
        });
        if let Some((name, value)) = self.arch_setting() {
            let changed = self.changed(name, self.defaults().get(name));
            out.push(Variable::new(name, value, changed));
        }
        let (cc, cxx) = (
            platform::default_cc(self.goos()),
            platform::default_cxx(self.goos()),
        );
        out.push(Variable::new(
            vars::AR,
            self.or(vars::AR, "ar"),
            self.changed(vars::AR, "ar"),
        ));
        out.push(Variable::new(
            vars::CC,
            self.or(vars::CC, cc),
            !self.get(vars::CC).is_empty(),
        ));
        out.push(Variable::new(
            vars::CXX,
            self.or(vars::CXX, cxx),
            !self.get(vars::CXX).is_empty(),
        ));
        let (cgo, by_default) = self.cgo();
        let cgo = if cgo { "1" } else { "0" };
        out.push(Variable::new(vars::CGO_ENABLED, cgo, !by_default));
        out
    }

    fn main_variables(&self) -> Vec<Variable> {
        let path = |p: std::path::PathBuf| p.into_os_string().into_string().unwrap_or_default();
        let plain = |name: &str| Variable::new(name, self.get(name), !self.get(name).is_empty());
        let or = |name: &str, default: &str| {
            Variable::new(name, self.or(name, default), self.changed(name, default))
        };
        let fixed = |name: &str, value: String| Variable::new(name, value, false);
        let module = self.get(vars::GO111MODULE);
        let modcache = self.gomodcache();
        let modcache_changed = !self.get(vars::GOMODCACHE).is_empty()
            && self.changed(vars::GOMODCACHE, &path(self.default_modcache()));
        let gocache_default =
            crate::envfile::user_cache_dir(&self.environ).map(|d| path(d.join("go-build")));
        let gocache = self.get(vars::GOCACHE);
        let gopath_changed = self.changed(vars::GOPATH, &self.default_gopath())
            && self.environ.get(vars::GOPATH).is_empty();
        let telemetry = telemetry::Telemetry::find(&self.environ);
        vec![
            Variable::new(vars::GO111MODULE, module, !matches!(module, "" | "on")),
            Variable::new(
                vars::GOARCH,
                self.goarch(),
                self.goarch() != self.gohostarch(),
            ),
            or(vars::GOAUTH, "netrc"),
            plain(vars::GOBIN),
            Variable::new(
                vars::GOCACHE,
                self.gocache_text(),
                !gocache.is_empty() && Ok(gocache) != gocache_default.as_deref(),
            ),
            or(vars::GOCACHEPROG, ""),
            Variable::new(vars::GODEBUG, self.godebug(), !self.godebug().is_empty()),
            Variable::new(
                vars::GOENV,
                self.env_file.path.clone().map(path).unwrap_or_default(),
                self.env_file.changed,
            ),
            fixed(vars::GOEXE, self.goexe().to_owned()),
            Variable::new(
                vars::GOEXPERIMENT,
                self.raw_experiment(),
                !self.raw_experiment().is_empty(),
            ),
            or(vars::GOFIPS140, self.defaults().get(vars::GOFIPS140)),
            plain(vars::GOFLAGS),
            fixed(vars::GOHOSTARCH, self.gohostarch().to_owned()),
            fixed(vars::GOHOSTOS, self.gohostos().to_owned()),
            plain(vars::GOINSECURE),
            Variable::new(vars::GOMODCACHE, path(modcache), modcache_changed),
            or(vars::GONOPROXY, self.goprivate()),
            or(vars::GONOSUMDB, self.goprivate()),
            Variable::new(vars::GOOS, self.goos(), self.goos() != self.gohostos()),
            Variable::new(vars::GOPATH, self.gopath_text(), gopath_changed),
            plain(vars::GOPRIVATE),
            or(vars::GOPROXY, ""),
            fixed(vars::GOROOT, path(self.goroot().to_owned())),
            or(vars::GOSUMDB, ""),
            fixed(vars::GOTELEMETRY, telemetry.mode(self.view())),
            fixed(vars::GOTELEMETRYDIR, path(telemetry.dir().to_owned())),
            plain(vars::GOTMPDIR),
            or(vars::GOTOOLCHAIN, ""),
            fixed(vars::GOTOOLDIR, path(self.gotooldir())),
            plain(vars::GOVCS),
            fixed(vars::GOVERSION, self.release_name().to_owned()),
        ]
    }

    /// Whether something is set that is neither the release's own value nor, where the release has none, `default`.
    pub(crate) fn changed(&self, name: &str, default: &str) -> bool {
        let value = self.get(name);
        let base = self.release_file.get(name).map_or(default, String::as_str);
        !value.is_empty() && value != base
    }
}
