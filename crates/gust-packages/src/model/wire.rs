//! Shared texts and lists of them, as they are written into records and read without copies in between.

use std::fmt;
use std::sync::Arc;

use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{List, SourcePos, Str};

/// A text.
pub(crate) mod text {
    use super::*;

    pub(crate) fn serialize<S: Serializer>(text: &Str, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(text)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Str, D::Error> {
        <&str>::deserialize(d).map(Str::from)
    }
}

/// A text that may be missing.
pub(crate) mod maybe {
    use super::*;

    pub(crate) fn serialize<S: Serializer>(text: &Option<Str>, s: S) -> Result<S::Ok, S::Error> {
        text.as_deref().serialize(s)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Str>, D::Error> {
        let text = Option::<&str>::deserialize(d)?;
        Ok(text.map(Str::from))
    }
}

/// A list of texts.
pub(crate) mod names {
    use super::*;

    pub(crate) fn serialize<S: Serializer>(list: &List, s: S) -> Result<S::Ok, S::Error> {
        s.collect_seq(list.iter().map(|name| &**name))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<List, D::Error> {
        d.deserialize_seq(Names)
    }

    struct Names;

    impl<'de> Visitor<'de> for Names {
        type Value = List;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list of texts")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<List, A::Error> {
            let mut list = List::with_capacity(seq.size_hint().unwrap_or(0).min(1024));
            while let Some(name) = seq.next_element::<&str>()? {
                list.push(Str::from(name));
            }
            Ok(list)
        }
    }
}

/// Something shared.
pub(crate) mod shared {
    use super::*;

    pub(crate) fn serialize<T: Serialize, S: Serializer>(
        value: &Arc<T>,
        s: S,
    ) -> Result<S::Ok, S::Error> {
        value.as_ref().serialize(s)
    }

    pub(crate) fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
        d: D,
    ) -> Result<Arc<T>, D::Error> {
        T::deserialize(d).map(Arc::new)
    }
}

/// Directives; only those for GODEBUG mean anything to a build.
pub(crate) mod directives {
    use super::*;
    use std::path::Path;

    type Directives = List<(Str, SourcePos)>;

    pub(crate) fn serialize<S: Serializer>(list: &Directives, s: S) -> Result<S::Ok, S::Error> {
        let told = list
            .iter()
            .filter(|(text, _)| text.starts_with("//go:debug"))
            .map(|(text, pos)| (&**text, &*pos.file, pos.line, pos.column));
        told.collect::<Vec<_>>().serialize(s)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Directives, D::Error> {
        let told = Vec::<(&str, &str, u32, u32)>::deserialize(d)?;
        let directive = |(text, file, line, column)| {
            let file = Path::new(file).into();
            (Str::from(text), SourcePos { file, line, column })
        };
        Ok(told.into_iter().map(directive).collect())
    }
}
