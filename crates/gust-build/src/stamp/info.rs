//! The build information that a program carries: what `go version -m` prints and `runtime/debug` reads.

use std::fmt;

use gust_text::quote::quote;

/// A module as a program names it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ModuleStamp {
    /// The module path.
    pub path: String,
    /// The version; `(devel)` where there is none.
    pub version: String,
    /// The `h1:` checksum of go.sum; empty where there is none, and for a replaced module.
    pub sum: String,
    /// What stands in its place.
    pub replace: Option<Box<ModuleStamp>>,
}

/// Everything stamped into a program. `Display` is the text that the linker embeds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BuildInfo {
    /// The main package's import path.
    pub path: String,
    /// The module of the main package.
    pub main: Option<ModuleStamp>,
    /// The modules of all packages that it needs, sorted.
    pub deps: Vec<ModuleStamp>,
    /// Settings of the build, in the order in which they are printed.
    pub settings: Vec<(String, String)>,
}

impl BuildInfo {
    /// Adds a setting; line breaks in its value become spaces, for the format has one setting a line.
    pub fn set(&mut self, key: &str, value: impl Into<String>) {
        self.settings
            .push((key.to_owned(), value.into().replace('\n', " ")));
    }

    /// Notes the profile that the program is compiled with, in its place among the sorted settings.
    pub fn set_profile(&mut self, file: &str) {
        self.set("-pgo", file);
        self.settings.sort_by(|(a, _), (b, _)| a.cmp(b));
    }

    /// The text between the marks by which the runtime and `go version` find it.
    #[must_use]
    pub fn marked(text: &str) -> Vec<u8> {
        const START: [u8; 16] =
            *b"\x30\x77\xaf\x0c\x92\x74\x08\x02\x41\xe1\xc1\x07\xe6\xd6\x18\xe6";
        const END: [u8; 16] = *b"\xf9\x32\x43\x31\x86\x18\x20\x72\x00\x82\x42\x10\x41\x16\xd8\xf2";
        [&START, text.as_bytes(), &END].concat()
    }
}

impl fmt::Display for BuildInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            writeln!(f, "path\t{}", self.path)?;
        }
        if let Some(main) = &self.main {
            write_module(f, "mod", main)?;
        }
        for dep in &self.deps {
            write_module(f, "dep", dep)?;
        }
        for (key, value) in &self.settings {
            let special = |c: char| matches!(c, ' ' | '\t' | '\r' | '\n' | '"' | '`');
            let quote_key = key.is_empty() || key.contains(|c: char| c == '=' || special(c));
            let key = if quote_key { quote(key) } else { key.clone() };
            let value = if value.contains(special) {
                quote(value)
            } else {
                value.clone()
            };
            writeln!(f, "build\t{key}={value}")?;
        }
        Ok(())
    }
}

fn write_module(f: &mut fmt::Formatter<'_>, word: &str, module: &ModuleStamp) -> fmt::Result {
    write!(f, "{word}\t{}\t{}", module.path, module.version)?;
    match &module.replace {
        None => writeln!(f, "\t{}", module.sum),
        Some(other) => {
            writeln!(f)?;
            write_module(f, "=>", other)?;
            // the format ends a replaced module with an empty line
            writeln!(f)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn module(path: &str, sum: &str) -> ModuleStamp {
        ModuleStamp {
            path: path.into(),
            version: "v1.0.0".into(),
            sum: sum.into(),
            replace: None,
        }
    }

    #[test]
    fn text_as_go_writes_it() {
        let mut replaced = module("example.com/b", "");
        replaced.replace = Some(Box::new(module("example.com/c", "h1:c")));
        let mut info = BuildInfo {
            path: "example.com/x".into(),
            main: Some(module("example.com/x", "")),
            deps: vec![module("example.com/a", "h1:a"), replaced],
            settings: Vec::new(),
        };
        info.set("-compiler", "gc");
        info.set("CGO_CFLAGS", "-O2 -g");
        info.set_profile("default.pgo");
        assert_eq!(
            info.to_string(),
            "path\texample.com/x\nmod\texample.com/x\tv1.0.0\t\ndep\texample.com/a\tv1.0.0\th1:a\n\
             dep\texample.com/b\tv1.0.0\n=>\texample.com/c\tv1.0.0\th1:c\n\n\
             build\t-compiler=gc\nbuild\t-pgo=default.pgo\nbuild\tCGO_CFLAGS=\"-O2 -g\"\n"
        );
        assert_eq!(BuildInfo::marked("x").len(), 33);
    }
}
