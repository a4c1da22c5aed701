//! Subversion. It has no tags: a branch's folders say in their names what they are.

use std::sync::Arc;

use super::checkout::Asker;
use super::history::{At, History};
use super::status::{Answer, Ask, both};
use super::{Status, StatusError};

/// Asks for the state.
pub(super) fn ask(asker: &Arc<Asker>) -> Result<Answer, StatusError> {
    let status = read(&|args| asker.text(args))?;
    let history = SubversionHistory {
        asker: Arc::clone(asker),
        revision: status.revision.clone(),
    };
    Ok(Answer {
        status,
        history: Some(Box::new(history)),
    })
}

fn read(ask: &Ask<'_>) -> Result<Status, StatusError> {
    let (info, changes) = both(
        || {
            let revision = ask(&["info", "--show-item", "last-changed-revision"])?;
            let date = ask(&["info", "--show-item", "last-changed-date"])?;
            Ok::<_, StatusError>((revision, date))
        },
        || ask(&["status"]),
    )?;
    let (revision, date) = info?;
    let time = date
        .trim()
        .parse()
        .map_err(|_| StatusError::Unreadable("unable to parse output of svn info"))?;
    Ok(Status {
        revision: revision.trim().to_owned(),
        time: Some(time),
        uncommitted: !changes?.is_empty(),
    })
}

struct SubversionHistory {
    asker: Arc<Asker>,
    revision: String,
}

impl History for SubversionHistory {
    fn short(&self) -> String {
        format!("{:0>12}", self.revision)
    }

    fn tags_here(&self) -> Vec<String> {
        Vec::new()
    }

    fn file(&self, _at: At<'_>, name: &str) -> Option<Vec<u8>> {
        let place = self.asker.root().join(name);
        let place = format!("{}@{}", place.to_str()?, self.short());
        self.asker.bytes(&["cat", "--", &place]).ok()
    }
}
