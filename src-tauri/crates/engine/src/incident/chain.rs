//! From the execution down to what threw: nested executions, the state, the job, the container, the exception.

use crate::{
    Desk,
    executions::{Followed, Seen},
};
use ::executions::why::why;
use contract::{
    executions::Why,
    incident::{ChainKind, ChainLink, IncidentCause, IncidentTarget, QuotePlace},
    jobs::{
        JobId,
        diagnosis::{Diagnosis, EvidenceLine},
    },
};
use std::sync::Arc;

/// Executions inside of executions that are gone into.
const DEEPEST: usize = 6;

/// Where the way down ends among executions.
pub struct Bottom {
    pub links: Vec<ChainLink>,
    pub job: Option<JobId>,
    /// Statements of Redshift that the executions sent, by their ids.
    pub statements: Vec<String>,
    why: Option<Why>,
}

impl Bottom {
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
            retry: None,
            evidence: Vec::new(),
            settings: Vec::new(),
        })
    }
}

/// Goes down from an execution, through the children that failed, to the state that failed first and its job.
pub async fn bottom(desk: &Desk, followed: &Arc<Followed>) -> Bottom {
    let mut bottom = Bottom { links: Vec::new(), job: None, statements: Vec::new(), why: None };
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
            bottom.links.push(ChainLink {
                kind: ChainKind::Job,
                name: link.id.clone(),
                text: Some(format!("{} {}", link.service, link.noun)),
                at: None,
                target: bottom.job.clone().map(IncidentTarget::Job),
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

/// What stands below the job, by its logs.
pub fn below_job(diagnosis: &Diagnosis) -> Vec<ChainLink> {
    let Some(finding) = diagnosis.findings.first() else { return Vec::new() };
    let place = |line: &EvidenceLine| QuotePlace::of(line, &diagnosis.job, &diagnosis.files);
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
