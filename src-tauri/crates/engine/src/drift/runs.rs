//! The runs of a schedule, and why one failed.

use super::{
    captures::{captured, columns, variants},
    days_before,
    files::why,
    look::RARELY,
    moment, violations,
};
use crate::{Desk, EngineError, Events, desk::load, ends::left_out, jobs::masked, sets::SetWriter};
use ::models::{
    evidence::Column,
    health::{next_run, rhythm},
    runs::{Clues, explain, window},
};
use aws::{
    AwsError, Session,
    models::monitors::{self, Wanted},
    pages::up_to,
};
use contract::{
    Notice, Timestamp,
    drift::{ExplainMonitorRun, MonitorRunReply, MonitorRunRow, OpenMonitorRuns, RunAgain},
    jobs::{JobId, SageMakerKind},
    models::facts::{JobDefinitionFact, MonitorRunFact, ProcessingFact, ScheduleFact},
    sets::SetState,
};
use jiff::SignedDuration;
use std::{sync::Arc, time::Duration};

/// How often the newest runs are asked for again.
const AGAIN: Duration = Duration::from_mins(1);
/// Pages of runs: 100 each, 90 days hour by hour and some.
const MOST_PAGES: usize = 24;
/// The longest window of a run.
const DAY: i64 = 86_400;

/// A row with its identity as text.
#[derive(Debug, Clone)]
pub(crate) struct ListedRun {
    pub key: String,
    pub row: MonitorRunRow,
}

impl Desk {
    pub fn open_monitor_runs(&self, request: OpenMonitorRuns, events: Events) -> Result<SetState, EngineError> {
        let session = self.session()?;
        let (state, writer) = self.inner.sets.open::<ListedRun>(session.now(), events);
        let desk = self.clone();
        load(writer, move |writer| async move { desk.load_runs(&session, &request, &writer).await });
        Ok(state)
    }

    async fn load_runs(
        &self,
        session: &Session,
        request: &OpenMonitorRuns,
        writer: &Arc<SetWriter<ListedRun>>,
    ) -> Result<Timestamp, EngineError> {
        let mut from = days_before(session.now(), request.days.max(1));
        let mut cut = None;
        let mut is_shown = false;
        loop {
            let now = session.now();
            match Box::pin(add_runs(session, &request.schedule, (from, now), writer)).await {
                Ok(more) => {
                    cut = cut.or(more);
                    writer.say(cut.iter().cloned().collect());
                    writer.finish(now);
                    is_shown = true;
                    // What is older does not change any more.
                    from = days_before(now, 1);
                }
                // What was read stays, with the reason why it is not newer.
                Err(error) if is_shown && !matches!(error, AwsError::SignIn { .. }) => {
                    writer.notice(left_out("What is new", &error));
                }
                Err(error) => return Err(Self::failed(session)(error)),
            }
            self.pause(AGAIN).await;
            if writer.cancelled() {
                return Ok(session.now());
            }
        }
    }

    pub async fn explain_monitor_run(&self, request: &ExplainMonitorRun) -> Result<MonitorRunReply, EngineError> {
        let session = self.session()?;
        let run = run_at(&session, &request.schedule, request.scheduled).await.map_err(Self::failed(&session))?;
        let Some(run) = run else {
            return Err(EngineError::NotFound(format!(
                "{} did not run at {}.",
                request.schedule,
                moment(request.scheduled)
            )));
        };
        let mut notices = Vec::new();
        let fact = self.schedule_fact(&session, &request.schedule, RARELY).await.map_err(Self::failed(&session))?;
        let definition = match self.definition_of(&session, &fact).await {
            Ok(definition) => definition,
            Err(error) => {
                notices.push(missed("The job definition", &why(&error)));
                None
            }
        };
        let job = match run.job.as_deref() {
            Some(job) => match monitors::processing(&session, job).await {
                Ok(job) => Some(job),
                Err(error) => {
                    notices.push(missed("The processing job", &why(&error)));
                    None
                }
            },
            None => None,
        };
        let report = job.as_ref().and_then(|job| job.outputs.first().cloned());
        let mut failure = None;
        if run.status == "Failed" {
            let looked = job.clone().filter(|job| window(job).is_some());
            let looked = looked.unwrap_or_else(|| ProcessingFact {
                environment: planned(&run, fact.expression.as_deref(), definition.as_deref()),
                ..job.clone().unwrap_or_default()
            });
            let found = self.clues(&session, &run, &looked, definition.as_deref(), &mut notices).await;
            let clues = Clues {
                captured: found.captured.as_deref(),
                baseline: found.baseline.as_deref(),
                columns: found.columns.as_deref(),
            };
            let mut told = explain(&run, Some(&looked), &clues);
            told.said = told.said.map(|said| masked(&said));
            failure = Some(told);
        }
        let violations = match report.as_deref().filter(|_| run.status == "CompletedWithViolations") {
            Some(report) => {
                let uri = format!("{}/constraint_violations.json", report.trim_end_matches('/'));
                violations::read(&session, &uri).await.unwrap_or_else(|why| {
                    notices.push(missed("What was violated", &why));
                    Vec::new()
                })
            }
            None => Vec::new(),
        };
        Ok(MonitorRunReply {
            row: row(&run, session.now()),
            again: failure.is_some().then(|| again(&fact, session.now())),
            failure,
            report,
            baseline: baseline(job.as_ref(), definition.as_deref()),
            violations: violations::grouped(&violations),
            notices,
        })
    }

    async fn clues(
        &self,
        session: &Session,
        run: &MonitorRunFact,
        job: &ProcessingFact,
        definition: Option<&JobDefinitionFact>,
        notices: &mut Vec<Notice>,
    ) -> Found {
        let mut found = Found::default();
        let Some(bounds) = window(job) else { return found };
        let Some(name) = run.endpoint.as_deref() else { return found };
        let described = match self.endpoint_of(session, name, RARELY).await {
            Ok(described) => described,
            Err(error) => {
                notices.push(missed("What the endpoint captures", &why(&error)));
                return found;
            }
        };
        let Some(capture) = described.endpoint.capture.as_ref() else { return found };
        let folders = variants(&described.endpoint, capture);
        match captured(session, &folders, bounds).await {
            Ok(hours) => {
                if let Some((uri, hour)) = hours.last() {
                    let uri = format!("{uri}/{hour}/");
                    match columns(session, &uri, definition).await {
                        Ok(columns) => (found.baseline, found.columns) = columns,
                        Err(why) => notices.push(missed("The columns of the captured data", &why)),
                    }
                }
                found.captured = Some(hours.into_iter().map(|(_, hour)| hour).collect());
            }
            Err(error) => notices.push(missed("What was captured in its hours", &why(&error))),
        }
        found
    }
}

/// Runs of the last `days`, the newest first, as many as the list holds.
pub(crate) async fn list_runs(session: &Session, schedule: &str, days: u32) -> Result<Vec<MonitorRunRow>, AwsError> {
    let now = session.now();
    let from = Some(days_before(now, days.max(1)));
    let wanted = Wanted { schedule: Some(schedule), from, ..Wanted::default() };
    let (runs, _) = up_to(MOST_PAGES, |token| monitors::runs_page(session, wanted, token)).await?;
    Ok(runs.iter().map(|run| row(run, now)).collect())
}

/// What was looked up around a failed run.
#[derive(Debug, Default)]
struct Found {
    captured: Option<Vec<String>>,
    baseline: Option<Vec<Column>>,
    columns: Option<Vec<Column>>,
}

fn missed(what: &str, why: &str) -> Notice {
    Notice::warning(format!("{what} could not be read: {why}."))
}

/// The run of a schedule that was planned for this time.
async fn run_at(session: &Session, schedule: &str, at: Timestamp) -> Result<Option<MonitorRunFact>, AwsError> {
    let beside = |seconds: i64| at.checked_add(SignedDuration::from_secs(seconds)).ok();
    let wanted = Wanted { schedule: Some(schedule), from: beside(-60), until: beside(60), ..Wanted::default() };
    let (runs, _) = monitors::runs_page(session, wanted, None).await?;
    Ok(runs.into_iter().find(|run| run.scheduled == at))
}

fn row(run: &MonitorRunFact, now: Timestamp) -> MonitorRunRow {
    let name = run.job.as_deref().and_then(|job| job.rsplit('/').next());
    MonitorRunRow {
        schedule: run.schedule.clone(),
        scheduled: run.scheduled,
        status: run.status.clone(),
        kind: run.kind,
        endpoint: run.endpoint.clone(),
        job: name.map(|name| JobId::SageMaker { kind: SageMakerKind::Processing, name: name.to_owned() }),
        reason: run.reason.as_deref().map(masked),
        as_of: now,
    }
}

/// Adds the runs of a schedule since a moment; a notice where there are more than are listed.
async fn add_runs(
    session: &Session,
    schedule: &str,
    (from, now): (Timestamp, Timestamp),
    writer: &SetWriter<ListedRun>,
) -> Result<Option<Notice>, AwsError> {
    let mut token = None;
    for _ in 0..MOST_PAGES {
        let wanted = Wanted { schedule: Some(schedule), from: Some(from), ..Wanted::default() };
        let (runs, next) = monitors::runs_page(session, wanted, token).await?;
        writer.append(runs.iter().map(|run| listed(run, now)).collect());
        if next.is_none() || writer.cancelled() {
            return Ok(None);
        }
        token = next;
    }
    Ok(Some(Notice::warning("Only the newest 2,400 runs were listed.")))
}

fn listed(run: &MonitorRunFact, now: Timestamp) -> ListedRun {
    ListedRun { key: run.scheduled.to_string(), row: row(run, now) }
}

/// What can be done instead of starting a run again.
fn again(fact: &ScheduleFact, now: Timestamp) -> RunAgain {
    let is_on = fact.summary.status == "Scheduled";
    let expression = fact.expression.as_deref().unwrap_or_default();
    let newest = fact.summary.last.as_ref().map(|run| run.scheduled);
    let next = next_run(expression, newest, now).filter(|_| is_on);
    let then = if !is_on {
        match fact.summary.status.as_str() {
            "Pending" => "Its schedule is being set up: when the next run starts is not known yet.".to_owned(),
            "Failed" => "Its schedule failed, so no other run comes: its reason says why.".to_owned(),
            _ => "Its schedule is stopped, so no other run comes until it is started.".to_owned(),
        }
    } else if next.is_some() {
        "The schedule starts the next one, which looks at the data of its own hours and not at these.".to_owned()
    } else if expression == "NOW" {
        "The schedule was for this run alone: another schedule is needed to look at these hours.".to_owned()
    } else {
        "When the schedule starts the next one is not known.".to_owned()
    };
    RunAgain { words: format!("SageMaker has no call that starts one run of a schedule again. {then}"), next }
}

/// The window of a run that failed before it had a job, as its schedule plans it.
fn planned(
    run: &MonitorRunFact,
    expression: Option<&str>,
    definition: Option<&JobDefinitionFact>,
) -> Vec<(String, String)> {
    let offset = |of: fn(&JobDefinitionFact) -> Option<&str>| {
        let length: SignedDuration = definition.and_then(of)?.parse().ok()?;
        run.scheduled.checked_add(length).ok()
    };
    let every = expression.and_then(rhythm).unwrap_or(DAY);
    let from = offset(|definition| definition.input.start_offset.as_deref())
        .or_else(|| run.scheduled.checked_sub(SignedDuration::from_secs(every)).ok());
    let until = offset(|definition| definition.input.end_offset.as_deref()).unwrap_or(run.scheduled);
    let Some(from) = from else { return Vec::new() };
    vec![("start_time".to_owned(), from.to_string()), ("end_time".to_owned(), until.to_string())]
}

/// What a run was compared with: its job's own words, as inputs, else what its definition names.
fn baseline(job: Option<&ProcessingFact>, definition: Option<&JobDefinitionFact>) -> Vec<String> {
    let names = ["baseline_statistics", "baseline_constraints"];
    let own = job.into_iter().flat_map(|job| {
        let told = job.environment.iter().filter(move |(name, _)| names.contains(&name.as_str()));
        told.filter_map(move |(_, path)| {
            let file = path.rsplit('/').next()?;
            let input = job.inputs.iter().find(|uri| uri.rsplit('/').next() == Some(file));
            input.cloned().or_else(|| path.starts_with("s3://").then(|| path.clone()))
        })
    });
    let own: Vec<String> = own.collect();
    if !own.is_empty() {
        return own;
    }
    let given = definition.map(|definition| &definition.baseline);
    let files = given.map(|given| [given.statistics.clone(), given.constraints.clone()]);
    files.into_iter().flatten().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::models::facts::ScheduleSummary;

    #[test]
    fn a_run_without_a_job_has_the_window_of_its_schedule() {
        let run = MonitorRunFact {
            schedule: "s".into(),
            scheduled: "2026-11-21T06:00:00Z".parse().unwrap(),
            created: None,
            modified: None,
            status: "Failed".into(),
            job: None,
            reason: Some("Job inputs had no data".into()),
            kind: None,
            endpoint: None,
        };
        let of = |environment| window(&ProcessingFact { environment, ..ProcessingFact::default() }).unwrap();
        let (from, until) = of(planned(&run, Some("cron(0 * ? * * *)"), None));
        assert_eq!((from.to_string().as_str(), until), ("2026-11-21T05:00:00Z", run.scheduled));
        let mut definition = JobDefinitionFact::default();
        definition.input.start_offset = Some("-PT3H".into());
        definition.input.end_offset = Some("-PT1H".into());
        let (from, until) = of(planned(&run, None, Some(&definition)));
        assert_eq!(
            (from.to_string().as_str(), until.to_string().as_str()),
            ("2026-11-21T03:00:00Z", "2026-11-21T05:00:00Z")
        );
    }

    #[test]
    fn a_run_says_what_it_was_compared_with() {
        let job = ProcessingFact {
            environment: vec![
                ("baseline_statistics".into(), "/opt/ml/processing/baseline/stats/statistics.json".into()),
                ("output_path".into(), "/opt/ml/processing/output".into()),
            ],
            inputs: vec!["s3://b/capture/".into(), "s3://b/v7/statistics.json".into()],
            ..ProcessingFact::default()
        };
        assert_eq!(baseline(Some(&job), None), ["s3://b/v7/statistics.json"]);
        let mut definition = JobDefinitionFact::default();
        definition.baseline.constraints = Some("s3://b/c.json".into());
        assert_eq!(baseline(None, Some(&definition)), ["s3://b/c.json"]);
    }

    #[test]
    fn a_run_cannot_be_started_again_but_its_schedule_goes_on() {
        let now = "2026-11-21T06:10:00Z".parse().unwrap();
        let of = |status: &str, expression: &str| {
            let summary = ScheduleSummary {
                name: "s".into(),
                arn: String::new(),
                status: status.into(),
                kind: None,
                endpoint: None,
                definition: None,
                expression: None,
                created: None,
                modified: None,
                last: None,
            };
            again(&ScheduleFact { summary, expression: Some(expression.into()), reason: None, inline: None }, now)
        };
        let told = of("Scheduled", "cron(0 4 ? * * *)");
        assert_eq!(told.next, "2026-11-22T04:00:00Z".parse().ok());
        assert!(told.words.contains("no call that starts one run") && told.words.contains("its own hours"));
        let stopped = of("Stopped", "cron(0 4 ? * * *)");
        assert!(stopped.next.is_none() && stopped.words.contains("Its schedule is stopped"), "{stopped:?}");
        assert!(of("Pending", "cron(0 4 ? * * *)").words.contains("being set up"));
        assert!(of("Scheduled", "NOW").words.contains("another schedule is needed"));
        assert!(of("Scheduled", "cron(0 8 ? * MON *)").words.ends_with("is not known."));
    }
}
