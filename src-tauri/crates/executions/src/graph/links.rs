//! One scope as the layout sees it: boxes with sizes, and links between them.

use super::per::Per;
use crate::definition::{Catch, Definition, State};
use contract::executions::{EdgeKind, StateKind};
use std::collections::HashMap;

/// Errors that a Catch names in its label.
const ERRORS: usize = 2;

#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Item {
    pub(super) width: f32,
    pub(super) height: f32,
    pub(super) handler: bool,
    pub(super) fails: bool,
    /// Something is tried again, which takes a loop at its right side.
    pub(super) retries: bool,
}

/// From one state of the scope to another, by their order in it.
#[derive(Debug, Clone)]
pub(super) struct Link {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) kind: EdgeKind,
    pub(super) label: String,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Plan {
    pub(super) items: Per<Item>,
    pub(super) links: Vec<Link>,
    pub(super) start: usize,
}

pub(super) fn plan(
    definition: &Definition,
    members: &[usize],
    start: &str,
    sizes: &Per<(f32, f32)>,
    handlers: &Per<bool>,
) -> Plan {
    let mut plan = Plan::default();
    let states: Vec<(usize, &State)> =
        members.iter().filter_map(|place| Some((*place, definition.states.get(*place)?))).collect();
    let mut local: HashMap<&str, usize> = HashMap::with_capacity(states.len());
    for (number, (_, state)) in states.iter().enumerate() {
        local.entry(state.name.as_str()).or_insert(number);
    }
    plan.start = local.get(start).copied().unwrap_or_default();
    for (number, (place, state)) in states.iter().enumerate() {
        let (width, height) = sizes.at(*place);
        let retry = state.retry_words();
        plan.items.push(Item {
            width,
            height,
            handler: handlers.at(*place),
            fails: state.kind == StateKind::Fail,
            retries: retry.is_some(),
        });
        let mut out = Out { from: number, local: &local, links: Vec::new() };
        out.add(state.next.as_deref(), EdgeKind::Next, "", "");
        for choice in &state.choices {
            out.add(Some(&choice.next), EdgeKind::Choice, &choice.label, " or ");
        }
        out.add(state.default.as_deref(), EdgeKind::Choice, "Default", " or ");
        for catch in &state.catches {
            out.add(Some(&catch.next), EdgeKind::Catch, &caught(catch), ", ");
        }
        plan.links.append(&mut out.links);
        let itself = |label| Link { from: number, to: number, kind: EdgeKind::Retry, label };
        plan.links.extend(retry.map(itself));
    }
    plan
}

struct Out<'a> {
    from: usize,
    local: &'a HashMap<&'a str, usize>,
    links: Vec<Link>,
}

impl Out<'_> {
    /// A second condition for the same target goes into the label of the first: a history cannot tell them apart either.
    fn add(&mut self, target: Option<&str>, kind: EdgeKind, label: &str, between: &str) {
        let Some(to) = target.and_then(|name| self.local.get(name)).copied() else { return };
        match self.links.iter_mut().find(|link| link.to == to && link.kind == kind) {
            Some(link) => {
                let label = label.strip_prefix("Catch ").unwrap_or(label);
                link.label = crate::definition::cut(&format!("{}{between}{label}", link.label), 60);
            }
            None => self.links.push(Link { from: self.from, to, kind, label: label.to_owned() }),
        }
    }
}

fn caught(catch: &Catch) -> String {
    if catch.errors.iter().any(|error| error == "States.ALL") {
        return "Catch all".to_owned();
    }
    let named: Vec<&str> = catch.errors.iter().take(ERRORS).map(String::as_str).collect();
    let named = crate::definition::cut(&named.join(", "), 48);
    match catch.errors.len().saturating_sub(ERRORS) {
        0 => format!("Catch {named}"),
        more => format!("Catch {named} and {more} more"),
    }
}
