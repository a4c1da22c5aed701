//! The forms of a listing: JSON of some or all fields, or a template over each package.

use super::infos::Infos;
use super::json::JsonPackage;
use super::reflect::PackageView;
use crate::request::Form;
use crate::session::Session;
use crate::ui::{Failure, Outcome, Ui};
use gust_ops::Listing;
use gust_text::json;
use gust_text::template::{Template, Val};
use std::borrow::Cow;

/// Writes the packages of a listing.
pub(super) fn write(
    session: &Session,
    form: &Form,
    template: Option<&Template>,
    listing: &Listing,
) -> Outcome {
    match (form, template) {
        (Form::Json(wanted), _) => write_json(session.ui(), wanted, listing),
        (_, Some(template)) => write_template(session, template, listing),
        (_, None) => {
            let ui = session.ui();
            let listed = listing.listed().iter();
            listed.for_each(|id| ui.line(listing.name(*id)));
            Ok(())
        }
    }
}

fn write_json(ui: &Ui, wanted: &[String], listing: &Listing) -> Outcome {
    let mut text = Vec::with_capacity(16 * 1024);
    for &id in listing.listed() {
        text.clear();
        let package = JsonPackage {
            listing,
            id,
            wanted,
        };
        json::write_indent(&mut text, &package).map_err(Failure::plain)?;
        text.push(b'\n');
        ui.pass_on(&text);
    }
    Ok(())
}

fn write_template(session: &Session, template: &Template, listing: &Listing) -> Outcome {
    let infos = Infos::new(
        session,
        Cow::Borrowed(listing.context()),
        listing.requirements(),
    )?;
    let funcs = infos.functions();
    let mut text = String::new();
    let mut at_line_start = true;
    for &id in listing.listed() {
        text.clear();
        let package = Val::pointer(PackageView { listing, id });
        let done = template.execute_into(&mut text, package, &funcs);
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
