//! What the service's own words say, for what has no logs: the same signatures, and so the same words and remedies.

use super::{catalogue::Known, words};
use crate::Desk;
use ::triage::{Fact, Facts, Scan};
use contract::jobs::diagnosis::Finding;

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
}
