//! Profiles for the compiler: one for all, or the `default.pgo` beside each program. Several programs may have different ones,
//! so each takes its own copies of what it imports.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use super::assemble::Assembly;
use crate::config::Pgo;
use crate::env::Env;
use crate::model::{PackageGraph, PackageId};

/// Sets the profiles of the roots and all that they import.
pub(crate) fn attach(env: &Env, assembly: &mut Assembly) {
    let graph = &mut assembly.graph;
    match &env.config.build.pgo {
        Pgo::Off => {}
        Pgo::File(file) => {
            for id in graph.deps_postorder(graph.roots()) {
                graph.at(id).build.pgo_profile = Some(file.clone());
            }
        }
        pgo if pgo.is_auto() => {
            for main in graph.roots().to_vec() {
                let file = graph[main].place.dir.join("default.pgo");
                if &*graph[main].name == "main" && env.config.view.exists(&file) {
                    attach_to(graph, main, Arc::from(file));
                }
            }
            assembly.note_copies();
        }
        _ => {}
    }
}

fn attach_to(graph: &mut PackageGraph, main: PackageId, file: Arc<Path>) {
    let shared = graph.roots().len() > 1;
    let main_path = graph[main].import_path.clone();
    let mut copies: HashMap<PackageId, PackageId> = HashMap::new();
    for id in graph.deps_postorder(&[main]) {
        let own = if shared && id != main {
            let mut copy = graph[id].clone();
            copy.for_main = Some(main_path.clone());
            graph.push(copy)
        } else {
            id
        };
        copies.insert(id, own);
        let p = graph.at(own);
        p.build.pgo_profile = Some(file.clone());
        for d in &mut p.imports.direct {
            *d = copies.get(d).copied().unwrap_or(*d);
        }
    }
}
