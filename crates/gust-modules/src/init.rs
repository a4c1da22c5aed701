//! A new module: what it may be called, what it is called when nobody says, and its go.mod.

use std::path::Path;

use gust_fs::View;
use gust_syntax::gover;
use gust_syntax::literal;
use gust_syntax::modfile::ModFile;
use gust_syntax::module::{PathKind, check_import_path, split_path_version};

use crate::error::ModulesError;
use crate::paths;
use crate::settings::ModuleSettings;

/// A go.mod that is to be written.
#[derive(Debug, Clone)]
pub struct NewModule {
    /// The module path.
    pub path: String,
    /// The text of go.mod.
    pub text: String,
    /// There are sources or directories already, whose imports ask for requirements.
    pub has_sources: bool,
}

/// Makes the go.mod of a new module in the current directory. Without a path, one is looked for in import comments and in GOPATH.
///
/// # Errors
/// The path cannot be a module's, or none was found.
pub fn new_module(
    view: &View,
    settings: &ModuleSettings,
    path: Option<&str>,
) -> Result<NewModule, ModulesError> {
    let path = match path {
        Some(path) if !path.is_empty() => {
            check(path)?;
            path.to_owned()
        }
        _ => find_path(view, settings)?,
    };
    let mut file = ModFile::default();
    file.set_module(&path);
    file.set_go(&settings.release.version)
        .map_err(|err| ModulesError::text(format!("internal error: {err}")))?;
    let has_sources = view.read_dir(&settings.cwd).is_ok_and(|entries| {
        entries.iter().any(|entry| {
            let hidden = entry.name.starts_with(['.', '_']);
            !hidden && (entry.name.ends_with(".go") || entry.kind == gust_fs::FileKind::Dir)
        })
    });
    Ok(NewModule {
        path,
        text: file.format(),
        has_sources,
    })
}

fn check(path: &str) -> Result<(), ModulesError> {
    if let Err(mut err) = check_import_path(path) {
        err.kind = PathKind::Module;
        let local = matches!(path, "." | "..") || path.starts_with("./") || path.starts_with("../");
        if local {
            err.reason = "is a local import path".to_owned();
        }
        return Err(err.into());
    }
    if gover::is_toolchain_module(path) {
        return Err(ModulesError::text(format!(
            "invalid module path \"{path}\": "
        )));
    }
    if split_path_version(path).is_some() {
        return Ok(());
    }
    let advice = if path.starts_with("gopkg.in/") {
        format!(
            "module paths beginning with gopkg.in/ must always have a major version suffix in the form of .vN:\n\tgo mod init {}",
            suggest_gopkg_in(path)
        )
    } else {
        format!(
            "major version suffixes must be in the form of /vN and are only allowed for v2 or later:\n\tgo mod init {}",
            suggest(path)
        )
    };
    Err(ModulesError::text(format!(
        "invalid module path \"{path}\": {advice}"
    )))
}

fn without_version(path: &str) -> &str {
    path.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.')
}

fn first_number(text: &str) -> &str {
    let mut numbers = text
        .split(|c: char| !c.is_ascii_digit())
        .filter(|number| !number.is_empty());
    numbers.next().unwrap_or("").trim_start_matches('0')
}

fn suggest(path: &str) -> String {
    let head = without_version(path);
    let number = first_number(&path[head.len()..]);
    let head = head.strip_suffix("/v").unwrap_or(head);
    let head = head.strip_suffix('/').unwrap_or(head);
    if matches!(number, "" | "1") {
        format!("{head}/v2")
    } else {
        format!("{head}/v{number}")
    }
}

fn suggest_gopkg_in(path: &str) -> String {
    let mut head = without_version(path);
    for end in [".v", "/v", "/"] {
        head = head.strip_suffix(end).unwrap_or(head);
    }
    match first_number(path) {
        "" => format!("{head}.v1"),
        number => format!("{head}.v{number}"),
    }
}

fn find_path(view: &View, settings: &ModuleSettings) -> Result<String, ModulesError> {
    let dir = &settings.cwd;
    if let Some(path) = import_comment_in(view, dir) {
        return Ok(path);
    }
    for entry in view.read_dir(dir).iter().flat_map(|entries| entries.iter()) {
        if entry.kind == gust_fs::FileKind::Dir
            && let Some(path) = import_comment_in(view, &dir.join(&*entry.name))
        {
            return Ok(path
                .rsplit_once('/')
                .map_or(".", |(parent, _)| parent)
                .to_owned());
        }
    }
    let mut reason = "outside GOPATH, module path must be specified".to_owned();
    for gopath in &settings.gopath {
        let Some(rel) =
            paths::in_dir(view, dir, &gopath.join("src")).filter(|rel| rel != Path::new("."))
        else {
            continue;
        };
        let path = rel.display().to_string();
        match check_import_path(&path) {
            Ok(()) => return Ok(path),
            Err(err) => {
                reason = format!("bad module path inferred from directory in GOPATH: {err}");
                break;
            }
        }
    }
    Err(ModulesError::text(format!(
        "cannot determine module path for source directory {} ({reason})\n\nExample usage:\n\t'go mod init example.com/m' to initialize a v0 or v1 module\n\t'go mod init example.com/m/v2' to initialize a v2 module\n\nRun 'go help mod init' for more information.\n",
        dir.display()
    )))
}

/// The path in the first `package x // import "path"` of a directory's sources.
fn import_comment_in(view: &View, dir: &Path) -> Option<String> {
    let entries = view.read_dir(dir).ok()?;
    let sources = entries
        .iter()
        .filter(|entry| entry.kind == gust_fs::FileKind::File && entry.name.ends_with(".go"));
    sources
        .filter_map(|entry| view.read(&dir.join(&*entry.name)).ok())
        .find_map(|data| import_comment(&gust_bytes::text(&data)))
}

fn import_comment(text: &str) -> Option<String> {
    let blank = |c: char| c == ' ' || c == '\t';
    text.split_inclusive('\n')
        .filter(|line| line.ends_with('\n'))
        .find_map(|line| {
            let rest = line
                .trim_end_matches(['\r', '\n'])
                .strip_prefix("package")?;
            let rest = rest.strip_prefix(blank)?.trim_start_matches(blank);
            let (name, rest) = rest.split_at(rest.find(blank)?);
            let rest = rest.trim_start_matches(blank).strip_prefix("//")?;
            let rest = rest
                .strip_prefix(blank)?
                .trim_start_matches(blank)
                .strip_prefix("import")?;
            let quoted = rest.strip_prefix(blank)?.trim_matches(blank);
            let well_formed = !name.contains('/') && quoted.len() > 2 && quoted.starts_with('"');
            well_formed.then(|| literal::unquote(quoted)).flatten()
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_suggested() {
        assert_eq!(suggest("example.com/m/v1"), "example.com/m/v2");
        assert_eq!(suggest("example.com/m/v3.5"), "example.com/m/v3");
        assert_eq!(
            suggest_gopkg_in("gopkg.in/user/pkg"),
            "gopkg.in/user/pkg.v1"
        );
    }

    #[test]
    fn comments_are_read() {
        assert_eq!(
            import_comment("package a // import \"x/y\"\n"),
            Some("x/y".to_owned())
        );
        assert_eq!(import_comment("package a\n"), None);
        assert_eq!(import_comment("package a // import \"x/y\""), None);
    }
}
