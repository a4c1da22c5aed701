//! Bytes behind a URL: http and https through reqwest, file by reading.
//!
//! The only async code of the crate. Callers are threads: each waits for its own answer, and the
//! runtime is started with the first request that needs one.

mod auth;
mod client;
mod file;
mod url;

pub(crate) use client::Client;
pub(crate) use url::Url;

use crate::error::FetchError;

/// The host that the acceptance suite serves itself.
pub(crate) const TEST_HOST: &str = "vcs-test.golang.org";

/// What may go over a connection that anybody could listen to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Security {
    /// Nothing.
    Secure,
    /// GOINSECURE: certificates are not looked at, and where https fails http will do.
    Insecure,
}

/// An answer: the status, and the body yet to be read.
pub(crate) struct Response {
    pub(crate) url: String,
    pub(crate) body: Body,
}

pub(crate) enum Body {
    File(gust_fs::disk::File),
    Http(client::HttpBody),
}

/// What the caller does with each piece of a body.
pub(crate) type OnChunk<'a> = &'a mut dyn FnMut(&[u8]) -> Result<(), FetchError>;

/// The status lines' texts of the codes that file URLs have.
pub(crate) const NOT_FOUND: &str = "Not Found";
pub(crate) const FORBIDDEN: &str = "Forbidden";

const MAX_DETAIL_LINES: usize = 8;
const MAX_DETAIL_BYTES: usize = MAX_DETAIL_LINES * 81;

/// As much of the text that a server sent with an error as people should see: some lines, up to
/// the first empty one, and nothing that could play with a terminal.
pub(crate) fn error_detail(body: &[u8]) -> String {
    let Ok(text) = std::str::from_utf8(body) else {
        return String::new();
    };
    if text.chars().any(|c| c.is_control() && !c.is_whitespace()) {
        return String::new();
    }
    let mut detail = String::new();
    for (i, line) in text.split('\n').enumerate() {
        if line.trim().is_empty() {
            break;
        }
        if i > 0 {
            detail.push_str("\n\t");
        }
        if i >= MAX_DETAIL_LINES {
            detail.push_str("[Truncated: too many lines.]");
            break;
        }
        if detail.len() + line.len() > MAX_DETAIL_BYTES {
            detail.push_str("[Truncated: too long.]");
            break;
        }
        detail.push_str(line);
    }
    detail
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn details_are_cut() {
        assert_eq!(
            error_detail(b"not found: x\nmore\n\nrest"),
            "not found: x\n\tmore"
        );
        assert_eq!(error_detail(b"\x1b[31mred"), "");
        assert!(error_detail(&b"a\n".repeat(20)).ends_with("\n\t[Truncated: too many lines.]"));
        assert_eq!(error_detail(&b"a".repeat(2000)), "[Truncated: too long.]");
    }
}
