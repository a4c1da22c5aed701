//! What is known of actions once they are done, and what is still to be done for a package.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use gust_cache::{ActionId, Cache, OutputId};

use super::known::output_path;
use crate::lower::cgo::Translated;
use crate::plan::ActionRef;

/// What a package's actions still have to do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Need {
    /// The archive.
    pub(crate) build: bool,
    /// The header for C programs.
    pub(crate) header: bool,
    /// The names of the files that the compiler sees.
    pub(crate) compiled_files: bool,
    /// The same names, kept for whoever vets the package.
    pub(crate) source_names: bool,
    /// The file that says what there is to be counted.
    pub(crate) cover_meta: bool,
}

impl Need {
    pub(crate) fn nothing(self) -> bool {
        self == Need::default()
    }
}

/// A finished action.
#[derive(Debug, Clone, Default)]
pub(crate) struct Done {
    /// The first action that failed, if that kept this one from its work (or is this one).
    pub(crate) failed: Option<ActionRef>,
    /// The ID of its inputs.
    pub(crate) action_id: Option<ActionId>,
    /// The build ID of its result; of a failed or unfinished one the ID it would have begun with.
    pub(crate) build_id: String,
    /// The file with its result.
    pub(crate) built: Option<Built>,
    /// The link found its program where it was to be installed.
    pub(crate) in_place: bool,
    /// For the action that asks the cache.
    pub(crate) need: Need,
    /// For the run of cgo.
    pub(crate) cgo: Option<Arc<Translated>>,
}

/// A file with a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Built {
    /// This one.
    File(PathBuf),
    /// The cache's file of an output. Few are ever asked for their path.
    Output(OutputId),
}

impl Built {
    pub(crate) fn path(&self, cache: &Cache) -> PathBuf {
        match self {
            Built::File(path) => path.clone(),
            Built::Output(output) => output_path(cache.dir(), *output),
        }
    }
}

/// The finished actions, by reference.
#[derive(Debug)]
pub(crate) struct States {
    done: Vec<OnceLock<Arc<Done>>>,
    nothing: Arc<Done>,
}

impl States {
    pub(crate) fn new(actions: usize) -> States {
        States {
            done: (0..actions).map(|_| OnceLock::new()).collect(),
            nothing: Arc::default(),
        }
    }

    /// What an action came to, if it is finished.
    pub(crate) fn get(&self, at: ActionRef) -> Option<&Arc<Done>> {
        self.done[at.index()].get()
    }

    pub(crate) fn set(&self, at: ActionRef, done: Arc<Done>) {
        let _ = self.done[at.index()].set(done);
    }

    /// What an action that only stands for others comes to.
    pub(crate) fn nothing(&self) -> Arc<Done> {
        Arc::clone(&self.nothing)
    }

    /// The build ID of an action; empty when it has none.
    pub(crate) fn build_id(&self, at: ActionRef) -> &str {
        self.get(at).map_or("", |done| &done.build_id)
    }
}
