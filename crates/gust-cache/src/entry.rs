//! The line that an action's file holds: `v1 <action> <output> <size> <time>`, both IDs in hexadecimal, both numbers
//! padded with spaces to twenty columns, the time in nanoseconds since 1970.

use crate::id::{ActionId, ID_LEN, OutputId};

const HEX: usize = ID_LEN * 2;
const NUMBER: usize = 20;
/// The length of the line in bytes, its newline included.
pub const ENTRY_LEN: usize = 2 + 1 + HEX + 1 + HEX + 1 + NUMBER + 1 + NUMBER + 1;

/// What the cache knows of an action's output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Under which name the output is kept.
    pub output_id: OutputId,
    /// Its size in bytes.
    pub size: u64,
    /// When it was put, in nanoseconds since 1970.
    pub time_ns: i64,
}

impl Entry {
    /// The bytes of the action's file.
    pub fn encode(&self, id: ActionId) -> Vec<u8> {
        format!(
            "v1 {id} {} {:20} {:20}\n",
            self.output_id, self.size, self.time_ns
        )
        .into_bytes()
    }

    /// Reads the bytes of an action's file; `None` unless every one of them is as it should be.
    pub fn decode(bytes: &[u8], id: ActionId) -> Option<Self> {
        let bytes: &[u8; ENTRY_LEN] = bytes.try_into().ok()?;
        let rest = bytes.strip_prefix(b"v1 ")?;
        let (action, rest) = field(rest, HEX, b' ')?;
        let (output, rest) = field(rest, HEX, b' ')?;
        let (size, rest) = field(rest, NUMBER, b' ')?;
        let (time, _) = field(rest, NUMBER, b'\n')?;
        if ActionId::from_hex(action)? != id {
            return None;
        }
        let size = u64::try_from(number(size)?).ok()?;
        Some(Self {
            output_id: OutputId::from_hex(output)?,
            size,
            time_ns: number(time)?,
        })
    }
}

fn field(bytes: &[u8], width: usize, end: u8) -> Option<(&[u8], &[u8])> {
    let (field, rest) = bytes.split_at_checked(width)?;
    Some((field, rest.strip_prefix(&[end])?))
}

fn number(field: &[u8]) -> Option<i64> {
    let digits = std::str::from_utf8(field).ok()?.trim_start_matches(' ');
    digits.parse().ok().filter(|n| *n >= 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes_and_nothing_else() {
        let id = ActionId([0xab; 32]);
        let entry = Entry {
            output_id: OutputId([0x01; 32]),
            size: 12345,
            time_ns: 1_700_000_000_123_456_789,
        };
        let line = entry.encode(id);
        assert_eq!(line.len(), ENTRY_LEN);
        assert_eq!(Entry::decode(&line, id), Some(entry));
        assert_eq!(Entry::decode(&line, ActionId([0xac; 32])), None);
        assert_eq!(Entry::decode(&line[..ENTRY_LEN - 1], id), None);
        for at in 0..line.len() {
            let mut broken = line.clone();
            broken[at] = b'z';
            assert_eq!(Entry::decode(&broken, id), None, "byte {at}");
        }
    }
}
