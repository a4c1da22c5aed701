//! Counters in a package's files: the cover tool reads them, and writes others that the compiler and cgo get instead.

use gust_fs::sha256;
use gust_packages::Package;
use gust_packages::model::{Str, TestMain};
use serde::Serialize;
use std::fmt::Write;

use super::archive::generate;
use crate::command::Command;
use crate::site::Site;
use crate::tools::absolute;

/// What the cover tool makes of a package.
pub(crate) struct Covered {
    /// Go files for the compiler, the tool's own first.
    pub(crate) go_files: Vec<String>,
    /// Go files for cgo.
    pub(crate) cgo_files: Vec<String>,
    /// What the compiler is to know; nothing if the package has no file that counts.
    pub(crate) config: Option<String>,
    /// Files that the tool reads, and those that it writes.
    inputs: Vec<String>,
    outputs: Vec<String>,
}

/// What becomes of a package that is covered; `objdir` is its directory, with a slash at the end.
pub(crate) fn of(p: &Package, objdir: &str) -> Option<Covered> {
    p.build.cover.as_ref()?;
    let mut covered = Covered {
        go_files: Vec::new(),
        cgo_files: Vec::new(),
        config: None,
        inputs: Vec::new(),
        outputs: Vec::new(),
    };
    let mut all = |files: &[Str]| {
        files
            .iter()
            .map(|file| covered.take(p, objdir, file))
            .collect()
    };
    let (go_files, cgo_files) = (all(&p.sources.go), all(&p.sources.cgo));
    (covered.go_files, covered.cgo_files) = (go_files, cgo_files);
    if !covered.inputs.is_empty() {
        let variables = format!("{objdir}covervars.go");
        covered.go_files.insert(0, variables.clone());
        covered.outputs.insert(0, variables);
        covered.config = Some(format!("{objdir}coveragecfg"));
    }
    Some(covered)
}

impl Covered {
    /// The file that stands for one of the package's. Tests count nothing.
    fn take(&mut self, p: &Package, objdir: &str, file: &Str) -> String {
        if file.ends_with("_test.go") {
            return file.to_string();
        }
        let stem = file.strip_suffix(".go").unwrap_or(file);
        let output = format!("{objdir}{stem}.cover.go");
        self.inputs.push(match p.generated() {
            Some(_) => format!("{objdir}{}", TestMain::FILE),
            None => absolute(p, file),
        });
        self.outputs.push(output.clone());
        output
    }
}

/// The name of the file that says what there is to be counted in a package.
pub fn meta_file(p: &Package) -> String {
    let mut name = "covmeta.".to_owned();
    for byte in sha256(p.import_path.as_bytes()) {
        let _ = write!(name, "{byte:02x}");
    }
    name
}

/// What the tool is told of a package. (cmd/internal/cov/covcmd.)
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Config<'a> {
    out_config: &'a str,
    pkg_path: &'a str,
    pkg_name: &'a str,
    granularity: &'a str,
    module_path: &'a str,
    local: bool,
    emit_meta_file: String,
}

/// The tool's run, and the files that it is given.
pub(crate) fn commands(site: &Site<'_>, p: &Package, objdir: &str) -> Vec<Command> {
    let (Some(cover), Some(covered)) = (&p.build.cover, of(p, objdir)) else {
        return Vec::new();
    };
    let Some(out_config) = &covered.config else {
        return generate(p, objdir).into_iter().collect();
    };
    let config = Config {
        out_config,
        pkg_path: &p.import_path,
        pkg_name: &p.name,
        granularity: "perblock",
        module_path: p.module.as_ref().map_or("", |module| module.path.as_str()),
        local: p.place.local,
        emit_meta_file: match cover.meta {
            true => format!("{objdir}{}", meta_file(p)),
            false => String::new(),
        },
    };
    let config = gust_text::json::to_string(&config).unwrap_or_default();
    let outputs: String = covered
        .outputs
        .iter()
        .map(|file| format!("{file}\n"))
        .collect();
    let [config_file, outputs_file] =
        ["pkgcfg.txt", "coveroutfiles.txt"].map(|name| format!("{objdir}{name}"));
    let id = sha256(p.import_path.as_bytes());
    let id: String = id[..6].iter().map(|byte| format!("{byte:02x}")).collect();
    let variable = format!("goCover_{id}_");
    let mut words = site.options.toolexec.clone();
    words.push(site.tool("cover"));
    let flags = [
        ["-pkgcfg", &config_file],
        ["-mode", &cover.mode],
        ["-var", &variable],
        ["-outfilelist", &outputs_file],
    ];
    words.extend(flags.concat().into_iter().map(str::to_owned));
    words.extend(covered.inputs);
    let mut commands: Vec<Command> = generate(p, objdir).into_iter().collect();
    commands.push(Command::write(config_file, format!("{config}\n")));
    commands.push(Command::write(outputs_file, outputs));
    commands.push(Command::tool(objdir, Vec::new(), words));
    commands
}
