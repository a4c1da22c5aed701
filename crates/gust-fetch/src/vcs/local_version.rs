//! The version that a working copy's revision has as a module: a tag on it, or a pseudo-version behind the latest one.
//!
//! Only Git is asked; working copies of the other systems keep `(devel)`.

use gust_fs::View;
use gust_syntax::module::{match_path_major, path_major_prefix, split_path_version};
use gust_syntax::{pseudo, semver};

use super::{Command, Repository, Status, System};

/// The version of module `path` at the revision of `status`; `+dirty` is added where something is not committed.
///
/// `None` where there is no module at the repository's root, the module cannot lie in it, or Git does not answer.
#[must_use]
pub fn local_version(
    view: &View,
    command: &Command,
    repository: &Repository,
    path: &str,
    status: &Status,
) -> Option<String> {
    if repository.system != System::Git || status.revision.is_empty() {
        return None;
    }
    let root_path = module_line(&view.read(&repository.root.join("go.mod")).ok()?)?;
    let (code_root, _) = split_path_version(&root_path)?;
    let place = Place::of(code_root, path)?;
    let git = Git {
        command,
        repository,
        revision: &status.revision,
    };
    let version = place.version(&git, status)?;
    if !status.uncommitted {
        return Some(version);
    }
    let separator = if version.ends_with("+incompatible") {
        '.'
    } else {
        '+'
    };
    Some(format!("{version}{separator}dirty"))
}

/// The path in a go.mod's module line, read without understanding the rest.
fn module_line(text: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(text);
    let line = text
        .split('\n')
        .find_map(|line| line.strip_prefix("module "))?;
    let path = line.trim();
    let path = path
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .unwrap_or(path);
    (!path.is_empty()).then(|| path.to_owned())
}

/// Where a module lies in its repository.
struct Place<'a> {
    path: &'a str,
    code_root: &'a str,
    /// The module's folder below the root, without a major version's.
    folder: &'a str,
    /// `/v2`, `.v1` or nothing.
    major: &'a str,
}

/// The questions put to Git about one revision.
struct Git<'a> {
    command: &'a Command,
    repository: &'a Repository,
    revision: &'a str,
}

impl Git<'_> {
    fn lines(&self, args: &[&str]) -> Option<Vec<String>> {
        let out = self
            .command
            .output("git", args, &self.repository.root)
            .ok()?;
        Some(
            String::from_utf8_lossy(&out)
                .lines()
                .map(str::to_owned)
                .collect(),
        )
    }

    /// Tags whose commit is the revision or an ancestor, the revision's own first among equals.
    fn tags(&self, args: &[&str]) -> Option<Vec<String>> {
        let refs = self.lines(&[&["for-each-ref", "--format=%(refname)"], args].concat())?;
        Some(
            refs.iter()
                .filter_map(|name| name.strip_prefix("refs/tags/"))
                .map(str::to_owned)
                .collect(),
        )
    }

    /// The module path in a go.mod of the revision; `None` where there is no such file.
    fn module_at(&self, file: &str) -> Option<String> {
        let out = self.command.output(
            "git",
            &["cat-file", "blob", &format!("{}:{file}", self.revision)],
            &self.repository.root,
        );
        Some(module_line(&out.ok()?).unwrap_or_default())
    }
}

impl<'a> Place<'a> {
    fn of(code_root: &'a str, path: &'a str) -> Option<Place<'a>> {
        let below = |long: &str, short: &str| {
            long.strip_prefix(short)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let (prefix, major) = split_path_version(path)?;
        if !below(path, code_root) {
            return None;
        }
        let folder = if code_root == path {
            ""
        } else if below(prefix, code_root) {
            prefix[code_root.len()..].trim_matches('/')
        } else {
            return None;
        };
        Some(Place {
            path,
            code_root,
            folder,
            major,
        })
    }

    /// The version that a tag stands for: without the folder, canonical, and whether the tag says just that.
    fn tagged<'t>(&self, tag: &'t str) -> Option<(String, bool)> {
        let trimmed: &'t str = match self.folder {
            "" => tag,
            folder => tag.strip_prefix(folder)?.strip_prefix('/')?,
        };
        let version = semver::canonical(trimmed);
        if pseudo::is_pseudo(tag) || version.is_empty() || !trimmed.starts_with(&version) {
            return None;
        }
        let exact = version == trimmed;
        Some((version, exact))
    }

    fn version(&self, git: &Git<'_>, status: &Status) -> Option<String> {
        let here = git.tags(&["--points-at", git.revision])?;
        let usable = |version: &String| {
            match_path_major(version, self.major) || self.incompatible_allowed(git, version)
        };
        let highest = |versions: &mut dyn Iterator<Item = String>| {
            versions.max_by(|a, b| semver::compare(a, b))
        };
        let mut exact = here
            .iter()
            .filter_map(|tag| self.tagged(tag))
            .filter(|(_, exact)| *exact)
            .map(|(v, _)| v)
            .filter(usable);
        if let Some(version) = highest(&mut exact) {
            return self.checked(git, version);
        }
        let before = git.tags(&[&format!("--merged={}", git.revision)])?;
        let mut bases = before
            .iter()
            .filter_map(|tag| self.tagged(tag))
            .map(|(version, _)| version)
            .filter(usable);
        let base = highest(&mut bases).unwrap_or_default();
        let stamp = status.time?.strftime("%Y%m%d%H%M%S").to_string();
        let short = git.revision.get(..12).unwrap_or(git.revision);
        self.checked(
            git,
            pseudo::make(path_major_prefix(self.major), &base, &stamp, short),
        )
    }

    /// The revision must hold the module: a go.mod in its folder that says its major version.
    fn checked(&self, git: &Git<'_>, version: String) -> Option<String> {
        let in_folder = |name: &str| {
            if self.folder.is_empty() {
                name.to_owned()
            } else {
                format!("{}/{name}", self.folder)
            }
        };
        let fits = |path: &Option<String>| {
            path.as_ref().is_some_and(|path| {
                split_path_version(path).is_some_and(|(_, major)| same_major(major, self.major))
            })
        };
        let first = git.module_at(&in_folder("go.mod"));
        let has_own_folder =
            !self.major.is_empty() && self.code_root != self.path && !self.major.starts_with('.');
        let second = if has_own_folder {
            git.module_at(&in_folder(&format!("{}/go.mod", &self.major[1..])))
        } else {
            None
        };
        let found = match (&first, &second) {
            (_, Some(_)) => fits(&second) && !fits(&first),
            (Some(_), None) => fits(&first),
            (None, None) => {
                self.folder.is_empty() && (self.major.is_empty() || self.major.starts_with('.'))
            }
        };
        if !found {
            return None;
        }
        let compatible = match_path_major(version.trim_end_matches("+incompatible"), self.major);
        Some(if compatible {
            version
        } else {
            format!("{version}+incompatible")
        })
    }

    /// A version 2 or later without a major version in the path: only where there is no go.mod.
    fn incompatible_allowed(&self, git: &Git<'_>, version: &str) -> bool {
        self.folder.is_empty()
            && self.major.is_empty()
            && git.module_at("go.mod").is_none()
            && git
                .module_at(&format!("{}/go.mod", semver::major(version)))
                .is_none()
    }
}

/// Whether a go.mod whose path ends in `theirs` may serve a module whose path ends in `ours`: the same rules of versions.
fn same_major(theirs: &str, ours: &str) -> bool {
    match (ours, theirs) {
        ("", _) => matches!(path_major_prefix(theirs), "" | "v0" | "v1"),
        (_, "") => false,
        _ => ours[1..] == theirs[1..],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_modules_lie() {
        let place = Place::of("example.com/repo", "example.com/repo/sub/v2").unwrap();
        assert_eq!((place.folder, place.major), ("sub", "/v2"));
        assert_eq!(
            place.tagged("sub/v2.1.0"),
            Some(("v2.1.0".to_owned(), true))
        );
        assert_eq!(place.tagged("v2.1.0"), None);
        assert_eq!(place.tagged("sub/v2.1"), None);
        assert!(Place::of("example.com/repo", "example.com/repository").is_none());
    }

    #[test]
    fn majors_that_serve_each_other() {
        assert!(same_major("", "") && same_major(".v1", "") && same_major("/v2", ".v2"));
        assert!(!same_major("/v2", "") && !same_major("", "/v2"));
    }

    #[test]
    fn the_module_line() {
        assert_eq!(
            module_line(b"// x\nmodule example.com/a\r\n").as_deref(),
            Some("example.com/a")
        );
        assert_eq!(
            module_line(b"module \"example.com/a\"\n").as_deref(),
            Some("example.com/a")
        );
        assert_eq!(module_line(b"go 1.20\n"), None);
    }
}
