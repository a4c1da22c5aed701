//! Requests over http and https.

use std::error::Error as StdError;
use std::io::{self, Read as _};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use gust_fs::observe::Log;
use reqwest::redirect::{Attempt, Policy};
use tokio::runtime::Runtime;

use super::auth::{Authority, Headers, Refused};
use super::{Body, OnChunk, Response, Security, TEST_HOST, Url, error_detail, file};
use crate::config::{Config, Hooks, HttpProxies, Sink, TestServer, Timeouts};
use crate::error::{FetchError, errno_text};

const MAX_REDIRECTS: usize = 10;
/// As much of an error's body as is looked at.
const MAX_ERROR_BODY: usize = 16 << 10;
/// As much of a page as is looked at: tags stand in its head.
const MAX_PAGE: usize = 4 << 20;
/// How long a host of GOINSECURE may take.
const IMPATIENCE: Duration = Duration::from_secs(5);

pub(crate) struct Client {
    proxies: HttpProxies,
    timeouts: Timeouts,
    authority: Authority,
    trace: bool,
    hooks: Hooks,
    sink: Arc<dyn Sink>,
    /// Where it is written down that a server was asked.
    log: Option<Arc<Log>>,
    engine: OnceLock<Result<Engine, FetchError>>,
}

/// What a first request starts, and all later ones use.
struct Engine {
    runtime: Runtime,
    client: reqwest::Client,
    /// For hosts of GOINSECURE: takes any certificate, and waits for nobody.
    trusting: OnceLock<Result<reqwest::Client, FetchError>>,
}

/// A page for people, whatever its status: with a refusal may come what one looks for.
pub(crate) struct Page {
    /// Where it was found at last, without a password.
    pub(crate) url: String,
    status: String,
    code: u16,
    is_plain: bool,
    pub(crate) body: Vec<u8>,
}

impl Page {
    /// The error that the page is, unless its status is 200.
    pub(crate) fn refusal(&self) -> Option<FetchError> {
        let shown = &self.body[..self.body.len().min(MAX_ERROR_BODY)];
        (self.code != 200).then(|| FetchError::Http {
            url: self.url.clone(),
            status: self.status.clone(),
            code: self.code,
            cause: None,
            detail: if self.is_plain {
                error_detail(shown)
            } else {
                String::new()
            },
        })
    }
}

/// A body on its way.
pub(crate) struct HttpBody {
    response: reqwest::Response,
}

impl Client {
    pub(crate) fn new(config: &Config, sink: Arc<dyn Sink>, log: Option<Arc<Log>>) -> Self {
        Self {
            log,
            proxies: config.http_proxies.clone(),
            timeouts: config.timeouts,
            authority: Authority::new(config),
            trace: config.trace,
            hooks: config.hooks.clone(),
            sink,
            engine: OnceLock::new(),
        }
    }

    /// Everything behind a URL. An answer other than 200 is an error.
    pub(crate) fn get_bytes(&self, url: &Url) -> Result<Vec<u8>, FetchError> {
        let response = self.get(url)?;
        if let Body::File(opened) = response.body {
            return file::read(opened).map_err(|err| FetchError::io("read", &url.file_path(), err));
        }
        let mut data = Vec::new();
        self.read(response, &mut |chunk| {
            data.extend_from_slice(chunk);
            Ok(())
        })?;
        Ok(data)
    }

    /// What a server says nobody can look at again.
    fn note(&self) {
        if let Some(log) = &self.log {
            log.note_unprovable();
        }
    }

    /// Begins to read what is behind a URL. An answer other than 200 is an error.
    pub(crate) fn get(&self, url: &Url) -> Result<Response, FetchError> {
        self.note();
        if url.scheme == "file" {
            return file::open(url);
        }
        if let Some(answer) = self.intercept(url) {
            return Err(answer);
        }
        if url.scheme == "http" && url.has_user() {
            let shown = url.redacted();
            return Err(FetchError::message(format!(
                "refusing to pass credentials to insecure URL: {shown}"
            )));
        }
        let (shown, sent) = (url.redacted(), self.exchange(url, Security::Secure)?);
        if sent.status().as_u16() != 200 {
            let status = status_text(&sent);
            return Err(self.refusal(shown, status, sent));
        }
        Ok(Response {
            url: shown,
            body: Body::Http(HttpBody { response: sent }),
        })
    }

    /// The page behind an https URL; where security does not matter, by http when https fails.
    pub(crate) fn page(&self, url: &Url, security: Security) -> Result<Page, FetchError> {
        self.note();
        if let Some(answer) = self.intercept(url) {
            return Err(answer);
        }
        let (url, sent) = match self.exchange(url, security) {
            Err(_) if security == Security::Insecure => {
                let plain = url.with_scheme("http");
                let sent = self.exchange(&plain, security)?;
                (plain, sent)
            }
            other => (url.clone(), other?),
        };
        let content_type = sent.headers().get(reqwest::header::CONTENT_TYPE);
        let content_type = content_type.and_then(|value| value.to_str().ok());
        let mut page = Page {
            url: url.redacted(),
            status: status_text(&sent),
            code: sent.status().as_u16(),
            is_plain: content_type.is_some_and(is_plain_text),
            body: Vec::new(),
        };
        let response = Response {
            url: page.url.clone(),
            body: Body::Http(HttpBody { response: sent }),
        };
        let body = &mut page.body;
        let read = self.read(response, &mut |chunk| {
            body.extend_from_slice(chunk);
            match body.len() > MAX_PAGE {
                true => Err(FetchError::NotCached),
                false => Ok(()),
            }
        });
        match read {
            Err(err) if !matches!(err, FetchError::NotCached) => Err(err),
            _ => Ok(page),
        }
    }

    /// One request and the head of its answer, told under -x.
    fn exchange(&self, url: &Url, security: Security) -> Result<reqwest::Response, FetchError> {
        let start = Instant::now();
        let shown = url.redacted();
        self.tell(|| format!("# get {shown}"));
        let sent = self
            .send(url, security)
            .inspect_err(|err| self.tell(|| format!("# get {shown}: {err}")))?;
        self.tell(|| {
            format!(
                "# get {shown}: {} ({:.3}s)",
                status_text(&sent),
                start.elapsed().as_secs_f64()
            )
        });
        Ok(sent)
    }

    /// Hands the body on piece by piece.
    pub(crate) fn read(&self, response: Response, on_chunk: OnChunk<'_>) -> Result<(), FetchError> {
        let stopped = |err: String| FetchError::Transport {
            op: "read",
            url: response.url.clone(),
            err,
        };
        match response.body {
            Body::File(mut file) => {
                let mut buffer = vec![0; 256 << 10];
                loop {
                    match file.read(&mut buffer) {
                        Ok(0) => return Ok(()),
                        Ok(n) => on_chunk(&buffer[..n])?,
                        Err(err) => return Err(stopped(errno_text(&err))),
                    }
                }
            }
            Body::Http(HttpBody { response: mut body }) => {
                let engine = self.engine()?;
                while let Some(chunk) =
                    engine
                        .wait(self.timeouts.idle, body.chunk())
                        .map_err(|err| match err {
                            Stopped::Timeout => {
                                stopped("net/http: timeout reading response body".to_owned())
                            }
                            Stopped::Error(err) => stopped(body_words(&err)),
                        })?
                {
                    on_chunk(&chunk)?;
                }
                Ok(())
            }
        }
    }

    fn send(&self, url: &Url, security: Security) -> Result<reqwest::Response, FetchError> {
        let engine = self.engine()?;
        let (client, limit) = match security {
            Security::Insecure if url.scheme == "https" => {
                let client = engine.trusting.get_or_init(|| self.build(true));
                (client.as_ref().map_err(Clone::clone)?, IMPATIENCE)
            }
            _ => (&engine.client, self.timeouts.idle),
        };
        let target = url.for_request();
        let own = url.credentials();
        let ask = |headers: &Headers| {
            let mut request = client.get(&target);
            if let Some((user, password)) = &own {
                request = request.basic_auth(user, password.as_ref());
            }
            for (name, value) in headers {
                request = request.header(name, value);
            }
            let sent = engine.wait(limit, request.send());
            sent.map_err(|err| FetchError::Transport {
                op: "Get",
                url: url.redacted(),
                err: match err {
                    Stopped::Timeout => "net/http: timeout awaiting response headers".to_owned(),
                    Stopped::Error(err) => request_words(&err, url),
                },
            })
        };
        if own.is_some() || url.scheme != "https" {
            return ask(&Headers::new());
        }
        let headers = self.authority.for_url(&target)?;
        let answer = ask(&headers)?;
        if !answer.status().is_client_error() || !self.authority.can_learn() {
            return Ok(answer);
        }
        let head = head_of(&answer);
        let refused = Refused {
            url: &target,
            head: &head,
        };
        let (learned, wrong) = self.authority.after_refusal(&refused);
        if !wrong.is_empty() {
            self.tell(|| format!("GOAUTH encountered errors for {target}:"));
            wrong
                .iter()
                .for_each(|why| self.tell(|| format!("  {why}")));
        }
        if learned.is_empty() || learned == headers {
            return Ok(answer);
        }
        let answer = ask(&learned)?;
        self.authority.settle(&target, answer.status().as_u16());
        Ok(answer)
    }

    /// The error that an answer other than 200 is, with the text that came along.
    fn refusal(&self, url: String, status: String, response: reqwest::Response) -> FetchError {
        let code = response.status().as_u16();
        let content_type = response.headers().get(reqwest::header::CONTENT_TYPE);
        let plain = content_type
            .and_then(|v| v.to_str().ok())
            .is_some_and(is_plain_text);
        let mut body = Vec::new();
        if plain {
            let response = Response {
                url: url.clone(),
                body: Body::Http(HttpBody { response }),
            };
            let _ = self.read(response, &mut |chunk| {
                body.extend_from_slice(chunk);
                if body.len() > MAX_ERROR_BODY {
                    Err(FetchError::NotCached)
                } else {
                    Ok(())
                }
            });
        }
        FetchError::Http {
            url,
            status,
            code,
            cause: None,
            detail: error_detail(&body),
        }
    }

    fn intercept(&self, url: &Url) -> Option<FetchError> {
        let host = url.host_name();
        if self.hooks.default_proxy_404 && host == "proxy.golang.org" {
            let (url, status) = (url.redacted(), "404 testing".to_owned());
            self.tell(|| format!("# get {url}: {status} (0.000s)"));
            return Some(FetchError::Http {
                url,
                status,
                code: 404,
                cause: None,
                detail: String::new(),
            });
        }
        if self.hooks.no_network {
            if host == "localhost.localdev" {
                return Some(FetchError::message("no such host localhost.localdev"));
            }
            if host == TEST_HOST && self.hooks.test_server.is_some() {
                return None;
            }
            let local = host
                .parse::<std::net::IpAddr>()
                .is_ok_and(|ip| ip.is_loopback());
            if !local {
                return Some(FetchError::message(format!("panic: use of network: {url}")));
            }
        }
        None
    }

    fn tell(&self, line: impl FnOnce() -> String) {
        if self.trace {
            self.sink.line(&line());
        }
    }

    fn engine(&self) -> Result<&Engine, FetchError> {
        self.engine
            .get_or_init(|| self.start())
            .as_ref()
            .map_err(Clone::clone)
    }

    #[expect(clippy::disallowed_methods, reason = "this is the place")]
    fn start(&self) -> Result<Engine, FetchError> {
        // Whoever was first to choose a provider for this process has chosen the same.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("gust-fetch")
            .enable_all()
            .build()
            .map_err(|err| FetchError::message(format!("starting HTTP client: {err}")))?;
        Ok(Engine {
            runtime,
            client: self.build(false)?,
            trusting: OnceLock::new(),
        })
    }

    /// `trusting`: whoever answers is believed.
    fn build(&self, trusting: bool) -> Result<reqwest::Client, FetchError> {
        let wrong =
            |err: &dyn StdError| FetchError::message(format!("starting HTTP client: {err}"));
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("gust/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(self.timeouts.connect)
            .redirect(Policy::custom(redirect))
            .no_proxy();
        let none = self
            .proxies
            .none
            .as_deref()
            .and_then(reqwest::NoProxy::from_string);
        let http = self.proxies.http.as_deref().map(reqwest::Proxy::http);
        let https = self.proxies.https.as_deref().map(reqwest::Proxy::https);
        for proxy in http.into_iter().chain(https) {
            builder = builder.proxy(proxy.map_err(|err| wrong(&err))?.no_proxy(none.clone()));
        }
        if let Some(server) = &self.hooks.test_server {
            builder = redirected(builder, server).map_err(|err| wrong(&err))?;
        }
        if trusting {
            builder = builder.tls_danger_accept_invalid_certs(true);
        }
        builder.build().map_err(|err| wrong(&err))
    }
}

/// Sends what is for the test host to the server that stands for it.
fn redirected(
    builder: reqwest::ClientBuilder,
    server: &TestServer,
) -> Result<reqwest::ClientBuilder, std::net::AddrParseError> {
    let plain = format!("http://{}", server.http);
    let here = reqwest::Proxy::custom(move |url| {
        let meant = url.scheme() == "http" && url.host_str() == Some(TEST_HOST);
        meant.then(|| plain.clone())
    });
    // Its certificate is its own, and has the name of another host.
    Ok(builder
        .proxy(here)
        .resolve(TEST_HOST, server.https.parse()?)
        .tls_danger_accept_invalid_certs(true))
}

/// Why a future has no result.
enum Stopped {
    Timeout,
    Error(reqwest::Error),
}

impl Engine {
    fn wait<T>(
        &self,
        limit: Duration,
        future: impl Future<Output = Result<T, reqwest::Error>>,
    ) -> Result<T, Stopped> {
        self.runtime.block_on(async {
            match tokio::time::timeout(limit, future).await {
                Ok(result) => result.map_err(Stopped::Error),
                Err(_) => Err(Stopped::Timeout),
            }
        })
    }
}

/// Follows as many redirects as go does, and none from https to http.
fn redirect(attempt: Attempt<'_>) -> reqwest::redirect::Action {
    let via = attempt.previous();
    if let (Some(first), Some(last)) = (via.first(), via.last())
        && first.scheme() == "https"
        && attempt.url().scheme() != "https"
    {
        let text = format!(
            "redirected from secure URL {last} to insecure URL {}",
            attempt.url()
        );
        return attempt.error(text);
    }
    if via.len() >= MAX_REDIRECTS {
        return attempt.error("stopped after 10 redirects");
    }
    attempt.follow()
}

/// The status line and the headers of an answer, and an empty line.
fn head_of(response: &reqwest::Response) -> String {
    let mut head = format!("{:?} {}\n", response.version(), status_text(response));
    for name in response.headers().keys() {
        let values = response.headers().get_all(name).iter();
        let values: Vec<&str> = values.filter_map(|value| value.to_str().ok()).collect();
        head.push_str(&format!("{name}: {}\n", values.join(", ")));
    }
    head.push('\n');
    head
}

fn status_text(response: &reqwest::Response) -> String {
    let status = response.status();
    match status.canonical_reason() {
        Some(reason) => format!("{} {reason}", status.as_u16()),
        None => status.as_u16().to_string(),
    }
}

fn is_plain_text(content_type: &str) -> bool {
    let mut parts = content_type.split(';').map(str::trim);
    if !parts
        .next()
        .is_some_and(|kind| kind.eq_ignore_ascii_case("text/plain"))
    {
        return false;
    }
    parts.all(|part| {
        let Some(charset) = part
            .to_ascii_lowercase()
            .strip_prefix("charset=")
            .map(str::to_owned)
        else {
            return true;
        };
        matches!(charset.trim_matches('"'), "utf-8" | "us-ascii" | "")
    })
}

/// The innermost causes of an error, outermost first.
fn causes(err: &reqwest::Error) -> Vec<&(dyn StdError + 'static)> {
    let mut causes = Vec::new();
    let mut next = err.source();
    while let Some(cause) = next {
        causes.push(cause);
        next = cause.source();
    }
    causes
}

/// What Go's HTTP client says when a request fails like this.
fn request_words(err: &reqwest::Error, url: &Url) -> String {
    let causes = causes(err);
    let last = causes
        .last()
        .map_or_else(|| err.to_string(), ToString::to_string);
    if err.is_redirect() {
        return last;
    }
    let port = if url.scheme == "https" { "443" } else { "80" };
    let host = url.host_name();
    let address = match url.host.rsplit_once(':') {
        Some((_, port)) => format!(
            "{}:{port}",
            if host == "localhost" {
                "127.0.0.1"
            } else {
                host
            }
        ),
        None => format!("{host}:{port}"),
    };
    let io = causes
        .iter()
        .rev()
        .find_map(|cause| cause.downcast_ref::<io::Error>());
    if err.is_connect() {
        if causes
            .iter()
            .any(|cause| cause.to_string().starts_with("dns error"))
        {
            return format!("dial tcp: lookup {host}: no such host");
        }
        if let Some(io) = io.filter(|io| io.raw_os_error().is_some()) {
            return format!("dial tcp {address}: connect: {}", errno_text(io));
        }
        if err.is_timeout() || last.contains("timed out") {
            return format!("dial tcp {address}: i/o timeout");
        }
        return tls_words(&last);
    }
    match io.map(io::Error::kind) {
        Some(io::ErrorKind::ConnectionReset) => {
            format!("read tcp {address}: read: connection reset by peer")
        }
        Some(io::ErrorKind::UnexpectedEof) => "EOF".to_owned(),
        _ if last.contains("connection closed before message completed") => "EOF".to_owned(),
        _ if last.contains("invalid HTTP") => {
            "net/http: HTTP/1.x transport connection broken: malformed HTTP response".to_owned()
        }
        _ => last,
    }
}

fn tls_words(last: &str) -> String {
    if last.contains("UnknownIssuer") {
        let why = "x509: certificate signed by unknown authority";
        return format!("tls: failed to verify certificate: {why}");
    }
    if last.contains("tls handshake eof") || last.contains("UnexpectedEof") {
        return "EOF".to_owned();
    }
    format!("tls: {last}")
}

/// What Go says when a body stops.
fn body_words(err: &reqwest::Error) -> String {
    let causes = causes(err);
    let last = causes
        .last()
        .map_or_else(|| err.to_string(), ToString::to_string);
    let io = causes
        .iter()
        .rev()
        .find_map(|cause| cause.downcast_ref::<io::Error>());
    match io.map(io::Error::kind) {
        Some(io::ErrorKind::ConnectionReset) => "read: connection reset by peer".to_owned(),
        Some(io::ErrorKind::UnexpectedEof) => "unexpected EOF".to_owned(),
        _ if last.contains("end of file before message length reached") => {
            "unexpected EOF".to_owned()
        }
        _ if last.contains("unexpected EOF") => "unexpected EOF".to_owned(),
        _ => last,
    }
}
