//! The C, C++, Objective-C, Fortran and assembly files of a cgo package.

use super::command::FinalFlags;
use super::{Invocation, Scene, compiler_environment};
use gust_toolchain::vars;

/// Which compiler a file goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// C, Objective-C, and C that cgo wrote: CC.
    C,
    /// Assembly, by CC; Go's assembly language is refused.
    Assembly,
    /// C++: CXX.
    Cxx,
    /// Fortran: FC.
    Fortran,
}

/// One file to compile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// The source: a name in the package's directory, or a file in the object directory.
    pub source: String,
    /// The object, in the object directory.
    pub object: String,
    /// Which compiler.
    pub language: Language,
}

/// Whether a file is in Go's assembly language, which a package with cgo cannot have.
#[must_use]
pub fn looks_like_go_assembly(text: &[u8]) -> bool {
    text.split(|&b| b == b'\n').any(|line| {
        [&b"TEXT"[..], b"DATA", b"GLOBL"]
            .iter()
            .any(|word| line.starts_with(word))
    })
}

/// The compiler and its first flags.
#[must_use]
pub fn compiler(scene: &Scene<'_>, language: Language, workdir: &str) -> Vec<String> {
    let compiler = match language {
        Language::C | Language::Assembly => scene.settings.cc(),
        Language::Cxx => scene.settings.cxx(),
        Language::Fortran => scene.settings.fc(),
    };
    let include = scene.package.place.dir.to_string_lossy();
    scene
        .settings
        .compiler_command(scene.compilers, &compiler, &include, workdir)
}

/// The command that compiles one file; `seed` is the action's ID as build IDs write it, `real` where an overlay put the source.
#[must_use]
pub fn invocation(
    scene: &Scene<'_>,
    unit: &Unit,
    flags: &FinalFlags,
    seed: &str,
    real: Option<&str>,
) -> Invocation {
    let command = compiler(scene, unit.language, scene.objdir);
    let mut words = command.clone();
    words.extend(match unit.language {
        Language::C | Language::Assembly => flags.c.iter().cloned(),
        Language::Cxx => flags.cxx.iter().cloned(),
        Language::Fortran => flags.fortran.iter().cloned(),
    });
    // Asked with the flags that all files are compiled with: that shows in scripts.
    let takes = |flag: &str| {
        scene
            .compilers
            .supports_flag(scene.settings, &command, flag)
    };
    if takes("-fdebug-prefix-map=a=b") && (scene.trimpath || scene.package.place.goroot) {
        let kind = if takes("-ffile-prefix-map=a=b") {
            "-ffile-prefix-map"
        } else {
            "-fdebug-prefix-map"
        };
        let (from, to) = prefix_map(scene);
        words.push(format!("{kind}={from}={to}"));
    }
    if takes("-frandom-seed=1") {
        words.push(format!("-frandom-seed={seed}"));
    }
    let source = real.map_or_else(|| scene.absolute(&unit.source), str::to_owned);
    let (dir, base) = source.rsplit_once('/').unwrap_or((".", &source));
    words.extend(["-o", &unit.object, "-c", base].map(str::to_owned));
    Invocation {
        dir: dir.into(),
        environment: compiler_environment(),
        words,
    }
}

/// What the source's directory is called in debug information, so that it does not name this machine.
fn prefix_map(scene: &Scene<'_>) -> (String, String) {
    let package = scene.package;
    let text = |path: &std::path::Path| path.to_string_lossy().into_owned();
    let (from, name) = match (&package.module, &package.place.root) {
        (None, None) => (text(&package.place.dir), package.import_path.to_string()),
        (None, Some(root)) => (
            text(root),
            if package.place.goroot {
                vars::GOROOT
            } else {
                vars::GOPATH
            }
            .to_owned(),
        ),
        (Some(module), _) if module.dir.is_empty() => (
            scene.vendor_dir.map(text).unwrap_or_default(),
            "vendor".to_owned(),
        ),
        (Some(module), _) if module.version.is_empty() => (module.dir.clone(), module.path.clone()),
        (Some(module), _) => (
            module.dir.clone(),
            format!("{}@{}", module.path, module.version),
        ),
    };
    let to = if scene.settings.goos() == "windows" {
        format!("\\\\_\\_\\{name}")
    } else {
        format!("/_/{name}")
    };
    (from, to)
}
