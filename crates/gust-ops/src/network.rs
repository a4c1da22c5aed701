//! What the fetcher is told, made from the settings.

use gust_fetch::{Config, Hooks, HttpProxies, Timeouts};
use gust_toolchain::vars;
use gust_toolchain::{Environ, Settings};
use std::path::PathBuf;

/// The configuration by the settings alone; flags may change it.
pub(crate) fn config(settings: &Settings) -> Config {
    let sumdb_dir = settings.sumdb_dir();
    Config {
        gomodcache: settings.gomodcache(),
        sumdb_dir: if sumdb_dir.as_os_str().is_empty() {
            Err(settings.gopath_error().to_owned())
        } else {
            Ok(sumdb_dir)
        },
        goproxy: settings.goproxy().to_owned(),
        gonoproxy: settings.gonoproxy().to_owned(),
        gosumdb: settings.gosumdb().to_owned(),
        gonosumdb: settings.gonosumdb().to_owned(),
        goinsecure: settings.goinsecure().to_owned(),
        goprivate: settings.goprivate().to_owned(),
        govcs: settings.govcs().to_owned(),
        goroot: settings.goroot().to_owned(),
        vcs: None,
        goauth: settings.goauth().to_owned(),
        cwd: settings.cwd().to_owned(),
        netrc: netrc(settings.environ()),
        http_proxies: http_proxies(settings.environ()),
        mod_cache_rw: false,
        trace: false,
        announce: true,
        local_release: settings.go_version().to_owned(),
        lookup_disabled: None,
        is_module_proxy: false,
        timeouts: Timeouts::default(),
        hooks: hooks(settings.environ()),
    }
}

fn netrc(environ: &Environ) -> Option<PathBuf> {
    match (environ.get(vars::NETRC), environ.get(vars::HOME)) {
        ("", "") => None,
        ("", home) => Some(PathBuf::from(home).join(".netrc")),
        (file, _) => Some(PathBuf::from(file)),
    }
}

/// The capital spelling counts first, as in Go's net/http.
fn http_proxies(environ: &Environ) -> HttpProxies {
    let get = |name: &str| {
        let lower = name.to_ascii_lowercase();
        let value = if environ.get(name).is_empty() {
            environ.get(&lower)
        } else {
            environ.get(name)
        };
        (!value.is_empty()).then(|| value.to_owned())
    };
    HttpProxies {
        http: get(vars::HTTP_PROXY),
        https: get(vars::HTTPS_PROXY),
        none: get("NO_PROXY"),
    }
}

#[cfg(feature = "conformance")]
fn hooks(environ: &Environ) -> Hooks {
    Hooks {
        default_proxy_404: environ.get(vars::TESTGOPROXY404) == "1",
        no_network: environ.get(vars::TESTGONETWORK) == "panic",
        test_server: match environ.get(vars::TESTGO_VCSTEST_HOST) {
            "" => None,
            http => Some(gust_fetch::TestServer {
                http: http.to_owned(),
                https: environ.get(vars::TESTGO_VCSTEST_TLS_HOST).to_owned(),
            }),
        },
    }
}

#[cfg(not(feature = "conformance"))]
fn hooks(_: &Environ) -> Hooks {
    Hooks::default()
}
