//! From a test binary's output to events.

use std::io::{self, Write};
use std::time::Instant;

use super::cut::{Cutter, MARKER, Piece};
use super::event::{Clock, Event, Lines};
use super::frame::{self, Frame};
use super::marks::Marks;

/// Bytes that the converter holds back while it waits for a line's end: on the way in, and on the way out.
const HELD_IN: usize = 4096;
const HELD_OUT: usize = 1024;

/// What the events of a release tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// Where a test's artifacts are (go1.26).
    artifacts: bool,
    /// Which output is framing, and which an error (go1.27).
    output_types: bool,
    /// Bytes that are not UTF-8 become the character U+FFFD itself (go1.27).
    bare_replacement: bool,
}

impl Dialect {
    /// Of go1.`minor`.
    pub fn of(minor: u32) -> Dialect {
        Dialect {
            artifacts: minor >= 26,
            output_types: minor >= 27,
            bare_replacement: minor >= 27,
        }
    }
}

/// Converts the output of one test binary, or of one package's run. Events go to `out` a batch at a time, whole lines always.
pub struct Converter<W> {
    out: W,
    input: Cutter,
    state: State,
    started: Option<Instant>,
    failed_build: String,
}

impl<W: Write> Converter<W> {
    /// Begins with the event `start`. `package` is named in every event, unless it is empty.
    pub fn start(
        out: W,
        package: &str,
        dialect: Dialect,
        clock: Option<Clock>,
    ) -> io::Result<Converter<W>> {
        let started = clock.is_some().then(Instant::now);
        let mut converter = Converter {
            out,
            input: Cutter::new(HELD_IN, dialect.output_types),
            state: State {
                dialect,
                output: Cutter::new(HELD_OUT, dialect.output_types),
                marks: Marks::default(),
                events: Lines::new(package, dialect.bare_replacement, clock),
                test: Vec::new(),
                reports: Vec::new(),
                result: None,
                marked: false,
            },
            started,
            failed_build: String::new(),
        };
        converter.state.events.push(&Event {
            action: "start",
            ..Event::default()
        });
        converter.give()?;
        Ok(converter)
    }

    /// Takes output in.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        // In steps, so that a flood does not pile up as events.
        for step in bytes.chunks(16 * HELD_IN) {
            self.input.feed(step, |piece| self.state.take(piece));
            self.give()?;
        }
        Ok(())
    }

    /// The program has ended: whatever it printed, this is its result.
    pub fn exited(&mut self, success: bool) {
        self.state.result = match (success, self.state.result) {
            (true, Some(Verdict::Skip)) => Some(Verdict::Skip),
            (true, _) => Some(Verdict::Pass),
            (false, _) => Some(Verdict::Fail),
        };
    }

    /// The test could not be built, because of the package with this ID.
    pub fn failed_build(&mut self, package: &str) {
        package.clone_into(&mut self.failed_build);
    }

    /// Gives what was held back, and the result.
    pub fn close(mut self) -> io::Result<()> {
        self.input.flush(|piece| self.state.take(piece));
        self.state.flush_output();
        if let Some(result) = self.state.result {
            let elapsed = self.started.map(|started| {
                let millis = (started.elapsed().as_nanos() + 500_000) / 1_000_000;
                millis as f64 / 1000.0
            });
            self.state.events.push(&Event {
                action: result.action(),
                test: &self.state.test,
                elapsed,
                failed_build: match result {
                    Verdict::Fail => &self.failed_build,
                    _ => "",
                },
                ..Event::default()
            });
        }
        self.give()
    }

    fn give(&mut self) -> io::Result<()> {
        if self.state.events.bytes.is_empty() {
            return Ok(());
        }
        let written = self.out.write_all(&self.state.events.bytes);
        self.state.events.bytes.clear();
        written
    }
}

/// What a whole run came to.
#[derive(Clone, Copy)]
enum Verdict {
    Pass,
    Fail,
    Skip,
}

impl Verdict {
    fn action(self) -> &'static str {
        match self {
            Verdict::Pass => "pass",
            Verdict::Fail => "fail",
            Verdict::Skip => "skip",
        }
    }
}

/// How a test ended, held back until its output has passed.
struct Report {
    action: &'static str,
    test: Vec<u8>,
    elapsed: Option<f64>,
}

/// What is known between two lines.
struct State {
    dialect: Dialect,
    output: Cutter,
    marks: Marks,
    events: Lines,
    /// The test that output belongs to; empty for the package.
    test: Vec<u8>,
    /// Reports of a test, its subtest, and so on.
    reports: Vec<Report>,
    result: Option<Verdict>,
    /// Framing lines bear a marker.
    marked: bool,
}

impl State {
    fn take(&mut self, piece: Piece<'_>) {
        match piece {
            Piece::Part(part) => self.text(part, false),
            Piece::Line(line) => self.line(line),
        }
    }

    fn line(&mut self, line: &[u8]) {
        let (line, marked) = match line.strip_prefix(&[MARKER]) {
            Some(line) => (line, true),
            None => (line, false),
        };
        if self.marked && !marked {
            return self.text(line, false);
        }
        if marked {
            self.flush_output();
        }
        match frame::read(line, self.dialect.artifacts) {
            Frame::Verdict { passed } => {
                self.flush_reports(0);
                self.marked = marked;
                self.text(line, true);
                self.result = Some(if passed { Verdict::Pass } else { Verdict::Fail });
            }
            Frame::NoTestFiles => {
                if self.reports.is_empty() {
                    self.result = Some(Verdict::Skip);
                }
                self.text(line, false);
            }
            Frame::Text { depth } => {
                if let Some(report) = depth.checked_sub(1).and_then(|at| self.reports.get(at)) {
                    self.test.clone_from(&report.test);
                }
                self.text(line, false);
            }
            Frame::Report { depth, .. } if depth > self.reports.len() => self.text(line, false),
            Frame::Report {
                depth,
                action,
                name,
                elapsed,
            } => {
                self.marked = marked;
                self.flush_reports(depth);
                self.test = name.to_vec();
                self.reports.push(Report {
                    action,
                    test: name.to_vec(),
                    elapsed,
                });
                self.text(line, true);
            }
            Frame::Update { action, subject } => {
                self.marked = marked;
                self.flush_reports(0);
                self.update(action, subject, line);
            }
        }
    }

    fn update(&mut self, action: &'static str, subject: &[u8], line: &[u8]) {
        let mut event = Event {
            action,
            ..Event::default()
        };
        let mut name = subject;
        match action {
            "artifacts" => (name, event.path) = frame::cut_word(subject),
            "attr" => {
                let rest;
                (name, rest) = frame::cut_word(subject);
                (event.key, event.value) = frame::cut_word(rest);
            }
            _ => {}
        }
        self.test = name.to_vec();
        event.test = name;
        match action {
            // Said only so that what follows finds its test.
            "name" => {}
            // The line comes first, lest it look like output of a paused test.
            "pause" => {
                self.text(line, true);
                self.events.push(&event);
            }
            _ => {
                self.events.push(&event);
                self.text(line, true);
            }
        }
    }

    /// Output, of the test that is at hand when its line ends.
    fn text(&mut self, bytes: &[u8], framing: bool) {
        let (events, test, marks) = (&mut self.events, &*self.test, &mut self.marks);
        let dialect = self.dialect;
        self.output.feed(bytes, |piece| {
            output(events, test, marks, dialect, framing, piece)
        });
    }

    fn flush_output(&mut self) {
        let (events, test, marks) = (&mut self.events, &*self.test, &mut self.marks);
        let dialect = self.dialect;
        self.output
            .flush(|piece| output(events, test, marks, dialect, false, piece));
    }

    /// Gives the reports at `depth` and deeper, the innermost first.
    fn flush_reports(&mut self, depth: usize) {
        self.test.clear();
        for report in self.reports.drain(depth..).rev() {
            self.events.push(&Event {
                action: report.action,
                test: &report.test,
                elapsed: report.elapsed,
                ..Event::default()
            });
        }
    }
}

/// Output as events.
fn output(
    events: &mut Lines,
    test: &[u8],
    marks: &mut Marks,
    dialect: Dialect,
    framing: bool,
    piece: Piece<'_>,
) {
    let (Piece::Line(bytes) | Piece::Part(bytes)) = piece;
    let mut push = |bytes: &[u8], output_type| {
        events.push(&Event {
            action: "output",
            test,
            output: Some(bytes),
            output_type,
            ..Event::default()
        });
    };
    match dialect.output_types {
        true => marks.split(bytes, framing, &mut push),
        false => push(bytes, ""),
    }
}
