//! Jobs of Glue, which have clocks of their own: their triggers.

use super::{
    AT_ONCE, LateJob, MOST_RUNS, RETIRED, cut,
    inputs::inputs,
    made, period,
    starters::{self, Clocks},
    unknown_changes, unknown_starter,
};
use crate::Desk;
use ::jobs::{
    absent::{absence, rhythm},
    state::state_of,
};
use aws::{
    AwsError, Session,
    jobs::glue::{self, GlueJob, GlueTrigger},
};
use contract::{
    Notice, Timestamp,
    facts::Known,
    jobs::{
        Engine, State,
        absence::{AbsenceFacts, ChangeFact, QuotaFact, StarterFact},
        facts::RunFact,
    },
};
use futures_util::{StreamExt, stream};

/// Pages of jobs.
const MOST_PAGES: usize = 5;
/// Jobs whose runs are read.
const MOST_JOBS: usize = 300;

/// Jobs of Glue that are late.
pub(super) async fn of_glue(
    desk: &Desk,
    session: &Session,
    clocks: &Clocks,
) -> Result<(Vec<LateJob>, Vec<Notice>), AwsError> {
    let mut jobs = Vec::new();
    let mut token = None;
    for _ in 0..MOST_PAGES {
        let (page, next) = glue::jobs_page(session, token).await?;
        jobs.extend(page);
        token = next;
        if token.is_none() {
            break;
        }
    }
    if jobs.is_empty() {
        return Ok((Vec::new(), Vec::new()));
    }
    let unseen = beyond(jobs.len(), token.is_some());
    let triggers = glue::triggers(session).await;
    let mut asking = Vec::with_capacity(jobs.len().min(MOST_JOBS));
    for job in jobs.iter().take(MOST_JOBS) {
        asking.push(late(desk, session, job, &triggers, clocks));
    }
    // One whose runs cannot be read is told by the list of what failed.
    let late: Vec<LateJob> =
        stream::iter(asking).buffer_unordered(AT_ONCE).filter_map(|late| async { late }).collect().await;
    Ok((late, unseen.into_iter().collect()))
}

/// Jobs of Glue are more than those whose runs are read; whether there are `more` than these.
fn beyond(jobs: usize, more: bool) -> Option<Notice> {
    (more || jobs > MOST_JOBS).then(|| cut(Engine::Glue, &format!("the first {}", jobs.min(MOST_JOBS))))
}

async fn late(
    desk: &Desk,
    session: &Session,
    job: &GlueJob,
    triggers: &Known<Vec<GlueTrigger>>,
    clocks: &Clocks,
) -> Option<LateJob> {
    let (runs, next) = glue::runs_page(session, job, MOST_RUNS, None).await.ok()?;
    let now = session.now();
    let last = runs.iter().max_by_key(|run| run.created)?;
    last.created.filter(|at| now.duration_since(*at) < RETIRED)?;
    let mut facts = facts(job.row.name.clone(), &runs, triggers)?;
    facts.quotas = quota(job.most_runs, &runs, next.is_some()).map(Ok).into_iter().collect();
    let modified = job.modified.map(|at| ChangeFact { at, what: "its definition was changed".to_owned(), who: None });
    facts.changes.extend(modified.map(Ok));
    absence(&facts, now)?;
    // Only now is it worth the calls.
    facts.inputs = inputs(session, last).await;
    if triggers.is_ok()
        && let Ok(last) = desk.described(session, &last.id).await
    {
        starters::learn(desk, session, clocks, &last, &mut facts).await;
    }
    made(::jobs::link::kin(last), Some(last.id.clone()), facts, now)
}

/// Runs of a job that go on, of those that it may have at once, by its newest; whether there are `more` runs.
fn quota(most: Option<u64>, runs: &[RunFact], more: bool) -> Option<QuotaFact> {
    let limit = most.filter(|limit| *limit > 0)?;
    let open: Vec<_> = runs.iter().filter(|run| !state_of(run).is_over()).collect();
    let since = open.iter().filter_map(|run| run.started.or(run.created)).max();
    Some(QuotaFact {
        name: "concurrent runs of the job".to_owned(),
        used: open.len() as u64,
        // The newest runs cannot tell whether a limit beyond their number is reached.
        at_least: more && limit > runs.len() as u64,
        limit: Some(limit),
        since,
        waiting: 0,
    })
}

/// What is known of a job that a clock starts, or that has a rhythm; `None` for one that runs when somebody wants it to.
fn facts(job: String, runs: &[RunFact], triggers: &Known<Vec<GlueTrigger>>) -> Option<AbsenceFacts> {
    let own: Vec<&GlueTrigger> =
        triggers.as_deref().unwrap_or_default().iter().filter(|trigger| trigger.jobs.contains(&job)).collect();
    let starts: Vec<Timestamp> = runs.iter().filter_map(|run| run.created).collect();
    let last = starts.iter().copied().max();
    let clocks = own.iter().filter(|trigger| trigger.enabled).filter_map(|trigger| trigger.schedule.as_deref());
    let by_clock = clocks.filter_map(|clock| period(clock, None, last?)).min();
    let every = by_clock.or_else(|| rhythm(&starts))?;
    let starters = match triggers {
        Err(missing) => Err(missing.clone()),
        Ok(all) => {
            let gone = lost(runs, all).filter(|trigger| !trigger.jobs.contains(&job));
            let known: Vec<StarterFact> = own
                .iter()
                .map(|trigger| starter(trigger, true))
                .chain(gone.map(|trigger| starter(trigger, false)))
                .collect();
            if known.is_empty() { unknown_starter("glue:StartJobRun") } else { Ok(known) }
        }
    };
    let succeeded = runs.iter().filter(|run| state_of(run) == State::Succeeded);
    Some(AbsenceFacts {
        job,
        last_run: Ok(last),
        last_success: Ok(succeeded.filter_map(|run| run.ended).max()),
        every: Some(every),
        starters,
        home: None,
        inputs: Vec::new(),
        quotas: Vec::new(),
        account: None,
        changes: vec![unknown_changes()],
    })
}

fn starter(trigger: &GlueTrigger, reaches: bool) -> StarterFact {
    StarterFact {
        name: format!("trigger {}", trigger.name),
        enabled: trigger.enabled,
        reaches,
        fired: None,
        failed: 0,
        unread: None,
        due: None,
        asked: None,
    }
}

/// The trigger that started the newest run, if it is there still.
fn lost<'a>(runs: &[RunFact], triggers: &'a [GlueTrigger]) -> Option<&'a GlueTrigger> {
    let newest = runs.iter().max_by_key(|run| run.created)?;
    let by = newest.by.as_deref()?.strip_prefix("trigger ")?;
    triggers.iter().find(|trigger| trigger.name == by)
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::{
        facts::Missing,
        jobs::{JobId, facts::Driver},
    };

    const NOW: &str = "2026-11-21T08:00:00Z";

    fn now() -> Timestamp {
        NOW.parse().unwrap()
    }

    fn run(day: u8) -> RunFact {
        let began: Timestamp = format!("2026-11-{day:02}T03:40:00Z").parse().unwrap();
        let id = JobId::Glue { job: "feed".into(), run: format!("jr_{day}") };
        RunFact {
            name: Some("feed".into()),
            created: Some(began),
            started: Some(began),
            ended: Some(began),
            ..RunFact::bare(id, "SUCCEEDED", Driver::Glue(Box::default()))
        }
    }

    fn trigger(enabled: bool) -> GlueTrigger {
        GlueTrigger {
            name: "nightly".into(),
            jobs: vec!["feed".into()],
            schedule: Some("cron(40 3 * * ? *)".into()),
            enabled,
        }
    }

    fn title(runs: &[RunFact], triggers: Known<Vec<GlueTrigger>>) -> Option<String> {
        let facts = facts("feed".into(), runs, &triggers)?;
        Some(absence(&facts, now())?.title)
    }

    #[test]
    fn that_not_all_jobs_were_looked_at_is_said() {
        assert_eq!([beyond(300, false), beyond(0, false)], [None, None]);
        let said = beyond(301, false).unwrap();
        assert_eq!(said.text, "Jobs of Glue that are late may be missing: only the first 300 were looked at.");
        assert_eq!(said.severity, contract::Severity::Warning, "the page Now tells no others");
        assert!(beyond(120, true).is_some_and(|said| said.text.contains("the first 120 were")));
    }

    #[test]
    fn a_trigger_that_was_switched_off_explains_the_silence() {
        let runs: Vec<_> = (12..=18).map(run).collect();
        let told = title(&runs, Ok(vec![trigger(false)])).unwrap();
        assert!(told.starts_with("feed has not run for 3 d") && told.contains("trigger nightly is disabled"), "{told}");
    }

    #[test]
    fn a_trigger_that_starts_another_job_now_explains_the_silence() {
        let mut runs: Vec<_> = (12..=18).map(run).collect();
        let moved = || GlueTrigger { jobs: vec!["feed-2".into()], ..trigger(true) };
        let told = title(&runs, Ok(vec![moved()])).unwrap();
        assert!(!told.contains("trigger nightly"), "it never started this one: {told}");
        runs[6].by = Some("trigger nightly".into());
        let told = title(&runs, Ok(vec![moved()])).unwrap();
        assert!(told.ends_with("trigger nightly does not start it any more"), "{told}");
    }

    #[test]
    fn a_rhythm_alone_is_enough_and_no_trigger_is_blamed() {
        let runs: Vec<_> = (12..=18).map(run).collect();
        let told = title(&runs, Ok(Vec::new())).unwrap();
        assert!(told.starts_with("feed has not run for 3 d") && !told.contains("starts it"), "{told}");
    }

    #[test]
    fn a_job_that_may_run_once_and_hangs_keeps_itself_away() {
        let mut runs: Vec<_> = (12..=18).map(run).collect();
        let of = |runs: &[RunFact]| quota(Some(1), runs, true).map(|quota| (quota.used, quota.limit, quota.since));
        assert_eq!(of(&runs), Some((0, Some(1), None)));
        runs[6].status = "RUNNING".into();
        assert_eq!(of(&runs), Some((1, Some(1), runs[6].started)));
        assert_eq!(quota(None, &runs, true), None);
    }

    #[test]
    fn of_a_limit_beyond_the_runs_that_were_read_not_all_is_known() {
        let runs: Vec<_> = (12..=18).map(run).collect();
        let at_least = |most, more| quota(Some(most), &runs, more).unwrap().at_least;
        assert_eq!([at_least(7, true), at_least(8, false), at_least(8, true)], [false, false, true]);
    }

    #[test]
    fn what_runs_as_it_did_or_when_somebody_wants_it_to_is_not_late() {
        let runs: Vec<_> = (12..=21).map(run).collect();
        assert_eq!(title(&runs, Ok(vec![trigger(true)])), None);
        assert_eq!(title(&[run(1), run(12)], Ok(Vec::new())), None, "no rhythm");
        let missing = Missing { action: "glue:GetTriggers".into(), denied: true, reason: String::new() };
        assert!(
            title(&(12..=18).map(run).collect::<Vec<_>>(), Err(missing)).is_some(),
            "the rhythm is known all the same"
        );
    }
}
