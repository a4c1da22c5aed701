//! What -buildmode, -race and their like make of a build: flags forced on every tool, the linker's mode, names of outputs.

use gust_toolchain::platform;

use crate::options::BuildOptions;

/// The platform that a build is for, as far as its shape depends on it.
#[derive(Debug, Clone)]
pub struct Platform {
    /// GOOS
    pub goos: String,
    /// GOARCH
    pub goarch: String,
    /// cgo is on.
    pub cgo_enabled: bool,
}

/// Which of the packages asked for are built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Filter {
    /// All.
    #[default]
    All,
    /// Programs only.
    Mains,
    /// All but programs.
    NotMains,
    /// One program and nothing else.
    OneMain,
}

/// The shape of a build.
#[derive(Debug, Clone, Default)]
pub struct Shape {
    /// The release whose ways are followed: 26 for Go 1.26. Others differ in the order of cgo's objects and in tools' flags.
    pub release_minor: u32,
    /// -buildmode as it counts (`default` may have become `pie`).
    pub buildmode: String,
    /// The linker's -buildmode.
    pub link_mode: &'static str,
    /// Flags for each compile, before the person's own.
    pub gcflags: Vec<String>,
    /// Flags for each run of the assembler.
    pub asmflags: Vec<String>,
    /// Flags for each link.
    pub ldflags: Vec<String>,
    /// The suffix of package directories, and `-installsuffix` of the tools.
    pub install_suffix: String,
    /// The ending of programs: `.exe`, `.a`, `.so`.
    pub exe_suffix: String,
    /// Which packages are built.
    pub filter: Filter,
    /// A build tag that comes with it: `race`, `msan`, `asan`.
    pub tool_tag: Option<&'static str>,
}

/// A build that cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ShapeError {
    /// Two sanitizers.
    #[error("go: may not use -{0} and -{1} simultaneously")]
    Both(&'static str, &'static str),
    /// A sanitizer that the platform does not have.
    #[error("-{flag} is not supported on {goos}/{goarch}")]
    Sanitizer {
        /// `race`, `msan`, `asan`
        flag: &'static str,
        /// GOOS
        goos: String,
        /// GOARCH
        goarch: String,
    },
    /// A sanitizer without cgo; `hint` when the platform is the host's.
    #[error("go: -{flag} requires cgo{}", if *.hint { "; enable cgo by setting CGO_ENABLED=1" } else { "" })]
    NeedsCgo {
        /// `race`, `msan`, `asan`
        flag: &'static str,
        /// Say how to get it.
        hint: bool,
    },
    /// -buildmode is no mode at all.
    #[error("buildmode={0} not supported")]
    UnknownMode(String),
    /// -buildmode is not for this platform.
    #[error("-buildmode={mode} not supported on {goos}/{goarch}\n")]
    Mode {
        /// The mode.
        mode: String,
        /// GOOS
        goos: String,
        /// GOARCH
        goarch: String,
    },
    /// -buildmode=pie with -race.
    #[error("-buildmode=pie not supported when -race is enabled on {goos}/{goarch}")]
    RacePie {
        /// GOOS
        goos: String,
        /// GOARCH
        goarch: String,
    },
    /// -buildmode=shared with -o.
    #[error("-buildmode=shared and -o not supported together")]
    SharedOutput,
    /// -linkshared is not for this platform.
    #[error("-linkshared not supported on {goos}/{goarch}\n")]
    LinkShared {
        /// GOOS
        goos: String,
        /// GOARCH
        goarch: String,
    },
    /// -p is not a number of processes.
    #[error("go: -p must be a positive integer: {0}\n")]
    Jobs(i64),
    /// GOOS and GOARCH do not go together.
    #[error("go: unsupported GOOS/GOARCH pair {goos}/{goarch}")]
    Pair {
        /// GOOS
        goos: String,
        /// GOARCH
        goarch: String,
    },
    /// -buildmode asks for exactly one program.
    #[error("-buildmode={0} requires exactly one main package")]
    OneMain(String),
}

impl ShapeError {
    /// The exit code of a command that ends so.
    pub fn exit_code(&self) -> u8 {
        match self {
            ShapeError::Both(..)
            | ShapeError::Sanitizer { .. }
            | ShapeError::NeedsCgo { .. }
            | ShapeError::Pair { .. } => 2,
            _ => 1,
        }
    }
}

/// The release that gust follows unless told otherwise: Go 1.26.
const REFERENCE: u32 = 26;

impl Shape {
    /// Before Go 1.26 one step compiled all of a package's C: assembly came after it, and all shared one seed.
    pub(crate) fn compiles_c_in_one_step(&self) -> bool {
        self.release_minor < 26
    }

    /// From Go 1.27 on the assembler is told of packages of the standard library.
    pub(crate) fn tells_assembler_of_std(&self) -> bool {
        self.release_minor >= 27
    }

    /// The shape of a build with these options for this platform.
    ///
    /// # Errors
    /// [`ShapeError`] when the options contradict each other or the platform.
    pub fn new(options: &BuildOptions, on: &Platform) -> Result<Shape, ShapeError> {
        let exe = if on.goos == "windows" { ".exe" } else { "" };
        let mut shape = Shape {
            release_minor: REFERENCE,
            buildmode: options.buildmode.clone(),
            install_suffix: options.install_suffix.clone(),
            exe_suffix: exe.to_owned(),
            ..Shape::default()
        };
        if let Some(tag) = sanitizer(options, on)? {
            shape.sanitize(tag, on);
        }
        shape.set_mode(options, on)?;
        Ok(shape)
    }

    fn sanitize(&mut self, tag: &'static str, on: &Platform) {
        let elsewhere = on.goos != "linux" || on.goarch != "amd64";
        if tag == "msan" && self.buildmode == "default" && elsewhere {
            self.buildmode = "pie".to_owned();
        }
        self.gcflags.push(format!("-{tag}"));
        self.ldflags.push(format!("-{tag}"));
        self.add_suffix(tag);
        self.tool_tag = Some(tag);
    }

    fn add_suffix(&mut self, suffix: &str) {
        if !self.install_suffix.is_empty() {
            self.install_suffix.push('_');
        }
        self.install_suffix.push_str(suffix);
    }

    fn set_mode(&mut self, options: &BuildOptions, on: &Platform) -> Result<(), ShapeError> {
        let (goos, goarch) = (on.goos.as_str(), on.goarch.as_str());
        let pair = || (goos.to_owned(), goarch.to_owned());
        let default_pie = platform::default_pie(goos, options.race);
        let mut codegen = "";
        self.link_mode = "exe";
        match self.buildmode.as_str() {
            "archive" => self.filter = Filter::NotMains,
            "c-archive" => {
                self.filter = Filter::OneMain;
                codegen = match goos {
                    "darwin" | "ios" if goarch == "arm64" => "-shared",
                    "dragonfly" | "freebsd" | "illumos" | "linux" | "netbsd" | "openbsd"
                    | "solaris" => "-shared",
                    _ => "",
                };
                self.exe_suffix = ".a".to_owned();
                self.link_mode = "c-archive";
            }
            "c-shared" => {
                self.filter = Filter::OneMain;
                match goos {
                    "linux" | "android" | "freebsd" => codegen = "-shared",
                    "windows" => self.exe_suffix.clear(),
                    _ => {}
                }
                self.link_mode = "c-shared";
            }
            "default" => {
                if default_pie {
                    self.link_mode = "pie";
                    codegen = if goos == "windows" { "" } else { "-shared" };
                }
            }
            "exe" => {
                self.filter = match options.output_given {
                    true => Filter::OneMain,
                    false => Filter::Mains,
                };
            }
            "pie" => {
                if options.race && !default_pie {
                    let (goos, goarch) = pair();
                    return Err(ShapeError::RacePie { goos, goarch });
                }
                codegen = match goos {
                    "aix" | "windows" => "",
                    _ => "-shared",
                };
                self.link_mode = "pie";
            }
            "shared" => {
                self.filter = Filter::NotMains;
                codegen = "-dynlink";
                if options.output_given {
                    return Err(ShapeError::SharedOutput);
                }
                self.link_mode = "shared";
            }
            "plugin" => {
                self.filter = Filter::OneMain;
                codegen = "-dynlink";
                self.exe_suffix = ".so".to_owned();
                self.link_mode = "plugin";
            }
            other => return Err(ShapeError::UnknownMode(other.to_owned())),
        }
        let mode = &self.buildmode;
        if mode != "default" && !platform::build_mode_supported(mode, goos, goarch) {
            let ((goos, goarch), mode) = (pair(), mode.clone());
            return Err(ShapeError::Mode { mode, goos, goarch });
        }
        if options.linkshared {
            if !platform::build_mode_supported("shared", goos, goarch) {
                let (goos, goarch) = pair();
                return Err(ShapeError::LinkShared { goos, goarch });
            }
            codegen = "-dynlink";
            self.asmflags
                .extend(["-D=GOBUILDMODE_shared=1", "-linkshared"].map(str::to_owned));
            self.gcflags.push("-linkshared".to_owned());
            self.ldflags
                .extend(["-linkshared", "-w"].map(str::to_owned));
        }
        if !codegen.is_empty() {
            self.asmflags.insert(0, codegen.to_owned());
            self.gcflags.insert(0, codegen.to_owned());
            if self.buildmode != "default" || options.linkshared {
                self.add_suffix(&codegen[1..]);
            }
        }
        Ok(())
    }
}

/// The sanitizer asked for, once it is known to work.
fn sanitizer(options: &BuildOptions, on: &Platform) -> Result<Option<&'static str>, ShapeError> {
    let (goos, goarch) = (on.goos.as_str(), on.goarch.as_str());
    let both = |a: bool, b: bool, names| match a && b {
        true => Err(names),
        false => Ok(()),
    };
    both(options.race, options.msan, ShapeError::Both("race", "msan"))?;
    both(options.race, options.asan, ShapeError::Both("race", "asan"))?;
    both(options.msan, options.asan, ShapeError::Both("msan", "asan"))?;
    let (flag, supported) = if options.msan {
        ("msan", platform::msan_supported(goos, goarch))
    } else if options.race {
        ("race", platform::race_supported(goos, goarch))
    } else if options.asan {
        ("asan", platform::asan_supported(goos, goarch))
    } else {
        return Ok(None);
    };
    if !supported {
        return Err(ShapeError::Sanitizer {
            flag,
            goos: goos.to_owned(),
            goarch: goarch.to_owned(),
        });
    }
    if !on.cgo_enabled && (goos != "darwin" || flag != "race") {
        let hint = goos == platform::HOST_OS && goarch == platform::HOST_ARCH;
        return Err(ShapeError::NeedsCgo { flag, hint });
    }
    Ok(Some(flag))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(mode: &str, race: bool, goos: &str) -> Result<Shape, ShapeError> {
        let options = BuildOptions {
            buildmode: mode.to_owned(),
            race,
            ..BuildOptions::default()
        };
        let on = Platform {
            goos: goos.to_owned(),
            goarch: "amd64".to_owned(),
            cgo_enabled: true,
        };
        Shape::new(&options, &on)
    }

    #[test]
    fn modes_force_flags() {
        let plain = shape("default", false, "linux").unwrap();
        assert!(plain.gcflags.is_empty() && plain.link_mode == "exe");
        let race = shape("default", true, "linux").unwrap();
        assert_eq!(race.gcflags, ["-race"]);
        assert_eq!(race.install_suffix, "race");
        let pie = shape("pie", false, "linux").unwrap();
        assert_eq!((pie.link_mode, &*pie.install_suffix), ("pie", "shared"));
        let darwin = shape("default", false, "darwin").unwrap();
        assert_eq!((darwin.link_mode, &*darwin.install_suffix), ("pie", ""));
        assert_eq!(shape("c-archive", false, "linux").unwrap().exe_suffix, ".a");
        assert!(shape("nonsense", false, "linux").is_err());
        assert!(shape("pie", true, "linux").is_err());
    }
}
