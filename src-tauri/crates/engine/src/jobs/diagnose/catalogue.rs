//! The signatures: ours, and the person's own from the folder `signatures` in the data folder.

use ::triage::{Catalogue, catalogue::files_in};
use contract::Notice;
use std::{io::ErrorKind, ops::Deref, path::Path};

#[derive(Debug)]
pub(super) enum Known {
    Ours(&'static Catalogue),
    AndTheirs(Box<Catalogue>),
}

impl Known {
    /// What cannot be used is told and left out. Blocking.
    pub fn with_those_in(folder: &Path) -> (Self, Vec<Notice>) {
        let warn = |text: String| Notice::warning(format!("Your signatures: {text}."));
        let files = match files_in(folder) {
            Ok(files) => files,
            Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
            Err(error) => return (Self::Ours(Catalogue::builtin()), vec![warn(error.to_string())]),
        };
        let (mut texts, mut notices) = (Vec::new(), Vec::new());
        for (name, text) in files {
            match text {
                Ok(text) => texts.push((name, text)),
                Err(error) => notices.push(warn(format!("{name}: {error}"))),
            }
        }
        if texts.is_empty() {
            return (Self::Ours(Catalogue::builtin()), notices);
        }
        let (catalogue, faults) = Catalogue::with_user_files(&texts);
        notices.extend(faults.iter().map(|fault| warn(fault.to_string())));
        (Self::AndTheirs(Box::new(catalogue)), notices)
    }
}

impl Deref for Known {
    type Target = Catalogue;

    fn deref(&self) -> &Catalogue {
        match self {
            Self::Ours(catalogue) => catalogue,
            Self::AndTheirs(catalogue) => catalogue,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_signatures_are_read_and_what_is_wrong_with_one_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let (none, notices) = Known::with_those_in(&folder.path().join("signatures"));
        assert!(matches!(none, Known::Ours(_)) && notices.is_empty(), "no folder is no fault");
        std::fs::write(folder.path().join("bad.toml"), "[[signature]]\nid = 7\n").unwrap();
        let good = r#"
[[signature]]
id = "shop.till"
title = "The till is closed"
severity = "error"
class = "cause"
retry = "after-fix"
layer = "data"
patterns = ["TillClosedException"]
remedy = "Open the till."
[signature.examples]
match = ["TillClosedException: store-0217"]
miss = ["nothing"]
"#;
        std::fs::write(folder.path().join("good.toml"), good).unwrap();
        let (known, notices) = Known::with_those_in(folder.path());
        assert!(known.get("shop.till").is_some(), "{notices:?}");
        assert!(known.get("memory.driver-heap").is_some(), "ours are there too");
        assert_eq!(notices.len(), 1);
        assert!(notices[0].text.contains("bad.toml"), "{notices:?}");
    }
}
