//! The log files of a run, found at every place that its engine has for them, and whether all are there.

use super::{key, key_of};
use crate::{Desk, EngineError, Events, desk::load};
use ::jobs::{
    badge::{self, Looked as Looking},
    classify, layout,
    state::state_of,
};
use aws::{AwsError, Session, jobs::files, objects::describe};
use contract::{
    Notice, Severity, Timestamp,
    jobs::{
        Badge, JobId, JudgeLogs, LogFileRow, LogPlace, LogRole, LogStreamKind, OpenLogFiles,
        facts::{ListedLog, RunFact},
        logs::LogGap,
    },
    sets::SetState,
};
use jiff::SignedDuration;
use logs::{Cancel, Limits, refs::Links};
use std::{collections::HashSet, sync::Arc, time::Duration};

/// Files of one run that are listed: one cluster may keep more.
const MOST_FILES: usize = 50_000;
/// Files of all steps that are looked through for those of one.
const MOST_SHARED: usize = 50_000;
/// How long a listing is good while more may come.
const OPEN_AGE: Duration = Duration::from_secs(15);
/// The same once the run is over and all is pushed.
const OVER_AGE: Duration = Duration::from_mins(10);
/// Bytes of the log of a step that are read for the ids of its applications: they stand near its beginning, or the cluster
/// is old and the log is of many steps.
const STEP_BYTES: u32 = 1 << 20;
/// Bytes of the driver's log that are read for the executors that it names.
const DRIVER_BYTES: u32 = 4 << 20;
/// Parts of the driver's log that are read for that: one that is in more has said long before which executors it has.
const MOST_PARTS: usize = 8;
/// Bytes that one of these reads may be when it is unpacked.
const UNPACKED: u64 = 64 << 20;
/// How long more logs may come of a run that is over and whose engine does not say since when, counted from its beginning.
const END_UNKNOWN: SignedDuration = SignedDuration::from_hours(24);
/// How long before and after a run its lines may be.
const AROUND: SignedDuration = SignedDuration::from_mins(15);

/// What was found when the places of a run were looked through.
#[derive(Debug, Clone, Default)]
pub(super) struct Looked {
    /// The most telling first.
    pub files: Arc<Vec<LogFileRow>>,
    pub problems: Vec<LogGap>,
    pub kept_days: Option<u32>,
    /// Applications of YARN that the step's own log names.
    pub yarn: Vec<String>,
    /// Executors that the driver's log names; read when somebody asks whether all are there.
    pub executors: Option<Vec<String>>,
    pub notices: Vec<Notice>,
}

/// What is found on the way.
#[derive(Default)]
struct Found {
    files: Vec<LogFileRow>,
    known: HashSet<String>,
    problems: Vec<LogGap>,
    notices: Vec<Notice>,
    /// Files that stand where all steps keep theirs, whether they are this one's or not.
    shared: usize,
    full: bool,
}

impl Found {
    fn take(&mut self, listed: &[ListedLog]) {
        for one in listed {
            let row = classify::classify(one);
            if self.files.len() >= MOST_FILES {
                self.full = true;
                return;
            }
            // Places overlap: that of the step and that of the cluster.
            if self.known.insert(row.address.clone()) {
                self.files.push(row);
            }
        }
    }

    fn miss(&mut self, place: &LogPlace, error: &AwsError) {
        let name = match place {
            LogPlace::S3 { bucket, prefix, .. } => format!("s3://{bucket}/{prefix}"),
            LogPlace::CloudWatch { group, .. } => format!("log group {group}"),
            LogPlace::Managed { call, .. } => call.clone(),
        };
        match error {
            AwsError::Denied { call, .. } => {
                self.problems.push(LogGap::NoPermission { action: call.action.to_owned(), place: name });
            }
            AwsError::NotFound { .. } => self.problems.push(LogGap::PlaceGone(name)),
            other => self.notices.push(Notice::warning(format!("{name} could not be listed: {other}."))),
        }
    }
}

impl Desk {
    pub fn open_log_files(&self, request: OpenLogFiles, events: Events) -> Result<SetState, EngineError> {
        let session = self.session()?;
        let (state, writer) = self.inner.sets.open::<LogFileRow>(session.now(), events);
        let desk = self.clone();
        load(writer, move |writer| async move {
            loop {
                let run = desk.run_fact(&session, &request.id).await?;
                let first = !writer.state().complete;
                let grow = |rows: &[LogFileRow]| {
                    if first {
                        writer.append(rows.to_vec());
                    }
                };
                let looked = desk.look_for_files(&session, &run, &grow, &|| writer.cancelled()).await?;
                if writer.cancelled() {
                    return Ok(session.now());
                }
                let gone = looked.problems.iter().map(|gap| Notice::warning(sentence(&badge::words(gap))));
                let notices = looked.notices.iter().cloned().chain(gone).collect();
                writer.show(looked.files.to_vec(), notices);
                writer.finish(session.now());
                let settled = is_settled(&run, session.now());
                if settled {
                    return Ok(session.now());
                }
                desk.pause(OPEN_AGE).await;
                if writer.cancelled() {
                    return Ok(session.now());
                }
            }
        });
        Ok(state)
    }

    pub async fn judge_logs(&self, request: &JudgeLogs) -> Result<Badge, EngineError> {
        let session = self.session()?;
        let run = self.run_fact(&session, &request.id).await?;
        let mut looked = self.looked(&session, &run).await?;
        let mut unread = false;
        if looked.executors.is_none() {
            let (named, missed) = executors_named(&session, &run, &looked.files).await;
            looked = Arc::new(Looked { executors: Some(named), ..Looked::clone(&looked) });
            unread = missed;
            // What could not be read is read again when somebody asks again.
            if !unread {
                self.inner.jobs.files.put(key_of(&session, &run.id), Arc::clone(&looked));
            }
        }
        Ok(badge::badge(&Looking {
            run: &run,
            files: &looked.files,
            executors: looked.executors.as_deref().unwrap_or_default(),
            unread,
            problems: &looked.problems,
            kept_days: looked.kept_days,
            // Each of these says what was not listed.
            cut: looked.notices.iter().any(|notice| notice.severity == Severity::Warning),
            now: session.now(),
        }))
    }

    /// The log files of a run, the most telling first, as its places were last looked through.
    pub(crate) async fn log_files(
        &self,
        session: &Session,
        run: &RunFact,
    ) -> Result<Arc<Vec<LogFileRow>>, EngineError> {
        Ok(Arc::clone(&self.looked(session, run).await?.files))
    }

    pub(super) async fn looked(&self, session: &Session, run: &RunFact) -> Result<Arc<Looked>, EngineError> {
        let age = if is_settled(run, session.now()) { OVER_AGE } else { OPEN_AGE };
        match self.inner.jobs.files.get(&key_of(session, &run.id), age) {
            Some(looked) => Ok(looked),
            None => self.look_for_files(session, run, &|_| {}, &|| false).await,
        }
    }

    /// Looks through all places. `grow` hears of what was found so far, in no order.
    async fn look_for_files(
        &self,
        session: &Session,
        run: &RunFact,
        grow: &(dyn Fn(&[LogFileRow]) + Sync),
        cancelled: &(dyn Fn() -> bool + Sync),
    ) -> Result<Arc<Looked>, EngineError> {
        let mut found = Found::default();
        let (mut yarn, mut missed) = (Vec::new(), None);
        let mut done: HashSet<LogPlace> = HashSet::new();
        if matches!(run.id, JobId::Step { .. }) {
            // The step's own log says which containers are its own: those of all steps stand in one folder.
            let of_step = |place: &LogPlace| matches!(place, LogPlace::S3 { holds, .. } if holds == "step");
            for place in layout::places(run, &[]).into_iter().filter(of_step) {
                list(session, run, &place, &mut found, grow, cancelled).await?;
                done.insert(place);
            }
            (yarn, missed) = applications(session, &found.files).await;
            found.notices.extend(missed.as_ref().map(|error| {
                Notice::warning(format!(
                    "The step's log could not be read for the applications of YARN that it names: {error}."
                ))
            }));
            for application in &yarn {
                // Nothing else says whose it is when one is pasted.
                self.inner.jobs.ids.put(key(session, application), run.id.clone());
            }
        }
        for place in layout::places(run, &yarn) {
            if done.insert(place.clone()) && !found.full && !cancelled() {
                list(session, run, &place, &mut found, grow, cancelled).await?;
            }
        }
        if found.full {
            let most = crate::logs::number(MOST_FILES as u64);
            found.notices.push(Notice::warning(format!("Only the first {most} files are listed; there are more.")));
        }
        if found.shared > 0 {
            let names = if missed.is_none() { "The step's log names no application of YARN. " } else { "" };
            found.notices.push(Notice::info(format!(
                "{names}Of the containers of all steps those are listed that were written from its start until {} minutes \
                 after its end: some may be of another step.",
                layout::PUSHED_WITHIN.as_mins()
            )));
        }
        if found.shared >= MOST_SHARED {
            found.notices.push(Notice::warning(format!(
                "Only the first {} files of all steps were looked through for those of this one.",
                crate::logs::number(MOST_SHARED as u64)
            )));
        }
        let mut kept_days = None;
        if found.files.is_empty() {
            kept_days = kept(session, run).await;
        } else {
            // A group is made by its first line, so one of several that is not there means nothing.
            found.problems.retain(|gap| !matches!(gap, LogGap::PlaceGone(_)));
        }
        found.files.sort_by_cached_key(classify::order);
        let looked = Arc::new(Looked {
            files: Arc::new(found.files),
            problems: found.problems,
            kept_days,
            yarn,
            executors: None,
            notices: found.notices,
        });
        if !cancelled() {
            self.inner.jobs.files.put(key_of(session, &run.id), Arc::clone(&looked));
        }
        Ok(looked)
    }
}

/// Nothing more is expected: it is over, and every push that comes behind its end has been made.
pub(super) fn is_settled(run: &RunFact, now: Timestamp) -> bool {
    let pushed =
        SignedDuration::from_secs(i64::try_from(layout::push_seconds(run.id.engine()) * 2 + 60).unwrap_or(660));
    if !state_of(run).is_over() {
        return false;
    }
    // What never began wrote nothing. EMR on EKS tells no start of any run.
    let began = run.started.or(run.created.filter(|_| matches!(run.id, JobId::Eks { .. })));
    match (run.ended, began) {
        (Some(ended), _) => now.duration_since(ended) > pushed,
        // A step that its cluster ended under may have no end, and its last logs come all the same.
        (None, Some(began)) => now.duration_since(began) > END_UNKNOWN,
        (None, None) => true,
    }
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| format!("{}{}.", first.to_uppercase(), letters.as_str())).unwrap_or_default()
}

/// Lists one place, page by page. What it cannot be listed for is kept beside what was found.
async fn list(
    session: &Session,
    run: &RunFact,
    place: &LogPlace,
    found: &mut Found,
    grow: &(dyn Fn(&[LogFileRow]) + Sync),
    cancelled: &(dyn Fn() -> bool + Sync),
) -> Result<(), EngineError> {
    let mut token = None;
    loop {
        let page = match place {
            LogPlace::S3 { bucket, prefix, .. } => files::objects_page(session, bucket, prefix, token).await,
            LogPlace::CloudWatch { group, filter: Some(filter), .. } => {
                let from = run.started.or(run.created).and_then(|at| at.checked_sub(AROUND).ok());
                let until = run.ended.and_then(|at| at.checked_add(AROUND).ok());
                files::streams_with(session, group, filter, from, until).await.map(|found| (found, None))
            }
            LogPlace::CloudWatch { group, stream_prefix, .. } => {
                files::streams_page(session, group, stream_prefix, token).await
            }
            LogPlace::Managed { .. } => return Ok(()),
        };
        let (mut listed, next) = match page {
            Ok(page) => page,
            Err(error @ AwsError::SignIn { .. }) => return Err(Desk::failed(session)(error)),
            Err(error) => {
                found.miss(place, &error);
                return Ok(());
            }
        };
        let is_shared = layout::is_of_all_steps(place);
        if is_shared {
            found.shared += listed.len();
        }
        listed.retain(|file| is_own(run, place, file));
        let before = found.files.len();
        found.take(&listed);
        grow(found.files.get(before..).unwrap_or_default());
        if next.is_none() || found.full || (is_shared && found.shared >= MOST_SHARED) || cancelled() {
            return Ok(());
        }
        token = next;
    }
}

/// Below one prefix other attempts may have theirs: the streams of a retry of Glue begin with the first run's name, and
/// the folder of a run of EMR Serverless holds those of its attempts. Among the containers of all steps the time alone tells.
fn is_own(run: &RunFact, place: &LogPlace, file: &ListedLog) -> bool {
    let path = &file.path;
    match &run.id {
        JobId::Step { .. } if layout::is_of_all_steps(place) => {
            layout::written_within(file.last_write, run.started.or(run.created), run.ended)
        }
        JobId::Serverless { run, attempt: Some(attempt), .. } => {
            let below = path.split_once(&format!("{run}/attempts/")).map(|(_, below)| below);
            below.is_none_or(|below| below.starts_with(&format!("{attempt}/")))
        }
        JobId::Glue { run, .. } => {
            let behind = path.split_once(run.as_str()).map_or("", |(_, behind)| behind);
            // `_attempt_1` begins `_attempt_10` too.
            !behind.starts_with("_attempt_") && !behind.starts_with(|next: char| next.is_ascii_digit())
        }
        _ => true,
    }
}

/// For how many days the first group of a run keeps lines.
async fn kept(session: &Session, run: &RunFact) -> Option<u32> {
    let group = layout::places(run, &[]).into_iter().find_map(|place| match place {
        LogPlace::CloudWatch { group, .. } => Some(group),
        _ => None,
    })?;
    files::kept_days(session, &group).await.ok().flatten()
}

/// Ids of YARN applications in the logs of a step, and why one of them could not be read.
async fn applications(session: &Session, files: &[LogFileRow]) -> (Vec<String>, Option<AwsError>) {
    let (mut found, mut missed): (Vec<String>, _) = (Vec::new(), None);
    let wanted = |file: &&LogFileRow| {
        matches!(file.stream, LogStreamKind::Stderr | LogStreamKind::Controller | LogStreamKind::Syslog)
            && file.part.is_none()
    };
    for file in files.iter().filter(wanted) {
        let text = match beginning(session, file, STEP_BYTES).await {
            Ok(text) => text,
            Err(error) => {
                missed = Some(error);
                continue;
            }
        };
        for id in layout::yarn_applications(&String::from_utf8_lossy(&text)) {
            if !found.contains(&id) {
                found.push(id);
            }
        }
    }
    (found, missed)
}

/// Executors that the driver's log names, as its files would name them: containers on YARN, numbers elsewhere; and whether
/// a part of it could not be read.
async fn executors_named(session: &Session, run: &RunFact, files: &[LogFileRow]) -> (Vec<String>, bool) {
    if !state_of(run).is_over() {
        return (Vec::new(), false);
    }
    let newest = files.iter().filter(|file| file.role == LogRole::Driver).filter_map(|file| file.attempt).max();
    let drivers = files
        .iter()
        .filter(|file| file.role == LogRole::Driver && file.stream == LogStreamKind::Stderr && file.attempt == newest);
    let (mut links, mut missed) = (Links::default(), false);
    for file in drivers.take(MOST_PARTS) {
        let text = beginning(session, file, DRIVER_BYTES).await;
        missed |= text.is_err();
        for line in text.unwrap_or_default().split(|byte| *byte == b'\n') {
            links.feed(line);
        }
    }
    let yarn = matches!(run.id, JobId::Step { .. });
    let named = links
        .executors()
        .filter_map(|(number, executor)| if yarn { executor.container.clone() } else { Some(number.to_string()) });
    (named.collect(), missed)
}

/// The first bytes of a file in S3, unpacked as far as they go; of a stream nothing.
async fn beginning(session: &Session, file: &LogFileRow, bytes: u32) -> Result<Vec<u8>, AwsError> {
    let Some((bucket, key)) = file.address.strip_prefix("s3://").and_then(|rest| rest.split_once('/')) else {
        return Ok(Vec::new());
    };
    let body = describe::first_bytes(session, bucket, key, None, bytes).await?;
    Ok(tokio::task::spawn_blocking(move || unpacked(&body)).await.unwrap_or_default())
}

fn unpacked(body: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    let limits = Limits { bytes: UNPACKED, ..Limits::default() };
    // Half a file is what was asked for: where it ends is no matter.
    let _ = logs::inflate(body, limits, &Cancel::default(), &mut |chunk, _| {
        text.extend_from_slice(chunk);
        Ok(())
    });
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::jobs::facts::{Driver, LogSettings, LogStore, Request, Usage};

    fn step() -> RunFact {
        let at = |text: &str| text.parse().ok();
        RunFact {
            id: JobId::Step { cluster: "j-1".into(), step: "s-1".into() },
            arn: None,
            name: Some("copy".into()),
            status: "COMPLETED".into(),
            secondary: None,
            reason: None,
            log_file: None,
            created: at("2026-11-21T02:59:00Z"),
            started: at("2026-11-21T03:00:00Z"),
            ended: at("2026-11-21T03:10:00Z"),
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
                driver: Driver::Jar {
                    jar: "command-runner.jar".into(),
                    main_class: None,
                    arguments: vec!["s3-dist-cp".into()],
                    properties: Vec::new(),
                    on_failure: None,
                },
                configurations: Vec::new(),
                logs: LogSettings { s3: Some("s3://logs/emr/".into()), ..LogSettings::default() },
                timeout_minutes: None,
            },
            usage: Usage::default(),
        }
    }

    #[test]
    fn of_the_containers_of_all_steps_those_of_its_time_are_its_own() {
        let run = step();
        let places = layout::places(&run, &[]);
        let shared = places.iter().find(|place| layout::is_of_all_steps(place)).unwrap();
        let file = |at: &str| ListedLog {
            store: LogStore::Bucket("logs".into()),
            path: "emr/j-1/containers/application_1700000000000_0001/container_1700000000000_0001_01_000001/stderr.gz"
                .into(),
            size: Some(1),
            last_write: at.parse().ok(),
        };
        let own = |at: &str| is_own(&run, shared, &file(at));
        assert!(!own("2026-11-21T02:55:00Z") && !own("2026-11-21T03:41:00Z"), "of the steps before it and after it");
        assert!(own("2026-11-21T03:05:00Z") && own("2026-11-21T03:40:00Z") && own("time not known"));
        let named = layout::places(&run, &["application_1700000000000_0001".into()]);
        assert!(!named.iter().any(layout::is_of_all_steps));
        assert!(is_own(&run, &named[1], &file("2026-11-21T02:55:00Z")), "its log names the application");
    }

    #[test]
    fn more_logs_may_come_of_a_run_whose_end_is_not_told() {
        let settled = |run: &RunFact, at: &str| is_settled(run, at.parse().unwrap());
        let mut run = step();
        assert!(!settled(&run, "2026-11-21T03:15:00Z") && settled(&run, "2026-11-21T03:30:00Z"));
        (run.status, run.ended) = ("INTERRUPTED".into(), None);
        assert!(!settled(&run, "2026-11-21T03:30:00Z"), "its logs are pushed when its cluster ends");
        assert!(settled(&run, "2026-11-22T03:01:00Z"));
        (run.status, run.started) = ("CANCELLED".into(), None);
        assert!(settled(&run, "2026-11-21T03:01:00Z"), "it never began");
        run.id = JobId::Eks { virtual_cluster: "v".into(), run: "r".into() };
        assert!(!settled(&run, "2026-11-21T03:01:00Z"), "of EMR on EKS nobody knows whether it began");
        run.status = "RUNNING".into();
        assert!(!settled(&run, "2026-12-21T03:01:00Z"));
    }

    #[test]
    fn a_retry_of_glue_has_no_files_of_another() {
        let place = LogPlace::CloudWatch {
            group: "/aws-glue/jobs/error".into(),
            stream_prefix: "jr_0a1b2c3d".into(),
            holds: "driver".into(),
            filter: None,
        };
        let own = |id: &str, stream: &str| {
            let mut run = step();
            run.id = JobId::Glue { job: "clean".into(), run: id.into() };
            let file = ListedLog {
                store: LogStore::Group("/aws-glue/jobs/error".into()),
                path: stream.into(),
                size: None,
                last_write: None,
            };
            is_own(&run, &place, &file)
        };
        assert!(own("jr_0a1b2c3d", "jr_0a1b2c3d-7") && !own("jr_0a1b2c3d", "jr_0a1b2c3d_attempt_1-7"));
        let second = "jr_0a1b2c3d_attempt_1";
        assert!(own(second, "jr_0a1b2c3d_attempt_1") && own(second, "jr_0a1b2c3d_attempt_1-driver"));
        assert!(!own(second, "jr_0a1b2c3d_attempt_10"));
    }

    #[test]
    fn a_cluster_with_more_files_than_are_listed_is_cut_and_overlaps_count_once() {
        let listed = |number: usize| ListedLog {
            store: LogStore::Bucket("logs".into()),
            path: format!(
                "containers/application_1700000000000_0001/container_1700000000000_0001_01_{number:06}/stderr.gz"
            ),
            size: Some(1),
            last_write: None,
        };
        let mut found = Found::default();
        let first: Vec<_> = (1..=10).map(listed).collect();
        found.take(&first);
        found.take(&first);
        assert_eq!((found.files.len(), found.full), (10, false));
        found.take(&(1..=MOST_FILES).map(listed).collect::<Vec<_>>());
        assert_eq!((found.files.len(), found.full), (MOST_FILES, false));
        found.take(&[listed(MOST_FILES + 1)]);
        assert_eq!((found.files.len(), found.full), (MOST_FILES, true));
    }
}
