//! What a pasted text leads to among jobs and their logs: ids, ARNs, addresses of the console, S3 paths, log groups.
//!
//! A text may be one id or a whole message. Each thing is found once, in the order of the text, and parts that belong
//! together become one: a cluster and a step, a job of Glue and its run, a function and a request id. Whether such a
//! thing exists is for the service to say.

mod arn;
mod ids;
mod path;
mod url;

use crate::wording::cut;
use contract::{
    ends::EndId,
    jobs::{JobId, JobTarget, PastedJob},
};

/// Characters that are looked at; no message is longer.
const MOST: usize = 100_000;

/// Things of one text that are kept.
const KEPT: usize = 50;

/// What was found at one place, before parts are put together.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Found {
    target: JobTarget,
    account: Option<String>,
    region: Option<String>,
}

impl From<JobTarget> for Found {
    fn from(target: JobTarget) -> Self {
        Self { target, account: None, region: None }
    }
}

/// Everything that the text names.
pub fn resolve(text: &str) -> Vec<PastedJob> {
    let mut found: Vec<Found> = Vec::new();
    let end = text.char_indices().nth(MOST).map_or(text.len(), |(at, _)| at);
    let ends = |c: char| c.is_whitespace() || c.is_control() || "\"'`<>“”|".contains(c);
    for token in text.get(..end).unwrap_or_default().split(ends) {
        for one in read(trimmed(token)) {
            let full = found.len() >= KEPT;
            match found.iter_mut().find(|known| known.target == one.target) {
                Some(known) => {
                    known.account = known.account.take().or(one.account);
                    known.region = known.region.take().or(one.region);
                }
                None if !full => found.push(one),
                None => {}
            }
        }
    }
    ids::join(&mut found);
    // Statements have ids as requests have; only the words around one say which it is.
    if text.get(..end).is_some_and(|text| text.to_ascii_lowercase().contains("redshift")) {
        for one in &mut found {
            if let JobTarget::RequestId(id) = &one.target {
                one.target = JobTarget::End(EndId::Statement(id.clone()));
            }
        }
    }
    found
        .into_iter()
        .map(|one| PastedJob {
            title: title(&one.target),
            target: one.target,
            account: one.account,
            region: one.region,
        })
        .collect()
}

/// Without the punctuation of the sentence around it.
fn trimmed(token: &str) -> &str {
    let token = token.trim_start_matches(['(', '[', '{', ',', ';', '*']);
    token.trim_end_matches(['.', ',', ';', '!', '?', ')', '}', '*', '’'])
}

fn read(token: &str) -> Vec<Found> {
    if token.starts_with("https://") || token.starts_with("http://") {
        return url::read(token);
    }
    if let Some(at) = token.find("arn:aws") {
        return token.get(at..).and_then(arn::read).into_iter().collect();
    }
    if let Some(at) = ["s3://", "s3a://", "s3n://"].iter().find_map(|scheme| token.find(scheme)) {
        return token.get(at..).and_then(path::uri).map(Found::from).into_iter().collect();
    }
    if let Some(end) = EndId::parse(token).filter(is_end) {
        return vec![JobTarget::End(end).into()];
    }
    // A cluster has a page that lists its steps; what it failed of is one step further.
    if let Some(id) = token.parse::<JobId>().ok().filter(|id| !matches!(id, JobId::Cluster { .. })) {
        return vec![JobTarget::Job(id).into()];
    }
    if let Some(target) = path::group(token) {
        return vec![target.into()];
    }
    ids::read(token).into_iter().map(Found::from).collect()
}

/// The text of an end, as a list of ours copies it.
fn is_end(id: &EndId) -> bool {
    match id {
        EndId::Task(arn) => arn.contains(":dms:") && (arn.contains(":task:") || id.is_serverless()),
        EndId::Statement(own) => ids::uuid(own),
    }
}

/// In words, for the palette.
pub fn title(target: &JobTarget) -> String {
    let text = match target {
        JobTarget::Job(id) => {
            let of = id.home().map_or(String::new(), |home| format!(" of {}", cut(home, 60)));
            format!("{} {} {}{of}", id.engine().word(), id.noun(), cut(id.own(), 60))
        }
        JobTarget::Cluster(id) => format!("EMR cluster {id}"),
        JobTarget::Step(id) => format!("EMR step {id}"),
        JobTarget::Application(id) => format!("EMR Serverless application {id}"),
        JobTarget::ServerlessId(id) => format!("EMR Serverless application or job run {id}"),
        JobTarget::VirtualCluster(id) => format!("EMR on EKS virtual cluster {id}"),
        JobTarget::EksRun(id) => format!("EMR on EKS job run {id}"),
        JobTarget::GlueJob(name) => format!("Glue job {name}"),
        JobTarget::GlueRun(id) => format!("Glue job run {id}"),
        JobTarget::Function(name) => format!("Lambda function {name}"),
        JobTarget::RequestId(id) => format!("request {id}"),
        JobTarget::YarnApplication(id) => format!("YARN {id}"),
        JobTarget::LogGroup(group) => format!("log group {group}"),
        JobTarget::LogStream { group, stream } => format!("log stream {stream} of {group}"),
        JobTarget::End(id) => format!("{} {} {}", id.service(), id.noun(), id.own()),
        JobTarget::LogPath { uri, .. } => format!("logs at {uri}"),
    };
    cut(&text, 200)
}

#[cfg(test)]
mod tests;
