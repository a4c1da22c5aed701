//! A package as JSON: the fields asked for, in go's order, empty ones left out.

use super::fields::{FieldValue, NAMES, field_value};
use gust_ops::Listing;
use gust_packages::{PackageError, PackageId};
use serde::ser::{Serialize, SerializeMap, SerializeSeq, SerializeStruct, Serializer};

/// One package, ready to be serialized.
pub(super) struct JsonPackage<'a> {
    pub(super) listing: &'a Listing,
    pub(super) id: PackageId,
    /// The fields to show; none means all.
    pub(super) wanted: &'a [String],
}

impl Serialize for JsonPackage<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for name in NAMES {
            if !self.wanted.is_empty() && !self.wanted.iter().any(|wanted| wanted == name) {
                continue;
            }
            let value = field_value(self.listing, self.id, name);
            if !value.is_empty() {
                map.serialize_entry(name, &value)?;
            }
        }
        map.end()
    }
}

impl Serialize for FieldValue<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            FieldValue::Text(text) => serializer.serialize_str(text),
            FieldValue::Flag(flag) => serializer.serialize_bool(*flag),
            FieldValue::Names(names) => {
                let mut list = serializer.serialize_seq(Some(names.len()))?;
                names
                    .iter()
                    .try_for_each(|name| list.serialize_element(&**name))?;
                list.end()
            }
            FieldValue::List(names) => names.serialize(serializer),
            FieldValue::Map(map) => map.serialize(serializer),
            FieldValue::Module(module) => module.serialize(serializer),
            FieldValue::Error(error) => error.map(JsonError).serialize(serializer),
            FieldValue::Errors(errors) => {
                let mut list = serializer.serialize_seq(Some(errors.len()))?;
                errors
                    .iter()
                    .try_for_each(|error| list.serialize_element(&JsonError(error)))?;
                list.end()
            }
        }
    }
}

/// A package's error.
struct JsonError<'g>(&'g PackageError);

impl Serialize for JsonError<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("PackageError", 3)?;
        let stack: Vec<&str> = self.0.stack_paths().collect();
        object.serialize_field("ImportStack", &stack)?;
        object.serialize_field("Pos", &self.0.pos)?;
        object.serialize_field("Err", &self.0.problem.to_string())?;
        object.end()
    }
}
