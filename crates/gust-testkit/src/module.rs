//! Modules made of text, and what a proxy serves of them.

use std::collections::BTreeMap;
use std::path::Path;

use crate::txtar::Txtar;
use crate::zipfile::ZipWriter;

/// One version of a module.
#[derive(Debug, Clone)]
pub struct Module {
    /// The module path.
    pub path: String,
    /// The version.
    pub version: String,
    /// The .info file.
    pub info: String,
    /// The .mod file.
    pub go_mod: String,
    /// The zip.
    pub zip: Vec<u8>,
}

impl Module {
    /// A version with the given files. A missing go.mod is made up for the proxy's .mod file.
    pub fn new(path: &str, version: &str, files: &[(&str, &str)]) -> Self {
        let mut zip = ZipWriter::default();
        for (name, content) in files {
            zip.add(&format!("{path}@{version}/{name}"), content.as_bytes());
        }
        let own = files
            .iter()
            .find(|(name, _)| *name == "go.mod")
            .map(|(_, content)| (*content).to_owned());
        Self {
            path: path.to_owned(),
            version: version.to_owned(),
            info: format!("{{\"Version\":\"{version}\",\"Time\":\"2024-01-02T03:04:05Z\"}}"),
            go_mod: own.unwrap_or_else(|| format!("module {path}\n")),
            zip: zip.finish(),
        }
    }

    /// A version from an archive whose files `.info` and `.mod` are what the proxy says, as those
    /// of cmd/go's testdata/mod.
    pub fn from_txtar(path: &str, version: &str, archive: &Txtar) -> Self {
        let content = archive
            .files
            .iter()
            .filter(|(name, _)| !name.starts_with('.'));
        let files: Vec<_> = content
            .map(|(name, data)| (name.as_str(), data.as_str()))
            .collect();
        let mut module = Self::new(path, version, &files);
        if let Some(info) = archive.get(".info") {
            module.info = info.trim_end().to_owned();
        }
        if let Some(go_mod) = archive.get(".mod") {
            module.go_mod = go_mod.to_owned();
        }
        module
    }

    /// The module with another zip in place of its own.
    pub fn with_zip(mut self, zip: Vec<u8>) -> Self {
        self.zip = zip;
        self
    }
}

/// The modules of a proxy.
#[derive(Debug, Clone, Default)]
pub struct ModuleSet {
    /// The files, by their path below the proxy's URL.
    pub files: BTreeMap<String, Vec<u8>>,
    /// The modules themselves.
    pub modules: Vec<Module>,
}

impl ModuleSet {
    /// The files of all given modules.
    pub fn new(modules: impl IntoIterator<Item = Module>) -> Self {
        let mut set = Self::default();
        for module in modules {
            set.add(module);
        }
        set
    }

    /// Adds a version.
    pub fn add(&mut self, module: Module) {
        let dir = format!("{}/@v", escape(&module.path));
        let version = escape(&module.version);
        let list = self.files.entry(format!("{dir}/list")).or_default();
        list.extend(module.version.bytes());
        list.push(b'\n');
        self.files.insert(
            format!("{dir}/{version}.info"),
            module.info.clone().into_bytes(),
        );
        self.files.insert(
            format!("{dir}/{version}.mod"),
            module.go_mod.clone().into_bytes(),
        );
        self.files
            .insert(format!("{dir}/{version}.zip"), module.zip.clone());
        self.modules.push(module);
    }

    /// Writes the files for a `file://` proxy.
    ///
    /// # Panics
    /// When a file cannot be written.
    pub fn write_to(&self, dir: &Path) {
        for (name, data) in &self.files {
            let path = dir.join(name);
            if let Some(parent) = path.parent() {
                std::fs::create_dir_all(parent).expect("make a directory of a proxy");
            }
            std::fs::write(path, data).expect("write a file of a proxy");
        }
    }
}

/// Upper-case letters as file systems without case can keep them.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if c.is_ascii_uppercase() {
            out.push('!');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}
