//! Modules straight from version control: `GOPROXY=direct`, and the paths of GONOPROXY.
//!
//! | module | what it is |
//! |---|---|
//! | `roots` | from an import path to a repository: known sites, `go-import` pages, GOVCS |
//! | `host` | a repository somewhere else, one type a system; the programs that are run, and where their copies lie |
//! | `module` | a module in a repository: its directory, its tags, its go.mod |
//! | `naming` | which version a revision is |
//! | `zip` | from a system's archive to a module's zip |
//!
//! [`Direct`] puts them together as one more `Origin`. Nothing is looked up before the first question, and each repository is opened once a
//! command, however many modules lie in it. A module that a page says is behind a proxy is asked for there.

mod host;
mod module;
mod naming;
mod roots;
mod zip;

use std::path::Path;
use std::sync::{Arc, OnceLock};

use gust_fs::disk::File;
use gust_fs::once::OnceMap;

use crate::config::{Config, Sink};
use crate::error::FetchError;
use crate::http::{self, Url};
use crate::info::{Info, Origin as Rests, Versions};
use crate::names;
use crate::origin::{Origin, Proxied};
use crate::vcs::System;
use host::{CodeHost, Programs};
use module::{Module, implied_go_mod};
use roots::{Root, Roots};

/// All repositories of a command.
pub(crate) struct Repositories {
    http: Arc<http::Client>,
    programs: Arc<Programs>,
    roots: Roots,
    local_release: String,
    /// By system and URL.
    hosts: OnceMap<(System, String), Result<Arc<dyn CodeHost>, FetchError>>,
}

impl Repositories {
    pub(crate) fn new(
        config: &Config,
        http: &Arc<http::Client>,
        sink: &Arc<dyn Sink>,
    ) -> Repositories {
        let programs = Arc::new(Programs::new(config, sink));
        Repositories {
            http: Arc::clone(http),
            roots: Roots::new(config, http, &programs),
            programs,
            local_release: config.local_release.clone(),
            hosts: OnceMap::default(),
        }
    }

    fn open(&self, path: &str) -> Result<Source, FetchError> {
        // Where the code is, if anywhere, is not known.
        let root = self.roots.find(path, true);
        let root = root.map_err(|error| FetchError::Absent(Box::new(error)))?;
        let Some(system) = root.system else {
            return self.behind_proxy(path, &root);
        };
        let host = self.hosts.get_or_init((system, root.url.clone()), || {
            host::open(system, &root.url, &self.programs, &self.http)
        })?;
        Ok(Source::Module(Module::new(path, &root, host)?))
    }

    fn behind_proxy(&self, path: &str, root: &Root) -> Result<Source, FetchError> {
        let url = Url::parse(&root.url).map_err(FetchError::message)?;
        let escaped = names::escape_path(path).map_err(FetchError::message)?;
        let http = Arc::clone(&self.http);
        Ok(Source::Proxy(Box::new(Proxied::new(
            path, &url, &escaped, http,
        ))))
    }
}

/// Who has a module.
enum Source {
    Module(Module),
    Proxy(Box<dyn Origin>),
}

/// A module at its origin.
pub(crate) struct Direct {
    path: String,
    repositories: Arc<Repositories>,
    source: OnceLock<Result<Source, FetchError>>,
}

impl Direct {
    pub(crate) fn new(path: &str, repositories: &Arc<Repositories>) -> Direct {
        Direct {
            path: path.to_owned(),
            repositories: Arc::clone(repositories),
            source: OnceLock::new(),
        }
    }

    fn source(&self) -> Result<&Source, FetchError> {
        let source = self
            .source
            .get_or_init(|| self.repositories.open(&self.path));
        source.as_ref().map_err(Clone::clone)
    }
}

/// A pseudo-version says more than the revision in it, and all of it must be right.
fn check_metadata(module: &Module, version: &str) -> Result<(), FetchError> {
    if names::canonical(version) != version {
        return Err(FetchError::message(format!(
            "version {version} is not canonical"
        )));
    }
    match names::is_pseudo(version) {
        true => stat(module, version).map(drop),
        false => Ok(()),
    }
}

fn stat(module: &Module, rev: &str) -> Result<Info, FetchError> {
    if rev == "latest" {
        return naming::name(module, &module.host.latest()?, "");
    }
    let found = module.host.stat(&module.rev(rev));
    let revision = found.map_err(|error| module.wrong_version(rev, error))?;
    naming::name(module, &revision, rev)
}

impl Origin for Direct {
    fn versions(&self, prefix: &str) -> Result<Versions, FetchError> {
        match self.source()? {
            Source::Module(module) => module.versions(prefix),
            Source::Proxy(proxy) => proxy.versions(prefix),
        }
    }

    fn stat(&self, rev: &str) -> Result<Info, FetchError> {
        match self.source()? {
            Source::Module(module) => stat(module, rev),
            Source::Proxy(proxy) => proxy.stat(rev),
        }
    }

    fn latest(&self) -> Result<Info, FetchError> {
        match self.source()? {
            Source::Module(module) => stat(module, "latest"),
            Source::Proxy(proxy) => proxy.latest(),
        }
    }

    fn go_mod(&self, version: &str) -> Result<Arc<[u8]>, FetchError> {
        let module = match self.source()? {
            Source::Module(module) => module,
            Source::Proxy(proxy) => return proxy.go_mod(version),
        };
        check_metadata(module, version)?;
        let go_mod = module.place(version)?.go_mod;
        Ok(Arc::from(
            go_mod.unwrap_or_else(|| implied_go_mod(&self.path)),
        ))
    }

    fn zip(&self, version: &str, to: &mut File, name: &Path) -> Result<(), FetchError> {
        let module = match self.source()? {
            Source::Module(module) => module,
            Source::Proxy(proxy) => return proxy.zip(version, to, name),
        };
        check_metadata(module, version)?;
        zip::write(module, version, &self.repositories.local_release, to, name)
    }

    fn check_reuse(&self, old: &Rests) -> Result<(), FetchError> {
        match self.source()? {
            Source::Module(module) => module.host.check_reuse(old, &module.dir),
            Source::Proxy(proxy) => proxy.check_reuse(old),
        }
    }
}
