//! `go list -m`: modules, by the same forms as packages.

use super::infos::Infos;
use crate::request::Form;
use crate::session::Session;
use crate::ui::{Failure, Outcome};
use gust_ops::ModuleListing;
use gust_packages::context::BuildContext;
use gust_text::template::{Template, Val};
use serde_json::Value;
use std::borrow::Cow;

/// Writes modules.
pub(super) fn write(
    session: &Session,
    form: &Form,
    template: Option<&Template>,
    listing: &ModuleListing,
    tags: Vec<String>,
) -> Outcome {
    let (ui, modules) = (session.ui(), &listing.modules);
    if let Form::Json(wanted) = form {
        for module in modules {
            let mut object = serde_json::to_value(module).map_err(Failure::plain)?;
            if let Value::Object(fields) = &mut object
                && !wanted.is_empty()
            {
                fields.retain(|name, _| wanted.contains(name));
            }
            ui.json(&object);
        }
        return Ok(());
    }
    let Some(template) = template else {
        modules.iter().for_each(|module| ui.line(module));
        return Ok(());
    };
    let settings = session.settings();
    let mut context = BuildContext::from_settings(settings, settings.cgo_enabled());
    context.tags = tags;
    let infos = Infos::new(session, Cow::Owned(context), Some(&listing.requirements))?;
    let funcs = infos.functions();
    let mut text = String::new();
    for module in modules {
        text.clear();
        let done = template.execute_into(&mut text, Val::pointer(module), &funcs);
        if done.is_ok() && !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        ui.print(&text);
        done.map_err(Failure::plain)?;
    }
    Ok(())
}
