//! Jobs that have not run as they did: those of Glue and functions, which have clocks of their own, and those of the other
//! engines that have a rhythm; and state machines, by what starts them. What runs seldom or as somebody likes is never late.

mod changed;
mod closer;
mod functions;
mod machines;
mod runs;
mod starters;

pub(crate) use closer::look_closer;
pub(crate) use machines::late_machines;

use crate::{
    Desk,
    objects::{of_key, rows_of_key},
};
use ::executions::schedule::Schedule;
use ::jobs::{
    absent::{absence, due, rhythm},
    parameters::parameters,
    state::state_of,
};
use ::objects::{below, glob::Glob, pattern::Watched};
use aws::{
    AwsError, Session,
    jobs::glue::{self, GlueJob, GlueTrigger},
    objects::listing,
};
use contract::{
    Notice, Timestamp,
    facts::{Known, Missing},
    jobs::{
        Absence, Direction, Engine, JobId, State,
        absence::{AbsenceFacts, ChangeFact, QuotaFact, StarterFact},
        facts::{ObjectFact, RunFact},
    },
    objects::VersionFact,
};
use futures_util::{StreamExt, stream};
use jiff::SignedDuration;
use starters::Clocks;

/// Pages of jobs.
const MOST_PAGES: usize = 5;
/// Jobs whose runs are read.
const MOST_JOBS: usize = 300;
/// The newest runs, from which a rhythm is told.
const MOST_RUNS: i32 = 25;
/// Inputs that are looked at of a job that is late.
const MOST_INPUTS: usize = 3;
/// Pages of a folder that are looked through for something new.
const MOST_LISTED: usize = 10;
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
        of_glue(desk, session, &clocks),
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

async fn of_glue(desk: &Desk, session: &Session, clocks: &Clocks) -> Result<(Vec<LateJob>, Vec<Notice>), AwsError> {
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

/// Half of the seconds until a clock has started a job twice since it ran: what counts are the starts that are missed, and
/// a clock may rest over the weekend.
fn period(expression: &str, zone: Option<&str>, last: Timestamp) -> Option<u64> {
    let schedule = Schedule::read(expression, zone).ok()?;
    let second = schedule.next(schedule.next(last)?)?;
    Some(u64::try_from(second.duration_since(last).as_secs()).ok()?.div_ceil(2))
}

/// The files that its newest run read, as they are now, and the folders.
async fn inputs(session: &Session, run: &RunFact) -> Vec<Known<ObjectFact>> {
    let paths = parameters(&run.request).paths.into_iter().filter(|path| path.direction == Direction::Input);
    let since = run.created.or(run.started);
    let mut all = Vec::new();
    for uri in paths.map(|path| path.uri).take(MOST_INPUTS) {
        let Some((bucket, key)) = uri.strip_prefix("s3://").and_then(|rest| rest.split_once('/')) else { continue };
        all.push(told(input(session, bucket, key, since).await));
    }
    all
}

/// The files that rules wait for, as they are now.
async fn awaited(session: &Session, watched: &[Watched], since: Option<Timestamp>) -> Vec<Known<ObjectFact>> {
    let mut all = Vec::new();
    for one in watched.iter().take(MOST_INPUTS) {
        let read = match one.key() {
            Some(key) => input(session, &one.bucket, key, since).await,
            None => written(session, &one.bucket, one.uri(), Sought::Watched(one), since).await,
        };
        all.push(told(read));
    }
    all
}

fn told(read: Result<Known<ObjectFact>, AwsError>) -> Known<ObjectFact> {
    read.unwrap_or_else(|error| {
        let denied = matches!(error, AwsError::Denied { .. });
        Err(Missing { action: "s3:ListBucketVersions".into(), denied, reason: error.to_string() })
    })
}

async fn input(
    session: &Session,
    bucket: &str,
    key: &str,
    since: Option<Timestamp>,
) -> Result<Known<ObjectFact>, AwsError> {
    let is_folder = key.is_empty() || key.ends_with('/');
    let rows = if is_folder { Vec::new() } else { rows_of_key(session, bucket, key, None).await? };
    let uri = format!("s3://{bucket}/{key}");
    let glob = Glob::read(key);
    if let Some(glob) = glob.filter(|_| rows.is_empty()) {
        return written(session, bucket, format!("s3://{bucket}/{key}"), Sought::Named(&glob), since).await;
    }
    if is_folder {
        return written(session, bucket, format!("s3://{bucket}/{key}"), Sought::Below(key), since).await;
    }
    if rows.is_empty() {
        // Many name a folder without its slash.
        let folder = format!("{key}/");
        let below = written(session, bucket, format!("s3://{bucket}/{folder}"), Sought::Below(&folder), since).await?;
        if below.as_ref().ok().is_none_or(|folder| folder.exists) {
            return Ok(below);
        }
    }
    let current = rows.first().filter(|row| !row.fact.delete_marker);
    Ok(Ok(ObjectFact {
        version_id: current.map(|row| row.fact.version_id.clone()).filter(|id| id != "null"),
        etag: current.and_then(|row| row.fact.etag.clone()),
        size: current.and_then(|row| row.fact.size),
        modified: current.map(|row| row.fact.last_modified),
        exists: current.is_some(),
        uri,
    }))
}

/// Several objects, of which the newest tells.
#[derive(Debug, Clone, Copy)]
enum Sought<'a> {
    /// Everything below a folder.
    Below(&'a str),
    /// What the path of a job names.
    Named(&'a Glob),
    /// What a rule hears of.
    Watched(&'a Watched),
}

impl<'a> Sought<'a> {
    fn prefix(self) -> &'a str {
        match self {
            Self::Below(folder) => folder,
            Self::Named(glob) => glob.prefix(),
            Self::Watched(watched) => watched.prefix(),
        }
    }

    fn folder(self) -> &'a str {
        match self {
            Self::Below(folder) => folder,
            Self::Named(glob) => glob.folder(),
            Self::Watched(watched) => {
                let prefix = watched.prefix();
                prefix.rfind('/').and_then(|end| prefix.get(..=end)).unwrap_or_default()
            }
        }
    }

    fn has(self, key: &str) -> bool {
        match self {
            Self::Below(_) => true,
            Self::Named(glob) => glob.matches(key),
            Self::Watched(watched) => watched.hears(key),
        }
    }
}

/// A folder, or what a pattern names, as its newest object tells of it. The look ends with the first that was written after `since`.
async fn written(
    session: &Session,
    bucket: &str,
    uri: String,
    sought: Sought<'_>,
    since: Option<Timestamp>,
) -> Result<Known<ObjectFact>, AwsError> {
    let folder = sought.folder();
    let mut query = of_key(bucket, sought.prefix());
    let mut newest: Option<Timestamp> = None;
    for _ in 0..MOST_LISTED {
        let mut page = listing::versions_page(session, &query).await?;
        page.versions.retain(|version| sought.has(&version.key));
        newest = newest.max(newest_of(&page.versions, folder));
        query.from = page.next;
        if query.from.is_none() || since.zip(newest).is_some_and(|(since, newest)| newest >= since) {
            return Ok(Ok(ObjectFact {
                uri,
                version_id: None,
                etag: None,
                size: None,
                modified: newest,
                exists: newest.is_some(),
            }));
        }
    }
    let reason = format!("{uri} holds more objects than are looked through");
    Ok(Err(Missing { action: "s3:ListBucketVersions".into(), denied: false, reason }))
}

/// When the newest object was written that is there and that readers of a folder read.
fn newest_of(versions: &[VersionFact], prefix: &str) -> Option<Timestamp> {
    let is_there = |version: &&VersionFact| version.is_latest && !version.delete_marker;
    let is_read = |version: &&VersionFact| !below::is_hidden(version.key.strip_prefix(prefix).unwrap_or(&version.key));
    versions.iter().filter(is_there).filter(is_read).map(|version| version.last_modified).max()
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::jobs::facts::{Driver, LogSettings, Request, Usage};

    const NOW: &str = "2026-11-21T08:00:00Z";

    fn now() -> Timestamp {
        NOW.parse().unwrap()
    }

    fn run(day: u8) -> RunFact {
        let began: Timestamp = format!("2026-11-{day:02}T03:40:00Z").parse().unwrap();
        RunFact {
            id: JobId::Glue { job: "feed".into(), run: format!("jr_{day}") },
            arn: None,
            name: Some("feed".into()),
            status: "SUCCEEDED".into(),
            secondary: None,
            reason: None,
            log_file: None,
            created: Some(began),
            started: Some(began),
            ended: Some(began),
            queued_millis: None,
            run_seconds: None,
            transitions: Vec::new(),
            attempt: None,
            attempts: None,
            by: None,
            request: Request {
                name: None,
                role: None,
                release: None,
                driver: Driver::Glue(Box::default()),
                configurations: Vec::new(),
                logs: LogSettings::default(),
                timeout_minutes: None,
            },
            usage: Usage::default(),
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
    fn the_newest_object_below_a_folder() {
        let version = |key: &str, day: u8, is_latest: bool, delete_marker: bool| VersionFact {
            key: key.into(),
            version_id: format!("v{day}"),
            delete_marker,
            is_latest,
            last_modified: format!("2026-11-{day:02}T03:00:00Z").parse().unwrap(),
            size: Some(1),
            etag: None,
            class: None,
            checksums: Vec::new(),
            restore: None,
            owner: None,
        };
        let all = [
            version("in/a.csv", 14, true, false),
            version("in/b.csv", 16, false, false),
            version("in/b.csv", 17, true, true),
            version("in/_SUCCESS", 18, true, false),
            version("in/", 19, true, false),
        ];
        let newest = newest_of(&all, "in/").map(|at| at.to_string());
        assert_eq!(
            newest.as_deref(),
            Some("2026-11-14T03:00:00Z"),
            "what is gone, and what is no data, does not count"
        );
        assert_eq!(newest_of(&all[1..], "in/"), None);
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
    fn a_clock_that_rests_on_weekends_misses_nothing_then() {
        let friday: Timestamp = "2026-11-20T05:00:12Z".parse().unwrap();
        let weekdays = period("cron(0 5 ? * MON-FRI *)", None, friday).unwrap();
        let due = friday.checked_add(SignedDuration::from_secs(2 * i64::try_from(weekdays).unwrap())).unwrap();
        let tuesday: Timestamp = "2026-11-24T05:00:00Z".parse().unwrap();
        assert!(due >= tuesday && due.duration_since(tuesday).as_secs() < 2, "{due}");
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
