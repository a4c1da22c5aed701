//! The outputs of many packages, in the order in which the packages were named.

use std::collections::BTreeMap;
use std::io::{self, Write};

/// Gives each package's output on when all before it have been given on.
pub struct InOrder<W> {
    out: W,
    next: usize,
    waiting: BTreeMap<usize, Vec<u8>>,
}

impl<W: Write> InOrder<W> {
    /// Outputs that go to `out`, that of package 0 first.
    pub fn new(out: W) -> InOrder<W> {
        InOrder {
            out,
            next: 0,
            waiting: BTreeMap::new(),
        }
    }

    /// Takes the output of the package with this number. Each number comes once.
    pub fn take(&mut self, number: usize, output: Vec<u8>) -> io::Result<()> {
        self.waiting.insert(number, output);
        while let Some(output) = self.waiting.remove(&self.next) {
            self.next += 1;
            self.out.write_all(&output)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_the_packages() {
        let mut out = Vec::new();
        let mut order = InOrder::new(&mut out);
        for number in [2, 0, 3, 1] {
            order.take(number, number.to_string().into_bytes()).unwrap();
        }
        assert_eq!(out, b"0123");
    }
}
