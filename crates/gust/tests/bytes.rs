//! Names, arguments, variables and files that are not UTF-8: every byte of them arrives, as under go.

use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStringExt as _;
use std::path::Path;
use std::process::Command;

/// `caf\xe9`, Latin-1's way of writing it.
fn odd(end: &str) -> OsString {
    OsString::from_vec([b"caf\xe9", end.as_bytes()].concat())
}

struct Answer {
    code: Option<i32>,
    out: Vec<u8>,
    err: Vec<u8>,
}

fn ask(program: &str, dir: &Path, caches: &Path, args: &[OsString]) -> Answer {
    let output = Command::new(program)
        .args(args)
        .current_dir(dir)
        .env(
            "GOCACHE",
            caches.join(if program == "go" { "go" } else { "gust" }),
        )
        .env("GOPATH", caches.join("gopath"))
        .env("GOENV", "off")
        .env("GOFLAGS", "-buildvcs=false")
        .env("GOTOOLCHAIN", "local")
        .env("PWD", dir)
        .env("ODD", odd(""))
        .output()
        .expect("the program starts");
    Answer {
        code: output.status.code(),
        out: output.stdout,
        err: output.stderr,
    }
}

fn module(top: &Path) {
    let dep = top.join(odd("dep"));
    fs::create_dir_all(&dep).expect("a folder");
    fs::create_dir_all(top.join("lib")).expect("a folder");
    let go_mod = b"// caf\xe9\nmodule corp.example/odd\n\ngo 1.26\n\nrequire corp.example/dep v0.0.0\n\nreplace corp.example/dep => ./caf\xe9dep\n";
    fs::write(top.join("go.mod"), go_mod).expect("go.mod");
    let main = "package main\n\nimport (\n\t\"os\"\n\n\t_ \"corp.example/dep\"\n)\n\nfunc main() { println(os.Getenv(\"ODD\") == \"caf\\xe9\", os.Args[1] == \"caf\\xe9\") }\n";
    fs::write(top.join(odd(".go")), main).expect("a file");
    fs::write(dep.join("go.mod"), "module corp.example/dep\n").expect("go.mod");
    fs::write(dep.join("d.go"), "package dep\n").expect("a file");
}

#[test]
fn every_byte_arrives() {
    let temp = tempfile::tempdir().expect("a folder");
    let caches = temp.path().join("caches");
    let words = |words: &[&str]| words.iter().map(OsString::from).collect::<Vec<_>>();
    let with = |start: &[&str], end: OsString| [words(start), vec![end]].concat();
    let commands = [
        words(&["list", "-deps", "-json=Dir,GoFiles,Module", "./..."]),
        words(&["list", "-f", "{{.Dir}} {{.GoFiles}}", "."]),
        words(&["list", "-m", "all"]),
        with(&["run", "."], odd("")),
        with(&["build", "-o"], odd("bin")),
        words(&["vet", "."]),
        words(&["env", "GOMOD"]),
        with(&["list"], odd("")),
        words(&["mod", "edit", "-go=1.25"]),
        words(&["mod", "vendor"]),
        words(&["build", "."]),
        words(&["mod", "graph"]),
    ];
    let gust = env!("CARGO_BIN_EXE_gust");
    let top = temp.path().join(odd("top"));
    let mut left = Vec::new();
    for program in ["go", gust] {
        module(&top);
        let answers: Vec<Answer> = commands
            .iter()
            .map(|args| ask(program, &top, &caches, args))
            .collect();
        let files =
            ["go.mod", "vendor/modules.txt", "odd"].map(|name| fs::read(top.join(name)).ok());
        let built = fs::read(top.join(odd("bin"))).ok();
        left.push((answers, files, built));
        fs::remove_dir_all(&top).expect("the folder goes");
    }
    let [
        (theirs, their_files, their_program),
        (ours, our_files, our_program),
    ] = &left[..]
    else {
        panic!("two sides");
    };
    for ((args, theirs), ours) in commands.iter().zip(theirs).zip(ours) {
        let text = |bytes: &[u8]| bytes.escape_ascii().to_string();
        assert_eq!(text(&ours.out), text(&theirs.out), "{args:?}");
        assert_eq!(text(&ours.err), text(&theirs.err), "{args:?}");
        assert_eq!(ours.code, theirs.code, "{args:?}");
    }
    assert!(their_files.iter().all(Option::is_some) && their_program.is_some());
    assert!(
        our_files == their_files,
        "go.mod, modules.txt or the program"
    );
    assert!(our_program == their_program, "the program that -o names");
}
