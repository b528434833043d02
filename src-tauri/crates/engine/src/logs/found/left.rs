//! The last search as it was left: what it found, and which files it need not read again.

use super::{Found, tally::Tally};
use contract::SetId;
use std::collections::HashSet;

/// A search as it was left.
#[derive(Debug)]
pub(super) struct Left {
    /// What was asked for of which bytes.
    key: String,
    /// Result sets that showed it.
    pub(super) sets: Vec<SetId>,
    pub(super) lines: Vec<Found>,
    pub(super) tally: Tally,
    /// Addresses of the files that need not be read again.
    pub(super) done: HashSet<String>,
}

impl Left {
    pub(super) fn new(key: String, files: usize) -> Self {
        Self { key, sets: Vec::new(), lines: Vec::new(), tally: Tally::new(files), done: HashSet::new() }
    }

    /// From now on the files that could not be read count as not searched. Their number.
    pub(super) fn retry(&mut self) -> u64 {
        let again: HashSet<String> = self.tally.retry().collect();
        self.done.retain(|address| !again.contains(address));
        self.lines.retain(|line| !again.contains(&line.row.file.address));
        again.len() as u64
    }
}

/// Where the last search is left, until another takes its place or its window is gone.
#[derive(Debug, Default)]
pub(crate) struct Shelf {
    /// Searches that were begun.
    begun: u64,
    /// Those up to this one were begun by a window, or in a profile, that is gone.
    closed: u64,
    left: Option<(u64, Left)>,
}

impl Shelf {
    /// The number of a search that begins.
    pub(super) fn begin(&mut self) -> u64 {
        self.begun += 1;
        self.begun
    }

    /// The search for this, if it is the last that was left. Any other is forgotten.
    pub(super) fn take(&mut self, key: &str) -> Option<Left> {
        self.left.take().map(|(_, left)| left).filter(|left| left.key == key)
    }

    /// Keeps a search that ended, unless nobody can ask for it any more or more is known already.
    pub(super) fn leave(&mut self, number: u64, left: Left) {
        if number <= self.closed {
            return;
        }
        let is_news = self.left.as_ref().is_none_or(|(of, kept)| {
            if kept.key == left.key { kept.done.len() <= left.done.len() } else { *of < number }
        });
        if is_news {
            self.left = Some((number, left));
        }
    }

    /// The search that a result set shows, once it has ended.
    pub(super) fn shown(&mut self, set: SetId) -> Option<&mut Left> {
        self.left.as_mut().map(|(_, left)| left).filter(|left| left.sets.contains(&set))
    }

    /// Searches that run still are not kept either when they end.
    pub fn forget(&mut self) {
        self.closed = self.begun;
        self.left = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(key: &str, done: usize) -> Left {
        let done = (0..done).map(|number| number.to_string()).collect();
        Left { sets: vec![SetId(7)], done, ..Left::new(key.to_owned(), 9) }
    }

    #[test]
    fn a_search_that_ends_after_its_window_is_not_kept() {
        let mut shelf = Shelf::default();
        let before = shelf.begin();
        shelf.forget();
        let after = shelf.begin();
        shelf.leave(before, left("killed", 3));
        assert!(shelf.shown(SetId(7)).is_none() && shelf.take("killed").is_none());
        shelf.leave(after, left("killed", 3));
        assert!(shelf.shown(SetId(7)).is_some() && shelf.shown(SetId(8)).is_none());
        shelf.forget();
        assert!(shelf.take("killed").is_none());
    }

    #[test]
    fn of_one_search_the_further_is_kept_and_of_two_the_later() {
        let mut shelf = Shelf::default();
        let (first, second) = (shelf.begin(), shelf.begin());
        shelf.leave(first, left("killed", 5));
        shelf.leave(second, left("killed", 2));
        assert_eq!(shelf.take("killed").unwrap().done.len(), 5);
        shelf.leave(second, left("killed", 2));
        shelf.leave(first, left("ERROR", 5));
        assert!(shelf.take("killed").is_some());
    }
}
