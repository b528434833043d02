//! The rows that a load could not take, each with the version of its file that the load read.

use super::detail::gone;
use crate::{Desk, EngineError, jobs::masked, objects::rows_of_key};
use ::jobs::ends::statement::{line, object, reading};
use ::objects::asof;
use aws::{AwsError, Session, ends::warehouse};
use contract::{
    Notice, Timestamp,
    ends::{
        LoadErrorRow, LoadErrors, LoadedObject, ReadLoadErrors,
        facts::{LoadErrorFact, StatementFact},
    },
    objects::VersionRow,
};
use std::collections::HashMap;

/// Rows that are shown.
const MOST_ROWS: usize = 100;
/// Files whose versions are looked for.
const MOST_FILES: usize = 8;
/// Rows that signatures are tried on: those of one load mostly say the same.
const TRIED: usize = 5;

impl Desk {
    pub async fn read_load_errors(&self, request: &ReadLoadErrors) -> Result<LoadErrors, EngineError> {
        let session = self.session()?;
        let fact = self.statement_fact(&session, &request.statement).await;
        let fact = fact.map_err(|error| gone(&session, "statement", error))?;
        self.load_errors(&session, &fact).await
    }

    /// Asks the database; see [`warehouse::load_errors`] for when that may be done.
    pub(crate) async fn load_errors(
        &self,
        session: &Session,
        statement: &StatementFact,
    ) -> Result<LoadErrors, EngineError> {
        if reading(statement).is_none() {
            return Err(EngineError::NotNow(
                "Only a COPY that failed in the database has load errors; this statement has none.".to_owned(),
            ));
        }
        let read = warehouse::load_errors(session, statement, MOST_ROWS).await;
        let (facts, more) = read.map_err(Self::failed(session))?;
        let mut notices = Vec::new();
        if facts.is_empty() {
            notices.push(Notice::info(
                "sys_load_error_detail holds no row of this load that its database user may see: a superuser sees all.",
            ));
        }
        let files = versions(session, statement.created, &facts, &mut notices).await;
        let mut texts: Vec<(&str, String)> =
            facts.iter().take(TRIED).map(|one| ("sys_load_error_detail", line(one))).collect();
        texts.push(("Error", statement.error.clone().unwrap_or_default()));
        let findings = self.findings_in("redshift", texts).await;
        let rows = facts.into_iter().map(|one| row(one, &files)).collect();
        Ok(LoadErrors { rows, more, findings, notices })
    }
}

fn row(fact: LoadErrorFact, files: &HashMap<String, LoadedObject>) -> LoadErrorRow {
    LoadErrorRow {
        object: files.get(&fact.file).cloned(),
        file: fact.file,
        line: fact.line,
        column: fact.column,
        kind: fact.kind,
        position: fact.position,
        code: fact.code,
        reason: masked(&fact.reason),
    }
}

/// The versions that a load read, by the name of their file.
async fn versions(
    session: &Session,
    began: Option<Timestamp>,
    facts: &[LoadErrorFact],
    notices: &mut Vec<Notice>,
) -> HashMap<String, LoadedObject> {
    let mut found = HashMap::new();
    let Some(began) = began else { return found };
    let mut seen: Vec<&str> = Vec::new();
    for fact in facts {
        if seen.contains(&fact.file.as_str()) {
            continue;
        }
        seen.push(&fact.file);
        let Some((bucket, key)) = object(&fact.file) else { continue };
        if seen.len() > MOST_FILES {
            notices.push(Notice::info(format!("Versions were looked for in the first {MOST_FILES} files.")));
            break;
        }
        match rows_of_key(session, bucket, key, None).await {
            Ok(rows) => {
                if let Some(one) = loaded(bucket, key, &rows, began) {
                    found.insert(fact.file.clone(), one);
                } else {
                    notices.push(Notice::warning(format!(
                        "The version of s3://{bucket}/{key} that was loaded is not kept."
                    )));
                }
            }
            Err(AwsError::NotFound { .. }) => {}
            Err(error) => {
                notices.push(Notice::warning(format!("The versions of s3://{bucket}/{key} are left out: {error}.")));
            }
        }
    }
    found
}

/// The version that was current when a load began.
fn loaded(bucket: &str, key: &str, rows: &[VersionRow], began: Timestamp) -> Option<LoadedObject> {
    if asof::absent_at(rows, began) {
        return None;
    }
    let version = &asof::version_at(rows, began).ok()?.row.fact;
    Some(LoadedObject {
        bucket: bucket.to_owned(),
        key: key.to_owned(),
        version_id: Some(version.version_id.clone()).filter(|id| id != "null"),
        stored: version.last_modified,
        current: rows.first().is_some_and(|row| row.fact.version_id == version.version_id),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::objects::timeline;
    use contract::objects::VersionFact;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn version(id: &str, stored: &str) -> VersionFact {
        VersionFact {
            key: "data/in/price_list.csv".into(),
            version_id: id.into(),
            delete_marker: false,
            is_latest: id == "new",
            last_modified: at(stored),
            size: Some(24),
            etag: None,
            class: None,
            checksums: Vec::new(),
            restore: None,
            owner: None,
        }
    }

    #[test]
    fn the_version_of_the_load_is_found_though_another_is_current() {
        let facts = vec![version("new", "2026-11-20T18:00:00Z"), version("old", "2026-11-13T18:00:00Z")];
        let rows = timeline::timeline(facts, None, at("2026-11-21T08:00:00Z"));
        let found = |began| loaded("lake-raw", "data/in/price_list.csv", &rows, at(began));
        let old = found("2026-11-19T18:05:00Z").unwrap();
        assert_eq!((old.version_id.as_deref(), old.current), (Some("old"), false));
        let new = found("2026-11-20T18:05:00Z").unwrap();
        assert_eq!((new.version_id.as_deref(), new.current), (Some("new"), true));
        assert_eq!(found("2026-11-01T00:00:00Z"), None, "it was not there yet");
    }
}
