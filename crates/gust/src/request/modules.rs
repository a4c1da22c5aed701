//! The flags about modules.

use super::Request;
use gust_ops::ModuleFlags;

/// What the request says of modules.
pub(crate) fn module_flags(request: &Request) -> ModuleFlags {
    let flags = &request.flags;
    let file = flags.last("modfile").filter(|file| !file.is_empty());
    ModuleFlags {
        mode: flags.text("mod").to_owned(),
        mode_in_goflags: request.in_goflags("mod"),
        file: file.map(str::to_owned),
        file_in_goflags: request.in_goflags("modfile"),
        cache_rw: flags.bool("modcacherw"),
        cache_rw_in_goflags: request.in_goflags("modcacherw"),
    }
}
