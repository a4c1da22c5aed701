//! A module as `go list` shows it: the fields of its JSON, in go's order, and its face in templates.

use gust_fetch::{Origin, Timestamp};
use gust_text::decode::Shape;
use gust_text::template::{Func, Struct, StructType, Type, Val};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What is shown of a module by `go list -m -json`, and in the Module field of a package.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct ModulePublic {
    /// Module path.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub path: String,
    /// Selected version; empty for a main module.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub version: String,
    /// The query that the version answers.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub query: String,
    /// All versions there are (`-versions`).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub versions: Vec<String>,
    /// What stands in its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replace: Option<Box<ModulePublic>>,
    /// When the version was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<Timestamp>,
    /// A later version (`-u`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub update: Option<Box<ModulePublic>>,
    /// A main module.
    #[serde(skip_serializing_if = "is_false")]
    pub main: bool,
    /// Needed by other modules only.
    #[serde(skip_serializing_if = "is_false")]
    pub indirect: bool,
    /// Its directory, if it is on this machine.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub dir: String,
    /// Its go.mod file, if it is on this machine.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub go_mod: String,
    /// The `go` line of that.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub go_version: String,
    /// Why the version was retracted; one text a retraction.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub retracted: Vec<String>,
    /// The deprecation notice.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub deprecated: String,
    /// Why it could not be loaded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<ModuleError>,
    /// The checksum of its files, as in go.sum.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub sum: String,
    /// The checksum of its go.mod, as in go.sum.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub go_mod_sum: String,
    /// Where it came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// What `-reuse` brought is still so.
    #[serde(skip_serializing_if = "is_false")]
    pub reuse: bool,
}

/// A module as Go's decoder sees it.
pub static SHAPE: Shape = Shape::Struct("modinfo.ModulePublic", &FIELDS);

static FIELDS: [(&str, Shape); 19] = [
    ("Path", Shape::Text),
    ("Version", Shape::Text),
    ("Query", Shape::Text),
    ("Versions", Shape::List(&Shape::Text, "[]string")),
    ("Replace", Shape::Struct("modinfo.ModulePublic", &FIELDS)),
    ("Time", Shape::Time),
    ("Update", Shape::Struct("modinfo.ModulePublic", &FIELDS)),
    ("Main", Shape::Bool),
    ("Indirect", Shape::Bool),
    ("Dir", Shape::Text),
    ("GoMod", Shape::Text),
    ("GoVersion", Shape::Text),
    ("Retracted", Shape::List(&Shape::Text, "[]string")),
    ("Deprecated", Shape::Text),
    ("Error", Shape::Any),
    ("Sum", Shape::Text),
    ("GoModSum", Shape::Text),
    ("Origin", Origin::SHAPE),
    ("Reuse", Shape::Bool),
];

/// Why a module could not be loaded.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ModuleError {
    /// go's text.
    pub err: String,
}

/// `{"Err": "text"}`, or the text alone, as `go mod download -json` writes it.
impl<'de> Deserialize<'de> for ModuleError {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<ModuleError, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Form {
            Text(String),
            Object {
                #[serde(default, rename = "Err")]
                err: String,
            },
        }
        let (Form::Text(err) | Form::Object { err }) = Form::deserialize(deserializer)?;
        Ok(ModuleError { err })
    }
}

fn is_false(b: &bool) -> bool {
    !b
}

/// `path version [update] => replacement`: what `go list -m` prints without a format.
impl fmt::Display for ModulePublic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)?;
        self.write_versions(f)?;
        if let Some(replace) = &self.replace {
            write!(f, " => {}", replace.path)?;
            replace.write_versions(f)?;
        }
        Ok(())
    }
}

impl ModulePublic {
    fn write_versions(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let retracted = |m: &ModulePublic| {
            if m.retracted.is_empty() {
                ""
            } else {
                " (retracted)"
            }
        };
        if !self.version.is_empty() {
            write!(f, " {}{}", self.version, retracted(self))?;
            if let Some(update) = &self.update {
                write!(f, " [{}{}]", update.version, retracted(update))?;
            }
        }
        if !self.deprecated.is_empty() {
            f.write_str(" (deprecated)")?;
        }
        Ok(())
    }

    /// The module as a template sees it: a pointer, as in go.
    pub fn value(&self) -> Val<'_> {
        Val::pointer(self)
    }

    /// What a template sees where there is no module.
    pub fn nil_value<'v>() -> Val<'v> {
        Val::nil_pointer(&MODULE)
    }
}

static MODULE: StructType = StructType {
    name: "modinfo.ModulePublic",
    fields: &[
        "Path",
        "Version",
        "Query",
        "Versions",
        "Replace",
        "Time",
        "Update",
        "Main",
        "Indirect",
        "Dir",
        "GoMod",
        "GoVersion",
        "Retracted",
        "Deprecated",
        "Error",
        "Sum",
        "GoModSum",
        "Origin",
        "Reuse",
    ],
    methods: &["String"],
};

impl<'v> Struct<'v> for &'v ModulePublic {
    fn ty(&self) -> &'static StructType {
        &MODULE
    }

    fn field(&self, index: usize) -> Val<'v> {
        let this: &'v ModulePublic = self;
        let module = |m: &'v Option<Box<ModulePublic>>| {
            m.as_deref()
                .map_or_else(ModulePublic::nil_value, ModulePublic::value)
        };
        match index {
            0 => Val::str(&this.path),
            1 => Val::str(&this.version),
            2 => Val::str(&this.query),
            3 => Val::strings(&this.versions),
            4 => module(&this.replace),
            5 => match &this.time {
                Some(time) => Val::pointer(time_view(time)),
                None => Val::nil_pointer(&TIME),
            },
            6 => module(&this.update),
            7 => Val::Bool(this.main),
            8 => Val::Bool(this.indirect),
            9 => Val::str(&this.dir),
            10 => Val::str(&this.go_mod),
            11 => Val::str(&this.go_version),
            12 => Val::strings(&this.retracted),
            13 => Val::str(&this.deprecated),
            14 => this
                .error
                .as_ref()
                .map_or_else(|| Val::nil_pointer(&ERROR), |e| Val::pointer(ErrorView(e))),
            15 => Val::str(&this.sum),
            16 => Val::str(&this.go_mod_sum),
            17 => this.origin.as_ref().map_or_else(
                || Val::nil_pointer(&ORIGIN),
                |o| Val::pointer(OriginView(o)),
            ),
            _ => Val::Bool(this.reuse),
        }
    }

    fn method(&self, _: usize) -> Func<'v> {
        let this: &'v ModulePublic = self;
        Func::text(move || this.to_string())
    }

    fn text(&self) -> Option<String> {
        Some(self.to_string())
    }

    fn address(&self) -> usize {
        std::ptr::from_ref::<ModulePublic>(self).addr()
    }
}

static ERROR: StructType = StructType {
    name: "modinfo.ModuleError",
    fields: &["Err"],
    methods: &[],
};

struct ErrorView<'v>(&'v ModuleError);

impl<'v> Struct<'v> for ErrorView<'v> {
    fn ty(&self) -> &'static StructType {
        &ERROR
    }
    fn field(&self, _: usize) -> Val<'v> {
        Val::str(&self.0.err)
    }
}

static ORIGIN: StructType = StructType {
    name: "codehost.Origin",
    fields: &[
        "VCS",
        "URL",
        "Subdir",
        "Hash",
        "TagPrefix",
        "TagSum",
        "Ref",
        "RepoSum",
    ],
    methods: &[],
};

struct OriginView<'v>(&'v Origin);

impl<'v> Struct<'v> for OriginView<'v> {
    fn ty(&self) -> &'static StructType {
        &ORIGIN
    }
    fn field(&self, index: usize) -> Val<'v> {
        let Origin {
            vcs,
            url,
            subdir,
            hash,
            tag_prefix,
            tag_sum,
            reference,
            repo_sum,
        } = self.0;
        let fields = [
            vcs, url, subdir, hash, tag_prefix, tag_sum, reference, repo_sum,
        ];
        fields
            .get(index)
            .map_or(Val::Invalid, |text| Val::str(text))
    }
}

static TIME: StructType = StructType {
    name: "time.Time",
    fields: &[],
    methods: &["String", "Unix", "IsZero", "Year", "Format"],
};

/// A time with the few methods that formats use.
struct TimeView {
    time: Timestamp,
    text: String,
}

fn time_view(time: &Timestamp) -> TimeView {
    let rfc = time.to_string();
    let (date, rest) = rfc.split_once('T').unwrap_or((&rfc, ""));
    let (clock, zone) = match rest.find(['Z', '+', '-']) {
        Some(at) => rest.split_at(at),
        None => (rest, "Z"),
    };
    let zone = if zone == "Z" {
        "+0000 UTC".to_owned()
    } else {
        format!("{0} {0}", zone.replace(':', ""))
    };
    TimeView {
        time: *time,
        text: format!("{date} {clock} {zone}"),
    }
}

impl<'v> Struct<'v> for TimeView {
    fn ty(&self) -> &'static StructType {
        &TIME
    }
    fn field(&self, _: usize) -> Val<'v> {
        Val::Invalid
    }
    fn method(&self, index: usize) -> Func<'v> {
        let (time, text) = (self.time, self.text.clone());
        let year = text
            .split('-')
            .next()
            .and_then(|y| y.parse().ok())
            .unwrap_or(0);
        if index == 4 {
            return Func::new(vec![Type::Str], None, move |args| match args {
                [Val::Str(layout)] => {
                    Ok(Val::from(crate::layout::format(&time.to_string(), layout)))
                }
                _ => Ok(Val::Invalid),
            });
        }
        Func::new(Vec::new(), None, move |_| {
            Ok(match index {
                0 => Val::from(text.clone()),
                1 => Val::Int(time.seconds),
                2 => Val::Bool(time.is_zero()),
                _ => Val::Int(year),
            })
        })
    }
    fn text(&self) -> Option<String> {
        Some(self.text.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_go_prints_it() {
        let other = ModulePublic {
            path: "y".into(),
            version: "v2.0.0".into(),
            deprecated: "old".into(),
            ..Default::default()
        };
        let module = ModulePublic {
            path: "x".into(),
            version: "v1.0.0".into(),
            retracted: vec!["bad".into()],
            replace: Some(Box::new(other)),
            time: Timestamp::parse("2018-02-14T15:44:20Z"),
            ..Default::default()
        };
        assert_eq!(
            module.to_string(),
            "x v1.0.0 (retracted) => y v2.0.0 (deprecated)"
        );
        let template = gust_text::template::Template::parse(
            "main",
            "{{.}}|{{.Time}}|{{.Replace.Path}}|{{.Update}}",
            &[],
        )
        .unwrap();
        let text = template
            .execute(module.value(), &Default::default())
            .unwrap();
        assert_eq!(
            text,
            format!("{module}|2018-02-14 15:44:20 +0000 UTC|y|<nil>")
        );
        let json = gust_text::json::to_string(&module).unwrap();
        let want = r#"{"Path":"x","Version":"v1.0.0","Replace":{"Path":"y","Version":"v2.0.0","Deprecated":"old"},"Time":"2018-02-14T15:44:20Z","Retracted":["bad"]}"#;
        assert_eq!(json, want);
    }
}
