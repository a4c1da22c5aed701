//! file URLs: a module proxy that is a directory.

#![expect(
    clippy::disallowed_methods,
    reason = "a file proxy is a server; what it serves is kept in the module cache"
)]

use std::io::{self, Read as _};

use gust_fs::disk::File;

use super::{Body, FORBIDDEN, NOT_FOUND, Response, Url};
use crate::error::{FetchError, errno_text};

/// Opens the file of a file URL.
pub(crate) fn open(url: &Url) -> Result<Response, FetchError> {
    let path = url.file_path();
    let answer = |code: u16, status: &str, err: &io::Error| FetchError::Http {
        url: url.redacted(),
        status: status.to_owned(),
        code,
        cause: Some(errno_text(err)),
        detail: String::new(),
    };
    match File::open(&path) {
        Ok(file) => Ok(Response {
            url: url.redacted(),
            body: Body::File(file),
        }),
        Err(err) => Err(match err.kind() {
            io::ErrorKind::NotFound => answer(404, NOT_FOUND, &err),
            io::ErrorKind::PermissionDenied => answer(403, FORBIDDEN, &err),
            _ => FetchError::io("open", &path, err),
        }),
    }
}

/// The whole content.
pub(crate) fn read(mut file: File) -> io::Result<Vec<u8>> {
    let mut data = Vec::new();
    file.read_to_end(&mut data)?;
    Ok(data)
}
