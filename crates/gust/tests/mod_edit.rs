//! `go mod edit`: each flag, what it leaves of the file, and what it refuses.

mod oracle;

use oracle::Oracle;

const FILE: &str = r#"
-- go.mod --
// About the module.
module example.com/m // its name

go 1.25

// one of two blocks
require (
	example.com/b v1.2.0 // indirect; for a reason
	example.com/a v1.0.0
)

require example.com/c v0.1.0

exclude example.com/a v1.1.0

replace (
	example.com/a => ../a
	example.com/b v1.2.0 => example.com/fork v1.2.1
)

retract [v1.0.0, v1.0.9] // broken
"#;

#[test]
fn each_edit() {
    let place = Oracle::new(FILE);
    for flags in [
        &["-fmt"][..],
        &["-module=example.com/new"],
        &["-go=1.24.3"],
        &["-go=none"],
        &["-toolchain=go1.26.8"],
        &["-toolchain=none"],
        &["-godebug=panicnil=1", "-godebug=http2client=0"],
        &["-dropgodebug=panicnil"],
        &["-require=example.com/a@v1.4.0"],
        &[
            "-require=example.com/new@v1.0.0",
            "-require=example.com/b@v1.3.0",
        ],
        &["-require=example.com/a@latest"],
        &["-require=example.com/a@v2.0.0"],
        &["-exclude=example.com/new@v1.0.0"],
        &["-replace=example.com/a@v1=../a@v1.0.0"],
        &["-droprequire=example.com/c"],
        &["-droprequire=example.com/nosuch"],
        &["-exclude=example.com/a@v1.2.0"],
        &["-dropexclude=example.com/a@v1.1.0"],
        &["-replace=example.com/c=../c"],
        &["-replace=example.com/a@v1.0.0=example.com/fork@v1.0.1"],
        &["-replace=example.com/a=example.com/fork@v1.0.1"],
        &["-dropreplace=example.com/a"],
        &["-dropreplace=example.com/b@v1.2.0"],
        &["-retract=v1.5.0", "-retract=[v1.6.0,v1.6.9]"],
        &["-dropretract=[v1.0.0,v1.0.9]"],
        &["-tool=example.com/a/cmd/x", "-tool=example.com/b"],
        &["-droptool=example.com/b"],
        &["-ignore=./node_modules"],
        &["-dropignore=./nosuch"],
        &[
            "-droprequire=example.com/a",
            "-droprequire=example.com/b",
            "-droprequire=example.com/c",
        ],
    ] {
        let answer = place.same(&[&["mod", "edit"], flags].concat());
        assert_eq!(answer.code, Some(0), "{flags:?}: {}", answer.stderr);
        place.same(&[&["mod", "edit", "-print"], flags].concat());
        place.same(&[&["mod", "edit", "-json"], flags].concat());
    }
    place.same(&["mod", "edit", "-fmt", "nosuch/../go.mod"]);
}

#[test]
fn bad_input() {
    let place = Oracle::new(FILE);
    let before = place.same(&["mod", "edit", "-json"]);
    for flags in [
        &[][..],
        &["-go=x"],
        &["-toolchain=x"],
        &["-module=a b"],
        &["-require=example.com/a"],
        &["-exclude=example.com/a@1"],
        &["-replace=example.com/a"],
        &["-replace=example.com/a=b"],
        &["-retract=x"],
        &["-retract=[v1.0.0"],
        &["-godebug=x"],
        &["-json", "-print"],
        &["-fmt", "a.mod", "b.mod"],
        &["-fmt", "nosuch.mod"],
        &["-nosuch"],
    ] {
        let answer = place.same(&[&["mod", "edit"], flags].concat());
        assert_ne!(answer.code, Some(0), "{flags:?}");
        assert_eq!(answer.files, before.files, "{flags:?} changes nothing");
    }
    for text in [
        "module m\nrequire (\n",
        "module m\nfrob x\n",
        "module \"m\n",
    ] {
        let broken = Oracle::new(&format!("-- go.mod --\n{text}"));
        assert_eq!(broken.same(&["mod", "edit", "-fmt"]).code, Some(1));
    }
}
