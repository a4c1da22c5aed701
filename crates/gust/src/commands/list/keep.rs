//! A place for values that a template makes as it runs, and that live as long as the listing.

use std::cell::OnceCell;

/// A list that only grows, so that what is in it can be borrowed while more is added.
pub(super) struct Keep<T> {
    first: OnceCell<Box<Node<T>>>,
}

struct Node<T> {
    value: T,
    next: OnceCell<Box<Node<T>>>,
}

impl<T> Keep<T> {
    /// Nothing yet.
    pub(super) fn new() -> Keep<T> {
        Keep {
            first: OnceCell::new(),
        }
    }

    /// The first value of which `is` holds; else the one made by `make`, which is kept.
    pub(super) fn find_or_add(&self, is: impl Fn(&T) -> bool, make: impl FnOnce() -> T) -> &T {
        let mut cell = &self.first;
        while let Some(node) = cell.get() {
            if is(&node.value) {
                return &node.value;
            }
            cell = &node.next;
        }
        &cell
            .get_or_init(|| {
                Box::new(Node {
                    value: make(),
                    next: OnceCell::new(),
                })
            })
            .value
    }
}
