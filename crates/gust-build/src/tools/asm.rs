//! The assembler's command lines.

use gust_packages::Package;
use gust_toolchain::vars;

use super::{absolute, actual, add, tool_words, trimpath};
use crate::site::Site;

/// The command line that makes an object of one assembly file.
pub fn words(site: &Site<'_>, p: &Package, path: &str, objdir: &str, file: &str) -> Vec<String> {
    let mut words = start(site, p, path, objdir);
    let object = object(objdir, file);
    add(&mut words, &["-o", &object, &actual(site, p, file)]);
    words
}

/// The object that [`words`] makes of a file.
pub fn object(objdir: &str, file: &str) -> String {
    format!("{objdir}{}.o", file.strip_suffix(".s").unwrap_or(file))
}

/// The command line that writes the ABIs of the functions in `files` to `symabis`.
pub fn symabis_words(
    site: &Site<'_>,
    p: &Package,
    path: &str,
    objdir: &str,
    files: &[String],
) -> Vec<String> {
    let mut words = start(site, p, path, objdir);
    add(
        &mut words,
        &["-gensymabis", "-o", &format!("{objdir}symabis")],
    );
    let ours = |f: &&String| &*p.import_path != "runtime/cgo" || !f.starts_with("gcc_");
    words.extend(files.iter().filter(ours).map(|f| {
        let path = absolute(p, f);
        actual(site, p, &path)
    }));
    words
}

fn start(site: &Site<'_>, p: &Package, path: &str, objdir: &str) -> Vec<String> {
    let (goos, goarch) = (site.settings.goos(), site.settings.goarch());
    let mut words = tool_words(site, "asm");
    add(&mut words, &["-p", path]);
    add(
        &mut words,
        &["-trimpath", &trimpath::rules(site, p, objdir)],
    );
    add(&mut words, &["-I", objdir]);
    let include = site.settings.goroot().join("pkg").join("include");
    add(&mut words, &["-I", &include.to_string_lossy()]);
    add(&mut words, &["-D", &format!("GOOS_{goos}")]);
    add(&mut words, &["-D", &format!("GOARCH_{goarch}")]);
    words.extend(site.shape.asmflags.iter().cloned());
    words.extend(site.options.asmflags.of(p).iter().cloned());
    let dynlink = site.shape.asmflags.iter().any(|f| f == "-dynlink");
    if goarch == "386" && &*p.import_path == "runtime" && dynlink {
        add(&mut words, &["-D=GOBUILDMODE_shared=1"]);
    }
    if p.place.standard && site.shape.tells_assembler_of_std() {
        add(&mut words, &["-std"]);
    }
    for define in arch_defines(site, goarch) {
        add(&mut words, &["-D", &define]);
    }
    words
}

/// What assembly files are told of GOAMD64 and its like.
fn arch_defines(site: &Site<'_>, goarch: &str) -> Vec<String> {
    let value = |name: &str| site.settings.arch_value(name).to_owned();
    let named = |name: &str| vec![format!("{name}_{}", value(name))];
    let up_to = |levels: &[(&str, &str)], has: &dyn Fn(&str) -> bool| -> Vec<String> {
        let from = levels.iter().position(|(level, _)| has(level));
        let from = from.unwrap_or(levels.len() - 1);
        levels[from..]
            .iter()
            .map(|(_, d)| (*d).to_owned())
            .collect()
    };
    match goarch {
        "386" => named(vars::GO386),
        "amd64" => named(vars::GOAMD64),
        "mips" | "mipsle" => named(vars::GOMIPS),
        "mips64" | "mips64le" => named(vars::GOMIPS64),
        "riscv64" => named(vars::GORISCV64),
        "ppc64" | "ppc64le" => {
            let power = value(vars::GOPPC64);
            let levels = [
                ("power10", "GOPPC64_power10"),
                ("power9", "GOPPC64_power9"),
                ("power8", "GOPPC64_power8"),
            ];
            up_to(&levels, &|level| power == level)
        }
        "arm" => {
            let arm = value(vars::GOARM);
            let levels = [("7", "GOARM_7"), ("6", "GOARM_6"), ("5", "GOARM_5")];
            up_to(&levels, &|level| arm.contains(level))
        }
        "arm64" => {
            let arm64 = value(vars::GOARM64);
            // v8.1 and everything after it have the atomics.
            let lse = arm64.split(',').skip(1).any(|o| o == "lse");
            let base = arm64.split(',').next().unwrap_or("");
            match lse || base != "v8.0" && !base.is_empty() {
                true => vec!["GOARM64_LSE".to_owned()],
                false => Vec::new(),
            }
        }
        _ => Vec::new(),
    }
}
