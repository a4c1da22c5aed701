//! What every action of a build has in common: settings, packages, options, the cache, and answers that are the same for all.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use gust_cache::{Cache, Hashing};
use gust_fs::View;
use gust_packages::{Package, PackageGraph, PackageId};
use gust_toolchain::Settings;
use gust_toolchain::compiler::{CompilerError, Compilers};
use gust_toolchain::memo::Memo;
use gust_toolchain::toolid::ToolIdError;

use crate::buildid::hash_to_string;
use crate::cgo::Scene;
use crate::id::Common;
use crate::options::BuildOptions;
use crate::shape::Shape;

/// The build information of programs, as text, by package.
pub type Stamps = HashMap<PackageId, Arc<str>>;

/// What a build stands on.
pub struct Site<'a> {
    /// Every setting.
    pub settings: &'a Settings,
    /// The door to sources.
    pub view: &'a View,
    /// The packages.
    pub graph: &'a PackageGraph,
    /// What was asked.
    pub options: &'a BuildOptions,
    /// What that makes of the tools' flags.
    pub shape: &'a Shape,
    /// The build information to put into programs.
    pub stamps: &'a Stamps,
    /// The build cache.
    pub cache: &'a Cache,
    /// How IDs are hashed.
    pub hashing: &'a Hashing,
    /// What tools and compilers said of themselves.
    pub memo: Arc<Memo>,
    /// The vendor directory that packages come from.
    pub vendor_dir: Option<&'a Path>,
    facts: Facts,
}

/// By compiler and language.
type CompilerIds = HashMap<(String, &'static str), Result<String, CompilerError>>;

#[derive(Default)]
struct Facts {
    tools: Mutex<HashMap<String, Result<Arc<str>, ToolIdError>>>,
    experiment: OnceLock<String>,
    common: OnceLock<Common>,
    compiler_ids: Mutex<CompilerIds>,
}

/// What a [`Site`] is made of.
pub struct SiteParts<'a> {
    /// Every setting.
    pub settings: &'a Settings,
    /// The door to sources.
    pub view: &'a View,
    /// The packages.
    pub graph: &'a PackageGraph,
    /// What was asked.
    pub options: &'a BuildOptions,
    /// What that makes of the tools' flags.
    pub shape: &'a Shape,
    /// The build information to put into programs.
    pub stamps: &'a Stamps,
    /// The build cache.
    pub cache: &'a Cache,
    /// How IDs are hashed.
    pub hashing: &'a Hashing,
    /// What tools and compilers said of themselves.
    pub memo: Arc<Memo>,
    /// The vendor directory that packages come from.
    pub vendor_dir: Option<&'a Path>,
}

impl<'a> Site<'a> {
    /// A site for one build.
    pub fn new(parts: SiteParts<'a>) -> Site<'a> {
        Site {
            settings: parts.settings,
            view: parts.view,
            graph: parts.graph,
            options: parts.options,
            shape: parts.shape,
            stamps: parts.stamps,
            cache: parts.cache,
            hashing: parts.hashing,
            memo: parts.memo,
            vendor_dir: parts.vendor_dir,
            facts: Facts::default(),
        }
    }

    /// A tool's identity, asked once.
    ///
    /// # Errors
    /// [`ToolIdError`] when the tool does not say what it is.
    pub fn tool_id(&self, name: &str) -> Result<Arc<str>, ToolIdError> {
        let mut tools = lock(&self.facts.tools);
        if let Some(known) = tools.get(name) {
            return known.clone();
        }
        let id = self
            .settings
            .tool_id(&self.memo, name, &self.options.toolexec)
            .map(Arc::from);
        tools.insert(name.to_owned(), id.clone());
        id
    }

    /// The identity of a C compiler (its first word) for a language, as hashes name it.
    pub(crate) fn compiler_id(
        &self,
        compilers: &Compilers<'_>,
        name: &str,
        language: &'static str,
    ) -> Result<String, CompilerError> {
        let mut ids = lock(&self.facts.compiler_ids);
        let key = (name.to_owned(), language);
        if let Some(known) = ids.get(&key) {
            return known.clone();
        }
        let toolexec = &self.options.toolexec;
        let id = compilers.id(self.settings, name, language, toolexec);
        let id = id.map(|id| match id.program {
            None => id.version,
            Some(program) => self.program_id(&program),
        });
        ids.insert(key, id.clone());
        id
    }

    /// A program's build ID, or its content's hash.
    fn program_id(&self, program: &Path) -> String {
        let id = self
            .view
            .map(program)
            .ok()
            .and_then(|data| crate::buildid::read(&data).ok())
            .unwrap_or_default();
        if id.is_empty() {
            return self.file_hash(program);
        }
        id
    }

    /// A file's content as IDs name it; empty when it cannot be read.
    pub fn file_hash(&self, file: &Path) -> String {
        let digest = self.file_digest(file);
        digest.map_or_else(String::new, |d| hash_to_string(&d))
    }

    /// The SHA-256 of a file's content; None when it cannot be read.
    pub(crate) fn file_digest(&self, file: &Path) -> Option<[u8; 32]> {
        let digest = self.view.digest(file);
        if self.hashing.is_traced() {
            self.hashing.trace_file(file, &digest);
        }
        digest.ok()
    }

    /// What many recipes of IDs have in common.
    pub(crate) fn common(&self) -> &Common {
        self.facts.common.get_or_init(|| Common::new(self))
    }

    /// GOEXPERIMENT as hashes name it: only what differs from the default.
    pub fn experiment(&self) -> &str {
        self.facts.experiment.get_or_init(|| {
            let experiments = self.settings.experiments();
            experiments.map_or_else(|_| String::new(), |e| e.clean())
        })
    }

    /// What the steps of cgo need to know of a package; `objdir` is its directory, with a slash at the end.
    pub(crate) fn scene<'s>(
        &'s self,
        compilers: &'s Compilers<'s>,
        package: &'s Package,
        objdir: &'s str,
    ) -> Scene<'s> {
        Scene {
            settings: self.settings,
            compilers,
            package,
            objdir,
            trimpath: self.options.trimpath,
            msan: self.options.msan,
            asan: self.options.asan,
            buildmode: &self.shape.buildmode,
            vendor_dir: self.vendor_dir,
        }
    }

    /// The file of one of the release's tools.
    pub fn tool(&self, name: &str) -> String {
        self.settings.tool(name).to_string_lossy().into_owned()
    }
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
