//! Where modules come from: proxy protocol, zips, module cache, checksum database.
//!
//! | module | what it is |
//! |---|---|
//! | [`Fetcher`] | the door: versions, infos, go.mod files, zips and directories of modules, cached as the go command caches them |
//! | [`Config`], [`Sink`] | what the fetcher is told, and where its lines for people go |
//! | [`Repo`], [`Proxy`] | one module at one place of the GOPROXY list |
//! | `origin` | who answers there: a proxy, version control, the list of releases; and the module cache in front of it |
//! | `direct` | modules straight from their repositories |
//! | `cache`, `checksums` | the module cache on disk; go.sum and the database behind it |
//! | [`SumStore`] | go.sum in memory |
//! | [`dirhash`] | the `h1:` hashes of zips, directories and go.mod files |
//! | [`sumdb`] | the checksum database: signed notes, the transparent log |
//! | [`toolchain`] | Go releases as versions of a module |
//! | [`vcs`] | version control of working copies, and how its commands are started |
//! | [`FetchError`] | what can go wrong, in go's words |
//!
//! Everything is blocking and may be called from many threads; the one runtime inside is started
//! by the first request that needs the network. Nothing here prints, nothing reads the
//! environment, and no version is chosen here.
//!
//! Start reading at `install.rs`: the way of a module version into the cache.

mod archive;
mod cache;
mod checksums;
mod config;
mod direct;
pub mod dirhash;
mod disk;
mod error;
mod fetcher;
mod http;
mod info;
mod install;
mod layout;
mod names;
mod origin;
mod proxy;
mod repo;
pub mod sumdb;
mod sums;
pub mod toolchain;
pub mod vcs;
mod verify;

pub use archive::{ZipError, members};
pub use config::{Config, Hooks, HttpProxies, Silent, Sink, TestServer, Timeouts};
pub use error::{CommandFailure, FetchError};
pub use fetcher::Fetcher;
pub use gust_fs::disk::remove_all;
pub use info::{Info, Origin, Timestamp, Versions};
pub use layout::module_dir_around;
pub use proxy::{MayNotExist, Proxy};
pub use repo::Repo;
pub use sums::{SumFiles, SumKey, SumStore};
pub use verify::VerifyError;
