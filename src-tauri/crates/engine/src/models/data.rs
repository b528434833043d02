//! The data sets behind a version: which versions of their objects were read, as recorded or as of when training started.

use super::key;
use crate::{
    Desk,
    objects::{rows_below, rows_of_key},
};
use ::models::{
    data::{self, DataSet, Now, Object, Then},
    lineage,
    wording::moment,
};
use ::objects::asof;
use aws::{AwsError, Session, models::evidence::stamp};
use contract::{
    Timestamp,
    models::{
        LineageGraph, LineageNode, Made,
        facts::{ArtifactFact, VersionFact},
    },
    objects::VersionRow,
};

/// Data sets of a version that are looked at, and objects below one prefix.
const MOST_SETS: usize = 8;
const MOST_OBJECTS: usize = 200;

impl Desk {
    /// What is known of the data sets in the lineage of a version.
    pub(super) async fn data_sets(
        &self,
        session: &Session,
        version: &VersionFact,
        graph: &LineageGraph,
    ) -> Vec<DataSet> {
        let mut told = Vec::new();
        for node in lineage::causes(graph, "DataSet").into_iter().take(MOST_SETS) {
            let Some(Made::S3(uri)) = &node.made else { continue };
            let Some((bucket, path)) = uri.strip_prefix("s3://").and_then(|rest| rest.split_once('/')) else {
                continue;
            };
            let artifact = self.inner.models.artifacts.last(&key(session, &node.arn));
            let is_pinned = |one: &ArtifactFact| one.version_id.is_some() || one.etag.is_some();
            let looked = match artifact.filter(|one| is_pinned(one) && !path.ends_with('/')) {
                Some(artifact) => recorded(session, bucket, path, &artifact).await,
                None => match Box::pin(self.began(session, version, graph, node)).await {
                    Some((at, when)) => Box::pin(as_of(session, bucket, path, at, &when)).await,
                    None => Ok((None, "when it was read is not known".to_owned())),
                },
            };
            let (version_id, note) = match looked {
                Ok(found) => found,
                Err(AwsError::Denied { call, .. }) => {
                    (None, format!("which version was read cannot be told: {} is missing", call.action))
                }
                Err(error) => (None, format!("which version was read cannot be told: {error}")),
            };
            told.push(DataSet { arn: node.arn.clone(), version_id, note });
        }
        told
    }

    /// When the job started that read a data set, in words too; otherwise when the version was registered.
    async fn began(
        &self,
        session: &Session,
        version: &VersionFact,
        graph: &LineageGraph,
        node: &LineageNode,
    ) -> Option<(Timestamp, String)> {
        // A job of this name in another place is another job.
        let place = |arn: &str| arn.split(':').skip(3).take(2).map(str::to_owned).collect::<Vec<_>>();
        let reader = lineage::reader(graph, node).filter(|job| place(&job.arn) == place(&version.arn));
        if let Some(Made::Run(id)) = reader.and_then(|job| job.made.as_ref())
            && let Ok(described) = Box::pin(self.described(session, id)).await
            && let Some(at) = described.run.started.or(described.run.created)
        {
            return Some((at, format!("training started {}", moment(at))));
        }
        version.created.map(|at| (at, format!("it was registered {}", moment(at))))
    }
}

/// The version that was read, if it is one object, and what is said of it.
type Looked = Result<(Option<String>, String), AwsError>;

/// What the lineage recorded of an object, against what is there now.
async fn recorded(session: &Session, bucket: &str, path: &str, artifact: &ArtifactFact) -> Looked {
    let seen = match Box::pin(stamp(session, bucket, path)).await {
        Ok(seen) => Some(seen),
        Err(AwsError::NotFound { .. }) => None,
        Err(error) => return Err(error),
    };
    let plain = |etag: &str| etag.trim_matches('"').to_owned();
    let (what, is_same) = match (&artifact.version_id, &artifact.etag) {
        (Some(id), _) => {
            (format!("version {id}"), seen.as_ref().is_some_and(|seen| seen.version_id.as_ref() == Some(id)))
        }
        (None, etag) => {
            let etag = plain(etag.as_deref().unwrap_or_default());
            let now = seen.as_ref().and_then(|seen| seen.etag.as_deref()).map(plain);
            (format!("ETag {etag}"), now.as_ref() == Some(&etag))
        }
    };
    let now = match (&seen, is_same) {
        (None, _) => Now::Nothing,
        (Some(_), true) => Now::Same,
        (Some(_), false) => Now::Other,
    };
    Ok((artifact.version_id.clone(), data::recorded(&what, now)))
}

/// What was current at a moment, which `when` says in words.
async fn as_of(session: &Session, bucket: &str, path: &str, at: Timestamp, when: &str) -> Looked {
    if !path.is_empty() && !path.ends_with('/') {
        let rows = rows_of_key(session, bucket, path, None).await?;
        if !rows.is_empty() {
            let object = object(&rows, at);
            let version_id = match &object.then {
                Then::Version { id, .. } => id.clone(),
                Then::Nothing | Then::Unclear(_) => None,
            };
            return Ok((version_id, data::of_object(&object, when)));
        }
    }
    let prefix = if path.is_empty() || path.ends_with('/') { path.to_owned() } else { format!("{path}/") };
    let note = match rows_below(session, bucket, &prefix, None, MOST_OBJECTS).await? {
        None => format!("it holds more than {MOST_OBJECTS} objects, which are not looked at one by one"),
        Some(keys) => {
            let objects: Vec<Object> = keys.values().map(|rows| object(rows, at)).collect();
            data::of_folder(&objects, when)
        }
    };
    Ok((None, note))
}

/// One key at a moment and now.
fn object(rows: &[VersionRow], at: Timestamp) -> Object {
    let current = rows.first().filter(|row| !row.fact.delete_marker);
    let now = |id: Option<&str>| match current {
        None => Now::Nothing,
        Some(row) if Some(row.fact.version_id.as_str()) == id => Now::Same,
        Some(_) => Now::Other,
    };
    // Where no versions are kept, one that is newer says nothing of what it replaced.
    if let [only] = rows
        && only.fact.version_id == "null"
        && only.fact.last_modified > at
    {
        let why = format!(
            "it was written {}, and no version of what it held before is kept",
            moment(only.fact.last_modified)
        );
        return Object { then: Then::Unclear(why), now: now(None) };
    }
    if asof::absent_at(rows, at) {
        return Object { then: Then::Nothing, now: now(None) };
    }
    match asof::version_at(rows, at) {
        Ok(found) if found.exact => {
            let fact = &found.row.fact;
            let id = Some(fact.version_id.clone()).filter(|id| id != "null");
            Object { then: Then::Version { id, stored: fact.last_modified }, now: now(Some(&fact.version_id)) }
        }
        Ok(found) => Object { then: Then::Unclear(found.label), now: now(None) },
        Err(why) => Object { then: Then::Unclear(why.to_string()), now: now(None) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::objects::timeline::timeline;
    use contract::objects::VersionFact as ObjectVersion;

    fn at(text: &str) -> Timestamp {
        format!("2026-11-{text}:00Z").parse().unwrap()
    }

    fn fact(id: &str, stored: &str, delete_marker: bool) -> ObjectVersion {
        ObjectVersion {
            key: "train.csv".into(),
            version_id: id.into(),
            delete_marker,
            is_latest: false,
            last_modified: at(stored),
            size: (!delete_marker).then_some(12),
            etag: (!delete_marker).then(|| format!("\"{id}\"")),
            class: None,
            checksums: Vec::new(),
            restore: None,
            owner: None,
        }
    }

    /// The newest first.
    fn seen(mut facts: Vec<ObjectVersion>, moment: &str) -> Object {
        if let Some(newest) = facts.first_mut() {
            newest.is_latest = true;
        }
        object(&timeline(facts, None, at("22T12:00")), at(moment))
    }

    #[test]
    fn the_version_at_the_start_of_training_is_told_from_the_current_one() {
        let two = || vec![fact("v2", "20T10:00", false), fact("v1", "18T10:00", false)];
        let early = seen(two(), "19T06:00");
        assert_eq!(early.then, Then::Version { id: Some("v1".into()), stored: at("18T10:00") });
        assert_eq!(early.now, Now::Other);
        assert_eq!(seen(two(), "21T06:00").now, Now::Same);
        assert_eq!(seen(two(), "17T06:00"), Object { then: Then::Nothing, now: Now::Other });
        let mut deleted = two();
        deleted.insert(0, fact("m", "21T10:00", true));
        assert_eq!(seen(deleted, "21T06:00").now, Now::Nothing);
    }

    #[test]
    fn without_versions_what_was_overwritten_is_not_known() {
        let single = || vec![fact("null", "20T10:00", false)];
        assert!(matches!(seen(single(), "19T06:00").then, Then::Unclear(_)));
        let before = seen(single(), "21T06:00");
        assert_eq!(before, Object { then: Then::Version { id: None, stored: at("20T10:00") }, now: Now::Same });
    }
}
