//! The forms of a listing: JSON of some or all fields, or a template over each package.

use super::answer::Answer;
use super::context::ContextView;
use super::json::JsonPackage;
use super::keep::Keep;
use super::reflect::PackageView;
use crate::flags::Flags;
use crate::session::Session;
use crate::ui::{Failure, Outcome};
use gust_modules::{InfoMode, ModuleError, ModulePublic, Modules};
use gust_packages::context::BuildContext;
use gust_syntax::module::{ModulePath, ModuleVersion};
use gust_text::json;
use gust_text::num::parse_bool;
use gust_text::template::{Func, Funcs, Template, Type, Val};
use std::sync::Arc;

/// How the answer is written.
pub(super) enum Form {
    /// -json; the fields asked for, none for all.
    Json(Vec<String>),
    /// -f.
    Template(String),
    /// Neither: a line for each.
    Plain,
}

impl Form {
    /// The form that the flags ask for.
    pub(super) fn from_flags(flags: &Flags) -> Form {
        let (mut on, mut fields) = (false, Vec::new());
        for value in flags.all("json") {
            match parse_bool(value) {
                Ok(value) => on = value,
                Err(_) => {
                    on = true;
                    fields.extend(value.split(',').map(str::to_owned));
                }
            }
        }
        match flags.text("f") {
            _ if on => Form::Json(fields),
            "" => Form::Plain,
            text => Form::Template(text.to_owned()),
        }
    }

    /// -json was given.
    pub(super) fn is_json(&self) -> bool {
        matches!(self, Form::Json(_))
    }

    /// The answer may show one of the fields: always, unless JSON of some fields is asked for.
    pub(super) fn wants_any(&self, names: &[&str]) -> bool {
        match self {
            Form::Json(fields) if !fields.is_empty() => {
                fields.iter().any(|field| names.contains(&field.as_str()))
            }
            Form::Json(_) => true,
            Form::Template(text) => {
                names.iter().any(|name| text.contains(name)) || text.contains("{{.}}")
            }
            Form::Plain => false,
        }
    }

    /// The answer shows whether packages are stale.
    pub(super) fn wants_stale(&self) -> bool {
        match self {
            Form::Json(_) => self.wants_any(&["Stale", "StaleReason"]),
            Form::Template(text) => text.contains(".Stale"),
            Form::Plain => false,
        }
    }

    /// Anything but JSON of other fields than these: errors found on the way to them are told in every other form.
    pub(super) fn is_not_json_without(&self, names: &[&str]) -> bool {
        !matches!(self, Form::Json(fields) if !fields.is_empty()) || self.wants_any(names)
    }

    /// The template, where the form is one.
    pub(super) fn parse(&self) -> Result<Option<Template>, Failure> {
        let Form::Template(text) = self else {
            return Ok(None);
        };
        let template = Template::parse("main", text, &["join", "context", "module"]);
        template.map(Some).map_err(Failure::plain)
    }
}

/// Writes the packages of an answer.
pub(super) fn write(
    session: &Session,
    form: &Form,
    template: Option<Template>,
    answer: &Answer<'_>,
) -> Outcome {
    match (form, template) {
        (Form::Json(wanted), _) => write_json(session, wanted, answer),
        (_, Some(template)) => write_template(session, &template, answer),
        (_, None) => {
            answer
                .listed
                .iter()
                .for_each(|id| session.ui().line(answer.name(*id)));
            Ok(())
        }
    }
}

fn write_json(session: &Session, wanted: &[String], answer: &Answer<'_>) -> Outcome {
    let mut text = Vec::with_capacity(16 * 1024);
    for &id in &answer.listed {
        text.clear();
        json::write_indent(&mut text, &JsonPackage { answer, id, wanted })
            .map_err(Failure::plain)?;
        text.push(b'\n');
        session.ui().print(&text);
    }
    Ok(())
}

fn write_template(session: &Session, template: &Template, answer: &Answer<'_>) -> Outcome {
    let context = answer.context();
    let infos = ModuleInfos::new(session)?;
    let mut funcs: Funcs<'_> = Funcs::new();
    funcs.insert("join", Func::join());
    infos.add_functions(session, &mut funcs);
    funcs.insert(
        "context",
        Func::new(Vec::new(), None, |_| {
            Ok(Val::pointer(ContextView { session, context }))
        }),
    );
    let mut text = String::new();
    let mut at_line_start = true;
    for &id in &answer.listed {
        text.clear();
        let done =
            template.execute_into(&mut text, Val::pointer(PackageView { answer, id }), &funcs);
        at_line_start = if text.is_empty() {
            at_line_start
        } else {
            text.ends_with('\n')
        };
        if done.is_ok() && !at_line_start {
            text.push('\n');
            at_line_start = true;
        }
        session.ui().print(&text);
        done.map_err(Failure::plain)?;
    }
    Ok(())
}

/// What the template function `module` has answered.
pub(super) struct ModuleInfos {
    modules: Option<Arc<Modules>>,
    context: BuildContext,
    kept: Keep<(String, ModulePublic)>,
}

impl ModuleInfos {
    /// For the session's modules.
    pub(super) fn new(session: &Session) -> Result<ModuleInfos, Failure> {
        let settings = session.settings();
        let mut context = BuildContext::from_settings(settings, settings.cgo_enabled());
        context.tags = session.flags().tags();
        Ok(ModuleInfos {
            modules: session.workspace().modules()?.cloned(),
            context,
            kept: Keep::new(),
        })
    }

    /// The functions `module` and `context`.
    pub(super) fn add_functions<'a>(&'a self, session: &'a Session, funcs: &mut Funcs<'a>) {
        let context = &self.context;
        funcs.insert(
            "context",
            Func::new(Vec::new(), None, |_| {
                Ok(Val::pointer(ContextView { session, context }))
            }),
        );
        let module = |args: &[Val<'a>]| match (&self.modules, args) {
            (Some(modules), [Val::Str(path)]) => Ok(self.info(modules, path).value()),
            _ => Ok(ModulePublic::nil_value()),
        };
        funcs.insert("module", Func::new(vec![Type::Str], None, module));
    }

    fn info(&self, modules: &Modules, path: &str) -> &ModulePublic {
        let known = self.kept.find_or_add(
            |(p, _)| p == path,
            || (path.to_owned(), module_info(modules, path)),
        );
        &known.1
    }
}

/// A module of the build, or any as path@version.
fn module_info(modules: &Modules, path: &str) -> ModulePublic {
    let failed = |err: String| ModulePublic {
        path: path.to_owned(),
        error: Some(ModuleError { err }),
        ..ModulePublic::default()
    };
    if let Some((path, version)) = path.split_once('@') {
        return modules.module_info(
            None,
            &ModuleVersion::new(path, version),
            InfoMode::default(),
        );
    }
    match modules.selected(&ModulePath::from(path)) {
        Ok(Some(version)) => {
            let module = ModuleVersion::new(path, version.to_string().as_str());
            modules.module_info(Some(&modules.requirements()), &module, InfoMode::default())
        }
        Ok(None) => failed("module not in current build".to_owned()),
        Err(error) => failed(error.to_string()),
    }
}
