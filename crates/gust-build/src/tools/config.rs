//! The files that tell compiler and linker where packages and embedded files are.

use std::collections::BTreeMap;
use std::fmt::Write;

use gust_packages::Package;
use gust_packages::model::Str;
use gust_text::quote::quote_bytes;
use serde::Serialize;

use super::actual;
use crate::site::Site;

/// importcfg: the archives of the packages imported. `archives` gives import paths and files in the order of deps.
pub fn importcfg<'a>(p: &Package, archives: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut text = String::from("# import config\n");
    for (raw, path) in p.import_map() {
        let _ = writeln!(text, "importmap {raw}={path}");
    }
    for (path, file) in archives {
        let _ = writeln!(text, "packagefile {path}={file}");
    }
    text
}

/// importcfg.link: the archives of the program's packages, and the build information.
pub fn importcfg_link<'a>(
    archives: impl Iterator<Item = (&'a str, &'a str)>,
    stamp: &str,
) -> String {
    let mut text = String::new();
    for (path, file) in archives {
        let _ = writeln!(text, "packagefile {path}={file}");
    }
    let _ = writeln!(text, "modinfo {}", quote_bytes(&marked(stamp)));
    text
}

/// The build information between the marks by which the runtime and `go version` find it.
fn marked(stamp: &str) -> Vec<u8> {
    const START: [u8; 16] = *b"\x30\x77\xaf\x0c\x92\x74\x08\x02\x41\xe1\xc1\x07\xe6\xd6\x18\xe6";
    const END: [u8; 16] = *b"\xf9\x32\x43\x31\x86\x18\x20\x72\x00\x82\x42\x10\x41\x16\xd8\xf2";
    [&START, stamp.as_bytes(), &END].concat()
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct EmbedConfig<'a> {
    patterns: BTreeMap<&'a str, Vec<&'a str>>,
    files: BTreeMap<&'a str, String>,
}

/// embedcfg: the files that `//go:embed` lines mean; None when there are no such lines.
pub fn embedcfg(site: &Site<'_>, p: &Package) -> Option<String> {
    let embed = &p.sources.embed;
    if embed.map.is_empty() {
        return None;
    }
    let file = |f: &Str| actual(site, p, f);
    let files = embed.files.iter().map(|f| (&**f, file(f))).collect();
    let config = EmbedConfig {
        patterns: embed.map.iter().map(|(p, f)| (&**p, names(f))).collect(),
        files,
    };
    gust_text::json::to_string_indent(&config).ok()
}

fn names(files: &[Str]) -> Vec<&str> {
    files.iter().map(|f| &**f).collect()
}
