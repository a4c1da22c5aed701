//! The template function `context`: the build context.

use gust_packages::context::BuildContext;
use gust_text::template::{Struct, StructType, Val};
use gust_toolchain::Settings;
use gust_toolchain::vars;

/// The context that packages were loaded for.
pub(super) struct ContextView<'a> {
    pub(super) settings: &'a Settings,
    pub(super) context: &'a BuildContext,
}

static CONTEXT: StructType = StructType {
    name: "list.Context",
    fields: &[
        vars::GOARCH,
        vars::GOOS,
        vars::GOROOT,
        vars::GOPATH,
        "CgoEnabled",
        "UseAllFiles",
        "Compiler",
        "BuildTags",
        "ToolTags",
        "ReleaseTags",
        "InstallSuffix",
    ],
    methods: &[],
};

impl<'a> Struct<'a> for ContextView<'a> {
    fn ty(&self) -> &'static StructType {
        &CONTEXT
    }

    fn field(&self, index: usize) -> Val<'a> {
        let (context, settings) = (self.context, self.settings);
        match index {
            0 => Val::str(&context.goarch),
            1 => Val::str(&context.goos),
            2 => Val::Str(settings.goroot().to_string_lossy()),
            3 => Val::str(settings.gopath_text()),
            4 => Val::Bool(context.cgo_enabled),
            5 => Val::Bool(false),
            6 => Val::str(&context.compiler),
            7 => Val::strings(&context.tags),
            8 => Val::strings(&context.tool_tags),
            9 => Val::strings(&context.release_tags),
            _ => Val::str(&context.install_suffix),
        }
    }
}
