//! The lines that tell how a package's test went.

use std::time::Duration;

use gust_text::num::format_duration;

use crate::run::{Ending, Killed};

/// What a test binary says when nothing matched, in a line of its own, and what the result's line then says of it.
const NOTHING_DONE: &[(&[u8], &str)] = &[
    (
        b"testing: warning: -fuzz matches more than one fuzz test, won't fuzz\n",
        "[-fuzz matches more than one fuzz test, won't fuzz]",
    ),
    (
        b"testing: warning: no fuzz tests to fuzz\n",
        " [no fuzz tests to fuzz]",
    ),
    (b"testing: warning: no tests to run\n", " [no tests to run]"),
];

/// `ok  \tPACKAGE\t0.012s`, with what the output says of coverage when that was asked for, and whether nothing was run.
pub fn passed(package: &str, elapsed: Duration, output: &[u8], coverage: bool) -> String {
    let covered = match coverage {
        true => coverage_of(output),
        false => None,
    };
    let covered = covered.map_or_else(String::new, |text| {
        format!("\tcoverage: {}", gust_bytes::text(text))
    });
    let said = NOTHING_DONE
        .iter()
        .find(|(warning, _)| has_line(output, warning));
    let note = said.map_or("", |(_, note)| note);
    format!("ok  \t{package}\t{}{covered}{note}\n", seconds(elapsed))
}

/// `FAIL\tPACKAGE\t0.012s`. `marked`: with the mark of a framing line, by which a converter to events knows it.
pub fn failed(package: &str, elapsed: Duration, marked: bool) -> String {
    let mark = if marked { "\x16" } else { "" };
    format!("{mark}FAIL\t{package}\t{}\n", seconds(elapsed))
}

/// The line of a package that could not be built.
pub fn build_failed(package: &str) -> String {
    format!("FAIL\t{package} [build failed]\n")
}

/// The line of a package that could not be loaded.
pub fn setup_failed(package: &str) -> String {
    format!("FAIL\t{package} [setup failed]\n")
}

/// The line of a package without test files.
pub fn no_test_files(package: &str) -> String {
    format!("?   \t{package}\t[no test files]\n")
}

/// What is said of a run that ended badly, before its `FAIL` line: that it was killed; why it ended, when its output does not
/// say; and a newline that the output lacks.
pub fn why(ending: &Ending, output: &[u8]) -> String {
    let mut text = String::new();
    match &ending.killed {
        Some(Killed::TooLong { limit }) => {
            let limit = format_duration(nanos(*limit));
            text = format!("*** Test killed with quit: ran too long ({limit}).\n");
        }
        Some(Killed::OutputHeld { delay }) => {
            let delay = format_duration(nanos(*delay));
            text = format!("*** Test I/O incomplete {delay} after exiting.\n");
        }
        None => {}
    }
    match &ending.failure {
        Some(failure) if !ending.exited || output.is_empty() => {
            text += failure;
            text.push('\n');
        }
        _ if !output.ends_with(b"\n") => text.push('\n'),
        _ => {}
    }
    text
}

/// The part of a `coverage: …` line that follows the colon.
fn coverage_of(output: &[u8]) -> Option<&[u8]> {
    let word = b"coverage: ";
    let from = memchr::memmem::find(output, word)? + word.len();
    let length = memchr::memchr(b'\n', &output[from..])?;
    Some(&output[from..from + length])
}

fn has_line(output: &[u8], line: &[u8]) -> bool {
    let mut found = memchr::memmem::find_iter(output, line);
    found.any(|at| at == 0 || output[at - 1] == b'\n')
}

fn seconds(elapsed: Duration) -> String {
    format!("{:.3}s", elapsed.as_secs_f64())
}

fn nanos(duration: Duration) -> i64 {
    i64::try_from(duration.as_nanos()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_of_a_pass() {
        let line = |output: &str, cover| {
            passed("p", Duration::from_micros(12_345), output.as_bytes(), cover)
        };
        assert_eq!(line("PASS\n", true), "ok  \tp\t0.012s\n");
        let covered = "PASS\ncoverage: 50.0% of statements\n";
        assert_eq!(
            line(covered, true),
            "ok  \tp\t0.012s\tcoverage: 50.0% of statements\n"
        );
        assert_eq!(line(covered, false), "ok  \tp\t0.012s\n");
        let none = "x\ntesting: warning: no tests to run\nPASS\n";
        assert_eq!(line(none, false), "ok  \tp\t0.012s [no tests to run]\n");
        let quoted = "it says testing: warning: no tests to run\n";
        assert_eq!(line(quoted, false), "ok  \tp\t0.012s\n");
    }

    #[test]
    fn what_is_said_of_a_failure() {
        let ending = |failure: &str, exited, killed| Ending {
            elapsed: Duration::ZERO,
            failure: Some(failure.to_owned()),
            exited,
            killed,
        };
        let exit = ending("exit status 1", true, None);
        assert_eq!(why(&exit, b"--- FAIL\n"), "");
        assert_eq!(why(&exit, b"--- FAIL"), "\n");
        assert_eq!(why(&exit, b""), "exit status 1\n");
        let limit = Duration::from_secs(65);
        let killed = ending("exit status 2", true, Some(Killed::TooLong { limit }));
        assert_eq!(
            why(&killed, b"x\n"),
            "*** Test killed with quit: ran too long (1m5s).\n"
        );
        let delay = Duration::from_secs(5);
        let held = ending("held", false, Some(Killed::OutputHeld { delay }));
        assert_eq!(
            why(&held, b"x\n"),
            "*** Test I/O incomplete 5s after exiting.\nheld\n"
        );
    }
}
