//! Operating systems and architectures that Go knows, and what each pair can do.

/// A pair of operating system and architecture, with what the distribution says of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Platform {
    /// GOOS.
    pub os: &'static str,
    /// GOARCH.
    pub arch: &'static str,
    /// Whether cgo works there.
    pub cgo: bool,
    /// Whether it is one of the ports that releases wait for.
    pub first_class: bool,
    /// Whether the port is known not to work.
    pub broken: bool,
}

const fn p(os: &'static str, arch: &'static str, marks: &str) -> Platform {
    let marks = marks.as_bytes();
    let (mut cgo, mut first_class, mut broken) = (false, false, false);
    let mut i = 0;
    while i < marks.len() {
        match marks[i] {
            b'c' => cgo = true,
            b'f' => first_class = true,
            _ => broken = true,
        }
        i += 1;
    }
    Platform {
        os,
        arch,
        cgo,
        first_class,
        broken,
    }
}

/// Every valid pair, sorted; marks: c cgo, f first class, b broken.
pub const PLATFORMS: &[Platform] = &[
    p("aix", "ppc64", "c"),
    p("android", "386", "c"),
    p("android", "amd64", "c"),
    p("android", "arm", "c"),
    p("android", "arm64", "c"),
    p("darwin", "amd64", "cf"),
    p("darwin", "arm64", "cf"),
    p("dragonfly", "amd64", "c"),
    p("freebsd", "386", "c"),
    p("freebsd", "amd64", "c"),
    p("freebsd", "arm", "c"),
    p("freebsd", "arm64", "c"),
    p("freebsd", "riscv64", "cb"),
    p("illumos", "amd64", "c"),
    p("ios", "amd64", "c"),
    p("ios", "arm64", "c"),
    p("js", "wasm", ""),
    p("linux", "386", "cf"),
    p("linux", "amd64", "cf"),
    p("linux", "arm", "cf"),
    p("linux", "arm64", "cf"),
    p("linux", "loong64", "c"),
    p("linux", "mips", "c"),
    p("linux", "mips64", "c"),
    p("linux", "mips64le", "c"),
    p("linux", "mipsle", "c"),
    p("linux", "ppc64", ""),
    p("linux", "ppc64le", "c"),
    p("linux", "riscv64", "c"),
    p("linux", "s390x", "c"),
    p("linux", "sparc64", "cb"),
    p("netbsd", "386", "c"),
    p("netbsd", "amd64", "c"),
    p("netbsd", "arm", "c"),
    p("netbsd", "arm64", "c"),
    p("openbsd", "386", "c"),
    p("openbsd", "amd64", "c"),
    p("openbsd", "arm", "c"),
    p("openbsd", "arm64", "c"),
    p("openbsd", "mips64", "cb"),
    p("openbsd", "ppc64", ""),
    p("openbsd", "riscv64", "c"),
    p("plan9", "386", ""),
    p("plan9", "amd64", ""),
    p("plan9", "arm", ""),
    p("solaris", "amd64", "c"),
    p("wasip1", "wasm", ""),
    p("windows", "386", "cf"),
    p("windows", "amd64", "cf"),
    p("windows", "arm64", "c"),
];

/// What is known of a pair; None when Go does not know it.
pub fn find(os: &str, arch: &str) -> Option<&'static Platform> {
    PLATFORMS.iter().find(|p| p.os == os && p.arch == arch)
}

/// Whether cgo works on the pair.
pub fn cgo_supported(os: &str, arch: &str) -> bool {
    find(os, arch).is_some_and(|p| p.cgo)
}

/// The operating system that gust runs on, by Go's name.
pub const HOST_OS: &str = match std::env::consts::OS.as_bytes() {
    b"macos" => "darwin",
    _ => std::env::consts::OS,
};

/// The architecture that gust runs on, by Go's name.
pub const HOST_ARCH: &str = match std::env::consts::ARCH.as_bytes() {
    b"x86_64" => "amd64",
    b"x86" => "386",
    b"aarch64" => "arm64",
    b"loongarch64" => "loong64",
    b"powerpc64" => {
        if cfg!(target_endian = "little") {
            "ppc64le"
        } else {
            "ppc64"
        }
    }
    _ => std::env::consts::ARCH,
};

/// Whether -race works on the pair.
pub fn race_supported(os: &str, arch: &str) -> bool {
    match os {
        "linux" => matches!(
            arch,
            "amd64" | "arm64" | "loong64" | "ppc64le" | "riscv64" | "s390x"
        ),
        "darwin" => matches!(arch, "amd64" | "arm64"),
        "freebsd" | "netbsd" | "windows" => arch == "amd64",
        _ => false,
    }
}

/// Whether -msan works on the pair.
pub fn msan_supported(os: &str, arch: &str) -> bool {
    match os {
        "linux" => matches!(arch, "amd64" | "arm64" | "loong64"),
        "freebsd" => arch == "amd64",
        _ => false,
    }
}

/// Whether -asan works on the pair.
pub fn asan_supported(os: &str, arch: &str) -> bool {
    os == "linux" && matches!(arch, "arm64" | "amd64" | "loong64" | "riscv64" | "ppc64le")
}

/// Whether the linker can only link through the C compiler there, with or without cgo code in the program.
pub fn must_link_external(os: &str, arch: &str, with_cgo: bool) -> bool {
    let by_cgo = with_cgo
        && (matches!(arch, "mips" | "mipsle" | "mips64" | "mips64le")
            || arch == "ppc64" && matches!(os, "aix" | "linux")
            || matches!(os, "android" | "dragonfly"));
    by_cgo || os == "android" && arch != "arm64" || os == "ios" && arch == "arm64"
}

/// Whether -buildmode=`mode` works on the pair with the gc compiler.
pub fn build_mode_supported(mode: &str, os: &str, arch: &str) -> bool {
    if find(os, arch).is_none() {
        return false;
    }
    let pair = format!("{os}/{arch}");
    let listed = |pairs: &str| pairs.split(' ').any(|p| p == pair);
    match mode {
        "archive" | "default" | "exe" => true,
        "c-archive" => match os {
            "aix" | "darwin" | "ios" | "windows" => true,
            "linux" => matches!(
                arch,
                "386"
                    | "amd64"
                    | "arm"
                    | "armbe"
                    | "arm64"
                    | "arm64be"
                    | "loong64"
                    | "ppc64le"
                    | "riscv64"
                    | "s390x"
            ),
            "freebsd" => arch == "amd64",
            _ => false,
        },
        "c-shared" => listed(
            "linux/amd64 linux/arm linux/arm64 linux/loong64 linux/386 linux/ppc64le linux/riscv64 linux/s390x android/amd64 \
             android/arm android/arm64 android/386 freebsd/amd64 darwin/amd64 darwin/arm64 windows/amd64 windows/386 \
             windows/arm64 wasip1/wasm",
        ),
        "pie" => listed(
            "linux/386 linux/amd64 linux/arm linux/arm64 linux/loong64 linux/ppc64le linux/riscv64 linux/s390x android/amd64 \
             android/arm android/arm64 android/386 freebsd/amd64 darwin/amd64 darwin/arm64 ios/amd64 ios/arm64 aix/ppc64 \
             openbsd/arm64 windows/386 windows/amd64 windows/arm64",
        ),
        "shared" => listed("linux/386 linux/amd64 linux/arm linux/arm64 linux/ppc64le linux/s390x"),
        "plugin" => listed(
            "linux/amd64 linux/arm linux/arm64 linux/386 linux/loong64 linux/riscv64 linux/s390x linux/ppc64le android/amd64 \
             android/386 darwin/amd64 darwin/arm64 freebsd/amd64",
        ),
        _ => false,
    }
}

/// Whether the linker can make position-independent programs there without the C compiler.
pub fn internal_link_pie_supported(os: &str, arch: &str) -> bool {
    matches!(
        (os, arch),
        ("android", "arm64")
            | ("darwin", "amd64" | "arm64")
            | ("linux", "amd64" | "arm64" | "loong64" | "ppc64le")
            | ("windows", "386" | "amd64" | "arm64")
    )
}

/// Whether programs are position independent there without being asked for.
pub fn default_pie(os: &str, race: bool) -> bool {
    match os {
        "android" | "ios" | "darwin" => true,
        "windows" => !race,
        _ => false,
    }
}

/// Whether a linked program can hold DWARF there.
pub fn executable_has_dwarf(os: &str) -> bool {
    !matches!(os, "plan9" | "ios")
}

/// The C compiler that Go uses when CC is not set.
pub fn default_cc(os: &str) -> &'static str {
    match os {
        "darwin" | "ios" | "freebsd" | "openbsd" => "clang",
        _ => "gcc",
    }
}

/// The C++ compiler that Go uses when CXX is not set.
pub fn default_cxx(os: &str) -> &'static str {
    match os {
        "darwin" | "ios" | "freebsd" | "openbsd" => "clang++",
        _ => "g++",
    }
}
