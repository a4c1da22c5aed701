//! Directories of the command line: which ones a pattern matches, and what import path each has in module mode.

use std::path::{Path, PathBuf};

use super::Match;
use super::expand::{IgnoreList, has_sources};
use super::glob::Glob;
use super::walk::{Met, Verdict, Walk, is_hidden};
use crate::dir::{DirIndex, SelectError};
use crate::env::Env;
use crate::model::Problem;
use crate::paths::{has_file_prefix, join_clean, sub_dir};
use crate::resolve::modules::ModuleResolver;
use gust_fs::paths::short;
use gust_modules::ModulesError;
use gust_modules::locate::module_root;
use gust_syntax::slash;

/// Why a directory has no import path.
enum NoPath {
    /// Patterns with wildcards pass over it.
    Special(&'static str),
    Text(String),
    NoGo(Problem),
}

/// Import paths of the directories that the pattern matches.
///
/// # Errors
/// There is no main module in which a directory could be a package.
pub(super) fn expand(
    env: &Env,
    resolver: &ModuleResolver,
    m: &mut Match,
) -> Result<(), ModulesError> {
    let mains = resolver.source.mains();
    let roots: Vec<PathBuf> = mains.map(|main| main.dir.clone()).collect();
    if !check_scope(env, resolver, m, &roots) {
        return Ok(());
    }
    for dir in match_dirs(env, m, &roots, true) {
        match import_path(env, resolver, &dir, m.is_literal()) {
            Ok(path) => m.packages.push(path.into()),
            Err(NoPath::Special(_)) if !m.is_literal() => {}
            Err(_) if !resolver.source.modules.has_root() => {
                return Err(resolver.source.modules.no_main_module());
            }
            Err(NoPath::Special(text)) => m.fail(text),
            Err(NoPath::Text(text)) => m.fail(text),
            Err(NoPath::NoGo(problem)) => m.fail_with(problem),
        }
    }
    Ok(())
}

/// A wildcard below a directory that no module covers is not walked.
fn check_scope(env: &Env, resolver: &ModuleResolver, m: &mut Match, roots: &[PathBuf]) -> bool {
    let Some(dots) = m.pattern.find("...") else {
        return true;
    };
    let upto = slash::clean(&m.pattern[..dots + 3]);
    let dir = match upto.rfind('/') {
        Some(0) => "/",
        Some(at) => &upto[..at],
        None => ".",
    };
    let dir = join_clean(&env.config.cwd, dir);
    let root = module_root(&env.config.view, &dir);
    let known = root.is_none_or(|r| roots.contains(&r))
        && !roots.is_empty()
        && roots.iter().any(|r| has_file_prefix(&dir, r));
    if known
        || dir == resolver.std.src
        || sub_dir(&env.config.view, &resolver.std.src, &dir).is_some()
    {
        return true;
    }
    if in_build_list(env, resolver, &dir).is_some() {
        return true;
    }
    let scope = if resolver.source.modules.workspace().is_some() {
        "modules listed in go.work or their selected dependencies"
    } else {
        "main module or its selected dependencies"
    };
    m.fail(format!(
        "directory prefix {} does not contain {scope}",
        short(&env.config.cwd, &dir).display()
    ));
    false
}

/// Directories that the pattern matches, as typed or as the walk names them.
pub(super) fn match_dirs(
    env: &Env,
    m: &mut Match,
    roots: &[PathBuf],
    modules: bool,
) -> Vec<String> {
    if m.is_literal() {
        return vec![m.pattern.clone()];
    }
    let dotted = m.pattern.starts_with("./");
    let cleaned = slash::clean(&m.pattern);
    let (prefix, pattern) = if dotted && cleaned != "." {
        ("./", format!("./{cleaned}"))
    } else {
        ("", cleaned)
    };
    let glob = Glob::new(&pattern);
    let upto = &pattern[..pattern.find("...").unwrap_or(pattern.len())];
    let typed = &upto[..upto.rfind('/').map_or(0, |at| at + 1)];
    let base = join_clean(&env.config.cwd, if typed.is_empty() { "." } else { typed });
    let root = roots.iter().rfind(|r| has_file_prefix(&base, r));
    if let (None, false) = (root, roots.is_empty()) {
        let list: Vec<String> = roots.iter().map(|r| r.display().to_string()).collect();
        let plural = if roots.len() > 1 { "s" } else { "" };
        m.fail(format!(
            "directory {} is outside module root{plural} ({})",
            base.display(),
            list.join(", ")
        ));
    }
    let ignore = IgnoreList::new(&ignored(env, root));
    let top = slash::clean(typed);
    let name_of = |rel: &str| match (top.as_str(), rel) {
        (t, "") => format!("{prefix}{t}"),
        (".", r) => format!("{prefix}{r}"),
        ("/", r) => format!("/{r}"),
        (t, r) => format!("{prefix}{t}/{r}"),
    };
    let look = |rel: &str, name: &str| {
        let below_root = root.and_then(|r| {
            let dir = base.join(rel);
            let below = dir.strip_prefix(r).ok()?.to_string_lossy();
            Some(match &*below {
                "" => ".".to_owned(),
                below => below.to_owned(),
            })
        });
        let top_name = if rel.is_empty() {
            top.rsplit('/').next().unwrap_or_default()
        } else {
            name
        };
        let hidden = is_hidden(top_name) && !matches!(top_name, "." | "..");
        if hidden {
            return Verdict::Skip;
        }
        if below_root.is_some_and(|p| ignore.covers(&p)) {
            env.note_ignored(if rel.is_empty() {
                base.clone()
            } else {
                base.join(rel)
            });
            return Verdict::Skip;
        }
        Verdict::Enter {
            wants_package: glob.matches(&name_of(rel)),
            descend: true,
        }
    };
    let is_package = |index: &DirIndex| has_sources(env, index);
    let walk = Walk {
        indexer: &env.indexer,
        binding: env.binding(),
        look: &look,
        stop_at_modules: modules,
        is_package: &is_package,
    };
    let mut dirs = Vec::new();
    for met in walk.run(&base, typed) {
        match met {
            Met::Package(rel) => dirs.push(name_of(&rel)),
            Met::Link(_) => {}
            Met::Unreadable(text) => {
                m.fail(text);
                break;
            }
        }
    }
    dirs
}

fn ignored(env: &Env, root: Option<&PathBuf>) -> Vec<String> {
    let crate::graph::universe::Resolver::Modules(resolver) = &env.resolver else {
        return Vec::new();
    };
    let mut mains = resolver.source.mains();
    let main = mains.find(|main| Some(&main.dir) == root);
    main.map(|main| main.ignored()).unwrap_or_default()
}

/// The import path of a directory. Those that a walk found are known to hold Go files.
fn import_path(
    env: &Env,
    resolver: &ModuleResolver,
    dir: &str,
    literal: bool,
) -> Result<String, NoPath> {
    let dir = join_clean(&env.config.cwd, dir);
    if literal {
        check_holds_go(env, &dir)?;
    }
    let source = &resolver.source;
    if let Some(main) = source.mains().find(|m| m.dir == dir) {
        if dir == resolver.std.src {
            return Err(NoPath::Special("GOROOT/src is not an importable package"));
        }
        return Ok(main.prefix.clone());
    }
    if let Some(answer) = in_main_modules(resolver, &dir) {
        return answer;
    }
    if let Some(sub) =
        sub_dir(&env.config.view, &resolver.std.src, &dir).filter(|s| !s.contains('@'))
    {
        return not_builtin(sub);
    }
    match in_build_list(env, resolver, &dir) {
        Some(path) => Ok(path),
        None => Err(NoPath::Text(outside(env, resolver, &dir))),
    }
}

fn not_builtin(path: String) -> Result<String, NoPath> {
    if path == "builtin" {
        return Err(NoPath::Special(
            "\"builtin\" is a pseudo-package, not an importable package",
        ));
    }
    Ok(path)
}

/// A directory must exist and hold Go files, be they for another build.
fn check_holds_go(env: &Env, dir: &Path) -> Result<(), NoPath> {
    let view = &env.config.view;
    if let Err(e) = view.stat(dir) {
        let reason = match e.kind() {
            std::io::ErrorKind::NotFound => "directory not found".to_owned(),
            _ => gust_fs::errtext::go_text(&e),
        };
        return Err(NoPath::Text(format!("stat {}: {reason}", dir.display())));
    }
    let Ok(scan) = env.indexer.select(dir, &env.chooser) else {
        return Ok(());
    };
    let nothing = matches!(scan.error.as_deref(), Some(SelectError::NoGo { .. }))
        && scan.sources.ignored_go.is_empty();
    if nothing {
        return Err(NoPath::NoGo(Problem::NoGo {
            dir: dir.to_path_buf(),
            ignored: false,
            tests: false,
        }));
    }
    Ok(())
}

/// The answer of the main module that holds the directory.
fn in_main_modules(resolver: &ModuleResolver, dir: &Path) -> Option<Result<String, NoPath>> {
    let source = &resolver.source;
    let mut missing: Option<(usize, String)> = None;
    for main in source.mains() {
        let Ok(below) = dir.strip_prefix(&main.dir) else {
            continue;
        };
        let suffix = below.to_string_lossy().into_owned();
        if suffix.contains('@') {
            continue;
        }
        if let Some(package) = suffix.strip_prefix("vendor/") {
            return Some(in_vendor(resolver, dir, package));
        }
        if main.prefix.is_empty() {
            return Some(not_builtin(suffix));
        }
        let path = format!("{}/{suffix}", main.prefix);
        match resolver.dir_in_module(&path, &main.prefix, &main.dir, true) {
            Ok(Some(_)) => return Some(Ok(path)),
            Ok(None) => {}
            Err(text) => return Some(Err(NoPath::Text(text))),
        }
        if missing
            .as_ref()
            .is_none_or(|(len, _)| main.prefix.len() > *len)
        {
            missing = Some((
                main.prefix.len(),
                format!(
                    "main module ({}) does not contain package {path}",
                    main.module.path
                ),
            ));
        }
    }
    missing.map(|(_, text)| Err(NoPath::Text(text)))
}

fn in_vendor(resolver: &ModuleResolver, dir: &Path, package: &str) -> Result<String, NoPath> {
    if resolver.source.vendor_dir().is_none() {
        return Err(NoPath::Text(format!(
            "without -mod=vendor, directory {} has no package path",
            dir.display()
        )));
    }
    if !resolver.source.vendor_lists(package) {
        return Err(NoPath::Text(format!(
            "directory {} is not a package listed in vendor/modules.txt",
            dir.display()
        )));
    }
    Ok(package.to_owned())
}

/// The import path of a directory of a dependency.
fn in_build_list(env: &Env, resolver: &ModuleResolver, dir: &Path) -> Option<String> {
    if resolver.source.vendor_dir().is_some() {
        return None;
    }
    // Where there is no module cache yet, looking into it makes one: go's does.
    let _ = resolver.source.modules.fetcher().provide_cache();
    for module in resolver.source.build_list().0 {
        let Some(root) = resolver.source.present_dir(module) else {
            continue;
        };
        let sub = if dir == root {
            String::new()
        } else {
            sub_dir(&env.config.view, &root, dir).unwrap_or_default()
        };
        if sub.is_empty() && dir != root {
            continue;
        }
        if sub.contains("/vendor/") || sub.starts_with("vendor/") || sub.contains('@') {
            continue;
        }
        return Some(if sub.is_empty() {
            module.path.to_string()
        } else {
            format!("{}/{sub}", module.path)
        });
    }
    None
}

fn outside(env: &Env, resolver: &ModuleResolver, dir: &Path) -> String {
    let cwd = &env.config.cwd;
    let shown = match short(cwd, dir).display().to_string() {
        s if s == "." => "current directory".to_owned(),
        s => format!("directory {s}"),
    };
    if resolver.source.modules.workspace().is_none() {
        return format!("{shown} outside main module or its selected dependencies");
    }
    match module_root(&env.config.view, dir) {
        Some(root) => format!(
            "{shown} is contained in a module that is not one of the workspace modules listed in go.work. You can add the module to the workspace using:\n\tgo work use {}",
            short(cwd, &root).display()
        ),
        None => format!("{shown} outside modules listed in go.work or their selected dependencies"),
    }
}
