//! `go list -retracted` of packages: their modules tell why their versions were retracted.

use crate::error::OpError;
use crate::modules::failure;
use crate::workspace::Workspace;
use gust_modules::{InfoMode, ModulePublic};
use gust_packages::{PackageGraph, PackageId};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// The modules of the packages listed, with retractions; by package.
pub(super) fn modules(
    workspace: &Workspace,
    graph: &PackageGraph,
    listed: &[PackageId],
) -> Result<HashMap<PackageId, Arc<ModulePublic>>, OpError> {
    let mut shown = HashMap::new();
    let Some(modules) = workspace.modules()? else {
        return Ok(shown);
    };
    let mut asked = BTreeMap::new();
    for module in listed
        .iter()
        .filter_map(|id| graph[*id].module.as_deref())
        .map(|module| &**module.shown())
    {
        for module in [Some(module), module.replace.as_deref()]
            .into_iter()
            .flatten()
        {
            if !module.version.is_empty() {
                asked.entry(argument(module)).or_insert(None);
            }
        }
    }
    if asked.is_empty() {
        return Ok(shown);
    }
    let args: Vec<String> = asked.keys().cloned().collect();
    let mode = InfoMode {
        retracted: true,
        ..InfoMode::default()
    };
    let answer = modules
        .list(modules.stated(), &args, mode)
        .map_err(|error| failure(workspace, error))?;
    for (arg, module) in args.into_iter().zip(answer.modules) {
        asked.insert(arg, Some(module));
    }
    let mut changed: BTreeMap<String, Arc<ModulePublic>> = BTreeMap::new();
    for &id in listed {
        let Some(module) = graph[id].module.as_ref().map(|module| module.shown()) else {
            continue;
        };
        let whole = changed
            .entry(argument(module))
            .or_insert_with(|| Arc::new(with_retractions(module, &asked)));
        shown.insert(id, Arc::clone(whole));
    }
    Ok(shown)
}

fn argument(module: &ModulePublic) -> String {
    format!("{}@{}", module.path, module.version)
}

fn with_retractions(
    module: &ModulePublic,
    asked: &BTreeMap<String, Option<ModulePublic>>,
) -> ModulePublic {
    let mut module = module.clone();
    if let Some(Some(found)) = asked.get(&argument(&module)) {
        module.retracted.clone_from(&found.retracted);
        if module.error.is_none() {
            module.error.clone_from(&found.error);
        }
    }
    module.replace = module
        .replace
        .map(|replace| Box::new(with_retractions(&replace, asked)));
    module
}
