//! The operating systems and architectures that file names and constraints may name.
//!
//! The lists hold every name Go has known, past ones too: a file name's suffix means the same for ever.

/// Every GOOS that a file name may carry, sorted.
pub const KNOWN_OS: &[&str] = &[
    "aix",
    "android",
    "darwin",
    "dragonfly",
    "freebsd",
    "hurd",
    "illumos",
    "ios",
    "js",
    "linux",
    "nacl",
    "netbsd",
    "openbsd",
    "plan9",
    "solaris",
    "wasip1",
    "windows",
    "zos",
];

/// The GOOS values for which the tag `unix` holds, sorted.
pub const UNIX_OS: &[&str] = &[
    "aix",
    "android",
    "darwin",
    "dragonfly",
    "freebsd",
    "hurd",
    "illumos",
    "ios",
    "linux",
    "netbsd",
    "openbsd",
    "solaris",
];

/// Every GOARCH that a file name may carry, sorted.
pub const KNOWN_ARCH: &[&str] = &[
    "386",
    "amd64",
    "amd64p32",
    "arm",
    "arm64",
    "arm64be",
    "armbe",
    "loong64",
    "mips",
    "mips64",
    "mips64le",
    "mips64p32",
    "mips64p32le",
    "mipsle",
    "ppc",
    "ppc64",
    "ppc64le",
    "riscv",
    "riscv64",
    "s390",
    "s390x",
    "sparc",
    "sparc64",
    "wasm",
];

/// Reports whether `name` is a GOOS known to file names.
pub fn is_known_os(name: &str) -> bool {
    KNOWN_OS.binary_search(&name).is_ok()
}

/// Reports whether `name` is a GOARCH known to file names.
pub fn is_known_arch(name: &str) -> bool {
    KNOWN_ARCH.binary_search(&name).is_ok()
}

/// Reports whether the tag `unix` holds for this GOOS.
pub fn is_unix(goos: &str) -> bool {
    UNIX_OS.binary_search(&goos).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_sorted() {
        for list in [KNOWN_OS, UNIX_OS, KNOWN_ARCH] {
            assert!(list.is_sorted());
        }
    }
}
