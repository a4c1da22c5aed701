//! Bad input gets go's own words and exit code, and leaves nothing half-written.

mod oracle;

use oracle::Oracle;

const PROGRAM: &str = "-- go.mod --\nmodule example.com/m\n\ngo 1.25\n-- main.go --\npackage main\n\nfunc main() {}\n";

#[test]
fn unknown_flags_and_commands() {
    let place = Oracle::new(PROGRAM);
    for args in [
        &["build", "-nosuch"][..],
        &["build", "-p", "x"],
        &["build", "-race=maybe"],
        &["list", "-e=perhaps"],
        &["nosuch"],
        &["mod", "nosuch"],
        &["env", "-w", "NOSUCH=1"],
        &["env", "-w", "GOOS"],
        &["env", "-u", "NOSUCH"],
        &["version", "-nosuch"],
        &["run"],
        &["install", "example.com/a@v1.0.0", "example.com/b"],
    ] {
        place.same(args);
    }
}

#[test]
fn unusable_environment() {
    for (name, value) in [
        ("GOOS", "nosuch"),
        ("GOARCH", "nosuch"),
        ("GOFLAGS", "nosuch"),
        ("GOFLAGS", "-nosuch"),
        ("GOAMD64", "v9"),
        ("GOEXPERIMENT", "nosuch"),
        ("GO111MODULE", "maybe"),
        ("GOPROXY", "ftp://example.com"),
        ("GOCACHE", "relative"),
        ("GOPATH", "relative"),
        ("GOWORK", "relative"),
        ("CGO_CFLAGS", "'unclosed"),
    ] {
        let place = Oracle::new(PROGRAM).env(name, value);
        place.same(&["list"]);
        place.same(&["build", "-o", "/dev/null"]);
    }
}

#[test]
fn no_module() {
    let place = Oracle::new("-- x.go --\npackage x\n");
    for args in [
        &["list"][..],
        &["build"],
        &["list", "./..."],
        &["list", "-m"],
        &["mod", "graph"],
        &["mod", "verify"],
        &["mod", "download"],
    ] {
        place.same(args);
    }
}

#[test]
fn go_mod_errors_all_at_once() {
    let bad = "-- go.mod --\nmodule example.com/m\n\ngo 1.25\nrequire example.com/a\nfrobnicate x\nrequire example.com/b v1\nexclude example.com/c latest\nreplace example.com/d\n";
    for args in [&["list"][..], &["build"], &["mod", "graph"]] {
        Oracle::new(bad).same(args);
    }
    for text in [
        "module example.com/m\nmodule example.com/n\n",
        "module \"unclosed\n",
        "module example.com/m\ngo 1.x\n",
        "module example.com/m\ngo 1.99\n",
        "module example.com/m\nrequire (\n",
        "go 1.25\n",
        "module example.com/m\n\nrequire example.com/m/v2 v1.0.0\n",
    ] {
        Oracle::new(&format!("-- go.mod --\n{text}-- x.go --\npackage x\n")).same(&["list"]);
    }
}

#[test]
fn packages_that_cannot_be() {
    let module = "-- go.mod --\nmodule example.com/m\n\ngo 1.25\n";
    let two = "-- a.go --\npackage a\n-- b.go --\npackage b\n";
    let cycle = "-- x.go --\npackage x\n\nimport _ \"example.com/m/a\"\n-- a/a.go --\npackage a\n\nimport _ \"example.com/m/b\"\n-- b/b.go --\npackage b\n\nimport _ \"example.com/m/a\"\n";
    let internal = "-- x.go --\npackage x\n\nimport _ \"internal/abi\"\n";
    // one at a time: go shows the errors of several imports in any order
    let missing = "-- x.go --\npackage x\n\nimport _ \"example.com/missing\"\n";
    let not_std = "-- x.go --\npackage x\n\nimport _ \"nosuch\"\n";
    let own = "-- x.go --\npackage x\n\nimport _ \"example.com/m/nosuch\"\n";
    let program = "-- x.go --\npackage x\n\nimport _ \"example.com/m/p\"\n-- p/p.go --\npackage main\n\nfunc main() {}\n";
    let broken = "-- x.go --\npackage x\n\nimport \"fmt\n";
    let excluded = "-- x.go --\n//go:build nosuch\n\npackage x\n";
    let tests_only = "-- x_test.go --\npackage x\n";
    let embed =
        "-- x.go --\npackage x\n\nimport _ \"embed\"\n\n//go:embed nosuch.txt\nvar s string\n";
    let relative = "-- x.go --\npackage x\n\nimport _ \"./a\"\n-- a/a.go --\npackage a\n";
    // Why a package is stale depends on what the caches have: other tests fill them meanwhile.
    let warm = Oracle::new(&format!("{module}-- x.go --\npackage x\n"));
    assert_eq!(warm.same(&["build", "embed"]).code, Some(0));
    for files in [
        two, cycle, internal, missing, not_std, own, program, broken, excluded, tests_only, embed,
        relative,
    ] {
        let place = Oracle::new(&format!("{module}{files}"));
        place.same(&["list"]);
        place.same(&["list", "-e", "-json", "."]);
        place.same(&["list", "-deps", "."]);
        place.same(&["build", "."]);
    }
}

#[test]
fn compile_errors() {
    let place = Oracle::new(
        "-- go.mod --\nmodule example.com/m\n\ngo 1.25\n-- main.go --\npackage main\n\nimport \"example.com/m/a\"\n\nfunc main() { a.Nosuch(); var unused int }\n-- a/a.go --\npackage a\n\nfunc F() int { return \"\" }\n-- b/b.go --\npackage b\n\nfunc F() { undefined() }\n",
    );
    // one at a time: which of two packages fails first is anybody's race
    let answer = place.same(&["build", "-p=1", "./..."]);
    assert_eq!(answer.code, Some(1));
    place.same(&["run", "-p=1", "."]);
    place.same(&["install", "-p=1", "./..."]);
}

#[test]
fn a_programs_own_exit_code() {
    let place = Oracle::new(
        "-- go.mod --\nmodule example.com/m\n\ngo 1.25\n-- main.go --\npackage main\n\nimport \"os\"\n\nfunc main() { println(len(os.Args)); os.Exit(7) }\n",
    );
    let answer = place.same(&["run", ".", "a", "b"]);
    assert_eq!(answer.code, Some(1));
    assert!(answer.stderr.contains("exit status 7"));
}
