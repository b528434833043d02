//! The data sets behind a version: which versions of their objects were read, as recorded or as of when training started.

use super::key;
use crate::{
    Desk,
    objects::{rows_below_within, rows_of_key_within},
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
use std::{sync::Arc, time::Duration};

/// Data sets of a version that are looked at, objects below one prefix, and pages of 1,000 versions that are listed of each.
const MOST_SETS: usize = 8;
const MOST_OBJECTS: usize = 200;
const MOST_PAGES: u32 = 3;
/// How long what was seen is told again, with its time: a version is opened often, and training data is seldom written.
const SEEN: Duration = Duration::from_mins(5);

/// What was found out of a data set.
#[derive(Debug)]
pub(super) struct Told {
    version_id: Option<String>,
    note: String,
    at: Timestamp,
}

impl Told {
    /// And whether it is worth keeping.
    fn found(looked: Looked, at: Timestamp) -> (Self, bool) {
        let (version_id, note, is_kept) = match looked {
            Ok((version_id, note)) => (version_id, note, true),
            // Refused once more it would be, and for the same reason.
            Err(AwsError::Denied { call, .. }) => {
                (None, format!("which version was read cannot be told: {} is missing", call.action), true)
            }
            Err(error) => (None, format!("which version was read cannot be told: {error}"), false),
        };
        (Self { version_id, note, at }, is_kept)
    }

    /// Of the data set with this vertex; what is told again says of when it is.
    fn of(&self, arn: &str, is_again: bool) -> DataSet {
        let note = if is_again { format!("{} (seen {})", self.note, moment(self.at)) } else { self.note.clone() };
        DataSet { arn: arn.to_owned(), version_id: self.version_id.clone(), note }
    }
}

/// What is looked for in S3 for a data set.
enum Question {
    /// What the lineage recorded of one object.
    Recorded(Arc<ArtifactFact>),
    /// What was current at a moment, which has its words.
    AsOf(Timestamp, String),
}

impl Question {
    /// Its name among what is kept.
    fn key(&self, uri: &str) -> String {
        match self {
            Self::Recorded(artifact) => {
                let (id, etag) = (artifact.version_id.as_deref(), artifact.etag.as_deref());
                format!("{uri} {} {}", id.unwrap_or_default(), etag.unwrap_or_default())
            }
            Self::AsOf(at, when) => format!("{uri} {at} {when}"),
        }
    }
}

/// One beyond those that are looked at.
fn left_out(arn: &str) -> DataSet {
    let note = format!("not looked at: which versions were read is asked of {MOST_SETS} data sets only");
    DataSet { arn: arn.to_owned(), version_id: None, note }
}

impl Desk {
    /// What is known of the data sets in the lineage of a version.
    pub(super) async fn data_sets(
        &self,
        session: &Session,
        version: &VersionFact,
        graph: &LineageGraph,
    ) -> Vec<DataSet> {
        let sets = lineage::causes(graph, "DataSet");
        let (near, far) = sets.split_at(sets.len().min(MOST_SETS));
        let mut told = Vec::new();
        for node in near {
            let Some(Made::S3(uri)) = &node.made else { continue };
            let Some((bucket, path)) = uri.strip_prefix("s3://").and_then(|rest| rest.split_once('/')) else {
                continue;
            };
            let artifact = self.inner.models.artifacts.last(&key(session, &node.arn));
            let is_pinned = |one: &Arc<ArtifactFact>| one.version_id.is_some() || one.etag.is_some();
            let question = if let Some(artifact) = artifact.filter(|one| is_pinned(one) && !path.ends_with('/')) {
                Question::Recorded(artifact)
            } else if let Some((at, when)) = Box::pin(self.began(session, version, graph, node)).await {
                Question::AsOf(at, when)
            } else {
                let note = "when it was read is not known".to_owned();
                told.push(DataSet { arn: node.arn.clone(), version_id: None, note });
                continue;
            };
            let (seen, is_again) =
                self.seen(session, (bucket, path), key(session, &question.key(uri)), &question).await;
            told.push(seen.of(&node.arn, is_again));
        }
        let is_stored = |node: &&&LineageNode| matches!(&node.made, Some(Made::S3(_)));
        told.extend(far.iter().filter(is_stored).map(|node| left_out(&node.arn)));
        told
    }

    /// The answer to a question of S3, and whether it was known.
    async fn seen(
        &self,
        session: &Session,
        (bucket, path): (&str, &str),
        key: String,
        question: &Question,
    ) -> (Arc<Told>, bool) {
        let sets = &self.inner.models.sets;
        if let Some(known) = sets.get(&key, SEEN) {
            return (known, true);
        }
        let looked = match question {
            Question::Recorded(artifact) => Box::pin(recorded(session, bucket, path, artifact)).await,
            Question::AsOf(at, when) => Box::pin(as_of(session, bucket, path, *at, when)).await,
        };
        let (told, is_kept) = Told::found(looked, session.now());
        let told = Arc::new(told);
        if is_kept {
            sets.put(key, Arc::clone(&told));
        }
        (told, false)
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
        let Some(rows) = rows_of_key_within(session, bucket, path, None, MOST_PAGES).await? else {
            return Ok((
                None,
                format!("it has more than {MOST_PAGES},000 versions, which are not looked at one by one"),
            ));
        };
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
    let note = match rows_below_within(session, bucket, &prefix, None, MOST_OBJECTS, MOST_PAGES).await? {
        None => format!(
            "it holds more than {MOST_OBJECTS} objects or {MOST_PAGES},000 versions, which are not looked at one by one"
        ),
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
    fn what_is_told_again_says_of_when_it_is() {
        let found = Ok((Some("v7".to_owned()), "version v7 was current".to_owned()));
        let (told, is_kept) = Told::found(found, at("21T06:31"));
        assert!(is_kept);
        assert_eq!(told.of("arn:d", false).note, "version v7 was current");
        let again = told.of("arn:d", true);
        assert_eq!(again.note, "version v7 was current (seen 21 Nov 2026 06:31 UTC)");
        assert_eq!((again.arn.as_str(), again.version_id.as_deref()), ("arn:d", Some("v7")));
    }

    #[test]
    fn a_refusal_is_kept_and_another_failure_is_not() {
        let call = aws::Call::new("ListObjectVersions", "s3:ListBucketVersions");
        let denied = AwsError::Denied { call, message: "no".into(), request_id: None };
        let (told, is_kept) = Told::found(Err(denied), at("21T06:31"));
        assert!(is_kept);
        assert_eq!(told.note, "which version was read cannot be told: s3:ListBucketVersions is missing");
        let (_, is_kept) = Told::found(Err(AwsError::Unreachable { call, message: "no route".into() }), at("21T06:31"));
        assert!(!is_kept, "it may answer the next time");
    }

    #[test]
    fn a_question_is_the_same_for_the_same_object_and_moment() {
        let of = |moment: &str| Question::AsOf(at(moment), "training started".into()).key("s3://lake/train/");
        assert_eq!(of("21T06:31"), of("21T06:31"));
        assert_ne!(of("21T06:31"), of("21T06:32"));
        let pinned = |id: &str| {
            let artifact = ArtifactFact { version_id: Some(id.into()), ..ArtifactFact::default() };
            Question::Recorded(Arc::new(artifact)).key("s3://lake/train/")
        };
        assert_ne!(pinned("v7"), pinned("v8"));
        assert_ne!(pinned("v7"), of("21T06:31"));
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
