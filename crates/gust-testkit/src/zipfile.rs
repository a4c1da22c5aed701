//! Zips, written as module proxies write them, or with chosen lies.

use std::io::Write as _;

/// Writes a zip in memory.
#[derive(Default)]
pub struct ZipWriter {
    data: Vec<u8>,
    directory: Vec<u8>,
    count: u16,
}

/// How a file's header differs from the truth.
#[derive(Debug, Clone, Copy, Default)]
pub struct Lie {
    /// Said as size instead of the true one.
    pub size: Option<u32>,
    /// Said as CRC-32 instead of the true one.
    pub crc32: Option<u32>,
    /// Said as method; the data is deflated all the same.
    pub method: Option<u16>,
}

impl ZipWriter {
    /// Adds a file.
    pub fn add(&mut self, name: &str, content: &[u8]) -> &mut Self {
        self.add_lie(name, content, Lie::default())
    }

    /// Adds a file about which the zip says something untrue.
    ///
    /// # Panics
    /// When compressing in memory fails, which it does not.
    pub fn add_lie(&mut self, name: &str, content: &[u8], lie: Lie) -> &mut Self {
        let mut crc = flate2::Crc::new();
        crc.update(content);
        let mut encoder =
            flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(content).expect("deflate in memory");
        let packed = encoder.finish().expect("deflate in memory");

        let offset = self.data.len() as u32;
        let mut fields = Vec::new();
        fields.extend(20u16.to_le_bytes());
        fields.extend(0x800u16.to_le_bytes());
        fields.extend(lie.method.unwrap_or(8).to_le_bytes());
        fields.extend([0; 4]);
        fields.extend(lie.crc32.unwrap_or(crc.sum()).to_le_bytes());
        fields.extend((packed.len() as u32).to_le_bytes());
        fields.extend(lie.size.unwrap_or(content.len() as u32).to_le_bytes());
        fields.extend((name.len() as u16).to_le_bytes());
        fields.extend(0u16.to_le_bytes());

        self.data.extend(b"PK\x03\x04");
        self.data.extend(&fields);
        self.data.extend(name.as_bytes());
        self.data.extend(&packed);

        self.directory.extend(b"PK\x01\x02");
        self.directory.extend(20u16.to_le_bytes());
        self.directory.extend(&fields);
        self.directory.extend([0; 10]);
        self.directory.extend(offset.to_le_bytes());
        self.directory.extend(name.as_bytes());
        self.count += 1;
        self
    }

    /// The zip.
    pub fn finish(&self) -> Vec<u8> {
        let mut zip = self.data.clone();
        zip.extend(&self.directory);
        zip.extend(b"PK\x05\x06");
        zip.extend([0; 4]);
        zip.extend(self.count.to_le_bytes());
        zip.extend(self.count.to_le_bytes());
        zip.extend((self.directory.len() as u32).to_le_bytes());
        zip.extend((self.data.len() as u32).to_le_bytes());
        zip.extend([0; 2]);
        zip
    }
}
