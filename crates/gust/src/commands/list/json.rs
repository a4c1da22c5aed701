//! A package as JSON: the fields asked for, in go's order, empty ones left out.

use super::fields::{NAMES, Worth, worth};
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
            let worth = worth(self.listing, self.id, name);
            if !worth.is_empty() {
                map.serialize_entry(name, &worth)?;
            }
        }
        map.end()
    }
}

impl Serialize for Worth<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Worth::Text(text) => serializer.serialize_str(text),
            Worth::Flag(flag) => serializer.serialize_bool(*flag),
            Worth::Names(names) => {
                let mut list = serializer.serialize_seq(Some(names.len()))?;
                names
                    .iter()
                    .try_for_each(|name| list.serialize_element(&**name))?;
                list.end()
            }
            Worth::List(names) => names.serialize(serializer),
            Worth::Map(map) => map.serialize(serializer),
            Worth::Module(module) => module.serialize(serializer),
            Worth::Error(error) => error.map(JsonError).serialize(serializer),
            Worth::Errors(errors) => {
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
