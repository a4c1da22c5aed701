//! What cgo's objects import from shared libraries: a trial link, and the cgo tool reading its result.

use super::command::FinalFlags;
use super::compile::{self, Language, Unit};
use super::{Invocation, Scene, compiler_environment};

/// The file of a package's archive that tells Go's linker that the trial link failed.
pub const FAILED: &str = "dynimportfail";
/// The file that tells Go's linker to leave the work to the host's.
pub const PREFER_EXTERNAL: &str = "preferlinkext";
/// The Go file with the imports.
pub const IMPORT_GO: &str = "_cgo_import.go";

/// The file with a `main` for the trial link.
#[must_use]
pub fn main_unit(scene: &Scene<'_>) -> Unit {
    let file = |ending: &str| format!("{}_cgo_main.{ending}", scene.objdir);
    Unit {
        source: file("c"),
        object: file("o"),
        language: Language::C,
    }
}

/// The trial link of `objects` (the package's, and the system objects of all that it needs).
#[must_use]
pub fn link(
    scene: &Scene<'_>,
    flags: &FinalFlags,
    objects: &[String],
    cwd: &std::path::Path,
) -> Invocation {
    let sources = &scene.package.sources;
    let language = if sources.cxx.is_empty() && sources.swigcxx.is_empty() {
        Language::C
    } else {
        Language::Cxx
    };
    let mut words = compile::compiler(scene, language, scene.objdir);
    words.extend(["-o".to_owned(), output(scene), main_unit(scene).object]);
    words.extend(objects.iter().cloned());
    words.extend(linker_flags(scene, &flags.ld));
    Invocation {
        dir: cwd.to_path_buf(),
        environment: compiler_environment(),
        words,
    }
}

fn output(scene: &Scene<'_>) -> String {
    format!("{}_cgo_.o", scene.objdir)
}

/// Linux on ARM, and Android, show imports truly only in a position-independent executable.
fn linker_flags(scene: &Scene<'_>, flags: &[String]) -> Vec<String> {
    let mut flags = flags.to_vec();
    let (goos, goarch) = (scene.settings.goos(), scene.settings.goarch());
    if !(goarch == "arm" && goos == "linux" || goos == "android") {
        return flags;
    }
    let has = |flags: &[String], flag: &str| flags.iter().any(|f| f == flag);
    if !has(&flags, "-no-pie") {
        flags.push("-pie".to_owned());
    }
    if has(&flags, "-pie") {
        flags.retain(|flag| flag != "-static");
    }
    flags
}

/// The cgo tool, reading the imports of the trial link into [`IMPORT_GO`].
#[must_use]
pub fn read_imports(scene: &Scene<'_>, toolexec: &[String], cwd: &std::path::Path) -> Invocation {
    let mut words = toolexec.to_vec();
    words.push(scene.settings.tool("cgo").to_string_lossy().into_owned());
    let out = format!("{}{IMPORT_GO}", scene.objdir);
    words.extend(
        [
            "-dynpackage",
            &scene.package.name,
            "-dynimport",
            &output(scene),
            "-dynout",
            &out,
        ]
        .map(str::to_owned),
    );
    if scene.is_standard(&["runtime/cgo"]) {
        words.push("-dynlinker".to_owned());
    }
    Invocation {
        dir: cwd.to_path_buf(),
        environment: compiler_environment(),
        words,
    }
}
