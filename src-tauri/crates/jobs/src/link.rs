//! From the job that an execution started to its run, and which runs are of one job.

use crate::{compare::undated, parameters::parameters};
use contract::{
    executions::JobLink,
    jobs::{JobId, SageMakerKind, facts::RunFact},
};

/// The run that an attempt of an execution started, by the ids that its events gave. `None` for services that are no
/// engine here, and for calls that were refused before there was a run.
pub fn id_of(link: &JobLink) -> Option<JobId> {
    let id = |name: &str| link.ids.iter().find(|(key, _)| key == name).map(|(_, id)| id.clone());
    Some(match (link.service.as_str(), link.noun.as_str()) {
        ("EMR", "step") => JobId::Step { cluster: id("ClusterId")?, step: id("StepId")? },
        ("EMR Serverless", "job run") => {
            JobId::Serverless { application: id("ApplicationId")?, run: id("JobRunId")?, attempt: None }
        }
        ("EMR on EKS", "job run") => JobId::Eks { virtual_cluster: id("VirtualClusterId")?, run: id("Id")? },
        ("Glue", "job run") => JobId::Glue { job: id("JobName")?, run: id("JobRunId")? },
        ("Lambda", "function") => JobId::Lambda { function: id("FunctionName")?, request: id("RequestId")? },
        ("SageMaker", noun) => {
            let kind = SageMakerKind::ALL.into_iter().find(|kind| kind.word() == noun)?;
            JobId::SageMaker { kind, name: link.id.clone() }
        }
        _ => return None,
    })
}

/// The same for every run of one job, so that the last success of a failed run can be found. Engines with jobs of their
/// own say it; of the others it is the name without dates and numbers, where the run has one, or else its program. A step
/// belongs to no cluster here: many clusters live for one night.
pub fn kin(run: &RunFact) -> String {
    let code = run.id.engine().code();
    let own = match &run.id {
        JobId::Glue { job, .. } => job.clone(),
        JobId::Lambda { function, .. } => function.clone(),
        JobId::SageMaker { kind, name } => format!("{}/{}", kind.code(), plain(name)),
        JobId::Step { .. } | JobId::Serverless { .. } | JobId::Eks { .. } => {
            let name = run.name.as_deref().or(run.request.name.as_deref()).filter(|name| !name.trim().is_empty());
            match name {
                Some(name) => plain(name),
                None => parameters(&run.request).entry_point.unwrap_or_default(),
            }
        }
    };
    format!("{code}:{own}")
}

/// Each run of digits as `#`; names with a date or a number at their end are of one job.
fn plain(name: &str) -> String {
    undated(name).replace('\u{0}', "#")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    #[test]
    fn what_an_execution_started_is_found_again() {
        let link = |service: &str, noun: &str, id: &str, ids: &[(&str, &str)]| JobLink {
            service: service.into(),
            noun: noun.into(),
            id: id.into(),
            ids: ids.iter().map(|(key, id)| ((*key).into(), (*id).into())).collect(),
            region: None,
            command: None,
            logs: None,
        };
        let cases = [
            (link("Glue", "job run", "jr_1", &[("JobName", "clean"), ("JobRunId", "jr_1")]), Some("glue:clean/jr_1")),
            (link("Glue", "job", "clean", &[("JobName", "clean")]), None),
            (link("EMR", "step", "s-1", &[("ClusterId", "j-1"), ("StepId", "s-1")]), Some("emr:j-1/s-1")),
            (link("EMR", "step", "s-1", &[("StepId", "s-1")]), None),
            (
                link("EMR Serverless", "job run", "b", &[("ApplicationId", "a"), ("JobRunId", "b")]),
                Some("emr-serverless:a/b"),
            ),
            (link("EMR on EKS", "job run", "b", &[("VirtualClusterId", "a"), ("Id", "b")]), Some("emr-containers:a/b")),
            (
                link("Lambda", "function", "load", &[("FunctionName", "load"), ("RequestId", "r")]),
                Some("lambda:load/r"),
            ),
            (link("SageMaker", "tuning job", "t", &[]), Some("sagemaker:hyper-parameter-tuning-job/t")),
            (link("Batch", "job", "b", &[("JobId", "b")]), None),
        ];
        for (link, expected) in cases {
            assert_eq!(id_of(&link).map(|id| id.to_string()).as_deref(), expected, "{link:?}");
        }
    }

    #[test]
    fn runs_of_one_job_are_kin_whatever_the_day() {
        let mut run = sample::step();
        run.name = Some("load 2026-11-20".into());
        let mut other = sample::step();
        other.name = Some("load 2026-11-21".into());
        other.id = JobId::Step { cluster: "j-2".into(), step: "s-2".into() };
        assert_eq!(kin(&run), kin(&other));
        other.name = Some("save 2026-11-21".into());
        assert_ne!(kin(&run), kin(&other));
        (other.name, other.request.name) = (None, None);
        assert_eq!(kin(&other), "emr:s3://code/etl.py");
        assert_eq!(kin(&sample::training()), "sagemaker:training-job/churn-#");
    }
}
