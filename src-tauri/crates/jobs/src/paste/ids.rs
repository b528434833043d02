//! Bare ids, and the parts of a text that belong together.
//!
//! Forms: EMR `j-` and `s-` with capital letters and digits; EMR Serverless `00` and fourteen more; EMR on EKS nineteen,
//! beginning with zeros; Glue `jr_`; YARN `application_<moment>_<number>` and its containers; request ids are UUIDs.

use super::Found;
use contract::jobs::{JobId, JobTarget};

/// The id that a word is, or that stands in it.
pub(super) fn read(token: &str) -> Option<JobTarget> {
    let word = |c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_');
    token.split(word).filter(|part| !part.is_empty()).find_map(one)
}

fn one(part: &str) -> Option<JobTarget> {
    let owned = part.to_owned();
    if cluster(part) {
        Some(JobTarget::Cluster(owned))
    } else if step(part) {
        Some(JobTarget::Step(owned))
    } else if let Some(run) = glue_run(part) {
        Some(JobTarget::GlueRun(run))
    } else if serverless(part) {
        Some(JobTarget::ServerlessId(owned))
    } else if eks_run(part) {
        Some(JobTarget::EksRun(owned))
    } else if uuid(part) {
        Some(JobTarget::RequestId(owned))
    } else {
        yarn(part).map(JobTarget::YarnApplication)
    }
}

fn capitals(text: &str) -> bool {
    (8..=20).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

pub(super) fn cluster(text: &str) -> bool {
    text.strip_prefix("j-").is_some_and(capitals)
}

pub(super) fn step(text: &str) -> bool {
    text.strip_prefix("s-").is_some_and(capitals)
}

/// `jr_…`, without what a log stream puts behind it.
pub(super) fn glue_run(text: &str) -> Option<String> {
    let rest = text.strip_prefix("jr_")?;
    let hex = rest.bytes().take_while(u8::is_ascii_hexdigit).count();
    let attempt = rest.get(hex..).and_then(|rest| rest.strip_prefix("_attempt_"));
    let digits = attempt.map_or(0, |rest| rest.bytes().take_while(u8::is_ascii_digit).count());
    let length = if digits > 0 { hex + "_attempt_".len() + digits } else { hex };
    (hex >= 8).then(|| format!("jr_{}", rest.get(..length).unwrap_or_default()))
}

pub(super) fn serverless(text: &str) -> bool {
    text.len() == 16 && text.starts_with("00") && lower(text)
}

pub(super) fn eks_run(text: &str) -> bool {
    text.len() == 19 && text.starts_with("00") && lower(text)
}

pub(super) fn virtual_cluster(text: &str) -> bool {
    (20..=30).contains(&text.len()) && lower(text)
}

fn lower(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()) && text.bytes().any(|b| b.is_ascii_digit())
}

pub(super) fn uuid(text: &str) -> bool {
    text.len() == 36
        && text
            .bytes()
            .enumerate()
            .all(|(at, b)| if [8, 13, 18, 23].contains(&at) { b == b'-' } else { b.is_ascii_hexdigit() })
}

/// Of an application, or of one of its containers.
fn yarn(text: &str) -> Option<String> {
    let numbers = text.strip_prefix("application_").or_else(|| {
        let rest = text.strip_prefix("container_")?;
        // `e17_` is the epoch of the resource manager.
        let epoch = rest.strip_prefix('e').and_then(|rest| rest.split_once('_')).map(|(_, rest)| rest);
        Some(epoch.unwrap_or(rest))
    })?;
    let mut parts = numbers.split('_');
    let digits = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let (moment, number) = (parts.next().filter(digits)?, parts.next().filter(digits)?);
    (moment.len() >= 10).then(|| format!("application_{moment}_{number}"))
}

/// Puts together what one text names apart, when it can mean but one thing.
pub(super) fn join(found: &mut Vec<Found>) {
    pair(
        found,
        |target| matches!(target, JobTarget::Cluster(_)),
        |home, own| match (home, own) {
            (JobTarget::Cluster(cluster), JobTarget::Step(step)) => {
                Some(JobId::Step { cluster: cluster.clone(), step: step.clone() })
            }
            _ => None,
        },
    );
    pair(
        found,
        |target| matches!(target, JobTarget::GlueJob(_)),
        |home, own| match (home, own) {
            (JobTarget::GlueJob(job), JobTarget::GlueRun(run)) => {
                Some(JobId::Glue { job: job.clone(), run: run.clone() })
            }
            _ => None,
        },
    );
    pair(
        found,
        |target| matches!(target, JobTarget::Function(_)),
        |home, own| match (home, own) {
            (JobTarget::Function(function), JobTarget::RequestId(request)) => {
                Some(JobId::Lambda { function: function.clone(), request: request.clone() })
            }
            _ => None,
        },
    );
    pair(
        found,
        |target| matches!(target, JobTarget::VirtualCluster(_)),
        |home, own| match (home, own) {
            (JobTarget::VirtualCluster(cluster), JobTarget::EksRun(run)) => {
                Some(JobId::Eks { virtual_cluster: cluster.clone(), run: run.clone() })
            }
            _ => None,
        },
    );
    pair(
        found,
        |target| matches!(target, JobTarget::Application(_)),
        |home, own| match (home, own) {
            (JobTarget::Application(application), JobTarget::ServerlessId(run)) if application != run => {
                Some(JobId::Serverless { application: application.clone(), run: run.clone(), attempt: None })
            }
            _ => None,
        },
    );
    // Two of them alone: people write the application before its run.
    if let [first, second] = found.as_slice()
        && let (JobTarget::ServerlessId(application), JobTarget::ServerlessId(run)) = (&first.target, &second.target)
    {
        let id = JobId::Serverless { application: application.clone(), run: run.clone(), attempt: None };
        *found = vec![JobTarget::Job(id).into()];
    }
}

/// Joins the only home of its kind with whatever belongs to it.
fn pair(
    found: &mut Vec<Found>,
    is_home: impl Fn(&JobTarget) -> bool,
    join: impl Fn(&JobTarget, &JobTarget) -> Option<JobId>,
) {
    let mut homes = found.iter().filter(|one| is_home(&one.target));
    let (Some(home), None) = (homes.next().cloned(), homes.next()) else { return };
    let mut joined = false;
    for one in found.iter_mut() {
        if let Some(id) = join(&home.target, &one.target) {
            one.target = JobTarget::Job(id);
            one.account = one.account.take().or(home.account.clone());
            one.region = one.region.take().or(home.region.clone());
            joined = true;
        }
    }
    if joined {
        found.retain(|one| one.target != home.target);
    }
}
