//! The template functions `module` and `context`.

use super::context::ContextView;
use super::keep::Keep;
use crate::session::Session;
use crate::ui::Failure;
use gust_modules::{ModulePublic, Modules, Requirements};
use gust_packages::context::BuildContext;
use gust_text::template::{Func, Funcs, Type, Val};
use gust_toolchain::Settings;
use std::borrow::Cow;
use std::sync::Arc;

/// What the functions answer from, and have answered.
pub(super) struct Infos<'a> {
    modules: Option<(Arc<Modules>, Arc<Requirements>)>,
    settings: &'a Settings,
    context: Cow<'a, BuildContext>,
    kept: Keep<(String, ModulePublic)>,
}

impl<'a> Infos<'a> {
    /// For the session's modules, at the requirements that were listed with, and a build context.
    pub(super) fn new(
        session: &'a Session,
        context: Cow<'a, BuildContext>,
        requirements: Option<&Arc<Requirements>>,
    ) -> Result<Infos<'a>, Failure> {
        let modules = session.workspace().modules()?;
        Ok(Infos {
            modules: modules.cloned().zip(requirements.cloned()),
            settings: session.settings(),
            context,
            kept: Keep::new(),
        })
    }

    /// The functions that every listing's template has.
    pub(super) fn functions(&self) -> Funcs<'_> {
        let mut funcs: Funcs<'_> = Funcs::new();
        funcs.insert("join", Func::join());
        let context = |_: &[Val<'_>]| {
            Ok(Val::pointer(ContextView {
                settings: self.settings,
                context: &self.context,
            }))
        };
        funcs.insert("context", Func::new(Vec::new(), None, context));
        let module = |args: &[Val<'_>]| match (&self.modules, args) {
            (Some((modules, requirements)), [Val::Str(path)]) => {
                Ok(self.info(modules, requirements, path).value())
            }
            _ => Ok(ModulePublic::nil_value()),
        };
        funcs.insert("module", Func::new(vec![Type::Str], None, module));
        funcs
    }

    fn info(&self, modules: &Modules, requirements: &Requirements, path: &str) -> &ModulePublic {
        let known = self.kept.find_or_add(
            |(p, _)| p == path,
            || {
                (
                    path.to_owned(),
                    gust_ops::module_info(modules, requirements, path),
                )
            },
        );
        &known.1
    }
}
