//! The linker flags in the Go files that cgo wrote.
//!
//! The compiler takes `//go:cgo_ldflag` from files named `_cgo_*` only. Cgo writes the flags that were checked
//! before; whatever else stands there was smuggled in, and is held against the lists too.

use super::flags::{FlagError, Overrides, check_linker};

const DIRECTIVE: &[u8] = b"//go:cgo_ldflag";

/// Checks the directives of `files` (the contents of the `_cgo_*` files), the flags of `given` set aside once; `setting` gives
/// CGO_LDFLAGS_ALLOW and CGO_LDFLAGS_DISALLOW.
///
/// # Errors
/// [`FlagError`] for the first flag that is not allowed.
pub fn check(
    files: &[Vec<u8>],
    given: &[String],
    setting: impl Fn(&str) -> String,
) -> Result<(), FlagError> {
    let mut flags: Vec<String> = files.iter().flat_map(|file| directives(file)).collect();
    if !given.is_empty()
        && let Some(at) = flags
            .windows(given.len())
            .position(|window| window == given)
    {
        flags.drain(at..at + given.len());
    }
    let overrides = Overrides::read("LDFLAGS", setting)?;
    check_linker("go:cgo_ldflag", &flags, &overrides)
}

/// The flags of a file's directives: lines whose first comment is the directive.
fn directives(source: &[u8]) -> Vec<String> {
    let flag = |line: &[u8]| {
        let at = memchr::memmem::find(line, b"//")?;
        let rest = line[at..].strip_prefix(DIRECTIVE)?;
        let text = gust_bytes::text(rest);
        Some(text.trim().trim_matches('"').to_owned())
    };
    source.split(|&b| b == b'\n').filter_map(flag).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_first_comments_count() {
        let source = b"//go:cgo_ldflag \"-lm\"\nvar x = 1 //go:cgo_ldflag \"-lz\"\n// see //go:cgo_ldflag \"-lq\"\n";
        assert_eq!(directives(source), ["-lm", "-lz"]);
    }
}
