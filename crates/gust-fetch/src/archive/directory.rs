//! The central directory of a zip: which files, where, how large.
//!
//! Written by hand rather than taken from a library since every oddity counts here: names given
//! twice, directories among the files, counts and sizes that lie must come out as they stand.

use super::ZipError;

const END: [u8; 4] = *b"PK\x05\x06";
const END64: [u8; 4] = *b"PK\x06\x06";
const END64_LOCATOR: [u8; 4] = *b"PK\x06\x07";
const DIRECTORY: [u8; 4] = *b"PK\x01\x02";
const LOCAL: [u8; 4] = *b"PK\x03\x04";
const END_LEN: usize = 22;
const END64_LEN: usize = 56;
const LOCATOR_LEN: usize = 20;
const DIRECTORY_LEN: usize = 46;
const LOCAL_LEN: usize = 30;
const ZIP64_EXTRA: u16 = 1;
const CREATOR_FAT: u8 = 0;
const CREATOR_UNIX: u8 = 3;
const CREATOR_NTFS: u8 = 11;
const CREATOR_VFAT: u8 = 14;
const CREATOR_MACOS: u8 = 19;

/// A zip in memory.
pub(crate) struct Archive<'a> {
    data: &'a [u8],
    /// The files and directories, in the order of the central directory.
    pub(crate) entries: Vec<Entry<'a>>,
}

/// A file or directory in a zip.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry<'a> {
    /// The name, slashes between the parts; one at the end means a directory.
    pub(crate) name: &'a [u8],
    /// What its size is said to be.
    pub(crate) size: u64,
    compressed: u64,
    method: u16,
    crc32: u32,
    has_descriptor: bool,
    header: u64,
    /// Which system's attributes `attributes` are.
    creator: u8,
    attributes: u32,
}

/// How the bytes of a file are packed.
pub(crate) enum Packed<'a> {
    Stored(&'a [u8]),
    Deflated(&'a [u8]),
}

impl Entry<'_> {
    pub(crate) fn is_dir(&self) -> bool {
        self.name.ends_with(b"/")
    }

    /// Whether its attributes say nothing of a directory, a link or a device.
    pub(crate) fn is_regular(&self) -> bool {
        const DOS_DIRECTORY: u32 = 0x10;
        if self.is_dir() {
            return false;
        }
        match self.creator {
            CREATOR_UNIX | CREATOR_MACOS => {
                !matches!(self.unix_kind(), Some(0o1 | 0o2 | 0o4 | 0o6 | 0o12 | 0o14))
            }
            CREATOR_FAT | CREATOR_NTFS | CREATOR_VFAT => self.attributes & DOS_DIRECTORY == 0,
            _ => true,
        }
    }

    /// The kind in a Unix mode.
    fn unix_kind(&self) -> Option<u32> {
        matches!(self.creator, CREATOR_UNIX | CREATOR_MACOS).then_some(self.attributes >> 28)
    }

    /// The CRC-32 that the content must have; `None` when the header does not say.
    pub(crate) fn crc32(&self) -> Option<u32> {
        (self.has_descriptor || self.crc32 != 0).then_some(self.crc32)
    }
}

impl<'a> Archive<'a> {
    pub(crate) fn open(data: &'a [u8]) -> Result<Self, ZipError> {
        let end = End::find(data)?;
        let mut entries = Vec::with_capacity(end.records.min(data.len() as u64 / 46) as usize);
        let mut at = usize::try_from(end.base + end.offset).map_err(|_| ZipError::Format)?;
        // The count is kept in 16 bits: read until something else comes.
        let err = loop {
            match read_entry(data, at) {
                Ok((mut entry, next)) => {
                    entry.header = entry.header.checked_add(end.base).ok_or(ZipError::Format)?;
                    entries.push(entry);
                    at = next;
                }
                Err(err) => break err,
            }
        };
        if entries.len() as u16 != end.records as u16 {
            return Err(err);
        }
        Ok(Self { data, entries })
    }

    /// A file's bytes as they are packed.
    pub(crate) fn packed(&self, entry: &Entry<'a>) -> Result<Packed<'a>, ZipError> {
        let at = usize::try_from(entry.header).map_err(|_| ZipError::Format)?;
        let header = slice(self.data, at, LOCAL_LEN).ok_or(ZipError::UnexpectedEof)?;
        if header[..4] != LOCAL {
            return Err(ZipError::Format);
        }
        let start =
            at + LOCAL_LEN + usize::from(u16_at(header, 26)) + usize::from(u16_at(header, 28));
        let len = usize::try_from(entry.compressed).map_err(|_| ZipError::UnexpectedEof)?;
        let bytes = slice(self.data, start, len).ok_or(ZipError::UnexpectedEof)?;
        match entry.method {
            0 => Ok(Packed::Stored(bytes)),
            8 => Ok(Packed::Deflated(bytes)),
            _ => Err(ZipError::Algorithm),
        }
    }
}

/// What the end of the file says about the directory.
struct End {
    records: u64,
    offset: u64,
    /// How many bytes stand in front of the zip.
    base: u64,
}

impl End {
    fn find(data: &[u8]) -> Result<Self, ZipError> {
        let last = data.len().checked_sub(END_LEN).ok_or(ZipError::Format)?;
        let first = last.saturating_sub(usize::from(u16::MAX));
        let at = (first..=last)
            .rev()
            .find(|&i| data[i..i + 4] == END)
            .ok_or(ZipError::Format)?;
        let record = &data[at..];
        if usize::from(u16_at(record, 20)) + END_LEN > record.len() {
            return Err(ZipError::Format);
        }
        let mut records = u64::from(u16_at(record, 10));
        let mut size = u64::from(u32_at(record, 12));
        let mut offset = u64::from(u32_at(record, 16));
        let mut end = at as u64;
        if (records == 0xffff || size == 0xffff || offset == 0xffff_ffff)
            && let Some(at64) = find_end64(data, at)
        {
            let record = usize::try_from(at64)
                .ok()
                .and_then(|at| slice(data, at, END64_LEN));
            let record = record.ok_or(ZipError::UnexpectedEof)?;
            if record[..4] != END64 {
                return Err(ZipError::Format);
            }
            (records, size, offset) = (u64_at(record, 32), u64_at(record, 40), u64_at(record, 48));
            end = at64;
        }
        let base = end
            .checked_sub(size)
            .and_then(|base| base.checked_sub(offset));
        let base = base.ok_or(ZipError::Format)?;
        if base + offset >= data.len() as u64 {
            return Err(ZipError::Format);
        }
        // Some writers have the base wrong: a directory at the plain offset is believed first.
        let plain = usize::try_from(offset).map_err(|_| ZipError::Format)?;
        let base = if base > 0 && read_entry(data, plain).is_ok() {
            0
        } else {
            base
        };
        Ok(Self {
            records,
            offset,
            base,
        })
    }
}

fn find_end64(data: &[u8], end: usize) -> Option<u64> {
    let locator = slice(data, end.checked_sub(LOCATOR_LEN)?, LOCATOR_LEN)?;
    let whole =
        locator[..4] == END64_LOCATOR && u32_at(locator, 4) == 0 && u32_at(locator, 16) == 1;
    whole.then(|| u64_at(locator, 8))
}

fn read_entry(data: &[u8], at: usize) -> Result<(Entry<'_>, usize), ZipError> {
    let header = slice(data, at, DIRECTORY_LEN).ok_or(ZipError::UnexpectedEof)?;
    if header[..4] != DIRECTORY {
        return Err(ZipError::Format);
    }
    let (name_len, extra_len, comment_len) = (
        usize::from(u16_at(header, 28)),
        usize::from(u16_at(header, 30)),
        usize::from(u16_at(header, 32)),
    );
    let rest = slice(data, at + DIRECTORY_LEN, name_len + extra_len + comment_len)
        .ok_or(ZipError::UnexpectedEof)?;
    let mut entry = Entry {
        name: &rest[..name_len],
        size: u64::from(u32_at(header, 24)),
        compressed: u64::from(u32_at(header, 20)),
        method: u16_at(header, 10),
        crc32: u32_at(header, 16),
        has_descriptor: u16_at(header, 8) & 8 != 0,
        header: u64::from(u32_at(header, 42)),
        creator: header[5],
        attributes: u32_at(header, 38),
    };
    widen(&mut entry, &rest[name_len..name_len + extra_len])?;
    Ok((entry, at + DIRECTORY_LEN + rest.len()))
}

/// Takes sizes and offsets that did not fit into 32 bits from the extra field for them.
fn widen(entry: &mut Entry<'_>, mut extra: &[u8]) -> Result<(), ZipError> {
    const MAXED: u64 = 0xffff_ffff;
    let mut fields: Vec<&mut u64> = [&mut entry.size, &mut entry.compressed, &mut entry.header]
        .into_iter()
        .filter(|field| **field == MAXED)
        .collect();
    if fields.is_empty() {
        return Ok(());
    }
    while extra.len() >= 4 {
        let (tag, len) = (u16_at(extra, 0), usize::from(u16_at(extra, 2)));
        let Some(mut field) = slice(extra, 4, len) else {
            break;
        };
        if tag == ZIP64_EXTRA {
            for target in fields.drain(..) {
                if field.len() < 8 {
                    return Err(ZipError::Format);
                }
                *target = u64_at(field, 0);
                field = &field[8..];
            }
        }
        extra = &extra[4 + len..];
    }
    if !fields.is_empty() && (entry.compressed == MAXED || entry.header == MAXED) {
        return Err(ZipError::Format);
    }
    Ok(())
}

fn slice(data: &[u8], at: usize, len: usize) -> Option<&[u8]> {
    data.get(at..at.checked_add(len)?)
}

fn u16_at(data: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([data[at], data[at + 1]])
}

fn u32_at(data: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([data[at], data[at + 1], data[at + 2], data[at + 3]])
}

fn u64_at(data: &[u8], at: usize) -> u64 {
    u64::from(u32_at(data, at)) | u64::from(u32_at(data, at + 4)) << 32
}
