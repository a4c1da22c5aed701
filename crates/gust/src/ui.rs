//! The only place that prints: standard output in blocks, errors with go's prefix, and the exit code they lead to.

use std::cell::{Cell, RefCell};
use std::fmt::Display;
use std::io::{self, BufWriter, Stdout, Write};

/// How a command ended when it did not end well. Its messages are printed by then, or are in it.
#[derive(Debug)]
pub(crate) struct Failure {
    /// Whole lines for standard error.
    pub(crate) lines: Vec<String>,
    /// The least exit code.
    pub(crate) code: u8,
}

/// What a command gives back.
pub(crate) type Outcome = Result<(), Failure>;

impl Failure {
    /// `go: message`, exit code 1: what most errors are.
    pub(crate) fn error(message: impl Display) -> Failure {
        Failure {
            lines: vec![format!("go: {message}")],
            code: 1,
        }
    }

    /// The message as it stands, exit code 1.
    pub(crate) fn plain(message: impl Display) -> Failure {
        Failure {
            lines: vec![message.to_string()],
            code: 1,
        }
    }

    /// The message as it stands with a code of its own.
    pub(crate) fn with_code(message: impl Display, code: u8) -> Failure {
        Failure {
            lines: vec![message.to_string()],
            code,
        }
    }

    /// Only the code: everything has been said.
    pub(crate) fn silent(code: u8) -> Failure {
        Failure {
            lines: Vec::new(),
            code,
        }
    }

    /// Many errors, each with `go: ` before it.
    pub(crate) fn errors<E: Display>(errors: impl IntoIterator<Item = E>) -> Failure {
        Failure {
            lines: errors.into_iter().map(|e| format!("go: {e}")).collect(),
            code: 1,
        }
    }
}

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Failure {
        Failure::error(error)
    }
}

/// Lines of work in the background, such as downloads, straight to standard error.
pub(crate) struct StderrLines;

impl gust_fetch::Sink for StderrLines {
    fn line(&self, text: &str) {
        let _ = io::stderr().write_all(format!("{text}\n").as_bytes());
    }
}

/// Standard output and standard error of one command.
pub(crate) struct Ui {
    out: RefCell<BufWriter<Stdout>>,
    code: Cell<u8>,
}

impl Ui {
    /// Ready to print.
    pub(crate) fn new() -> Ui {
        Ui {
            out: RefCell::new(BufWriter::with_capacity(64 * 1024, io::stdout())),
            code: Cell::new(0),
        }
    }

    /// Writes text to standard output, in blocks.
    pub(crate) fn print(&self, text: impl AsRef<[u8]>) {
        if let Err(error) = self.out.borrow_mut().write_all(text.as_ref()) {
            self.give_up(&error);
        }
    }

    /// Writes a line to standard output.
    pub(crate) fn line(&self, text: impl Display) {
        if let Err(error) = writeln!(self.out.borrow_mut(), "{text}") {
            self.give_up(&error);
        }
    }

    /// A writer to standard output, for encoders and templates; the result's error is a closed pipe or a full disk.
    pub(crate) fn with_out<T>(
        &self,
        write: impl FnOnce(&mut dyn Write) -> io::Result<T>,
    ) -> Option<T> {
        let result = write(&mut *self.out.borrow_mut());
        result.map_err(|error| self.give_up(&error)).ok()
    }

    /// Writes what is waiting.
    pub(crate) fn flush(&self) {
        if let Err(error) = self.out.borrow_mut().flush() {
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
        self.flush();
        let text = format!("{message}");
        let end = if text.ends_with('\n') { "" } else { "\n" };
        let _ = io::stderr().write_all(format!("{text}{end}").as_bytes());
    }

    /// The exit code will be at least this.
    pub(crate) fn set_code(&self, code: u8) {
        self.code.set(self.code.get().max(code));
    }

    /// The exit code so far.
    pub(crate) fn code(&self) -> u8 {
        self.code.get()
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
            // As any other program whose reader has gone: by the signal that Rust's runtime keeps from it.
            gust_fs::temp::remove_all();
            let _ = signal_hook::low_level::emulate_default_handler(signal_hook::consts::SIGPIPE);
        }
        let text = gust_fs::errtext::go_text(error);
        let _ = writeln!(io::stderr(), "go: write /dev/stdout: {text}");
        std::process::exit(1);
    }
}

/// The lines of GODEBUG=gofsystrace=1, on standard error or at the end of a file.
pub(crate) fn system_trace(
    file: &str,
) -> Result<impl Fn(&str, &std::path::Path) + Send + Sync + 'static, Failure> {
    let file = match file {
        "" => None,
        name => {
            let open = gust_fs::disk::File::options()
                .append(true)
                .create(true)
                .open(name);
            let shown = |e: &io::Error| format!("open {name}: {}", gust_fs::errtext::go_text(e));
            Some(open.map_err(|e| Failure::plain(shown(&e)))?)
        }
    };
    let pid = std::process::id();
    Ok(move |op: &str, path: &std::path::Path| {
        let line = format!("{pid} gofsystrace {op} {}\n", path.display());
        let _ = match &file {
            Some(file) => (&*file).write_all(line.as_bytes()),
            None => io::stderr().write_all(line.as_bytes()),
        };
    })
}
