//! `gust why`: which requirements decide a module's version, and who imports a package.

use crate::request;
use crate::session::Session;
use crate::ui::Outcome;
use gust_ops::explain::{self, Answer, Lower, PackageReason, Reason, WhyOutcome};
use gust_syntax::module::ModuleVersion;
use serde::Serialize;
use std::io;

/// Runs the command.
pub(crate) fn run(session: &Session) -> Outcome {
    let asked = request::why(session.request())?;
    let outcome = explain::why(session.workspace(), &asked.request)?;
    let ui = session.ui();
    if asked.json {
        ui.json(&json(&outcome));
        return Ok(());
    }
    ui.with_out(|out| {
        for (n, answer) in outcome.answers.iter().enumerate() {
            if n > 0 {
                writeln!(out)?;
            }
            match answer {
                Answer::Module(reason) => tell(out, &outcome, reason)?,
                Answer::Package(package, module) => {
                    tell_package(out, package)?;
                    if let Some(module) = module {
                        tell(out, &outcome, module)?;
                    }
                }
            }
        }
        Ok(())
    });
    Ok(())
}

fn tell(out: &mut dyn io::Write, outcome: &WhyOutcome, reason: &Reason) -> io::Result<()> {
    writeln!(out, "{}", named(&reason.module))?;
    if let Some(replacement) = &reason.replacement {
        writeln!(out, "\treplaced by {}", named(replacement))?;
    }
    if reason.is_main {
        return writeln!(out, "\tis a main module");
    }
    writeln!(out, "asked for by")?;
    for way in &reason.deciding {
        let way: Vec<String> = way.iter().map(named).collect();
        writeln!(out, "\t{}", way.join(" → "))?;
    }
    if !reason.lower.is_empty() {
        writeln!(out, "lower versions are asked for")?;
        for Lower { version, by } in &reason.lower {
            writeln!(out, "\t{version} by {}", list(by.iter()))?;
        }
    }
    let deciders = list(reason.deciding.iter().filter_map(|way| way.last()));
    match reason.next() {
        Some(next) => writeln!(
            out,
            "it goes down to {next} when these ask for less\n\t{deciders}"
        )?,
        None => writeln!(out, "it goes when these no longer ask for it\n\t{deciders}")?,
    }
    if !reason.ways.is_empty() {
        writeln!(out, "every way")?;
        super::draw(out, "\t", &outcome.selection, &reason.ways)?;
    }
    Ok(())
}

fn tell_package(out: &mut dyn io::Write, package: &PackageReason) -> io::Result<()> {
    if package.ways.is_empty() {
        writeln!(out, "{}", package.path)?;
        // What leads to it stands in front, as in an import's chain.
        return match package.chain.split_last() {
            Some((_, [])) | None => writeln!(out, "\tis a package of a main module"),
            Some(_) => writeln!(out, "imported by\n\t{}", package.chain.join(" → ")),
        };
    }
    let mut open = Vec::new();
    for branch in &package.ways {
        let stem = super::stem(&mut open, branch.depth, branch.is_last);
        let repeated = if branch.is_repeated { " (*)" } else { "" };
        writeln!(out, "{stem}{}{repeated}", branch.package)?;
    }
    Ok(())
}

fn list<'m>(modules: impl Iterator<Item = &'m ModuleVersion>) -> String {
    let names: Vec<String> = modules.map(named).collect();
    names.join(", ")
}

/// `path version`, or the path alone where there is no version.
fn named(module: &ModuleVersion) -> String {
    match module.version.is_empty() {
        true => module.path.to_string(),
        false => format!("{} {}", module.path, module.version),
    }
}

/// The answer of `--json`. Its fields are described in docs/json.md.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Why<'w> {
    modules: Vec<Module<'w>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    packages: Vec<Package<'w>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Package<'w> {
    path: &'w str,
    chain: &'w [String],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ways: Vec<Step<'w>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    module: Option<Module<'w>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Step<'w> {
    depth: usize,
    package: &'w str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    repeated: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Module<'w> {
    path: &'w str,
    #[serde(skip_serializing_if = "str::is_empty")]
    version: &'w str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    main: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    own: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    replace: Option<Name<'w>>,
    deciding: Vec<Vec<Name<'w>>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    lower: Vec<Asked<'w>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ways: Vec<Way<'w>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Name<'w> {
    path: &'w str,
    #[serde(skip_serializing_if = "str::is_empty")]
    version: &'w str,
}

impl<'w> Name<'w> {
    fn of(module: &'w ModuleVersion) -> Name<'w> {
        Name {
            path: &module.path,
            version: &module.version,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Asked<'w> {
    version: &'w str,
    by: Vec<Name<'w>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Way<'w> {
    depth: usize,
    #[serde(flatten)]
    module: Name<'w>,
    #[serde(skip_serializing_if = "Option::is_none")]
    wants: Option<&'w str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    repeated: bool,
}

fn json(outcome: &WhyOutcome) -> Why<'_> {
    let (mut modules, mut packages) = (Vec::new(), Vec::new());
    for answer in &outcome.answers {
        match answer {
            Answer::Module(reason) => modules.push(Module::of(outcome, reason)),
            Answer::Package(package, module) => packages.push(Package {
                path: &package.path,
                chain: &package.chain,
                ways: package
                    .ways
                    .iter()
                    .map(|branch| Step {
                        depth: branch.depth,
                        package: &branch.package,
                        repeated: branch.is_repeated,
                    })
                    .collect(),
                module: module.as_ref().map(|module| Module::of(outcome, module)),
            }),
        }
    }
    Why { modules, packages }
}

impl<'w> Module<'w> {
    fn of(outcome: &'w WhyOutcome, reason: &'w Reason) -> Module<'w> {
        let way = |way: &'w Vec<ModuleVersion>| way.iter().map(Name::of).collect();
        let asked = |lower: &'w Lower| Asked {
            version: &lower.version,
            by: lower.by.iter().map(Name::of).collect(),
        };
        let ways = reason.ways.iter().map(|branch| Way {
            depth: branch.depth,
            module: Name::of(&outcome.selection.modules()[branch.module]),
            wants: branch.wants.as_deref(),
            repeated: branch.is_repeated,
        });
        Module {
            path: &reason.module.path,
            version: &reason.module.version,
            main: reason.is_main,
            own: reason.own,
            replace: reason.replacement.as_ref().map(Name::of),
            deciding: reason.deciding.iter().map(way).collect(),
            lower: reason.lower.iter().map(asked).collect(),
            ways: ways.collect(),
        }
    }
}
