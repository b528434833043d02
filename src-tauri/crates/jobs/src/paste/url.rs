//! Addresses of the AWS console and of EMR Studio. The console changes them; what is looked for is the part that names.

use super::{Found, arn, ids, path};
use contract::{
    ends::EndId,
    jobs::{JobId, JobTarget, SageMakerKind},
};
use percent_encoding::percent_decode_str;

/// Characters of an address that are looked at.
const LONGEST: usize = 4_000;

pub(super) fn read(url: &str) -> Vec<Found> {
    let end = url.char_indices().nth(LONGEST).map_or(url.len(), |(at, _)| at);
    let url = url.get(..end).unwrap_or_default();
    let Some((host, rest)) = url.split_once("://").map(|(_, rest)| rest.split_once('/').unwrap_or((rest, ""))) else {
        return Vec::new();
    };
    let aws = ["aws.amazon.com", "amazonaws.cn", "amazonaws-us-gov.com", "amazonaws.com"];
    if !aws.iter().any(|end| host == *end || host.ends_with(&format!(".{end}"))) {
        return Vec::new();
    }
    let (region, account) = (region(host, rest), account(host));
    let found = |target: JobTarget| Found { target, account: account.clone(), region: region.clone() };
    if let Some(target) = logs(rest) {
        return vec![found(target)];
    }
    let plain = decode(&decode(rest));
    if let Some(named) = plain.find("arn:aws").and_then(|at| arn::read(plain.get(at..)?)) {
        return vec![Found {
            region: named.region.or(region),
            account: named.account.or(account),
            target: named.target,
        }];
    }
    let known = s3(rest).or_else(|| service(&plain));
    known.into_iter().map(found).collect()
}

/// `#logsV2:log-groups/log-group/$252Faws…/log-events/…`, `#logEventViewer:group=…;stream=…`.
fn logs(rest: &str) -> Option<JobTarget> {
    let (group, stream) = if let Some((_, named)) = rest.split_once("log-groups/log-group/") {
        let (group, stream) =
            named.split_once("/log-events").map_or((named, None), |(group, stream)| (group, Some(stream)));
        let stream = stream.and_then(|stream| stream.strip_prefix('/'));
        let name = |text: &str| decode(&decode(&text.replace('$', "%")));
        let cut = |text: &str| name(text.split("$3F").next().unwrap_or(text).split('?').next().unwrap_or_default());
        (cut(group), stream.map(cut))
    } else {
        let (_, named) = rest.split_once("logEventViewer:group=")?;
        let mut parts = named.split(';');
        let stream = parts.clone().find_map(|part| part.strip_prefix("stream="));
        (decode(parts.next()?), stream.map(decode))
    };
    let group = Some(group.trim_end_matches('/').to_owned()).filter(|group| !group.is_empty())?;
    Some(match stream.filter(|stream| !stream.is_empty()) {
        Some(stream) => JobTarget::LogStream { group, stream },
        None => JobTarget::LogGroup(group),
    })
}

/// `s3/object/<bucket>?prefix=<key>`, `s3/buckets/<bucket>?prefix=<folder>`.
fn s3(rest: &str) -> Option<JobTarget> {
    let (_, rest) = rest.split_once("s3/object/").or_else(|| rest.split_once("s3/buckets/"))?;
    let bucket = rest.split(['?', '/', '#']).next()?;
    let key = parameter(rest, "prefix")?;
    path::key_of(bucket, &decode(key))
}

fn service(plain: &str) -> Option<JobTarget> {
    let parts: Vec<&str> = plain.split(['/', '?', '#', '&', ';', ':', '=']).filter(|part| !part.is_empty()).collect();
    let behind = |name: &str| {
        let at = parts.iter().position(|part| *part == name)?;
        parts.get(at + 1).map(|part| (*part).to_owned())
    };
    let has = |fits: fn(&str) -> bool| parts.iter().find(|part| fits(part)).map(|part| (*part).to_owned());
    let first = *parts.first()?;
    if let Some(cluster) = has(ids::cluster) {
        return Some(match has(ids::step) {
            Some(step) => JobTarget::Job(JobId::Step { cluster, step }),
            None => JobTarget::Cluster(cluster),
        });
    }
    let mut serverless = parts.iter().filter(|part| ids::serverless(part));
    if let Some(application) = serverless.next() {
        let application = (*application).to_owned();
        let run = serverless.find(|run| **run != application);
        return Some(match run {
            Some(run) => JobTarget::Job(JobId::Serverless { application, run: (*run).to_owned(), attempt: None }),
            None => JobTarget::Application(application),
        });
    }
    let virtual_cluster = behind("virtual-clusters").or_else(|| behind("virtualclusters"));
    if let Some(virtual_cluster) = virtual_cluster.filter(|id| ids::virtual_cluster(id)) {
        return Some(match has(ids::eks_run) {
            Some(run) => JobTarget::Job(JobId::Eks { virtual_cluster, run }),
            None => JobTarget::VirtualCluster(virtual_cluster),
        });
    }
    if first.starts_with("glue") {
        let job = behind("job").or_else(|| behind("jobName")).or_else(|| behind("etl-job"));
        let run = parts.iter().find_map(|part| ids::glue_run(part));
        return match (job, run) {
            (Some(job), Some(run)) => Some(JobTarget::Job(JobId::Glue { job, run })),
            (Some(job), None) => Some(JobTarget::GlueJob(job)),
            (None, run) => run.map(JobTarget::GlueRun),
        };
    }
    if first == "dms" {
        // The console knows a task by its name alone.
        return behind("taskDetails").map(|name| JobTarget::End(EndId::Task(name)));
    }
    if first == "redshiftv2" || first == "sqlworkbench" {
        return has(ids::uuid).map(|id| JobTarget::End(EndId::Statement(id)));
    }
    if first == "lambda" {
        return behind("functions").map(JobTarget::Function);
    }
    if first == "sagemaker" {
        let lists = [
            ("jobs", SageMakerKind::Training),
            ("training-jobs", SageMakerKind::Training),
            ("processing-jobs", SageMakerKind::Processing),
            ("transform-jobs", SageMakerKind::Transform),
            ("hyper-tuning-jobs", SageMakerKind::Tuning),
        ];
        return lists
            .into_iter()
            .find_map(|(list, kind)| Some(JobTarget::Job(JobId::SageMaker { kind, name: behind(list)? })));
    }
    None
}

fn parameter<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.split(['?', '&', '#']).find_map(|part| part.strip_prefix(name)?.strip_prefix('='))
}

/// `region=eu-west-1`, or a part of the host.
fn region(host: &str, rest: &str) -> Option<String> {
    let fits = |text: &str| {
        text.matches('-').count() >= 2
            && text.ends_with(|c: char| c.is_ascii_digit())
            && text.len() <= 20
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    let given = parameter(rest, "region").filter(|region| fits(region));
    given.or_else(|| host.split('.').find(|label| fits(label))).map(str::to_owned)
}

/// Of the console for several sessions: `123456789012-a1b2c3d4.eu-west-1.console.aws.amazon.com`.
fn account(host: &str) -> Option<String> {
    let label = host.split(['.', '-']).next()?;
    (label.len() == 12 && label.bytes().all(|b| b.is_ascii_digit())).then(|| label.to_owned())
}

/// Percent-encoding undone; what is none stays as it is.
fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}
