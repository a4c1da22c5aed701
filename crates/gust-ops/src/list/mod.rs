//! `go list`: which packages are listed, and what is known of them. How they are shown is for whoever asked.

mod additions;
mod listing;
mod modules;
mod retracted;
mod tests;

pub use listing::Listing;
pub(crate) use modules::reuse;
pub use modules::{ListModulesRequest, ModuleListing, list_modules, module_info};

use crate::building::Building;
use crate::error::OpError;
use crate::report::Reporter;
use crate::request::BuildFlags;
use crate::workspace::Workspace;
use additions::Additions;
use gust_build::Purpose;
use gust_modules::ModFlag;
use gust_packages::config::Needs;
use gust_packages::{Named, PackageGraph, PackageId};
use listing::tells_variants;

/// The flags of `go list` that say what is listed.
#[derive(Clone, Debug, Default)]
pub struct ListFlags {
    /// -deps
    pub deps: bool,
    /// -test
    pub tests: bool,
    /// -export
    pub export: bool,
    /// -compiled
    pub compiled: bool,
    /// -find
    pub find: bool,
    /// -e
    pub tolerant: bool,
    /// -retracted
    pub retracted: bool,
    /// -u
    pub upgrades: bool,
    /// -versions
    pub versions: bool,
}

/// Which packages, and what of them will be shown.
pub struct ListRequest {
    /// How they would be built.
    pub flags: BuildFlags,
    /// What is listed.
    pub list: ListFlags,
    /// Which packages.
    pub patterns: Vec<String>,
    /// The files that embed patterns match will be shown.
    pub embeds: bool,
    /// Whether packages are stale will be shown.
    pub stale: bool,
    /// Version control is asked although nothing is built: what it refuses shows in errors, and -x shows the asking.
    pub version_control: bool,
}

impl ListRequest {
    /// The answer needs to know what a build would do.
    pub fn builds(&self) -> bool {
        self.list.export || self.list.compiled || self.stale
    }
}

/// Flags that do not go together, and files that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// Only for -m.
    #[error("go list -{0} can only be used with -m")]
    OnlyModules(&'static str),
    /// Not for -m.
    #[error("go list -{0} cannot be used with -m")]
    NotModules(&'static str),
    /// -find looks at no imports.
    #[error("go list -{0} cannot be used with -find")]
    Find(&'static str),
    /// -retracted in GOPATH mode.
    #[error("go list -retracted can only be used in module-aware mode")]
    RetractedWithoutModules,
    /// -retracted with a vendor directory.
    #[error("go list -retracted cannot be used when vendoring is enabled")]
    RetractedVendored,
    /// -reuse within a module.
    #[error("go list -reuse cannot be used inside a module")]
    ReuseInModule,
    /// -reuse without arguments.
    #[error("list -m -reuse only has an effect with module@version arguments")]
    ReuseOfNothing,
    /// -m in GOPATH mode.
    #[error("list -m cannot be used with GO111MODULE=off")]
    ModulesOff,
    /// What modules.txt does not say.
    #[error("can't {0} using the vendor directory\n\t(Use -mod=mod or -mod=readonly to bypass.)")]
    Vendored(&'static str),
    /// The file of -reuse cannot be read.
    #[error("open {file}: {}", gust_fs::errtext::go_text(source))]
    ReuseFile {
        /// The file.
        file: String,
        /// Why.
        source: std::io::Error,
    },
    /// The file of -reuse cannot be understood.
    #[error("parsing {file}: {source}")]
    ReuseText {
        /// The file.
        file: String,
        /// Why.
        source: gust_text::decode::JsonError,
    },
}

impl ListError {
    pub(crate) fn is_prefixed(&self) -> bool {
        matches!(
            self,
            ListError::ReuseOfNothing
                | ListError::ModulesOff
                | ListError::Vendored(_)
                | ListError::ReuseFile { .. }
                | ListError::ReuseText { .. }
        )
    }
}

/// Lists packages.
///
/// # Errors
/// [`OpError`] when flags do not go together, packages cannot be loaded, or, unless errors are to be carried, one has an error.
pub fn list(
    workspace: &Workspace,
    request: &ListRequest,
    reporter: &dyn Reporter,
) -> Result<Listing, OpError> {
    let flags = &request.list;
    check(workspace, flags)?;
    let purpose = Purpose::List {
        export: flags.export,
        compiled: flags.compiled,
        tolerant: flags.tolerant,
    };
    let needs = Needs {
        imports: !flags.find,
        tests: flags.tests,
        embeds: flags.export || request.embeds,
        mains_only: false,
        every_build: false,
        std_imports: false,
        bare_modules: false,
        go_mods: true,
    };
    let (build_flags, patterns) = (&request.flags, &request.patterns);
    let mut building = Building::load_for(
        workspace,
        build_flags,
        reporter,
        Named::Patterns(patterns),
        needs,
        purpose,
    )?;
    if request.builds() || request.version_control {
        building.stamp()?;
    }
    let mut roots = building.graph.roots().to_vec();
    if !flags.tolerant && complain(reporter, &building.graph, &roots) {
        return Err(OpError::told());
    }
    if flags.tests {
        tests::add(workspace, &mut building, &mut roots, flags.tolerant)?;
    }
    let mut listed = roots.clone();
    if flags.deps {
        listed = building.graph.deps_postorder(&roots);
        if !flags.tolerant {
            complain(reporter, &building.graph, &listed);
        }
    }
    if request.builds() {
        building.cover();
    }
    let (mut additions, failed) = match request.builds() {
        true => ask_build(workspace, build_flags, &mut building, &listed)?,
        false => (Additions::default(), false),
    };
    let tell_variants = tells_variants(request, roots.len());
    if tell_variants && !flags.deps && !flags.tolerant {
        let needed = building.graph.deps_postorder(&roots);
        complain(reporter, &building.graph, &needed);
    }
    if flags.retracted {
        additions.set_modules(retracted::modules(workspace, &building.graph, &listed)?);
    }
    Ok(Listing::new(
        building,
        additions,
        roots,
        listed,
        tell_variants,
        flags.compiled,
        failed,
    ))
}

/// Flags that do not go together.
fn check(workspace: &Workspace, flags: &ListFlags) -> Result<(), OpError> {
    check_retracted(workspace, flags)?;
    let modules_only = [(flags.upgrades, "u"), (flags.versions, "versions")];
    if let Some((_, name)) = modules_only.iter().find(|(given, _)| *given) {
        return Err(ListError::OnlyModules(name).into());
    }
    let following = [
        (flags.deps, "deps"),
        (flags.tests, "test"),
        (flags.export, "export"),
    ];
    match following.iter().find(|(given, _)| *given && flags.find) {
        Some((_, name)) => Err(ListError::Find(name).into()),
        None => Ok(()),
    }
}

/// -retracted asks module proxies, which GOPATH mode and vendor directories do not.
fn check_retracted(workspace: &Workspace, flags: &ListFlags) -> Result<(), OpError> {
    if !flags.retracted {
        return Ok(());
    }
    match workspace.modules()? {
        None => Err(ListError::RetractedWithoutModules.into()),
        Some(modules) if modules.mode() == ModFlag::Vendor => {
            Err(ListError::RetractedVendored.into())
        }
        Some(_) => Ok(()),
    }
}

/// Tells the errors of packages; the listing goes on but the command fails. Whether there are any.
fn complain(reporter: &dyn Reporter, graph: &PackageGraph, packages: &[PackageId]) -> bool {
    let mut any = false;
    for error in packages.iter().filter_map(|id| graph[*id].error.as_ref()) {
        any = true;
        reporter.complain(error);
    }
    any
}

/// Asks the build what is stale, and has it make what is asked for. Errors become those of the packages. Whether something failed.
fn ask_build(
    workspace: &Workspace,
    flags: &BuildFlags,
    building: &mut Building<'_>,
    listed: &[PackageId],
) -> Result<(Additions, bool), OpError> {
    crate::building::check_build(workspace, flags)?;
    let plan = gust_build::plan::list(building.setting(), listed);
    let outcome = building.carry_out(&plan)?;
    Ok((Additions::of_build(outcome.statuses), outcome.failed))
}
