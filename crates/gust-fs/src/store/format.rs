//! The bytes of a store file.
//!
//! ```text
//! file     segment segment ...          later segments win
//! segment  header slots records
//! header   magic[8] length:u64 slots:u64 check:u64        check = xxh3 of the three before it
//! slot     hash:u64 offset:u64                            offset within the segment, 0 = free; open addressing
//! record   check:u64 key_len:u32 value_len:u32 stamp:u32 0:u32 key value, padded to 8
//!                                                         check = xxh3 of the record after it
//! ```
//!
//! Little endian. A header that is not right ends the file there; a record that is not right is absent. Nothing is
//! believed before it is checked, so no damage can do more than lose records.

use xxhash_rust::xxh3::xxh3_64;

/// Ends in the format's version: another version is another magic, and so an empty store.
pub(super) const MAGIC: [u8; 8] = *b"gustkv\0\x01";
pub(super) const HEADER: usize = 32;
pub(super) const SLOT: usize = 16;
pub(super) const RECORD: usize = 24;

/// One record, checked.
#[derive(Clone, Copy)]
pub(super) struct Record<'a> {
    pub(super) key: &'a [u8],
    pub(super) value: &'a [u8],
    /// Hours since 1970 when it was last written or used.
    pub(super) stamp: u32,
}

impl Record<'_> {
    pub(super) fn encoded_len(&self) -> usize {
        (RECORD + self.key.len() + self.value.len()).next_multiple_of(8)
    }
}

/// A segment whose header is right.
#[derive(Clone, Copy)]
pub(super) struct Segment<'a> {
    bytes: &'a [u8],
    slots: usize,
}

pub(super) fn word(bytes: &[u8], at: usize) -> Option<u64> {
    let end = at.checked_add(8)?;
    Some(u64::from_le_bytes(bytes.get(at..end)?.try_into().ok()?))
}

fn half(bytes: &[u8], at: usize) -> Option<u32> {
    let end = at.checked_add(4)?;
    Some(u32::from_le_bytes(bytes.get(at..end)?.try_into().ok()?))
}

impl<'a> Segment<'a> {
    /// The segment at the start of `bytes`, and what follows it.
    pub(super) fn split_first(bytes: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let header = bytes.get(..HEADER)?;
        if header[..8] != MAGIC || word(header, 24)? != xxh3_64(&header[..24]) {
            return None;
        }
        let length = usize::try_from(word(header, 8)?).ok()?;
        let slots = usize::try_from(word(header, 16)?).ok()?;
        let table = slots.checked_mul(SLOT)?.checked_add(HEADER)?;
        if !slots.is_power_of_two() || table > length {
            return None;
        }
        let (bytes, rest) = bytes.split_at_checked(length)?;
        Some((Self { bytes, slots }, rest))
    }

    /// How many bytes it takes in the file.
    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// The record of `key`. `Some(None)` when a slot names it and the record is damaged.
    pub(super) fn get(&self, key: &[u8], hash: u64) -> Option<Option<Record<'a>>> {
        let mut place = hash as usize & (self.slots - 1);
        // A sound table has a free slot; a damaged one might not, hence the bound.
        for _ in 0..self.slots {
            let at = HEADER + place * SLOT;
            let offset = word(self.bytes, at + 8)?;
            if offset == 0 {
                return None;
            }
            if word(self.bytes, at)? == hash {
                match self.record(offset) {
                    Some(record) if record.key != key => {}
                    found => return Some(found),
                }
            }
            place = (place + 1) & (self.slots - 1);
        }
        None
    }

    /// The records that are right, in the order of the table.
    pub(super) fn records(&self) -> impl Iterator<Item = Record<'a>> + use<'a> {
        let this = *self;
        (0..this.slots).filter_map(move |place| {
            let offset = word(this.bytes, HEADER + place * SLOT + 8)?;
            if offset == 0 {
                None
            } else {
                this.record(offset)
            }
        })
    }

    fn record(&self, offset: u64) -> Option<Record<'a>> {
        let bytes = self.bytes.get(usize::try_from(offset).ok()?..)?;
        let key_len = half(bytes, 8)? as usize;
        let value_len = half(bytes, 12)? as usize;
        let stamp = half(bytes, 16)?;
        let end = RECORD.checked_add(key_len)?.checked_add(value_len)?;
        let body = bytes.get(8..end)?;
        if word(bytes, 0)? != xxh3_64(body) {
            return None;
        }
        let (key, value) = bytes[RECORD..end].split_at(key_len);
        Some(Record { key, value, stamp })
    }
}

/// All segments of a file, oldest first, and how many bytes they take.
pub(super) fn segments(mut bytes: &[u8]) -> (Vec<Segment<'_>>, usize) {
    let whole = bytes.len();
    let mut out = Vec::new();
    while let Some((segment, rest)) = Segment::split_first(bytes) {
        out.push(segment);
        bytes = rest;
    }
    (out, whole - bytes.len())
}

/// One segment that holds `records`, whose keys differ from each other.
pub(super) fn encode(records: &[Record<'_>]) -> Vec<u8> {
    let slots = (records.len() * 2).next_power_of_two().max(4);
    let table = HEADER + slots * SLOT;
    let length = table + records.iter().map(Record::encoded_len).sum::<usize>();
    let mut out = vec![0; table];
    out.reserve(length - table);
    for record in records {
        let offset = out.len();
        append(&mut out, record);
        place(&mut out, slots, xxh3_64(record.key), offset as u64);
    }
    out[..8].copy_from_slice(&MAGIC);
    out[8..16].copy_from_slice(&(length as u64).to_le_bytes());
    out[16..24].copy_from_slice(&(slots as u64).to_le_bytes());
    let check = xxh3_64(&out[..24]);
    out[24..32].copy_from_slice(&check.to_le_bytes());
    out
}

fn append(out: &mut Vec<u8>, record: &Record<'_>) {
    let start = out.len();
    out.extend_from_slice(&[0; 8]);
    out.extend_from_slice(&(record.key.len() as u32).to_le_bytes());
    out.extend_from_slice(&(record.value.len() as u32).to_le_bytes());
    out.extend_from_slice(&record.stamp.to_le_bytes());
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(record.key);
    out.extend_from_slice(record.value);
    let check = xxh3_64(&out[start + 8..]);
    out[start..start + 8].copy_from_slice(&check.to_le_bytes());
    out.resize(start + record.encoded_len(), 0);
}

fn place(out: &mut [u8], slots: usize, hash: u64, offset: u64) {
    let mut place = hash as usize & (slots - 1);
    loop {
        let at = HEADER + place * SLOT;
        if out[at + 8..at + 16] == [0; 8] {
            out[at..at + 8].copy_from_slice(&hash.to_le_bytes());
            out[at + 8..at + 16].copy_from_slice(&offset.to_le_bytes());
            return;
        }
        place = (place + 1) & (slots - 1);
    }
}
