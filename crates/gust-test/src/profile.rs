//! The coverage profiles of many packages as one (`-coverprofile`).

use std::io::{self, Write};

use gust_text::quote::quote_bytes;

/// A profile that is written package by package, after its `mode:` line.
pub struct Merged<W> {
    out: W,
    head: String,
}

/// A profile that goes to a file, or wherever it is wanted.
pub type Profile = Merged<Box<dyn Write + Send>>;

/// Why a package's profile is not part of the whole.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// It does not begin as a profile of this mode does.
    #[error("test wrote malformed coverage profile {file}: header {}, expected {}: {why}", quote_bytes(.found), quote_bytes(.expected))]
    Malformed {
        /// The file.
        file: String,
        /// Its beginning.
        found: Vec<u8>,
        /// What a profile of this mode begins with.
        expected: Vec<u8>,
        /// What reading it said, `<nil>` for nothing.
        why: &'static str,
    },
    /// The whole cannot be written.
    #[error("saving coverage profile: {}", gust_fs::errtext::go_text(.0))]
    Write(#[source] io::Error),
}

impl<W: Write> Merged<W> {
    /// Begins a profile: set, count or atomic.
    pub fn begin(mut out: W, mode: &str) -> io::Result<Merged<W>> {
        let head = format!("mode: {mode}\n");
        out.write_all(head.as_bytes())?;
        Ok(Merged { out, head })
    }

    /// Adds what a test wrote into `file`; one that is empty says nothing.
    pub fn add(&mut self, file: &str, profile: &[u8]) -> Result<(), ProfileError> {
        if profile.is_empty() {
            return Ok(());
        }
        let Some(lines) = profile.strip_prefix(self.head.as_bytes()) else {
            let mut found = profile.to_vec();
            let short = found.len() < self.head.len();
            // What is not there reads as zeros.
            found.resize(self.head.len(), 0);
            return Err(ProfileError::Malformed {
                file: file.to_owned(),
                found,
                expected: self.head.clone().into_bytes(),
                why: if short { "unexpected EOF" } else { "<nil>" },
            });
        };
        self.out.write_all(lines).map_err(ProfileError::Write)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_head_for_all() {
        let mut out = Vec::new();
        let mut merged = Merged::begin(&mut out, "set").unwrap();
        merged.add("a", b"mode: set\na.go:1.1,2.2 1 1\n").unwrap();
        merged.add("b", b"").unwrap();
        merged.add("c", b"mode: set\nc.go:1.1,2.2 1 0\n").unwrap();
        let short = merged.add("d", b"mode").unwrap_err().to_string();
        let other = merged.add("e", b"mode: count\n").unwrap_err().to_string();
        assert_eq!(
            short,
            "test wrote malformed coverage profile d: header \"mode\\x00\\x00\\x00\\x00\\x00\\x00\", \
             expected \"mode: set\\n\": unexpected EOF"
        );
        assert_eq!(
            other,
            "test wrote malformed coverage profile e: header \"mode: coun\", expected \"mode: set\\n\": <nil>"
        );
        assert_eq!(out, b"mode: set\na.go:1.1,2.2 1 1\nc.go:1.1,2.2 1 0\n");
    }
}
