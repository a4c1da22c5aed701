//! Settings that are words by themselves: where modules come from, what GODEBUG says.

use super::Settings;
use crate::vars;

impl Settings {
    /// GO111MODULE as set.
    pub fn go111module(&self) -> &str {
        self.get(vars::GO111MODULE)
    }

    /// GOPROXY.
    pub fn goproxy(&self) -> &str {
        self.get(vars::GOPROXY)
    }

    /// GOSUMDB.
    pub fn gosumdb(&self) -> &str {
        self.get(vars::GOSUMDB)
    }

    /// GOPRIVATE.
    pub fn goprivate(&self) -> &str {
        self.get(vars::GOPRIVATE)
    }

    /// GONOPROXY, which GOPRIVATE stands in for.
    pub fn gonoproxy(&self) -> &str {
        self.or(vars::GONOPROXY, self.goprivate())
    }

    /// GONOSUMDB, which GOPRIVATE stands in for.
    pub fn gonosumdb(&self) -> &str {
        self.or(vars::GONOSUMDB, self.goprivate())
    }

    /// GOINSECURE.
    pub fn goinsecure(&self) -> &str {
        self.get(vars::GOINSECURE)
    }

    /// GOVCS.
    pub fn govcs(&self) -> &str {
        self.get(vars::GOVCS)
    }

    /// GOAUTH, netrc by default.
    pub fn goauth(&self) -> &str {
        self.or(vars::GOAUTH, "netrc")
    }

    /// GOWORK as set.
    pub fn gowork(&self) -> &str {
        self.get(vars::GOWORK)
    }

    /// GOTOOLCHAIN as set.
    pub fn gotoolchain(&self) -> &str {
        self.get(vars::GOTOOLCHAIN)
    }

    /// GODEBUG, which only the environment can set.
    pub fn godebug(&self) -> &str {
        self.environ.get(vars::GODEBUG)
    }

    /// The value of one key of GODEBUG; the last setting of it counts.
    pub fn godebug_value(&self, key: &str) -> &str {
        let pairs = self
            .godebug()
            .rsplit(',')
            .filter_map(|pair| pair.split_once('='));
        pairs
            .into_iter()
            .find(|(k, _)| *k == key)
            .map_or("", |(_, v)| v)
    }
}
