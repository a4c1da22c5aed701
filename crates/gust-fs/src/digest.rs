//! SHA-256, and the memo from a file's signature to it.

use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use sha2::{Digest, Sha256};
use xxhash_rust::xxh3::xxh3_128;

use crate::disk::File;
use crate::meta::{SIGNATURE_LEN, Signature, now_ns};
use crate::store::Store;

/// SHA-256 of bytes in memory.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// SHA-256 of all that `reader` gives, and how many bytes that was.
pub fn sha256_reader(mut reader: impl Read) -> io::Result<([u8; 32], u64)> {
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 128 * 1024];
    let mut total = 0;
    loop {
        let n = match reader.read(&mut buffer) {
            Ok(0) => return Ok((hasher.finalize().into(), total)),
            Ok(n) => n,
            Err(err) if err.kind() == io::ErrorKind::Interrupted => continue,
            Err(err) => return Err(err),
        };
        hasher.update(&buffer[..n]);
        total += n as u64;
    }
}

/// Digests of files, remembered by path and signature across processes.
pub(crate) struct DigestMemo {
    store: Store,
}

impl DigestMemo {
    pub(crate) fn new(store: Store) -> Self {
        Self { store }
    }

    pub(crate) fn recall(&self, path: &Path, sig: &Signature) -> Option<[u8; 32]> {
        let held = self.store.get(&key(path))?;
        let (before, digest) = held.split_at_checked(SIGNATURE_LEN)?;
        (before == sig.to_bytes())
            .then(|| digest.try_into().ok())
            .flatten()
    }

    fn remember(&self, path: &Path, sig: &Signature, digest: &[u8; 32]) {
        let mut value = Vec::with_capacity(SIGNATURE_LEN + 32);
        value.extend_from_slice(&sig.to_bytes());
        value.extend_from_slice(digest);
        self.store.put(key(path).to_vec(), value);
    }

    /// Reads and hashes `path`. What was read is remembered only when its signature held still meanwhile and is old
    /// enough to prove that a later change would show.
    pub(crate) fn compute(&self, path: &Path) -> io::Result<[u8; 32]> {
        let file = File::open(path)?;
        let started = now_ns();
        let before = file.metadata()?;
        let (digest, read) = sha256_reader(&file)?;
        let after = file.metadata()?;
        if before.is_file()
            && before.sig == after.sig
            && read == after.size
            && !after.sig.is_racy_at(started)
        {
            self.remember(path, &after.sig, &digest);
        }
        Ok(digest)
    }

    pub(crate) fn flush(&self) -> io::Result<()> {
        self.store.flush()
    }
}

fn key(path: &Path) -> [u8; 16] {
    xxh3_128(path.as_os_str().as_bytes()).to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_agree() {
        let data = vec![7u8; 300_001];
        assert_eq!(sha256_reader(&data[..]).unwrap(), (sha256(&data), 300_001));
        assert_eq!(sha256(b"")[..4], [0xe3, 0xb0, 0xc4, 0x42]);
    }
}
