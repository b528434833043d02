//! Where the reading of a log group goes on.
//!
//! A stream has a token for that; FilterLogEvents has none behind its last page, and what the streams of a group write
//! arrives out of order. So the last seconds are asked for again, and what was read of them is known by its id.

use aws::logs::events::Event;
use contract::Timestamp;
use std::collections::HashSet;

/// Milliseconds that are asked for again.
const OVERLAP: i64 = 10_000;
/// Ids that are remembered; a group that writes more in those seconds is asked for less of them.
const MOST: usize = 2_000;

/// See the module. Written into the note of a copy, so that a cached one goes on too.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Seam {
    /// Milliseconds; everything before it was read. `None` until there was an event.
    from: Option<i64>,
    /// The events from there on, by time.
    known: Vec<(i64, String)>,
}

impl Seam {
    pub fn from(&self) -> Option<Timestamp> {
        Timestamp::from_millisecond(self.from?).ok()
    }

    /// Leaves those that were not read before.
    pub fn fresh(&mut self, events: Vec<Event>) -> Vec<Event> {
        let known: HashSet<&str> = self.known.iter().map(|(_, id)| id.as_str()).collect();
        let events: Vec<Event> =
            events.into_iter().filter(|event| event.id.as_deref().is_none_or(|id| !known.contains(id))).collect();
        let named = |event: &Event| Some((event.at.as_millisecond(), event.id.clone()?));
        self.known.extend(events.iter().filter_map(named));
        self.known.sort_by_key(|(at, _)| *at);
        let Some(newest) = self.known.last().map(|(at, _)| *at) else { return events };
        let mut from = self.from.unwrap_or(i64::MIN).max(newest.saturating_sub(OVERLAP));
        if let Some(edge) = self.known.len().checked_sub(MOST).and_then(|cut| self.known.get(cut)) {
            // All of one millisecond are known or none: it could not be asked for in part.
            from = from.max(edge.0.saturating_add(1));
        }
        self.known.retain(|(at, _)| *at >= from);
        self.from = Some(from);
        events
    }

    /// `from`, then a line for each event: time and id.
    pub fn write(&self) -> String {
        let Some(from) = self.from else { return String::new() };
        let lines = self.known.iter().map(|(at, id)| format!("\n{at} {id}"));
        std::iter::once(from.to_string()).chain(lines).collect()
    }

    /// `None` for a mark of another kind.
    pub fn read(mark: &str) -> Option<Self> {
        let mut lines = mark.split('\n');
        let from = lines.next()?.parse().ok()?;
        let known = lines.map(|line| {
            let (at, id) = line.split_once(' ')?;
            Some((at.parse().ok()?, id.to_owned()))
        });
        Some(Self { from: Some(from), known: known.collect::<Option<_>>()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn event(at: i64, id: &str) -> Event {
        Event { at: Timestamp::from_millisecond(at).unwrap(), id: Some(id.to_owned()), text: id.to_owned() }
    }

    fn ids(events: &[Event]) -> Vec<&str> {
        events.iter().map(|event| event.text.as_str()).collect()
    }

    #[test]
    fn what_is_asked_for_again_is_read_once_and_what_came_late_too() {
        let mut seam = Seam::default();
        assert_eq!((seam.from(), seam.write()), (None, String::new()));
        assert_eq!(ids(&seam.fresh(vec![event(50_000, "a"), event(60_000, "b")])), ["a", "b"]);
        assert_eq!(seam.from().unwrap().as_millisecond(), 50_000);
        let again = vec![event(50_000, "a"), event(58_000, "late"), event(60_000, "b"), event(61_000, "c")];
        assert_eq!(ids(&seam.fresh(again)), ["late", "c"]);
        assert_eq!(seam.from().unwrap().as_millisecond(), 51_000);
        assert!(seam.fresh(Vec::new()).is_empty());
        assert_eq!(Seam::read(&seam.write()), Some(seam));
    }

    #[test]
    fn a_torrent_is_not_remembered_whole() {
        let mut seam = Seam::default();
        let count = i64::try_from(MOST).unwrap() + 500;
        let many: Vec<_> = (0..count).map(|at| event(at, &at.to_string())).collect();
        assert_eq!(seam.fresh(many.clone()).len(), many.len());
        assert!(seam.known.len() < MOST, "{}", seam.known.len());
        let from = seam.from().unwrap();
        let again: Vec<_> = many.into_iter().filter(|event| event.at >= from).collect();
        assert!(!again.is_empty() && seam.fresh(again).is_empty());
    }

    #[test]
    fn another_mark_is_no_seam() {
        for mark in ["", "f/0000000000000012", "12\nx", "12\n13"] {
            assert_eq!(Seam::read(mark), None, "{mark:?}");
        }
    }

    proptest! {
        /// However a group is cut into looks, each event is read once.
        #[test]
        fn looks_that_overlap_give_each_event_once(times in prop::collection::vec(0_i64..30_000, 1..60), cut in 1_usize..10) {
            let mut times = times;
            times.sort_unstable();
            let all: Vec<Event> = times.iter().enumerate().map(|(n, at)| event(*at, &n.to_string())).collect();
            let mut seam = Seam::default();
            let mut read = Vec::new();
            let mut there = 0;
            while there < all.len() {
                there = (there + cut).min(all.len());
                let from = seam.from();
                let page = all[..there].iter().filter(|event| from.is_none_or(|from| event.at >= from)).cloned().collect();
                read.extend(seam.fresh(page).into_iter().map(|event| event.text));
            }
            let wanted: Vec<String> = (0..all.len()).map(|n| n.to_string()).collect();
            prop_assert_eq!(read, wanted);
        }
    }
}
