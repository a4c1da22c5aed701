//! Paths to be looked at again, by directory: what stands in one directory is reached from its open handle.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ffi::{CString, OsStr};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use gust_fs::observe::{Asked, Observation, Seen};
use gust_fs::{FileKind, Meta};
use serde::{Deserialize, Serialize};

/// A directory, and what is to be looked at in it.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Place {
    pub(crate) dir: CString,
    pub(crate) looks: Vec<Look>,
}

/// One name, and what is to be seen there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Look {
    pub(crate) name: CString,
    /// Links are followed.
    pub(crate) follow: bool,
    /// What was seen; the system's error if nothing was.
    pub(crate) seen: Seen,
    pub(crate) extent: Extent,
}

/// How much of what was seen counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Extent {
    /// Whether it is a file, a directory or something else.
    Kind,
    /// Everything that changes when it does.
    Whole,
}

/// A path whose times prove nothing: it changed while the command ran, or just before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsettled(pub PathBuf);

/// What was seen at a path, links not followed and followed.
#[derive(Default)]
struct Both([Option<Sight>; 2]);

/// What was seen, and how much of it counts.
#[derive(Clone, Copy)]
struct Sight {
    seen: Seen,
    extent: Extent,
}

impl Sight {
    /// Whether links were followed, and what counts of what was seen.
    fn of(asked: Asked, seen: Seen) -> (bool, Sight) {
        let follow = !matches!(asked, Asked::Lstat | Asked::Link | Asked::LinkKind);
        let extent = match asked {
            Asked::Kind | Asked::LinkKind => Extent::Kind,
            _ => Extent::Whole,
        };
        (follow, Sight { seen, extent })
    }

    fn kind(&self) -> Result<FileKind, i32> {
        match self.seen {
            Seen::Found(meta) => Ok(meta.kind),
            Seen::Failed(error) => Err(error),
        }
    }

    fn is_whole(&self) -> bool {
        self.extent == Extent::Whole
    }
}

impl Both {
    /// Adds what was seen; whether it goes with what was seen before.
    fn add(&mut self, follow: bool, sight: Sight) -> bool {
        let slot = &mut self.0[usize::from(follow)];
        let Some(before) = slot else {
            *slot = Some(sight);
            return true;
        };
        if before.is_whole() && sight.is_whole() {
            return before.seen == sight.seen;
        }
        let same = before.kind() == sight.kind();
        if sight.is_whole() {
            *before = sight;
        }
        same
    }

    /// The looks that say all: where no link stands, following changes nothing.
    fn needed(self) -> impl Iterator<Item = (bool, Sight)> {
        let [itself, followed] = self.0;
        let says_all = itself
            .is_some_and(|sight| sight.is_whole() && !sight.kind().is_ok_and(FileKind::is_symlink));
        let followed = followed.filter(|_| !says_all);
        let one = |follow: bool| move |sight| (follow, sight);
        let itself = itself.map(one(false)).into_iter();
        itself.chain(followed.map(one(true)))
    }

    fn is_absent(&self) -> bool {
        self.0
            .iter()
            .flatten()
            .all(|sight| sight.seen == Seen::Failed(ENOENT))
    }

    /// A directory whose times are looked at.
    fn is_watched(&self) -> bool {
        let followed = self.0[1].filter(Sight::is_whole);
        followed.is_some_and(|sight| sight.kind().is_ok_and(FileKind::is_dir))
    }
}

/// The paths to look at, without those that the command itself changes; none if a path was seen in two states. `settled` says
/// whether a change after the command would show in a file's times. The observations are sorted by path.
pub(crate) fn places(
    observations: &[Observation],
    touched: &BTreeSet<PathBuf>,
    settled: impl Fn(&Meta) -> bool,
) -> Result<Vec<Place>, Unsettled> {
    let counted = observations
        .iter()
        .filter(|one| !touched.contains(&one.path));
    let mut paths: Vec<(&Path, Both)> = Vec::new();
    for Observation { path, asked, seen } in counted {
        let unsettled = || Unsettled(path.clone());
        let (follow, sight) = Sight::of(*asked, *seen);
        if let (Seen::Found(meta), true) = (seen, sight.is_whole())
            && !settled(meta)
        {
            return Err(unsettled());
        }
        if paths
            .last()
            .is_none_or(|(last, _)| last.as_os_str() != path.as_os_str())
        {
            paths.push((path, Both::default()));
        }
        let both = paths.last_mut().map(|(_, both)| both);
        if !both.is_some_and(|both| both.add(follow, sight)) {
            return Err(unsettled());
        }
    }
    let watched = paths.iter().filter(|(_, both)| both.is_watched());
    let watched: HashSet<&[u8]> = watched.map(|(path, _)| bytes(path)).collect();
    let mut places = Places::default();
    for (path, both) in paths {
        let (dir, name) = split(path);
        // A name that comes shows in the times of its directory.
        if !(both.is_absent() && watched.contains(dir)) {
            for (follow, sight) in both.needed() {
                places.add(dir, name, follow, sight)?;
            }
        }
    }
    Ok(places.list)
}

/// Places being filled, each found by its directory.
#[derive(Default)]
struct Places<'a> {
    list: Vec<Place>,
    index: HashMap<&'a [u8], usize>,
}

impl<'a> Places<'a> {
    fn add(
        &mut self,
        dir: &'a [u8],
        name: &[u8],
        follow: bool,
        sight: Sight,
    ) -> Result<(), Unsettled> {
        let at = match self.index.get(dir) {
            Some(at) => *at,
            None => {
                let place = Place {
                    dir: c_text(dir)?,
                    looks: Vec::new(),
                };
                self.list.push(place);
                self.index.insert(dir, self.list.len() - 1);
                self.list.len() - 1
            }
        };
        self.list[at].looks.push(Look {
            name: c_text(name)?,
            follow,
            seen: sight.seen,
            extent: sight.extent,
        });
        Ok(())
    }
}

fn bytes(path: &Path) -> &[u8] {
    path.as_os_str().as_bytes()
}

/// The directory of a path, and the name in it; what has no directory is looked at from the root. Components are not told apart:
/// paths are clean, or are looked at as they are.
fn split(path: &Path) -> (&[u8], &[u8]) {
    let path = bytes(path);
    match path.iter().rposition(|byte| *byte == b'/') {
        Some(at) if at > 0 && at + 1 < path.len() => (&path[..at], &path[at + 1..]),
        Some(0) if path.len() > 1 => (b"/", &path[1..]),
        _ => (b"/", path),
    }
}

/// A path with a zero byte in it names nothing that could be looked at.
fn c_text(text: &[u8]) -> Result<CString, Unsettled> {
    CString::new(gust_bytes::raw_bytes(text)).map_err(|_| Unsettled(OsStr::from_bytes(text).into()))
}

/// No such file or directory.
const ENOENT: i32 = 2;

#[cfg(test)]
mod tests {
    use super::*;
    use gust_fs::Signature;

    fn meta(kind: FileKind, ino: u64) -> Meta {
        Meta {
            kind,
            size: 0,
            mode: 0o644,
            sig: Signature {
                ino,
                ..Signature::default()
            },
        }
    }

    fn observed(path: &str, asked: Asked, seen: Seen) -> Observation {
        Observation {
            path: path.into(),
            asked,
            seen,
        }
    }

    fn looks(observations: &[Observation]) -> Vec<String> {
        let mut observations = observations.to_vec();
        observations.sort_by(|a, b| bytes(&a.path).cmp(bytes(&b.path)));
        let places = places(&observations, &BTreeSet::new(), |meta| meta.sig.ino != 99);
        let places = places.unwrap();
        let look = |place: &Place, look: &Look| {
            let [dir, name] =
                [&place.dir, &look.name].map(|text| text.to_str().unwrap().to_owned());
            let follow = if look.follow { "->" } else { "" };
            format!("{dir} {name} {follow}{:?}", look.extent)
        };
        places
            .iter()
            .flat_map(|place| place.looks.iter().map(move |one| look(place, one)))
            .collect()
    }

    #[test]
    fn each_path_is_looked_at_once_by_directory() {
        let file = Seen::Found(meta(FileKind::File, 1));
        let dir = Seen::Found(meta(FileKind::Dir, 2));
        let link = Seen::Found(meta(FileKind::Symlink, 3));
        let seen = looks(&[
            observed("/m", Asked::List, dir),
            observed("/m/go.mod", Asked::Read, file),
            observed("/m/go.mod", Asked::Lstat, file),
            observed("/m/vendor", Asked::Stat, Seen::Failed(2)),
            observed("/n/absent", Asked::Stat, Seen::Failed(2)),
            observed("/m/forbidden", Asked::Read, Seen::Failed(13)),
            observed("/m/link", Asked::Link, link),
            observed("/m/link", Asked::Stat, file),
            observed("/n", Asked::Kind, dir),
            observed("/m/file", Asked::Kind, file),
            observed("/m/file", Asked::Read, file),
        ]);
        assert_eq!(
            seen,
            [
                "/ m ->Whole",
                "/ n ->Kind",
                "/m file ->Whole",
                "/m forbidden ->Whole",
                "/m go.mod Whole",
                "/m link Whole",
                "/m link ->Whole",
                "/n absent ->Whole",
            ]
        );
    }

    #[test]
    fn a_file_that_changed_meanwhile_or_just_now_proves_nothing() {
        let state = |ino| Seen::Found(meta(FileKind::File, ino));
        let twice = [
            observed("/f", Asked::Read, state(1)),
            observed("/f", Asked::Read, state(2)),
        ];
        let unsettled = || Err(Unsettled("/f".into()));
        let none = BTreeSet::new();
        assert_eq!(places(&twice, &none, |_| true), unsettled());
        assert_eq!(places(&twice[..1], &none, |_| false), unsettled());
        assert!(places(&twice[..1], &none, |_| true).is_ok());
        let touched = BTreeSet::from(["/f".into()]);
        assert_eq!(places(&twice, &touched, |_| false), Ok(Vec::new()));
    }
}
