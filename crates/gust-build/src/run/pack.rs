//! Adding objects to the archive that the compiler made.

#![expect(
    clippy::disallowed_methods,
    reason = "objects that were just made in the work directory"
)]

use std::io::{self, Write};
use std::path::Path;

use gust_fs::disk::{self, File};

/// Appends the files to an archive, without names of users or times.
///
/// # Errors
/// Any error of reading or writing.
pub(super) fn append<P: AsRef<Path>>(archive: &Path, objects: &[P]) -> io::Result<()> {
    let file = File::options().append(true).open(archive)?;
    let mut out = io::BufWriter::new(file);
    for object in objects {
        let object = object.as_ref();
        let data = disk::read(object)?;
        let name = object.file_name().unwrap_or_default();
        let name = gust_bytes::raw_bytes(name.as_encoded_bytes());
        let name = &name[..name.len().min(16)];
        out.write_all(name)?;
        write!(out, "{:1$}", "", 16 - name.len())?;
        let (zero, mode, size) = (0, 0o644, data.len());
        writeln!(out, "{zero:<12}{zero:<6}{zero:<6}{mode:<8o}{size:<10}`")?;
        out.write_all(&data)?;
        if size % 2 != 0 {
            out.write_all(&[0])?;
        }
    }
    out.flush()
}
