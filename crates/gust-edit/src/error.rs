//! What can be wrong with changing what a module requires. `Display` is go's text, without the `go: ` in front.

use gust_fetch::FetchError;
use gust_fs::errtext::PathError;
use gust_modules::ModulesError;
use gust_packages::LoadError;

/// Why packages could not be loaded with the requirements that they need, or these not be written.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// The command line cannot be loaded at all.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// Something about modules.
    #[error(transparent)]
    Modules(#[from] ModulesError),
    /// Something downloaded is not what it should be: the command ends, whatever else there is to say.
    #[error(transparent)]
    Fatal(Box<FetchError>),
    /// Everything was told already.
    #[error("")]
    Told,
    /// go.mod is one of the files that -overlay stands in for.
    #[error("updates to go.mod needed, but go.mod is part of the overlay specified with -overlay")]
    Overlaid,
    /// Somebody else wrote go.mod since it was read.
    #[error("updating go.mod: existing contents have changed since last read")]
    ChangedMeanwhile,
    /// go.mod cannot be written.
    #[error("updating go.mod: {0}")]
    Write(PathError),
}
