//! `go list`: packages (and, with -m, modules) as text by a template, or as JSON.
//!
//! What is listed comes from gust-ops and is borrowed, never copied, to be shown: [`fields`] is the one table of fields that both
//! forms of output are made from.

mod context;
mod fields;
mod infos;
mod json;
mod keep;
mod modules;
mod output;
mod reflect;

use crate::request::{self, Form, List};
use crate::session::Session;
use crate::ui::{Failure, Outcome};
use gust_ops::ListRequest;
use gust_text::template::Template;

/// Runs the command.
pub(crate) fn run(session: &Session) -> Outcome {
    let (list, form) = request::list(session.request())?;
    let template = template(&form)?;
    match list {
        List::Packages(request) => packages(session, &request, &form, template.as_ref()),
        List::Modules { request, tags } => {
            let (workspace, ui) = (session.workspace(), session.ui());
            let listing = gust_ops::list_modules(workspace, &request, ui)?;
            modules::write(session, &form, template.as_ref(), &listing, tags)
        }
    }
}

fn packages(
    session: &Session,
    request: &ListRequest,
    form: &Form,
    template: Option<&Template>,
) -> Outcome {
    let (workspace, ui) = (session.workspace(), session.ui());
    if request.builds() {
        session.watch();
    }
    let mut listing = gust_ops::list(workspace, request, ui)?;
    ui.fail_if(listing.failed());
    output::write(session, form, template, &listing)?;
    listing.save();
    Ok(())
}

/// The template, where the form is one.
fn template(form: &Form) -> Result<Option<Template>, Failure> {
    let Form::Template(text) = form else {
        return Ok(None);
    };
    let template = Template::parse("main", text, &["join", "context", "module"]);
    template.map(Some).map_err(Failure::plain)
}
