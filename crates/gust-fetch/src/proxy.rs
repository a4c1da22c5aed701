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

/// The places of a list, without `direct` where a proxy comes before it.
pub(crate) fn without_last_resort(list: &[Proxy]) -> Vec<Proxy> {
    let any_proxy = list
        .iter()
        .any(|proxy| matches!(proxy.place, Place::Url(_)));
    let stays = |proxy: &&Proxy| !any_proxy || proxy.place != Place::Direct;
    list.iter().filter(stays).cloned().collect()
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

/// How much an error tells, the least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Telling {
    /// There is no such thing here.
    Absent,
    /// A proxy could not answer.
    ProxyFailed,
    /// The module's own repository says so.
    Origin,
}

impl Proxy {
    fn telling<E: MayNotExist>(&self, error: &E) -> Telling {
        let own = match self.place {
            Place::Direct => true,
            // There the repository is asked too, if the path is one of GONOPROXY's.
            Place::NoProxy => !error.is_use_proxy(),
            Place::Off | Place::Url(_) => false,
        };
        match (own, error.is_not_exist()) {
            (true, _) => Telling::Origin,
            (false, false) => Telling::ProxyFailed,
            (false, true) => Telling::Absent,
        }
    }
}

/// Asks one proxy after the other, until one answers or one fails in a way that does not let the
/// next one be asked. Of several errors the most telling one is returned, of two equal ones the later.
pub(crate) fn try_each<T, E: MayNotExist>(
    list: &[Proxy],
    mut ask: impl FnMut(&Proxy) -> Result<T, E>,
) -> Option<Result<T, E>> {
    let mut errors = Vec::new();
    for proxy in list {
        let error = match ask(proxy) {
            Ok(answer) => return Some(Ok(answer)),
            Err(error) => error,
        };
        let goes_on = proxy.any_error || error.is_not_exist();
        errors.push((proxy.telling(&error), error));
        if !goes_on {
            break;
        }
    }
    let most = errors.into_iter().max_by_key(|(telling, _)| *telling);
    most.map(|(_, error)| Err(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guesses_are_not_looked_for_at_their_origin() {
        let left = |list: &str| {
            let config = Config {
                goproxy: list.to_owned(),
                ..Config::default()
            };
            let list = without_last_resort(&parse(&config).unwrap());
            list.into_iter()
                .map(|proxy| proxy.place)
                .collect::<Vec<_>>()
        };
        assert_eq!(left("direct"), [Place::Direct]);
        assert_eq!(left("https://a,https://b|direct").len(), 2);
        assert_eq!(left("https://a,off").len(), 2);
    }

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

    /// What is told when every place of a list fails, and how many were asked. `a`: absent, `f`: failed, `d`: the origin's refusal,
    /// `u`: only a proxy may be asked.
    fn told(goproxy: &str, gonoproxy: &str, answers: &str) -> (usize, String) {
        let proxies = list(goproxy, gonoproxy).unwrap();
        let mut asked = 0;
        let result: Option<Result<(), FetchError>> = try_each(&proxies, |_| {
            asked += 1;
            Err(match &answers[asked - 1..asked] {
                "a" => FetchError::Http {
                    url: format!("{asked}"),
                    status: "404 Not Found".to_owned(),
                    code: 404,
                    cause: None,
                    detail: String::new(),
                },
                "f" => FetchError::message(format!("failure {asked}")),
                "d" => FetchError::message("of the origin"),
                "u" => FetchError::UseProxy,
                other => panic!("{other}"),
            })
        });
        let error = result.unwrap().unwrap_err().to_string();
        (asked, error)
    }

    #[test]
    fn the_most_telling_error_is_told() {
        let is = |asked: usize, text: &str| (asked, text.to_owned());
        let absent = |n: usize| is(n, &format!("reading {n}: 404 Not Found"));
        let urls = "https://a,https://b,https://c";
        assert_eq!(told(urls, "", "aaa"), absent(3));
        assert_eq!(told(urls, "", "afa"), is(2, "failure 2"));
        // Behind | any error lets the next place be asked; a failure tells more than an absence after it.
        let open = "https://a|https://b|https://c";
        assert_eq!(told(open, "", "faa"), is(3, "failure 1"));
        assert_eq!(told(open, "", "ffa"), is(3, "failure 2"));
        assert_eq!(told("https://a,direct", "", "ad"), is(2, "of the origin"));
        assert_eq!(told("https://a|direct", "", "fd"), is(2, "of the origin"));
        // GONOPROXY's place comes first; for other paths it says that a proxy must be asked.
        assert_eq!(told("https://a", "x", "ua"), absent(2));
        assert_eq!(told("https://a", "x", "uf"), is(2, "failure 2"));
        assert_eq!(told("https://a", "x", "d"), is(1, "of the origin"));
    }
}
