//! `go env` in many environments, and the file that -w and -u change.

mod oracle;

use oracle::Oracle;

const MODULE: &str = "-- go.mod --\nmodule example.com/m\n\ngo 1.25\n";

/// GOGCCFLAGS holds the name of a work directory that differs from run to run.
const STEADY: &[&str] = &[
    "GOPATH",
    "GOROOT",
    "GOOS",
    "GOARCH",
    "GOEXE",
    "GOMODCACHE",
    "GOENV",
    "GOMOD",
    "GOWORK",
    "GOPROXY",
    "GONOPROXY",
    "GONOSUMDB",
    "GOSUMDB",
    "GOFLAGS",
    "GOEXPERIMENT",
    "GOFIPS140",
    "GOTOOLDIR",
    "GOVERSION",
    "GOTELEMETRY",
    "CC",
    "CXX",
    "AR",
    "GCCGO",
    "CGO_ENABLED",
    "CGO_CFLAGS",
    "CGO_LDFLAGS",
    "PKG_CONFIG",
    "GOAMD64",
    "GOARM",
    "GOARM64",
    "GOMIPS",
    "GOPPC64",
    "GORISCV64",
    "GOWASM",
    "GO386",
    "GOAUTH",
    "GOVCS",
    "GOINSECURE",
    "GOPRIVATE",
    "GOBIN",
    "GOTMPDIR",
    "GODEBUG",
    "GO111MODULE",
    "NOSUCH",
];

#[test]
fn every_environment() {
    let environments: &[&[(&str, &str)]] = &[
        &[],
        &[("GOOS", "windows"), ("GOARCH", "arm64")],
        &[("GOOS", "darwin"), ("GOARCH", "arm64")],
        &[("GOARCH", "arm"), ("GOARM", "5")],
        &[("GOARCH", "mipsle")],
        &[("GOOS", "js"), ("GOARCH", "wasm")],
        &[("GOAMD64", "v3"), ("CC", "clang"), ("CGO_ENABLED", "0")],
        &[("CC", "./gcc")],
        &[("CC", "'gcc")],
        &[("CGO_CFLAGS", "-O3 'a b'"), ("PKG_CONFIG", "foo")],
        &[
            ("GOPRIVATE", "a.b/*"),
            ("GOINSECURE", "c"),
            ("GOAUTH", "off"),
        ],
        &[("GO111MODULE", "off")],
        &[("GO111MODULE", "nosuch")],
        &[("GOWORK", "off"), ("GOFLAGS", "-nosuch")],
        &[("GOWORK", "relative")],
        &[("GOEXPERIMENT", "arenas")],
        &[("GOEXPERIMENT", "nosuch")],
        &[("GOFIPS140", "nosuch")],
        &[("GOFIPS140", "v1.0.0-rc1")],
        &[("GOARM64", "v9.9")],
        &[("GODEBUG", "http2client=0"), ("GOBIN", "/b")],
        &[("GOPATH", "relative")],
        &[("GOPATH", "~/x")],
    ];
    for environment in environments {
        let place = environment
            .iter()
            .fold(Oracle::new(MODULE), |place, (name, value)| {
                place.env(name, value)
            });
        for flags in [&[][..], &["-json"], &["-changed"]] {
            place.same(&[&["env"], flags, STEADY].concat());
        }
    }
}

#[test]
fn nothing_is_set_that_cannot_be() {
    let place = Oracle::new(MODULE).env("GOENV", "settings");
    for args in [
        &["-w"][..],
        &["-u"],
        &["-w", "GOOS"],
        &["-w", "GOOS=nosuch"],
        &["-w", "GOARCH=nosuch"],
        &["-w", "GOEXPERIMENT=nosuch"],
        &["-w", "NOSUCH=1"],
        &["-w", "GOVERSION=1"],
        &["-w", "GOENV=x"],
        &["-w", "GOPATH=x"],
        &["-w", "GOPATH=~x"],
        &["-w", "CC=./cc"],
        &["-w", "CC= "],
        &["-w", "GOTMPDIR=x"],
        &["-w", "GO111MODULE=x"],
        &["-w", "GOPRIVATE=a\nb"],
        &["-w", "GOBIN=/a", "GOBIN=/b"],
        &["-u", "NOSUCH"],
        &["-u", "GOBIN"],
        &["-u", "-w"],
        &["-json", "-w"],
        &["-json", "-u"],
        &["GOOS=linux"],
    ] {
        place.same(&[&["env"], args].concat());
    }
}

#[test]
fn what_is_set_stays() {
    let place =
        Oracle::new("-- settings --\n# mine\nGOBIN=/a\nGOPRIVATE=x\nGOBIN=/b\nunknown\nGOX=1")
            .env("GOENV", "settings");
    place.same(&["env", "-w", "GOPRIVATE=y", "CC=clang -m64"]);
    place.same(&["env", "-u", "GOBIN"]);
    place.same(&["env", "-u", "GOX"]);
    place.same(&["env", "-changed", "GOBIN", "GOPRIVATE"]);
    place.same(&["env", "GOX", "GOBIN"]);
    Oracle::new(MODULE)
        .env("GOENV", "a/b/c")
        .same(&["env", "-w", "GOBIN=/a"]);
}
