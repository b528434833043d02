//! Jobs that have not run as they did: those of Glue and functions, which have clocks of their own, and those of the other
//! engines that have a rhythm; and state machines, by what starts them. What runs seldom or as somebody likes is never late.

mod changed;
mod closer;
mod functions;
mod glue;
mod inputs;
mod machines;
mod runs;
mod starters;

pub(crate) use closer::look_closer;
pub(crate) use machines::late_machines;

use crate::Desk;
use ::executions::schedule::Schedule;
use ::jobs::absent::{absence, due};
use ::objects::pattern::Watched;
use aws::Session;
use contract::{
    Notice, Timestamp,
    facts::{Known, Missing},
    jobs::{
        Absence, Engine, JobId,
        absence::{AbsenceFacts, ChangeFact, StarterFact},
    },
};
use jiff::SignedDuration;
use starters::Clocks;

/// The newest runs, from which a rhythm is told.
const MOST_RUNS: i32 = 25;
/// A job that has not run for longer is retired and not late.
const RETIRED: SignedDuration = SignedDuration::from_hours(30 * 24);
const AT_ONCE: usize = 3;

/// A job or state machine that should have run.
#[derive(Debug)]
pub(crate) struct LateJob {
    /// The same for every run of it (`::jobs::link::kin`).
    pub kin: String,
    pub name: String,
    /// Its newest run, where it is known, and when that began.
    pub last: Option<JobId>,
    pub since: Timestamp,
    /// When it became late.
    pub due: Timestamp,
    pub absence: Absence,
    /// What a closer look begins with.
    pub facts: LateFacts,
}

/// What is known of a job or state machine that is late.
#[derive(Debug, Clone)]
pub(crate) struct LateFacts {
    pub facts: AbsenceFacts,
    pub what: Overdue,
}

/// What has not run.
#[derive(Debug, Clone)]
pub(crate) enum Overdue {
    /// A job, by its newest run.
    Job(JobId),
    Function,
    Machine {
        /// Without a version or alias.
        arn: String,
        /// Where its rules wait for objects.
        watched: Vec<Watched>,
        /// When it was looked what came there.
        looked: Timestamp,
    },
}

/// The jobs that are late, and which engines could not be asked.
pub(crate) async fn late_jobs(desk: &Desk, session: &Session) -> (Vec<LateJob>, Vec<Notice>) {
    let clocks = Clocks::new();
    let (glue, functions, applications, clusters, virtual_clusters, sagemaker) = tokio::join!(
        glue::of_glue(desk, session, &clocks),
        functions::late(desk, session),
        runs::late(desk, session, Engine::EmrServerless, &clocks),
        runs::late(desk, session, Engine::Emr, &clocks),
        runs::late(desk, session, Engine::EmrEks, &clocks),
        runs::late(desk, session, Engine::SageMaker, &clocks),
    );
    let (mut jobs, mut notices) = (Vec::new(), Vec::new());
    let read = [
        (Engine::Glue, glue),
        (Engine::Lambda, functions),
        (Engine::EmrServerless, applications),
        (Engine::Emr, clusters),
        (Engine::EmrEks, virtual_clusters),
        (Engine::SageMaker, sagemaker),
    ];
    for (engine, late) in read {
        match late {
            Ok((late, said)) => {
                jobs.extend(late);
                notices.extend(said);
            }
            Err(error) => notices
                .push(Notice::warning(format!("Jobs of {} that are late may be missing: {error}.", engine.word()))),
        }
    }
    (jobs, notices)
}

/// Where not all were looked at: `the first 300`.
fn cut(engine: Engine, looked: &str) -> Notice {
    let text = format!("Jobs of {} that are late may be missing: only {looked} were looked at.", engine.word());
    Notice::warning(text)
}

/// What is late by these facts.
fn made(kin: String, last: Option<JobId>, facts: AbsenceFacts, now: Timestamp) -> Option<LateJob> {
    let absence = absence(&facts, now)?;
    let since = facts.last_run.as_ref().ok().copied().flatten()?;
    let (due, name) = (due(&facts)?, facts.job.clone());
    let what = last.clone().map_or(Overdue::Function, Overdue::Job);
    Some(LateJob { kin, name, last, since, due, absence, facts: LateFacts { facts, what } })
}

/// Anybody may start a job: that nothing is known to says nothing.
fn unknown_starter(action: &str) -> Known<Vec<StarterFact>> {
    Err(Missing {
        action: action.to_owned(),
        denied: false,
        reason: "it has no trigger, and whoever else starts it is not known".into(),
    })
}

/// Who changed something is kept by CloudTrail, which is asked by a closer look alone: it takes two calls a second.
fn unknown_changes() -> Known<ChangeFact> {
    Err(Missing {
        action: "cloudtrail:LookupEvents".to_owned(),
        denied: false,
        reason: "CloudTrail keeps it, and is asked when somebody looks closer".into(),
    })
}

/// Half of the seconds until a clock has started a job twice since it ran: what counts are the starts that are missed, and
/// a clock may rest over the weekend.
fn period(expression: &str, zone: Option<&str>, last: Timestamp) -> Option<u64> {
    let schedule = Schedule::read(expression, zone).ok()?;
    let second = schedule.next(schedule.next(last)?)?;
    Some(u64::try_from(second.duration_since(last).as_secs()).ok()?.div_ceil(2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_rests_on_weekends_misses_nothing_then() {
        let friday: Timestamp = "2026-11-20T05:00:12Z".parse().unwrap();
        let weekdays = period("cron(0 5 ? * MON-FRI *)", None, friday).unwrap();
        let due = friday.checked_add(SignedDuration::from_secs(2 * i64::try_from(weekdays).unwrap())).unwrap();
        let tuesday: Timestamp = "2026-11-24T05:00:00Z".parse().unwrap();
        assert!(due >= tuesday && due.duration_since(tuesday).as_secs() < 2, "{due}");
    }
}
