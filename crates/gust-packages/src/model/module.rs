//! What is shown of a module (stands in until gust-modules has it).

/// A module as `go list -m -json` shows it.
#[derive(Debug, Clone, Default)]
pub struct ModulePublic {
    /// Module path.
    pub path: String,
    /// Selected version.
    pub version: String,
    /// Its directory.
    pub dir: String,
    /// A main module.
    pub main: bool,
    /// The go version that it states.
    pub go_version: String,
}
