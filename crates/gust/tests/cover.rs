//! Coverage: of tests and of programs, profiles merged and kept, packages without tests, and what cannot be asked.

mod oracle;

use oracle::{Oracle, Step};
use std::path::PathBuf;

const MODULE: &str = "-- go.mod --\nmodule example.com/m\n\ngo 1.22\n-- a/a.go --\npackage a\n\nimport \"example.com/m/b\"\n\nfunc A(x int) int {\n\tif x > 1 {\n\t\treturn b.B(x)\n\t}\n\treturn 0\n}\n-- a/a_test.go --\npackage a\n\nimport \"testing\"\n\nfunc TestA(t *testing.T) {\n\tif A(2) != 4 {\n\t\tt.Fatal(A(2))\n\t}\n}\n-- b/b.go --\npackage b\n\nfunc B(x int) int { return 2 * x }\n\nfunc Unused() {}\n-- b/x_test.go --\npackage b_test\n\nimport (\n\t\"testing\"\n\n\t\"example.com/m/b\"\n)\n\nfunc TestB(t *testing.T) { b.B(1) }\n-- none/n.go --\npackage none\n\nfunc N() int { return 1 }\n-- empty/e.go --\npackage empty\n\nconst E = 1\n-- fails/f.go --\npackage fails\n\nfunc F() {}\n-- fails/f_test.go --\npackage fails\n\nimport \"testing\"\n\nfunc TestF(t *testing.T) { F(); t.Fail() }\n-- cmd/main.go --\npackage main\n\nimport \"example.com/m/a\"\n\nfunc main() { println(a.A(3)) }\n";

/// What is told, with times and work directories masked.
fn masked(text: &str) -> String {
    let is_time = |word: &str| {
        let number = word.trim_matches(['(', ')']).strip_suffix('s');
        number.is_some_and(|number| number.parse::<f64>().is_ok())
    };
    let mask = |word: &str| match word.split_once("go-build") {
        _ if is_time(word) => "TIME".to_owned(),
        Some((before, after)) => {
            let rest = after.trim_start_matches(|c: char| c.is_ascii_digit());
            format!("{before}WORK{rest}")
        }
        None => word.to_owned(),
    };
    text.split_inclusive(['\t', '\n', ' '])
        .map(|piece| {
            let word = piece.trim_end_matches(['\t', '\n', ' ']);
            mask(word) + &piece[word.len()..]
        })
        .collect()
}

/// A profile with its files in order: packages whose results are kept stand in it as they happen to be told.
fn by_file(profile: &str) -> String {
    let mut lines: Vec<&str> = profile.split_inclusive('\n').collect();
    lines.sort_by_key(|line| line.split_once(".go:").map(|(file, _)| file));
    lines.concat()
}

/// What go and gust say of tests, twice, and the profile that is left.
fn same(place: &Oracle, words: &[&str]) {
    let told = |tool: PathBuf| {
        let steps = [Step::Type(words), Step::Type(words)];
        let answers = place.answers(&tool, &steps).into_iter();
        let told = answers.map(|answer| {
            let profile = answer.files.contains_key("work/cover.out");
            let profile = profile.then(|| by_file(answer.file("cover.out")));
            (
                answer.code,
                masked(&answer.stdout),
                masked(&answer.stderr),
                profile,
            )
        });
        told.collect::<Vec<_>>()
    };
    assert_eq!(told(oracle::gust().into()), told(oracle::go()), "{words:?}");
}

#[test]
fn tests() {
    let place = Oracle::new(MODULE);
    let words: &[&[&str]] = &[
        &["test", "-cover", "./..."],
        &["test", "-cover", "./a"],
        &[
            "test",
            "-coverprofile=cover.out",
            "./a",
            "./b",
            "./none",
            "./empty",
        ],
        &[
            "test",
            "-coverprofile=cover.out",
            "-covermode=atomic",
            "./a",
        ],
        &["test", "-covermode=count", "-v", "./b"],
        &[
            "test",
            "-coverpkg=./...",
            "-coverprofile=cover.out",
            "./a",
            "./none",
        ],
        &["test", "-coverpkg=example.com/m/b", "./a", "./b"],
        &["test", "-coverpkg=nothing/...", "./a"],
        &["test", "-coverpkg=all", "./empty"],
        &["test", "-cover", "-race", "./a"],
        &["test", "-cover=false", "./a"],
        &["test", "-cover", "-run=nothing", "./a"],
        &["test", "-coverprofile=nosuch/cover.out", "./a"],
        &["test", "-covermode=nosuch", "./a"],
        &["test", "-covermode=set", "-race", "./a"],
        &["test", "-n", "-cover", "./nosuch"],
    ];
    for words in words {
        same(&place, words);
    }
}

#[test]
fn programs() {
    let place = Oracle::new(MODULE);
    for words in [
        &["build", "-cover", "-o", "prog", "./cmd"] as &[&str],
        &["build", "-coverpkg=./b", "-o", "prog", "./cmd"],
        &[
            "build",
            "-cover",
            "-covermode=atomic",
            "-o",
            "prog",
            "./cmd",
        ],
        &["build", "-coverpkg=nothing", "-o", "prog", "./cmd"],
        &["test", "-cover", "-c", "-o", "a.test", "./a"],
        &["list", "-cover", "./a"],
    ] {
        place.same(words);
    }
}

#[test]
fn results_are_shared() {
    let place = Oracle::new(MODULE);
    let answer = place.answers(
        oracle::gust().as_ref(),
        &[
            Step::Type(&["test", "-coverprofile=cover.out", "./a"]),
            Step::Remove("work/cover.out"),
            Step::Type(&["test", "-coverprofile=cover.out", "./a"]),
        ],
    );
    let last = answer.last().expect("two answers");
    assert!(
        last.stdout.contains("(cached)\tcoverage: 66.7%"),
        "{}",
        last.stdout
    );
    assert!(
        last.file("cover.out")
            .starts_with("mode: set\nexample.com/m/a/a.go:")
    );
}
