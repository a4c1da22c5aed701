//! How IDs are made: SHA-256 over the release's name and then whatever the caller writes, each piece of which
//! `GODEBUG=gocachehash=1` shows on a line of its own.

use std::collections::HashMap;
use std::fmt;
use std::io;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use gust_fs::errtext::go_text;
use gust_text::quote::{quote, quote_bytes};
use sha2::{Digest, Sha256};

use crate::id::{ActionId, ID_LEN, to_hex};

type Sink = Box<dyn Fn(&str) + Send + Sync>;

/// What all hashers of one command have in common.
pub struct Hashing {
    salt: String,
    trace: Option<Sink>,
    inputs: Option<Mutex<HashMap<ActionId, Vec<u8>>>>,
}

impl Hashing {
    /// Hashing as the go command of `release` (`go1.26.8`) does it: entries of different releases never meet.
    pub fn new(release: &str) -> Self {
        Self {
            salt: strip_experiment(release).to_owned(),
            trace: None,
            inputs: None,
        }
    }

    /// Gives each line of the trace, newline included, to `sink`.
    pub fn with_trace(mut self, sink: impl Fn(&str) + Send + Sync + 'static) -> Self {
        self.trace = Some(Box::new(sink));
        self
    }

    /// Keeps what was hashed into each ID, so that a failed verification can show it.
    pub fn with_inputs_kept(mut self) -> Self {
        self.inputs = Some(Mutex::default());
        self
    }

    /// Whether anyone listens to the trace.
    pub fn is_traced(&self) -> bool {
        self.trace.is_some()
    }

    /// A hasher; its name shows in the trace only.
    pub fn hasher(&self, name: impl Into<String>) -> Hasher<'_> {
        let kept = self.inputs.as_ref().map(|_| Vec::new());
        let mut hasher = Hasher {
            hashing: self,
            sha: Sha256::new(),
            name: name.into(),
            line: String::new(),
            kept,
        };
        self.say(|| format!("HASH[{}]\n", hasher.name));
        hasher.write(self.salt.as_bytes());
        hasher
    }

    /// The ID of a part of an action, told apart by `desc`.
    pub fn subkey(&self, parent: ActionId, desc: &str) -> ActionId {
        let out = subkey(parent, desc);
        self.say(|| format!("HASH subkey {parent} {} = {out}\n", quote(desc)));
        if let Some(inputs) = &self.inputs {
            let text = format!("subkey {parent} {}", quote(desc)).into_bytes();
            inputs
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .insert(out, text);
        }
        out
    }

    /// Shows in the trace what a file hashed to. To be called once a file.
    pub fn trace_file(&self, file: &Path, digest: &io::Result<[u8; ID_LEN]>) {
        self.say(|| match digest {
            Ok(digest) => format!("HASH {}: {}\n", file.display(), to_hex(digest)),
            Err(err) => format!(
                "HASH {}: open {}: {}\n",
                file.display(),
                file.display(),
                go_text(err)
            ),
        });
    }

    /// What was hashed into `id`, when that is [kept](Hashing::with_inputs_kept).
    pub fn describe(&self, id: ActionId) -> String {
        let Some(inputs) = &self.inputs else {
            return String::new();
        };
        let inputs = inputs.lock().unwrap_or_else(PoisonError::into_inner);
        inputs
            .get(&id)
            .map_or_else(String::new, |bytes| gust_bytes::text(bytes).into_owned())
    }

    fn say(&self, line: impl FnOnce() -> String) {
        if let Some(trace) = &self.trace {
            trace(&line());
        }
    }
}

impl fmt::Debug for Hashing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hashing")
            .field("salt", &self.salt)
            .field("traced", &self.is_traced())
            .finish_non_exhaustive()
    }
}

/// Makes one ID.
pub struct Hasher<'a> {
    hashing: &'a Hashing,
    sha: Sha256,
    name: String,
    line: String,
    kept: Option<Vec<u8>>,
}

impl Hasher<'_> {
    /// Takes in `bytes`; one line of the trace.
    pub fn write(&mut self, bytes: &[u8]) {
        self.hashing
            .say(|| format!("HASH[{}]: {}\n", self.name, quote_bytes(bytes)));
        if let Some(kept) = &mut self.kept {
            kept.extend_from_slice(bytes);
        }
        self.sha.update(bytes);
    }

    /// Takes in formatted text, all at once: `hasher.print(format_args!("compile\n"))`. One line of the trace, as one
    /// `fmt.Fprintf` is in go.
    pub fn print(&mut self, text: fmt::Arguments<'_>) {
        if let Some(text) = text.as_str() {
            return self.write(text.as_bytes());
        }
        let mut line = std::mem::take(&mut self.line);
        line.clear();
        // Formatting into a string fails only when a Display of ours does, and none does.
        let _ = fmt::write(&mut line, text);
        self.write(line.as_bytes());
        self.line = line;
    }

    /// The ID.
    pub fn finish(self) -> ActionId {
        let out = ActionId(self.sha.finalize().into());
        self.hashing.say(|| format!("HASH[{}]: {out}\n", self.name));
        if let (Some(kept), Some(inputs)) = (self.kept, &self.hashing.inputs) {
            inputs
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .insert(out, kept);
        }
        out
    }
}

impl fmt::Debug for Hasher<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hasher")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// The ID of a part of an action, told apart by `desc`; without a trace.
pub fn subkey(parent: ActionId, desc: &str) -> ActionId {
    let mut sha = Sha256::new();
    sha.update(b"subkey:");
    sha.update(parent.0);
    sha.update(desc.as_bytes());
    ActionId(sha.finalize().into())
}

/// Experiments that the go command itself was built with do not change what it does.
fn strip_experiment(release: &str) -> &str {
    let end = release.find(" X:").or_else(|| release.find("-X:"));
    &release[..end.unwrap_or(release.len())]
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[test]
    fn traces_as_go_does() {
        let lines = Arc::new(Mutex::new(String::new()));
        let sink = Arc::clone(&lines);
        let hashing = Hashing::new("go1.26.8 X:boringcrypto")
            .with_trace(move |line| sink.lock().unwrap().push_str(line));
        let mut hasher = hashing.hasher("moduleIndex");
        hasher.print(format_args!("file {}\n", "a\"b"));
        let id = hasher.finish();
        assert_eq!(id.0, gust_fs::sha256(b"go1.26.8file a\"b\n"));
        let sub = hashing.subkey(id, "executable");
        let want = format!(
            "HASH[moduleIndex]\nHASH[moduleIndex]: \"go1.26.8\"\nHASH[moduleIndex]: \"file a\\\"b\\n\"\n\
             HASH[moduleIndex]: {id}\nHASH subkey {id} \"executable\" = {sub}\n"
        );
        assert_eq!(*lines.lock().unwrap(), want);
    }
}
