//! A package as a template sees it.

use super::fields::{FieldValue, NAMES, field_value};
use gust_modules::ModulePublic;
use gust_ops::Listing;
use gust_packages::model::{ImportInfo, SourcePos};
use gust_packages::{PackageError, PackageId};
use gust_text::template::{Func, List, Struct, StructType, Val};
use std::borrow::Cow;
use std::rc::Rc;

/// One package of an answer.
pub(super) struct PackageView<'a> {
    pub(super) listing: &'a Listing,
    pub(super) id: PackageId,
}

static PACKAGE: StructType = StructType {
    name: "load.PackagePublic",
    fields: NAMES,
    methods: &[],
};

impl<'a> Struct<'a> for PackageView<'a> {
    fn ty(&self) -> &'static StructType {
        &PACKAGE
    }

    fn field(&self, index: usize) -> Val<'a> {
        let name = NAMES.get(index).copied().unwrap_or_default();
        match field_value(self.listing, self.id, name) {
            FieldValue::Text(text) => Val::Str(text),
            FieldValue::Flag(flag) => Val::Bool(flag),
            FieldValue::Names(names) => Val::strings(names),
            FieldValue::List(names) => Val::List(Rc::new(Names(names))),
            FieldValue::Map(map) => Val::Map(Rc::new(Renames(map))),
            FieldValue::Module(module) => {
                module.map_or_else(ModulePublic::nil_value, ModulePublic::value)
            }
            FieldValue::Error(error) => {
                error.map_or_else(|| Val::nil_pointer(&ERROR), |e| Val::pointer(ErrorView(e)))
            }
            FieldValue::Errors(errors) => Val::list(
                "[]*load.PackageError",
                errors
                    .into_iter()
                    .map(|e| Val::pointer(ErrorView(e)))
                    .collect(),
            ),
        }
    }

    fn address(&self) -> usize {
        std::ptr::from_ref(self.listing.package(self.id)).addr()
    }
}

/// A list of names made for the answer.
struct Names<'g>(Vec<Cow<'g, str>>);

impl<'a, 'g: 'a> List<'a> for Names<'g> {
    fn type_name(&self) -> Cow<'static, str> {
        "[]string".into()
    }
    fn len(&self) -> usize {
        self.0.len()
    }
    fn get(&self, index: usize) -> Val<'a> {
        self.0
            .get(index)
            .map_or(Val::Invalid, |name| Val::Str(name.clone()))
    }
}

/// ImportMap.
struct Renames<'g>(std::collections::BTreeMap<&'g str, Cow<'g, str>>);

impl<'a, 'g: 'a> gust_text::template::Map<'a> for Renames<'g> {
    fn type_name(&self) -> Cow<'static, str> {
        "map[string]string".into()
    }
    fn key_type(&self) -> gust_text::template::Type {
        gust_text::template::Type::Str
    }
    fn entries(&self) -> Vec<(Val<'a>, Val<'a>)> {
        self.0
            .iter()
            .map(|(raw, shown)| (Val::str(raw), Val::Str(shown.clone())))
            .collect()
    }
    fn get(&self, key: &str) -> Option<Val<'a>> {
        self.0.get(key).map(|shown| Val::Str(shown.clone()))
    }
    fn zero(&self) -> Val<'a> {
        Val::str("")
    }
    fn len(&self) -> usize {
        self.0.len()
    }
}

static ERROR: StructType = StructType {
    name: "load.PackageError",
    fields: &["ImportStack", "Pos", "Err", "IsImportCycle"],
    methods: &["Error"],
};

/// A package's error.
struct ErrorView<'g>(&'g PackageError);

impl<'a, 'g: 'a> Struct<'a> for ErrorView<'g> {
    fn ty(&self) -> &'static StructType {
        &ERROR
    }

    fn field(&self, index: usize) -> Val<'a> {
        let error: &'g PackageError = self.0;
        match index {
            0 => {
                let steps = error
                    .import_stack
                    .iter()
                    .map(|step| Val::object(StepView(step)));
                Val::list("load.ImportStack", steps.collect())
            }
            1 => Val::str(&error.pos),
            2 => Val::pointer(ProblemView(error)),
            _ => Val::Bool(error.is_import_cycle),
        }
    }

    fn method(&self, _: usize) -> Func<'a> {
        let text = self.0.to_string();
        Func::text(move || text.clone())
    }

    fn text(&self) -> Option<String> {
        Some(self.0.to_string())
    }
}

static PROBLEM: StructType = StructType {
    name: "errors.errorString",
    fields: &[],
    methods: &["Error"],
};

/// What is wrong, without where.
struct ProblemView<'g>(&'g PackageError);

impl<'a, 'g: 'a> Struct<'a> for ProblemView<'g> {
    fn ty(&self) -> &'static StructType {
        &PROBLEM
    }
    fn field(&self, _: usize) -> Val<'a> {
        Val::Invalid
    }
    fn method(&self, _: usize) -> Func<'a> {
        let text = self.0.problem.to_string();
        Func::text(move || text.clone())
    }
    fn text(&self) -> Option<String> {
        Some(self.0.problem.to_string())
    }
}

static STEP: StructType = StructType {
    name: "load.ImportInfo",
    fields: &["Pkg", "Pos"],
    methods: &[],
};
static POSITION: StructType = StructType {
    name: "token.Position",
    fields: &["Filename", "Line", "Column"],
    methods: &["String"],
};

/// A step of an import stack.
struct StepView<'g>(&'g ImportInfo);

impl<'a, 'g: 'a> Struct<'a> for StepView<'g> {
    fn ty(&self) -> &'static StructType {
        &STEP
    }
    fn field(&self, index: usize) -> Val<'a> {
        let step: &'g ImportInfo = self.0;
        match (index, &step.pos) {
            (0, _) => Val::str(&step.path),
            (_, Some(pos)) => Val::pointer(PosView(pos)),
            (_, None) => Val::nil_pointer(&POSITION),
        }
    }
}

/// A position.
struct PosView<'g>(&'g SourcePos);

impl PosView<'_> {
    fn shown(&self) -> String {
        format!(
            "{}:{}:{}",
            self.0.file.display(),
            self.0.line,
            self.0.column
        )
    }
}

impl<'a, 'g: 'a> Struct<'a> for PosView<'g> {
    fn ty(&self) -> &'static StructType {
        &POSITION
    }
    fn field(&self, index: usize) -> Val<'a> {
        match index {
            0 => Val::from(self.0.file.to_string_lossy().into_owned()),
            1 => Val::Int(i64::from(self.0.line)),
            _ => Val::Int(i64::from(self.0.column)),
        }
    }
    fn method(&self, _: usize) -> Func<'a> {
        let text = self.shown();
        Func::text(move || text.clone())
    }
    fn text(&self) -> Option<String> {
        Some(self.shown())
    }
}
