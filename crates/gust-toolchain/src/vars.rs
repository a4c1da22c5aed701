//! The variables that `go env` prints, and those that it may set.

use crate::settings::Settings;
use crate::{platform, telemetry};

/// The variables that a settings file may hold.
pub const KNOWN: &[&str] = &[
    "AR",
    "CC",
    "CGO_CFLAGS",
    "CGO_CFLAGS_ALLOW",
    "CGO_CFLAGS_DISALLOW",
    "CGO_CPPFLAGS",
    "CGO_CPPFLAGS_ALLOW",
    "CGO_CPPFLAGS_DISALLOW",
    "CGO_CXXFLAGS",
    "CGO_CXXFLAGS_ALLOW",
    "CGO_CXXFLAGS_DISALLOW",
    "CGO_ENABLED",
    "CGO_FFLAGS",
    "CGO_FFLAGS_ALLOW",
    "CGO_FFLAGS_DISALLOW",
    "CGO_LDFLAGS",
    "CGO_LDFLAGS_ALLOW",
    "CGO_LDFLAGS_DISALLOW",
    "CXX",
    "FC",
    "GCCGO",
    "GO111MODULE",
    "GO386",
    "GOAMD64",
    "GOARCH",
    "GOARM",
    "GOARM64",
    "GOAUTH",
    "GOBIN",
    "GOCACHE",
    "GOCACHEPROG",
    "GOENV",
    "GOEXE",
    "GOEXPERIMENT",
    "GOFIPS140",
    "GOFLAGS",
    "GOGCCFLAGS",
    "GOHOSTARCH",
    "GOHOSTOS",
    "GOINSECURE",
    "GOMIPS",
    "GOMIPS64",
    "GOMODCACHE",
    "GONOPROXY",
    "GONOSUMDB",
    "GOOS",
    "GOPATH",
    "GOPPC64",
    "GOPRIVATE",
    "GOPROXY",
    "GORISCV64",
    "GOROOT",
    "GOSUMDB",
    "GOTMPDIR",
    "GOTOOLCHAIN",
    "GOTOOLDIR",
    "GOVCS",
    "GOWASM",
    "GOWORK",
    "GO_EXTLINK_ENABLED",
    "PKG_CONFIG",
];

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
        let gccgo = self.or("GCCGO", "gccgo");
        let found = self
            .look_path(gccgo)
            .and_then(|p| p.into_os_string().into_string().ok());
        out.push(match found {
            Some(path) => Variable::new("GCCGO", path, true),
            None => Variable::new("GCCGO", gccgo, self.changed("GCCGO", "gccgo")),
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
            "AR",
            self.or("AR", "ar"),
            self.changed("AR", "ar"),
        ));
        out.push(Variable::new(
            "CC",
            self.or("CC", cc),
            !self.get("CC").is_empty(),
        ));
        out.push(Variable::new(
            "CXX",
            self.or("CXX", cxx),
            !self.get("CXX").is_empty(),
        ));
        let (cgo, by_default) = self.cgo();
        let cgo = if cgo { "1" } else { "0" };
        out.push(Variable::new("CGO_ENABLED", cgo, !by_default));
        out
    }

    fn main_variables(&self) -> Vec<Variable> {
        let path = |p: std::path::PathBuf| p.into_os_string().into_string().unwrap_or_default();
        let plain = |name: &str| Variable::new(name, self.get(name), !self.get(name).is_empty());
        let or = |name: &str, default: &str| {
            Variable::new(name, self.or(name, default), self.changed(name, default))
        };
        let fixed = |name: &str, value: String| Variable::new(name, value, false);
        let module = self.get("GO111MODULE");
        let modcache = self.gomodcache();
        let modcache_changed = !self.get("GOMODCACHE").is_empty()
            && self.changed("GOMODCACHE", &path(self.default_modcache()));
        let gocache_default =
            crate::envfile::user_cache_dir(&self.environ).map(|d| path(d.join("go-build")));
        let gocache = self.get("GOCACHE");
        let gopath_changed =
            self.changed("GOPATH", &self.default_gopath()) && self.environ.get("GOPATH").is_empty();
        let telemetry = telemetry::Telemetry::find(&self.environ);
        vec![
            Variable::new("GO111MODULE", module, !matches!(module, "" | "on")),
            Variable::new("GOARCH", self.goarch(), self.goarch() != self.gohostarch()),
            or("GOAUTH", "netrc"),
            plain("GOBIN"),
            Variable::new(
                "GOCACHE",
                self.gocache_text(),
                !gocache.is_empty() && Ok(gocache) != gocache_default.as_deref(),
            ),
            or("GOCACHEPROG", ""),
            Variable::new("GODEBUG", self.godebug(), !self.godebug().is_empty()),
            Variable::new(
                "GOENV",
                self.env_file.path.clone().map(path).unwrap_or_default(),
                self.env_file.changed,
            ),
            fixed("GOEXE", self.goexe().to_owned()),
            Variable::new(
                "GOEXPERIMENT",
                self.raw_experiment(),
                !self.raw_experiment().is_empty(),
            ),
            or("GOFIPS140", self.defaults().get("GOFIPS140")),
            plain("GOFLAGS"),
            fixed("GOHOSTARCH", self.gohostarch().to_owned()),
            fixed("GOHOSTOS", self.gohostos().to_owned()),
            plain("GOINSECURE"),
            Variable::new("GOMODCACHE", path(modcache), modcache_changed),
            or("GONOPROXY", self.goprivate()),
            or("GONOSUMDB", self.goprivate()),
            Variable::new("GOOS", self.goos(), self.goos() != self.gohostos()),
            Variable::new("GOPATH", self.gopath_text(), gopath_changed),
            plain("GOPRIVATE"),
            or("GOPROXY", ""),
            fixed("GOROOT", path(self.goroot().to_owned())),
            or("GOSUMDB", ""),
            fixed("GOTELEMETRY", telemetry.mode(self.view())),
            fixed("GOTELEMETRYDIR", path(telemetry.dir().to_owned())),
            plain("GOTMPDIR"),
            or("GOTOOLCHAIN", ""),
            fixed("GOTOOLDIR", path(self.gotooldir())),
            plain("GOVCS"),
            fixed("GOVERSION", self.release_name().to_owned()),
        ]
    }

    /// Whether something is set that is neither the release's own value nor, where the release has none, `default`.
    pub(crate) fn changed(&self, name: &str, default: &str) -> bool {
        let value = self.get(name);
        let base = self.release_file.get(name).map_or(default, String::as_str);
        !value.is_empty() && value != base
    }
}
