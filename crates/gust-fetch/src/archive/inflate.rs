//! From packed bytes to a file's content, believing no size that the zip states.

use std::io::Read as _;

use libdeflater::{DecompressionError, Decompressor};

use super::directory::Packed;
use super::{Archive, Entry, ZipError};

/// No deflate stream yields more than this many times its size.
const MAX_RATIO: u64 = 1032;

/// The state of a decompressor, to be used for many files one after the other.
pub(crate) struct Inflater {
    decompressor: Decompressor,
    buffer: Vec<u8>,
}

impl Inflater {
    pub(crate) fn new() -> Self {
        Self {
            decompressor: Decompressor::new(),
            buffer: Vec::new(),
        }
    }

    /// The content of a file of the archive, checked against its size and CRC-32. It stays valid
    /// until the next call.
    pub(crate) fn content<'b>(
        &'b mut self,
        archive: &Archive<'b>,
        entry: &Entry<'b>,
    ) -> Result<&'b [u8], ZipError> {
        if entry.is_dir() {
            return if entry.size == 0 {
                Ok(&[])
            } else {
                Err(ZipError::Format)
            };
        }
        let content: &[u8] = match archive.packed(entry)? {
            Packed::Stored(bytes) => match (bytes.len() as u64).cmp(&entry.size) {
                std::cmp::Ordering::Less => return Err(ZipError::UnexpectedEof),
                std::cmp::Ordering::Greater => return Err(ZipError::Format),
                std::cmp::Ordering::Equal => bytes,
            },
            Packed::Deflated(bytes) => self.inflate(bytes, entry.size)?,
        };
        if entry
            .crc32()
            .is_some_and(|crc32| crc32 != libdeflater::crc32(content))
        {
            return Err(ZipError::Checksum);
        }
        Ok(content)
    }

    fn inflate(&mut self, packed: &[u8], size: u64) -> Result<&[u8], ZipError> {
        if size > packed.len() as u64 * MAX_RATIO {
            return Err(ZipError::UnexpectedEof);
        }
        let size = usize::try_from(size).map_err(|_| ZipError::Format)?;
        if self.buffer.len() < size {
            self.buffer.resize(size.next_power_of_two(), 0);
        }
        let target = &mut self.buffer[..size];
        match self.decompressor.deflate_decompress(packed, target) {
            Ok(n) if n == size => Ok(&self.buffer[..size]),
            Ok(_) => Err(ZipError::UnexpectedEof),
            Err(DecompressionError::InsufficientSpace) => Err(ZipError::Format),
            Err(DecompressionError::BadData) => Err(diagnose(packed)),
        }
    }
}

/// Where compressed data goes wrong; the fast decompressor only says that it does.
fn diagnose(packed: &[u8]) -> ZipError {
    let mut decoder = flate2::read::DeflateDecoder::new(packed);
    let mut sink = [0; 8192];
    loop {
        match decoder.read(&mut sink) {
            Ok(0) => return ZipError::UnexpectedEof,
            Ok(_) => {}
            Err(err) if err.kind() == std::io::ErrorKind::UnexpectedEof => {
                return ZipError::UnexpectedEof;
            }
            Err(_) if decoder.total_in() >= packed.len() as u64 => return ZipError::UnexpectedEof,
            Err(_) => return ZipError::Corrupt(decoder.total_in()),
        }
    }
}
