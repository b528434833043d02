//! ARNs of clusters, applications, jobs, functions, log groups and log streams.

use super::{Found, ids};
use contract::{
    ends::EndId,
    jobs::{JobId, JobTarget, SageMakerKind},
};

pub(super) fn read(text: &str) -> Option<Found> {
    let mut parts = text.splitn(6, ':');
    let (_, _, service) = (parts.next()?, parts.next()?, parts.next()?);
    let (region, account, rest) = (parts.next()?, parts.next()?, parts.next()?);
    let target = if service == "dms" { task(text, rest)? } else { target(service, rest)? };
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Some(Found { target, account: some(account), region: some(region) })
}

/// A replication task is known by the whole of its ARN, a serverless replication by that of its configuration. A link that
/// names one may go on behind it.
fn task(text: &str, rest: &str) -> Option<JobTarget> {
    let kind = ["task:", "replication-config:"].into_iter().find(|kind| rest.starts_with(kind))?;
    let id = rest.strip_prefix(kind)?;
    let id = id.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).next().filter(|id| !id.is_empty())?;
    let end = text.len() - rest.len() + kind.len() + id.len();
    Some(JobTarget::End(EndId::Task(text.get(..end)?.to_owned())))
}

fn target(service: &str, rest: &str) -> Option<JobTarget> {
    let parts: Vec<&str> = rest.trim_start_matches('/').split('/').filter(|part| !part.is_empty()).collect();
    let owned = |text: &&str| (*text).to_owned();
    let at = |at: usize| parts.get(at).map(owned);
    Some(match (service, *parts.first()?) {
        ("elasticmapreduce", "cluster") => JobTarget::Cluster(at(1).filter(|id| ids::cluster(id))?),
        ("emr-serverless", "applications") => match (at(1)?, at(2).as_deref(), at(3)) {
            (application, Some("jobruns"), Some(run)) => {
                JobTarget::Job(JobId::Serverless { application, run, attempt: None })
            }
            (application, _, _) => JobTarget::Application(application),
        },
        ("emr-containers", "virtualclusters") => match (at(1)?, at(2).as_deref(), at(3)) {
            (virtual_cluster, Some("jobruns"), Some(run)) => JobTarget::Job(JobId::Eks { virtual_cluster, run }),
            (virtual_cluster, _, _) => JobTarget::VirtualCluster(virtual_cluster),
        },
        ("glue", "job") => JobTarget::GlueJob(rest.strip_prefix("job/").filter(|name| !name.is_empty())?.to_owned()),
        ("lambda", _) => {
            let name = rest.strip_prefix("function:")?.split(':').next()?;
            JobTarget::Function(Some(name).filter(|name| !name.is_empty())?.to_owned())
        }
        ("sagemaker", kind) => {
            let kind = SageMakerKind::ALL.into_iter().find(|known| known.code() == kind)?;
            JobTarget::Job(JobId::SageMaker { kind, name: at(1)? })
        }
        ("logs", _) => {
            let rest = rest.strip_prefix("log-group:")?;
            match rest.split_once(":log-stream:") {
                Some((group, stream)) if !stream.is_empty() && stream != "*" => {
                    JobTarget::LogStream { group: group.to_owned(), stream: stream.to_owned() }
                }
                Some((group, _)) => JobTarget::LogGroup(group.to_owned()),
                None => JobTarget::LogGroup(rest.trim_end_matches(":*").trim_end_matches(':').to_owned()),
            }
        }
        _ => return None,
    })
}
