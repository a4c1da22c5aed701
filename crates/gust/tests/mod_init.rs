//! `go mod init`: the file it writes, and the names that no module can have.

mod oracle;

use oracle::Oracle;

#[test]
fn a_file_is_written() {
    let place = Oracle::new("-- main.go --\npackage main\n\nfunc main() {}\n");
    for path in ["example.com/m", "m", "example.com/m/v2", "gopkg.in/yaml.v3"] {
        let answer = place.same(&["mod", "init", path]);
        assert!(
            answer
                .file("go.mod")
                .starts_with(&format!("module {path}\n"))
        );
    }
    place.same(&["mod", "init", "-C", ".", "example.com/m"]);
    // an import comment tells the path
    let comment = "-- a.go --\npackage a // import \"example.com/a\"\n";
    Oracle::new(comment).same(&["mod", "init"]);
    Oracle::new("").same(&["mod", "init", "example.com/m"]);
}

#[test]
fn bad_input() {
    let place = Oracle::new("-- main.go --\npackage main\n");
    for args in [
        &["mod", "init"][..],
        &["mod", "init", "a", "b"],
        &["mod", "init", "Exa mple.com/m"],
        &["mod", "init", "example.com/m/"],
        &["mod", "init", "example.com//m"],
        &["mod", "init", "example.com/m/v1"],
        &["mod", "init", "example.com/m/v0"],
        &["mod", "init", "/m"],
        &["mod", "init", "./m"],
        &["mod", "init", "go"],
        &["mod", "init", "toolchain"],
        &["mod", "init", "-nosuch", "example.com/m"],
        &["mod", "init", ""],
    ] {
        let answer = place.same(args);
        assert_ne!(answer.code, Some(0), "{args:?}");
        assert!(!answer.files.contains_key("work/go.mod"), "{args:?}");
    }
    let there = Oracle::new("-- go.mod --\nmodule example.com/old\n");
    let answer = there.same(&["mod", "init", "example.com/m"]);
    assert_eq!(answer.code, Some(1));
    assert_eq!(answer.file("go.mod"), "module example.com/old\n");
    let off = Oracle::new("").env("GO111MODULE", "off");
    assert_ne!(off.same(&["mod", "init", "m"]).code, Some(0));
}
