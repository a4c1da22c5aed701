//! -debug-actiongraph: the plan as JSON, in go's shape.

use std::collections::HashMap;

use serde::Serialize;

use crate::plan::{ActionRef, Kind, Place, Plan};
use gust_packages::PackageGraph;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Node<'a> {
    #[serde(rename = "ID")]
    id: usize,
    mode: String,
    package: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    deps: Vec<usize>,
    #[serde(skip_serializing_if = "is_false")]
    ignore_fail: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    args: Vec<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    objdir: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    target: String,
    #[serde(skip_serializing_if = "is_zero")]
    priority: usize,
    #[serde(skip_serializing_if = "is_false")]
    need_build: bool,
    cmd: Option<Vec<String>>,
}

fn is_false(b: &bool) -> bool {
    !b
}

fn is_zero(n: &usize) -> bool {
    *n == 0
}

/// The plan as go shows it before it runs, `work` being the work directory.
pub fn json(plan: &Plan, graph: &PackageGraph, work: &str) -> String {
    let order = plan.order();
    let priority: HashMap<ActionRef, usize> =
        order.iter().enumerate().map(|(i, &at)| (at, i)).collect();
    let mut queue = vec![plan.root];
    let mut numbers: HashMap<ActionRef, usize> = HashMap::from([(plan.root, 0)]);
    let mut next = 0;
    while let Some(&at) = queue.get(next) {
        next += 1;
        for &dep in &plan.action(at).deps {
            numbers.entry(dep).or_insert_with(|| {
                queue.push(dep);
                queue.len() - 1
            });
        }
    }
    let nodes: Vec<Node<'_>> = queue
        .iter()
        .enumerate()
        .map(|(id, &at)| {
            let action = plan.action(at);
            let objdir = action.objdir.map(|n| format!("{work}/b{n:03}/"));
            let objdir = objdir.unwrap_or_default();
            Node {
                id,
                mode: action.mode(),
                package: action.package.map_or("", |id| &graph[id].import_path),
                deps: action.deps.iter().map(|dep| numbers[dep]).collect(),
                ignore_fail: action.ignore_fail,
                args: match &action.kind {
                    Kind::Run { args } => args.clone(),
                    _ => Vec::new(),
                },
                target: match &action.target {
                    Place::None => String::new(),
                    Place::Work(name) => format!("{objdir}{name}"),
                    Place::Path(path) => path.to_string_lossy().into_owned(),
                },
                objdir,
                priority: priority.get(&at).copied().unwrap_or(0),
                need_build: action.need_build,
                cmd: None,
            }
        })
        .collect();
    gust_text::json::to_string_indent(&nodes).unwrap_or_default()
}
