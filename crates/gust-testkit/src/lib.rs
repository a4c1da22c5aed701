//! Fixtures for tests: txtar archives, a local module proxy and checksum database.
