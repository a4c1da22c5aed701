//! What a shell would do with files: mkdir, cp, mv, rm, and showing it.

use std::path::Path;

use super::error::BuildError;
use super::job::Job;
use gust_fs::disk as fs;
use gust_fs::errtext::go_text;

impl Job<'_> {
    /// Makes a directory and those above it, once.
    pub(crate) fn mkdir(&self, dir: &str) -> Result<(), BuildError> {
        if dir.is_empty() || !self.shop.work.first_use(dir) {
            return Ok(());
        }
        self.show("", &format!("mkdir -p {dir}"));
        if self.site().options.dry_run {
            return Ok(());
        }
        fs::create_dir_all(dir).map_err(BuildError::file("mkdir", dir.trim_end_matches('/')))
    }

    /// Makes the directory of a file.
    pub(crate) fn mkdir_for(&self, file: &str) -> Result<(), BuildError> {
        match file.rfind('/') {
            Some(slash) => self.mkdir(&file[..=slash]),
            None => Ok(()),
        }
    }

    /// Writes a file.
    pub(crate) fn write(&self, file: &str, text: &[u8]) -> Result<(), BuildError> {
        if self.site().options.prints_commands() {
            let shown = String::from_utf8_lossy(text);
            let first_end = shown.find('\n');
            self.show(
                "",
                &match first_end {
                    _ if shown.is_empty() => format!("echo -n > {file} # internal"),
                    Some(end) if end + 1 == shown.len() => {
                        format!("echo '{}' > {file} # internal", &shown[..end])
                    }
                    None => format!("echo '{shown}' > {file} # internal"),
                    _ => format!("cat >{file} << 'EOF' # internal\n{shown}EOF"),
                },
            );
        }
        if self.site().options.dry_run {
            return Ok(());
        }
        fs::write(file, text).map_err(BuildError::file("open", file))
    }

    /// Removes a directory that the build made.
    pub(crate) fn remove_all(&self, dir: &str) {
        let options = self.site().options;
        if options.prints_commands()
            && (self.shop.work.has_made(dir) || fs::symlink_metadata(dir).is_ok())
        {
            self.show("", &format!("rm -rf {dir}"));
        }
        if !options.dry_run {
            let _ = fs::remove_all(dir);
        }
    }

    /// Brings a result into its place, by renaming where that is as good as copying.
    pub(crate) fn move_or_copy(
        &self,
        to: &str,
        from: &Path,
        mode: u32,
        force: bool,
    ) -> Result<(), BuildError> {
        let shown = || format!("mv {} {to}", from.display());
        if self.site().options.dry_run {
            self.show("", &shown());
            return Ok(());
        }
        self.check_overwrite(to, force)?;
        let cached = from.starts_with(self.site().cache.dir());
        let parent = Path::new(to).parent().filter(|p| !p.as_os_str().is_empty());
        let setgid = fs::metadata(parent.unwrap_or(Path::new(".")))
            .is_ok_and(|meta| meta.is_dir() && meta.mode & 0o2000 != 0);
        if cached || setgid {
            return self.copy(to, from, mode, force);
        }
        let mode = masked(to, mode).unwrap_or(mode);
        let moved = fs::set_mode(from, mode).and_then(|()| fs::rename(from, to));
        if moved.is_ok() {
            self.show("", &shown());
            return Ok(());
        }
        self.copy(to, from, mode, force)
    }

    /// Copies a file.
    pub(crate) fn copy(
        &self,
        to: &str,
        from: &Path,
        mode: u32,
        force: bool,
    ) -> Result<(), BuildError> {
        self.show("", &format!("cp {} {to}", from.display()));
        if self.site().options.dry_run {
            return Ok(());
        }
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
            let why = format!("copying {} to {to}: {}", from.display(), go_text(&error));
            return Err(BuildError::Other(why));
        }
        Ok(())
    }

    /// A result must not replace a directory, nor a file that is no object.
    fn check_overwrite(&self, to: &str, force: bool) -> Result<(), BuildError> {
        let Ok(meta) = fs::metadata(to) else {
            return Ok(());
        };
        if meta.is_dir() {
            return Err(BuildError::OverDirectory(to.to_owned()));
        }
        if !force && meta.is_file() && meta.size != 0 && !is_object(Path::new(to)) {
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

fn is_object(path: &Path) -> bool {
    use std::io::Read;
    let mut start = Vec::new();
    let read = fs::File::open(path).and_then(|f| f.take(64).read_to_end(&mut start));
    read.is_ok() && MAGIC.iter().any(|magic| start.starts_with(magic))
}
