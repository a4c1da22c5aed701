//! Where names stand in the files of a package.

use thin_vec::ThinVec;

use super::Str;
use super::error::SourcePos;

/// Positions of import paths or patterns: sorted by name; those of one name in the order in which the files hold them.
#[derive(Debug, Clone, Default)]
pub struct Positions(ThinVec<(Str, SourcePos)>);

impl Positions {
    /// The positions of one name, each with it.
    fn of(&self, name: &str) -> &[(Str, SourcePos)] {
        let start = self.0.partition_point(|(n, _)| **n < *name);
        let len = self.0[start..].partition_point(|(n, _)| **n == *name);
        &self.0[start..start + len]
    }

    /// The first position of a name.
    pub fn first(&self, name: &str) -> Option<&SourcePos> {
        self.of(name).first().map(|(_, pos)| pos)
    }

    /// Every position of a name.
    pub fn all(&self, name: &str) -> Vec<SourcePos> {
        self.of(name).iter().map(|(_, pos)| pos.clone()).collect()
    }

    /// The names, each once.
    pub fn names(&self) -> impl Iterator<Item = &Str> {
        let mut last: Option<&Str> = None;
        self.0.iter().filter_map(move |(name, _)| {
            let new = last != Some(name);
            last = Some(name);
            new.then_some(name)
        })
    }

    /// How many positions there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// No name stands anywhere.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds a position behind those of the same name. Nothing may be asked before [`Positions::sort`].
    pub fn add(&mut self, name: &str, pos: SourcePos) {
        self.0.push((Str::from(name), pos));
    }

    /// Puts what was added in its place.
    pub fn sort(&mut self) {
        // Stable: of one name, what was there stays in front.
        self.0.sort_by(|(a, _), (b, _)| a.cmp(b));
        for i in 1..self.0.len() {
            if self.0[i].0 == self.0[i - 1].0 {
                self.0[i].0 = self.0[i - 1].0.clone();
            }
        }
    }

    /// Adds the positions of `more` behind those that are there.
    pub fn extend(&mut self, more: &Positions) {
        self.0.extend(more.0.iter().cloned());
        self.sort();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn pos(line: u32) -> SourcePos {
        SourcePos {
            file: Path::new("/a.go").into(),
            line,
            column: 1,
        }
    }

    fn lines(of: &Positions, name: &str) -> Vec<u32> {
        of.all(name).iter().map(|p| p.line).collect()
    }

    #[test]
    fn sorted_by_name_and_then_as_added() {
        let mut own = Positions::default();
        for (name, line) in [("fmt", 3), ("errors", 4), ("fmt", 1), ("os", 5)] {
            own.add(name, pos(line));
        }
        own.sort();
        assert_eq!(
            own.names().map(|n| &**n).collect::<Vec<_>>(),
            ["errors", "fmt", "os"]
        );
        assert_eq!(lines(&own, "fmt"), [3, 1]);
        assert_eq!(own.first("fmt").map(|p| p.line), Some(3));
        assert!(own.first("io").is_none() && own.first("zip").is_none());
        let mut tests = Positions::default();
        tests.add("fmt", pos(2));
        tests.add("io", pos(9));
        tests.sort();
        own.extend(&tests);
        assert_eq!(lines(&own, "fmt"), [3, 1, 2]);
        assert_eq!(lines(&own, "io"), [9]);
        assert_eq!(own.len(), 6);
    }
}
