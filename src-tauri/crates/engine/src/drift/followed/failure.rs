//! What failed is not asked again each round: it waits, twice as long after each failure, unless a person asks.

use crate::drift::moment;
use contract::{Notice, Timestamp};
use jiff::SignedDuration;

/// After a first failure, and at most.
const FIRST: SignedDuration = SignedDuration::from_mins(1);
const LONGEST: SignedDuration = SignedDuration::from_mins(30);

/// For whom something is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::drift) enum Asked {
    /// Who opens a list or refreshes it may have put right what failed.
    ByPerson,
    /// The list is open and reads itself again.
    InRound,
}

/// Why something could not be read, and when it was asked last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::drift) struct Failure {
    why: String,
    at: Timestamp,
    wait: SignedDuration,
}

impl Failure {
    /// `before` is the failure that this one follows in the rounds.
    pub fn new(why: String, before: Option<&Self>, at: Timestamp) -> Self {
        let wait = before.map_or(FIRST, |before| before.wait.saturating_mul(2).min(LONGEST));
        Self { why, at, wait }
    }

    /// When a round asks again.
    pub fn next(&self) -> Timestamp {
        self.at.checked_add(self.wait).unwrap_or(Timestamp::MAX)
    }

    /// Whether it is told again without asking.
    pub fn stands(&self, asked: Asked, now: Timestamp) -> bool {
        // A clock that was set back starts over.
        asked == Asked::InRound && now >= self.at && now < self.next()
    }

    /// `what` is not told, why, and since when.
    pub fn notice(&self, what: &str) -> Notice {
        let (at, next) = (moment(self.at), self.next().strftime("%H:%M UTC"));
        let why = self.why.trim_end_matches('.');
        Notice::warning(format!("{what} is left out: {why}. Last asked {at}, next {next} or when you refresh."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(clock: &str) -> Timestamp {
        format!("2026-11-21T{clock}Z").parse().unwrap()
    }

    #[test]
    fn each_failure_waits_twice_as_long_up_to_half_an_hour() {
        let mut failure = Failure::new("refused".into(), None, at("06:00:00"));
        let mut waits = Vec::new();
        for _ in 0..7 {
            let next = failure.next();
            waits.push(next.duration_since(failure.at).as_mins());
            assert!(failure.stands(Asked::InRound, failure.at), "the same round");
            assert!(!failure.stands(Asked::InRound, next));
            failure = Failure::new("refused".into(), Some(&failure), next);
        }
        assert_eq!(waits, [1, 2, 4, 8, 16, 30, 30]);
    }

    #[test]
    fn a_person_is_answered_at_once_and_a_clock_that_was_set_back_does_not_wait() {
        let failure = Failure::new("refused".into(), None, at("06:00:00"));
        assert!(failure.stands(Asked::InRound, at("06:00:59")));
        assert!(!failure.stands(Asked::ByPerson, at("06:00:01")));
        assert!(!failure.stands(Asked::InRound, at("05:00:00")));
    }

    #[test]
    fn it_says_when_it_was_asked() {
        let first = Failure::new("the server refused.".into(), None, at("06:00:30"));
        let second = Failure::new("the server refused.".into(), Some(&first), at("06:02:00"));
        assert_eq!(
            second.notice("What http://ml tells").text,
            "What http://ml tells is left out: the server refused. Last asked 21 Nov 2026 06:02 UTC, next 06:04 UTC or when \
             you refresh."
        );
    }
}
