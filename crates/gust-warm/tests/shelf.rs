//! A record from the command to the shelf and back.
#![allow(
    clippy::disallowed_methods,
    reason = "tests make the files that are looked at"
)]

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use gust_fs::meta::now_ns;
use gust_fs::observe::{Log, Question};
use gust_fs::{Overlay, View, disk};
use gust_warm::{Answer, Invocation, NoRecord, Record, Shelf, Stale, Stream, Today};

/// A day on which everything is said at once.
struct Day {
    word: &'static str,
    answer: [u8; 32],
}

impl Today for Day {
    fn variable(&self, name: &str) -> Option<&OsStr> {
        (name == "WORD").then(|| OsStr::new(self.word))
    }

    fn environment(&self) -> Vec<(OsString, OsString)> {
        vec![("WORD".into(), self.word.into())]
    }

    fn ask(&self, _: &Question) -> Option<[u8; 32]> {
        Some(self.answer)
    }
}

const DAY: Day = Day {
    word: "hunter2",
    answer: [1; 32],
};

fn invocation(word: &str) -> Invocation {
    let program = Path::new("/proc/self/exe");
    Invocation {
        program: (program.into(), disk::metadata(program).unwrap()),
        words: vec![b"gust".to_vec(), word.into()],
        cwd: "/".into(),
        user: 0,
        variables: gust_warm::digest(&[]),
    }
}

fn said(text: &str) -> Answer {
    let mut answer = Answer::default();
    answer.push(Stream::Error, b"a warning\n");
    for byte in text.as_bytes() {
        answer.push(Stream::Output, &[*byte]);
    }
    answer
}

#[test]
fn a_record_is_found_and_holds_until_something_changes() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, "x").unwrap();
    std::thread::sleep(Duration::from_millis(60));
    let log = Arc::new(Log::new());
    let view = View::new(Overlay::none()).with_log(Arc::clone(&log));
    view.read(&file).unwrap();
    log.note_variable("WORD");
    let mut saw = log.observations();
    saw.questions.push(Question {
        program: "git".into(),
        args: Vec::new(),
        dir: None,
        environment: Vec::new(),
        answer: [1; 32],
    });
    let record = Record::of(invocation("list"), now_ns(), &saw, said("text"), &DAY).unwrap();
    let shelf = Shelf::in_dir(dir.path());
    shelf.keep(&record, now_ns()).unwrap();
    assert!(shelf.find(&invocation("build")).is_none());
    for entry in fs::read_dir(dir.path().join("warm")).unwrap() {
        let path = entry.unwrap().path();
        let is_there = |bytes: &[u8]| bytes.windows(7).any(|part| part == b"hunter2");
        assert!(
            !is_there(&fs::read(&path).unwrap()),
            "values may be secrets"
        );
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "answers may be, too");
    }
    let kept = shelf.find(&invocation("list")).unwrap();
    let turns: Vec<_> = kept.turns().collect();
    assert_eq!(
        turns,
        [
            (Stream::Error, b"a warning\n".as_slice()),
            (Stream::Output, b"text")
        ]
    );
    assert!(kept.is_answer(&said("text")));
    for other in ["tex", "texts", "next", ""] {
        assert!(!kept.is_answer(&said(other)), "{other}");
    }
    let mut failed = said("text");
    failed.code = 1;
    assert!(!kept.is_answer(&failed));

    assert_eq!(kept.check(now_ns(), &DAY), Ok(()));
    let day_later = now_ns() + 25 * 3600 * 1_000_000_000;
    assert_eq!(kept.check(day_later, &DAY), Err(Stale::Age));
    assert_eq!(kept.check(0, &DAY), Err(Stale::Age));
    let word = Day { word: "two", ..DAY };
    assert_eq!(
        kept.check(now_ns(), &word),
        Err(Stale::Variable("WORD".into()))
    );
    let answer = Day {
        answer: [2; 32],
        ..DAY
    };
    assert!(matches!(
        kept.check(now_ns(), &answer),
        Err(Stale::Program(_))
    ));
    fs::write(&file, "y").unwrap();
    assert_eq!(kept.check(now_ns(), &DAY), Err(Stale::File(file)));
}

#[test]
fn what_proves_nothing_makes_no_record() {
    let log = Log::new();
    log.note_unprovable();
    let of = |saw, answer| Record::of(invocation("list"), now_ns(), &saw, answer, &DAY).err();
    assert_eq!(of(log.observations(), said("")), Some(NoRecord::Unprovable));
    let long = said(&"x".repeat(gust_warm::answer::LONGEST));
    assert_eq!(of(Log::new().observations(), long), Some(NoRecord::TooLong));
    let mut saw = Log::new().observations();
    saw.touched = BTreeSet::from(["/nosuch/program".into()]);
    assert_eq!(of(saw, said("")), Some(NoRecord::Unprovable));
}
