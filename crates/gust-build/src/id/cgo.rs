//! What a package's archive depends on when C is in it.

use gust_packages::Package;
use gust_text::quote::quote;
use gust_toolchain::compiler::Compilers;
use gust_toolchain::vars;

use super::{IdError, Lines, Recipe, Words};
use crate::cgo::command::package_flags;
use crate::site::Site;

/// The lines about cgo, compilers and their flags. Flags that cannot be used count as none: the build will say so.
pub(super) fn lines(
    h: &mut Recipe<impl Lines>,
    site: &Site<'_>,
    compilers: &Compilers<'_>,
    p: &Package,
) -> Result<(), IdError> {
    h.line(format_args!("cgo {}", quote(&site.tool_id("cgo")?)));
    let scene = site.scene(compilers, p, "");
    let flags = package_flags(&scene).unwrap_or_default();
    let cc = site.settings.cc();
    h.line(format_args!(
        "CC={} {} {} {}",
        Words(&cc),
        Words(&flags.cppflags),
        Words(&flags.cflags),
        Words(&flags.ldflags)
    ));
    identity(h, site, compilers, vars::CC, &cc, "c");
    if !p.sources.cxx.is_empty() || !p.sources.swigcxx.is_empty() {
        let cxx = site.settings.cxx();
        h.line(format_args!(
            "CXX={} {}",
            Words(&cxx),
            Words(&flags.cxxflags)
        ));
        identity(h, site, compilers, vars::CXX, &cxx, "c++");
    }
    if !p.sources.f.is_empty() {
        let fc = site.settings.fc();
        h.line(format_args!("FC={} {}", Words(&fc), Words(&flags.fflags)));
        identity(h, site, compilers, vars::FC, &fc, "f95");
    }
    Ok(())
}

fn identity(
    h: &mut Recipe<impl Lines>,
    site: &Site<'_>,
    compilers: &Compilers<'_>,
    name: &str,
    command: &[String],
    language: &'static str,
) {
    let program = command.first().map_or("", String::as_str);
    match site.compiler_id(compilers, program, language) {
        Ok(id) => h.line(format_args!("{name} ID={}", quote(&id))),
        Err(error) => h.line(format_args!(
            "{name} ID ERROR={}",
            quote(&error.to_string())
        )),
    }
}
