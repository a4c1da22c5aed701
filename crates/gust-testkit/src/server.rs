//! An HTTP server on this machine whose answers can go wrong in chosen ways.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// How an answer goes wrong.
#[derive(Debug, Clone)]
pub enum Fault {
    /// No answer for as long as the client waits (two minutes at most).
    Hang,
    /// The beginning of an answer, then silence.
    HangInBody,
    /// Another status, with a text.
    Status(u16, String),
    /// The connection closes before the answer.
    Close,
    /// The connection closes after this many bytes of the body.
    Cut(usize),
    /// Other content.
    Replace(Vec<u8>),
    /// Something that is no HTTP.
    Garbage,
    /// To another URL.
    Redirect(String),
}

type Handler = dyn Fn(&str) -> Option<Vec<u8>> + Send + Sync;

struct Shared {
    handler: Box<Handler>,
    faults: Mutex<HashMap<String, Fault>>,
    log: Mutex<Vec<String>>,
    headers: Mutex<Vec<String>>,
}

/// A server; it answers until the process ends.
pub struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
}

impl Server {
    /// Serves what `handler` has for a path (without its first slash); `None` is a 404.
    ///
    /// # Panics
    /// When there is no port to listen on.
    pub fn start(handler: impl Fn(&str) -> Option<Vec<u8>> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("listen on this machine");
        let address = listener.local_addr().expect("the address listened on");
        let shared = Arc::new(Shared {
            handler: Box::new(handler),
            faults: Mutex::default(),
            log: Mutex::default(),
            headers: Mutex::default(),
        });
        let for_threads = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&for_threads);
                std::thread::spawn(move || serve(&shared, stream));
            }
        });
        Self { address, shared }
    }

    /// Serves a set of modules.
    pub fn modules(set: crate::ModuleSet) -> Self {
        Self::start(move |path| set.files.get(path).cloned())
    }

    /// The server's URL, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From now on the answer for a path goes wrong.
    ///
    /// # Panics
    /// When a thread of the server has.
    pub fn set_fault(&self, path: &str, fault: Fault) {
        self.shared
            .faults
            .lock()
            .expect("faults")
            .insert(path.to_owned(), fault);
    }

    /// From now on all is well again.
    ///
    /// # Panics
    /// When a thread of the server has.
    pub fn clear_faults(&self) {
        self.shared.faults.lock().expect("faults").clear();
    }

    /// The paths asked for so far.
    ///
    /// # Panics
    /// When a thread of the server has.
    pub fn requests(&self) -> Vec<String> {
        self.shared.log.lock().expect("log").clone()
    }

    /// The header lines of all requests so far.
    ///
    /// # Panics
    /// When a thread of the server has.
    pub fn request_headers(&self) -> Vec<String> {
        self.shared.headers.lock().expect("headers").clone()
    }
}

fn serve(shared: &Shared, stream: TcpStream) {
    let Ok(clone) = stream.try_clone() else {
        return;
    };
    let mut reader = BufReader::new(clone);
    let mut stream = stream;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 {
            return;
        }
        let Some(path) = line
            .split_whitespace()
            .nth(1)
            .map(|p| p.trim_start_matches('/'))
        else {
            return;
        };
        let path = decode(path);
        loop {
            let mut header = String::new();
            if reader.read_line(&mut header).unwrap_or(0) == 0 {
                return;
            }
            if header.trim().is_empty() {
                break;
            }
            shared
                .headers
                .lock()
                .expect("headers")
                .push(header.trim().to_owned());
        }
        shared.log.lock().expect("log").push(path.clone());
        let fault = shared.faults.lock().expect("faults").get(&path).cloned();
        if !answer(shared, &mut stream, &path, fault) {
            return;
        }
    }
}

/// Answers; false when the connection is to be closed.
fn answer(shared: &Shared, stream: &mut TcpStream, path: &str, fault: Option<Fault>) -> bool {
    let body = (shared.handler)(path);
    let (status, mut body, found) = match body {
        Some(body) => (200, body, true),
        None => (404, format!("not found: {path}\n").into_bytes(), false),
    };
    let head = |status: u16, len: usize, kind: &str| {
        let reason = match status {
            200 => "OK",
            302 => "Found",
            404 => "Not Found",
            410 => "Gone",
            500 => "Internal Server Error",
            503 => "Service Unavailable",
            _ => "Status",
        };
        format!("HTTP/1.1 {status} {reason}\r\nContent-Type: {kind}\r\nContent-Length: {len}\r\n")
    };
    let kind = if found {
        "application/octet-stream"
    } else {
        "text/plain; charset=utf-8"
    };
    let mut send = |head: &str, body: &[u8]| {
        let sent = stream.write_all(format!("{head}\r\n").as_bytes());
        sent.and_then(|()| stream.write_all(body)).is_ok()
    };
    match fault {
        None => send(&head(status, body.len(), kind), &body),
        Some(Fault::Hang) => {
            std::thread::sleep(Duration::from_secs(120));
            false
        }
        Some(Fault::HangInBody) => {
            send(
                &head(status, body.len().max(2), kind),
                &body[..body.len() / 2],
            );
            std::thread::sleep(Duration::from_secs(120));
            false
        }
        Some(Fault::Status(status, text)) => send(
            &head(status, text.len(), "text/plain; charset=utf-8"),
            text.as_bytes(),
        ),
        Some(Fault::Close) => false,
        Some(Fault::Cut(n)) => {
            let len = body.len();
            body.truncate(n);
            send(&head(status, len.max(n + 1), kind), &body);
            false
        }
        Some(Fault::Replace(body)) => send(&head(200, body.len(), kind), &body),
        Some(Fault::Garbage) => {
            let _ = stream.write_all(b"garbage\r\n\r\n");
            false
        }
        Some(Fault::Redirect(to)) => {
            send(&format!("{}Location: {to}\r\n", head(302, 0, kind)), b"")
        }
    }
}

fn decode(path: &str) -> String {
    let mut out = Vec::new();
    let bytes = path.as_bytes();
    let mut i = 0;
    while i < bytes.len() {
        let hex = path
            .get(i + 1..i + 3)
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match (bytes[i], hex) {
            (b'%', Some(byte)) => {
                out.push(byte);
                i += 3;
            }
            (byte, _) => {
                out.push(byte);
                i += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}
