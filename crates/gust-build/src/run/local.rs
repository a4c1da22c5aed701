//! This machine as a runner: tools are started, files are written, with -x after a script has shown it.

use gust_toolchain::vars;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gust_fs::View;
use gust_fs::disk as fs;
use gust_fs::errtext::go_text;
use gust_toolchain::environ::Environ;

use super::error::BuildError;
use super::pack;
use super::process::{self, Start};
use super::runner::{BuildId, Made, Runner};
use crate::buildid::{self, hash_to_string};
use crate::cgo::ldflag;
use crate::command::{Command, Operation};
use crate::show::Script;
use crate::site::Site;

/// Carries out commands here and now.
pub(crate) struct Local<'a> {
    /// What tools are started with.
    pub(crate) environ: &'a Environ,
    /// Where programs are looked for.
    pub(crate) view: &'a View,
    /// Where the build runs.
    pub(crate) cwd: &'a Path,
    /// Where files with arguments go.
    pub(crate) temp: PathBuf,
    /// Shows commands before they run: -x.
    pub(crate) script: Option<Arc<Script<'a>>>,
}

impl Runner for Local<'_> {
    fn run(&self, package: &str, command: &Command) -> Made {
        // Which way a file goes shows when it has gone; a target that is only touched is not shown at all.
        let quiet = matches!(
            command.operation,
            Operation::Move { .. } | Operation::Touch { .. }
        );
        if !quiet {
            self.show(package, command);
        }
        let made = match &command.operation {
            Operation::Tool { environment, words } => {
                self.start(package, command, environment, words)
            }
            Operation::MakeDir { path } => self.make_dirs(path).into(),
            Operation::Write { file, text } | Operation::Generate { file, text } => {
                fs::write(file, &gust_bytes::raw(text))
                    .map_err(BuildError::file("open", file))
                    .into()
            }
            Operation::Copy {
                from,
                to,
                mode,
                force,
            } => self.copy(Path::new(from), to, *mode, *force).into(),
            Operation::Move {
                from,
                to,
                mode,
                force,
                shared,
            } => self.rename(Path::new(from), to, *mode, *force, *shared),
            Operation::Append { archive, objects } => pack::append(Path::new(archive), objects)
                .map_err(BuildError::file("open", archive))
                .into(),
            Operation::SetBuildId { file, given } => set_build_id(self.view, file, given),
            Operation::CheckLinkerFlags {
                files,
                given,
                allow,
                disallow,
            } => check_linker_flags(files, given, allow, disallow).into(),
            Operation::Touch { file } => {
                // Nothing depends on it but what others conclude from times.
                let _ = fs::touch(file);
                Made::default()
            }
            Operation::Remove { dir } => {
                let _ = fs::remove_all(dir);
                Made::default()
            }
            Operation::Replay { text, .. } => Made {
                output: gust_bytes::into_raw(text.clone()),
                ..Made::default()
            },
        };
        if matches!(command.operation, Operation::Move { .. })
            && made.result.is_ok()
            && !made.declined
        {
            self.show(package, command);
        }
        made
    }
}

impl<'a> Local<'a> {
    /// Where a build runs.
    pub(crate) fn of(site: &'a Site<'_>, script: Option<Arc<Script<'a>>>) -> Local<'a> {
        Local {
            environ: site.settings.tool_environ(),
            view: site.view,
            cwd: site.settings.cwd(),
            temp: gust_toolchain::locate::temp_dir(site.settings),
            script,
        }
    }

    fn show(&self, package: &str, command: &Command) {
        if let Some(script) = &self.script {
            script.show_command(package, command);
        }
    }

    fn start(
        &self,
        package: &str,
        command: &Command,
        environment: &[(String, String)],
        words: &[String],
    ) -> Made {
        let (output, result) = process::run(
            self,
            &Start {
                dir: &command.dir,
                environment,
                package,
                words,
            },
        );
        Made {
            output,
            result,
            ..Made::default()
        }
    }

    /// Makes a directory and those above it. The error names the first that cannot be made.
    fn make_dirs(&self, dir: &str) -> Result<(), BuildError> {
        let Err(error) = fs::create_dir_all(dir) else {
            return Ok(());
        };
        let mut above: Vec<&Path> = Path::new(dir).ancestors().skip(1).collect();
        above.retain(|path| !path.as_os_str().is_empty());
        for path in above.into_iter().rev() {
            match self.view.stat_anew(&self.cwd.join(path)) {
                Ok(meta) if meta.is_dir() => {}
                Ok(_) => {
                    let why = format!("mkdir {}: not a directory", path.display());
                    return Err(BuildError::Other(why));
                }
                Err(_) => return Err(BuildError::file("mkdir", path)(error)),
            }
        }
        // A path keeps no slash at its end; a person's does.
        let why = go_text(&error);
        Err(BuildError::Other(format!("mkdir {dir}: {why}")))
    }

    /// Renames a result into its place where that is as good as copying.
    fn rename(&self, from: &Path, to: &str, mode: u32, force: bool, shared: bool) -> Made {
        if let Err(error) = self.check_overwrite(to, force) {
            return Err(error).into();
        }
        let parent = Path::new(to).parent().filter(|p| !p.as_os_str().is_empty());
        let setgid = || {
            let dir = parent.map_or_else(|| self.cwd.to_owned(), |dir| self.cwd.join(dir));
            self.view
                .stat_anew(&dir)
                .is_ok_and(|meta| meta.is_dir() && meta.mode & 0o2000 != 0)
        };
        let moved = || {
            let mode = masked(to, mode).unwrap_or(mode);
            fs::set_mode(from, mode).and_then(|()| fs::rename(from, to))
        };
        Made {
            declined: shared || setgid() || moved().is_err(),
            ..Made::default()
        }
    }

    fn copy(&self, from: &Path, to: &str, mode: u32, force: bool) -> Result<(), BuildError> {
        let mut source = fs::File::open(from).map_err(BuildError::file("open", from))?;
        self.check_overwrite(to, force)?;
        remove_regular(to);
        let failed = |why: String| BuildError::Copy {
            from: from.to_owned(),
            why,
        };
        let mut file = fs::File::options()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(mode)
            .open(to)
            .map_err(|e| failed(BuildError::file("open", to)(e).to_string()))?;
        if let Err(error) = fs::copy(&mut source, &mut file) {
            drop(file);
            remove_regular(to);
            let why = go_text(&error);
            let why = format!("copying {} to {to}: write {to}: {why}", from.display());
            return Err(BuildError::Other(why));
        }
        Ok(())
    }

    /// A result must not replace a directory, nor a file that is no object.
    fn check_overwrite(&self, to: &str, force: bool) -> Result<(), BuildError> {
        let place = self.cwd.join(to);
        let Ok(meta) = self.view.stat_anew(&place) else {
            return Ok(());
        };
        if meta.is_dir() {
            return Err(BuildError::OverDirectory(to.to_owned()));
        }
        if !force && meta.is_file() && meta.size != 0 && !is_object(self.view, &place) {
            return Err(BuildError::OverFile(to.to_owned()));
        }
        Ok(())
    }
}

/// Removes a file, unless it is a device or the like.
fn remove_regular(path: &str) {
    if fs::symlink_metadata(path).is_ok_and(|meta| meta.is_file()) {
        let _ = fs::remove_file(path);
    }
}

/// The mode that a new file beside `to` gets: a file is made to see what the umask leaves of `mode`.
fn masked(to: &str, mode: u32) -> Option<u32> {
    let probe = format!("{to}-go-tmp-umask");
    let file = fs::File::options()
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(&probe)
        .ok()?;
    let got = file.metadata().ok().map(|meta| meta.mode & 0o777);
    let _ = fs::remove_file(&probe);
    got
}

fn set_build_id(view: &View, file: &str, given: &str) -> Made {
    match stamped(view, Path::new(file), given) {
        Err(error) => Err(error).into(),
        Ok(build_id) => Made {
            build_id: Some(build_id),
            ..Made::default()
        },
    }
}

fn stamped(view: &View, path: &Path, given: &str) -> Result<BuildId, BuildError> {
    let file = fs::File::options()
        .read(true)
        .write(true)
        .open(path)
        .map_err(BuildError::file("open", path))?;
    let data = view.map(path).map_err(BuildError::file("open", path))?;
    let found = buildid::find_and_hash(&data, given);
    drop(data);
    let keep = given.rfind('/').map_or(0, |slash| slash + 1);
    let id = format!("{}{}", &given[..keep], hash_to_string(&found.hash));
    let written = !found.offsets.is_empty();
    if written {
        buildid::rewrite(&file, &found.offsets, &id).map_err(BuildError::file("write", path))?;
    }
    Ok(BuildId { id, written })
}

fn check_linker_flags(
    files: &[String],
    given: &[String],
    allow: &str,
    disallow: &str,
) -> Result<(), BuildError> {
    let mut texts = Vec::with_capacity(files.len());
    for file in files {
        texts.push(fs::read(file).map_err(BuildError::file("open", file))?);
    }
    let setting = |name: &str| match name {
        vars::CGO_LDFLAGS_ALLOW => allow.to_owned(),
        _ => disallow.to_owned(),
    };
    Ok(ldflag::check(&texts, given, setting)?)
}

/// The SHA-256 of a file as it is now: it may be of this build's making, which no view need know of.
pub(crate) fn digest_now(file: &Path) -> Option<[u8; 32]> {
    fs::read(file).ok().map(|data| gust_fs::sha256(&data))
}

/// What the files begin with that a build makes.
const MAGIC: [&[u8]; 15] = [
    b"!<arch>\n",
    b"<bigaf>\n",
    b"\x7fELF",
    b"\xfe\xed\xfa\xce",
    b"\xfe\xed\xfa\xcf",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"MZ\x90\x00\x03\x00",
    b"MZ\x78\x00\x01\x00",
    b"\x00\x00\x01\xeb",
    b"\x00\x00\x8a\x97",
    b"\x00\x00\x06\x47",
    b"\x00asm",
    b"\x01\xdf",
    b"\x01\xf7",
];

fn is_object(view: &View, path: &Path) -> bool {
    use std::io::Read;
    let mut start = Vec::new();
    let read = view
        .open_unreplaced(path)
        .and_then(|f| f.take(64).read_to_end(&mut start));
    read.is_ok() && MAGIC.iter().any(|magic| start.starts_with(magic))
}
