//! The methods of GOAUTH: netrc, Git's credential helpers, and commands of one's own.

#![expect(
    clippy::disallowed_methods,
    reason = ".netrc changes no answer that could be recorded"
)]

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Output;

use gust_text::quote::split_fields;

use super::netrc::parse_netrc;
use super::{Headers, Known, Surroundings};
use crate::error::{FetchError, errno_text};
use crate::http::Url;
use crate::sumdb::base64;

/// Someone who may know credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Method {
    /// The .netrc file.
    Netrc,
    /// `git credential` in a directory, whose configuration says which helpers there are.
    Git(PathBuf),
    /// A command line.
    Command(String),
}

/// A request that a server refused.
pub(crate) struct Refusal<'r> {
    pub(crate) url: &'r str,
    /// The head of the answer, line by line.
    pub(crate) head: &'r str,
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Method::Netrc => f.write_str("netrc"),
            Method::Git(dir) => write!(f, "git {}", dir.display()),
            Method::Command(line) => f.write_str(line),
        }
    }
}

/// The methods of GOAUTH, in the order in which they are asked: what the first one says is said last.
pub(super) fn parse(goauth: &str) -> Result<Vec<Method>, FetchError> {
    let fatal = |text: String| Err(FetchError::Fatal(Box::new(FetchError::message(text))));
    let lines: Vec<&str> = goauth.split(';').map(str::trim).collect();
    let mut methods = Vec::new();
    for line in lines.iter().rev() {
        let words: Vec<&str> = line.split_whitespace().collect();
        methods.push(match words.as_slice() {
            [] => {
                return fatal(format!("GOAUTH encountered an empty command (GOAUTH={goauth})"));
            }
            ["off", ..] if lines.len() > 1 => {
                return fatal(format!(
                    "GOAUTH=off cannot be combined with other authentication commands (GOAUTH={goauth})"
                ));
            }
            ["off", ..] => return Ok(Vec::new()),
            ["netrc", ..] => Method::Netrc,
            ["git", rest @ ..] => match git_dir(rest) {
                Ok(dir) => Method::Git(dir),
                Err(text) => return fatal(text),
            },
            _ => Method::Command((*line).to_owned()),
        });
    }
    Ok(methods)
}

/// The directory must be named in full: the configuration of whatever directory one stands in could name any helper.
fn git_dir(words: &[&str]) -> Result<PathBuf, String> {
    const NEEDS: &str =
        "GOAUTH=git dir method requires an absolute path to the git working directory";
    let [dir] = words else {
        return Err(NEEDS.to_owned());
    };
    let path = Path::new(dir);
    if !path.is_absolute() {
        return Err(format!("{NEEDS}, dir is not absolute"));
    }
    match gust_fs::disk::metadata(path) {
        Ok(meta) if meta.is_dir() => Ok(path.to_owned()),
        Ok(_) => Err(format!("{NEEDS}, dir is not a directory")),
        Err(err) => {
            let err = errno_text(&err);
            Err(format!(
                "GOAUTH=git encountered an error; cannot stat {dir}: stat {dir}: {err}"
            ))
        }
    }
}

impl Method {
    /// Whether it can tell more of a URL than without one, or at least why not.
    pub(super) fn knows_urls(&self, surroundings: &Surroundings) -> bool {
        *self != Method::Netrc || surroundings.netrc.is_none()
    }

    /// Asks for credentials: all there are, or those for what was refused.
    pub(super) fn ask(
        &self,
        surroundings: &Surroundings,
        refusal: Option<&Refusal<'_>>,
        known: &mut Known,
    ) -> Result<(), String> {
        match (self, refusal) {
            (Method::Netrc, None) => {
                netrc(surroundings.netrc.as_deref(), known);
                Ok(())
            }
            (Method::Git(dir), Some(refusal)) => git(surroundings, dir, refusal.url, known),
            (Method::Command(line), _) => command(surroundings, line, refusal, known),
            (Method::Netrc, Some(_)) if surroundings.netrc.is_none() => {
                Err("$HOME is not defined".to_owned())
            }
            (Method::Netrc, Some(_)) | (Method::Git(_), None) => Ok(()),
        }
    }
}

fn basic(login: &str, password: &str) -> Headers {
    let text = base64(format!("{login}:{password}").as_bytes());
    vec![("Authorization".to_owned(), format!("Basic {text}"))]
}

fn netrc(file: Option<&Path>, known: &mut Known) {
    let Some(path) = file else { return };
    let text = match gust_fs::disk::read_to_string(path) {
        Ok(text) => text,
        Err(err) => {
            tracing::debug!(path = %path.display(), err = errno_text(&err), "netrc");
            return;
        }
    };
    // The first of several lines for a machine counts.
    for line in parse_netrc(&text).into_iter().rev() {
        known.store(&line.machine, basic(&line.login, &line.password));
    }
}

fn git(
    surroundings: &Surroundings,
    dir: &Path,
    url: &str,
    known: &mut Known,
) -> Result<(), String> {
    let command = surroundings
        .command
        .as_ref()
        .ok_or("no commands may be started")?;
    let question = format!("url={url}\n");
    let answer = command.converse_once("git", &["credential", "fill"], dir, question.as_bytes());
    let failed = |why: String, said: &[u8]| {
        let said = gust_bytes::text(said);
        format!("'git credential fill' failed (url={url}): {why}\n{said}")
    };
    let out = answer.map_err(|err| failed(err.to_string(), b""))?;
    if !out.status.success() {
        let said = [out.stdout.as_slice(), &out.stderr].concat();
        return Err(failed(ended(&out), &said));
    }
    let credential = Credential::read(&gust_bytes::text(&out.stdout));
    if credential.prefix.is_empty() {
        return Err(format!(
            "'git credential fill' failed for url={url}, could not parse url\n"
        ));
    }
    if !url.starts_with(&credential.prefix) {
        let prefix = credential.prefix;
        return Err(format!(
            "requested a credential for {url}, but 'git credential fill' provided one for {prefix}\n"
        ));
    }
    known.store(
        &credential.prefix,
        basic(&credential.login, &credential.password),
    );
    known
        .unproven
        .insert(url.to_owned(), (dir.to_owned(), out.stdout));
    Ok(())
}

fn ended(out: &Output) -> String {
    match out.status.code() {
        Some(code) => format!("exit status {code}"),
        None => "signal: killed".to_owned(),
    }
}

/// What `git credential fill` answers.
#[derive(Debug, Default, PartialEq, Eq)]
struct Credential {
    prefix: String,
    login: String,
    password: String,
}

impl Credential {
    fn read(text: &str) -> Credential {
        let (mut scheme, mut host, mut path) = (String::new(), String::new(), String::new());
        let mut credential = Credential::default();
        for line in text.lines() {
            let Some((key, value)) = line.trim().split_once('=') else {
                continue;
            };
            let value = value.to_owned();
            match key {
                "protocol" => scheme = value,
                "host" => host = value,
                "path" => path = value,
                "username" => credential.login = value,
                "password" => credential.password = value,
                "url" => {
                    if let Some((before, rest)) = value.split_once("://") {
                        let (before_path, after) = rest.split_once('/').unwrap_or((rest, ""));
                        (scheme, host, path) =
                            (before.to_owned(), before_path.to_owned(), after.to_owned());
                    }
                }
                _ => {}
            }
        }
        if !scheme.is_empty() && !host.is_empty() {
            let slash = if path.is_empty() || path.starts_with('/') {
                ""
            } else {
                "/"
            };
            credential.prefix = format!("{scheme}://{host}{slash}{path}");
        }
        credential
    }
}

fn command(
    surroundings: &Surroundings,
    line: &str,
    refusal: Option<&Refusal<'_>>,
    known: &mut Known,
) -> Result<(), String> {
    let command = surroundings
        .command
        .as_ref()
        .ok_or("no commands may be started")?;
    let words =
        split_fields(line).map_err(|err| format!("cannot parse GOAUTH command {line}: {err}"))?;
    let mut words: Vec<&str> = words.iter().map(String::as_str).collect();
    words.extend(refusal.map(|refusal| refusal.url));
    let (program, args) = words.split_first().ok_or("empty command")?;
    let input = refusal.map_or("", |refusal| refusal.head);
    let answer = command.converse_once(program, args, &surroundings.cwd, input.as_bytes());
    let failed = |why: String, said: &str| format!("could not run command {line}: {why}\n{said}");
    let out = answer.map_err(|err| failed(err.to_string(), ""))?;
    if !out.status.success() {
        return Err(failed(ended(&out), &gust_bytes::text(&out.stderr)));
    }
    let credentials = sections(&gust_bytes::text(&out.stdout));
    let credentials = credentials
        .map_err(|why| format!("cannot parse output of GOAUTH command {line}: {why}"))?;
    for (prefix, headers) in credentials {
        known.store(&prefix, headers);
    }
    Ok(())
}

/// URLs, an empty line, headers, an empty line; and again.
fn sections(text: &str) -> Result<Vec<(String, Headers)>, String> {
    let mut rest = text;
    let mut credentials = Vec::new();
    while !rest.is_empty() {
        let (urls, after) = block(rest).ok_or("invalid format: missing empty line after URLs")?;
        let (lines, after) =
            block(after).ok_or("invalid format: missing empty line after headers")?;
        let mut headers = Headers::new();
        for line in lines {
            headers.push(header(line).ok_or("invalid format: invalid header line")?);
        }
        for url in urls {
            let parsed =
                Url::parse(url).map_err(|err| format!("could not parse URL {url}: {err}"))?;
            if parsed.scheme.is_empty() && !url.starts_with('/') {
                let quoted = crate::names::quote(url);
                return Err(format!(
                    "could not parse URL {url}: parse {quoted}: invalid URI for request"
                ));
            }
            credentials.push((url.to_owned(), headers.clone()));
        }
        rest = after;
    }
    Ok(credentials)
}

/// Lines up to an empty one.
fn block(text: &str) -> Option<(Vec<&str>, &str)> {
    let mut lines = Vec::new();
    let mut rest = text;
    loop {
        let (line, after) = rest.split_once('\n')?;
        rest = after;
        if line.is_empty() {
            return Some((lines, rest));
        }
        lines.push(line);
    }
}

fn header(line: &str) -> Option<(String, String)> {
    let (name, value) = line.split_once(": ")?;
    let is_token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    let value = value.trim();
    let is_text = |b: u8| (b >= b' ' && b != 0x7f) || b == b'\t';
    let well_formed = !name.is_empty() && name.bytes().all(is_token) && value.bytes().all(is_text);
    well_formed.then(|| (name.to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(goauth: &str) -> String {
        match parse(goauth) {
            Ok(methods) => format!("{methods:?}"),
            Err(err) => {
                assert!(err.is_fatal());
                err.to_string()
            }
        }
    }

    #[test]
    fn lists_of_methods() {
        assert_eq!(
            shown("netrc; a \"b c\" "),
            "[Command(\"a \\\"b c\\\"\"), Netrc]"
        );
        assert_eq!(shown("off"), "[]");
        assert_eq!(shown("git /"), "[Git(\"/\")]");
        assert!(shown("off;netrc").starts_with("GOAUTH=off cannot be combined"));
        assert_eq!(
            shown("netrc;"),
            "GOAUTH encountered an empty command (GOAUTH=netrc;)"
        );
        assert!(shown("git").ends_with("to the git working directory"));
        assert!(shown("git here").ends_with("dir is not absolute"));
        assert!(shown("git /no/such").contains("cannot stat /no/such"));
    }

    #[test]
    fn what_commands_answer() {
        let text = "https://a.example\nhttps://b.example/x\n\nAuthorization: Basic x\nX-Y:  z\n\nhttps://c.example\n\n\n";
        let found = sections(text).unwrap();
        assert_eq!(found.len(), 3);
        assert_eq!(found[1].0, "https://b.example/x");
        assert_eq!(found[1].1[1], ("X-Y".to_owned(), "z".to_owned()));
        assert!(found[2].1.is_empty());
        for wrong in [
            "https://a",
            "https://a\n\nA: b\n",
            "https://a\n\nA b\n\n",
            "a b\n\nA: b\n\n",
            "https://a\n\nA b: c\n\n",
        ] {
            assert!(sections(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_git_answers() {
        let read = Credential::read(
            "protocol=https\nhost=example.com\nusername=bob\npassword=secr3t=\npath=a\n",
        );
        assert_eq!(read.prefix, "https://example.com/a");
        assert_eq!(
            (read.login.as_str(), read.password.as_str()),
            ("bob", "secr3t=")
        );
        assert_eq!(
            Credential::read("url=https://example.com/x\nusername=b\n").prefix,
            "https://example.com/x"
        );
        assert_eq!(Credential::read("host=example.com\n").prefix, "");
    }
}
