//! Whether caches are sound, looked at as files: neither go nor gust has had a chance to repair them.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use sha2::{Digest, Sha256};

/// The files of a build cache, each with its size and its time of change in nanoseconds.
#[derive(Default)]
pub(super) struct Snapshot(BTreeMap<PathBuf, (u64, i128)>);

impl Snapshot {
    /// What is in the cache now.
    pub(super) fn of(cache: &Path) -> Result<Snapshot> {
        let files = files_below(cache)?;
        let stamped = files.into_iter().map(|(path, meta)| {
            let time = i128::from(meta.mtime()) * 1_000_000_000 + i128::from(meta.mtime_nsec());
            let name = path.strip_prefix(cache).unwrap_or(&path).to_path_buf();
            (name, (meta.len(), time))
        });
        Ok(Snapshot(stamped.collect()))
    }

    fn knows(&self, name: &Path, now: &Snapshot) -> bool {
        self.0
            .get(name)
            .is_some_and(|known| now.0.get(name) == Some(known))
    }
}

/// An entry (`…-a`) of a build cache.
pub(super) struct Entry {
    /// Its path below the cache.
    pub(super) name: PathBuf,
    /// The path of its output below the cache, the output's SHA-256 and size.
    pub(super) output: PathBuf,
    sum: String,
    pub(super) size: u64,
}

/// How long an entry is: `v1`, two IDs, a size and a time, with spaces between and a newline.
const ENTRY_SIZE: usize = 2 + 1 + 64 + 1 + 64 + 1 + 20 + 1 + 20 + 1;

impl Entry {
    fn parse(name: &Path, text: &str) -> Result<Entry> {
        ensure!(
            text.len() == ENTRY_SIZE,
            "{}: an entry of {} bytes",
            name.display(),
            text.len()
        );
        let fields: Vec<&str> = text.split_whitespace().collect();
        let [version, id, sum, size, _] = fields[..] else {
            anyhow::bail!("{}: an entry of {} fields", name.display(), fields.len());
        };
        let named = name.file_name() == Some(format!("{id}-a").as_ref());
        ensure!(
            version == "v1" && named,
            "{}: another's entry",
            name.display()
        );
        Ok(Entry {
            name: name.to_path_buf(),
            output: Path::new(&sum[..2]).join(format!("{sum}-d")),
            sum: sum.to_owned(),
            size: size.parse()?,
        })
    }
}

/// The entries of a cache that are whole or should be; one that was made and not yet written is none.
pub(super) fn entries(cache: &Path, files: &Snapshot) -> Result<Vec<Entry>> {
    let mut found = Vec::new();
    for (name, (size, _)) in &files.0 {
        if *size > 0 && name.to_string_lossy().ends_with("-a") {
            let text =
                fs::read_to_string(cache.join(name)).with_context(|| name.display().to_string())?;
            found.push(Entry::parse(name, &text)?);
        }
    }
    Ok(found)
}

/// Fails for an entry cut short, an output that is not there, is too short or does not have the bytes that its name
/// says. What is as it was in `seeded` is taken to be sound.
pub(super) fn inspect(cache: &Path, seeded: &Snapshot) -> Result<()> {
    let now = Snapshot::of(cache)?;
    for entry in entries(cache, &now)? {
        let directory = cache.join(&entry.output).is_dir();
        if directory || (seeded.knows(&entry.name, &now) && seeded.knows(&entry.output, &now)) {
            continue;
        }
        let output = entry.output.display();
        let data = fs::read(cache.join(&entry.output)).with_context(|| output.to_string())?;
        ensure!(
            data.len() as u64 == entry.size,
            "{output}: an output of {} bytes, the entry says {}",
            data.len(),
            entry.size
        );
        let sum: String = Sha256::digest(&data)
            .iter()
            .map(|b| format!("{b:02x}"))
            .collect();
        ensure!(sum == entry.sum, "{output}: an output with other bytes");
    }
    Ok(())
}

/// Files and folders below `top` that are only made to be renamed or removed.
pub(super) fn temporaries(top: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![top.to_path_buf()];
    while let Some(folder) = folders.pop() {
        if !folder.exists() {
            continue;
        }
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if name.ends_with(".tmp") || name.contains(".tmp-") {
                found.push(path);
            } else if fs::symlink_metadata(&path)?.is_dir() {
                folders.push(path);
            }
        }
    }
    Ok(found)
}

fn files_below(top: &Path) -> Result<Vec<(PathBuf, fs::Metadata)>> {
    let mut found = Vec::new();
    let mut folders = vec![top.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
            let entry = entry?;
            let meta = fs::symlink_metadata(entry.path())?;
            match meta.is_dir() {
                true => folders.push(entry.path()),
                false => found.push((entry.path(), meta)),
            }
        }
    }
    Ok(found)
}
