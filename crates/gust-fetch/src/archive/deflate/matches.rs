//! Matches with what came before, found as Go finds them at level 5.
//!
//! Places that begin with the same four bytes (the same 17 bits of a hash of them) are chained, the latest first, and at most [`CHAIN`] of them are
//! looked at. A match is taken one byte later if the next place has a longer one (lazy matching), unless it has [`LAZY`] bytes already.
//!
//! What can be looked back at is a window, not all of the content: Go fills one of twice 32 KiB in pieces of 32 KiB and, when the end comes near, lets
//! the older half go. Which places are still in it decides about matches, and about whether a block can be stored.

use super::BLOCK;

const WINDOW: usize = 1 << 15;
const MIN_MATCH: usize = 4;
const MAX_MATCH: usize = 258;
/// Bytes must lie ahead so that a match cannot be cut short by a piece's end.
const AHEAD: usize = MIN_MATCH + MAX_MATCH;
/// Content comes in pieces of so many bytes.
const PIECE: usize = 32 << 10;
const HASH_BITS: u32 = 17;
const LAZY: usize = 16;
const NICE: usize = 32;
const CHAIN: usize = 32;
/// A match of only four bytes is worth less than its offset when that is large.
const NEAR: usize = 4096;

/// A piece of the output.
#[derive(Debug, Clone, Copy)]
pub(super) enum Token {
    Literal(u8),
    Match(Match),
}

/// So many bytes from so far back.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Match {
    length: usize,
    offset: usize,
}

/// A symbol with bits behind it.
pub(super) struct Symbol {
    pub(super) symbol: usize,
    pub(super) extra: u64,
    pub(super) bits: u8,
}

impl Match {
    /// RFC 1951, 3.2.5: four symbols for each power of two.
    pub(super) fn length_symbol(&self) -> Symbol {
        let n = self.length - 3;
        let (symbol, bits) = match n {
            255 => (28, 0),
            0..8 => (n, 0),
            _ => {
                let power = n.ilog2() as usize;
                (4 * (power - 1) + (n >> (power - 2) & 3), power - 2)
            }
        };
        let extra = if n == 255 { 0 } else { n & ((1 << bits) - 1) };
        Symbol {
            symbol: 257 + symbol,
            extra: extra as u64,
            bits: bits as u8,
        }
    }

    /// Two symbols for each power of two.
    pub(super) fn offset_symbol(&self) -> Symbol {
        let n = self.offset - 1;
        let (symbol, bits) = match n {
            0..4 => (n, 0),
            _ => {
                let power = n.ilog2() as usize;
                (2 * power + (n >> (power - 1) & 1), power - 1)
            }
        };
        Symbol {
            symbol,
            extra: (n & ((1 << bits) - 1)) as u64,
            bits: bits as u8,
        }
    }
}

/// The places that lie behind: one more than each, so that zero is none.
struct Chains {
    heads: Vec<u32>,
    earlier: Vec<u32>,
}

impl Chains {
    fn new(content: usize) -> Chains {
        // What is short need not have room for all hashes: it has no more places.
        let small = content < MIN_MATCH;
        Chains {
            heads: vec![0; if small { 0 } else { 1 << HASH_BITS }],
            earlier: vec![0; if small { 0 } else { WINDOW }],
        }
    }

    /// Puts a place in front of its chain; gives back what stood there.
    fn insert(&mut self, content: &[u8], at: usize) -> u32 {
        let word = u32::from_be_bytes([
            content[at],
            content[at + 1],
            content[at + 2],
            content[at + 3],
        ]);
        let hash = word.wrapping_mul(0x1e35_a7bd) >> (32 - HASH_BITS);
        let head = std::mem::replace(&mut self.heads[hash as usize], at as u32 + 1);
        self.earlier[at % WINDOW] = head;
        head
    }
}

/// Goes through a content.
pub(super) struct Matcher<'c> {
    content: &'c [u8],
    chains: Chains,
    at: usize,
    /// Where the window begins, and as far as it is filled.
    base: usize,
    end: usize,
    /// The byte before this place has not been put out yet.
    is_pending: bool,
    /// The match at the place before.
    previous: Match,
    tokens: Vec<Token>,
    block_start: usize,
    /// The block's beginning is in the window.
    is_storable: bool,
}

const NO_MATCH: Match = Match {
    length: MIN_MATCH - 1,
    offset: 0,
};

impl<'c> Matcher<'c> {
    pub(super) fn new(content: &'c [u8]) -> Matcher<'c> {
        Matcher {
            chains: Chains::new(content.len()),
            content,
            at: 0,
            base: 0,
            end: 0,
            is_pending: false,
            previous: NO_MATCH,
            tokens: Vec::with_capacity(BLOCK.min(content.len())),
            block_start: 0,
            is_storable: true,
        }
    }

    /// Calls `block` with the tokens of each block, and with what they stand for as long as that is at hand.
    pub(super) fn blocks(mut self, mut block: impl FnMut(&[Token], Option<&[u8]>)) {
        let mut piece_end = 0;
        while piece_end < self.content.len() {
            piece_end = (piece_end + PIECE).min(self.content.len());
            while self.end < piece_end {
                while self.end - self.at >= AHEAD {
                    self.step(&mut block);
                }
                self.fill(piece_end);
            }
        }
        while self.at < self.end {
            self.step(&mut block);
        }
        if self.is_pending {
            self.tokens.push(Token::Literal(self.content[self.at - 1]));
        }
        if !self.tokens.is_empty() {
            self.end_block(&mut block);
        }
    }

    fn fill(&mut self, piece_end: usize) {
        if self.at - self.base >= 2 * WINDOW - AHEAD {
            if self.block_start < self.base + WINDOW {
                self.is_storable = false;
            }
            self.base += WINDOW;
        }
        self.end = piece_end.min(self.base + 2 * WINDOW);
    }

    fn end_block(&mut self, block: &mut impl FnMut(&[Token], Option<&[u8]>)) {
        let content = &self.content[self.block_start..self.at];
        block(&self.tokens, self.is_storable.then_some(content));
        self.tokens.clear();
        (self.block_start, self.is_storable) = (self.at, true);
    }

    fn is_insertable(&self, at: usize) -> bool {
        at + MIN_MATCH <= self.end
    }

    /// Goes on by one byte, or to the end of a match.
    fn step(&mut self, block: &mut impl FnMut(&[Token], Option<&[u8]>)) {
        let mut head = 0;
        if self.is_insertable(self.at) {
            head = self.chains.insert(self.content, self.at);
        }
        let previous = std::mem::replace(&mut self.previous, NO_MATCH);
        let ahead = self.end - self.at;
        if ahead > previous.length && previous.length < LAZY {
            self.previous = self.find(head, ahead);
        }
        if previous.length >= MIN_MATCH && self.previous.length <= previous.length {
            self.tokens.push(Token::Match(previous));
            let match_end = self.at + previous.length - 1;
            for at in self.at + 1..match_end {
                if self.is_insertable(at) {
                    self.chains.insert(self.content, at);
                }
            }
            self.at = match_end;
            self.is_pending = false;
            self.previous = NO_MATCH;
            if self.tokens.len() == BLOCK {
                self.end_block(block);
            }
            return;
        }
        if self.is_pending {
            self.tokens.push(Token::Literal(self.content[self.at - 1]));
            if self.tokens.len() == BLOCK {
                self.end_block(block);
            }
        }
        self.at += 1;
        self.is_pending = true;
    }

    /// The longest match on the chain that begins with `head`.
    fn find(&self, head: u32, ahead: usize) -> Match {
        let (content, at) = (self.content, self.at);
        let most = ahead.min(MAX_MATCH);
        let oldest = self.base.max(at.saturating_sub(WINDOW));
        let mut best = NO_MATCH;
        let mut next = head;
        for _ in 0..CHAIN {
            let Some(place) = (next as usize)
                .checked_sub(1)
                .filter(|place| *place >= oldest)
            else {
                break;
            };
            if content[place + best.length] == content[at + best.length] {
                let length = common(&content[place..], &content[at..], most);
                if length > best.length && (length > MIN_MATCH || at - place <= NEAR) {
                    best = Match {
                        length,
                        offset: at - place,
                    };
                    if length >= NICE.min(most) {
                        break;
                    }
                }
            }
            if place + WINDOW == at {
                // Its link was overwritten by this place's.
                break;
            }
            next = self.chains.earlier[place % WINDOW];
        }
        best
    }
}

fn common(a: &[u8], b: &[u8], most: usize) -> usize {
    let both = a[..most].iter().zip(&b[..most]);
    both.take_while(|(a, b)| a == b).count()
}
