//! The incident of a failed execution: what failed down to the line that says why, what is different from the last success,
//! what the run read, and what can be done, prepared.
//!
//! All of it is found out side by side and told as it becomes known; a part that cannot be read is a notice, and the rest
//! still stands. Nothing here changes anything: the actions are requests for plans.

mod advice;
mod chain;
mod changes;
mod ends;
mod export;
mod inputs;
mod newer;
pub(crate) mod report;
mod starts;
mod timeline;

use crate::{
    Desk, EngineError,
    ends::left_out,
    executions::{Look, lock},
    jobs::{OfStream, StreamSaid},
    plans,
};
use ::triage::Role;
use advice::{Facts, Newer};
use aws::Session;
use chain::Bottom;
use changes::Changes;
use contract::{
    Fault, Notice, Timestamp,
    executions::{CheckRerun, CompareExecution, Comparison, Difference, ExecutionRow, Rerun, Status},
    incident::{Incident, IncidentCause, IncidentEvent, InputObject, OpenIncident, Quote, QuotePlace},
    jobs::{
        CompareJob, JobComparison, JobId,
        diagnosis::{Diagnosis, DiagnosisEvent, EvidenceLine, Finding, UnknownCause, Verdict},
        facts::RunFact,
    },
    settings::Place,
};
use inputs::Name;
use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};
use timeline::Sources;
use tokio_util::sync::CancellationToken;

/// Where an incident reports what was found out so far.
pub type IncidentEvents = Arc<dyn Fn(IncidentEvent) + Send + Sync>;

/// What is being found out first.
const LOGS: &str = "the logs of the job";

/// Incidents that are kept for an export.
const MOST_KEPT: usize = 16;

/// What stops incidents that nobody looks at any more, and what was told of those that somebody does.
#[derive(Debug, Default)]
pub(crate) struct Incidents {
    stop: Mutex<CancellationToken>,
    told: Mutex<HashMap<String, Arc<Told>>>,
    /// How often one was opened.
    openings: AtomicU64,
}

/// An incident as it was told last, and where it was seen.
#[derive(Debug)]
struct Told {
    incident: Incident,
    place: Place,
    /// By which opening.
    opening: u64,
}

impl Incidents {
    pub fn stop_all(&self) {
        std::mem::take(&mut *lock(&self.stop)).cancel();
        lock(&self.told).clear();
    }

    /// What an earlier opening still finds out does not take the place of what a later one told.
    fn put(&self, incident: Incident, place: Place, opening: u64) {
        let mut told = lock(&self.told);
        if told.get(&incident.execution.arn).is_some_and(|told| told.opening > opening) {
            return;
        }
        told.insert(incident.execution.arn.clone(), Arc::new(Told { incident, place, opening }));
        if told.len() > MOST_KEPT {
            let oldest = told.values().min_by_key(|told| told.incident.as_of);
            if let Some(arn) = oldest.map(|told| told.incident.execution.arn.clone()) {
                told.remove(&arn);
            }
        }
    }

    fn told(&self, execution: &str) -> Result<Arc<Told>, EngineError> {
        lock(&self.told).get(execution).cloned().ok_or(EngineError::Gone("this incident"))
    }
}

impl Desk {
    pub async fn open_incident(&self, request: OpenIncident, events: IncidentEvents) -> Result<Incident, EngineError> {
        let followed = self.follow(&request.execution).await?;
        let session = followed.session.clone();
        let seen = followed.known();
        let looking = vec!["the history of the execution".to_owned()];
        let first = Incident { looking, ..begun(seen.row, session.now()) };
        let (incident, changes) = (Mutex::new(first.clone()), Mutex::default());
        let opening = self.inner.incidents.openings.fetch_add(1, Ordering::Relaxed);
        let looking = Looking { desk: self.clone(), session, followed, events, incident, changes, opening };
        self.inner.incidents.put(first.clone(), looking.place(), opening);
        let stop = lock(&self.inner.incidents.stop).child_token();
        tokio::spawn(async move { stop.run_until_cancelled(looking.look()).await });
        Ok(first)
    }
}

/// An incident of which nothing is known yet but its execution.
fn begun(execution: ExecutionRow, as_of: Timestamp) -> Incident {
    Incident {
        execution,
        chain: Vec::new(),
        cause: None,
        said_now: Vec::new(),
        changes: Vec::new(),
        more_changes: Vec::new(),
        inputs: Vec::new(),
        ends: Vec::new(),
        actions: Vec::new(),
        timeline: Vec::new(),
        looking: Vec::new(),
        as_of,
        notices: Vec::new(),
    }
}

/// An incident on its way.
struct Looking {
    desk: Desk,
    session: Session,
    followed: Look,
    events: IncidentEvents,
    incident: Mutex<Incident>,
    changes: Mutex<Changes>,
    opening: u64,
}

/// What was found out of the job that failed.
struct OfJob {
    run: Arc<RunFact>,
    diagnosis: Option<Diagnosis>,
    comparison: Option<JobComparison>,
}

impl Looking {
    fn place(&self) -> Place {
        Place { profile: self.session.profile().to_owned(), region: self.session.region().to_owned() }
    }

    /// Changes what is known, and tells it.
    fn tell(&self, change: impl FnOnce(&mut Incident)) {
        let view = {
            let mut incident = lock(&self.incident);
            change(&mut incident);
            incident.as_of = self.session.now();
            incident.clone()
        };
        self.desk.inner.incidents.put(view.clone(), self.place(), self.opening);
        (self.events)(IncidentEvent::View(Box::new(view)));
    }

    /// A part that could not be read.
    fn missing(&self, what: &str, error: EngineError) {
        let fault = Fault::from(error);
        self.tell(|incident| incident.notices.push(Notice::warning(format!("{what} is missing: {}", fault.detail))));
    }

    async fn look(&self) {
        self.followed.whole().await;
        let bottom = chain::bottom(&self.desk, &self.followed).await;
        let job = bottom.job.clone();
        self.tell(|incident| {
            incident.execution = self.followed.known().row;
            incident.chain.clone_from(&bottom.links);
            incident.cause = bottom.cause();
            incident.looking = ["what is different from the last success", "what the run read", "what can be done"]
                .map(str::to_owned)
                .to_vec();
            if job.is_some() || bottom.container.is_some() {
                incident.looking.insert(0, LOGS.to_owned());
            }
        });
        let (of_job, (), compared, rerun, newer, loads) = tokio::join!(
            self.of_job(job.as_ref(), &bottom),
            self.of_container(&bottom),
            self.compared(),
            self.rerun(),
            self.later(),
            ends::loads(self, &bottom)
        );
        self.tell(|incident| loads.tell(incident));
        match &newer {
            Err(error) => {
                let notice = left_out("Whether a newer run did its work", error);
                self.tell(|incident| incident.notices.push(notice));
            }
            Ok(later) if later.left => self.tell(|incident| {
                let text =
                    "Not all later runs of the state machine were looked at: one of them may have done its work.";
                incident.notices.push(Notice::info(text));
            }),
            Ok(_) => {}
        }
        let (inputs, feeds) = tokio::join!(
            inputs::read(self, of_job.as_ref(), compared.as_ref(), &loads.files),
            ends::feeds(self, of_job.as_ref())
        );
        self.tell(|incident| {
            incident.ends.extend(feeds);
            incident.ends.sort_by_key(|one| std::cmp::Reverse(one.confidence));
        });
        self.tell(|incident| {
            incident.looking.retain(|what| what == "what can be done");
            incident.inputs.clone_from(&inputs);
        });
        let restores = self.restores(&inputs).await;
        let brought = self.brought(&inputs).await;
        let run = of_job.as_ref().map(|of_job| of_job.run.as_ref());
        let seen = self.followed.known();
        let known = newer.as_ref().ok().and_then(|later| later.run.as_ref());
        let left = newer.as_ref().is_ok_and(|later| later.left && later.run.is_none());
        // Those that are not shown have their moments too.
        let changes: Vec<Difference> = lock(&self.changes).all().cloned().collect();
        self.tell(|incident| {
            let execution = &incident.execution;
            incident.actions = advice::actions(&Facts {
                execution: &execution.arn,
                machine: &execution.machine_arn,
                machine_name: &execution.machine,
                cause: incident.cause.as_ref(),
                inputs: &inputs,
                run,
                rerun: rerun.as_ref(),
                starts_by: restores.starts_by.as_deref(),
                refused: &restores.refused,
                running: matches!(execution.status, Status::Running | Status::PendingRedrive),
                brought: brought.as_ref(),
                newer: known.map(|run| Newer { name: &run.name, running: run.running, same: run.same }),
                newer_unread: newer.is_err() || left,
                now: self.session.now(),
            });
            incident.timeline = timeline::timeline(&Sources {
                seen: &seen,
                run,
                inputs: &inputs,
                ends: &incident.ends,
                cause: incident.cause.as_ref(),
                diagnosis: of_job.as_ref().and_then(|of_job| of_job.diagnosis.as_ref()),
                changes: &changes,
                success: compared.as_ref().and_then(|compared| compared.with.as_ref()).map(|row| row.started),
            });
            incident.looking.clear();
        });
    }

    /// The job's logs and its last success.
    async fn of_job(&self, id: Option<&JobId>, bottom: &Bottom) -> Option<OfJob> {
        let id = id?;
        let run = match self.desk.run_fact(&self.session, id).await {
            Ok(run) => run,
            Err(error) => {
                self.missing(&format!("{} {}", id.engine().word(), id.own()), error);
                return None;
            }
        };
        let request = CompareJob { id: id.clone() };
        let (diagnosis, comparison) = tokio::join!(self.diagnosed(&run, bottom), self.desk.compare_job(&request));
        let comparison = match comparison {
            Ok(comparison) => Some(comparison),
            Err(error) => {
                self.missing("The comparison with the job's last success", error);
                None
            }
        };
        if let Some(comparison) = &comparison {
            lock(&self.changes).of_job(id, &comparison.differences);
            self.tell(|incident| lock(&self.changes).tell(incident));
        }
        Some(OfJob { run, diagnosis, comparison })
    }

    async fn diagnosed(&self, run: &Arc<RunFact>, bottom: &Bottom) -> Option<Diagnosis> {
        let files = match self.desk.log_files(&self.session, run).await {
            Ok(files) => files,
            Err(error) => {
                self.missing("What the logs say", error);
                return None;
            }
        };
        // Told again while it reads: only what is better known than the workflow's own words replaces them.
        let quiet = Arc::new(|_: DiagnosisEvent| ());
        let diagnosis = match self.desk.diagnose_run(run.as_ref().clone(), &files, quiet).await {
            Ok(diagnosis) => diagnosis,
            Err(error) => {
                self.missing("What the logs say", error);
                return None;
            }
        };
        let said =
            Said { verdict: diagnosis.verdict, findings: &diagnosis.findings, unknown: diagnosis.unknown.as_ref() };
        let place = |line: &EvidenceLine| QuotePlace::of(line, &diagnosis.job, &diagnosis.files);
        self.tell(|incident| {
            said.tell(incident, bottom, place);
            incident.notices.extend(diagnosis.notices.iter().cloned());
        });
        Some(diagnosis)
    }

    /// The end of the log of a container that is no run of an engine here.
    async fn of_container(&self, bottom: &Bottom) {
        let Some(container) = &bottom.container else { return };
        let mut notices: Vec<Notice> = container.no_log().map(Notice::info).into_iter().collect();
        notices.extend(container.notices.iter().cloned());
        let mut texts = bottom.texts();
        // ECS tells the same once more, while it describes the task.
        let more = container.texts.iter().filter(|(_, text)| !texts.iter().any(|(_, known)| known.contains(text)));
        let more: Vec<(String, String)> = more.cloned().collect();
        texts.extend(more);
        let of = |place| OfStream {
            place,
            role: Role::Container,
            engine: container.engine.clone(),
            texts: texts.clone(),
            from: None,
            until: None,
            names: Vec::new(),
        };
        let read = match self.desk.stream_says(&self.session, of(container.place.clone())).await {
            Err(error) => {
                notices.push(left_out(&format!("What the log of {} says", container.name), &error));
                self.desk.stream_says(&self.session, of(None)).await
            }
            read => read,
        };
        let Ok(StreamSaid { verdict, findings, unknown, log }) = read else { return };
        // Without a log there is nothing that could not be explained.
        let said = Said { verdict, findings: &findings, unknown: unknown.as_ref().filter(|_| log.is_some()) };
        let place = |line: &EvidenceLine| QuotePlace::in_stream(line, log.as_ref()?);
        self.tell(|incident| {
            said.tell(incident, bottom, place);
            incident.notices.append(&mut notices);
        });
    }

    async fn compared(&self) -> Option<Comparison> {
        let request = CompareExecution { arn: self.followed.arn.clone(), with: None };
        match self.desk.compare_execution(&request).await {
            Ok(comparison) => {
                lock(&self.changes).of_execution(&self.followed.arn, &comparison.differences);
                self.tell(|incident| {
                    lock(&self.changes).tell(incident);
                    incident.looking.retain(|what| what != "what is different from the last success");
                });
                Some(comparison)
            }
            Err(error) => {
                self.missing("The comparison with the last success", error);
                None
            }
        }
    }

    async fn rerun(&self) -> Option<Rerun> {
        match self.desk.check_rerun(&CheckRerun { arn: self.followed.arn.clone() }).await {
            Ok(rerun) => Some(rerun),
            Err(error) => {
                self.missing("Whether it can be run again", error);
                None
            }
        }
    }

    /// What the plans of the restores say: what starts the machine when an input is stored again, and which cannot run.
    async fn restores(&self, inputs: &[InputObject]) -> Restores {
        let machine = self.followed.known().row.machine;
        let mut found = Restores::default();
        for input in inputs.iter().filter(|input| input.better.as_ref().is_some_and(|better| !better.current)) {
            let Some(plan) = advice::restore_of(input) else { continue };
            match self.desk.plan_restore(&plan).await {
                Ok(plan) => match plans::runnable(&plan) {
                    Ok(()) => found.starts_by = found.starts_by.or_else(|| starts::through(&plan.effects, &machine)),
                    Err(why) => found.refused.push(((input.bucket.clone(), input.key.clone()), why.to_string())),
                },
                Err(error) => self.missing("What a restore sets off", error),
            }
        }
        found
    }
}

/// What the plans of the restores say.
#[derive(Debug, Default)]
struct Restores {
    /// What starts the machine when an input is stored again: `rule on-daily-sales`.
    starts_by: Option<String>,
    /// Inputs whose better version cannot be brought back now, and why: its bytes are archived, for example.
    refused: Vec<(Name, String)>,
}

/// What logs say of the failure.
struct Said<'a> {
    verdict: Verdict,
    findings: &'a [Finding],
    unknown: Option<&'a UnknownCause>,
}

impl Said<'_> {
    /// `place` tells where a line of evidence stands.
    fn tell(&self, incident: &mut Incident, bottom: &Bottom, place: impl Fn(&EvidenceLine) -> Option<QuotePlace>) {
        if let Some(cause) = self.cause(&place) {
            incident.cause = Some(cause);
        } else if let (Some(cause), Some(unknown)) = (&mut incident.cause, self.unknown) {
            // The workflow's words stay, with the lines to read first.
            cause.text = format!("{} {}", cause.text, unknown.reason);
            cause.evidence = quotes(&unknown.best, &place);
        }
        if let (None, Some(unknown)) = (self.told(), self.unknown) {
            incident.said_now.clone_from(&unknown.new_templates);
        }
        incident.chain.clone_from(&bottom.links);
        incident.chain.extend(chain::below_job(self.told(), self.unknown, place));
        incident.looking.retain(|what| what != LOGS);
    }

    /// The finding that the logs name as the cause.
    fn told(&self) -> Option<&Finding> {
        self.findings.first().filter(|_| self.verdict == Verdict::Cause)
    }

    /// The cause that the logs name, with what to do about it.
    fn cause(&self, place: &impl Fn(&EvidenceLine) -> Option<QuotePlace>) -> Option<IncidentCause> {
        let finding = self.told()?;
        Some(IncidentCause {
            title: finding.title.clone(),
            text: finding.remedy.clone(),
            confidence: Some(finding.confidence),
            severity: Some(finding.severity),
            retry: Some(finding.retry),
            evidence: quotes(&finding.evidence, place),
            settings: finding.settings.clone(),
        })
    }
}

fn quotes(lines: &[EvidenceLine], place: &impl Fn(&EvidenceLine) -> Option<QuotePlace>) -> Vec<Quote> {
    lines.iter().map(|line| Quote { line: line.clone(), place: place(line) }).collect()
}

#[cfg(test)]
mod tests {
    use super::{changes::tests::incident, *};

    #[test]
    fn what_an_earlier_opening_finds_out_late_is_not_exported() {
        let incidents = Incidents::default();
        let place = || Place { profile: "p".into(), region: "eu-west-1".into() };
        let arn = incident().execution.arn;
        let says = |what: &str| Incident { looking: vec![what.to_owned()], ..incident() };
        incidents.put(says("first"), place(), 0);
        incidents.put(says("second"), place(), 1);
        incidents.put(says("first, late"), place(), 0);
        assert_eq!(incidents.told(&arn).unwrap().incident.looking, ["second"]);
        incidents.put(says("second, whole"), place(), 1);
        assert_eq!(incidents.told(&arn).unwrap().incident.looking, ["second, whole"]);
    }
}
