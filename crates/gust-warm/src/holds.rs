//! Whether what was seen is still there to be seen.

use std::borrow::Cow;
use std::ffi::{CStr, CString, OsStr, OsString};
use std::fmt;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use gust_fs::Meta;
use gust_fs::disk::{self, Dir};
use gust_fs::observe::{Question, Seen};

use crate::places::{Extent, Look, Place};
use crate::record::Facts;

/// What today says, for one who knows the environment and may start programs.
pub trait Today: Sync {
    /// The value of a variable, if it is set.
    fn variable(&self, name: &str) -> Option<&OsStr>;

    /// All variables in their order.
    fn environment(&self) -> Vec<(OsString, OsString)>;

    /// Asks a program again, and gives what [`Question::answer`] makes of it; nothing if it may not be asked.
    fn ask(&self, question: &Question) -> Option<[u8; 32]>;
}

/// What is no longer as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stale {
    /// The record is too old, or from the future.
    Age,
    /// A variable has another value.
    Variable(String),
    /// Some variable has, and all counted.
    Environment,
    /// A program gives another answer.
    Program(Box<Question>),
    /// Something else stands at a path.
    File(PathBuf),
    /// The record is damaged.
    Damaged,
}

impl fmt::Display for Stale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Age => f.write_str("the record is too old"),
            Self::Variable(name) => write!(f, "{name} has another value"),
            Self::Environment => f.write_str("the environment is another"),
            Self::Program(question) => {
                write!(f, "{} gives another answer", question.program.display())
            }
            Self::File(path) => write!(f, "{} has changed", path.display()),
            Self::Damaged => f.write_str("the record is damaged"),
        }
    }
}

/// From as many looks in a directory on, opening it costs less than walking its path for each.
const CROWD: usize = 4;

/// Finds out whether variables, programs and the files of `parts` are what they were. Programs are asked beside the files.
pub(crate) fn check(facts: &Facts, parts: &[&[u8]], today: &dyn Today) -> Result<(), Stale> {
    for (name, value) in &facts.variables {
        if today.variable(name).map(value_digest) != *value {
            return Err(Stale::Variable(name.clone()));
        }
    }
    if let Some(digest) = &facts.environment
        && self::digest(&today.environment()) != *digest
    {
        return Err(Stale::Environment);
    }
    if let Some(touched) = facts.touched.iter().find(|touched| !touched.is_same()) {
        return Err(Stale::File(touched.path.clone()));
    }
    let (next, found) = (AtomicUsize::new(0), OnceLock::new());
    let look = || {
        while found.get().is_none()
            && let Some(part) = parts.get(next.fetch_add(1, Ordering::Relaxed))
        {
            if let Err(stale) = check_part(part) {
                let _ = found.set(stale);
            }
        }
    };
    let ask = |question: &Question| {
        if today.ask(question) != Some(question.answer) {
            let _ = found.set(Stale::Program(Box::new(question.clone())));
        }
    };
    thread::scope(|scope| {
        for question in &facts.questions {
            scope.spawn(move || ask(question));
        }
        let processors = thread::available_parallelism().map_or(1, usize::from);
        for _ in 1..processors.min(parts.len()) {
            scope.spawn(look);
        }
        look();
    });
    found.into_inner().map_or(Ok(()), Err)
}

pub(crate) fn value_digest(value: &OsStr) -> [u8; 32] {
    gust_fs::sha256(value.as_bytes())
}

/// SHA-256 of variables and their values, in their order.
pub fn digest(environment: &[(OsString, OsString)]) -> [u8; 32] {
    let mut text = Vec::new();
    for word in environment.iter().flat_map(|(name, value)| [name, value]) {
        text.extend_from_slice(&(word.len() as u64).to_le_bytes());
        text.extend_from_slice(word.as_bytes());
    }
    gust_fs::sha256(&text)
}

fn check_part(mut part: &[u8]) -> Result<(), Stale> {
    while !part.is_empty() {
        let read = postcard::take_from_bytes::<Place>(part);
        let (place, rest) = read.map_err(|_| Stale::Damaged)?;
        match first_change(&place) {
            Some(look) => return Err(Stale::File(path_of(&place, look))),
            None => part = rest,
        }
    }
    Ok(())
}

fn first_change(place: &Place) -> Option<&Look> {
    let dir = match place.looks.len() >= CROWD {
        true => Dir::open_for_stat(&path_text(&place.dir)).ok(),
        false => None,
    };
    let mut looks = place.looks.iter();
    match dir {
        Some(dir) => looks.find(|look| !is_seen(look, &dir.look(&look.name, look.follow))),
        None => looks.find(|look| {
            let path = CString::new([place.dir.as_bytes(), b"/", look.name.as_bytes()].concat());
            !path.is_ok_and(|path| is_seen(look, &disk::look(&path, look.follow)))
        }),
    }
}

fn path_of(place: &Place, look: &Look) -> PathBuf {
    path_text(&place.dir).join(path_text(&look.name))
}

fn path_text(name: &CStr) -> Cow<'_, Path> {
    match gust_bytes::text(name.to_bytes()) {
        Cow::Borrowed(text) => Cow::Borrowed(Path::new(text)),
        Cow::Owned(text) => Cow::Owned(text.into()),
    }
}

fn is_seen(look: &Look, today: &io::Result<Meta>) -> bool {
    match (&look.seen, today) {
        (Seen::Found(then), Ok(now)) => match look.extent {
            Extent::Kind => then.kind == now.kind,
            Extent::Whole => then == now,
        },
        (Seen::Failed(then), Err(now)) => now.raw_os_error() == Some(*then),
        _ => false,
    }
}
