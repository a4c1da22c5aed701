//! The C compiler's command line: flags from CGO_CFLAGS and its kin, and those that go adds by itself.

use crate::compiler::Compilers;
use crate::settings::Settings;
use crate::vars;
use gust_text::quote::FieldsError;
use thiserror::Error;

/// A flags variable whose quotes do not match.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("could not parse environment variable {name} with value {}: {why}", gust_text::quote::quote(.value))]
pub struct CgoFlagsError {
    /// CGO_CFLAGS or one of its kin.
    pub name: &'static str,
    /// Its value.
    pub value: String,
    /// What is wrong with it.
    pub why: FieldsError,
}

/// Flags for the C tools, as the environment gives them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CgoFlags {
    /// CGO_CPPFLAGS.
    pub cppflags: Vec<String>,
    /// CGO_CFLAGS.
    pub cflags: Vec<String>,
    /// CGO_CXXFLAGS.
    pub cxxflags: Vec<String>,
    /// CGO_FFLAGS.
    pub fflags: Vec<String>,
    /// CGO_LDFLAGS.
    pub ldflags: Vec<String>,
}

/// What CGO_CFLAGS and most others are when not set.
pub const DEFAULT_CFLAGS: &str = "-O2 -g";

impl Settings {
    /// CGO_CFLAGS and its kin, taken apart.
    pub fn cgo_flags(&self) -> Result<CgoFlags, CgoFlagsError> {
        let get = |name: &'static str, default: &str| {
            self.words(name, default).map_err(|why| CgoFlagsError {
                name,
                value: self.get(name).to_owned(),
                why,
            })
        };
        Ok(CgoFlags {
            cppflags: get(vars::CGO_CPPFLAGS, "")?,
            cflags: get(vars::CGO_CFLAGS, DEFAULT_CFLAGS)?,
            cxxflags: get(vars::CGO_CXXFLAGS, DEFAULT_CFLAGS)?,
            fflags: get(vars::CGO_FFLAGS, DEFAULT_CFLAGS)?,
            ldflags: get(vars::CGO_LDFLAGS, DEFAULT_CFLAGS)?,
        })
    }

    /// Flags that tell the C compiler the target architecture.
    pub fn gcc_arch_args(&self) -> &'static [&'static str] {
        match (self.goarch(), self.goos()) {
            ("386", _) => &["-m32"],
            ("amd64", "darwin") => &["-arch", "x86_64", "-m64"],
            ("amd64", _) => &["-m64"],
            ("arm64", "darwin") => &["-arch", "arm64"],
            ("arm", _) => &["-marm"],
            ("s390x", _) => &["-m64", "-march=z13"],
            ("mips64" | "mips64le", _) => match self.arch_value(vars::GOMIPS64) {
                "hardfloat" => &["-mabi=64", "-mhard-float"],
                "softfloat" => &["-mabi=64", "-msoft-float"],
                _ => &[],
            },
            ("mips" | "mipsle", _) => match self.arch_value(vars::GOMIPS) {
                "hardfloat" => &[
                    "-mabi=32",
                    "-march=mips32",
                    "-mhard-float",
                    "-mfp32",
                    "-mno-odd-spreg",
                ],
                "softfloat" => &["-mabi=32", "-march=mips32", "-msoft-float"],
                _ => &[],
            },
            ("loong64", _) => &["-mabi=lp64d"],
            ("ppc64", "aix") => &["-maix64"],
            _ => &[],
        }
    }

    /// The start of a compiler's command line: the compiler, -I `include`, and what go always adds; `workdir` is kept out of the
    /// objects unless it is empty.
    pub fn compiler_command(
        &self,
        compilers: &Compilers<'_>,
        compiler: &[String],
        include: &str,
        workdir: &str,
    ) -> Vec<String> {
        let mut args: Vec<String> = compiler.to_vec();
        args.extend(["-I".to_owned(), include.to_owned()]);
        let mut add = |flag: &str| args.push(flag.to_owned());
        if self.goos() != "windows" {
            add("-fPIC");
        }
        self.gcc_arch_args().iter().for_each(|flag| add(flag));
        if self.cgo_enabled() {
            add(if self.goos() == "windows" {
                "-mthreads"
            } else {
                "-pthread"
            });
        }
        if self.goos() == "aix" {
            add("-mcmodel=large");
        }
        let takes = |flag: &str| compilers.supports_flag(self, compiler, flag);
        for flag in [
            "-fno-caret-diagnostics",
            "-Qunused-arguments",
            "-Wl,--no-gc-sections",
        ] {
            if takes(flag) {
                add(flag);
            }
        }
        add("-fmessage-length=0");
        if takes("-fdebug-prefix-map=a=b") {
            let work = if workdir.is_empty() {
                compilers.workdir()
            } else {
                workdir
            };
            let work = work.trim_end_matches('/');
            let kind = if takes("-ffile-prefix-map=a=b") {
                "-ffile-prefix-map"
            } else {
                "-fdebug-prefix-map"
            };
            add(&format!("{kind}={work}=/tmp/go-build"));
        }
        if takes("-gno-record-gcc-switches") {
            add("-gno-record-gcc-switches");
        }
        if matches!(self.goos(), "darwin" | "ios") {
            add("-fno-common");
        }
        args
    }
}
