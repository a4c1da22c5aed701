//! Writing zips as Go's archive/zip does: deflated files without times, whose sizes and checksums stand behind them.

use std::io::{self, Write};

use super::deflate::deflate;

const VERSION: u16 = 20;
const DESCRIPTOR: u16 = 0x8;
const UTF8: u16 = 0x800;
const DEFLATED: u16 = 8;
const MAX32: u64 = 0xffff_ffff;

/// A zip on its way to a file.
pub(crate) struct ZipWriter<'w> {
    to: &'w mut dyn Write,
    at: u64,
    directory: Vec<u8>,
    entries: u64,
}

impl<'w> ZipWriter<'w> {
    pub(crate) fn new(to: &'w mut dyn Write) -> ZipWriter<'w> {
        ZipWriter {
            to,
            at: 0,
            directory: Vec::new(),
            entries: 0,
        }
    }

    /// Adds a file. Contents are far below 4 GiB, and so is the whole.
    pub(crate) fn add(&mut self, name: &str, content: &[u8]) -> io::Result<()> {
        let too_large = || io::Error::from(io::ErrorKind::FileTooLarge);
        let offset = self.at;
        let packed = deflate(content);
        if self.at + packed.len() as u64 + content.len() as u64 > MAX32 || name.len() > 0xffff {
            return Err(too_large());
        }
        let flags = DESCRIPTOR | if needs_utf8(name) { UTF8 } else { 0 };
        let crc32 = libdeflater::crc32(content);
        let sizes = Fields::default()
            .u32(crc32)
            .u32(packed.len() as u32)
            .u32(content.len() as u32);

        let local = Fields::default()
            .u32(0x0403_4b50)
            .u16(VERSION)
            .u16(flags)
            .u16(DEFLATED)
            .u32(0) // time and date
            .u32(0)
            .u32(0)
            .u32(0)
            .u16(name.len() as u16)
            .u16(0);
        let descriptor = Fields::default().u32(0x0807_4b50).bytes(&sizes.0);
        for part in [&local.0, name.as_bytes(), &packed, &descriptor.0] {
            self.to.write_all(part)?;
            self.at += part.len() as u64;
        }

        let entry = Fields::default()
            .u32(0x0201_4b50)
            .u16(VERSION)
            .u16(VERSION)
            .u16(flags)
            .u16(DEFLATED)
            .u32(0)
            .bytes(&sizes.0)
            .u16(name.len() as u16)
            .u16(0) // extra
            .u16(0) // comment
            .u16(0) // disk
            .u16(0) // internal attributes
            .u32(0) // external attributes
            .u32(offset as u32)
            .bytes(name.as_bytes());
        self.directory.extend_from_slice(&entry.0);
        self.entries += 1;
        Ok(())
    }

    /// Writes the directory.
    pub(crate) fn finish(self) -> io::Result<()> {
        let (count, size) = (self.entries, self.directory.len() as u64);
        self.to.write_all(&self.directory)?;
        if count >= 0xffff || size >= MAX32 {
            let end = self.at + size;
            let wide = Fields::default()
                .u32(0x0606_4b50)
                .u64(44)
                .u16(45)
                .u16(45)
                .u32(0)
                .u32(0)
                .u64(count)
                .u64(count)
                .u64(size)
                .u64(self.at)
                .u32(0x0706_4b50)
                .u32(0)
                .u64(end)
                .u32(1);
            self.to.write_all(&wide.0)?;
        }
        let (count, size, at) = match count >= 0xffff || size >= MAX32 {
            true => (0xffff, MAX32, MAX32),
            false => (count, size, self.at),
        };
        let end = Fields::default()
            .u32(0x0605_4b50)
            .u32(0)
            .u16(count as u16)
            .u16(count as u16)
            .u32(size as u32)
            .u32(at as u32)
            .u16(0);
        self.to.write_all(&end.0)?;
        self.to.flush()
    }
}

/// Whether a name is not the same in the encodings that old readers take it for.
fn needs_utf8(name: &str) -> bool {
    name.chars().any(|c| !(' '..='}').contains(&c) || c == '\\')
}

/// Numbers, the lowest byte first.
#[derive(Default)]
struct Fields(Vec<u8>);

impl Fields {
    fn bytes(mut self, bytes: &[u8]) -> Fields {
        self.0.extend_from_slice(bytes);
        self
    }

    fn u16(self, n: u16) -> Fields {
        self.bytes(&n.to_le_bytes())
    }

    fn u32(self, n: u32) -> Fields {
        self.bytes(&n.to_le_bytes())
    }

    fn u64(self, n: u64) -> Fields {
        self.bytes(&n.to_le_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Archive, Inflater};
    use super::*;

    #[test]
    fn what_is_written_can_be_read() {
        let mut data = Vec::new();
        let mut zip = ZipWriter::new(&mut data);
        let long = "abc".repeat(10_000);
        zip.add("m@v1.0.0/a", b"").unwrap();
        zip.add("m@v1.0.0/é", long.as_bytes()).unwrap();
        zip.finish().unwrap();
        let archive = Archive::open(&data).unwrap();
        let mut inflater = Inflater::new();
        let contents: Vec<Vec<u8>> = archive
            .entries
            .iter()
            .map(|entry| inflater.content(&archive, entry).unwrap().to_vec())
            .collect();
        assert_eq!(contents, [Vec::new(), long.into_bytes()]);
        assert!(needs_utf8("é") && needs_utf8("a~") && !needs_utf8("a-b/c.go"));
    }
}
