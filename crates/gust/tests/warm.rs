//! Records of commands: what is answered from them, and what makes a command be carried out again.
//! (`cargo xtask warm` does this at random, and for much longer.)
#![allow(
    clippy::disallowed_methods,
    reason = "tests start programs and look at what they leave"
)]

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use gust_testkit::Txtar;

const MODULE: &str = r#"
-- go.mod --
module example.com/m

go 1.24
-- main.go --
package main

func main() { println(word) }
-- word.go --
package main

const word = "one"
-- p/p.go --
package p
-- p/p_test.go --
package p

import (
	"os"
	"testing"
)

func TestP(t *testing.T) {
	t.Log(os.Getenv("WORD"))
}
"#;

/// What came of a command.
#[derive(Debug)]
struct Told {
    code: Option<i32>,
    stdout: String,
    stderr: String,
    /// It was not carried out.
    recorded: bool,
}

struct Place {
    top: tempfile::TempDir,
    cache: PathBuf,
}

impl Place {
    /// With a build cache that all places share.
    fn new() -> Place {
        Place::with_cache(Some(
            Path::new(env!("CARGO_TARGET_TMPDIR")).join("warm-cache"),
        ))
    }

    fn with_cache(cache: Option<PathBuf>) -> Place {
        let top = tempfile::tempdir().unwrap();
        let place = Place {
            cache: cache.unwrap_or_else(|| top.path().join("cache")),
            top,
        };
        Txtar::parse(MODULE).extract(&place.work());
        place.settle();
        place
    }

    fn work(&self) -> PathBuf {
        self.top.path().join("w")
    }

    fn path(&self, name: &str) -> PathBuf {
        self.work().join(name)
    }

    /// Waits until what was changed shows in times.
    fn settle(&self) {
        std::thread::sleep(Duration::from_millis(60));
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self.settle();
    }

    fn ask_with(&self, args: &[&str], variables: &[(&str, &str)]) -> Told {
        let out = Command::new(env!("CARGO_BIN_EXE_gust"))
            .args(args)
            .current_dir(self.work())
            .env("GOCACHE", &self.cache)
            .env("GOENV", "off")
            .env("GOFLAGS", "")
            .env("GUST_LOG", "gust::warm=info")
            .envs(variables.iter().copied())
            .output()
            .unwrap();
        let stderr = String::from_utf8_lossy(&out.stderr);
        let (log, stderr): (Vec<&str>, Vec<&str>) =
            stderr.lines().partition(|line| line.contains("gust::warm"));
        let recorded = log
            .iter()
            .any(|line| line.contains(" answered from its record") && !line.contains(" not "));
        self.settle();
        Told {
            code: out.status.code(),
            stdout: String::from_utf8_lossy(&out.stdout).into_owned(),
            stderr: stderr.join("\n"),
            recorded,
        }
    }

    fn ask(&self, args: &[&str]) -> Told {
        self.ask_with(args, &[])
    }

    /// Asks until the answer comes from a record, which may take a run that finds nothing to do.
    #[track_caller]
    fn record(&self, args: &[&str]) -> Told {
        for _ in 0..4 {
            let told = self.ask(args);
            if told.recorded {
                return told;
            }
        }
        panic!("{args:?} leaves no record");
    }

    #[track_caller]
    fn is_anew(&self, args: &[&str], why: &str) -> Told {
        let told = self.ask(args);
        assert!(
            !told.recorded,
            "{args:?} is answered from its record: {why}"
        );
        told
    }
}

#[test]
fn the_same_is_answered_from_a_record() {
    let place = Place::new();
    for args in [
        &["list", "-deps", "-json"] as &[&str],
        &["list", "-test", "-export", "-f", "{{.Export}}", "./p"],
        &["env", "GOMOD"],
        &["mod", "graph"],
        &["build", "./..."],
        &["vet", "./p"],
    ] {
        let first = place.ask(args);
        let again = place.record(args);
        assert_eq!(first.code, Some(0), "{args:?}: {}", first.stderr);
        assert_eq!(first.stdout, again.stdout, "{args:?}");
        assert_eq!(first.stderr, again.stderr, "{args:?}");
    }
}

#[test]
fn what_has_changed_is_carried_out() {
    let place = Place::new();
    let list = ["list", "-json"];
    place.record(&list);
    place.write("new.go", "package main\n");
    assert!(
        place
            .is_anew(&list, "a file came")
            .stdout
            .contains("new.go")
    );
    place.record(&list);
    fs::remove_file(place.path("new.go")).unwrap();
    assert!(
        !place
            .is_anew(&list, "a file went")
            .stdout
            .contains("new.go")
    );
    place.record(&list);
    let times = fs::metadata(place.path("word.go"))
        .unwrap()
        .modified()
        .unwrap();
    place.write("word.go", "package main\n\nconst word = \"two\"\n");
    let file = File::options()
        .append(true)
        .open(place.path("word.go"))
        .unwrap();
    file.set_modified(times).unwrap();
    place.settle();
    place.is_anew(&list, "another content of the same size and time");
    place.record(&list);
    assert!(!place.ask_with(&list, &[("GOOS", "windows")]).recorded);
    assert!(place.ask(&list).recorded, "the question as it was");
    assert!(!place.ask_with(&list, &[("PATH", "/nowhere")]).recorded);
}

#[test]
fn failures_scripts_and_times_are_carried_out() {
    let place = Place::new();
    place.write("bad/bad.go", "package bad\n\nvar x int = \"\"\n");
    for args in [
        &["build", "./bad"] as &[&str],
        &["build", "-n", "./p"],
        &["build", "-x", "./p"],
        &["build", "-a", "-n", "./p"],
        &["env"],
        &["test", "-json", "./p"],
        &["test", "-count=1", "./p"],
    ] {
        for _ in 0..3 {
            place.is_anew(args, "it is not to be recorded");
        }
    }
}

#[test]
fn a_tidy_module_is_known_to_be_tidy() {
    let place = Place::new();
    let stated = fs::read_to_string(place.path("go.mod")).unwrap();
    let untidy =
        format!("{stated}\nrequire example.com/x v1.0.0\n\nreplace example.com/x => ./x\n");
    let tidy = ["mod", "tidy"];
    place.write("x/go.mod", "module example.com/x\n");
    for _ in 0..2 {
        place.write("go.mod", &untidy);
        let told = place.is_anew(&["mod", "tidy", "-diff"], "there are differences");
        assert_eq!(told.code, Some(1));
        place.is_anew(&tidy, "go.mod is to be written");
        let written = fs::read_to_string(place.path("go.mod")).unwrap();
        assert!(!written.contains("require"), "{written}");
    }
    place.record(&tidy);
    place.record(&["mod", "tidy", "-diff"]);
    place.write(
        "main_test.go",
        "package main\n\nimport _ \"example.com/x/y\"\n",
    );
    assert_eq!(place.is_anew(&tidy, "tests import more").code, Some(1));
}

#[test]
fn programs_are_there_and_have_the_current_time() {
    let place = Place::new();
    let (build, program) = (["build", "-o", "prog"], place.path("prog"));
    place.record(&build);
    let content = fs::read(&program).unwrap();
    let old = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    let file = File::options().append(true).open(&program).unwrap();
    file.set_modified(old).unwrap();
    drop(file);
    assert!(place.ask(&build).recorded, "only its time is another");
    assert!(fs::metadata(&program).unwrap().modified().unwrap() > old);
    for spoil in [
        (|path| fs::remove_file(path).unwrap()) as fn(&Path),
        |path| {
            let mut bytes = fs::read(path).unwrap();
            let id = b"\x04\0\0\0Go\0\0";
            let at = bytes.windows(id.len()).position(|part| part == id);
            bytes[at.unwrap() + id.len() + 3] ^= 1;
            fs::write(path, bytes).unwrap();
        },
    ] {
        spoil(&program);
        place.settle();
        place.is_anew(&build, "the program is not there");
        assert!(fs::read(&program).unwrap() == content, "linked anew");
        place.record(&build);
    }
}

#[test]
fn tests_depend_on_what_they_looked_at() {
    let place = Place::new();
    let test = ["test", "-v", "./p"];
    assert!(place.record(&test).stdout.contains("(cached)"));
    let told = place.ask_with(&test, &[("WORD", "other")]);
    assert!(!told.recorded && told.stdout.contains("other"), "{told:?}");
    place.record(&test);
    assert_eq!(place.ask(&["clean", "-testcache"]).code, Some(0));
    let told = place.is_anew(&test, "results have expired");
    assert!(!told.stdout.contains("(cached)"));
}

#[test]
fn a_record_is_believed_only_when_it_is_whole() {
    let place = Place::with_cache(None);
    let list = ["list", "-deps"];
    let whole = place.record(&list);
    let dir = place.cache.join("gust/warm");
    let damage = |bytes: &mut Vec<u8>, n: usize| match n {
        0 => bytes.truncate(bytes.len() / 2),
        1 => bytes.clear(),
        2 => *bytes.last_mut().unwrap() ^= 1,
        _ => bytes[30] ^= 1,
    };
    for n in 0..4 {
        for entry in fs::read_dir(&dir).unwrap() {
            let path = entry.unwrap().path();
            let mut bytes = fs::read(&path).unwrap();
            damage(&mut bytes, n);
            fs::write(&path, bytes).unwrap();
        }
        let told = place.is_anew(&list, "the record is damaged");
        assert_eq!((told.code, told.stdout), (Some(0), whole.stdout.clone()));
        place.record(&list);
    }
}

#[test]
fn gust_warm_is_on_off_or_verify() {
    let place = Place::new();
    let list = ["list"];
    place.record(&list);
    for value in ["off", "verify"] {
        let told = place.ask_with(&list, &[("GUST_WARM", value)]);
        assert_eq!((told.code, told.recorded), (Some(0), false), "{value}");
    }
    let told = place.ask_with(&list, &[("GUST_WARM", "maybe")]);
    assert_eq!(told.code, Some(2));
    assert_eq!(
        told.stderr,
        "gust: GUST_WARM=maybe: it may be on, off or verify"
    );
}

#[test]
fn an_emptied_cache_is_filled_again() {
    let place = Place::with_cache(None);
    let build = ["build", "./p"];
    place.record(&build);
    assert_eq!(place.ask(&["clean", "-cache"]).code, Some(0));
    place.is_anew(&build, "its results are gone");
    place.record(&build);
}

const ASKING: &str = r#"package main

import (
	"fmt"
	"os"
	"strings"
)

func main() {
	goroot := strings.HasSuffix(strings.Split(os.Getenv("PATH"), ":")[0], "/bin")
	fmt.Println(os.Args[1:], os.Getenv("WORD"), goroot)
	if len(os.Args) > 2 {
		os.Exit(3)
	}
}
"#;

#[test]
fn a_program_is_started_by_its_record() {
    let place = Place::new();
    place.write("cmd/asking/main.go", ASKING);
    let args = ["run", "./cmd/asking", "one"];
    let first = place.ask(&args);
    let told = place.record(&args);
    assert_eq!((first.code, told.code), (Some(0), Some(0)));
    assert_eq!(told.stdout, "[one]  true\n");
    assert_eq!(first.stdout, told.stdout);
    // Its environment is that of whoever asks now, and its end its own.
    let other = place.ask_with(&args, &[("WORD", "now")]);
    assert_eq!(other.stdout, "[one] now true\n");
    let failing = ["run", "./cmd/asking", "one", "two"];
    let told = place.record(&failing);
    assert_eq!(told.code, Some(1));
    assert_eq!(told.stderr, "exit status 3");
    // What it is made of counts.
    place.write("cmd/asking/main.go", &ASKING.replace("Exit(3)", "Exit(4)"));
    assert_eq!(place.ask(&failing).stderr, "exit status 4");
    let told = place.record(&failing);
    assert_eq!(told.stderr, "exit status 4");
    // A tool's end is told in its own way: not at all.
    let tool = ["tool", "nm", "absent"];
    let first = place.ask(&tool);
    let told = place.record(&tool);
    assert_eq!((told.code, &told.stderr), (first.code, &first.stderr));
    assert_ne!(told.code, Some(0));
}

#[test]
fn a_program_that_is_gone_is_made_again() {
    let place = Place::with_cache(None);
    place.write("cmd/asking/main.go", ASKING);
    let args = ["run", "./cmd/asking"];
    place.record(&args);
    for folder in fs::read_dir(&place.cache).unwrap() {
        let folder = folder.unwrap().path();
        if folder.file_name().is_some_and(|name| name.len() == 2) {
            fs::remove_dir_all(folder).unwrap();
        }
    }
    let told = place.ask(&args);
    assert!(!told.recorded);
    assert_eq!((told.code, &*told.stdout), (Some(0), "[]  true\n"));
}
