//! What of a place is worth a notification: failed executions, failed runs that no execution explains, jobs and state
//! machines that are late.

use super::Sight;
use crate::now::{ended as end_of, failed_jobs, incidents};
use ::jobs::link::is_started;
use contract::{
    Timestamp,
    executions::ExecutionRow,
    jobs::JobId,
    now::{AlertEvent, NowKind, NowRow},
    settings::Place,
};
use std::{collections::HashMap, time::Duration};

/// Something that has happened, by its name, and when: an execution that is redriven may fail again. The name is the same
/// for every profile that sees it.
pub(super) type Happened = (String, Timestamp);

/// What a notification speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Subject {
    Machine,
    Job,
    Late,
    LateMachine,
    Pending,
    Drift,
    Silent,
    Endpoint,
}

/// Something on the page Now with what it is made of.
#[derive(Debug, Clone)]
pub(super) struct Failing {
    /// Of the row that shows it.
    pub id: String,
    pub subject: Subject,
    pub what: String,
    /// Of a machine its error, otherwise why.
    pub words: String,
    /// The words are but the status.
    pub bare: bool,
    /// When it happened last.
    pub newest: Timestamp,
    /// What a notification of it leads to.
    pub opens: AlertEvent,
    pub happened: Vec<Happened>,
}

impl Failing {
    pub fn of(row: &NowRow, happened: Vec<Happened>) -> Self {
        let (subject, words) = match row.kind {
            NowKind::Failed => (Subject::Machine, row.error.clone().unwrap_or_default()),
            NowKind::FailedJob => (Subject::Job, row.why.clone()),
            _ if row.machine.is_some() => (Subject::LateMachine, row.why.clone()),
            _ => (Subject::Late, row.why.clone()),
        };
        Self {
            id: row.id.clone(),
            subject,
            what: row.what.clone(),
            bare: subject == Subject::Machine && row.status.is_none_or(|status| status.word() == words),
            words,
            newest: row.newest,
            opens: AlertEvent::Open { incident: Some(row.id.clone()) },
            happened,
        }
    }
}

/// What failed, or became late, in a place since then. `was_told` knows what a notification has told already: an execution
/// that fails because of a run that was told is no news. A run is left out for the time `settle` after its end: whether an
/// execution explains it shows in that one's history, and that is read when it has ended. Nor is an execution told
/// before it is known why it failed, for it would be another incident than it is: not while a look `is_under_way`, nor in
/// that time after its end. One whose history cannot be read is told then.
pub(super) fn failing(
    (sight, is_under_way): (&Sight, bool),
    place: &Place,
    since: Timestamp,
    settle: Duration,
    was_told: impl Fn(&str) -> bool,
) -> Vec<Failing> {
    let mut all = Vec::new();
    let ended = |row: &&ExecutionRow| row.stopped.is_some_and(|stopped| stopped >= since);
    let settled = sight.as_of.and_then(|as_of| as_of.checked_sub(settle).ok());
    let is_settled = |at: Timestamp| settled.is_some_and(|settled| at <= settled);
    let is_known = |row: &&ExecutionRow| row.looked || !is_under_way && row.stopped.is_some_and(is_settled);
    let recent = sight.executions.values().filter(ended).filter(is_known);
    for row in incidents(recent, place).into_iter().filter(|row| row.kind == NowKind::Failed) {
        let new = row.executions.iter().filter(|arn| !explains_what_was_told(sight, place, arn, &was_told));
        let happened =
            new.filter_map(|arn| Some((arn.clone(), sight.executions.get(arn)?.stopped?))).collect::<Vec<_>>();
        all.push(Failing::of(&row, happened));
    }
    let ends: HashMap<&JobId, Timestamp> =
        sight.failed_jobs.iter().filter_map(|row| Some((&row.id, end_of(row)?))).collect();
    for row in failed_jobs(&sight.failed_jobs, sight.started.values().flatten(), since, place) {
        let over = |id: &JobId| ends.get(id).copied().filter(|at| is_settled(*at));
        let happened = row.jobs.iter().filter_map(|id| Some((name_of(place, id), over(id)?))).collect::<Vec<_>>();
        all.push(Failing::of(&row, happened));
    }
    for (row, due) in sight.all_late().filter(|(_, due)| *due >= since) {
        let name = row.id.strip_prefix(&place.profile).unwrap_or(&row.id).to_owned();
        all.push(Failing::of(row, vec![(name, *due)]));
    }
    all
}

fn name_of(place: &Place, job: &JobId) -> String {
    format!("{} {job}", place.region)
}

fn explains_what_was_told(sight: &Sight, place: &Place, arn: &str, was_told: &impl Fn(&str) -> bool) -> bool {
    let Some(started) = sight.started.get(arn) else { return false };
    let mut told = sight.failed_jobs.iter().filter(|row| was_told(&name_of(place, &row.id)));
    told.any(|row| started.iter().any(|started| is_started(row, started)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::now::{tests_of_incidents::row, tests_of_jobs::failed_run};
    use contract::{executions::Status, jobs::facts::StartedRun};

    const SETTLE: Duration = Duration::from_mins(2);

    fn at(text: &str) -> Timestamp {
        format!("2026-11-21T{text}:00Z").parse().unwrap()
    }

    fn place() -> Place {
        Place { profile: "p".into(), region: "eu-west-1".into() }
    }

    fn execution(stopped: Timestamp) -> ExecutionRow {
        ExecutionRow {
            arn: "arn:one".into(),
            machine_arn: "arn:daily".into(),
            stopped: Some(stopped),
            ..row("one", Status::Failed, Some("Bad"), 5)
        }
    }

    fn names(sight: &Sight, told: &[&str]) -> Vec<String> {
        let all = failing((sight, false), &place(), at("00:00"), SETTLE, |name| told.contains(&name));
        all.into_iter().flat_map(|one| one.happened).map(|(name, _)| name).collect()
    }

    #[test]
    fn a_run_is_told_once_no_execution_explains_it_and_some_time_has_passed() {
        let run = failed_run("clean", "jr_1", at("06:00"));
        let id = run.id.clone();
        let mut sight = Sight { failed_jobs: vec![run], as_of: Some(at("06:01")), ..Sight::default() };
        assert!(names(&sight, &[]).is_empty(), "its execution may not have been looked at yet");
        sight.as_of = Some(at("06:02"));
        assert_eq!(names(&sight, &[]), ["eu-west-1 glue:clean/jr_1"]);
        sight.started.insert("arn:one".into(), vec![StartedRun::Run(id)]);
        assert!(names(&sight, &[]).is_empty(), "the execution is told");
    }

    #[test]
    fn an_execution_that_fails_for_a_run_that_was_told_is_no_news() {
        let run = failed_run("clean", "jr_1", at("06:00"));
        let mut sight = Sight { as_of: Some(at("06:30")), ..Sight::default() };
        sight.started.insert("arn:one".into(), vec![StartedRun::Run(run.id.clone())]);
        sight.failed_jobs.push(run);
        sight.executions.insert("arn:one".into(), execution(at("06:10")));
        assert_eq!(names(&sight, &[]), ["arn:one"]);
        assert!(names(&sight, &["eu-west-1 glue:clean/jr_1"]).is_empty());
    }

    #[test]
    fn an_execution_is_not_told_before_it_is_known_why_it_failed() {
        let listed = ExecutionRow { looked: false, error: None, ..execution(at("06:00")) };
        let mut sight = Sight { as_of: Some(at("06:01")), ..Sight::default() };
        sight.executions.insert(listed.arn.clone(), listed);
        let told = |sight: &Sight, is_under_way| {
            let all = failing((sight, is_under_way), &place(), at("00:00"), SETTLE, |_| false);
            all.into_iter().map(|one| one.id).collect::<Vec<_>>()
        };
        assert!(told(&sight, true).is_empty());
        assert!(told(&sight, false).is_empty(), "the next look asks again");
        sight.as_of = Some(at("06:02"));
        assert!(told(&sight, true).is_empty());
        assert_eq!(told(&sight, false), ["p arn:daily failed"], "its history cannot be read");
        sight.executions.insert("arn:one".into(), execution(at("06:00")));
        assert_eq!(told(&sight, true), ["p arn:daily Bad"]);
    }

    #[test]
    fn a_late_job_is_told_by_the_time_when_it_became_late() {
        let run = failed_run("clean", "jr_1", at("06:00"));
        let rows = failed_jobs(std::slice::from_ref(&run), [].iter(), at("00:00"), &place());
        let late = NowRow { id: "p eu-west-1 late job clean".into(), kind: NowKind::Late, ..rows[0].clone() };
        let mut sight = Sight { late_jobs: vec![(late, at("07:00"))], ..Sight::default() };
        assert_eq!(names(&sight, &[]), [" eu-west-1 late job clean"], "whatever the profile");
        let machine = NowRow {
            id: "p arn:daily Late".into(),
            machine: Some("arn:daily".into()),
            jobs: Vec::new(),
            ..sight.late_jobs[0].0.clone()
        };
        assert_eq!(Failing::of(&machine, Vec::new()).subject, Subject::LateMachine);
        sight.late_machines = vec![(machine, at("07:30"))];
        assert_eq!(names(&sight, &[]), [" arn:daily Late", " eu-west-1 late job clean"]);
        let yesterday = "2026-11-20T07:00:00Z".parse().unwrap();
        (sight.late_jobs[0].1, sight.late_machines[0].1) = (yesterday, yesterday);
        assert!(names(&sight, &[]).is_empty(), "late for more than a day");
    }
}
