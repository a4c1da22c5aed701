//! The linker's command line.

use gust_packages::Package;
use gust_text::quote::{FieldsError, join_fields};
use gust_toolchain::platform;
use gust_toolchain::vars;

use super::{add, changed_environment, tool_words};
use crate::site::Site;

/// What one run of the linker is given besides the program's package.
#[derive(Debug, Clone)]
pub struct Link<'a> {
    /// The action's directory, with a slash at the end.
    pub objdir: &'a str,
    /// The file to make.
    pub target: &'a str,
    /// The build ID to write.
    pub build_id: &'a str,
    /// The main package's archive.
    pub main: &'a str,
    /// The program is made without what debuggers need.
    pub omit_debug: bool,
    /// Some package has C++ in it.
    pub cxx: bool,
    /// The path of a plugin.
    pub plugin_path: Option<&'a str>,
}

/// How the linker is started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkCommand {
    /// The directory in which it runs; `.` for where the build runs.
    pub dir: String,
    /// Variables besides the tools' own.
    pub environment: Vec<(String, String)>,
    /// The command line.
    pub words: Vec<String>,
}

/// The command that links a program.
///
/// # Errors
/// [`FieldsError`] when the C compiler's command cannot be passed on.
#[tracing::instrument(name = "link command", level = "debug", skip_all)]
pub fn command(site: &Site<'_>, p: &Package, run: &Link<'_>) -> Result<LinkCommand, FieldsError> {
    // Libraries remember the name by which they were made, which must not be that of a work directory.
    let library = matches!(&*site.shape.buildmode, "c-shared" | "plugin");
    let (dir, target) = match run.target.rsplit_once('/') {
        Some((dir, file)) if library => (format!("{dir}/"), file),
        _ => (".".to_owned(), run.target),
    };
    let goroot = match site.options.trimpath {
        true => String::new(),
        false => site.settings.goroot().to_string_lossy().into_owned(),
    };
    let mut environment = changed_environment(site.settings);
    environment.push((vars::GOROOT.to_owned(), goroot));
    let mut words = tool_words(site, "link");
    let importcfg = format!("{}importcfg.link", run.objdir);
    add(&mut words, &["-o", target, "-importcfg", &importcfg]);
    words.extend(flags(site, p, run)?);
    words.push(run.main.to_owned());
    Ok(LinkCommand {
        dir,
        environment,
        words,
    })
}

fn flags(site: &Site<'_>, p: &Package, run: &Link<'_>) -> Result<Vec<String>, FieldsError> {
    let mut flags = Vec::new();
    if !site.shape.install_suffix.is_empty() {
        add(&mut flags, &["-installsuffix", &site.shape.install_suffix]);
    }
    if run.omit_debug {
        add(&mut flags, &["-s", "-w"]);
    }
    if let Some(path) = run.plugin_path {
        add(&mut flags, &["-pluginpath", path]);
    }
    if site.settings.gofips140() != "off" {
        add(&mut flags, &["-fipso", &format!("{}fips.o", run.objdir)]);
    }
    let external =
        platform::must_link_external(site.settings.goos(), site.settings.goarch(), false);
    if p.place.goroot && p.import_path.starts_with("cmd/") && !external {
        let id = run.build_id;
        flags.push(format!("-X=cmd/internal/objabi.buildID={id}"));
    }
    if !p.build.default_godebug.is_empty() {
        flags.push(format!(
            "-X=runtime.godebugDefault={}",
            p.build.default_godebug
        ));
    }
    flags.push(format!("-buildmode={}", site.shape.link_mode));
    if !run.build_id.is_empty() {
        flags.push(format!("-buildid={}", run.build_id));
    }
    flags.extend(site.shape.ldflags.iter().cloned());
    flags.extend(asked(site, p));
    let chosen = |f: &String| f == "-extld" || f.starts_with("-extld=");
    if !flags.iter().any(chosen) {
        let compiler = match run.cxx {
            true => site.settings.cxx(),
            false => site.settings.cc(),
        };
        flags.push(format!("-extld={}", join_fields(&compiler)?));
    }
    Ok(flags)
}

/// The words that -ldflags has for the program; a test binary's say what it is.
pub(crate) fn asked(site: &Site<'_>, p: &Package) -> Vec<String> {
    let mut words = site.options.ldflags.of(p).to_vec();
    if p.build.testmain.is_some() {
        words.extend(["-X", "testing.testBinary=1"].map(str::to_owned));
    }
    words
}
