//! Command lines and configuration files of the release's tools.
//!
//! - [`compile`], [`asm`], [`link`]: command lines
//! - [`config`]: importcfg and embedcfg files
//! - [`trimpath`]: which file names the tools shorten
//! - [`response`]: arguments too long for a command line

pub mod asm;
pub mod compile;
pub mod config;
pub mod link;
pub mod response;
pub mod trimpath;

use crate::site::Site;
use gust_packages::Package;
use gust_toolchain::Settings;

/// Variables set for each of the release's tools although they are in its environment: GOARM or its like, when it is not what
/// the release has for a default.
pub(crate) fn changed_environment(settings: &Settings) -> Vec<(String, String)> {
    let changed = settings
        .arch_setting()
        .filter(|(name, value)| *value != settings.defaults().get(name));
    let changed = changed.map(|(name, value)| (name.to_owned(), value.to_owned()));
    changed.into_iter().collect()
}

/// A tool's command line so far: what -toolexec says, and the tool.
fn tool_words(site: &Site<'_>, tool: &str) -> Vec<String> {
    let mut words = site.options.toolexec.clone();
    words.push(site.tool(tool));
    words
}

fn add(words: &mut Vec<String>, more: &[&str]) {
    words.extend(more.iter().map(|&w| w.to_owned()));
}

/// A file of a package as an absolute path; generated ones are absolute already.
pub fn absolute(p: &Package, file: &str) -> String {
    if file.starts_with('/') || file.starts_with("$WORK") {
        return file.to_owned();
    }
    p.place.dir.join(file).to_string_lossy().into_owned()
}

/// The path that a tool is to read a file at: an overlay may have put it elsewhere.
pub fn actual(site: &Site<'_>, p: &Package, file: &str) -> String {
    let path = absolute(p, file);
    let real = site.view.actual(path.as_ref());
    real.to_string_lossy().into_owned()
}
