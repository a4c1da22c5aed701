//! The one door to the disk: observed reads, overlay, digests, locks, atomic writes, persisted stores.
