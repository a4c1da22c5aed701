//! Prefix codes of limited length, and how their lengths are written down.
//!
//! Best lengths come from package-merge (Larmore and Hirschberg 1990), level by level. Where a symbol and a package weigh the same the package goes
//! first, which decides between codes that are equally good. Codes follow from lengths as RFC 1951 has it (3.2.2).

use super::bits::Bits;

/// A code for each symbol that occurs.
pub(super) struct Codes {
    lengths: Vec<u8>,
    /// With the bit that is written first lowest.
    codes: Vec<u16>,
}

impl Codes {
    /// The codes with these lengths.
    pub(super) fn of(lengths: Vec<u8>) -> Codes {
        let mut codes = vec![0; lengths.len()];
        let mut next = 0u16;
        for length in 1..=15u8 {
            next <<= 1;
            for (symbol, _) in lengths
                .iter()
                .enumerate()
                .filter(|(_, own)| **own == length)
            {
                codes[symbol] = next.reverse_bits() >> (16 - length);
                next = next.wrapping_add(1);
            }
        }
        Codes { lengths, codes }
    }

    /// The best codes for symbols that occur so often, with at most `limit` bits.
    pub(super) fn best(counts: &[u32], limit: usize) -> Codes {
        Codes::of(best_lengths(counts, limit))
    }

    pub(super) fn lengths(&self) -> &[u8] {
        &self.lengths
    }

    /// How many bits symbols need that occur so often.
    pub(super) fn size(&self, counts: &[u32]) -> u64 {
        let each = counts.iter().zip(&self.lengths);
        each.map(|(&count, &length)| u64::from(count) * u64::from(length))
            .sum()
    }

    pub(super) fn write(&self, out: &mut Bits, symbol: usize) {
        out.push(u64::from(self.codes[symbol]), self.lengths[symbol]);
    }
}

fn best_lengths(counts: &[u32], limit: usize) -> Vec<u8> {
    let mut lengths = vec![0; counts.len()];
    let mut symbols: Vec<usize> = (0..counts.len())
        .filter(|&symbol| counts[symbol] != 0)
        .collect();
    let n = symbols.len();
    if n <= 2 {
        symbols.iter().for_each(|&symbol| lengths[symbol] = 1);
        return lengths;
    }
    symbols.sort_by_key(|&symbol| (counts[symbol], symbol));
    let weights: Vec<u64> = symbols
        .iter()
        .map(|&symbol| u64::from(counts[symbol]))
        .collect();

    // For each level, deepest first, the items by weight: whether each is a symbol rather than a package of two items of the level below.
    let levels = limit.min(n - 1);
    let mut is_symbol: Vec<Vec<bool>> = Vec::with_capacity(levels);
    let mut below: Vec<u64> = Vec::new();
    for _ in 0..levels {
        let packages: Vec<u64> = below
            .chunks_exact(2)
            .map(|pair| pair[0] + pair[1])
            .collect();
        let (merged, kinds) = merge(&weights, &packages);
        below = merged;
        is_symbol.push(kinds);
    }

    // Of the top level 2n-2 items are taken, of each other one those that are packed in what was taken above.
    let mut taken = 2 * n - 2;
    for kinds in is_symbol.iter().rev() {
        let own = kinds[..taken]
            .iter()
            .filter(|is_symbol| **is_symbol)
            .count();
        // The lightest symbols are taken the most often: each time they get one bit longer.
        symbols[..own]
            .iter()
            .for_each(|&symbol| lengths[symbol] += 1);
        taken = 2 * (taken - own);
    }
    lengths
}

fn merge(symbols: &[u64], packages: &[u64]) -> (Vec<u64>, Vec<bool>) {
    let (mut symbols, mut packages) = (symbols.iter().peekable(), packages.iter().peekable());
    let (mut weights, mut kinds) = (Vec::new(), Vec::new());
    loop {
        let symbol_first = match (symbols.peek(), packages.peek()) {
            (Some(symbol), Some(package)) => symbol < package,
            (Some(_), None) => true,
            (None, Some(_)) => false,
            (None, None) => return (weights, kinds),
        };
        let next = if symbol_first {
            symbols.next()
        } else {
            packages.next()
        };
        weights.extend(next);
        kinds.push(symbol_first);
    }
}

/// A length, or a repetition of one.
pub(super) struct Run {
    pub(super) symbol: usize,
    pub(super) extra: u64,
    pub(super) bits: u8,
}

/// Code lengths as they are written down: runs of them (RFC 1951, 3.2.7), and how often each symbol occurs.
pub(super) struct Lengths {
    pub(super) runs: Vec<Run>,
    pub(super) counts: [u32; 19],
    /// The bits that stand behind symbols.
    pub(super) extra: u64,
}

impl Lengths {
    pub(super) fn of(parts: &[&[u8]]) -> Lengths {
        let all = parts.concat();
        let mut lengths = Lengths {
            runs: Vec::new(),
            counts: [0; 19],
            extra: 0,
        };
        for run in all.chunk_by(|a, b| a == b) {
            let length = usize::from(run[0]);
            let mut left = run.len();
            if length == 0 {
                while left >= 11 {
                    left -= lengths.repeat(18, 11, left.min(138), 7);
                }
                if left >= 3 {
                    left -= lengths.repeat(17, 3, left, 3);
                }
            } else {
                lengths.push(length, 0, 0);
                left -= 1;
                while left >= 3 {
                    left -= lengths.repeat(16, 3, left.min(6), 2);
                }
            }
            (0..left).for_each(|_| lengths.push(length, 0, 0));
        }
        lengths
    }

    fn repeat(&mut self, symbol: usize, least: usize, times: usize, bits: u8) -> usize {
        self.push(symbol, (times - least) as u64, bits);
        times
    }

    fn push(&mut self, symbol: usize, extra: u64, bits: u8) {
        self.counts[symbol] += 1;
        self.extra += u64::from(bits);
        self.runs.push(Run {
            symbol,
            extra,
            bits,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_the_best_within_the_limit() {
        assert_eq!(best_lengths(&[0, 7, 0], 15), [0, 1, 0]);
        assert_eq!(best_lengths(&[1, 1, 2, 4, 8], 15), [4, 4, 3, 2, 1]);
        assert_eq!(best_lengths(&[1, 1, 2, 4, 8], 3), [3, 3, 3, 3, 1]);
        // Every code that is full spends all of its room.
        let counts: Vec<u32> = (0..19).map(|n| 1 << n).collect();
        for limit in [5, 7, 15] {
            let lengths = best_lengths(&counts, limit);
            let room: u32 = lengths.iter().map(|&length| 1u32 << (15 - length)).sum();
            assert_eq!(room, 1 << 15, "{lengths:?}");
        }
    }
}
