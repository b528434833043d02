//! What was read from the engines and need not be read again yet.

use crate::executions::lock;
use std::{
    collections::HashMap,
    sync::Mutex,
    time::{Duration, Instant},
};

/// More is not kept; the oldest half goes first.
const MOST: usize = 4_000;

/// Values with when they were read.
#[derive(Debug)]
pub(crate) struct Kept<T>(Mutex<HashMap<String, (Instant, T)>>);

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Clone> Kept<T> {
    /// The value, if it is not older.
    pub fn get(&self, key: &str, age: Duration) -> Option<T> {
        let all = lock(&self.0);
        all.get(key).filter(|(at, _)| at.elapsed() <= age).map(|(_, value)| value.clone())
    }

    /// The value, whenever it was read.
    pub fn last(&self, key: &str) -> Option<T> {
        self.get(key, Duration::MAX)
    }

    /// What is asked for next is read anew.
    pub fn forget(&self, key: &str) {
        lock(&self.0).remove(key);
    }

    /// All whose key begins so.
    pub fn forget_below(&self, key: &str) {
        lock(&self.0).retain(|known, _| !known.starts_with(key));
    }

    /// Changes all whose key begins so; they are as old as before.
    pub fn change_below(&self, key: &str, change: impl Fn(&T) -> T) {
        let mut all = lock(&self.0);
        for (_, (_, value)) in all.iter_mut().filter(|(known, _)| known.starts_with(key)) {
            *value = change(value);
        }
    }

    pub fn put(&self, key: String, value: T) {
        let mut all = lock(&self.0);
        all.insert(key, (Instant::now(), value));
        if all.len() > MOST {
            let mut times: Vec<Instant> = all.values().map(|(at, _)| *at).collect();
            times.sort_unstable();
            let middle = times.get(times.len() / 2).copied();
            all.retain(|_, (at, _)| middle.is_none_or(|middle| *at > middle));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_go_first() {
        let kept = Kept::default();
        for number in 0..=MOST {
            kept.put(number.to_string(), number);
        }
        assert_eq!(kept.last("0"), None);
        assert_eq!(kept.get(&MOST.to_string(), Duration::from_mins(1)), Some(MOST));
        assert_eq!(kept.get(&MOST.to_string(), Duration::ZERO), None, "too old");
    }

    #[test]
    fn what_is_below_a_key_goes_or_changes_together() {
        let kept = Kept::default();
        for key in ["dev/eu/a", "dev/us/a", "prod/eu/a"] {
            kept.put(key.to_owned(), 1);
        }
        kept.change_below("dev/", |value| value + 1);
        assert_eq!(["dev/eu/a", "dev/us/a", "prod/eu/a"].map(|key| kept.last(key)), [Some(2), Some(2), Some(1)]);
        kept.forget_below("dev/eu/");
        assert_eq!(["dev/eu/a", "dev/us/a", "prod/eu/a"].map(|key| kept.last(key)), [None, Some(2), Some(1)]);
    }
}
