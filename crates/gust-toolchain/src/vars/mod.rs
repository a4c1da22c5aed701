//! The variables that gust reads, each declared once: those of go, those of the system, its own.
//!
//! Other code names a variable by its constant here, never by a string of its own: `cargo xtask house` looks.

mod shown;

pub use shown::Variable;

/// Whose a variable is, and who may set it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A setting: the environment, the user's file (`go env -w`) or the release's may say.
    Setting,
    /// Found out, and shown by `go env`; no file may set it.
    Fixed,
    /// Read from the environment alone.
    Environment,
    /// Read by the compiler, and so part of what a compile's hash is made of.
    Hashed,
    /// Told by one go command to the next.
    Internal,
    /// For acceptance tests of the go command.
    Testing,
    /// Known to many programs.
    System,
    /// Of gust alone.
    Gust,
}

/// One variable.
#[derive(Clone, Copy, Debug)]
pub struct Declared {
    /// Its name.
    pub name: &'static str,
    /// Whose it is.
    pub kind: Kind,
    /// What it says, in a line.
    pub what: &'static str,
}

/// The variable of that name.
pub fn find(name: &str) -> Option<&'static Declared> {
    ALL.iter().find(|declared| declared.name == name)
}

macro_rules! declare {
    ($($kind:ident { $($name:ident: $what:literal,)* })*) => {
        $($(
            #[doc = $what]
            pub const $name: &str = stringify!($name);
        )*)*

        /// All of them.
        pub const ALL: &[Declared] = &[
            $($(Declared { name: $name, kind: Kind::$kind, what: $what },)*)*
        ];
    };
}

declare! {
    Setting {
        AR: "The archiver of C libraries; `ar` when nothing is said.",
        CC: "The C compiler and its first arguments.",
        CXX: "The C++ compiler and its first arguments.",
        FC: "The Fortran compiler and its first arguments.",
        GCCGO: "The gccgo command, for `-compiler=gccgo`.",
        PKG_CONFIG: "The pkg-config command that `#cgo pkg-config` lines are put to.",
        CGO_ENABLED: "Whether packages may use cgo: 1 or 0.",
        CGO_CFLAGS: "Flags for C compiles.",
        CGO_CFLAGS_ALLOW: "A regular expression: flags for C compiles that a package may ask for, beyond those held safe.",
        CGO_CFLAGS_DISALLOW: "A regular expression: flags for C compiles that no package may ask for.",
        CGO_CPPFLAGS: "Flags for compiles of C, C++ and Fortran.",
        CGO_CPPFLAGS_ALLOW: "A regular expression: flags for compiles of C, C++ and Fortran that a package may ask for, beyond those held safe.",
        CGO_CPPFLAGS_DISALLOW: "A regular expression: flags for compiles of C, C++ and Fortran that no package may ask for.",
        CGO_CXXFLAGS: "Flags for C++ compiles.",
        CGO_CXXFLAGS_ALLOW: "A regular expression: flags for C++ compiles that a package may ask for, beyond those held safe.",
        CGO_CXXFLAGS_DISALLOW: "A regular expression: flags for C++ compiles that no package may ask for.",
        CGO_FFLAGS: "Flags for Fortran compiles.",
        CGO_FFLAGS_ALLOW: "A regular expression: flags for Fortran compiles that a package may ask for, beyond those held safe.",
        CGO_FFLAGS_DISALLOW: "A regular expression: flags for Fortran compiles that no package may ask for.",
        CGO_LDFLAGS: "Flags for links of cgo.",
        CGO_LDFLAGS_ALLOW: "A regular expression: flags for links of cgo that a package may ask for, beyond those held safe.",
        CGO_LDFLAGS_DISALLOW: "A regular expression: flags for links of cgo that no package may ask for.",
        GO111MODULE: "Whether modules are used: on, off or auto.",
        GO386: "How floating point is done on 386: sse2 or softfloat.",
        GOAMD64: "The level of amd64 to build for: v1 to v4.",
        GOARM: "The version of arm to build for: 5, 6 or 7, with a float mode after a comma.",
        GOARM64: "The version of arm64 to build for, with options after commas.",
        GOMIPS: "How floating point is done on mips and mipsle.",
        GOMIPS64: "How floating point is done on mips64 and mips64le.",
        GOPPC64: "The level of ppc64 and ppc64le to build for.",
        GORISCV64: "The profile of riscv64 to build for.",
        GOWASM: "Features of WebAssembly that a program may use.",
        GOARCH: "The architecture to build for.",
        GOOS: "The operating system to build for.",
        GOAUTH: "Where credentials for module downloads come from.",
        GOBIN: "Where `go install` puts programs.",
        GOCACHE: "The build cache's directory.",
        GOCACHEPROG: "A program that keeps the build cache instead.",
        GOEXPERIMENT: "Experiments of the release to switch on or off, separated by commas.",
        GOFIPS140: "Which FIPS 140-3 module programs are built with.",
        GOFLAGS: "Flags that every command gets that has them.",
        GOINSECURE: "Modules that may be fetched over plain HTTP, as patterns.",
        GOMODCACHE: "The module cache's directory.",
        GONOPROXY: "Modules that are fetched without a proxy, as patterns.",
        GONOSUMDB: "Modules that no checksum database is asked about, as patterns.",
        GOPATH: "Directories of GOPATH mode, and the places under the first that other settings default to.",
        GOPRIVATE: "Modules that are not public, as patterns: what GONOPROXY and GONOSUMDB default to.",
        GOPROXY: "Module proxies in the order in which they are asked.",
        GOROOT: "The Go distribution's directory.",
        GOSUMDB: "The checksum database and its key, or off.",
        GOTMPDIR: "Where work directories are made.",
        GOTOOLCHAIN: "Which release does the work, or how it is chosen.",
        GOVCS: "Which version control systems may be used for which modules.",
        GO_EXTLINK_ENABLED: "Whether the linker uses a C linker when it may choose: 1 or 0.",
    }
    Fixed {
        GOEXE: "The ending of programs' names on the system to build for.",
        GOGCCFLAGS: "The arguments that C compilers get.",
        GOHOSTARCH: "The architecture that the release's tools run on.",
        GOHOSTOS: "The operating system that the release's tools run on.",
        GOMOD: "The go.mod in effect, or the null device.",
        GOTELEMETRY: "The mode of the distribution's telemetry.",
        GOTELEMETRYDIR: "Where the distribution's telemetry keeps its counters.",
        GOTOOLDIR: "Where the release's tools are.",
        GOVERSION: "The release.",
        GOWORK: "The go.work in effect; the environment may name one, or say off.",
    }
    Environment {
        GODEBUG: "Debugging aids of Go's runtime and of the go command, separated by commas.",
        GOENV: "The user's settings file, or off.",
        GOMAXPROCS: "How many processors a Go program uses at once; the default of -p.",
    }
    Hashed {
        GOCLOBBERDEADHASH: "Makes the compiler clobber dead values, for its own debugging.",
        GOCOMPILEDEBUG: "Debugging flags of the compiler.",
        GOSSADIR: "Where the compiler writes what GOSSAFUNC asks for.",
        GOSSAFUNC: "The function whose way through the compiler is written down.",
    }
    Internal {
        GOTOOLCHAIN_INTERNAL_SWITCH_COUNT: "How many go commands have started another in a row, so that they do not do so for ever.",
        GOTOOLCHAIN_INTERNAL_SWITCH_VERSION: "The release that another go command wanted when it started this one.",
    }
    Testing {
        TESTGONETWORK: "`panic`: any use of the network is an error.",
        TESTGOPROXY404: "`1`: proxies answer that nothing is there.",
        TESTGO_TOOLCHAIN_VERSION: "The release that compilers are told they are to be of.",
        TESTGO_VCSTEST_HOST: "Where vcs-test.golang.org is really served over http.",
        TESTGO_VCSTEST_TLS_HOST: "Where vcs-test.golang.org is really served over https.",
        TESTGO_VERSION: "The release that the go command says it is.",
        TESTGO_VERSION_SWITCH: "How a switch of releases is played: `switch`, `mismatch` or `loop`.",
        TESTGUST_BLIND: "A kind of observation that is left out of records, when built for the suite.",
        TESTGUST_OBSERVATIONS: "The file that gust writes what it saw to, when built for the suite.",
        TEST_TELEMETRY_DIR: "Where telemetry's mode is looked for instead of in the user's configuration.",
    }
    System {
        HOME: "The user's directory.",
        HTTPS_PROXY: "The proxy for https URLs.",
        HTTP_PROXY: "The proxy for http URLs.",
        NETRC: "The file that holds user names and passwords for servers.",
        PATH: "Directories of programs.",
        PWD: "Where the process stands, by the name that its starter knows.",
        TZ: "The local time zone, in which test results tell times.",
        TMPDIR: "The system's place for temporary files.",
        XDG_CACHE_HOME: "The directory for caches.",
        XDG_CONFIG_HOME: "The directory for configuration files.",
    }
    Gust {
        GUST_LOG: "What gust tells of its own work on standard error, as a filter: `info`, `gust_build=debug`, ...",
        GUST_WARM: "Whether commands are answered from records of earlier runs: `on`, `off`, or `verify`, which compares both ways.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_declared_once() {
        let mut names: Vec<&str> = ALL.iter().map(|declared| declared.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), ALL.len());
        assert_eq!(find(GOOS).map(|found| found.kind), Some(Kind::Setting));
        assert!(find("GOX").is_none());
    }
}
