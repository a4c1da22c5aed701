//! From GOSUMDB to a client: the key, and where to ask.

use std::sync::{Arc, OnceLock};

use super::Client;
use super::answers::Remote;
use super::note::Verifier;
use crate::config::Config;
use crate::error::FetchError;
use crate::http::{self, Url};
use crate::layout::Layout;
use crate::proxy::{self, Place, Proxy};

/// The key of the default database; part of every Go distribution.
const SUM_GOLANG_ORG: &str = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";

/// A checksum database by name.
pub(crate) struct Database {
    pub(crate) name: String,
    pub(crate) client: Client,
}

/// Makes the client that GOSUMDB asks for. Nothing is sent yet.
pub(crate) fn dial(
    config: &Config,
    layout: &Layout,
    http: Arc<http::Client>,
    proxies: Result<Vec<Proxy>, FetchError>,
) -> Result<Database, FetchError> {
    let invalid = |why: String| FetchError::message(format!("invalid GOSUMDB: {why}"));
    // The one alias: the same database by another way, for where the first is not reached.
    let setting = match config.gosumdb.as_str() {
        "sum.golang.google.cn" => "sum.golang.org https://sum.golang.google.cn",
        other => other,
    };
    if setting == "off" {
        return Err(FetchError::message(
            "checksum database disabled by GOSUMDB=off",
        ));
    }
    let fields: Vec<&str> = setting.split_whitespace().collect();
    let (key, url) = match fields[..] {
        [] => return Err(FetchError::message("missing GOSUMDB")),
        [key] => (key, None),
        [key, url] => (key, Some(url)),
        _ => return Err(invalid("too many fields".to_owned())),
    };
    let key = if key == "sum.golang.org" {
        SUM_GOLANG_ORG
    } else {
        key
    };
    let verifier = Verifier::parse(key).map_err(|err| invalid(err.to_string()))?;
    let name = verifier.name().to_owned();
    let direct = direct_url(&name)?;
    let base = match url {
        None => None,
        Some(url) => Some(
            Url::parse(url)
                .map_err(|err| FetchError::message(format!("invalid GOSUMDB URL: {err}")))?,
        ),
    };
    let remote = Server {
        name: name.clone(),
        direct,
        given: base,
        proxies,
        http,
        base: OnceLock::new(),
    };
    let client = Client::new(
        verifier,
        Box::new(remote),
        &layout.sumdb(),
        config.sumdb_dir.clone(),
    );
    Ok(Database { name, client })
}

/// The database's own address: its name, which must be a host, perhaps with a path.
fn direct_url(name: &str) -> Result<Url, FetchError> {
    let wrong = || {
        let text = format!("invalid sumdb name (must be host[/path]): {name}");
        FetchError::message(text)
    };
    let odd = name.contains(['?', '#', '@', '%']) || name.ends_with('/') || name.starts_with('/');
    if odd {
        return Err(wrong());
    }
    Url::parse(&format!("https://{name}")).map_err(|_| wrong())
}

struct Server {
    name: String,
    direct: Url,
    given: Option<Url>,
    proxies: Result<Vec<Proxy>, FetchError>,
    http: Arc<http::Client>,
    base: OnceLock<Result<Url, FetchError>>,
}

impl Remote for Server {
    fn read(&self, path: &str) -> Result<Vec<u8>, FetchError> {
        let base = self
            .base
            .get_or_init(|| self.find_base())
            .as_ref()
            .map_err(Clone::clone)?;
        self.http.get_bytes(&base.join(path))
    }
}

impl Server {
    /// A proxy that says that it passes this database on is asked from then on, and only it.
    /// Without any, the database itself is asked.
    fn find_base(&self) -> Result<Url, FetchError> {
        if let Some(url) = &self.given {
            return Ok(url.clone());
        }
        let list = self.proxies.as_ref().map_err(Clone::clone)?;
        let found = proxy::try_each(list, |proxy| match &proxy.place {
            Place::NoProxy => Err(FetchError::UseProxy),
            Place::Direct | Place::Off => Err(FetchError::ProxyOff),
            Place::Url(url) => {
                self.http
                    .get_bytes(&url.join(&format!("sumdb/{}/supported", self.name)))?;
                Ok(url.join(&format!("sumdb/{}", self.name)))
            }
        });
        match found {
            Some(Err(err)) if !err.is_not_exist() => Err(err),
            Some(Ok(url)) => Ok(url),
            _ => Ok(self.direct.clone()),
        }
    }
}
