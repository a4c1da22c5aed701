//! A go.mod that the graph needs and that could not be had.

use std::fmt::{self, Display};

use gust_syntax::module::ModuleVersion;

use super::Shared;

/// Why the graph is not complete. `Display` is go's text: the chain of requirements, then what is wrong at its end.
///
/// The source's own text must not name the module at the end of the chain; it is named here.
#[derive(Debug)]
pub struct GraphError<E> {
    /// From where the graph starts to the module that failed.
    pub chain: Vec<ModuleVersion>,
    /// What is wrong with that module.
    pub source: Shared<E>,
}

impl<E: Display> Display for GraphError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stated: Vec<_> = self
            .chain
            .iter()
            .skip_while(|module| module.version.is_empty())
            .collect();
        let Some((last, before)) = stated.split_last() else {
            return write!(f, "{}", self.source);
        };
        for module in before {
            write!(f, "{module} requires\n\t")?;
        }
        write!(f, "{last}: {}", self.source)
    }
}

impl<E: Display + fmt::Debug> std::error::Error for GraphError<E> {}
