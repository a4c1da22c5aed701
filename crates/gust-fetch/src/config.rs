//! What the fetcher is told about the world. It asks the environment for nothing itself.

use std::path::PathBuf;
use std::time::Duration;

/// Settings of a [`crate::Fetcher`], made from the environment by the binary.
#[derive(Debug, Clone)]
pub struct Config {
    /// GOMODCACHE; absolute. Empty: there is none.
    pub gomodcache: PathBuf,
    /// GOPATH's first entry and `pkg/sumdb` in it; or why there is none.
    pub sumdb_dir: Result<PathBuf, String>,
    /// GOPROXY.
    pub goproxy: String,
    /// GONOPROXY (with GOPRIVATE as default).
    pub gonoproxy: String,
    /// GOSUMDB.
    pub gosumdb: String,
    /// GONOSUMDB (with GOPRIVATE as default).
    pub gonosumdb: String,
    /// GOINSECURE.
    pub goinsecure: String,
    /// GOPRIVATE.
    pub goprivate: String,
    /// GOVCS.
    pub govcs: String,
    /// GOROOT; what Mercurial is helped with lies there.
    pub goroot: PathBuf,
    /// How version control commands are started; none where they must not be.
    pub vcs: Option<crate::vcs::Command>,
    /// GOAUTH.
    pub goauth: String,
    /// Where the person stands.
    pub cwd: PathBuf,
    /// The .netrc file: NETRC, or `.netrc` in the home directory.
    pub netrc: Option<PathBuf>,
    /// HTTP_PROXY, HTTPS_PROXY and NO_PROXY.
    pub http_proxies: HttpProxies,
    /// -modcacherw: leave the directories of the module cache writable.
    pub mod_cache_rw: bool,
    /// -x: tell each request.
    pub trace: bool,
    /// Whether to say `go: downloading ...` (every command but `go mod download`).
    pub announce: bool,
    /// The release that this command is, such as `1.26.8`.
    pub local_release: String,
    /// Nothing may be looked up, and why (-mod=vendor).
    pub lookup_disabled: Option<String>,
    /// Whether a checksum mismatch is looked for in the database at all when go.sum has no line;
    /// false only for tools that fetch without a module (`GIT_HTTP_USER_AGENT` of the proxy).
    pub is_module_proxy: bool,
    /// How long to wait.
    pub timeouts: Timeouts,
    /// What the acceptance suite asks of the command under test; empty otherwise.
    pub hooks: Hooks,
}

/// The HTTP proxies (not to be confused with module proxies) that requests go through.
#[derive(Debug, Clone, Default)]
pub struct HttpProxies {
    /// For http URLs.
    pub http: Option<String>,
    /// For https URLs.
    pub https: Option<String>,
    /// Hosts that are reached directly.
    pub none: Option<String>,
}

/// How long a server may take.
#[derive(Debug, Clone, Copy)]
pub struct Timeouts {
    /// To be connected.
    pub connect: Duration,
    /// Between any two signs of life: to begin an answer, and to go on with it.
    pub idle: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(30),
            idle: Duration::from_secs(120),
        }
    }
}

/// Hooks that exist for cmd/go's acceptance suite; a release binary leaves them empty.
#[derive(Debug, Clone, Default)]
pub struct Hooks {
    /// TESTGOPROXY404: the default proxy has nothing.
    pub default_proxy_404: bool,
    /// TESTGONETWORK=panic: a request that leaves this machine is a bug.
    pub no_network: bool,
    /// TESTGO_VCSTEST_HOST and its kin: where vcs-test.golang.org is.
    pub test_server: Option<TestServer>,
}

/// A server on this machine that stands for vcs-test.golang.org.
#[derive(Debug, Clone)]
pub struct TestServer {
    /// Host and port for http.
    pub http: String,
    /// Host and port for https.
    pub https: String,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            gomodcache: PathBuf::new(),
            sumdb_dir: Err("GOPATH is not set".to_owned()),
            goproxy: "https://proxy.golang.org,direct".to_owned(),
            gonoproxy: String::new(),
            gosumdb: "sum.golang.org".to_owned(),
            gonosumdb: String::new(),
            goinsecure: String::new(),
            goprivate: String::new(),
            govcs: String::new(),
            goroot: PathBuf::new(),
            vcs: None,
            goauth: "netrc".to_owned(),
            cwd: PathBuf::new(),
            netrc: None,
            http_proxies: HttpProxies::default(),
            mod_cache_rw: false,
            trace: false,
            announce: true,
            local_release: String::new(),
            lookup_disabled: None,
            is_module_proxy: false,
            timeouts: Timeouts::default(),
            hooks: Hooks::default(),
        }
    }
}

/// Where the fetcher's lines for people go, while it works. Each is a whole line (or several)
/// for standard error, without the last newline.
pub trait Sink: Send + Sync {
    /// A line for standard error.
    fn line(&self, text: &str);
}

/// Drops everything.
pub struct Silent;

impl Sink for Silent {
    fn line(&self, _text: &str) {}
}
