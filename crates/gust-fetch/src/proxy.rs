//! The list of proxies that GOPROXY is, and in which order what is tried.

use crate::config::Config;
use crate::error::FetchError;
use crate::http::Url;

/// One place to ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proxy {
    pub(crate) place: Place,
    /// Whether any error leads on to the next place, not just "there is no such thing".
    any_error: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Place {
    /// GONOPROXY's modules come straight from their origin.
    NoProxy,
    Off,
    Direct,
    Url(Url),
}

/// An error of which it must be known whether it means "there is no such thing".
pub trait MayNotExist {
    /// Whether the next proxy should be asked.
    fn is_not_exist(&self) -> bool;
    /// Whether this is the marker for "only a proxy may be asked for this path".
    fn is_use_proxy(&self) -> bool {
        false
    }
}

impl MayNotExist for FetchError {
    fn is_not_exist(&self) -> bool {
        FetchError::is_not_exist(self)
    }

    fn is_use_proxy(&self) -> bool {
        matches!(self, FetchError::UseProxy)
    }
}

/// Reads GOPROXY.
pub(crate) fn parse(config: &Config) -> Result<Vec<Proxy>, FetchError> {
    let mut list = Vec::new();
    if !config.gonoproxy.is_empty() && config.goproxy != "direct" {
        list.push(Proxy {
            place: Place::NoProxy,
            any_error: false,
        });
    }
    let mut rest = config.goproxy.as_str();
    while !rest.is_empty() {
        let end = rest.find([',', '|']).unwrap_or(rest.len());
        let any_error = rest[end..].starts_with('|');
        let text = rest[..end].trim();
        rest = rest.get(end + 1..).unwrap_or("");
        let place = match text {
            "" => continue,
            "off" => Place::Off,
            "direct" => Place::Direct,
            _ => Place::Url(parse_url(text)?),
        };
        let last = !matches!(place, Place::Url(_));
        list.push(Proxy {
            place,
            any_error: any_error && !last,
        });
        if last {
            break;
        }
    }
    if list.iter().all(|proxy| proxy.place == Place::NoProxy) {
        let text = "GOPROXY list is not the empty string, but contains no entries";
        return Err(FetchError::message(text));
    }
    Ok(list)
}

fn parse_url(text: &str) -> Result<Url, FetchError> {
    let is_host = text.contains(['.', ':', '/']) && !text.contains(":/") && !text.starts_with('/');
    let with_scheme = if is_host {
        format!("https://{text}")
    } else {
        text.to_owned()
    };
    let url = Url::parse(&with_scheme).map_err(FetchError::message)?;
    let wrong = |what: &str| {
        Err(FetchError::message(format!(
            "{what}: {}",
            bare(&url, &with_scheme)
        )))
    };
    match url.scheme.as_str() {
        "http" | "https" => Ok(url),
        "file" if url.is_plain_path() => Ok(url),
        "file" => wrong("invalid file:// proxy URL with non-path elements"),
        "" => wrong("invalid proxy URL missing scheme"),
        _ => wrong("invalid proxy URL scheme (must be https, http, file)"),
    }
}

fn bare(url: &Url, text: &str) -> String {
    if url.scheme.is_empty() {
        text.to_owned()
    } else {
        url.redacted()
    }
}

/// Asks one proxy after the other, until one answers or one fails in a way that does not let the
/// next one be asked. Of several errors the most telling one is returned: the origin's, then a
/// proxy's failure, then "there is no such thing".
pub(crate) fn try_each<T, E: MayNotExist>(
    list: &[Proxy],
    mut ask: impl FnMut(&Proxy) -> Result<T, E>,
) -> Option<Result<T, E>> {
    const NOT_EXIST: u8 = 0;
    const PROXY: u8 = 1;
    const DIRECT: u8 = 2;
    let mut best: Option<(u8, E)> = None;
    for proxy in list {
        let err = match ask(proxy) {
            Ok(answer) => return Some(Ok(answer)),
            Err(err) => err,
        };
        let not_exist = err.is_not_exist();
        let rank = match proxy.place {
            Place::Direct => DIRECT,
            Place::NoProxy if !err.is_use_proxy() => DIRECT,
            _ if !not_exist => PROXY,
            _ => NOT_EXIST,
        };
        let replace = match &best {
            None => true,
            Some((old, _)) => {
                rank == DIRECT || (rank == PROXY && *old <= PROXY) || *old == NOT_EXIST
            }
        };
        if replace {
            best = Some((rank, err));
        }
        if !proxy.any_error && !not_exist {
            break;
        }
    }
    best.map(|(_, err)| Err(err))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(goproxy: &str, gonoproxy: &str) -> Result<Vec<Proxy>, String> {
        let config = Config {
            goproxy: goproxy.to_owned(),
            gonoproxy: gonoproxy.to_owned(),
            ..Config::default()
        };
        parse(&config).map_err(|err| err.to_string())
    }

    #[test]
    fn lists() {
        let urls = list("https://a|b.c,direct,https://never", "x").unwrap();
        let places: Vec<_> = urls
            .iter()
            .map(|p| (p.any_error, format!("{:?}", p.place)))
            .collect();
        assert_eq!(urls.len(), 4);
        assert_eq!(places[0].1, "NoProxy");
        assert!(places[1].0 && !places[2].0);
        assert_eq!(places[3].1, "Direct");
        let empty = "GOPROXY list is not the empty string, but contains no entries";
        assert_eq!(list(",", "").unwrap_err(), empty);
        assert_eq!(list(" ", "x").unwrap_err(), empty);
        assert_eq!(
            list("invalid", "").unwrap_err(),
            "invalid proxy URL missing scheme: invalid"
        );
        assert_eq!(
            list("foo://x", "").unwrap_err(),
            "invalid proxy URL scheme (must be https, http, file): foo://x"
        );
        assert_eq!(
            list("file://host/x", "").unwrap_err(),
            "invalid file:// proxy URL with non-path elements: file://host/x"
        );
    }

    #[test]
    fn the_most_telling_error_is_told() {
        let proxies = list("https://a,https://b,direct", "").unwrap();
        let missing = |place: &str| FetchError::Http {
            url: place.to_owned(),
            status: "404 Not Found".to_owned(),
            code: 404,
            cause: None,
            detail: String::new(),
        };
        let mut asked = 0;
        let result: Option<Result<(), _>> = try_each(&proxies, |_| {
            asked += 1;
            Err(if asked == 3 {
                FetchError::Direct {
                    path: "m".to_owned(),
                }
            } else {
                missing("u")
            })
        });
        assert!(matches!(result, Some(Err(FetchError::Direct { .. }))));
        let mut asked = 0;
        let result: Option<Result<(), _>> = try_each(&proxies, |_| {
            asked += 1;
            Err(FetchError::message("500"))
        });
        assert!(result.unwrap().is_err() && asked == 1);
    }
}
