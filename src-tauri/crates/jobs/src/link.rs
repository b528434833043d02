//! Which runs are of one job, and which one an execution started.

use crate::{compare::undated, parameters::parameters};
use contract::jobs::{
    JobId, JobRow,
    facts::{RunFact, StartedRun},
};
use jiff::SignedDuration;

/// How far the clocks of two services may be apart.
const APART: SignedDuration = SignedDuration::from_secs(5);

/// The same for every run of one job, so that the last success of a failed run can be found. Engines with jobs of their
/// own say it; of the others it is the name without dates and numbers, where the run has one, or else its program. A step
/// belongs to no cluster here: many clusters live for one night.
pub fn kin(run: &RunFact) -> String {
    let code = run.id.engine().code();
    let own = match &run.id {
        JobId::Glue { job, .. } => job.clone(),
        JobId::Lambda { function, .. } => function.clone(),
        JobId::SageMaker { kind, name } => format!("{}/{}", kind.code(), plain(name)),
        JobId::Cluster { .. } => format!("cluster/{}", plain(run.name.as_deref().unwrap_or_default())),
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

/// The same for rows of one job, as far as a row tells: of engines without jobs of their own by the name alone.
pub fn family(row: &JobRow) -> String {
    let own = match &row.id {
        JobId::Glue { job, .. } => job.clone(),
        JobId::Lambda { function, .. } => function.clone(),
        JobId::SageMaker { kind, .. } => format!("{}/{}", kind.code(), plain(&row.name)),
        JobId::Cluster { .. } => format!("cluster/{}", plain(&row.name)),
        JobId::Step { .. } | JobId::Serverless { .. } | JobId::Eks { .. } => plain(&row.name),
    };
    format!("{}:{own}", row.id.engine().code())
}

/// Whether a row is the run that an execution started; of a call whose request is not named, one of that function and time.
pub fn is_started(row: &JobRow, started: &StartedRun) -> bool {
    match (started, &row.id) {
        (StartedRun::Run(_), id) => is_run(id, started),
        (StartedRun::Call { function, from, until }, JobId::Lambda { function: own, .. }) => {
            let began = row.started.or(row.created).or(row.ended);
            function == own
                && began.is_some_and(|began| {
                    from.checked_sub(APART).is_ok_and(|from| began >= from)
                        && until.is_none_or(|until| until.checked_add(APART).is_ok_and(|until| began <= until))
                })
        }
        (StartedRun::Call { .. }, _) => false,
    }
}

/// Whether an execution started the run with this id, as its history names it.
pub fn is_run(id: &JobId, started: &StartedRun) -> bool {
    matches!(started, StartedRun::Run(run) if without_attempt(run) == without_attempt(id))
}

/// The run without its attempt: its engine may have tried again by itself.
pub fn without_attempt(id: &JobId) -> JobId {
    match id {
        JobId::Serverless { application, run, .. } => {
            JobId::Serverless { application: application.clone(), run: run.clone(), attempt: None }
        }
        JobId::Glue { job, run } => JobId::Glue { job: job.clone(), run: first_attempt(run).to_owned() },
        other => other.clone(),
    }
}

/// The id of the run of Glue that the service retried.
pub fn first_attempt(run: &str) -> &str {
    run.split_once("_attempt_").map_or(run, |(first, _)| first)
}

/// Each number or date as one `#`; names with one of them are of one job.
fn plain(name: &str) -> String {
    let mut plain = undated(name).replace('\u{0}', "#");
    while plain.contains("#-#") {
        plain = plain.replace("#-#", "#");
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    #[test]
    fn a_row_is_known_as_the_run_that_an_execution_started() {
        let now = "2026-11-21T08:00:00Z".parse().unwrap();
        let mut row = crate::view::row(&sample::glue(), now);
        row.id = JobId::Glue { job: "clean".into(), run: "jr_1_attempt_1".into() };
        let run = |run: &str| StartedRun::Run(JobId::Glue { job: "clean".into(), run: run.into() });
        assert!(is_started(&row, &run("jr_1")) && !is_started(&row, &run("jr_2")));
        assert!(is_run(&row.id, &run("jr_1")) && !is_run(&row.id, &run("jr_2")));
        assert_eq!(family(&row), "glue:clean");

        let mut call = crate::view::row(&sample::lambda(), now);
        let JobId::Lambda { function, .. } = call.id.clone() else { panic!("a function") };
        let at = |text: &str| text.parse().unwrap();
        let (from, until) = (at("2026-11-21T05:00:00Z"), Some(at("2026-11-21T05:02:00Z")));
        let started = StartedRun::Call { function: function.clone(), from, until };
        call.started = Some(at("2026-11-21T05:01:00Z"));
        assert!(is_started(&call, &started));
        call.started = Some(at("2026-11-21T05:10:00Z"));
        assert!(!is_started(&call, &started), "somebody else called it later");
        assert!(!is_started(&call, &StartedRun::Call { function: "other".into(), from, until: None }));
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
