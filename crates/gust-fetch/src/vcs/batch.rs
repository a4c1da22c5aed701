//! `git cat-file --batch`: one process for every object that is read.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout};
use std::sync::{Mutex, PoisonError};

use super::{Command, CommandError};

/// An object as Git gives it.
pub(super) struct Object {
    /// Its name, in hex.
    pub(super) id: String,
    /// `commit`, `tree`, `blob` or `tag`.
    pub(super) kind: String,
    pub(super) content: Vec<u8>,
}

/// Reads objects; the process starts with the first question and ends when this is dropped.
#[derive(Default)]
pub(super) struct Batch {
    running: Mutex<Option<Running>>,
}

struct Running {
    child: Child,
    questions: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Batch {
    /// The object that `name` stands for: an ID, a ref, `commit:path`. `None` when there is none, or Git does not answer.
    pub(super) fn read(&self, command: &Command, root: &Path, name: &str) -> Option<Object> {
        if name.contains('\n') {
            return None;
        }
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if running.is_none() {
            *running = Some(Running::start(command, root).ok()?);
        }
        running.as_mut()?.ask(name).ok()?
    }
}

impl Running {
    fn start(command: &Command, root: &Path) -> Result<Running, CommandError> {
        let mut child = command.converse("git", &["cat-file", "--batch"], root)?;
        let broken = || CommandError::Start {
            program: "git",
            source: io::ErrorKind::BrokenPipe.into(),
        };
        let questions = child.stdin.take();
        let answers = BufReader::new(child.stdout.take().ok_or_else(broken)?);
        Ok(Running {
            child,
            questions,
            answers,
        })
    }

    /// `ID KIND SIZE`, the content, an empty line; or the question back with a word such as `missing`.
    fn ask(&mut self, name: &str) -> io::Result<Option<Object>> {
        let questions = self.questions.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
        questions.write_all(format!("{name}\n").as_bytes())?;
        let mut head = String::new();
        if self.answers.read_line(&mut head)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let words: Vec<&str> = head.trim_end().split(' ').collect();
        let (id, kind, size) = match words.as_slice() {
            [id, kind, size] => match size.parse::<usize>() {
                Ok(size) => (*id, *kind, size),
                Err(_) => return Ok(None),
            },
            _ => return Ok(None),
        };
        let mut content = vec![0; size + 1];
        self.answers.read_exact(&mut content)?;
        content.pop();
        Ok(Some(Object {
            id: id.to_owned(),
            kind: kind.to_owned(),
            content,
        }))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // The end of the questions is what ends it.
        self.questions = None;
        let _ = self.child.wait();
    }
}
