//! The lines of a test log.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// The first line, which says that the test binary began to write.
const HEAD: &[u8] = b"# test log\n";

/// Something that a test asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry<'a> {
    /// An environment variable, by its name.
    Getenv(&'a [u8]),
    /// It went to another directory; absolute. Later relative paths start there.
    Chdir(&'a Path),
    /// What a path names.
    Stat(&'a Path),
    /// A file's content, or a directory's names.
    Open(&'a Path),
}

/// Whether this is a log at all, complete to its last line.
pub(crate) fn is_whole(log: &[u8]) -> bool {
    log.starts_with(HEAD) && log.ends_with(b"\n")
}

/// The log's entries. A line that is none is given back as the error.
pub fn entries(log: &[u8]) -> impl Iterator<Item = Result<Entry<'_>, &[u8]>> {
    let body = log.strip_prefix(HEAD).unwrap_or(log);
    body.split(|b| *b == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| entry(line).ok_or(line))
}

fn entry(line: &[u8]) -> Option<Entry<'_>> {
    let space = memchr::memchr(b' ', line)?;
    let (op, name) = (&line[..space], &line[space + 1..]);
    let path = Path::new(OsStr::from_bytes(name));
    Some(match op {
        b"getenv" => Entry::Getenv(name),
        b"chdir" => Entry::Chdir(path),
        b"stat" => Entry::Stat(path),
        b"open" => Entry::Open(path),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines() {
        let log = b"# test log\ngetenv A\n\nopen a b\nstat /\nbad\nremove x\n";
        let found: Vec<_> = entries(log).collect();
        assert_eq!(
            found,
            [
                Ok(Entry::Getenv(b"A")),
                Ok(Entry::Open(Path::new("a b"))),
                Ok(Entry::Stat(Path::new("/"))),
                Err(&b"bad"[..]),
                Err(&b"remove x"[..]),
            ]
        );
        assert!(is_whole(log) && !is_whole(b"# test log\nopen x") && !is_whole(b""));
    }
}
