//! go.sum: lines of module path, version (with `/go.mod` for the go.mod alone) and checksum.

use crate::module::ModuleVersion;

/// A line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SumLine<'a> {
    /// The module path.
    pub path: &'a str,
    /// The version, perhaps with `/go.mod` behind it.
    pub version: &'a str,
    /// Such as `h1:...`.
    pub hash: &'a str,
}

/// A line that has not three words. `Display` is go's text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("malformed go.sum:\n{file}:{line}: wrong number of fields {fields}\n")]
pub struct SumError {
    /// The file's name.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// How many words it has.
    pub fields: usize,
}

/// A checksum that never was one: early releases wrote it for directories without go.mod. Such lines are passed over.
const EMPTY_GO_MOD_HASH: &str = "h1:G7mAYYxgmS0lVkHyy2hEOLQCFB0DlQFTMLWggykrydY=";

/// The lines of a go.sum; blank ones, and those with a checksum that never was one, are passed over.
pub fn parse<'a>(file: &str, text: &'a str) -> Result<Vec<SumLine<'a>>, SumError> {
    let mut lines = Vec::with_capacity(text.len() / 96);
    for (i, line) in text.split('\n').enumerate() {
        let mut fields = line.split_ascii_whitespace();
        let Some(path) = fields.next() else { continue };
        match (fields.next(), fields.next(), fields.next()) {
            (Some(version), Some(hash), None) => {
                if hash != EMPTY_GO_MOD_HASH {
                    lines.push(SumLine {
                        path,
                        version,
                        hash,
                    });
                }
            }
            _ => {
                let fields = line.split_ascii_whitespace().count();
                return Err(SumError {
                    file: file.to_owned(),
                    line: i + 1,
                    fields,
                });
            }
        }
    }
    Ok(lines)
}

/// The text of a go.sum: sorted by module, then version; the checksums of each in the order given.
pub fn format(entries: &mut [(ModuleVersion, Vec<String>)]) -> String {
    entries.sort_by(|a, b| a.0.compare(&b.0));
    let mut out = String::new();
    for (module, hashes) in entries.iter() {
        for hash in hashes {
            out.push_str(&format!("{} {} {hash}\n", module.path, module.version));
        }
    }
    out
}

/// The name under which the checksum of a module's go.mod stands.
pub fn go_mod_key(module: &ModuleVersion) -> ModuleVersion {
    ModuleVersion::new(module.path.clone(), format!("{}/go.mod", module.version))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_errors() {
        let text = "a.b/c v1.0.0 h1:x\n\na.b/c v1.0.0/go.mod h1:y\n";
        let lines = parse("go.sum", text).unwrap();
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[1].version, "v1.0.0/go.mod");
        let error = parse("go.sum", "a.b/c v1.0.0\n").unwrap_err();
        assert_eq!(
            error.to_string(),
            "malformed go.sum:\ngo.sum:1: wrong number of fields 2\n"
        );
    }
}
