//! The cgo tool: its command line, and the flags that everything after it uses.

use gust_text::quote::quote;
use gust_toolchain::cflags::{CgoFlags, CgoFlagsError};
use gust_toolchain::vars;

use super::flags::{FlagError, Overrides, check_compiler, check_linker, internal_link_possible};
use super::{Invocation, Scene, compiler_environment};
use crate::tools::changed_environment;

/// Why a package's flags cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CgoError {
    /// A variable's quotes do not match.
    #[error(transparent)]
    Environment(#[from] CgoFlagsError),
    /// A flag is not allowed.
    #[error(transparent)]
    Flag(#[from] FlagError),
}

/// What pkg-config added.
#[derive(Debug, Clone, Default)]
pub struct FromPkgConfig {
    /// Of `--cflags`.
    pub cflags: Vec<String>,
    /// Of `--libs`.
    pub ldflags: Vec<String>,
}

/// The cgo tool's run, and what the steps after it need.
#[derive(Debug, Clone)]
pub struct Translation {
    /// How to start it.
    pub invocation: Invocation,
    /// The flags for compiling and linking what it writes.
    pub flags: FinalFlags,
    /// The Go files that it writes, for the compiler.
    pub go_files: Vec<String>,
}

/// Flags in their final form: the environment's, the package's, pkg-config's and the build's together.
#[derive(Debug, Clone, Default)]
pub struct FinalFlags {
    /// For C, assembly and Objective-C, the preprocessor's first.
    pub c: Vec<String>,
    /// For C++, likewise.
    pub cxx: Vec<String>,
    /// For Fortran, likewise.
    pub fortran: Vec<String>,
    /// For the linker.
    pub ld: Vec<String>,
    /// Go's own linker should leave these objects to the host's.
    pub prefer_external_link: bool,
}

/// The environment's flags with the package's own behind them, these checked.
///
/// # Errors
/// [`CgoError`] when the environment cannot be read or a flag of the package is not allowed.
pub fn package_flags(scene: &Scene<'_>) -> Result<CgoFlags, CgoError> {
    let mut all = scene.settings.cgo_flags()?;
    let own = &scene.package.sources.cgo_flags;
    let setting = |name: &str| scene.settings.get(name).to_owned();
    let checked =
        |name: &str, list: &[gust_packages::model::Str]| -> Result<Vec<String>, FlagError> {
            let words: Vec<String> = list.iter().map(|word| word.to_string()).collect();
            let overrides = Overrides::read(name, setting)?;
            let origin = format!("#cgo {name}");
            match name {
                "LDFLAGS" => check_linker(&origin, &words, &overrides)?,
                _ => check_compiler(&origin, &words, &overrides)?,
            }
            Ok(words)
        };
    all.cppflags.extend(checked("CPPFLAGS", &own.cppflags)?);
    all.cflags.extend(checked("CFLAGS", &own.cflags)?);
    all.cxxflags.extend(checked("CXXFLAGS", &own.cxxflags)?);
    all.fflags.extend(checked("FFLAGS", &own.fflags)?);
    all.ldflags.extend(checked("LDFLAGS", &own.ldflags)?);
    Ok(all)
}

/// Makes the cgo tool's command line for `cgo_files` (the package's, or what stands for them).
///
/// `actual` gives the file that holds a source when an overlay moved it.
///
/// # Errors
/// [`CgoError`] for flags that cannot be used.
pub fn translate(
    scene: &Scene<'_>,
    cgo_files: &[String],
    pkg_config: FromPkgConfig,
    toolexec: &[String],
    actual: impl Fn(&str) -> Option<String>,
) -> Result<Translation, CgoError> {
    let mut flags = package_flags(scene)?;
    flags.cppflags.extend(pkg_config.cflags);
    flags.ldflags.extend(pkg_config.ldflags);
    add_runtime_libraries(scene, &mut flags.ldflags);
    let prefer_external_link = ![&flags.cflags, &flags.cxxflags, &flags.fflags]
        .into_iter()
        .all(|list| internal_link_possible(list));
    for (wanted, flag) in [
        (scene.msan, "-fsanitize=memory"),
        (scene.asan, "-fsanitize=address"),
    ] {
        if wanted {
            flags.cflags.insert(0, flag.to_owned());
            flags.ldflags.insert(0, flag.to_owned());
        }
    }
    flags
        .cppflags
        .extend(["-I".to_owned(), scene.objdir.to_owned()]);

    let mut words = toolexec.to_vec();
    words.push(scene.settings.tool("cgo").to_string_lossy().into_owned());
    words.extend(
        [
            "-objdir",
            scene.objdir,
            "-importpath",
            &scene.package.import_path,
        ]
        .map(str::to_owned),
    );
    words.extend(tool_flags(scene));
    let (sources, moved) = sources(scene, cgo_files, actual);
    if !moved.is_empty() {
        words.extend(["-trimpath".to_owned(), moved.join(";")]);
    }
    let mut environment = compiler_environment();
    environment.extend(changed_environment(scene.settings));
    if !flags.ldflags.is_empty() {
        let quoted: Vec<String> = flags.ldflags.iter().map(|flag| quote(flag)).collect();
        words.push(format!("-ldflags={}", quoted.join(" ")));
        environment.push((vars::CGO_LDFLAGS.to_owned(), String::new()));
    }
    words.push("--".to_owned());
    words.extend(flags.cppflags.iter().chain(&flags.cflags).cloned());
    words.extend(sources);

    let with_cpp = |list: &[String]| [flags.cppflags.as_slice(), list].concat();
    let made = |file: &String| format!("{}{}.cgo1.go", scene.objdir, stem(file));
    Ok(Translation {
        invocation: Invocation {
            dir: scene.package.place.dir.to_path_buf(),
            environment,
            words,
        },
        go_files: std::iter::once(format!("{}_cgo_gotypes.go", scene.objdir))
            .chain(cgo_files.iter().map(made))
            .collect(),
        flags: FinalFlags {
            c: with_cpp(&flags.cflags),
            cxx: with_cpp(&flags.cxxflags),
            fortran: with_cpp(&flags.fflags),
            ld: flags.ldflags,
            prefer_external_link,
        },
    })
}

/// A file's name without its folder and `.go`.
fn stem(file: &str) -> &str {
    let base = file.rsplit('/').next().unwrap_or(file);
    base.strip_suffix(".go").unwrap_or(base)
}

/// Objective-C and Fortran bring a runtime library of their own.
fn add_runtime_libraries(scene: &Scene<'_>, ldflags: &mut Vec<String>) {
    if !scene.package.sources.m.is_empty() {
        ldflags.push("-lobjc".to_owned());
    }
    if !scene.package.sources.f.is_empty()
        && scene.settings.or(vars::FC, "gfortran").contains("gfortran")
    {
        ldflags.push("-lgfortran".to_owned());
    }
}

fn tool_flags(scene: &Scene<'_>) -> Vec<String> {
    let mut flags = Vec::new();
    if scene.is_standard(&["runtime/cgo"]) {
        flags.push("-import_runtime_cgo=false".to_owned());
    }
    if scene.is_standard(&[
        "runtime/race",
        "runtime/msan",
        "runtime/cgo",
        "runtime/asan",
    ]) {
        flags.push("-import_syscall=false".to_owned());
    }
    if matches!(scene.buildmode, "c-archive" | "c-shared") {
        flags.push(format!("-exportheader={}_cgo_install.h", scene.objdir));
    }
    flags
}

/// The sources as absolute paths, and for each that an overlay moved, `actual=>shown`.
fn sources(
    scene: &Scene<'_>,
    cgo_files: &[String],
    actual: impl Fn(&str) -> Option<String>,
) -> (Vec<String>, Vec<String>) {
    let mut moved = Vec::new();
    let paths = cgo_files.iter().map(|file| {
        let shown = scene.absolute(file);
        match actual(&shown) {
            Some(real) => {
                moved.push(format!("{real}=>{shown}"));
                real
            }
            None => shown,
        }
    });
    (paths.collect(), moved)
}
