//! The only place that prints: standard output in blocks, errors with go's prefix, and the exit code they lead to.

use crate::tape::{Tape, Taped};
use gust_ops::{HandOver, OpError, OpErrorKind, Reporter};
use gust_warm::{Kept, Stream};
use serde::Serialize;
use std::fmt::Display;
use std::io::{self, BufWriter, Stdout, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How a command ended that did not end well, ready to be shown.
#[derive(Debug)]
pub(crate) struct Failure {
    /// Whole lines for standard error.
    lines: Vec<String>,
    /// The least exit code.
    code: u8,
    /// Another program is to take this one's place, and only what keeps it from that is an error.
    pub(crate) hand_over: Option<Box<HandOver>>,
}

/// What a command gives back.
pub(crate) type Outcome = Result<(), Failure>;

impl Failure {
    /// `go: message`, exit code 1: what most errors are.
    pub(crate) fn error(message: impl Display) -> Failure {
        Failure::with_code(format_args!("go: {message}"), 1)
    }

    /// The message as it stands, exit code 1.
    pub(crate) fn plain(message: impl Display) -> Failure {
        Failure::with_code(message, 1)
    }

    /// The message as it stands with a code of its own.
    pub(crate) fn with_code(message: impl Display, code: u8) -> Failure {
        Failure::with_lines(vec![message.to_string()], code)
    }

    /// Lines as they stand with a code of their own.
    pub(crate) fn with_lines(lines: Vec<String>, code: u8) -> Failure {
        Failure {
            lines,
            code,
            hand_over: None,
        }
    }
}

/// An operation's error becomes text here: go's words, with `go: ` in front where go says it.
impl<E: Into<OpError>> From<E> for Failure {
    fn from(error: E) -> Failure {
        let error = error.into();
        let mut failure = Failure::with_lines(Vec::new(), error.code());
        failure.tell(error);
        failure
    }
}

impl Failure {
    fn tell(&mut self, error: OpError) {
        let prefix = if error.is_prefixed() { "go: " } else { "" };
        match error.into_kind() {
            OpErrorKind::Told => {}
            OpErrorKind::HandOver(to) => self.hand_over = Some(to),
            OpErrorKind::Several(errors) => errors.into_iter().for_each(|e| self.tell(e)),
            kind => self.lines.push(format!("{prefix}{kind}")),
        }
    }
}

/// Standard output and standard error of one command. Shared by every thread that has something to say.
pub(crate) struct Ui {
    out: Mutex<BufWriter<Taped<Stdout>>>,
    tape: Arc<Tape>,
    code: AtomicU8,
    /// What builds say goes to standard output as JSON.
    json_builds: AtomicBool,
}

impl Ui {
    /// Ready to print.
    pub(crate) fn new() -> Ui {
        let tape = Arc::new(Tape::default());
        let out = Taped::new(io::stdout(), Arc::clone(&tape));
        Ui {
            out: Mutex::new(BufWriter::with_capacity(64 * 1024, out)),
            tape,
            code: AtomicU8::new(0),
            json_builds: AtomicBool::new(false),
        }
    }

    /// What keeps a copy of all that is printed, once it is started.
    pub(crate) fn tape(&self) -> &Tape {
        &self.tape
    }

    fn out(&self) -> MutexGuard<'_, BufWriter<Taped<Stdout>>> {
        self.out.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From here on, what builds say goes to standard output as JSON (build -json).
    pub(crate) fn show_builds_as_json(&self) {
        self.json_builds.store(true, Ordering::Relaxed);
    }

    /// Writes text to standard output, in blocks.
    pub(crate) fn print(&self, text: impl AsRef<str>) {
        self.pass_on(&gust_bytes::raw(text.as_ref()));
    }

    /// Writes bytes to standard output as they are, in blocks.
    pub(crate) fn pass_on(&self, bytes: &[u8]) {
        if let Err(error) = self.out().write_all(bytes) {
            self.give_up(&error);
        }
    }

    /// Writes a line to standard output.
    pub(crate) fn line(&self, text: impl Display) {
        self.with_out(|out| writeln!(out, "{text}"));
    }

    /// Writes a value to standard output as go writes JSON: indented, a line break behind it.
    pub(crate) fn json(&self, value: &impl Serialize) {
        match gust_text::json::to_string_indent(value) {
            Ok(text) => self.line(text),
            Err(error) => self.error(error),
        }
    }

    /// A writer to standard output, for encoders and templates; the result's error is a closed pipe or a full disk.
    pub(crate) fn with_out<T>(
        &self,
        write: impl FnOnce(&mut dyn Write) -> io::Result<T>,
    ) -> Option<T> {
        let result = write(&mut PutDown(&mut *self.out()));
        result.map_err(|error| self.give_up(&error)).ok()
    }

    /// Writes what is waiting.
    pub(crate) fn flush(&self) {
        if let Err(error) = self.out().flush() {
            self.give_up(&error);
        }
    }

    /// `go: message` on standard error; the command goes on but will exit with 1.
    pub(crate) fn error(&self, message: impl Display) {
        self.complain(format_args!("go: {message}"));
    }

    /// The message as it stands on standard error; the command goes on but will exit with 1.
    pub(crate) fn complain(&self, message: impl Display) {
        self.note(message);
        self.set_code(1);
    }

    /// A line on standard error that changes nothing.
    pub(crate) fn note(&self, message: impl Display) {
        self.to_stderr(&gust_bytes::into_raw(with_newline(message.to_string())));
    }

    /// Text on standard error, behind all that was printed before.
    fn to_stderr(&self, text: &[u8]) {
        self.flush();
        self.tape.push(Stream::Error, text);
        if let Err(error) = io::stderr().write_all(text)
            && error.kind() == io::ErrorKind::BrokenPipe
        {
            end_by_pipe();
        }
    }

    /// Prints what a command wrote before, and gives its exit code.
    pub(crate) fn replay(&self, kept: &Kept) -> u8 {
        for (stream, bytes) in kept.turns() {
            match stream {
                Stream::Output => self.pass_on(bytes),
                Stream::Error => self.to_stderr(bytes),
            }
        }
        self.flush();
        kept.act();
        kept.code()
    }

    /// The exit code will be at least this.
    fn set_code(&self, code: u8) {
        self.code.fetch_max(code, Ordering::Relaxed);
    }

    /// The exit code will be at least 1 if something failed.
    pub(crate) fn fail_if(&self, failed: bool) {
        if failed {
            self.set_code(1);
        }
    }

    /// The exit code so far.
    fn code(&self) -> u8 {
        self.code.load(Ordering::Relaxed)
    }

    /// Prints how the command ended and gives the exit code.
    pub(crate) fn finish(&self, outcome: Outcome) -> u8 {
        if let Err(failure) = outcome {
            for line in &failure.lines {
                self.note(line);
            }
            self.set_code(failure.code);
        }
        self.flush();
        self.code()
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that ends the process"
    )]
    fn give_up(&self, error: &io::Error) {
        if error.kind() == io::ErrorKind::BrokenPipe {
            end_by_pipe();
        }
        let text = gust_fs::errtext::go_text(error);
        let _ = writeln!(io::stderr(), "write /dev/stdout: {text}");
        std::process::exit(1);
    }
}

/// As any other program whose reader has gone: by the signal that Rust's runtime keeps from it.
fn end_by_pipe() {
    gust_fs::temp::remove_all();
    let _ = signal_hook::low_level::emulate_default_handler(signal_hook::consts::SIGPIPE);
}

/// Puts carried bytes down on the way out: see [`gust_bytes`]. A character comes in one piece.
struct PutDown<W>(W);

impl<W: Write> Write for PutDown<W> {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        self.0.write_all(&gust_bytes::raw_bytes(text))?;
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

fn with_newline(mut text: String) -> String {
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

/// What a build says of a package, for `build -json`.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct BuildEvent<'a> {
    import_path: &'a str,
    action: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    output: &'a str,
}

impl Ui {
    fn build_event(&self, package: Option<&str>, action: &'static str, output: &str) {
        let import_path = package.unwrap_or("");
        let event = BuildEvent {
            import_path,
            action,
            output,
        };
        if let Ok(line) = gust_text::json::to_string(&event) {
            self.line(line);
            self.flush();
        }
    }
}

impl Reporter for Ui {
    fn note(&self, text: &dyn Display) {
        Ui::note(self, text);
    }

    fn complain(&self, text: &dyn Display) {
        Ui::complain(self, text);
    }

    fn trace(&self, text: &str) {
        self.to_stderr(&gust_bytes::raw(text));
    }

    fn output(&self, package: Option<&str>, text: &[u8]) {
        if !self.names_packages() {
            self.to_stderr(&gust_bytes::raw_bytes(text));
        } else if !text.is_empty() {
            self.build_event(package, "build-output", &gust_bytes::text(text));
        }
    }

    fn failure(&self, package: Option<&str>, text: &str) {
        let text = match text {
            "" => String::new(),
            text => with_newline(text.to_owned()),
        };
        if !self.names_packages() {
            self.to_stderr(&gust_bytes::into_raw(text));
            return;
        }
        for line in text.split_inclusive('\n') {
            self.build_event(package, "build-output", line);
        }
        self.build_event(package, "build-fail", "");
    }

    fn names_packages(&self) -> bool {
        self.json_builds.load(Ordering::Relaxed)
    }

    fn print(&self, bytes: &[u8]) {
        self.pass_on(bytes);
        self.flush();
    }

    fn own_output(&self) -> Option<OwnedFd> {
        self.flush();
        io::stdout().as_fd().try_clone_to_owned().ok()
    }
}
