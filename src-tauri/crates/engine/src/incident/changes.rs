//! What is different from the last success: the differences of the job and those of the execution around it, in a list that
//! can be read, and how many more there are.

use contract::{
    executions::Difference,
    incident::{Incident, IncidentTarget, MoreChanges},
    jobs::JobId,
};

/// Differences that are shown.
const MOST: usize = 12;
/// Of these, room that the execution's keep beside a job with many.
const OF_EXECUTION: usize = 4;

/// As far as they were read.
#[derive(Debug, Default)]
pub struct Changes {
    job: Option<(JobId, Vec<Difference>)>,
    execution: Option<(String, Vec<Difference>)>,
}

impl Changes {
    pub fn of_job(&mut self, id: &JobId, differences: &[Difference]) {
        self.job = Some((id.clone(), differences.to_vec()));
    }

    pub fn of_execution(&mut self, arn: &str, differences: &[Difference]) {
        self.execution = Some((arn.to_owned(), differences.to_vec()));
    }

    /// The job's own first: they say more than those of the execution around it.
    pub fn all(&self) -> impl Iterator<Item = &Difference> {
        let of_job = self.job.iter().flat_map(|(_, differences)| differences);
        of_job.chain(self.execution.iter().flat_map(|(_, differences)| differences))
    }

    pub fn tell(&self, incident: &mut Incident) {
        let of_job = self.job.as_ref().map(|(_, differences)| differences.as_slice()).unwrap_or_default();
        let around = self.execution.as_ref().map(|(_, differences)| differences.as_slice()).unwrap_or_default();
        let job_room = MOST - around.len().min(OF_EXECUTION);
        let (shown, rest) = of_job.split_at(of_job.len().min(job_room));
        let (beside, left) = around.split_at(around.len().min(MOST - shown.len()));
        incident.changes = shown.iter().chain(beside).cloned().collect();
        let more = |rest: &[Difference], of| MoreChanges { count: rest.len() as u64, of };
        let job = self.job.as_ref().map(|(id, _)| more(rest, IncidentTarget::Job(id.clone())));
        let execution = self.execution.as_ref().map(|(arn, _)| more(left, IncidentTarget::Execution(arn.clone())));
        incident.more_changes = job.into_iter().chain(execution).filter(|more| more.count > 0).collect();
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::{incident::begun, now::tests_of_incidents::row};
    use contract::executions::Status;

    fn differences(place: &str, count: usize) -> Vec<Difference> {
        let one = |number| Difference {
            what: "argument".into(),
            place: format!("{place} {number}"),
            then: None,
            now: Some("x".into()),
            at: None,
        };
        (0..count).map(one).collect()
    }

    /// Of which nothing is known yet.
    pub fn incident() -> Incident {
        let execution = row("one", Status::Failed, None, 6);
        let at = execution.started;
        begun(execution, at)
    }

    /// Shown of the job, of the execution, and how many more of each.
    fn told(of_job: usize, of_execution: usize) -> (usize, usize, Vec<u64>) {
        let job = JobId::Glue { job: "crm".into(), run: "jr_1".into() };
        let mut changes = Changes::default();
        // Whichever is read first.
        changes.of_execution("arn", &differences("execution", of_execution));
        changes.of_job(&job, &differences("job", of_job));
        let mut incident = incident();
        changes.tell(&mut incident);
        let shown = incident.changes.iter().filter(|one| one.place.starts_with("job")).count();
        assert!(incident.changes.iter().take(shown).all(|one| one.place.starts_with("job")), "the job's own first");
        assert_eq!(changes.all().count(), of_job + of_execution);
        (shown, incident.changes.len() - shown, incident.more_changes.iter().map(|more| more.count).collect())
    }

    #[test]
    fn what_is_not_shown_is_counted() {
        assert_eq!(told(3, 2), (3, 2, Vec::new()));
        assert_eq!(told(20, 0), (12, 0, vec![8]));
        assert_eq!(told(20, 2), (10, 2, vec![10]));
        assert_eq!(told(20, 9), (8, 4, vec![12, 5]));
        assert_eq!(told(1, 15), (1, 11, vec![4]));
    }
}
