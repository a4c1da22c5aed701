//! What a command writes, kept beside being written, so that it can be written again.

use gust_warm::{Answer, Stream};
use std::io::{self, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What was written since it was started; nothing before, and nothing for whoever does not start it.
#[derive(Default)]
pub(crate) struct Tape(Mutex<Option<Answer>>);

impl Tape {
    /// From here on all that is written is kept.
    pub(crate) fn start(&self) {
        *self.answer() = Some(Answer::default());
    }

    /// What was written.
    pub(crate) fn stop(&self) -> Option<Answer> {
        self.answer().take()
    }

    /// Keeps what was just written.
    pub(crate) fn push(&self, stream: Stream, bytes: &[u8]) {
        if let Some(answer) = &mut *self.answer() {
            answer.push(stream, bytes);
        }
    }

    fn answer(&self) -> MutexGuard<'_, Option<Answer>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A writer to standard output whose bytes go to the tape too.
pub(crate) struct Taped<W> {
    to: W,
    tape: Arc<Tape>,
}

impl<W> Taped<W> {
    pub(crate) fn new(to: W, tape: Arc<Tape>) -> Taped<W> {
        Taped { to, tape }
    }
}

impl<W: Write> Write for Taped<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.to.write(bytes)?;
        self.tape.push(Stream::Output, &bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}
