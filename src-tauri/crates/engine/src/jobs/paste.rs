//! What a pasted text leads to among jobs and logs.

use crate::Desk;
use ::jobs::{link::first_attempt, paste};
use contract::{
    ends::EndId,
    jobs::{JobId, JobTarget},
    palette::{Target, TargetPlace},
};

impl Desk {
    /// Everything that the text names. An id that does not say what it belongs to is that of a run that some list showed,
    /// if there is one.
    pub(crate) fn job_targets(&self, text: &str) -> Vec<Target> {
        // A link of our own names a page and not a job.
        if text.trim_start().to_ascii_lowercase().starts_with("quarterdeck:") {
            return Vec::new();
        }
        let mut targets: Vec<Target> = Vec::new();
        for found in paste::resolve(text) {
            let known = own_id(&found.target).and_then(|own| self.known_run(own));
            let known = known.or_else(|| match &found.target {
                JobTarget::GlueRun(run) => retry_of(run, &self.known_run(first_attempt(run))?),
                _ => None,
            });
            let target =
                known.map(JobTarget::Job).or_else(|| self.known_statement(&found.target)).unwrap_or(found.target);
            let title = paste::title(&target);
            let place = TargetPlace::Job(target);
            if !targets.iter().any(|known| known.place == place) {
                targets.push(Target { place, title, account: found.account, region: found.region });
            }
        }
        targets
    }

    /// A bare id that a list of statements showed.
    fn known_statement(&self, target: &JobTarget) -> Option<JobTarget> {
        let JobTarget::RequestId(id) = target else { return None };
        let known = self.is_statement(&self.session().ok()?, id);
        known.then(|| JobTarget::End(EndId::Statement(id.clone())))
    }

    fn known_run(&self, own: &str) -> Option<JobId> {
        self.inner.jobs.ids.last(&super::key(&self.session().ok()?, &own))
    }
}

/// A retry of a run that is known: both are of one job.
fn retry_of(run: &str, first: &JobId) -> Option<JobId> {
    match first {
        JobId::Glue { job, .. } => Some(JobId::Glue { job: job.clone(), run: run.to_owned() }),
        _ => None,
    }
}

/// Of ids that do not say what they belong to.
fn own_id(target: &JobTarget) -> Option<&str> {
    match target {
        JobTarget::Step(id)
        | JobTarget::ServerlessId(id)
        | JobTarget::EksRun(id)
        | JobTarget::GlueRun(id)
        | JobTarget::RequestId(id)
        | JobTarget::YarnApplication(id) => Some(id),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_retry_is_of_the_job_of_its_first_run() {
        let first = JobId::Glue { job: "clean".into(), run: "jr_0a1b2c3d".into() };
        let run = "jr_0a1b2c3d_attempt_2";
        assert_eq!(first_attempt(run), first.own());
        assert_eq!(retry_of(run, &first), Some(JobId::Glue { job: "clean".into(), run: run.into() }));
        assert_eq!(retry_of(run, &JobId::Cluster { cluster: "j-1".into() }), None);
    }
}
