//! One command's observations and answer, as bytes.
//!
//! ```text
//! magic[8] check:u64 lengths facts parts... answer        check = xxh3 of everything after it
//! ```
//!
//! Little endian. `lengths` is one u64 for the facts, and then as many as these say for the parts. The parts are directories to be
//! looked at, for as many processors. What is not right is no record.

use std::fmt;

use gust_fs::observe::{Observations, Question};
use gust_fs::{Mapped, disk};
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use crate::answer::{Answer, Starts, Stream};
use crate::holds::{Stale, Today, check, digest, value_digest};
use crate::invocation::Invocation;
use crate::places::{Place, Unsettled, places};
use crate::touched::Touched;

/// Ends in the format's version: another version is another magic, and so no record.
const MAGIC: [u8; 8] = *b"gustwm\0\x02";
/// As many looks at the disk make a part: fewer are not worth another thread.
const PART: usize = 400;
/// A record is no longer believed after so many nanoseconds, one day: the caches behind it are to be used now and then, or they are
/// trimmed.
const LIFETIME_NS: i64 = 24 * 3600 * 1_000_000_000;

/// What was known beside the disk.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Facts {
    pub(crate) invocation: Invocation,
    /// When the command began, in nanoseconds since 1970.
    pub(crate) made_ns: i64,
    /// Variables that were read, with SHA-256 of their values: these may be secrets, and a cache is handed around.
    pub(crate) variables: Vec<(String, Option<[u8; 32]>)>,
    /// All variables, if all were handed on.
    pub(crate) environment: Option<[u8; 32]>,
    pub(crate) questions: Vec<Question>,
    /// Files that the command gives the current time.
    pub(crate) touched: Vec<Touched>,
    code: u8,
    starts: Option<Starts>,
    streams: Vec<(Stream, usize)>,
    /// The length of each part.
    parts: Vec<usize>,
}

/// Why a command leaves no record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoRecord {
    /// Something counted that nobody can look at again.
    Unprovable,
    /// The answer is too long to be kept.
    TooLong,
    /// A file changed while the command ran, or so shortly before that a change after it might not show.
    Unsettled(Unsettled),
    /// It cannot be written as bytes.
    Unwritable,
}

impl fmt::Display for NoRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unprovable => f.write_str("its answer rests on what cannot be looked at again"),
            Self::TooLong => f.write_str("its answer is too long"),
            Self::Unsettled(Unsettled(path)) => write!(f, "{} changed just now", path.display()),
            Self::Unwritable => f.write_str("it cannot be written down"),
        }
    }
}

/// A command that was carried out, to be kept.
#[derive(Debug)]
pub struct Record {
    pub(crate) name: String,
    /// Everything up to the answer.
    pub(crate) front: Vec<u8>,
    pub(crate) answer: Answer,
}

impl Record {
    /// The record of a command that began at `started_ns`.
    ///
    /// # Errors
    /// What it saw does not prove its answer.
    pub fn of(
        invocation: Invocation,
        started_ns: i64,
        saw: &Observations,
        answer: Answer,
        today: &dyn Today,
    ) -> Result<Record, NoRecord> {
        if saw.unprovable {
            return Err(NoRecord::Unprovable);
        }
        if answer.is_too_long() {
            return Err(NoRecord::TooLong);
        }
        let value = |name: &String| (name.clone(), today.variable(name).map(value_digest));
        let environment = || digest(&today.environment());
        let settled = |meta: &gust_fs::Meta| !meta.sig.is_racy_at(started_ns);
        let places = places(&saw.files, &saw.touched, settled).map_err(NoRecord::Unsettled)?;
        let touched = saw.touched.iter().map(|path| Touched::of(path));
        let touched: Option<Vec<Touched>> = touched.collect();
        let parts = parts(&places).ok_or(NoRecord::Unwritable)?;
        let facts = Facts {
            made_ns: started_ns,
            variables: saw.variables.iter().map(value).collect(),
            environment: saw.whole_environment.then(environment),
            questions: saw.questions.clone(),
            touched: touched.ok_or(NoRecord::Unprovable)?,
            code: answer.code,
            starts: answer.starts.clone(),
            streams: answer.turns(),
            parts: parts.iter().map(Vec::len).collect(),
            invocation,
        };
        let name = facts.invocation.name();
        let facts = postcard::to_stdvec(&facts).map_err(|_| NoRecord::Unwritable)?;
        let mut front = (facts.len() as u64).to_le_bytes().to_vec();
        front.extend_from_slice(&facts);
        parts.iter().for_each(|part| front.extend_from_slice(part));
        let mut check = Xxh3::new();
        check.update(&front);
        answer.parts().for_each(|(_, part)| check.update(part));
        let head = [MAGIC, check.digest().to_le_bytes()].concat();
        Ok(Record {
            name,
            front: [head, front].concat(),
            answer,
        })
    }
}

fn parts(places: &[Place]) -> Option<Vec<Vec<u8>>> {
    let mut parts = Vec::new();
    let (mut part, mut looks) = (Vec::new(), 0);
    for place in places {
        part.extend(postcard::to_stdvec(place).ok()?);
        looks += place.looks.len();
        if looks >= PART {
            parts.push(std::mem::take(&mut part));
            looks = 0;
        }
    }
    if !part.is_empty() {
        parts.push(part);
    }
    Some(parts)
}

/// A record that lies on the shelf.
#[derive(Debug)]
pub struct Kept {
    file: Mapped,
    facts: Facts,
    /// Where the parts begin in the file.
    parts: usize,
    /// Where the answer begins in the file.
    answer: usize,
}

impl Kept {
    /// The record in a file, if it is one and of this invocation.
    pub(crate) fn read(file: Mapped, invocation: &Invocation) -> Option<Kept> {
        let (magic, rest) = file.split_first_chunk::<8>()?;
        let (check, body) = rest.split_first_chunk::<8>()?;
        if *magic != MAGIC || u64::from_le_bytes(*check) != xxh3_64(body) {
            return None;
        }
        let (length, rest) = body.split_first_chunk::<8>()?;
        let length = usize::try_from(u64::from_le_bytes(*length)).ok()?;
        let facts: Facts = postcard::from_bytes(rest.get(..length)?).ok()?;
        if facts.invocation != *invocation {
            return None;
        }
        let parts = 24 + length;
        let answer = parts + facts.parts.iter().sum::<usize>();
        Some(Kept {
            facts,
            parts,
            answer,
            file,
        })
    }

    /// Finds out whether everything is as it was when the command was carried out.
    ///
    /// # Errors
    /// The first thing that is not.
    pub fn check(&self, now_ns: i64, today: &dyn Today) -> Result<(), Stale> {
        let age = now_ns.saturating_sub(self.facts.made_ns);
        if !(0..LIFETIME_NS).contains(&age) {
            return Err(Stale::Age);
        }
        let mut rest = self.file.get(self.parts..self.answer).unwrap_or_default();
        let mut parts = Vec::new();
        for length in &self.facts.parts {
            let (part, others) = rest.split_at_checked(*length).ok_or(Stale::Damaged)?;
            parts.push(part);
            rest = others;
        }
        check(&self.facts, &parts, today)
    }

    /// Does what the command does beside answering.
    pub fn act(&self) {
        for touched in &self.facts.touched {
            // As the command itself: nothing depends on it but what others conclude from times.
            let _ = disk::touch(&touched.path);
        }
    }

    /// The exit code.
    pub fn code(&self) -> u8 {
        self.facts.code
    }

    /// The program that takes over when the answer is given.
    pub fn starts(&self) -> Option<&Starts> {
        self.facts.starts.as_ref()
    }

    /// What each stream got, in turns.
    pub fn turns(&self) -> impl Iterator<Item = (Stream, &[u8])> {
        let mut rest = self.file.get(self.answer..).unwrap_or_default();
        self.facts
            .streams
            .iter()
            .filter_map(move |(stream, length)| {
                let (turn, others) = rest.split_at_checked(*length)?;
                rest = others;
                Some((*stream, turn))
            })
    }

    /// Whether the command says the same today.
    pub fn is_answer(&self, answer: &Answer) -> bool {
        let mut rest = self.file.get(self.answer..).unwrap_or_default();
        let same = answer.parts().all(|(_, part)| {
            let same = rest.starts_with(part);
            rest = rest.get(part.len()..).unwrap_or_default();
            same
        });
        same && rest.is_empty()
            && self.code() == answer.code
            && self.facts.streams == answer.turns()
    }
}
