//! Arguments that are too long for a command line: the release's tools read them from a file, one a line.

/// The length of all arguments, in bytes, from which on they go into a file.
const LIMIT: usize = 30 << 10;

/// The content of a response file for a command line; None when the command line will do.
pub fn file(words: &[String]) -> Option<String> {
    let (program, args) = words.split_first()?;
    let name = program.rsplit('/').next().unwrap_or(program);
    let name = name.strip_suffix(".exe").unwrap_or(name);
    if !matches!(name, "compile" | "link" | "cgo" | "asm" | "cover") {
        return None;
    }
    if words.iter().map(String::len).sum::<usize>() <= LIMIT {
        return None;
    }
    let mut text = String::with_capacity(LIMIT);
    for arg in args {
        for c in arg.chars() {
            match c {
                '\\' => text.push_str("\\\\"),
                '\n' => text.push_str("\\n"),
                c => text.push(c),
            }
        }
        text.push('\n');
    }
    Some(text)
}
