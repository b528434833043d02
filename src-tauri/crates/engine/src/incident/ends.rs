//! What the pipeline's two ends have to do with a failure: statements of Redshift that the execution sent and that failed,
//! with the rows that they could not take; replication tasks that write what the run reads, and are stopped or behind.
//!
//! The database is asked for load errors only where that wakes nothing; elsewhere a person is offered it.

use super::{
    Looking, OfJob,
    chain::Bottom,
    inputs::{self, Name},
};
use crate::{
    EngineError,
    ends::{TaskSaid, latencies, left_out, replications, statements, tasks},
    jobs::of_log,
};
use ::jobs::ends::{
    statement::{self, copy_of, object, reading},
    task::{self, Feed},
};
use aws::{AwsError, ends::replication};
use contract::{
    Fault, Notice, Timestamp,
    ends::{
        EndId, EndState, LoadErrors,
        facts::{EndpointFact, StatementFact, TaskFact},
    },
    incident::{ChainKind, ChainLink, EndEvidence, Incident, IncidentCause, IncidentTarget, Quote, QuotePlace},
    jobs::diagnosis::{EvidenceLine, Finding},
};

/// Statements that are looked at: the last ones.
const MOST_STATEMENTS: usize = 6;
/// Pages of failed statements that are looked through for those of a function.
const MOST_PAGES: usize = 3;
/// Tasks whose tables are read.
const MOST_TASKS: usize = 6;
/// Lines that are quoted.
const MOST_LINES: usize = 5;

/// How sure it is that a statement has to do with the failure, in percent: one that the execution sent, and one that ran
/// while it did.
const SENT: u8 = 95;
const MEANWHILE: u8 = 45;

/// The loads of an execution that failed.
#[derive(Debug, Default)]
pub struct Loads {
    evidence: Vec<EndEvidence>,
    cause: Option<IncidentCause>,
    links: Vec<ChainLink>,
    notices: Vec<Notice>,
    /// Objects that they read.
    pub files: Vec<Name>,
}

impl Loads {
    pub fn tell(&self, incident: &mut Incident) {
        incident.ends.extend(self.evidence.iter().cloned());
        incident.notices.extend(self.notices.iter().cloned());
        // What the logs of a job say is nearer to the failure than what the database says.
        let known = incident.cause.as_ref().is_some_and(|cause| cause.confidence.is_some());
        if let Some(cause) = self.cause.clone().filter(|_| !known) {
            incident.cause = Some(cause);
            incident.chain.extend(self.links.iter().cloned());
        }
    }
}

pub async fn loads(looking: &Looking, bottom: &Bottom) -> Loads {
    let mut loads = Loads::default();
    let certain = !bottom.statements.is_empty();
    let ids: Vec<String> = if certain {
        bottom.statements.iter().rev().take(MOST_STATEMENTS).cloned().collect()
    } else if bottom.is_function() {
        match meanwhile(looking).await {
            Ok(ids) => ids,
            Err(error) => {
                tracing::debug!(%error, "statements that ran meanwhile could not be listed");
                Vec::new()
            }
        }
    } else {
        Vec::new()
    };
    for id in ids {
        match looking.desk.statement_fact(&looking.session, &id).await {
            Ok(fact) if fact.status == "FAILED" => one(looking, &fact, certain, &mut loads).await,
            Ok(_) => {}
            Err(error) => loads.notices.push(left_out(&format!("Redshift statement {id}"), &error)),
        }
    }
    loads
}

/// Statements that failed while the execution ran: a function does not tell which it sent.
async fn meanwhile(looking: &Looking) -> Result<Vec<String>, AwsError> {
    let fact = looking.followed.known().fact;
    let until = fact.stopped.unwrap_or_else(|| looking.session.now());
    let mut found = Vec::new();
    let mut token = None;
    for _ in 0..MOST_PAGES {
        let (page, next) = statements(&looking.session, true, token).await?;
        let within = |one: &&StatementFact| one.created.is_some_and(|at| at >= fact.started && at <= until);
        found.extend(page.iter().filter(within).map(|one| one.id.clone()));
        let behind = page.last().and_then(|last| last.created).is_some_and(|at| at < fact.started);
        if behind || next.is_none() {
            break;
        }
        token = next;
    }
    found.truncate(MOST_STATEMENTS);
    Ok(found)
}

/// A statement that failed.
async fn one(looking: &Looking, fact: &StatementFact, certain: bool, loads: &mut Loads) {
    let (session, desk) = (&looking.session, &looking.desk);
    let mut findings = desk.findings_in("redshift", vec![("Error", fact.error.clone().unwrap_or_default())]).await;
    let mut errors = None;
    let offer = reading(fact);
    if offer.as_ref().is_some_and(|offer| offer.free) {
        match desk.load_errors(session, fact).await {
            Ok(read) => {
                if !read.findings.is_empty() {
                    findings.clone_from(&read.findings);
                }
                errors = Some(read);
            }
            Err(error) => loads.notices.push(missing("The load errors", error)),
        }
    }
    let copy = copy_of(&fact.sql);
    let read = copy.as_ref().and_then(|copy| object(&copy.source));
    let files = errors.iter().flat_map(|errors| &errors.rows).filter_map(|row| object(&row.file)).chain(read);
    for (bucket, key) in files {
        let name = (bucket.to_owned(), key.to_owned());
        if !loads.files.contains(&name) {
            loads.files.push(name);
        }
    }
    let asks = offer.filter(|_| errors.is_none()).map(|offer| offer.sets_off);
    let id = EndId::Statement(fact.id.clone());
    let first = findings.first();
    let row = statement::row(fact, first.map(|first| first.title.as_str()), session.now());
    let lines = lines(fact, errors.as_ref(), first);
    if certain && loads.cause.is_none() {
        loads.cause = first.map(|first| cause(first, lines.clone()));
        loads.links.push(ChainLink {
            kind: ChainKind::Job,
            name: row.name.clone(),
            text: Some("Redshift statement".to_owned()),
            at: fact.created,
            target: Some(IncidentTarget::End(id.clone())),
        });
    }
    let says = if certain {
        "The execution sent this statement, and it failed."
    } else {
        "It failed while the execution ran; nothing says that the execution sent it."
    };
    loads.evidence.push(EndEvidence {
        id,
        title: row.finding.unwrap_or(row.name),
        text: with_remedy(says, first),
        confidence: if certain { SENT } else { MEANWHILE },
        at: fact.updated,
        evidence: lines.into_iter().map(|line| Quote { line, place: None }).collect(),
        errors,
        asks,
    });
}

/// Rows that were refused say more than that the load failed.
fn lines(fact: &StatementFact, errors: Option<&LoadErrors>, first: Option<&Finding>) -> Vec<EvidenceLine> {
    let refused = errors.map(|errors| errors.rows.as_slice()).unwrap_or_default();
    let quoted = |fact_name: &str, text: String| EvidenceLine {
        at: None,
        fact: Some(fact_name.to_owned()),
        time: fact.updated,
        text,
        count: 1,
    };
    if !refused.is_empty() {
        let line = |row: &contract::ends::LoadErrorRow| {
            let column = row.column.as_deref().map(|column| format!(" column {column}")).unwrap_or_default();
            quoted("sys_load_error_detail", format!("{} line {}{column}: {}", row.file, row.line, row.reason))
        };
        return refused.iter().take(MOST_LINES).map(line).collect();
    }
    match (first, &fact.error) {
        (Some(first), _) if !first.evidence.is_empty() => first.evidence.iter().take(MOST_LINES).cloned().collect(),
        (_, Some(error)) => vec![quoted("Error", error.clone())],
        (_, None) => Vec::new(),
    }
}

fn cause(finding: &Finding, evidence: Vec<EvidenceLine>) -> IncidentCause {
    IncidentCause {
        title: finding.title.clone(),
        text: finding.remedy.clone(),
        confidence: Some(finding.confidence),
        severity: Some(finding.severity),
        retry: Some(finding.retry),
        evidence: evidence.into_iter().map(|line| Quote { line, place: None }).collect(),
        settings: finding.settings.clone(),
    }
}

fn with_remedy(says: &str, finding: Option<&Finding>) -> String {
    match finding.map(|finding| finding.remedy.as_str()).filter(|remedy| !remedy.is_empty()) {
        Some(remedy) => format!("{says} {remedy}"),
        None => says.to_owned(),
    }
}

fn missing(what: &str, error: EngineError) -> Notice {
    let fault = Fault::from(error);
    Notice::warning(format!("{what} are missing: {}", fault.detail))
}

/// Replication tasks that write what the run reads, and do not run as they should.
pub async fn feeds(looking: &Looking, job: Option<&OfJob>) -> Vec<EndEvidence> {
    let seen = looking.followed.known();
    let places = inputs::places(seen.fact.input.as_deref(), job);
    if places.is_empty() {
        return Vec::new();
    }
    match fed(looking, &places, seen.fact.stopped).await {
        Ok(found) => found,
        Err(error) => {
            // Most accounts have no such task: that it cannot be known is no warning.
            let text = left_out("Whether a DMS task brings what it read", &error).text;
            looking.tell(|incident| incident.notices.push(Notice::info(text)));
            Vec::new()
        }
    }
}

async fn fed(looking: &Looking, places: &[Name], ended: Option<Timestamp>) -> Result<Vec<EndEvidence>, AwsError> {
    let session = &looking.session;
    let targets = replication::endpoints(session).await?;
    let near =
        |target: &EndpointFact| places.iter().any(|(bucket, _)| target.bucket.as_deref() == Some(bucket.as_str()));
    let targets: Vec<EndpointFact> = targets.into_iter().filter(near).collect();
    if targets.is_empty() {
        return Ok(Vec::new());
    }
    let mut all = tasks(session).await?;
    match replications(session).await {
        Ok(more) => all.extend(more),
        Err(error) => {
            let text = left_out("Whether DMS Serverless brings what it read", &error).text;
            looking.tell(|incident| incident.notices.push(Notice::info(text)));
        }
    }
    let writing = all.into_iter().filter(|one| targets.iter().any(|target| Some(&target.arn) == one.target.as_ref()));
    let writing: Vec<TaskFact> = writing.collect();
    let (late, notices) = latencies(session, &writing).await;
    if !notices.is_empty() {
        looking.tell(|incident| incident.notices.extend(notices));
    }
    let mut found = Vec::new();
    let mut looked = 0;
    for one in &writing {
        let row = task::row(one, late.get(&one.arn), session.now());
        // A task that stopped after the execution ended is not why it failed.
        let after = row.since.zip(ended).is_some_and(|(since, ended)| since > ended);
        let Some(title) = row.finding.clone().filter(|_| !after) else { continue };
        let Some(target) = targets.iter().find(|target| Some(&target.arn) == one.target.as_ref()) else { continue };
        if looked >= MOST_TASKS {
            break;
        }
        looked += 1;
        let tables = replication::tables(session, &one.arn).await?;
        let names: Vec<(String, String)> =
            tables.iter().map(|table| (table.schema.clone(), table.table.clone())).collect();
        let fits = places.iter().filter_map(|(bucket, key)| {
            let feed = task::feeds(target, &names, bucket, key)?;
            Some((feed, format!("s3://{bucket}/{key}")))
        });
        // The place that names a table says more than one above it.
        let Some((feed, place)) = fits.min_by_key(|(feed, _)| *feed == Feed::Folder) else { continue };
        let table = match feed {
            Feed::Table(at) => tables.get(at),
            Feed::Folder => None,
        };
        let bad = table.is_some_and(|table| task::is_bad_table(&table.state, table.refused, table.differing));
        let Some(confidence) = sure(row.state, table.is_some(), bad) else { continue };
        let said = looking.desk.findings_of_task(session, one, row.state).await;
        if !said.notices.is_empty() {
            looking.tell(|incident| incident.notices.extend(said.notices.iter().cloned()));
        }
        let says = match row.state {
            EndState::Failed | EndState::Stopped => {
                format!("It writes {place}, which the run reads: what is missing there was not brought.")
            }
            EndState::Behind => format!("It writes {place}, which the run reads: what is missing there comes late."),
            _ => format!("It writes {place}, which the run reads: a table does not get its changes."),
        };
        found.push(EndEvidence {
            id: row.id,
            title,
            text: with_remedy(&says, said.findings.first()),
            confidence,
            at: row.since,
            evidence: quoted(one, table.filter(|_| bad), &said),
            errors: None,
            asks: None,
        });
    }
    found.sort_by_key(|one| std::cmp::Reverse(one.confidence));
    Ok(found)
}

/// How sure it is, in percent, that a task in this state explains what is wrong with an input of the run. `None` where it
/// explains nothing: some of its tables are in error, and the one that is read is not among them.
fn sure(state: EndState, of_table: bool, bad: bool) -> Option<u8> {
    Some(match (state, of_table, bad) {
        (EndState::Failed | EndState::Stopped, true, _) | (_, true, true) => 85,
        (EndState::Failed | EndState::Stopped, false, _) => 65,
        (EndState::Behind, true, false) => 70,
        (EndState::Behind, false, _) => 50,
        (EndState::InPart, false, _) => 40,
        _ => return None,
    })
}

/// The service's own words, and the lines of the task's log.
fn quoted(task: &TaskFact, table: Option<&contract::ends::TableRow>, said: &TaskSaid) -> Vec<Quote> {
    let line = |fact: &str, text: String| EvidenceLine {
        at: None,
        fact: Some(fact.to_owned()),
        time: task.stopped,
        text,
        count: 1,
    };
    let failure = task::failure_field(&task.arn);
    let texts = [(failure, task.failure.clone()), ("StopReason", task.stop_reason.clone())];
    let mut lines: Vec<EvidenceLine> = texts.into_iter().filter_map(|(fact, text)| Some(line(fact, text?))).collect();
    lines.extend(table.map(|table| line("TableState", format!("{}: {}", table.name, table.state))));
    let mut quotes: Vec<Quote> = lines.into_iter().map(|line| Quote { line, place: None }).collect();
    quotes.extend(said.log.iter().flat_map(|log| {
        let lines = of_log(&said.findings).take(MOST_LINES);
        lines.map(move |line| Quote { line: line.clone(), place: QuotePlace::in_stream(line, log) })
    }));
    quotes
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::{
        jobs::diagnosis::{RetryAdvice, Severity},
        logs::{LineAt, StreamLog},
    };

    #[test]
    fn a_task_explains_what_it_brings() {
        assert!(sure(EndState::Failed, true, false) > sure(EndState::Failed, false, false));
        assert!(sure(EndState::Failed, true, false) > sure(EndState::Behind, true, false));
        assert_eq!(sure(EndState::InPart, true, false), None, "another table is in error");
        assert_eq!(sure(EndState::InPart, true, true), Some(85));
        assert_eq!(sure(EndState::Running, true, false), None);
    }

    #[test]
    fn the_words_of_a_task_are_quoted() {
        let task = TaskFact {
            failure: Some("Last Error Replication task out of memory.".into()),
            stop_reason: Some("Stop Reason FATAL_ERROR Error Level FATAL".into()),
            ..TaskFact::default()
        };
        let told = quoted(&task, None, &TaskSaid::default());
        let told: Vec<String> = told.into_iter().map(|quote| quote.line.text).collect();
        assert_eq!(told, ["Last Error Replication task out of memory.", "Stop Reason FATAL_ERROR Error Level FATAL"]);
    }

    #[test]
    fn the_lines_of_its_log_lead_there() {
        let line = |at, text: &str| EvidenceLine { at, fact: None, time: None, text: text.into(), count: 1 };
        let finding = Finding {
            signature: "dms.memory".into(),
            title: "The replication task ran out of memory".into(),
            severity: Severity::Fatal,
            layer: "resource".into(),
            retry: RetryAdvice::Bigger,
            confidence: 80,
            reasons: Vec::new(),
            evidence: vec![line(None, "of the service"), line(Some(LineAt { file: 0, line: 6 }), "of the log")],
            count: 2,
            first: None,
            last: None,
            places: Vec::new(),
            consequences: Vec::new(),
            remedy: String::new(),
            settings: Vec::new(),
            doc: None,
            exception: None,
            frames: Vec::new(),
        };
        let log = StreamLog { address: "dms-tasks-a:dms-task-B".into(), name: "dms-task-B".into(), whole: true };
        let said = TaskSaid { findings: vec![finding], log: Some(log), notices: Vec::new() };
        let told = quoted(&TaskFact::default(), None, &said);
        assert_eq!(told.len(), 1, "the service's words stand there already: {told:?}");
        let place = told[0].place.as_ref().unwrap();
        assert_eq!((place.address.as_str(), place.line), ("dms-tasks-a:dms-task-B", Some(6)));
    }
}
