//! What the service's own words say, for what has no logs: the same signatures, and so the same words and remedies.

use super::{catalogue::Known, words};
use crate::Desk;
use ::triage::{Catalogue, Class, Fact, Facts, Layer, Scan};
use contract::jobs::diagnosis::Finding;
use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

/// How long is kept what something names: the person's own signatures may change.
const NAMED: Duration = Duration::from_mins(10);

/// A cause that failures of several jobs may have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NamedCause {
    pub signature: String,
    /// Without what differs from one failure to the next.
    pub title: String,
}

/// What names a cause.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Naming {
    /// What a service says of something that failed.
    Words(String),
    /// Of a finding.
    Signature(String),
}

impl Naming {
    fn key(&self) -> String {
        match self {
            Self::Words(text) => format!("words {text}"),
            Self::Signature(id) => format!("signature {id}"),
        }
    }
}

impl Desk {
    /// Findings in texts of a service about something that failed, each text with the name of its field.
    pub(crate) async fn findings_in(&self, engine: &str, texts: Vec<(&str, String)>) -> Vec<Finding> {
        let texts: Vec<Fact> = texts
            .into_iter()
            .filter(|(_, text)| !text.trim().is_empty())
            .map(|(name, text)| Fact { name: name.to_owned(), text })
            .collect();
        if texts.is_empty() {
            return Vec::new();
        }
        let state = Some("FAILED".to_owned());
        let facts = Facts { engine: Some(engine.to_owned()), state, texts, ..Facts::default() };
        let folder = self.inner.store.folder().join("signatures");
        let found = tokio::task::spawn_blocking(move || {
            let (catalogue, _) = Known::with_those_in(&folder);
            let report = catalogue.report(&Scan::default(), &facts, None);
            words::findings(&catalogue, report.findings)
        });
        found.await.unwrap_or_default()
    }
    /// The causes that these name; what names none is left out. Reads no log and calls nobody.
    pub(crate) async fn named_causes(&self, asked: HashSet<Naming>) -> HashMap<Naming, NamedCause> {
        let kept = &self.inner.jobs.named;
        let mut named = HashMap::new();
        let mut unknown = Vec::new();
        for naming in asked {
            match kept.get(&naming.key(), NAMED) {
                Some(Some(cause)) => {
                    named.insert(naming, cause);
                }
                Some(None) => {}
                None => unknown.push(naming),
            }
        }
        if unknown.is_empty() {
            return named;
        }
        let folder = self.inner.store.folder().join("signatures");
        let found = tokio::task::spawn_blocking(move || {
            let (catalogue, _) = Known::with_those_in(&folder);
            let of = |naming: Naming| {
                let cause = named_by(&catalogue, &naming);
                (naming, cause)
            };
            unknown.into_iter().map(of).collect::<Vec<_>>()
        });
        for (naming, cause) in found.await.unwrap_or_default() {
            kept.put(naming.key(), cause.clone());
            if let Some(cause) = cause {
                named.insert(naming, cause);
            }
        }
        named
    }
}

/// What says only that something failed is no cause in common, and neither is a kind of fault in code: two programs that
/// lack a package lack one each.
fn named_by(catalogue: &Catalogue, naming: &Naming) -> Option<NamedCause> {
    let id = match naming {
        Naming::Signature(id) => id.clone(),
        Naming::Words(text) => {
            let texts = vec![Fact { name: "cause".to_owned(), text: text.clone() }];
            let facts = Facts { state: Some("FAILED".to_owned()), texts, ..Facts::default() };
            catalogue.report(&Scan::default(), &facts, None).cause()?.signature.clone()
        }
    };
    let signature = catalogue.get(&id)?;
    let is_common = signature.class == Class::Cause && !signature.generic && signature.layer != Layer::Code;
    is_common.then(|| NamedCause { title: signature.bare_title(), signature: id })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_findings_of_one_cause_name_it_alike() {
        let catalogue = Catalogue::builtin();
        let words = |text: &str| named_by(catalogue, &Naming::Words(text.to_owned()));
        let killed = "Caused by: Container killed by YARN for exceeding physical memory limits. 9.1 GB of 8.8 GB physical \
                      memory used. Consider boosting spark.executor.memoryOverhead.";
        let named = words(killed).unwrap();
        assert_eq!(named.signature, "memory.container-physical");
        assert!(!named.title.is_empty() && !named.title.contains(['{', '}']), "{named:?}");
        let found = Naming::Signature("memory.container-physical".to_owned());
        assert_eq!(named_by(catalogue, &found), Some(named));
        assert_eq!(words("The job run ended as FAILED."), None);
        assert_eq!(words("ModuleNotFoundError: No module named 'prophet'"), None, "a fault of one program");
        assert_eq!(named_by(catalogue, &Naming::Signature("no.such".to_owned())), None);
    }
}
