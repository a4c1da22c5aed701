//! The pages that are about no command.

use super::Topic;

const fn topic(name: &'static str, short: &'static str, text: &'static str) -> Topic {
    Topic { name, short, text }
}

/// All topics, in the order in which help lists them.
pub(crate) const TOPICS: &[Topic] = &[
    topic(
        "buildconstraint",
        "build constraints",
        "A line '//go:build expression' above the package clause says for which systems, architectures,\nreleases and tags a file is meant; so do file names that end in _GOOS, _GOARCH or _GOOS_GOARCH.\n",
    ),
    topic(
        "buildjson",
        "build -json encoding",
        "With -json, build prints one JSON object a line: ImportPath, Action (build-output or build-fail) and Output.\n",
    ),
    topic(
        "buildmode",
        "build modes",
        "-buildmode says what to make: archive, c-archive, c-shared, default, shared, exe, pie or plugin.\n",
    ),
    topic(
        "c",
        "calling between Go and C",
        "A file that imports \"C\" calls C code; the comment above that import is C source, and its #cgo lines set\ncompiler and linker flags. CGO_ENABLED=0 leaves such files out.\n",
    ),
    topic(
        "cache",
        "build and test caching",
        "What was built before is found again in GOCACHE, the directory that go uses as well, in the same format.\n",
    ),
    topic(
        "environment",
        "environment variables",
        "Settings come from the process environment, then from the file that 'go env -w' writes (GOENV), then from\n$GOROOT/go.env, and have defaults. 'go env' prints them all; 'go env -changed' those that differ.\n",
    ),
    topic(
        "filetype",
        "file types",
        "By its ending a file is Go (.go), C (.c), C++ (.cc .cpp .cxx), assembly (.s .S), a header (.h .hh .hpp .hxx),\nFortran (.f .F .for .f90), SWIG (.swig .swigcxx) or a system object (.syso).\n",
    ),
    topic(
        "goauth",
        "GOAUTH environment variable",
        "GOAUTH lists where credentials for module downloads come from, separated by ';': off, netrc, git dir, or a command.\n",
    ),
    topic(
        "go.mod",
        "the go.mod file",
        "go.mod names a module, its language version, what it requires, and what it replaces, excludes or retracts.\n",
    ),
    topic(
        "gopath",
        "GOPATH environment variable",
        "GOPATH lists directories; the first holds the module cache (pkg/mod) and installed programs (bin).\n",
    ),
    topic(
        "goproxy",
        "module proxy protocol",
        "A proxy answers GET requests: $module/@v/list, $version.info, .mod and .zip under $module/@v/, and $module/@latest.\n",
    ),
    topic(
        "importpath",
        "import path syntax",
        "An import path names a package: of the standard library, of the main module, or of a module that it requires.\n",
    ),
    topic(
        "modules",
        "modules, module versions, and more",
        "A module is a tree of packages that is versioned as one; go.mod at its root names it and what it requires.\n",
    ),
    topic(
        "module-auth",
        "module authentication using go.sum",
        "go.sum holds the hashes of modules; what is not in it is checked against the checksum database, GOSUMDB.\n",
    ),
    topic(
        "packages",
        "package lists and patterns",
        "Packages are named by import paths, by directories that start with . or /, or by patterns with '...';\n'all', 'std', 'cmd', 'tool' and 'work' are sets with names.\n",
    ),
    topic(
        "private",
        "configuration for downloading non-public code",
        "GOPRIVATE lists patterns of module paths that no proxy and no checksum database is asked for.\n",
    ),
    topic(
        "testflag",
        "testing flags",
        "Flags for 'go test' are its own, those for building, and those that it hands to the test binary.\n",
    ),
    topic(
        "testfunc",
        "testing functions",
        "Functions TestXxx(*testing.T), BenchmarkXxx(*testing.B), FuzzXxx(*testing.F) and ExampleXxx in files that end\nin _test.go are what 'go test' runs.\n",
    ),
    topic(
        "vcs",
        "controlling version control with GOVCS",
        "GOVCS says which version control programs may be used for which modules: pattern:vcslist, separated by commas.\n",
    ),
];
