//! `go tool`: tools of the release, those built on demand, those of go.mod, and what is none.

mod oracle;

use oracle::{Oracle, Step, go, gust};
use std::path::Path;

const MODULE: &str = "-- go.mod --\nmodule example.com/m\n\ngo 1.24\n\ntool (\n\texample.com/m/cmd/hello\n\texample.com/m/other/hello\n\texample.com/m/versioned/v2\n\texample.com/m/fails\n)\n-- cmd/hello/main.go --\npackage main\n\nimport (\n\t\"fmt\"\n\t\"os\"\n)\n\nfunc main() { fmt.Println(os.Args[1:]) }\n-- other/hello/main.go --\npackage main\n\nfunc main() {}\n-- versioned/v2/main.go --\npackage main\n\nimport \"os\"\n\nfunc main() { os.Exit(3) }\n-- fails/main.go --\npackage main\n\nfunc main() { x }\n-- lib/lib.go --\npackage lib\n";

#[test]
fn tools_are_found_and_run() {
    let place = Oracle::new(MODULE);
    let words: &[&[&str]] = &[
        &[],
        &["-n"],
        &["compile", "-V"],
        &["-n", "compile", "a", "b c"],
        &["example.com/m/cmd/hello", "-x", "y"],
        &["versioned"],
        &["v2"],
        &["fails"],
        &["example.com/m/lib"],
        &["nosuch"],
        &["../compile"],
        &["Compile"],
        &["go"],
        &["gofmt"],
        &["-nosuch"],
        &["-C", "cmd", "versioned"],
        &["-modfile=nosuch.mod", "versioned"],
        &["dist", "list"],
        &["dist", "list", "-json"],
        &["dist", "list", "-json=false", "-broken", "-v"],
    ];
    for words in words {
        let tool: Vec<&str> = ["tool"].iter().chain(*words).copied().collect();
        place.same(&tool);
    }
}

/// go lists the choices in no order.
#[test]
fn a_name_of_two_tools_is_ambiguous() {
    let told = |tool: &Path| {
        let answer = Oracle::new(MODULE).answer(tool, &["tool", "hello"]);
        let mut lines: Vec<String> = answer.stderr.lines().map(str::to_owned).collect();
        lines.sort_unstable();
        (answer.code, answer.stdout, lines)
    };
    assert_eq!(told(Path::new(gust())), told(&go()));
}

#[test]
fn what_was_built_is_kept() {
    let place = Oracle::new(MODULE);
    let hello = "example.com/m/cmd/hello";
    let answer = place.same_steps(&[
        Step::Type(&["tool", hello, "1"]),
        Step::Type(&["tool", "-n", hello, "2"]),
        Step::Type(&["tool", "-n", "buildid"]),
        Step::Type(&["tool", "buildid", "-nosuch"]),
    ]);
    assert_ne!(answer.code, Some(0));
}

#[test]
fn outside_of_modules() {
    let place = Oracle::new("-- x.go --\npackage x\n");
    for words in [
        &["tool"] as &[&str],
        &["tool", "vet", "-V"],
        &["tool", "hello"],
    ] {
        place.same(words);
    }
    let broken = Oracle::new("-- go.mod --\nmodul x\n");
    for words in [
        &["tool"] as &[&str],
        &["tool", "vet", "-V"],
        &["tool", "hello"],
    ] {
        broken.same(words);
    }
    let windows = Oracle::new(MODULE).env("GOOS", "windows");
    windows.same(&["tool", "-n", "buildid"]);
}
