//! Credentials for servers: GOAUTH, and the .netrc file that it names by default.

#![expect(
    clippy::disallowed_methods,
    reason = ".netrc changes no answer that could be recorded"
)]

use std::collections::HashMap;
use std::path::Path;

use crate::error::{FetchError, errno_text};
use crate::sumdb::base64;

/// The value of an Authorization header by host, or by host and path.
#[derive(Debug, Default)]
pub(crate) struct Credentials {
    by_prefix: HashMap<String, String>,
}

impl Credentials {
    /// What GOAUTH's methods know before any request. Methods that need a process started for
    /// each URL (git, and commands) come with version control.
    pub(crate) fn load(goauth: &str, netrc: Option<&Path>) -> Result<Self, FetchError> {
        let methods: Vec<&str> = goauth.split(';').map(str::trim).collect();
        let mut credentials = Self::default();
        for method in methods.iter().rev() {
            match method.split_whitespace().next() {
                None => {
                    let text = format!("GOAUTH encountered an empty command (GOAUTH={goauth})");
                    return Err(FetchError::Fatal(Box::new(FetchError::message(text))));
                }
                Some("off") if methods.len() > 1 => {
                    let text = "GOAUTH=off cannot be combined with other authentication commands";
                    let text = format!("{text} (GOAUTH={goauth})");
                    return Err(FetchError::Fatal(Box::new(FetchError::message(text))));
                }
                Some("off") => return Ok(Self::default()),
                Some("netrc") => credentials.add_netrc(netrc),
                Some(_) => {
                    let text =
                        format!("GOAUTH={method}: only off and netrc are supported by gust yet");
                    return Err(FetchError::Fatal(Box::new(FetchError::message(text))));
                }
            }
        }
        Ok(credentials)
    }

    fn add_netrc(&mut self, netrc: Option<&Path>) {
        let Some(path) = netrc else { return };
        let text = match gust_fs::disk::read_to_string(path) {
            Ok(text) => text,
            Err(err) => {
                tracing::debug!(path = %path.display(), err = errno_text(&err), "netrc");
                return;
            }
        };
        // The first of several lines for a machine counts.
        for line in parse_netrc(&text).into_iter().rev() {
            let basic = base64(format!("{}:{}", line.login, line.password).as_bytes());
            let machine = line.machine.trim_end_matches('/').to_owned();
            self.by_prefix.insert(machine, format!("Basic {basic}"));
        }
    }

    /// The header for a URL, by the longest prefix that has one.
    pub(crate) fn for_url(&self, url: &str) -> Option<&str> {
        if self.by_prefix.is_empty() {
            return None;
        }
        let mut prefix = url
            .strip_prefix("https://")
            .unwrap_or(url)
            .trim_end_matches('/');
        loop {
            if let Some(header) = self.by_prefix.get(prefix) {
                return Some(header);
            }
            prefix = &prefix[..prefix.rfind('/')?];
        }
    }
}

#[derive(Debug, Default, Clone, PartialEq)]
struct NetrcLine {
    machine: String,
    login: String,
    password: String,
}

/// The machines of a .netrc file that have both a login and a password.
fn parse_netrc(text: &str) -> Vec<NetrcLine> {
    let mut lines = Vec::new();
    let mut current = NetrcLine::default();
    let mut in_macro = false;
    for line in text.split('\n') {
        if in_macro {
            in_macro = !line.is_empty();
            continue;
        }
        let fields: Vec<&str> = line.split_whitespace().collect();
        let pairs = fields.chunks_exact(2);
        let odd = pairs.remainder().first().copied();
        for pair in pairs {
            let value = pair[1].to_owned();
            match pair[0] {
                "machine" => {
                    current = NetrcLine {
                        machine: value,
                        ..NetrcLine::default()
                    }
                }
                "login" => current.login = value,
                "password" => current.password = value,
                "macdef" => in_macro = true,
                _ => {}
            }
            if !(current.machine.is_empty()
                || current.login.is_empty()
                || current.password.is_empty())
            {
                lines.push(std::mem::take(&mut current));
            }
        }
        if odd == Some("default") {
            break;
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn logins(text: &str) -> Vec<String> {
        let lines = parse_netrc(text);
        let shown = |l: NetrcLine| format!("{}:{}@{}", l.login, l.password, l.machine);
        lines.into_iter().map(shown).collect()
    }

    #[test]
    fn machines_need_a_login_and_a_password() {
        let one_line = "machine code.example login ann password one";
        assert_eq!(logins(one_line), ["ann:one@code.example"]);
        let many_lines = "machine code.example\r\n\tpassword one\n\n  login ann\n";
        assert_eq!(logins(many_lines), ["ann:one@code.example"]);
        assert!(
            logins("machine code.example login ann\nmachine b.example password two").is_empty()
        );
        assert!(logins("login ann password one").is_empty());
        assert!(logins("").is_empty());
    }

    #[test]
    fn netrc_macros_are_skipped_and_the_default_ends_it() {
        let text = "machine a.example login ann password one account x\n\
                    macdef init\n  machine b.example login bob password two\n\n\
                    machine c.example login cid password three\n\
                    default\n login dan password four\n\
                    machine e.example login eve password five\n";
        assert_eq!(logins(text), ["ann:one@a.example", "cid:three@c.example"]);
        // Both stand there; which one counts is decided by who reads the list.
        let twice =
            "machine a.example login ann password one\nmachine a.example login bob password two";
        assert_eq!(logins(twice).len(), 2);
    }

    #[test]
    fn the_longest_prefix_counts() {
        let mut c = Credentials::default();
        c.by_prefix.insert("example.com".to_owned(), "a".to_owned());
        c.by_prefix
            .insert("example.com/x".to_owned(), "b".to_owned());
        assert_eq!(c.for_url("https://example.com/x/y"), Some("b"));
        assert_eq!(c.for_url("https://example.com/z"), Some("a"));
        assert_eq!(c.for_url("https://example.org/z"), None);
        assert!(Credentials::load("off;netrc", None).unwrap_err().is_fatal());
    }
}
