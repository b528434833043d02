//! Log paths in S3, and log groups with or without a stream.

use super::ids;
use crate::classify;
use contract::jobs::{JobId, JobTarget, LogRole};

/// A path that looks like one of logs; other objects are none of ours.
pub(super) fn uri(text: &str) -> Option<JobTarget> {
    let (_, rest) = text.split_once("://")?;
    let (bucket, key) = rest.split_once('/')?;
    key_of(bucket, key)
}

pub(super) fn key_of(bucket: &str, key: &str) -> Option<JobTarget> {
    let job = job(key);
    let known = classify::key(key).role != LogRole::Unknown || key.split('/').any(ids::cluster);
    let uri = format!("s3://{bucket}/{key}");
    (!bucket.is_empty() && (known || job.is_some())).then_some(JobTarget::LogPath { uri, job })
}

/// The run that a log path belongs to.
pub fn job(key: &str) -> Option<JobId> {
    let parts: Vec<&str> = key.split('/').collect();
    let behind = |name: &str| {
        let at = parts.iter().rposition(|part| *part == name)?;
        parts.get(at + 1).copied().filter(|part| !part.is_empty())
    };
    if let (Some(cluster), Some(step)) = (parts.iter().find(|part| ids::cluster(part)), behind("steps")) {
        return ids::step(step).then(|| JobId::Step { cluster: (*cluster).to_owned(), step: step.to_owned() });
    }
    if let (Some(application), Some(run)) = (behind("applications"), behind("jobs"))
        && ids::serverless(application)
    {
        let attempt = behind("attempts").and_then(|attempt| attempt.parse().ok());
        return Some(JobId::Serverless { application: application.to_owned(), run: run.to_owned(), attempt });
    }
    let at = parts.iter().rposition(|part| *part == "jobs")?;
    let (cluster, run) = (parts.get(at.checked_sub(1)?)?, parts.get(at + 1)?);
    (ids::virtual_cluster(cluster) && ids::eks_run(run))
        .then(|| JobId::Eks { virtual_cluster: (*cluster).to_owned(), run: (*run).to_owned() })
}

/// `/aws-glue/jobs/error`, `/aws/lambda/load:2026/11/21/[$LATEST]ab`.
pub(super) fn group(token: &str) -> Option<JobTarget> {
    if !["/aws/", "/aws-glue/"].iter().any(|start| token.starts_with(start)) {
        return None;
    }
    Some(match token.split_once(':') {
        Some((group, stream)) if !stream.is_empty() && stream != "*" => {
            JobTarget::LogStream { group: group.to_owned(), stream: stream.to_owned() }
        }
        Some((group, _)) => JobTarget::LogGroup(group.to_owned()),
        None => JobTarget::LogGroup(token.trim_end_matches('/').to_owned()),
    })
}
