//! From the execution down to what threw: nested executions, the state, the job, the container, the exception.

use crate::{
    Desk,
    ends::left_out,
    executions::{Followed, Seen, tasks},
    logs::number,
};
use ::executions::why::why;
use aws::Session;
use contract::{
    Notice,
    executions::{ContainerLog, JobLink, TaskLogs, Why},
    incident::{ChainKind, ChainLink, IncidentCause, IncidentTarget, QuotePlace},
    jobs::{
        JobId,
        diagnosis::{EvidenceLine, Finding, UnknownCause},
    },
    logs::StreamLog,
};

/// Executions inside of executions that are gone into.
const DEEPEST: usize = 6;

/// Where the way down ends among executions.
pub struct Bottom {
    pub links: Vec<ChainLink>,
    pub job: Option<JobId>,
    /// What failed was a container that is no run of an engine here.
    pub container: Option<Container>,
    /// Statements of Redshift that the executions sent, by their ids.
    pub statements: Vec<String>,
    why: Option<Why>,
}

/// A job of Batch, a task of ECS, a build of CodeBuild.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Container {
    /// `Batch job 77-88`.
    pub name: String,
    /// As triage calls engines.
    pub engine: String,
    /// Group and stream of its log, where the events tell it.
    pub place: Option<(String, String)>,
    /// Of a task of ECS, whose log only this tells.
    pub definition: Option<String>,
    /// Why its log cannot be read, where that was found out.
    pub why: Option<String>,
    /// What the service told of its end beside the events, for the signatures.
    pub texts: Vec<(String, String)>,
    pub notices: Vec<Notice>,
}

impl Container {
    /// `None` for what has no container.
    fn of(link: &JobLink) -> Option<Self> {
        if !matches!(link.service.as_str(), "Batch" | "CodeBuild" | "ECS") || link.noun == "call" {
            return None;
        }
        let definition = link.ids.iter().find(|(name, _)| name == "TaskDefinition");
        Some(Self {
            name: format!("{} {} {}", link.service, link.noun, link.id),
            engine: link.service.to_ascii_lowercase(),
            place: link.stream().map(|(group, stream)| (group.to_owned(), stream.to_owned())),
            definition: definition.map(|(_, id)| id.clone()),
            why: None,
            texts: Vec::new(),
            notices: Vec::new(),
        })
    }

    /// Asks ECS for the log of a task.
    async fn find(&mut self, session: &Session, link: &JobLink) {
        if !link.is_task() {
            return;
        }
        match tasks::of_task(session, link).await {
            Ok(told) => self.take(told),
            Err(error) => self.notices.push(left_out(&format!("Where {} logs", self.name), &error)),
        }
    }

    /// The log of the container that failed, or of the one that the task ends with.
    fn take(&mut self, told: TaskLogs) {
        let TaskLogs { end, containers, notices } = told;
        self.notices.extend(notices);
        self.texts.extend(end.reason.map(|text| ("stoppedReason".to_owned(), text)));
        for one in end.containers.iter().filter(|one| one.failed()) {
            self.texts.extend(one.words().map(|words| (one.name.clone(), words)));
        }
        // What another container said is no cause of how one failed.
        let any_failed = containers.iter().any(|one| one.failed);
        let counts = |one: &&ContainerLog| one.failed || !any_failed;
        let log = containers.iter().filter(counts).find_map(|one| one.log.as_deref());
        // Neither names of groups nor of streams may hold a colon.
        let place = log.and_then(|log| log.split_once(':'));
        self.place = place.map(|(group, stream)| (group.to_owned(), stream.to_owned()));
        let missing: Vec<&str> = containers.iter().filter(counts).filter_map(|one| one.missing.as_deref()).collect();
        if self.place.is_some() {
            self.notices.extend(missing.into_iter().map(Notice::info));
        } else {
            self.why = (!missing.is_empty()).then(|| missing.join(" "));
        }
    }

    /// The log as the window opens it.
    fn target(&self) -> Option<IncidentTarget> {
        let (group, stream) = self.place.as_ref()?;
        let log = StreamLog { address: format!("{group}:{stream}"), name: stream.clone(), whole: false };
        Some(QuotePlace::stream(&log).target())
    }

    /// Why nothing of its log is here, where the events do not tell where it is.
    pub fn no_log(&self) -> Option<String> {
        if self.place.is_some() {
            return None;
        }
        if let Some(why) = &self.why {
            return Some(format!("{} has no log that can be read here. {why}", self.name));
        }
        let told = match &self.definition {
            Some(definition) => format!(
                " Its task definition does: aws ecs describe-task-definition --task-definition {definition} names the \
                 log group."
            ),
            None => String::new(),
        };
        Some(format!("The events do not say where {} logs.{told}", self.name))
    }
}

impl Bottom {
    /// What the service says of the failure, for the signatures.
    pub fn texts(&self) -> Vec<(String, String)> {
        let levels = self.why.iter().flat_map(|why| &why.cause);
        let texts = levels.flat_map(|level| std::iter::once(&level.text).chain(&level.lines));
        texts.map(|text| ("cause".to_owned(), text.clone())).collect()
    }

    /// What failed was a function, which may have sent statements of its own.
    pub fn is_function(&self) -> bool {
        let job = self.why.as_ref().and_then(|why| why.job.as_ref());
        job.is_some_and(|job| job.service == "Lambda")
    }

    /// The cause in the workflow's and the service's own words.
    pub fn cause(&self) -> Option<IncidentCause> {
        let why = self.why.as_ref()?;
        let mut text = why.text.clone();
        for advice in &why.advice {
            text.push(' ');
            text.push_str(advice);
        }
        Some(IncidentCause {
            title: why.title.clone(),
            text,
            confidence: None,
            severity: None,
            retry: None,
            evidence: Vec::new(),
            settings: Vec::new(),
        })
    }
}

/// Goes down from an execution, through the children that failed, to the state that failed first and its job.
pub async fn bottom(desk: &Desk, followed: &Followed) -> Bottom {
    let mut bottom = Bottom { links: Vec::new(), job: None, container: None, statements: Vec::new(), why: None };
    let mut seen = followed.known();
    for _ in 0..DEEPEST {
        let row = &seen.row;
        bottom.statements.extend(statements(&seen));
        bottom.links.push(ChainLink {
            kind: ChainKind::Execution,
            name: row.name.clone(),
            text: Some(format!("{} {}", row.machine, row.status.word())),
            at: Some(row.started),
            target: Some(IncidentTarget::Execution(row.arn.clone())),
        });
        let Some(reason) = why_of(&seen) else { break };
        if let Some(state) = &reason.state {
            bottom.links.push(ChainLink {
                kind: ChainKind::State,
                name: state.clone(),
                text: Some(reason.error.clone()),
                at: seen
                    .history
                    .states
                    .iter()
                    .find(|one| Some(&one.id) == reason.visit.as_ref())
                    .map(|one| one.entered),
                target: reason.visit.clone().map(|visit| IncidentTarget::State { execution: row.arn.clone(), visit }),
            });
        }
        let child = reason.cause.iter().find_map(|level| level.execution.clone()).filter(|arn| *arn != row.arn);
        if let Some(link) = &reason.job {
            bottom.job = link.run();
            bottom.container = Container::of(link).filter(|_| bottom.job.is_none());
            if let Some(container) = &mut bottom.container {
                container.find(&followed.session, link).await;
            }
            let log = bottom.container.as_ref().and_then(Container::target);
            bottom.links.push(ChainLink {
                kind: ChainKind::Job,
                name: link.id.clone(),
                text: Some(format!("{} {}", link.service, link.noun)),
                at: None,
                target: bottom.job.clone().map(IncidentTarget::Job).or(log),
            });
        }
        bottom.why = Some(reason);
        // What failed inside says more than that it did.
        let Some(child) = child.filter(|_| bottom.job.is_none()) else { break };
        match desk.read_once(&followed.session, &child).await {
            Ok(inside) => seen = inside,
            Err(error) => {
                tracing::debug!(%error, child, "a nested execution could not be read");
                break;
            }
        }
    }
    bottom
}

/// Statements that the states of an execution sent, in order.
fn statements(seen: &Seen) -> Vec<String> {
    let jobs = seen.history.states.iter().filter_map(|state| state.job.as_deref());
    jobs.filter_map(|job| job.strip_prefix("Redshift Data statement ")).map(str::to_owned).collect()
}

fn why_of(seen: &Seen) -> Option<Why> {
    why(&seen.history, seen.definition.as_deref(), &seen.fact, !seen.complete)
}

/// What stands below the job, by its logs: what threw, or else the line to read first; `place` tells where a line of them
/// stands. A finding that is no cause says nothing of how it failed.
pub fn below_job(
    cause: Option<&Finding>,
    unknown: Option<&UnknownCause>,
    place: impl Fn(&EvidenceLine) -> Option<QuotePlace>,
) -> Vec<ChainLink> {
    let Some(finding) = cause else {
        let best = unknown.and_then(|unknown| unknown.best.first());
        return best.and_then(|line| to_read(line, place(line))).into_iter().collect();
    };
    let target = finding.evidence.iter().find_map(place).map(|place| place.target());
    let mut links = Vec::new();
    if let Some(place) = finding.places.first() {
        links.push(ChainLink {
            kind: ChainKind::Container,
            name: place.clone(),
            text: None,
            at: finding.first,
            target: target.clone(),
        });
    }
    links.push(ChainLink {
        kind: ChainKind::Exception,
        name: finding.title.clone(),
        text: finding.exception.clone().or_else(|| finding.evidence.first().map(|line| line.text.clone())),
        at: finding.first,
        target,
    });
    links
}

/// `None` where it is not told where the line stands.
fn to_read(line: &EvidenceLine, place: Option<QuotePlace>) -> Option<ChainLink> {
    let stands = |place: &QuotePlace| match place.line {
        Some(line) => format!("{}, line {}", place.file, number(line.saturating_add(1))),
        None => place.file.clone(),
    };
    Some(ChainLink {
        kind: ChainKind::Line,
        name: place.as_ref().map(stands).or_else(|| line.fact.clone())?,
        text: Some(line.text.clone()),
        at: line.time,
        target: place.map(|place| place.target()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incident::{Said, changes::tests::incident};
    use contract::{
        Timestamp,
        executions::{ContainerEnd, TaskEnd},
        jobs::{
            LogFileRow, LogRole, LogStreamKind,
            diagnosis::{Diagnosis, NewTemplate, RetryAdvice, Severity, Verdict},
        },
        logs::LineAt,
    };

    fn line(text: &str) -> EvidenceLine {
        EvidenceLine {
            at: Some(LineAt { file: 0, line: 1_203 }),
            fact: None,
            time: "2026-11-21T06:04:00Z".parse().ok(),
            text: text.into(),
            count: 1,
        }
    }

    fn finding() -> Finding {
        Finding {
            signature: "capacity.application-limit".into(),
            title: "The application's limit was reached".into(),
            severity: Severity::Warning,
            layer: "capacity".into(),
            retry: RetryAdvice::Same,
            confidence: 20,
            reasons: Vec::new(),
            evidence: vec![line("WARN ExecutorContainerAllocator: Worker could not be allocated")],
            count: 1,
            first: None,
            last: None,
            places: vec!["the driver".into()],
            consequences: Vec::new(),
            remedy: String::new(),
            settings: Vec::new(),
            doc: None,
            exception: None,
            frames: Vec::new(),
        }
    }

    fn diagnosis(verdict: Verdict, best: Vec<EvidenceLine>) -> Diagnosis {
        Diagnosis {
            job: JobId::Glue { job: "feed".into(), run: "jr_1".into() },
            verdict,
            findings: vec![finding()],
            unknown: (verdict == Verdict::Unknown).then(|| UnknownCause {
                reason: "Nothing known explains it.".into(),
                best,
                new_templates: Vec::new(),
            }),
            noise: Vec::new(),
            files: vec![LogFileRow {
                address: "s3://lake-logs/applications/00f/jobs/1/SPARK_EXECUTOR/7/stderr.gz".into(),
                role: LogRole::Executor,
                executor: Some("7".into()),
                container: None,
                node: None,
                attempt: None,
                stream: LogStreamKind::Stderr,
                part: None,
                compressed: true,
                size: None,
                last_write: None,
            }],
            records: 1,
            bytes: 1,
            complete: true,
            as_of: Timestamp::UNIX_EPOCH,
            notices: Vec::new(),
        }
    }

    fn below(diagnosis: &Diagnosis) -> Vec<ChainLink> {
        let cause = diagnosis.findings.first().filter(|_| diagnosis.verdict == Verdict::Cause);
        below_job(cause, diagnosis.unknown.as_ref(), |line| QuotePlace::of(line, &diagnosis.job, &diagnosis.files))
    }

    fn told(diagnosis: &Diagnosis) -> Vec<(ChainKind, String)> {
        below(diagnosis).into_iter().map(|link| (link.kind, link.name)).collect()
    }

    #[test]
    fn a_cause_is_where_it_was_thrown() {
        let links = told(&diagnosis(Verdict::Cause, Vec::new()));
        let title = finding().title;
        assert_eq!(links, [(ChainKind::Container, "the driver".to_owned()), (ChainKind::Exception, title)]);
    }

    #[test]
    fn a_finding_that_is_no_cause_is_no_link() {
        let unknown = diagnosis(Verdict::Unknown, vec![line("ERROR Ledger: does not balance"), line("later")]);
        assert_eq!(told(&unknown), [(ChainKind::Line, "executor 7 stderr, line 1,204".to_owned())]);
        let links = below(&unknown);
        assert_eq!(links[0].text.as_deref(), Some("ERROR Ledger: does not balance"));
        let Some(IncidentTarget::Log(place)) = &links[0].target else { panic!("{links:?}") };
        assert_eq!(place.line, Some(1_203));
        let said = EvidenceLine { at: None, fact: Some("stateDetails".into()), ..line("Unknown Error.") };
        assert_eq!(told(&diagnosis(Verdict::Unknown, vec![said])), [(ChainKind::Line, "stateDetails".to_owned())]);
        assert!(told(&diagnosis(Verdict::Unknown, Vec::new())).is_empty());
        assert!(told(&diagnosis(Verdict::Nothing, Vec::new())).is_empty());
    }

    #[test]
    fn what_the_last_success_did_not_say_is_told_where_no_cause_is() {
        let bottom = Bottom { links: Vec::new(), job: None, container: None, statements: Vec::new(), why: None };
        let new = NewTemplate { text: "ERROR Settlement: ledger <n> does not balance".into(), count: 3 };
        for (verdict, expected) in [(Verdict::Unknown, vec![new.clone()]), (Verdict::Cause, Vec::new())] {
            let unknown =
                UnknownCause { reason: "Nothing known.".into(), best: Vec::new(), new_templates: vec![new.clone()] };
            let said = Said { verdict, findings: &[finding()], unknown: Some(&unknown) };
            let mut incident = incident();
            said.tell(&mut incident, &bottom, |_| None);
            assert_eq!(incident.said_now, expected, "{verdict:?}");
        }
    }

    fn link(service: &str, noun: &str, logs: Option<&str>) -> JobLink {
        JobLink {
            service: service.into(),
            noun: noun.into(),
            id: "77-88".into(),
            ids: vec![("TaskDefinition".into(), "prices:3".into())],
            region: None,
            command: None,
            logs: logs.map(str::to_owned),
            task: None,
        }
    }

    #[test]
    fn a_container_leads_to_its_log() {
        let batch = Container::of(&link("Batch", "job", Some("/aws/batch/job:b/default/two"))).unwrap();
        assert_eq!((batch.name.as_str(), batch.engine.as_str()), ("Batch job 77-88", "batch"));
        let Some(IncidentTarget::Log(place)) = batch.target() else { panic!("{batch:?}") };
        assert_eq!((place.address.as_str(), place.job, place.line), ("/aws/batch/job:b/default/two", None, None));
        assert_eq!(batch.no_log(), None);
    }

    #[test]
    fn a_container_whose_log_is_not_told_says_what_tells_it() {
        let task = Container::of(&link("ECS", "task", None)).unwrap();
        assert_eq!(task.target(), None);
        let why = task.no_log().unwrap();
        assert!(why.contains("ECS task 77-88") && why.contains("--task-definition prices:3"), "{why}");
    }

    fn task_logs(logs: &[(&str, Option<&str>, bool)]) -> TaskLogs {
        let one = |&(name, log, failed): &(&str, Option<&str>, bool)| ContainerLog {
            name: name.into(),
            ended: None,
            failed,
            log: log.map(str::to_owned),
            missing: log.is_none().then(|| format!("{name} logs by the driver splunk.")),
            note: None,
        };
        let app = ContainerEnd { name: "app".into(), exit_code: Some(137), ..ContainerEnd::default() };
        let side = ContainerEnd { name: "side".into(), exit_code: Some(0), ..ContainerEnd::default() };
        let reason = Some("Essential container in task exited".to_owned());
        let end = TaskEnd { code: None, reason, containers: vec![app, side] };
        TaskLogs { end, containers: logs.iter().map(one).collect(), notices: Vec::new() }
    }

    #[test]
    fn a_task_is_read_where_its_definition_says() {
        let mut task = Container::of(&link("ECS", "task", None)).unwrap();
        task.take(task_logs(&[
            ("app", Some("/ecs/prices:n/app/77"), true),
            ("side", Some("/ecs/prices:n/side/77"), false),
        ]));
        assert_eq!(task.place, Some(("/ecs/prices".to_owned(), "n/app/77".to_owned())));
        assert_eq!(task.no_log(), None);
        let Some(IncidentTarget::Log(place)) = task.target() else { panic!("{task:?}") };
        assert_eq!(place.address, "/ecs/prices:n/app/77");
        let texts: Vec<&str> = task.texts.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(texts, ["Essential container in task exited", "exit code 137"]);
    }

    #[test]
    fn a_task_that_logs_elsewhere_says_why_it_is_not_read() {
        let mut task = Container::of(&link("ECS", "task", None)).unwrap();
        task.take(task_logs(&[("app", None, true)]));
        assert_eq!(task.place, None);
        let why = task.no_log().unwrap();
        assert!(why.contains("ECS task 77-88") && why.contains("driver splunk"), "{why}");
        let mut beside = Container::of(&link("ECS", "task", None)).unwrap();
        beside.take(task_logs(&[("app", None, true), ("side", Some("/ecs/prices:n/side/77"), false)]));
        assert_eq!(beside.place, None, "the log of one that ended well explains nothing");
        assert!(beside.no_log().unwrap().contains("app logs by the driver splunk"), "{beside:?}");
        let mut unknown = Container::of(&link("ECS", "task", None)).unwrap();
        unknown.take(task_logs(&[("app", None, false), ("side", Some("/ecs/prices:n/side/77"), false)]));
        assert_eq!(unknown.place.as_ref().map(|(_, stream)| stream.as_str()), Some("n/side/77"));
        assert!(unknown.notices.iter().any(|notice| notice.text.contains("splunk")), "{:?}", unknown.notices);
    }

    #[test]
    fn what_has_no_container_is_none() {
        assert_eq!(Container::of(&link("Glue", "job run", Some("/aws-glue/jobs/error:jr_1"))), None);
        assert_eq!(Container::of(&link("ECS", "call", None)), None);
    }
}
