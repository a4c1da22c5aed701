//! Packing a file's content.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::DeflateEncoder;

/// The content as one deflate stream.
pub(super) fn deflate(content: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    // Writing into memory does not fail.
    let _ = encoder.write_all(content);
    encoder.finish().unwrap_or_default()
}
