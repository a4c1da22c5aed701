//! What one line of a test binary's output means.

/// A line's meaning.
#[derive(Debug, PartialEq)]
pub(super) enum Frame<'a> {
    /// `PASS` or `FAIL` alone, or go's own `FAIL\t…`: the whole binary's result.
    Verdict {
        /// It was PASS.
        passed: bool,
    },
    /// `=== RUN   TestX` and its kin: something happened to a test.
    Update {
        /// The event's action.
        action: &'static str,
        /// What follows it, without space around it.
        subject: &'a [u8],
    },
    /// `--- PASS: TestX (0.00s)`: how a test, or by its indentation a subtest, ended.
    Report {
        /// How deep it is indented, in steps of four spaces.
        depth: usize,
        /// The event's action.
        action: &'static str,
        /// The test.
        name: &'a [u8],
        /// Seconds.
        elapsed: Option<f64>,
    },
    /// `?   \tPACKAGE\t[no test files]`.
    NoTestFiles,
    /// Anything else.
    Text {
        /// How deep it is indented, in steps of four spaces.
        depth: usize,
    },
}

const UPDATES: &[(&[u8], &str)] = &[
    (b"=== RUN   ", "run"),
    (b"=== PAUSE ", "pause"),
    (b"=== CONT  ", "cont"),
    (b"=== NAME  ", "name"),
    (b"=== PASS  ", "pass"),
    (b"=== FAIL  ", "fail"),
    (b"=== SKIP  ", "skip"),
    (b"=== ATTR  ", "attr"),
];

const ARTIFACTS: &[(&[u8], &str)] = &[(b"=== ARTIFACTS ", "artifacts")];

const REPORTS: &[(&[u8], &str)] = &[
    (b"--- PASS: ", "pass"),
    (b"--- FAIL: ", "fail"),
    (b"--- SKIP: ", "skip"),
    (b"--- BENCH: ", "bench"),
];

/// Reads a line, without its marker. `artifacts`: lines that tell of those are known.
pub(super) fn read(line: &[u8], artifacts: bool) -> Frame<'_> {
    let bare = without_end(line);
    match bare {
        b"PASS" => return Frame::Verdict { passed: true },
        b"FAIL" => return Frame::Verdict { passed: false },
        // The spaces that should follow are easily lost on the way.
        b"=== NAME" => {
            return Frame::Update {
                action: "name",
                subject: b"",
            };
        }
        _ if bare.starts_with(b"FAIL\t") => return Frame::Verdict { passed: false },
        _ if line.starts_with(b"?   \t") && bare.ends_with(b"\t[no test files]") => {
            return Frame::NoTestFiles;
        }
        _ => {}
    }
    let more = if artifacts { ARTIFACTS } else { &[] };
    if let Some((action, subject)) = cut_prefix(line, UPDATES).or_else(|| cut_prefix(line, more)) {
        return Frame::Update {
            action,
            subject: trim_space(subject),
        };
    }
    let spaces = line.iter().take_while(|b| **b == b' ').count();
    let depth = spaces / 4;
    match cut_prefix(&line[depth * 4..], REPORTS) {
        None => Frame::Text { depth },
        Some((action, rest)) => {
            let (name, elapsed) = name_and_time(trim_space(rest));
            Frame::Report {
                depth,
                action,
                name,
                elapsed,
            }
        }
    }
}

fn cut_prefix<'a>(
    line: &'a [u8],
    table: &[(&[u8], &'static str)],
) -> Option<(&'static str, &'a [u8])> {
    // Almost no line is one: a glance tells.
    if !matches!(line.first(), Some(b'=' | b'-')) {
        return None;
    }
    table
        .iter()
        .find_map(|(prefix, action)| Some((*action, line.strip_prefix(*prefix)?)))
}

fn without_end(line: &[u8]) -> &[u8] {
    match line.strip_suffix(b"\n") {
        Some(line) => line.strip_suffix(b"\r").unwrap_or(line),
        None => line,
    }
}

/// `TestX (0.25s)`: the name, and the seconds if they are a number.
fn name_and_time(text: &[u8]) -> (&[u8], Option<f64>) {
    let Some(at) = memchr::memmem::find(text, b" (") else {
        return (text, None);
    };
    let elapsed = text[at + 2..].strip_suffix(b"s)").and_then(|number| {
        let number: f64 = std::str::from_utf8(number).ok()?.parse().ok()?;
        number.is_finite().then_some(number)
    });
    (&text[..at], elapsed)
}

/// The first word and what follows the space after it.
pub(super) fn cut_word(text: &[u8]) -> (&[u8], &[u8]) {
    match memchr::memchr(b' ', text) {
        Some(at) => (&text[..at], &text[at + 1..]),
        None => (text, b""),
    }
}

/// Without white space around it, Unicode's included; bytes that are not UTF-8 are none.
fn trim_space(text: &[u8]) -> &[u8] {
    if let Ok(text) = std::str::from_utf8(text) {
        return text.trim().as_bytes();
    }
    let mut chunks = text.utf8_chunks();
    let head = chunks.next().map_or(0, |first| {
        let valid = first.valid();
        valid.len() - valid.trim_start().len()
    });
    let tail = text.utf8_chunks().last().map_or(0, |last| {
        let valid = last.valid();
        match last.invalid().is_empty() {
            true => valid.len() - valid.trim_end().len(),
            false => 0,
        }
    });
    &text[head..text.len() - tail]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines() {
        let report = |depth, action, name, elapsed| Frame::Report {
            depth,
            action,
            name,
            elapsed,
        };
        let cases: &[(&[u8], Frame<'_>)] = &[
            (b"PASS\r\n", Frame::Verdict { passed: true }),
            (b"PASSED\n", Frame::Text { depth: 0 }),
            (b"FAIL\tp\t0.1s\n", Frame::Verdict { passed: false }),
            (b"?   \tp\t[no test files]\n", Frame::NoTestFiles),
            (
                b"=== RUN   TestA\n",
                Frame::Update {
                    action: "run",
                    subject: b"TestA",
                },
            ),
            (
                b"=== NAME\n",
                Frame::Update {
                    action: "name",
                    subject: b"",
                },
            ),
            (b"     --- FAIL: A (1s)\n", Frame::Text { depth: 1 }),
            (
                b"        --- FAIL: A/b (1.50s)\n",
                report(2, "fail", b"A/b", Some(1.5)),
            ),
            (b"--- BENCH: A (fast)\n", report(0, "bench", b"A", None)),
            (
                b"--- SKIP: \xff (0s) \n",
                report(0, "skip", b"\xff", Some(0.0)),
            ),
        ];
        for (line, want) in cases {
            assert_eq!(&read(line, true), want, "{:?}", gust_bytes::text(line));
        }
    }
}
