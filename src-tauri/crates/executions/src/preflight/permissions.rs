//! Who must be allowed to do what, so that a redrive or a new run is not refused on its way.
//!
//! IAM can only be asked by simulation, which knows neither session policies nor all policies of an organization. What it
//! denies is therefore a warning that advises against going on, and never a refusal; what could not be asked is said in
//! one line. Sources: "Redriving Map Runs", "IAM policies for using Distributed Map states", "IAM policies for nested
//! workflows" (Step Functions), and "SimulatePrincipalPolicy" (IAM).

use super::{Recommend, cut};
use crate::Definition;
use crate::compare::list;
use crate::definition::State;
use contract::{
    Notice,
    executions::{StateKind, facts::HistoryEvent},
};

/// Whose policies are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// The person at this computer.
    Caller,
    /// The role that the state machine runs with.
    Role,
}

/// Which of the two ways needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Redrive,
    Start,
    Both,
}

impl Way {
    fn meets(self, other: Self) -> bool {
        self == other || self == Self::Both || other == Self::Both
    }
}

/// Actions on one resource: what one simulation asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    pub who: Who,
    pub way: Way,
    pub actions: &'static [&'static str],
    /// One of these has to be allowed: policies in the wild name an execution in more than one way. The first is shown.
    pub resources: Vec<String>,
    /// `the Map Run of ResizeImages`; empty for the execution itself.
    pub purpose: String,
}

/// An action that simulation denies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denied {
    pub who: Who,
    pub way: Way,
    pub action: String,
    pub resource: String,
    pub purpose: String,
}

/// What was found out about permissions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Permissions {
    /// `user/reader`, `role/service-role/menu-images`.
    pub caller: String,
    pub role: String,
    pub denied: Vec<Denied>,
    /// Why some or all of it could not be asked, as a sentence.
    pub unchecked: Option<String>,
}

/// What is run again, and with what.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// ARNs.
    pub execution: &'a str,
    pub machine: &'a str,
    pub definition: Option<&'a Definition>,
    /// Of the execution; they name its Map Runs.
    pub events: &'a [HistoryEvent],
    /// States that a redrive begins at.
    pub failed_states: &'a [String],
}

const REDRIVE: &[&str] = &["states:RedriveExecution"];
const START: &[&str] = &["states:StartExecution"];
const FOLLOW: &[&str] = &["states:DescribeExecution"];
const FOLLOW_AND_STOP: &[&str] = &["states:DescribeExecution", "states:StopExecution"];
const LISTEN: &[&str] = &["events:PutTargets", "events:PutRule", "events:DescribeRule"];

/// The rule by which Step Functions hears that a nested execution has ended.
const RULE: &str = "StepFunctionsGetEventsForStepFunctionsExecutionRule";

/// All that a redrive, a new run or either of them needs.
pub fn needs(subject: &Subject<'_>, way: Way) -> Vec<Need> {
    let mut all = Vec::new();
    let machine = unqualified(subject.machine);
    let caller = |way, actions, resource: String| Need {
        who: Who::Caller,
        way,
        actions,
        resources: vec![resource],
        purpose: String::new(),
    };
    all.push(caller(Way::Redrive, REDRIVE, subject.execution.to_owned()));
    all.push(caller(Way::Start, START, machine.clone()));
    all.push(caller(Way::Both, FOLLOW, subject.execution.to_owned()));
    for state in subject.definition.iter().flat_map(|definition| &definition.states) {
        match state.kind {
            StateKind::DistributedMap => map_run(subject, &machine, state, &mut all),
            StateKind::Task => nested(state, &mut all),
            _ => {}
        }
    }
    all.retain(|need| need.way.meets(way));
    all
}

/// A Distributed Map starts its children as executions of its own machine.
fn map_run(subject: &Subject<'_>, machine: &str, state: &State, all: &mut Vec<Need>) {
    let purpose = format!("the Map Run of {}", cut(&state.name, 80));
    let need = |way, actions, resources| Need { who: Who::Role, way, actions, resources, purpose: purpose.clone() };
    if subject.failed_states.contains(&state.name) {
        let wanted = state.text.get("Label").and_then(serde_json::Value::as_str);
        for children in children(subject.events, wanted) {
            all.push(need(Way::Redrive, REDRIVE, vec![children]));
        }
    }
    all.push(need(Way::Both, START, vec![machine.to_owned()]));
    let label = state.text.get("Label").and_then(serde_json::Value::as_str).unwrap_or("*");
    let executions = executions(machine);
    all.push(need(Way::Both, FOLLOW_AND_STOP, vec![format!("{executions}:*"), format!("{executions}/{label}:*")]));
}

/// `arn:…:execution:menu-images/ResizeImages:*` for each Map Run of the history, or for those with this label.
fn children(events: &[HistoryEvent], label: Option<&str>) -> Vec<String> {
    let mut found = Vec::new();
    for run in events.iter().filter_map(|event| event.detail.map_run.as_deref()) {
        let Some((place, _)) = run.rsplit_once(':') else { continue };
        let of = place.replacen(":mapRun:", ":execution:", 1);
        let fits = label.is_none_or(|label| of.rsplit_once('/').is_some_and(|(_, named)| named == label));
        let children = format!("{of}:*");
        if fits && !found.contains(&children) {
            found.push(children);
        }
    }
    found
}

/// A task that starts an execution of another machine, named in the definition.
fn nested(state: &State, all: &mut Vec<Need>) {
    let Some((_, how)) = state.resource.as_deref().and_then(|resource| resource.split_once(":states:startExecution"))
    else {
        return;
    };
    let named = ["Parameters", "Arguments"].iter().find_map(|field| state.text.get(field)?.get("StateMachineArn"));
    let Some(child) = named.and_then(serde_json::Value::as_str).filter(|arn| arn.starts_with("arn:")) else { return };
    let child = unqualified(child);
    let purpose = format!("the nested execution of {}", cut(&state.name, 80));
    let need = |actions, resource| Need {
        who: Who::Role,
        way: Way::Both,
        actions,
        resources: vec![resource],
        purpose: purpose.clone(),
    };
    all.push(need(START, child.clone()));
    if how.starts_with(".sync") {
        all.push(need(FOLLOW_AND_STOP, format!("{}:*", executions(&child))));
        let parts: Vec<&str> = child.split(':').collect();
        if let [arn, partition, _, region, account, ..] = parts.as_slice() {
            all.push(need(LISTEN, format!("{arn}:{partition}:events:{region}:{account}:rule/{RULE}")));
        }
    }
}

/// A machine's ARN without version or alias.
fn unqualified(machine: &str) -> String {
    machine.split(':').take(7).collect::<Vec<_>>().join(":")
}

fn executions(machine: &str) -> String {
    machine.replacen(":stateMachine:", ":execution:", 1)
}

impl Permissions {
    /// The first thing that stands against this way, as a clause: `user/reader may not perform states:…`.
    fn against(&self, way: Way) -> Option<String> {
        let denied = self.denied.iter().find(|denied| denied.way.meets(way))?;
        Some(format!("{} may not perform {}", self.name(denied.who), denied.action))
    }

    fn name(&self, who: Who) -> String {
        let name = match who {
            Who::Caller => &self.caller,
            Who::Role => &self.role,
        };
        cut(name, 100)
    }

    /// Advice that takes this into account: what would be refused is not recommended.
    pub(super) fn temper(&self, recommend: Recommend, why: String) -> (Recommend, String) {
        let (way, noun) = match recommend {
            Recommend::Redrive => (Way::Redrive, "the redrive"),
            Recommend::StartAgain => (Way::Start, "the new run"),
            Recommend::Neither => return (recommend, why),
        };
        match self.against(way) {
            Some(clause) => {
                let advice =
                    format!("{why} But {clause}, so {noun} would most likely be refused: have it allowed first.");
                (Recommend::Neither, advice)
            }
            None => (recommend, why),
        }
    }

    /// One warning for each principal that lacks something, and a line on what was not asked.
    pub fn notices(&self) -> Vec<Notice> {
        const SHOWN: usize = 6;
        let mut all = Vec::new();
        for who in [Who::Caller, Who::Role] {
            let lacks: Vec<String> = self
                .denied
                .iter()
                .filter(|denied| denied.who == who)
                .map(|denied| {
                    let on = format!("{} on {}", denied.action, denied.resource);
                    if denied.purpose.is_empty() { on } else { format!("{on} (for {})", denied.purpose) }
                })
                .collect();
            if lacks.is_empty() {
                continue;
            }
            let lacks = list(&lacks.iter().map(String::as_str).collect::<Vec<_>>(), SHOWN);
            let whose = match who {
                Who::Caller => format!("You ({})", self.name(who)),
                Who::Role => format!("The state machine ({})", self.name(who)),
            };
            all.push(Notice::warning(format!(
                "{whose} may not perform {lacks}. Better not to go on before that is allowed. This is \
                 IAM's simulation, which knows no session policies and not every policy of an organization."
            )));
        }
        all.extend(self.unchecked.as_ref().map(|why| Notice::info(why.clone())));
        all
    }
}

#[cfg(test)]
mod tests;
