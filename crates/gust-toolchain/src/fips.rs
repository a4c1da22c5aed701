//! GOFIPS140: which snapshot of the FIPS 140 module programs are built with.

use crate::settings::Settings;
use std::path::PathBuf;
use thiserror::Error;

/// A GOFIPS140 that the release cannot follow.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum FipsError {
    /// A name that could leave the folder of snapshots.
    #[error("malformed GOFIPS140 version {}", gust_text::quote::quote(.0))]
    Malformed(String),
    /// No such snapshot.
    #[error("unknown GOFIPS140 version {}", gust_text::quote::quote(.0))]
    Unknown(String),
    /// A name that stands for a snapshot that is not there.
    #[error("unknown GOFIPS140 version {} (from {})", gust_text::quote::quote(.version), gust_text::quote::quote(.name))]
    UnknownFrom {
        /// The snapshot.
        version: String,
        /// GOFIPS140.
        name: String,
    },
    /// Two ways to the same end.
    #[error("cannot use GOFIPS140 with GOEXPERIMENT=boringcrypto")]
    BoringCrypto,
}

/// What GOFIPS140 comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fips {
    /// Nothing.
    Off,
    /// The release's own sources.
    Latest,
    /// A snapshot in GOROOT/lib/fips140.
    Snapshot {
        /// Its version, such as v1.0.0-c2097c7c.
        version: String,
        /// Its zip.
        zip: PathBuf,
    },
}

impl Fips {
    /// As build information names it.
    pub fn version(&self) -> &str {
        match self {
            Fips::Off => "off",
            Fips::Latest => "latest",
            Fips::Snapshot { version, .. } => version,
        }
    }

    /// The build tag that a snapshot adds, such as fips140v1.0.
    pub fn build_tag(&self) -> Option<String> {
        let Fips::Snapshot { version, .. } = self else {
            return None;
        };
        let mut parts = version.splitn(3, '.');
        Some(format!("fips140{}.{}", parts.next()?, parts.next()?))
    }
}

impl Settings {
    /// Finds what GOFIPS140 stands for in the release.
    pub fn fips(&self) -> Result<Fips, FipsError> {
        let found = match self.gofips140() {
            "off" | "" => Fips::Off,
            "latest" => Fips::Latest,
            name => self.fips_snapshot(name)?,
        };
        if found != Fips::Off && self.experiments().is_ok_and(|e| e.is_on("boringcrypto")) {
            return Err(FipsError::BoringCrypto);
        }
        Ok(found)
    }

    fn fips_snapshot(&self, name: &str) -> Result<Fips, FipsError> {
        if name.contains(['/', '\\']) || name.contains("..") {
            return Err(FipsError::Malformed(name.to_owned()));
        }
        let dir = self.goroot().join("lib/fips140");
        let alias = self
            .view()
            .read_to_string(&dir.join(format!("{name}.txt")))
            .ok();
        let version = alias.as_deref().map_or(name, str::trim).to_owned();
        let zip = dir.join(format!("{version}.zip"));
        if self.view().exists(&zip) {
            return Ok(Fips::Snapshot { version, zip });
        }
        Err(match alias {
            Some(_) => FipsError::UnknownFrom {
                version,
                name: name.to_owned(),
            },
            None => FipsError::Unknown(version),
        })
    }
}
