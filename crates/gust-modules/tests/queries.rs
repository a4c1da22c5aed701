//! Which version a query means: held against what Go answered about the same proxy.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use gust_fetch::{Config, Fetcher, Silent};
use gust_fs::{Overlay, View};
use gust_modules::{InfoMode, ModFlag, ModuleSettings, Modules, Release, Tools};

const TABLE: &str = include_str!("queries.txt");
/// The only version of a module without versions.
const COMMIT: &str = "v0.0.0-20200102030405-abcdefabcdef";

/// `PATH: versions`, as a directory that a file proxy serves.
fn write_proxy(dir: &Path, line: &str) {
    let (path, versions) = line.split_once(':').unwrap();
    let (path, made_up) = match path.strip_prefix('~') {
        Some(path) => (path, true),
        None => (path, false),
    };
    let at = dir.join(path).join("@v");
    fs::create_dir_all(&at).unwrap();
    let versions: Vec<&str> = versions.split_whitespace().collect();
    fs::write(at.join("list"), versions.join("\n")).unwrap();
    let info =
        |version: &str| format!("{{\"Version\":\"{version}\",\"Time\":\"2020-01-02T03:04:05Z\"}}");
    let commit = if versions.is_empty() {
        &[COMMIT][..]
    } else {
        &[]
    };
    if !commit.is_empty() {
        fs::write(dir.join(path).join("@latest"), info(COMMIT)).unwrap();
    }
    for version in versions.iter().chain(commit) {
        let mut go_mod = format!("module {path}\n");
        if !made_up && !version.contains("incompatible") {
            go_mod.push_str("\ngo 1.20\n");
        }
        if path.ends_with("/taken") && *version == "v1.2.0" {
            go_mod.push_str("\nretract [v1.1.0, v1.2.0] // too early\n");
        }
        fs::write(at.join(format!("{version}.mod")), go_mod).unwrap();
        fs::write(at.join(format!("{version}.info")), info(version)).unwrap();
    }
}

fn load(dir: &Path, line: &str) -> Arc<Modules> {
    let main = dir.join("m");
    fs::create_dir_all(&main).unwrap();
    fs::write(
        main.join("go.mod"),
        format!("module m\n\ngo 1.20\n\n{line}\n"),
    )
    .unwrap();
    let view = Arc::new(View::new(Overlay::none()));
    let modcache = tempfile::tempdir_in(dir).unwrap().keep();
    let config = Config {
        gomodcache: modcache,
        goproxy: format!("file://{}/proxy", dir.display()),
        gosumdb: "off".into(),
        gonosumdb: "*".into(),
        ..Config::default()
    };
    let settings = ModuleSettings {
        cwd: main,
        goroot: "/goroot".into(),
        temp_dir: "/nowhere".into(),
        mod_flag: Some(ModFlag::Mod),
        release: Release {
            version: "1.26.8".into(),
            toolchain: "go1.26.8".into(),
            note: String::new(),
        },
        ..ModuleSettings::default()
    };
    let fetcher = Arc::new(Fetcher::new(config, Arc::clone(&view), Arc::new(Silent)));
    let tools = Tools {
        view,
        fetcher,
        sink: Arc::new(Silent),
    };
    Modules::load(settings, tools).unwrap().unwrap()
}

#[test]
fn go_and_gust_choose_the_same_versions() {
    let temp = tempfile::tempdir().unwrap();
    let dir = temp.path();
    let proxies = TABLE.lines().filter_map(|line| line.strip_prefix("proxy "));
    proxies.for_each(|line| write_proxy(&dir.join("proxy"), line));
    fs::create_dir_all(dir.join("x")).unwrap();
    fs::write(dir.join("x/go.mod"), "module x\n").unwrap();
    let mut modules = None;
    let mut asked = 0;
    for line in TABLE.lines() {
        if let Some(main) = line.strip_prefix("main") {
            modules = Some(load(dir, main.trim()));
            continue;
        }
        let wanted = line.split_once(" = ").or_else(|| line.split_once(" ! "));
        let (Some((query, want)), Some(modules)) = (wanted, &modules) else {
            continue;
        };
        let listed = modules.list(modules.stated(), &[query.to_owned()], InfoMode::default());
        let module = listed.unwrap().modules.remove(0);
        let got = match module.error {
            Some(error) if line.contains(" ! ") => {
                let text = error.err.replace(&dir.display().to_string(), "$DIR");
                text.replace('\n', "\\n").replace('\t', "\\t")
            }
            _ => module.version,
        };
        assert_eq!(got, want, "{query}");
        asked += 1;
    }
    assert!(asked > 80, "{asked}");
}
