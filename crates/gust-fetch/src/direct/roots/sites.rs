//! Import paths that name their repository themselves: known sites, and `.git` and its kin within a path.
//!
//! The shapes are those of `go help importpath`. Everything here is decided by the path alone, but for the protocol of a path with a suffix.

use super::Known;
use crate::error::FetchError;
use crate::names::quote;
use crate::vcs::System;

/// A site whose paths all have one shape: so many elements name the repository.
struct Site {
    prefix: &'static str,
    system: System,
    /// Checks the elements behind the prefix's host and gives how many elements (host included) the root has.
    root: fn(&[&str]) -> Option<usize>,
    /// Repositories must not be named with a suffix such as `.git`.
    bare_names: bool,
}

const SITES: &[Site] = &[
    Site {
        prefix: "github.com",
        system: System::Git,
        root: |parts| (parts.len() >= 3 && parts[1..].iter().all(|p| is_name(p))).then_some(3),
        bare_names: true,
    },
    Site {
        prefix: "bitbucket.org",
        system: System::Git,
        root: |parts| (parts.len() >= 3 && parts[1..].iter().all(|p| is_name(p))).then_some(3),
        bare_names: true,
    },
    Site {
        prefix: "hub.jazz.net/git",
        system: System::Git,
        root: |parts| {
            let user = *parts.get(2)?;
            let shaped =
                parts.len() >= 4 && is_lower(user, b"") && parts[3..].iter().all(|p| is_name(p));
            shaped.then_some(4)
        },
        bare_names: true,
    },
    Site {
        prefix: "git.apache.org",
        system: System::Git,
        root: |parts| {
            let name = parts.get(1)?.strip_suffix(".git")?;
            let shaped = is_lower(name, b"_.-") && parts[2..].iter().all(|p| is_name(p));
            shaped.then_some(2)
        },
        bare_names: false,
    },
    Site {
        prefix: "git.openstack.org",
        system: System::Git,
        root: |parts| (parts.len() >= 3 && parts[1..].iter().all(|p| is_name(p))).then_some(3),
        bare_names: false,
    },
    Site {
        prefix: "chiselapp.com",
        system: System::Fossil,
        root: |parts| {
            let [_, "user", user, "repository", name] = parts else {
                return None;
            };
            let alnum = !user.is_empty() && user.bytes().all(|b| b.is_ascii_alphanumeric());
            (alnum && is_name(name)).then_some(5)
        },
        bare_names: false,
    },
];

/// Letters, digits, `_`, `.` and `-`.
fn is_name(text: &str) -> bool {
    let ok = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-');
    !text.is_empty() && text.bytes().all(ok)
}

/// Small letters, digits and some more.
fn is_lower(text: &str, more: &[u8]) -> bool {
    let ok = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || more.contains(&b);
    !text.is_empty() && text.bytes().all(ok)
}

pub(super) fn has_prefix(path: &str, prefix: &str) -> bool {
    path.strip_prefix(prefix)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The repository of a path at a known site; `None` where the path belongs to none.
pub(super) fn at_site(path: &str) -> Result<Option<Known>, FetchError> {
    let Some(site) = SITES.iter().find(|site| has_prefix(path, site.prefix)) else {
        return Ok(None);
    };
    let parts: Vec<&str> = path.split('/').collect();
    let Some(count) = (site.root)(&parts) else {
        let (prefix, path) = (site.prefix, quote(path));
        return Err(FetchError::message(format!(
            "invalid {prefix} import path {path}"
        )));
    };
    let root = parts[..count].join("/");
    let suffixed = System::ALL
        .iter()
        .any(|system| root.ends_with(&format!(".{}", system.command())));
    if site.bare_names && suffixed {
        let prefix = site.prefix;
        return Err(FetchError::message(format!(
            "invalid version control suffix in {prefix}/ path"
        )));
    }
    Ok(Some(Known {
        url: Some(format!("https://{root}")),
        bare: root.clone(),
        root,
        system: site.system,
    }))
}

/// The repository of a path with an element that ends in a system's name, such as `example.org/user/foo.hg/sub`.
pub(super) fn with_suffix(path: &str) -> Option<Known> {
    let parts: Vec<&str> = path.split('/').collect();
    if !is_host(parts[0]) {
        return None;
    }
    let named = parts[1..]
        .iter()
        .all(|part| is_name(part.strip_prefix('~').unwrap_or(part)));
    if !named {
        return None;
    }
    let (at, system, suffix) = parts.iter().enumerate().skip(1).find_map(|(i, part)| {
        let (name, suffix) = part.rsplit_once('.')?;
        let system = System::ALL
            .into_iter()
            .find(|system| system.command() == suffix)?;
        is_name(name.strip_prefix('~').unwrap_or(name)).then_some((i, system, suffix))
    })?;
    let root = parts[..=at].join("/");
    let bare = root[..root.len() - suffix.len() - 1].to_owned();
    Some(Known {
        url: None,
        bare,
        root,
        system,
    })
}

/// A name with a dot in it, a port perhaps.
fn is_host(host: &str) -> bool {
    let (name, port) = host
        .split_once(':')
        .map_or((host, None), |(name, port)| (name, Some(port)));
    let port_ok =
        port.is_none_or(|port| !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()));
    let dotted = name
        .get(1..)
        .is_some_and(|rest| rest.trim_end_matches('.').contains('.') || rest.ends_with(".."));
    let dotted = dotted
        || name
            .rfind('.')
            .is_some_and(|dot| dot > 0 && dot + 1 < name.len());
    port_ok && dotted && is_lower(name, b".-")
}

/// Launchpad, asked last: its paths may have meta tags. `is_branch` tells whether a URL is there.
pub(super) fn at_launchpad(path: &str, is_branch: impl Fn(&str) -> bool) -> Option<Known> {
    let parts: Vec<&str> = path.split('/').collect();
    if parts[0] != "launchpad.net" {
        return None;
    }
    let names = |parts: &[&str]| parts.iter().all(|p| is_name(p));
    let root = match &parts[1..] {
        [user, junk, branch, rest @ ..]
            if user.strip_prefix('~').is_some_and(is_name)
                && (*junk == "+junk" || is_name(junk))
                && is_name(branch)
                && names(rest) =>
        {
            parts[..4].join("/")
        }
        [project] if is_name(project) => parts[..2].join("/"),
        [project, series, rest @ ..] if is_name(project) && is_name(series) && names(rest) => {
            // A series of the project, or a directory in its main branch.
            let url = format!("https://code.launchpad.net/{project}/{series}/.bzr/branch-format");
            let count = if is_branch(&url) { 3 } else { 2 };
            parts[..count].join("/")
        }
        _ => return None,
    };
    Some(Known {
        url: Some(format!("https://{root}")),
        bare: root.clone(),
        root,
        system: System::Bazaar,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root(path: &str) -> String {
        match at_site(path) {
            Ok(Some(known)) => known.root,
            Ok(None) => with_suffix(path).map_or("unknown".to_owned(), |known| known.root),
            Err(err) => err.to_string(),
        }
    }

    #[test]
    fn paths_name_their_repositories() {
        for (path, expected) in [
            (
                "github.com/golang/groupcache",
                "github.com/golang/groupcache",
            ),
            ("github.com/user/repo/sub/dir", "github.com/user/repo"),
            (
                "github.com/user/unicode/испытание",
                "invalid github.com import path \"github.com/user/unicode/испытание\"",
            ),
            (
                "github.com/user",
                "invalid github.com import path \"github.com/user\"",
            ),
            (
                "github.com/user/repo.git/x",
                "invalid version control suffix in github.com/ path",
            ),
            ("github.comx/user/repo", "unknown"),
            (
                "hub.jazz.net/git/user1/pkgname/sub",
                "hub.jazz.net/git/user1/pkgname",
            ),
            (
                "hub.jazz.net/git/User 1/pkgname",
                "invalid hub.jazz.net/git import path \"hub.jazz.net/git/User 1/pkgname\"",
            ),
            ("hub.jazz.net", "unknown"),
            (
                "git.apache.org/package-name_2.x.git/path",
                "git.apache.org/package-name_2.x.git",
            ),
            (
                "git.apache.org/foo/bar.git",
                "invalid git.apache.org import path \"git.apache.org/foo/bar.git\"",
            ),
            (
                "git.openstack.org/openstack/swift.git",
                "git.openstack.org/openstack/swift.git",
            ),
            (
                "git.openstack.org/openstack/swift/go/hummingbird",
                "git.openstack.org/openstack/swift",
            ),
            (
                "chiselapp.com/user/kyle/repository/fossilgg",
                "chiselapp.com/user/kyle/repository/fossilgg",
            ),
            (
                "chiselapp.com/user/kyle/repository",
                "invalid chiselapp.com import path \"chiselapp.com/user/kyle/repository\"",
            ),
            ("example.org/user/foo.hg/sub", "example.org/user/foo.hg"),
            ("example.org/foo.git/bar.git", "example.org/foo.git"),
            ("example.org:80/~me/foo.svn", "example.org:80/~me/foo.svn"),
            ("example/foo.git", "unknown"),
            ("example.org/.git/x", "unknown"),
            ("example.org/foo.gitx", "unknown"),
        ] {
            assert_eq!(root(path), expected, "{path}");
        }
    }

    #[test]
    fn launchpad_has_series_and_branches() {
        let root =
            |path: &str, branch: bool| at_launchpad(path, |_| branch).map(|known| known.root);
        assert_eq!(
            root("launchpad.net/p/s/x", true).as_deref(),
            Some("launchpad.net/p/s")
        );
        assert_eq!(
            root("launchpad.net/p/s/x", false).as_deref(),
            Some("launchpad.net/p")
        );
        assert_eq!(
            root("launchpad.net/~u/+junk/b/x", true).as_deref(),
            Some("launchpad.net/~u/+junk/b")
        );
        assert_eq!(root("launchpad.net/~u", true), None);
        assert_eq!(root("example.net/p", true), None);
    }
}
