//! ARNs of runs and the pages of the console that show them.
//!
//! Neither a step of EMR nor a run of Glue nor an invocation has an ARN of its own: what a policy names is the cluster, the
//! job or the function ("Actions, resources, and condition keys" of each service).

use contract::{
    arn::console_host,
    jobs::{JobId, SageMakerKind},
};
use std::fmt::Write;

/// Where a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'a> {
    /// `aws`, `aws-cn`, `aws-us-gov`.
    pub partition: &'a str,
    pub region: &'a str,
    /// Twelve digits.
    pub account: &'a str,
}

/// What a policy names for this run.
pub fn arn(id: &JobId, place: &Place<'_>) -> String {
    let (service, resource) = match id {
        JobId::Cluster { cluster } | JobId::Step { cluster, .. } => ("elasticmapreduce", format!("cluster/{cluster}")),
        JobId::Serverless { application, run, .. } => {
            ("emr-serverless", format!("/applications/{application}/jobruns/{run}"))
        }
        JobId::Eks { virtual_cluster, run } => {
            ("emr-containers", format!("/virtualclusters/{virtual_cluster}/jobruns/{run}"))
        }
        JobId::Glue { job, .. } => ("glue", format!("job/{job}")),
        JobId::Lambda { function, .. } => ("lambda", format!("function:{function}")),
        JobId::SageMaker { kind, name } => ("sagemaker", format!("{}/{name}", kind.code())),
    };
    let Place { partition, region, account } = place;
    format!("arn:{partition}:{service}:{region}:{account}:{resource}")
}

/// The page of the console. For EMR on EKS it is the list of virtual clusters and for EMR Serverless the application: the
/// console has no lasting address for one of their runs.
pub fn console(id: &JobId, place: &Place<'_>) -> String {
    let region = place.region;
    let host = console_host(place.partition);
    let page = |service: &str, rest: String| format!("https://{region}.{host}/{service}/home?region={region}#{rest}");
    match id {
        JobId::Cluster { cluster } | JobId::Step { cluster, .. } => {
            page("emr", format!("/clusterDetails/{}", encode(cluster)))
        }
        JobId::Serverless { application, .. } => {
            page("emr", format!("/serverless/applications/{}", encode(application)))
        }
        JobId::Eks { virtual_cluster, .. } => page("emr", format!("/eks/virtual-clusters/{}", encode(virtual_cluster))),
        JobId::Glue { job, run } => page("gluestudio", format!("/job/{}/run/{}", encode(job), encode(run))),
        JobId::Lambda { function, .. } => page("lambda", format!("/functions/{}?tab=monitoring", encode(function))),
        JobId::SageMaker { kind, name } => {
            let list = match kind {
                SageMakerKind::Training => "jobs",
                SageMakerKind::Processing => "processing-jobs",
                SageMakerKind::Transform => "transform-jobs",
                SageMakerKind::Tuning => "hyper-tuning-jobs",
            };
            page("sagemaker", format!("/{list}/{}", encode(name)))
        }
    }
}

pub(crate) fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    const PLACE: Place<'_> = Place { partition: "aws", region: "eu-west-1", account: "123456789012" };

    #[test]
    fn arns_are_what_policies_name() {
        let arns: Vec<String> = sample::all().iter().map(|run| arn(&run.id, &PLACE)).collect();
        let expected = [
            "arn:aws:elasticmapreduce:eu-west-1:123456789012:cluster/j-1K48XXXXXXHCB",
            "arn:aws:emr-serverless:eu-west-1:123456789012:/applications/00f4k2m8p1q3r509/jobruns/00f4k2m8p1q3r5ab",
            "arn:aws:emr-containers:eu-west-1:123456789012:/virtualclusters/1f3k5m7p9r1t3v5x7z9b1d3f5/jobruns/000000030ur9k8pf9eo",
            "arn:aws:glue:eu-west-1:123456789012:job/clean",
            "arn:aws:lambda:eu-west-1:123456789012:function:load-redshift",
            "arn:aws:sagemaker:eu-west-1:123456789012:training-job/churn-1",
        ];
        assert_eq!(arns, expected);
    }

    #[test]
    fn names_do_not_leave_their_place_in_an_address() {
        let id = JobId::Glue { job: "a/b ?x=1#y".into(), run: "jr_1".into() };
        assert_eq!(
            console(&id, &PLACE),
            "https://eu-west-1.console.aws.amazon.com/gluestudio/home?region=eu-west-1#/job/a%2Fb%20%3Fx%3D1%23y/run/jr_1"
        );
    }
}
