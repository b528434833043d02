//! Which of several answers that are under way counts, as long as somebody waits for one.
//!
//! The core works on calls side by side, so a slow answer may come after a newer one.

use leptos::prelude::*;

/// Hands out a turn for each question. It belongs to the component that made it.
#[derive(Debug, Clone, Copy)]
pub struct Turns(StoredValue<Numbers>);

#[derive(Debug, Clone, Copy, Default)]
struct Numbers {
    asked: u64,
    taken: u64,
}

/// The place of one question among the others.
#[derive(Debug, Clone, Copy)]
pub struct Turn {
    of: StoredValue<Numbers>,
    number: u64,
}

impl Turns {
    pub fn start() -> Self {
        Self(StoredValue::new(Numbers::default()))
    }

    /// The turn of a question that is asked now.
    pub fn ask(self) -> Turn {
        let asked = self.0.try_update_value(|numbers| {
            numbers.asked += 1;
            numbers.asked
        });
        Turn { of: self.0, number: asked.unwrap_or_default() }
    }
}

impl Turn {
    /// Whether nothing was asked since: for questions of which only the last is of interest.
    pub fn is_last(self) -> bool {
        self.of.try_get_value().is_some_and(|numbers| numbers.asked == self.number)
    }

    /// Takes the answer unless one to a later question was taken: for what is asked again while it goes on, where waiting for
    /// the last would show nothing until it ends.
    pub fn take(self) -> bool {
        let taken = self.of.try_update_value(|numbers| {
            let is_later = self.number > numbers.taken;
            if is_later {
                numbers.taken = self.number;
            }
            is_later
        });
        taken.unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_was_overtaken_does_not_count() {
        let owner = Owner::new();
        let turns = owner.with(Turns::start);
        let first = turns.ask();
        assert!(first.is_last());
        let second = turns.ask();
        assert!(!first.is_last() && second.is_last());
        owner.cleanup();
        assert!(!second.is_last() && !second.take(), "nobody waits for it any more");
    }

    #[test]
    fn what_goes_on_is_shown_as_it_comes_and_never_goes_back() {
        let owner = Owner::new();
        let turns = owner.with(Turns::start);
        let [first, second, third] = [(); 3].map(|()| turns.ask());
        assert!(first.take(), "others are under way, but this is the newest there is");
        assert!(third.take());
        assert!(!second.take(), "it tells of an earlier moment");
    }
}
