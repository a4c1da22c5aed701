//! `go version` of the release and of files; which release that is.

mod oracle;

use oracle::Oracle;

#[test]
fn own() {
    let place = Oracle::new("-- go.mod --\nmodule m\n\ngo 1.25\n");
    for args in [
        &[][..],
        &["-m"],
        &["-v"],
        &["-json"],
        &["-x"],
        &["-C", "/nosuch"],
        &["-v", "-C", "/"],
    ] {
        place.same(&[&["version"], args].concat());
    }
    Oracle::new("")
        .env("GOFLAGS", "-v -m -json")
        .same(&["version"]);
}

#[test]
fn of_files() {
    let place = Oracle::new(
        "-- empty.exe --\n-- text.txt --\nhello, this is no program\n-- sub/x.so --\nnope\n-- sub/y --\ny\n",
    );
    for args in [
        &["empty.exe", "text.txt", "missing"][..],
        &["-m", "text.txt"],
        &["-v", "."],
        &["."],
        &["sub"],
        &["-v", "sub", "./sub"],
        &["-json", "text.txt"],
    ] {
        place.same(&[&["version"], args].concat());
    }
    let goroot = place.answer(&oracle::go(), &["env", "GOROOT"]).stdout;
    let program = format!("{}/bin/gofmt", goroot.trim());
    let tools = format!("{}/pkg/tool", goroot.trim());
    for flags in [&[][..], &["-m"], &["-m", "-json"]] {
        let answer = place.same(&[&["version"], flags, &[program.as_str()]].concat());
        assert!(
            answer.stdout.contains("go1."),
            "{flags:?} says of which release gofmt is"
        );
    }
    place.same(&["version", "-m", &tools]);
}

#[test]
fn releases_that_are_none() {
    for setting in [
        "nosuch",
        "go1.26+nosuch",
        "nosuch+auto",
        "path",
        "auto",
        "local",
        "local+path",
    ] {
        Oracle::new("-- go.mod --\nmodule m\n")
            .env("GOTOOLCHAIN", setting)
            .same(&["version"]);
    }
    let newer = "-- go.mod --\nmodule m\n\ngo 1.999\n";
    Oracle::new(newer)
        .env("GOTOOLCHAIN", "path")
        .same(&["version"]);
    Oracle::new(newer).same(&["version"]);
    let line = "-- go.mod --\nmodule m\n\ngo 1.21\ntoolchain nosuch\n";
    Oracle::new(line)
        .env("GOTOOLCHAIN", "path")
        .same(&["version"]);
    Oracle::new(line)
        .env("GOTOOLCHAIN", "go1.9999.9+path")
        .same(&["env", "GOTOOLCHAIN"]);
}
