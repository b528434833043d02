//! A definition laid out in columns, and what became of each of its steps.

use super::definition::{DefinedStep, Definition};
use crate::wording::{seconds, small};
use contract::{
    Timestamp,
    jobs::{JobId, SageMakerKind},
    models::{
        LinkKind, PipelineStatus, PipelineStep, StepGraph, StepLink, StepRun, StepStanding,
        facts::{PipelineStepFact, StepMade},
    },
};
use std::collections::{BTreeMap, HashMap, VecDeque};

/// Places in the definition.
#[derive(Debug, Clone, Copy)]
struct Link {
    from: usize,
    to: usize,
    kind: LinkKind,
}

/// A definition that nothing has run of.
pub fn layout(definition: &Definition) -> StepGraph {
    graph(&definition.steps, definition.steps.len(), &HashMap::new(), None, Timestamp::UNIX_EPOCH)
}

/// What an execution did of its definition, or the steps that it has begun alone, in their order, where that is not
/// known. `facts` in the order in which they began.
pub fn with_runs(
    definition: Option<&Definition>,
    facts: &[PipelineStepFact],
    status: PipelineStatus,
    now: Timestamp,
) -> StepGraph {
    let mut steps = definition.map(|definition| definition.steps.clone()).unwrap_or_default();
    let defined = steps.len();
    let mut begun: HashMap<&str, &PipelineStepFact> = HashMap::new();
    for fact in facts {
        if begun.insert(fact.name.as_str(), fact).is_none() && !steps.iter().any(|step| step.name == fact.name) {
            let title = fact.title.clone().filter(|title| *title != fact.name);
            steps.push(DefinedStep { name: fact.name.clone(), title, ..DefinedStep::default() });
        }
    }
    graph(&steps, defined, &begun, Some(status), now)
}

/// Places of the steps that failed, the first one first.
pub fn failed(graph: &StepGraph) -> Vec<u32> {
    let mut failed: Vec<(Option<Timestamp>, u32)> = Vec::new();
    for (at, step) in graph.steps.iter().enumerate() {
        if step.standing == StepStanding::Failed {
            let run = step.run.as_ref();
            failed.push((run.and_then(|run| run.ended.or(run.started)), small(at)));
        }
    }
    // What has no time is not known to be the first.
    failed.sort_by_key(|(at, place)| (at.is_none(), *at, *place));
    failed.into_iter().map(|(_, place)| place).collect()
}

/// `steps` behind the first `defined` are not in the definition.
fn graph(
    steps: &[DefinedStep],
    defined: usize,
    begun: &HashMap<&str, &PipelineStepFact>,
    status: Option<PipelineStatus>,
    now: Timestamp,
) -> StepGraph {
    let links = links(steps);
    let columns = columns(steps.len(), defined, &links);
    let mut order: Vec<(u32, usize)> = columns.into_iter().enumerate().map(|(at, column)| (column, at)).collect();
    order.sort_unstable();
    let standings = standings(steps, &order, &links, begun, status);
    let mut places = vec![0_u32; steps.len()];
    for (place, (_, at)) in order.iter().enumerate() {
        if let Some(entry) = places.get_mut(*at) {
            *entry = small(place);
        }
    }
    let place = |at: usize| places.get(at).copied().unwrap_or_default();
    let mut taken: BTreeMap<u32, u32> = BTreeMap::new();
    let mut drawn = Vec::with_capacity(steps.len());
    for (column, at) in order {
        let Some(step) = steps.get(at) else { continue };
        let next = taken.entry(column).or_insert(0);
        let row = *next;
        *next = next.saturating_add(1);
        let fact = begun.get(step.name.as_str()).copied();
        drawn.push(PipelineStep {
            name: step.name.clone(),
            title: step.title.clone(),
            kind: if step.kind.is_empty() { of_made(fact) } else { kind_word(&step.kind) },
            column,
            row,
            inside: step.inside.map(|(holder, _)| place(holder)),
            standing: standings.get(at).copied().unwrap_or(StepStanding::Unknown),
            run: fact.map(|fact| run(fact, now)),
        });
    }
    let has_run = |at: usize| steps.get(at).is_some_and(|step| begun.contains_key(step.name.as_str()));
    let links = links.iter().map(|link| StepLink {
        from: place(link.from),
        to: place(link.to),
        kind: link.kind,
        is_taken: has_run(link.from) && has_run(link.to),
    });
    StepGraph { links: links.collect(), steps: drawn }
}

/// One link between two steps at most, of the kind that says most.
fn links(steps: &[DefinedStep]) -> Vec<Link> {
    let places: HashMap<&str, usize> = steps.iter().enumerate().map(|(at, step)| (step.name.as_str(), at)).collect();
    let mut links = Vec::new();
    for (to, step) in steps.iter().enumerate() {
        let used = step.uses.iter().map(|name| (name, LinkKind::Uses));
        let named = used.chain(step.after.iter().map(|name| (name, LinkKind::After)));
        let mut own: BTreeMap<usize, LinkKind> = BTreeMap::new();
        for (name, kind) in named {
            if let Some(from) = places.get(name.as_str()).copied().filter(|from| *from != to) {
                own.entry(from).or_insert(kind);
            }
        }
        if let Some((holder, is_if)) = step.inside.filter(|(holder, _)| *holder != to) {
            // Only the first steps of a branch hang on the condition itself.
            own.remove(&holder);
            let follows = own.keys().any(|from| steps.get(*from).is_some_and(|other| other.inside == step.inside));
            if !follows {
                own.insert(holder, if is_if { LinkKind::If } else { LinkKind::Else });
            }
        }
        links.extend(own.into_iter().map(|(from, kind)| Link { from, to, kind }));
    }
    links
}

/// A column behind the last of what a step waits for. Steps that wait for each other stand where they were first
/// reached. What is not in the definition stands behind all of it, in its order.
fn columns(count: usize, defined: usize, links: &[Link]) -> Vec<u32> {
    let mut next: Vec<Vec<usize>> = vec![Vec::new(); count];
    let mut open = vec![0_usize; count];
    for link in links {
        if let (Some(next), Some(open)) = (next.get_mut(link.from), open.get_mut(link.to)) {
            next.push(link.to);
            *open += 1;
        }
    }
    let mut columns = vec![0_u32; count];
    let mut ready: VecDeque<usize> =
        open.iter().enumerate().filter(|(_, open)| **open == 0).map(|(at, _)| at).collect();
    while let Some(at) = ready.pop_front() {
        let behind = columns.get(at).copied().unwrap_or_default().saturating_add(1);
        for to in next.get(at).into_iter().flatten().copied() {
            if let (Some(column), Some(open)) = (columns.get_mut(to), open.get_mut(to)) {
                *column = behind.max(*column);
                *open = open.saturating_sub(1);
                if *open == 0 {
                    ready.push_back(to);
                }
            }
        }
    }
    let behind = columns.iter().take(defined).max().map_or(0, |last| last.saturating_add(1));
    for (extra, column) in columns.iter_mut().skip(defined).enumerate() {
        *column = behind.saturating_add(small(extra));
    }
    columns
}

/// By place in the definition. `order` has what a step waits for before it.
fn standings(
    steps: &[DefinedStep],
    order: &[(u32, usize)],
    links: &[Link],
    begun: &HashMap<&str, &PipelineStepFact>,
    status: Option<PipelineStatus>,
) -> Vec<StepStanding> {
    let mut standings = vec![StepStanding::Waiting; steps.len()];
    let Some(status) = status else { return standings };
    let mut into: Vec<Vec<&Link>> = vec![Vec::new(); steps.len()];
    for link in links {
        if let Some(into) = into.get_mut(link.to) {
            into.push(link);
        }
    }
    for (_, at) in order.iter().copied() {
        let Some(step) = steps.get(at) else { continue };
        let standing = match begun.get(step.name.as_str()) {
            Some(fact) => StepStanding::of(&fact.status),
            None if status.is_over() => StepStanding::NotReached,
            None => {
                let mut before = into.get(at).into_iter().flatten();
                let is_cut = before.any(|link| {
                    let stands = standings.get(link.from).copied().unwrap_or(StepStanding::Unknown);
                    let ends = [StepStanding::Failed, StepStanding::Stopped, StepStanding::NotReached];
                    ends.contains(&stands) || led_elsewhere(steps.get(link.from), link.kind, begun)
                });
                if is_cut { StepStanding::NotReached } else { StepStanding::Waiting }
            }
        };
        if let Some(entry) = standings.get_mut(at) {
            *entry = standing;
        }
    }
    standings
}

/// Whether a condition has chosen its other branch.
fn led_elsewhere(from: Option<&DefinedStep>, kind: LinkKind, begun: &HashMap<&str, &PipelineStepFact>) -> bool {
    let made = from.and_then(|step| begun.get(step.name.as_str())).and_then(|fact| fact.made.as_ref());
    let Some(StepMade::Condition { outcome: Some(outcome) }) = made else { return false };
    match kind {
        LinkKind::If => outcome.eq_ignore_ascii_case("false"),
        LinkKind::Else => outcome.eq_ignore_ascii_case("true"),
        LinkKind::After | LinkKind::Uses => false,
    }
}

fn run(fact: &PipelineStepFact, now: Timestamp) -> StepRun {
    let until = fact.ended.unwrap_or(now);
    StepRun {
        reason: fact.reason.clone(),
        started: fact.started,
        ended: fact.ended,
        seconds: fact.started.map(|from| seconds(from, until).unsigned_abs()),
        attempts: fact.attempts,
        cached_from: fact.cached_from.clone(),
        made: fact.made.clone(),
    }
}

/// The definition's word as people call it.
fn kind_word(word: &str) -> String {
    let known = match word {
        "Training" => "training",
        "Processing" => "processing",
        "Transform" => "batch transform",
        "Tuning" => "tuning",
        "AutoML" => "AutoML",
        "Condition" => "condition",
        "Model" => "create model",
        "RegisterModel" => "register model",
        "QualityCheck" => "quality check",
        "ClarifyCheck" => "Clarify check",
        "EMRServerless" => "EMR Serverless",
        "Fail" => "fail",
        "Callback" => "callback",
        "Endpoint" => "endpoint",
        "EndpointConfig" => "endpoint configuration",
        "InferenceComponent" => "inference component",
        other => other,
    };
    known.to_owned()
}

/// The kind of a step that the definition does not tell of.
fn of_made(fact: Option<&PipelineStepFact>) -> String {
    let Some(made) = fact.and_then(|fact| fact.made.as_ref()) else { return "step".to_owned() };
    let word = match made {
        StepMade::Run(JobId::SageMaker { kind, .. }) => match kind {
            SageMakerKind::Training => "training",
            SageMakerKind::Processing => "processing",
            SageMakerKind::Transform => "batch transform",
            SageMakerKind::Tuning => "tuning",
        },
        StepMade::Run(JobId::Serverless { .. }) => "EMR Serverless",
        StepMade::Run(JobId::Step { .. }) => "EMR",
        StepMade::Run(_) => "job",
        StepMade::Package(_) => "register model",
        StepMade::Model(_) => "create model",
        StepMade::Condition { .. } => "condition",
        StepMade::Failure(_) => "fail",
        StepMade::Other { kind, .. } => return kind_word(kind),
    };
    word.to_owned()
}

#[cfg(test)]
mod tests;
