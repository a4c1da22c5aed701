//! The settings of a build that its programs record.

use super::BuildInfo;
use gust_toolchain::vars;

/// What the person asked of the build, as far as programs record it.
///
/// Flags with several values are the texts given to `-asmflags`, `-gcflags` and `-ldflags`, joined as go joins them.
#[derive(Debug, Clone, Default)]
pub struct Recorded {
    /// `-asan`
    pub asan: bool,
    /// `-asmflags`, when given at all.
    pub asmflags: Option<String>,
    /// `-buildmode`; `default` where none was given.
    pub buildmode: String,
    /// `-gcflags`, empty when not given.
    pub gcflags: String,
    /// `-ldflags`, empty when not given.
    pub ldflags: String,
    /// `-cover`
    pub cover: bool,
    /// `-msan`
    pub msan: bool,
    /// `-race`
    pub race: bool,
    /// `-tags`
    pub tags: Vec<String>,
    /// `-trimpath`
    pub trimpath: bool,
    /// CGO_ENABLED
    pub cgo_enabled: bool,
    /// CGO_CFLAGS, CGO_CPPFLAGS, CGO_CXXFLAGS, CGO_LDFLAGS with their values.
    pub cgo_flags: [(&'static str, String); 4],
    /// GOARCH
    pub goarch: String,
    /// GOEXPERIMENT as set, empty when not.
    pub goexperiment: String,
    /// The version of the FIPS 140 module, when GOFIPS140 is not off.
    pub gofips140: Option<String>,
    /// GOOS
    pub goos: String,
    /// GOAMD64 or its like, and its value.
    pub arch_setting: Option<(&'static str, String)>,
}

impl Recorded {
    /// Adds the settings of a package's build to `info`, in go's order.
    ///
    /// With `-trimpath`, what may hold a path of this machine (linker and C flags) is left out.
    pub fn record(&self, info: &mut BuildInfo, is_main: bool, default_godebug: &str) {
        let flag = |info: &mut BuildInfo, name: &str, on: bool| {
            if on {
                info.set(name, "true");
            }
        };
        flag(info, "-asan", self.asan);
        if let Some(asmflags) = &self.asmflags {
            info.set("-asmflags", asmflags);
        }
        let mode = match self.buildmode.as_str() {
            "default" | "" if is_main => "exe",
            "default" | "" => "archive",
            mode => mode,
        };
        info.set("-buildmode", mode);
        info.set("-compiler", "gc");
        if !self.gcflags.is_empty() {
            info.set("-gcflags", &self.gcflags);
        }
        if !self.ldflags.is_empty() && !self.trimpath {
            info.set("-ldflags", &self.ldflags);
        }
        flag(info, "-cover", self.cover);
        flag(info, "-msan", self.msan);
        flag(info, "-race", self.race);
        if !self.tags.is_empty() {
            info.set("-tags", self.tags.join(","));
        }
        flag(info, "-trimpath", self.trimpath);
        if !default_godebug.is_empty() {
            info.set("DefaultGODEBUG", default_godebug);
        }
        self.record_platform(info);
    }

    fn record_platform(&self, info: &mut BuildInfo) {
        info.set(vars::CGO_ENABLED, if self.cgo_enabled { "1" } else { "0" });
        if self.cgo_enabled && !self.trimpath {
            for (name, value) in &self.cgo_flags {
                info.set(name, value);
            }
        }
        info.set(vars::GOARCH, &self.goarch);
        if !self.goexperiment.is_empty() {
            info.set(vars::GOEXPERIMENT, &self.goexperiment);
        }
        if let Some(version) = &self.gofips140 {
            info.set(vars::GOFIPS140, version);
        }
        info.set(vars::GOOS, &self.goos);
        if let Some((name, value)) = &self.arch_setting
            && !value.is_empty()
        {
            info.set(name, value);
        }
    }
}
