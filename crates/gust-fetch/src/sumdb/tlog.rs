//! The transparent log: a Merkle tree over records, and the tiles that it is stored in.
//!
//! Hashes of complete subtrees are numbered in the order in which they become known as records
//! are added ("stored hash index"): hash number `n` of level `l` covers records `n << l` to
//! `(n + 1) << l`. Tiles hold runs of `1 << HEIGHT` hashes of every `HEIGHT`-th level; whatever
//! lies between is computed from them.

use sha2::{Digest, Sha256};

/// A SHA-256.
pub type Hash = [u8; 32];

/// The height of the tiles that the checksum databases serve.
pub const TILE_HEIGHT: u32 = 8;

/// The tree hash of no records: SHA-256 of nothing.
pub fn empty_tree() -> Hash {
    Sha256::digest(b"").into()
}

/// The hash of a leaf.
pub fn record_hash(data: &[u8]) -> Hash {
    let mut hash = Sha256::new();
    hash.update([0u8]);
    hash.update(data);
    hash.finalize().into()
}

/// The hash of an inner node.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let mut hash = Sha256::new();
    hash.update([1u8]);
    hash.update(left);
    hash.update(right);
    hash.finalize().into()
}

/// A subtree whose leaves are all there: the `n`-th of its level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Node {
    /// Height above the records.
    pub level: u32,
    /// Place within the level.
    pub n: u64,
}

impl Node {
    /// The leaf of a record.
    pub fn record(id: u64) -> Self {
        Self { level: 0, n: id }
    }
}

/// The complete subtrees, left to right, that records `lo..hi` fall into (`lo` must be aligned
/// to the first of them).
pub fn subtrees(mut lo: u64, hi: u64) -> Vec<Node> {
    let mut nodes = Vec::new();
    while lo < hi {
        let level = (hi - lo).ilog2();
        nodes.push(Node {
            level,
            n: lo >> level,
        });
        lo += 1 << level;
    }
    nodes
}

/// The hash over consecutive subtrees, given left to right, that are not all of one size.
pub fn fold_right(hashes: &[Hash]) -> Option<Hash> {
    let (last, rest) = hashes.split_last()?;
    Some(
        rest.iter()
            .rev()
            .fold(*last, |acc, left| node_hash(left, &acc)),
    )
}

/// A tile: `width` hashes of level `level * TILE_HEIGHT`, beginning with number `n << TILE_HEIGHT`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Tile {
    /// Level in tiles.
    pub level: u32,
    /// Place within the level.
    pub n: u64,
    /// How many hashes; fewer than `1 << TILE_HEIGHT` only at the right edge of the tree.
    pub width: u32,
}

/// How many hashes a full tile holds.
pub const FULL: u32 = 1 << TILE_HEIGHT;

impl Tile {
    /// The tile, as wide as a tree of `size` records makes it, that holds or yields `node`.
    pub fn holding(node: Node, size: u64) -> Option<Self> {
        let level = node.level / TILE_HEIGHT;
        let inner = node.level % TILE_HEIGHT;
        let n = (node.n << inner) >> TILE_HEIGHT;
        Self {
            level,
            n,
            width: FULL,
        }
        .clipped(size)
    }

    /// The tile one level up that holds this tile's hash.
    pub fn parent(self, size: u64) -> Option<Self> {
        Self {
            level: self.level + 1,
            n: self.n >> TILE_HEIGHT,
            width: FULL,
        }
        .clipped(size)
    }

    fn clipped(self, size: u64) -> Option<Self> {
        let shift = self.level * TILE_HEIGHT;
        let have = if shift >= 64 { 0 } else { size >> shift };
        let start = self.n << TILE_HEIGHT;
        if start >= have {
            return None;
        }
        let width = (have - start).min(u64::from(FULL)) as u32;
        Some(Self { width, ..self })
    }

    /// The same tile when the tree has grown past it.
    pub fn full(self) -> Self {
        Self {
            width: FULL,
            ..self
        }
    }

    /// The subtree whose hash is the hash over this (full) tile.
    pub fn root(self) -> Node {
        Node {
            level: (self.level + 1) * TILE_HEIGHT,
            n: self.n,
        }
    }

    /// How many bytes the tile has.
    pub fn byte_len(self) -> usize {
        self.width as usize * 32
    }

    /// Where the tile lies, on the server and in the cache: `tile/8/0/x123/456.p/7`.
    pub fn path(self) -> String {
        let mut number = format!("{:03}", self.n % 1000);
        let mut n = self.n;
        while n >= 1000 {
            n /= 1000;
            number = format!("x{:03}/{number}", n % 1000);
        }
        let partial = if self.width == FULL {
            String::new()
        } else {
            format!(".p/{}", self.width)
        };
        format!("tile/{TILE_HEIGHT}/{}/{number}{partial}", self.level)
    }

    /// The tile at a path made by [`Tile::path`]; `None` for any other text.
    pub fn parse_path(path: &str) -> Option<Self> {
        let rest = path.strip_prefix("tile/8/")?;
        let (level, mut rest) = rest.split_once('/')?;
        let mut width = FULL;
        if let Some((before, partial)) = rest.split_once(".p/") {
            width = partial.parse().ok()?;
            rest = before;
        }
        let mut n: u64 = 0;
        for part in rest.split('/') {
            let digits = part.strip_prefix('x').unwrap_or(part);
            n = n.checked_mul(1000)?.checked_add(digits.parse().ok()?)?;
        }
        let tile = Self {
            level: level.parse().ok()?,
            n,
            width,
        };
        (tile.path() == path).then_some(tile)
    }

    /// The hash of a subtree that lies within this tile, whose content is `data`.
    pub fn hash_of(self, node: Node, data: &[u8]) -> Option<Hash> {
        if node.level / TILE_HEIGHT != self.level {
            return None;
        }
        let inner = node.level % TILE_HEIGHT;
        let first = (node.n << inner).checked_sub(self.n << TILE_HEIGHT)? as usize;
        let count = 1usize << inner;
        if first + count > self.width as usize {
            return None;
        }
        tile_hash(data.get(first * 32..(first + count) * 32)?)
    }
}

/// The hash over a run of hashes, a power of two of them.
pub fn tile_hash(data: &[u8]) -> Option<Hash> {
    match data.len() {
        32 => data.try_into().ok(),
        n if n >= 64 && (n / 32).is_power_of_two() && n % 32 == 0 => Some(node_hash(
            &tile_hash(&data[..n / 2])?,
            &tile_hash(&data[n / 2..])?,
        )),
        _ => None,
    }
}

/// A tree head: how many records, and the hash over them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tree {
    /// The number of records.
    pub size: u64,
    /// The hash over all of them.
    pub hash: Hash,
}

const TREE_PREFIX: &str = "go.sum database tree\n";

impl Tree {
    /// The text of the note that says this tree head.
    pub fn format(&self) -> String {
        format!(
            "{TREE_PREFIX}{}\n{}\n",
            self.size,
            super::base64(&self.hash)
        )
    }

    /// Reads what [`Tree::format`] made (later lines are ignored, for additions to the format).
    pub fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix(TREE_PREFIX)?;
        if text.len() > 1_000_000 {
            return None;
        }
        let mut lines = rest.split('\n');
        let (size_text, hash) = (lines.next()?, lines.next()?);
        lines.next()?;
        let size: i64 = size_text.parse().ok()?;
        if size < 0 || size.to_string() != size_text {
            return None;
        }
        let hash = super::unbase64(hash)?.try_into().ok()?;
        Some(Self {
            size: size as u64,
            hash,
        })
    }
}

/// A record as a lookup answers it: its number, its text, and what follows (the signed tree head).
pub fn parse_record(message: &[u8]) -> Option<(u64, &str, &[u8])> {
    let newline = message.iter().position(|&b| b == b'\n')?;
    let id: i64 = std::str::from_utf8(&message[..newline])
        .ok()?
        .parse()
        .ok()?;
    let rest = &message[newline + 1..];
    let end = rest.windows(2).position(|w| w == b"\n\n")?;
    let text = std::str::from_utf8(&rest[..=end]).ok()?;
    if text.is_empty() || text.chars().any(|c| (c as u32) < 0x20 && c != '\n') {
        return None;
    }
    Some((u64::try_from(id).ok()?, text, &rest[end + 2..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tile_paths_go_there_and_back() {
        for (tile, path) in [
            (
                Tile {
                    level: 0,
                    n: 0,
                    width: FULL,
                },
                "tile/8/0/000",
            ),
            (
                Tile {
                    level: 3,
                    n: 1234067,
                    width: 1,
                },
                "tile/8/3/x001/x234/067.p/1",
            ),
            (
                Tile {
                    level: 1,
                    n: 999,
                    width: 255,
                },
                "tile/8/1/999.p/255",
            ),
        ] {
            assert_eq!(tile.path(), path);
            assert_eq!(Tile::parse_path(path), Some(tile));
        }
        for bad in [
            "tile/8/0/1",
            "tile/8/0/000.p/256",
            "tile/9/0/000",
            "tile/8/0/x000/001",
        ] {
            assert_eq!(Tile::parse_path(bad), None, "{bad}");
        }
    }

    #[test]
    fn subtrees_cover_what_they_must() {
        let levels: Vec<u32> = subtrees(0, 13).iter().map(|n| n.level).collect();
        assert_eq!(levels, [3, 2, 0]);
        assert!(subtrees(5, 5).is_empty());
    }

    #[test]
    fn trees_are_read_strictly() {
        let tree = Tree {
            size: 7,
            hash: record_hash(b"x"),
        };
        assert_eq!(Tree::parse(&tree.format()), Some(tree));
        assert_eq!(Tree::parse("go.sum database tree\n07\nx\n"), None);
        assert!(parse_record(b"12\nabc\n\nrest").is_some());
        assert!(parse_record(b"-1\nabc\n\nrest").is_none());
    }
}
