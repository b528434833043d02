//! Branches and iterations: what visits lie in.

use super::{StateKind, Visit};
use crate::{Definition, State};
use std::collections::HashMap;

/// Labels that are kept: deeper ones are dropped, so that a history of nothing but nesting stays linear.
const DEEPEST: usize = 32;

/// One branch of a Parallel, one iteration of a Map.
#[derive(Debug, Clone)]
pub(super) struct Frame {
    /// The visit to the Parallel or Map, if its entry is known.
    pub group: Option<usize>,
    pub parent: Option<usize>,
    /// `DownloadImages[17]`, `Checks branch 2` (branches are counted from 1, iterations from 0 as the service does).
    pub within: Vec<String>,
    pub depth: u32,
}

/// All frames, found again by their group and number.
#[derive(Debug, Default)]
pub(super) struct Frames {
    pub list: Vec<Frame>,
    known: HashMap<(Option<usize>, String), usize>,
    /// Branches that were entered, for groups without a definition.
    branches: HashMap<usize, u64>,
    latest: HashMap<usize, usize>,
}

impl Frames {
    /// Of an iteration; the same one again after a redrive.
    pub fn iteration(&mut self, group: Option<usize>, visits: &[Visit], name: &str, index: Option<u64>) -> usize {
        let label = index.map_or_else(|| name.to_owned(), |index| format!("{name}[{index}]"));
        self.get(group, visits, label)
    }

    /// Of a branch whose first state is entered now.
    pub fn branch(&mut self, group: usize, visits: &[Visit], branch: Option<usize>) -> usize {
        let count = self.branches.entry(group).or_default();
        *count += 1;
        let number = branch.map_or(*count, |branch| branch as u64 + 1);
        let name = visits.get(group).map(|visit| visit.name.clone()).unwrap_or_default();
        self.get(Some(group), visits, format!("{name} branch {number}"))
    }

    /// For a state whose predecessor is not known: what its definition says that it lies in.
    pub fn guess(&mut self, group: Option<usize>, visits: &[Visit], state: &State, parent: &State) -> usize {
        if parent.kind == StateKind::Parallel {
            return self.get(group, visits, format!("{} branch {}", parent.name, state.branch + 1));
        }
        match group.and_then(|group| self.latest.get(&group)) {
            Some(latest) => *latest,
            None => self.iteration(group, visits, &parent.name, None),
        }
    }

    fn get(&mut self, group: Option<usize>, visits: &[Visit], label: String) -> usize {
        let parent = group.and_then(|group| visits.get(group)).and_then(|visit| visit.frame);
        if let Some(known) = self.known.get(&(group, label.clone())) {
            if let Some(group) = group {
                self.latest.insert(group, *known);
            }
            return *known;
        }
        let around = parent.and_then(|parent| self.list.get(parent));
        let mut within = around.map(|frame| frame.within.clone()).unwrap_or_default();
        let depth = around.map_or(1, |frame| frame.depth.saturating_add(1));
        if within.len() < DEEPEST {
            within.push(label.clone());
        }
        let place = self.list.len();
        self.list.push(Frame { group, parent, within, depth });
        self.known.insert((group, label), place);
        if let Some(group) = group {
            self.latest.insert(group, place);
        }
        place
    }
}

/// A definition whose states are found by name at once.
#[derive(Debug)]
pub(super) struct Names<'a> {
    pub definition: &'a Definition,
    places: HashMap<&'a str, usize>,
}

impl<'a> Names<'a> {
    pub fn new(definition: &'a Definition) -> Self {
        let places = definition.states.iter().enumerate().map(|(at, state)| (state.name.as_str(), at)).collect();
        Self { definition, places }
    }

    pub fn place(&self, name: &str) -> Option<usize> {
        self.places.get(name).copied()
    }

    pub fn state(&self, name: &str) -> Option<&'a State> {
        self.definition.states.get(self.place(name)?)
    }

    /// The Parallel or Map that holds a state.
    pub fn parent(&self, state: &State) -> Option<&'a State> {
        self.definition.states.get(state.parent?)
    }
}
