//! File sizes.

use super::Source;

/// Lines that a file may have.
const LIMIT: usize = 800;

/// The files that outgrew one subject.
pub(super) fn breaches(sources: &[Source]) -> Vec<String> {
    let too_long = |source: &&Source| source.text.lines().count() > LIMIT;
    sources
        .iter()
        .filter(too_long)
        .map(|source| {
            format!(
                "files: {} has more than {LIMIT} lines: which subjects does it hold?",
                source.path.display()
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_file_is_a_breach() {
        let of = |lines: usize| Source {
            path: "crates/x/src/lib.rs".into(),
            text: "//\n".repeat(lines),
        };
        assert_eq!(breaches(&[of(LIMIT)]).len(), 0);
        assert_eq!(breaches(&[of(LIMIT + 1)]).len(), 1);
    }
}
