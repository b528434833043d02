//! The Amazon States Language, read as far as graph, history and preflight need it.
//!
//! Names of states are unique in a whole definition, nested states included (Amazon States Language, "State Machine
//! Structure"), so one flat list with parents is all the tree that is needed. Where a stranger broke that rule, targets are
//! still looked up in their own scope, as the language does, and the first state of a name is the one that is found.
//!
//! Nesting is bounded by JSON's own bound (`serde_json` refuses beyond 128 levels, which is about 40 Maps in each other), so
//! what walks the tree recursively here cannot run out of stack.

mod read;
mod rule;
mod spot;
mod words;

#[cfg(test)]
pub(crate) mod tests;

pub(crate) use rule::cut;
pub use words::resource_words;

use contract::executions::{DefinitionProblem, StateKind};
use std::collections::HashMap;

#[derive(Debug, Clone, PartialEq)]
pub struct Definition {
    /// Name of the first state.
    pub start: String,
    pub comment: Option<String>,
    /// `TimeoutSeconds` of the whole machine.
    pub timeout_seconds: Option<f64>,
    /// All states in the order of the text, a Parallel or Map before the states that it holds.
    pub states: Vec<State>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct State {
    pub name: String,
    pub kind: StateKind,
    /// Place in `states` of the Parallel or Map that holds it.
    pub parent: Option<usize>,
    /// Branch of a Parallel, from 0.
    pub branch: usize,
    /// First state of each branch, or of the item processor.
    pub starts: Vec<String>,
    pub next: Option<String>,
    pub end: bool,
    pub choices: Vec<Choice>,
    /// `Default` of a Choice.
    pub default: Option<String>,
    pub catches: Vec<Catch>,
    pub retries: Vec<Retry>,
    /// `arn:aws:states:::emr-serverless:startJobRun.sync`.
    pub resource: Option<String>,
    /// True with `QueryLanguage: JSONata`, its own or inherited.
    pub jsonata: bool,
    /// The state as it was written, without the states that it holds.
    pub text: serde_json::Value,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// `rows < 1000 and day is present`, at most 60 characters; of JSONata the expression.
    pub label: String,
    pub next: String,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Catch {
    pub errors: Vec<String>,
    pub next: String,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Retry {
    pub errors: Vec<String>,
    pub max_attempts: u64,
    pub interval_seconds: f64,
    pub backoff_rate: f64,
}

/// Where a name means something: the machine itself, or one branch of a Parallel or Map.
pub(crate) type Scope = (Option<usize>, usize);

impl Definition {
    /// Reads a definition.
    ///
    /// # Errors
    /// What is wrong and where: no JSON, no `StartAt`, a `Next` that leads nowhere.
    pub fn read(text: &str) -> Result<Self, DefinitionProblem> {
        read::definition(text)
    }

    pub fn state(&self, name: &str) -> Option<&State> {
        self.states.iter().find(|state| state.name == name)
    }

    pub fn place(&self, name: &str) -> Option<usize> {
        self.states.iter().position(|state| state.name == name)
    }

    /// Which states are reached only through a Catch: from the start of their own scope there is a way, but none along
    /// `Next`, `Choices` and `Default` alone. What no way leads to at all is no handler.
    pub fn handlers(&self) -> Vec<bool> {
        let plain = self.reached(false);
        let caught = self.reached(true);
        plain.into_iter().zip(caught).map(|(plain, caught)| caught && !plain).collect()
    }

    fn reached(&self, through_catches: bool) -> Vec<bool> {
        let places = self.places();
        let mut reached = vec![false; self.states.len()];
        let mut open: Vec<usize> = Vec::new();
        open.extend(places.get(&((None, 0), self.start.as_str())));
        for (place, state) in self.states.iter().enumerate() {
            let starts = state.starts.iter().enumerate();
            open.extend(starts.filter_map(|(branch, start)| places.get(&((Some(place), branch), start.as_str()))));
        }
        while let Some(place) = open.pop() {
            let Some(state) = self.states.get(place) else { continue };
            match reached.get_mut(place) {
                Some(seen) if !*seen => *seen = true,
                _ => continue,
            }
            let catches = state.catches.iter().filter(|_| through_catches).map(|catch| catch.next.as_str());
            open.extend(state.plain_targets().chain(catches).filter_map(|name| places.get(&(state.scope(), name))));
        }
        reached
    }

    /// Every state by its scope and name.
    pub(crate) fn places(&self) -> HashMap<(Scope, &str), usize> {
        let mut places = HashMap::with_capacity(self.states.len());
        for (place, state) in self.states.iter().enumerate() {
            places.entry((state.scope(), state.name.as_str())).or_insert(place);
        }
        places
    }
}

impl State {
    /// The states that can follow without an error: `Next`, then `Choices`, then `Default`.
    pub fn plain_targets(&self) -> impl Iterator<Item = &str> {
        let choices = self.choices.iter().map(|choice| choice.next.as_str());
        self.next.as_deref().into_iter().chain(choices).chain(self.default.as_deref())
    }

    pub(crate) fn scope(&self) -> Scope {
        (self.parent, self.branch)
    }
}
