//! Packing a file's content, to the bit as Go's compress/flate packs it at level 5, which archive/zip chooses: a zip is the same whoever made it.
//!
//! Any stream that unpacks to the content would do; to be the same one, these choices must be the same: which earlier place a match is taken from
//! (`matches`), where blocks end (after [`BLOCK`] tokens), how a block is coded (stored, with the fixed codes or with its own, whichever is smaller),
//! and which of several best codes its own are (`codes`).

mod bits;
mod codes;
mod matches;

use bits::Bits;
use codes::{Codes, Lengths};
use matches::{Matcher, Token};

/// A block ends when it has so many tokens.
const BLOCK: usize = 1 << 14;
/// The most that a stored block can hold.
const MAX_STORED: usize = 65_535;
const END: usize = 256;
const LITERALS: usize = 286;
const OFFSETS: usize = 30;
/// The order in which the lengths of the lengths' codes are written.
const ORDER: [usize; 19] = [
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
];

/// The content as one deflate stream.
pub(super) fn deflate(content: &[u8]) -> Vec<u8> {
    let mut out = Bits::with_capacity(content.len() / 3 + 16);
    let fixed = Fixed::new();
    Matcher::new(content).blocks(|tokens, stored| block(&mut out, &fixed, tokens, stored));
    // An empty block that says that it is the last.
    stored(&mut out, &[], true);
    out.finish()
}

/// The codes that need not be written down.
struct Fixed {
    literals: Codes,
    offsets: Codes,
}

impl Fixed {
    fn new() -> Fixed {
        let length = |symbol| match symbol {
            0..144 | 280.. => 8,
            144..256 => 9,
            _ => 7,
        };
        // Two literals that never occur have codes too.
        let literals: Vec<u8> = (0..288).map(length).collect();
        Fixed {
            literals: Codes::of(literals),
            offsets: Codes::of(vec![5; OFFSETS]),
        }
    }
}

/// How often each symbol occurs.
struct Counts {
    literals: Vec<u32>,
    offsets: Vec<u32>,
    /// The bits of matches that stand behind symbols.
    extra: u64,
}

impl Counts {
    fn of(tokens: &[Token]) -> Counts {
        let mut counts = Counts {
            literals: vec![0; LITERALS],
            offsets: vec![0; OFFSETS],
            extra: 0,
        };
        for token in tokens {
            match token {
                Token::Literal(byte) => counts.literals[usize::from(*byte)] += 1,
                Token::Match(found) => {
                    let (length, offset) = (found.length_symbol(), found.offset_symbol());
                    counts.literals[length.symbol] += 1;
                    counts.offsets[offset.symbol] += 1;
                    counts.extra += u64::from(length.bits) + u64::from(offset.bits);
                }
            }
        }
        counts.literals[END] = 1;
        if counts.offsets.iter().all(|&count| count == 0) {
            // A code must have a symbol, even where there is no match.
            counts.offsets[0] = 1;
        }
        counts
    }

    fn size(&self, literals: &Codes, offsets: &Codes) -> u64 {
        literals.size(&self.literals) + offsets.size(&self.offsets) + self.extra
    }
}

/// Codes of a block's own, and how they are written down.
struct Own {
    literals: Codes,
    offsets: Codes,
    literal_count: usize,
    offset_count: usize,
    lengths: Lengths,
    codes_of_lengths: Codes,
    /// How many lengths of lengths' codes are written.
    order_count: usize,
}

impl Own {
    fn of(counts: &Counts) -> Own {
        let literals = Codes::best(&counts.literals, 15);
        let offsets = Codes::best(&counts.offsets, 15);
        let used = |counts: &[u32]| {
            counts
                .iter()
                .rposition(|&count| count != 0)
                .map_or(0, |last| last + 1)
        };
        let (literal_count, offset_count) = (used(&counts.literals), used(&counts.offsets));
        let lengths = Lengths::of(&[
            &literals.lengths()[..literal_count],
            &offsets.lengths()[..offset_count],
        ]);
        let codes_of_lengths = Codes::best(&lengths.counts, 7);
        let used = ORDER
            .iter()
            .rposition(|&symbol| lengths.counts[symbol] != 0);
        Own {
            literals,
            offsets,
            literal_count,
            offset_count,
            order_count: used.map_or(4, |last| (last + 1).max(4)),
            lengths,
            codes_of_lengths,
        }
    }

    fn header_size(&self) -> u64 {
        let codes = self.codes_of_lengths.size(&self.lengths.counts);
        17 + 3 * self.order_count as u64 + codes + self.lengths.extra
    }

    fn write(&self, out: &mut Bits) {
        out.push(0b100, 3);
        out.push(self.literal_count as u64 - 257, 5);
        out.push(self.offset_count as u64 - 1, 5);
        out.push(self.order_count as u64 - 4, 4);
        for &symbol in &ORDER[..self.order_count] {
            out.push(u64::from(self.codes_of_lengths.lengths()[symbol]), 3);
        }
        for run in &self.lengths.runs {
            self.codes_of_lengths.write(out, run.symbol);
            out.push(run.extra, run.bits);
        }
    }
}

/// Writes a block in the smallest way. `content` is what it stands for, where that may be stored.
fn block(out: &mut Bits, fixed: &Fixed, tokens: &[Token], content: Option<&[u8]>) {
    let counts = Counts::of(tokens);
    let own = Own::of(&counts);
    let fixed_size = 3 + counts.size(&fixed.literals, &fixed.offsets);
    let own_size = own.header_size() + counts.size(&own.literals, &own.offsets);
    let content = content.filter(|content| content.len() <= MAX_STORED);
    if let Some(content) = content
        && (content.len() as u64 + 5) * 8 < own_size.min(fixed_size)
    {
        return stored(out, content, false);
    }
    let (literals, offsets) = match own_size < fixed_size {
        true => {
            own.write(out);
            (&own.literals, &own.offsets)
        }
        false => {
            out.push(0b010, 3);
            (&fixed.literals, &fixed.offsets)
        }
    };
    for token in tokens {
        match token {
            Token::Literal(byte) => literals.write(out, usize::from(*byte)),
            Token::Match(found) => {
                for (codes, symbol) in [
                    (literals, found.length_symbol()),
                    (offsets, found.offset_symbol()),
                ] {
                    codes.write(out, symbol.symbol);
                    out.push(symbol.extra, symbol.bits);
                }
            }
        }
    }
    literals.write(out, END);
}

fn stored(out: &mut Bits, content: &[u8], last: bool) {
    out.push(u64::from(last), 3);
    out.align();
    let len = content.len() as u64;
    out.push(len, 16);
    out.push(!len & 0xffff, 16);
    out.bytes(content);
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    fn round_trip(content: &[u8]) -> usize {
        let packed = deflate(content);
        let mut back = Vec::new();
        flate2::read::DeflateDecoder::new(packed.as_slice())
            .read_to_end(&mut back)
            .unwrap();
        assert!(back == content, "{} bytes", content.len());
        packed.len()
    }

    /// Bytes without a pattern, always the same.
    fn noise(len: usize) -> Vec<u8> {
        let mut state = 1u32;
        let step = |_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        };
        (0..len).map(step).collect()
    }

    #[test]
    fn what_is_packed_can_be_unpacked() {
        assert_eq!(round_trip(b""), 5);
        for len in [
            1, 3, 4, 5, 257, 258, 259, 262, 300, 65_535, 65_536, 70_000, 200_000,
        ] {
            round_trip(&vec![b'a'; len]);
            assert!(round_trip(&noise(len)) >= len);
            let text: Vec<u8> = noise(len).iter().map(|byte| b'a' + byte % 7).collect();
            round_trip(&text);
        }
        let far = [noise(32_768), noise(32_768), noise(500)].concat();
        assert!(round_trip(&far) < 40_000);
    }

    /// Made by Go: `flate.NewWriter(w, 5)`, written to in pieces of 32 KiB; of long ones the SHA-256's first bytes.
    #[test]
    fn go_packs_the_same() {
        let hex = |data: &[u8]| {
            data.iter()
                .map(|byte| format!("{byte:02x}"))
                .collect::<String>()
        };
        assert_eq!(hex(&deflate(b"")), "010000ffff");
        assert_eq!(
            hex(&deflate(b"package a\n")),
            "2a484cce4e4c4f5548e402040000ffff"
        );
        assert_eq!(
            hex(&deflate(b"aaaaaaaaaaaaaaaaaaaaaaaaaaaaabc")),
            "4ac407929201010000ffff"
        );
        let sum = |content: &[u8]| hex(&gust_fs::sha256(&deflate(content))[..6]);
        let lines = (0..20_000).map(|i| format!("line {} of {}\n", i * 7919 % 1000, i / 3));
        assert_eq!(sum(lines.collect::<String>().as_bytes()), "0027b0fc2008");
        for (len, sums) in [
            (70_000, ["baffba9ad28d", "9a18f2ef5984", "f182b3292735"]),
            (200_000, ["cfd97b4cd80a", "6dacb65f133f", "c26af2331e94"]),
            (1_000_000, ["2dc0b7606e82", "bb6c6c3105f8", "0e0d4d2c79a2"]),
        ] {
            let text: Vec<u8> = noise(len).iter().map(|byte| b'a' + byte % 7).collect();
            let both = [noise(len), text.clone()].concat();
            let contents = [noise(len), text, both];
            let got = contents.map(|content| sum(&content));
            assert_eq!(got, sums, "{len}");
        }
    }
}
