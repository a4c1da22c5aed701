//! Several small files in one text: each begins with a line `-- name --`.

use std::path::Path;

/// A text and the files in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Txtar {
    /// What stands before the first file.
    pub comment: String,
    /// Names and contents, in order.
    pub files: Vec<(String, String)>,
}

impl Txtar {
    /// Takes an archive apart. Any text is one.
    pub fn parse(text: &str) -> Self {
        let mut archive = Self::default();
        for line in text.split_inclusive('\n') {
            if let Some(name) = marker(line) {
                archive.end_file();
                archive.files.push((name.to_owned(), String::new()));
                continue;
            }
            let part = archive
                .files
                .last_mut()
                .map_or(&mut archive.comment, |(_, data)| data);
            part.push_str(line);
        }
        archive.end_file();
        archive
    }

    /// The text of the archive.
    pub fn format(&self) -> String {
        let files = self
            .files
            .iter()
            .map(|(name, data)| format!("-- {name} --\n{data}"));
        std::iter::once(self.comment.clone()).chain(files).collect()
    }

    /// The content of a file.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.files
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, data)| data.as_str())
    }

    /// Writes all files below a directory.
    ///
    /// # Panics
    /// When a file cannot be written.
    pub fn extract(&self, dir: &Path) {
        for (name, data) in &self.files {
            let path = dir.join(name);
            if let Some(parent) = path.parent() {
                std::fs::create_dir_all(parent).expect("make a directory of a fixture");
            }
            std::fs::write(&path, data).expect("write a file of a fixture");
        }
    }

    fn end_file(&mut self) {
        let part = self
            .files
            .last_mut()
            .map_or(&mut self.comment, |(_, data)| data);
        if !part.is_empty() && !part.ends_with('\n') {
            part.push('\n');
        }
    }
}

fn marker(line: &str) -> Option<&str> {
    let line = line.strip_suffix('\n').unwrap_or(line);
    let line = line.strip_suffix('\r').unwrap_or(line);
    let name = line.strip_prefix("-- ")?.strip_suffix(" --")?.trim();
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn archives_are_taken_apart_and_put_together() {
        let text = "about\n-- a/b.txt --\none\n-- empty --\n-- c --\nno newline";
        let archive = Txtar::parse(text);
        assert_eq!(archive.comment, "about\n");
        assert_eq!(archive.get("a/b.txt"), Some("one\n"));
        assert_eq!(archive.get("empty"), Some(""));
        assert_eq!(archive.get("c"), Some("no newline\n"));
        assert_eq!(archive.format(), format!("{text}\n"));
        assert_eq!(Txtar::parse("--  --\n").comment, "--  --\n");
    }
}
