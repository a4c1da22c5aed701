//! Hashes of a tree, proved by its tiles.
//!
//! A tree head is one hash. The tiles at the tree's right edge yield it together, and so prove each other; any other tile is full,
//! and its hash stands in the tile above it. A proof goes down that way: a tile is proved when the one above it is and has its hash.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::answers::{Answers, TileContent};
use super::inconsistent;
use super::tlog::{self, Hash, Node, Tile, Tree};
use crate::error::FetchError;

/// The hashes of subtrees of `tree`. The tiles that prove them are kept.
pub(super) fn hashes(
    answers: &Answers,
    tree: Tree,
    nodes: &[Node],
) -> Result<Vec<Hash>, FetchError> {
    let edge = tlog::subtrees(0, tree.size);
    let mut wanted = Vec::new();
    for node in edge.iter().chain(nodes) {
        let mut next = Tile::holding(*node, tree.size);
        if next.is_none() {
            return Err(inconsistent());
        }
        while let Some(tile) = next.filter(|tile| !wanted.contains(tile)) {
            wanted.push(tile);
            next = tile.parent(tree.size);
        }
    }
    let found = answers.tiles(&wanted)?;
    let mut proof = Proof {
        tree,
        contents: wanted.into_iter().zip(found).collect(),
        proved: answers.proved(tree),
    };
    let before = proof.proved.len();
    if before == 0 {
        proof.check_edge(&edge)?;
    }
    let hashes = nodes.iter().map(|node| proof.hash(*node)).collect();
    if proof.proved.len() > before {
        let Proof {
            contents, proved, ..
        } = proof;
        for content in proved.iter().filter_map(|tile| contents.get(tile)) {
            answers.keep_tile(content);
        }
        answers.add_proved(tree, proved);
    }
    hashes
}

/// The hash over the first `size` records of `tree`.
pub(super) fn beginning(answers: &Answers, tree: Tree, size: u64) -> Result<Hash, FetchError> {
    range(answers, tree, 0, size)
}

/// The hashes by which anybody can follow how the first `old` records became `tree` (RFC 6962, 2.1.2).
pub(super) fn growth(answers: &Answers, tree: Tree, old: u64) -> Result<Vec<Hash>, FetchError> {
    let mut path = Vec::new();
    follow(answers, tree, (0, tree.size), old, &mut path)?;
    Ok(path)
}

/// The part of a growth proof that lies in records `lo..hi`, the deepest hash first.
fn follow(
    answers: &Answers,
    tree: Tree,
    (lo, hi): (u64, u64),
    old: u64,
    path: &mut Vec<Hash>,
) -> Result<(), FetchError> {
    if old == hi {
        // The whole old tree is known to who checks the proof; a part of it is not.
        if lo > 0 {
            path.push(range(answers, tree, lo, hi)?);
        }
        return Ok(());
    }
    let middle = lo + (1 << (hi - lo - 1).ilog2());
    let (inside, beside) = match old <= middle {
        true => ((lo, middle), (middle, hi)),
        false => ((middle, hi), (lo, middle)),
    };
    follow(answers, tree, inside, old, path)?;
    path.push(range(answers, tree, beside.0, beside.1)?);
    Ok(())
}

fn range(answers: &Answers, tree: Tree, lo: u64, hi: u64) -> Result<Hash, FetchError> {
    if lo == hi {
        return Ok(tlog::empty_tree());
    }
    let parts = hashes(answers, tree, &tlog::subtrees(lo, hi))?;
    tlog::fold_right(&parts).ok_or_else(inconsistent)
}

/// Tiles, and which of them are proved.
struct Proof {
    tree: Tree,
    contents: HashMap<Tile, Arc<TileContent>>,
    proved: HashSet<Tile>,
}

impl Proof {
    /// Together the subtrees of the right edge are the tree; without any, the tree must be the empty one.
    fn check_edge(&mut self, edge: &[Node]) -> Result<(), FetchError> {
        let parts: Option<Vec<Hash>> = edge.iter().map(|node| self.read(*node)).collect();
        let parts = parts.ok_or_else(inconsistent)?;
        if tlog::fold_right(&parts) != Some(self.tree.hash) {
            return Err(inconsistent());
        }
        let tiles = edge
            .iter()
            .filter_map(|node| Tile::holding(*node, self.tree.size));
        self.proved.extend(tiles);
        Ok(())
    }

    /// The hash of a subtree, once its tile is proved.
    fn hash(&mut self, node: Node) -> Result<Hash, FetchError> {
        let tile = Tile::holding(node, self.tree.size).ok_or_else(inconsistent)?;
        self.prove(tile)?;
        self.read(node).ok_or_else(inconsistent)
    }

    fn prove(&mut self, tile: Tile) -> Result<(), FetchError> {
        if self.proved.contains(&tile) {
            return Ok(());
        }
        let above = self.hash(tile.root())?;
        let content = self.contents.get(&tile).ok_or_else(inconsistent)?;
        let whole = content.bytes.len() == tile.byte_len();
        if !whole || tlog::tile_hash(&content.bytes) != Some(above) {
            return Err(inconsistent());
        }
        self.proved.insert(tile);
        Ok(())
    }

    /// The hash of a subtree, whether its tile is proved or not.
    fn read(&self, node: Node) -> Option<Hash> {
        let tile = Tile::holding(node, self.tree.size)?;
        let content = self.contents.get(&tile)?;
        let whole = content.bytes.len() == tile.byte_len();
        tile.hash_of(node, &content.bytes).filter(|_| whole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sumdb::answers::Remote;
    use crate::sumdb::unbase64;
    use gust_fs::sha256;
    use std::fmt::Write as _;

    /// Made with golang.org/x/mod.
    const VECTORS: &str = include_str!("vectors/tlog.txt");

    /// The log of "leaf 0", "leaf 1", ...; every tile is served at whatever width is asked for.
    struct Leaves;

    impl Leaves {
        fn node(level: u32, n: u64) -> Hash {
            match level.checked_sub(1) {
                None => tlog::record_hash(format!("leaf {n}").as_bytes()),
                Some(below) => {
                    tlog::node_hash(&Leaves::node(below, 2 * n), &Leaves::node(below, 2 * n + 1))
                }
            }
        }

        fn tree(size: u64) -> Tree {
            let parts: Vec<Hash> = tlog::subtrees(0, size)
                .iter()
                .map(|node| Leaves::node(node.level, node.n))
                .collect();
            Tree {
                size,
                hash: tlog::fold_right(&parts).expect("a tree with records"),
            }
        }

        fn tile(tile: Tile) -> Vec<u8> {
            let level = tile.level * tlog::TILE_HEIGHT;
            let first = tile.n << tlog::TILE_HEIGHT;
            let hashes = (first..first + u64::from(tile.width)).map(|n| Leaves::node(level, n));
            hashes.collect::<Vec<Hash>>().concat()
        }
    }

    impl Remote for Leaves {
        fn read(&self, path: &str) -> Result<Vec<u8>, FetchError> {
            let tile = Tile::parse_path(path.trim_start_matches('/'));
            tile.map(Leaves::tile).ok_or_else(inconsistent)
        }
    }

    /// Answers of which none is kept: a cache cannot lie below a file.
    fn answers(remote: impl Remote + 'static) -> Answers {
        Answers::new(Box::new(remote), "/dev/null/cache".into())
    }

    #[test]
    fn trees_tiles_and_growth_are_as_go_has_them() {
        let answers = answers(Leaves);
        let hash = |text: &str| -> Hash { unbase64(text).unwrap().try_into().unwrap() };
        let number = |text: &str| -> u64 { text.parse().unwrap() };
        let mut kinds = [0; 3];
        for line in VECTORS.lines().filter(|line| !line.starts_with('#')) {
            let words: Vec<&str> = line.split(' ').collect();
            match words[..] {
                ["tree", size, root] => {
                    let tree = Leaves::tree(number(size));
                    assert_eq!(tree.hash, hash(root), "{line}");
                    // And the tiles prove it.
                    assert_eq!(beginning(&answers, tree, tree.size).unwrap(), tree.hash);
                    kinds[0] += 1;
                }
                ["tile", _, path, digest] => {
                    let tile = Tile::parse_path(path).unwrap();
                    let mut found = String::new();
                    for byte in sha256(&Leaves::tile(tile)) {
                        write!(found, "{byte:02x}").unwrap();
                    }
                    assert_eq!(found, digest, "{line}");
                    kinds[1] += 1;
                }
                ["growth", old, size, ..] => {
                    let expected: Vec<Hash> = words[3..].iter().map(|text| hash(text)).collect();
                    let tree = Leaves::tree(number(size));
                    assert_eq!(
                        growth(&answers, tree, number(old)).unwrap(),
                        expected,
                        "{line}"
                    );
                    kinds[2] += 1;
                }
                _ => panic!("{line}"),
            }
        }
        assert!(kinds.iter().all(|count| *count > 10), "{kinds:?}");
    }

    /// A server that turns one bit of each tile below the top.
    struct Liar(u32);

    impl Remote for Liar {
        fn read(&self, path: &str) -> Result<Vec<u8>, FetchError> {
            let mut bytes = Leaves.read(path)?;
            let tile = Tile::parse_path(path.trim_start_matches('/'));
            if tile.is_some_and(|tile| tile.level == self.0) {
                bytes[5] ^= 0x10;
            }
            Ok(bytes)
        }
    }

    #[test]
    fn a_changed_tile_proves_nothing() {
        let tree = Leaves::tree(700);
        for level in [0, 1] {
            let answers = answers(Liar(level));
            assert!(hashes(&answers, tree, &[Node::record(3)]).is_err());
            assert!(hashes(&answers, tree, &[Node::record(699)]).is_err());
        }
        let wrong = Tree {
            hash: Leaves::tree(699).hash,
            ..tree
        };
        assert!(hashes(&answers(Leaves), wrong, &[Node::record(3)]).is_err());
        assert!(hashes(&answers(Leaves), tree, &[Node::record(700)]).is_err());
    }
}
