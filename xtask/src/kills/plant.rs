//! Faults put into caches on purpose: a check that has never failed says nothing.

use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::{Result, bail};

use super::Place;
use super::caches::{Snapshot, entries, temporaries};

/// What is spoiled.
#[derive(Clone, Copy, Debug)]
pub(super) enum Fault {
    /// An entry of the build cache lacks its end.
    Entry,
    /// An output of the build cache lacks its second half.
    Cut,
    /// An output of the build cache has a wrong byte in its middle.
    Byte,
    /// A file of a module has a wrong byte.
    Module,
    /// A temporary file stays where no command looks.
    Temporary,
}

impl Fault {
    pub(super) const ALL: [Fault; 5] = [
        Fault::Entry,
        Fault::Cut,
        Fault::Byte,
        Fault::Module,
        Fault::Temporary,
    ];
}

impl FromStr for Fault {
    type Err = anyhow::Error;

    fn from_str(word: &str) -> Result<Fault> {
        Ok(match word {
            "entry" => Fault::Entry,
            "cut" => Fault::Cut,
            "byte" => Fault::Byte,
            "module" => Fault::Module,
            "temporary" => Fault::Temporary,
            _ => bail!("no fault {word}: entry, cut, byte, module or temporary"),
        })
    }
}

impl Fault {
    /// Spoils the place; false when it holds nothing that could be spoiled.
    pub(super) fn plant(self, place: &Place, seeded: &Snapshot) -> Result<bool> {
        let cache = place.cache();
        match self {
            Fault::Temporary => {
                fs::write(cache.join(".planted.1.tmp"), "")?;
                return Ok(true);
            }
            Fault::Module => {
                let Some(file) = module_file(&place.modules())? else {
                    return Ok(false);
                };
                spoil(&file, |data| data[0] ^= 1)?;
                return Ok(true);
            }
            Fault::Entry | Fault::Cut | Fault::Byte => {}
        }
        // the largest output is an archive of the standard library that the program links
        let files = entries(&cache, seeded)?;
        let largest = files
            .iter()
            .filter(|entry| cache.join(&entry.output).is_file())
            .max_by_key(|entry| entry.size);
        let Some(entry) = largest else {
            return Ok(false);
        };
        let output = cache.join(&entry.output);
        match self {
            Fault::Entry => spoil(&cache.join(&entry.name), |data| data.truncate(100))?,
            Fault::Cut => spoil(&output, |data| data.truncate(data.len() / 2))?,
            _ => spoil(&output, |data| {
                let middle = data.len() / 2;
                data[middle] ^= 1;
            })?,
        }
        Ok(true)
    }
}

/// Some file of a module that is unpacked.
fn module_file(modules: &Path) -> Result<Option<PathBuf>> {
    let mut folders = vec![modules.to_path_buf()];
    let unfinished = temporaries(modules)?;
    while let Some(folder) = folders.pop() {
        if !folder.exists() || folder == modules.join("cache") || unfinished.contains(&folder) {
            continue;
        }
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if fs::metadata(&path)?.len() > 0 {
                return Ok(Some(path));
            }
        }
    }
    Ok(None)
}

/// Writes the file anew, changed; it may be read-only.
fn spoil(file: &Path, change: impl FnOnce(&mut Vec<u8>)) -> Result<()> {
    let mut data = fs::read(file)?;
    change(&mut data);
    fs::remove_file(file)?;
    fs::write(file, data)?;
    Ok(())
}
