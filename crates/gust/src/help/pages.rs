//! What each command's page says between its usage line and its flags.

use crate::commands::Id;

/// The text for a command.
pub(super) fn text(id: Id) -> &'static str {
    match id {
        Id::Bug => include_str!("pages/bug.txt"),
        Id::Build => include_str!("pages/build.txt"),
        Id::Clean => include_str!("pages/clean.txt"),
        Id::Doc => include_str!("pages/doc.txt"),
        Id::Env => include_str!("pages/env.txt"),
        Id::Fix => include_str!("pages/fix.txt"),
        Id::Fmt => include_str!("pages/fmt.txt"),
        Id::Generate => include_str!("pages/generate.txt"),
        Id::Get => include_str!("pages/get.txt"),
        Id::Install => include_str!("pages/install.txt"),
        Id::List => include_str!("pages/list.txt"),
        Id::ModDownload => include_str!("pages/mod_download.txt"),
        Id::ModEdit => include_str!("pages/mod_edit.txt"),
        Id::ModGraph => include_str!("pages/mod_graph.txt"),
        Id::ModInit => include_str!("pages/mod_init.txt"),
        Id::ModTidy => include_str!("pages/mod_tidy.txt"),
        Id::ModVendor => include_str!("pages/mod_vendor.txt"),
        Id::ModVerify => include_str!("pages/mod_verify.txt"),
        Id::ModWhy => include_str!("pages/mod_why.txt"),
        Id::Outdated => include_str!("pages/outdated.txt"),
        Id::Run => include_str!("pages/run.txt"),
        Id::Telemetry => include_str!("pages/telemetry.txt"),
        Id::Test => include_str!("pages/test.txt"),
        Id::Tool => include_str!("pages/tool.txt"),
        Id::Tree => include_str!("pages/tree.txt"),
        Id::Upgrade => include_str!("pages/upgrade.txt"),
        Id::Version => include_str!("pages/version.txt"),
        Id::Vet => include_str!("pages/vet.txt"),
        Id::Why => include_str!("pages/why.txt"),
        Id::WorkEdit => include_str!("pages/work_edit.txt"),
        Id::WorkInit => include_str!("pages/work_init.txt"),
        Id::WorkSync => include_str!("pages/work_sync.txt"),
        Id::WorkUse => include_str!("pages/work_use.txt"),
        Id::WorkVendor => include_str!("pages/work_vendor.txt"),
    }
}
