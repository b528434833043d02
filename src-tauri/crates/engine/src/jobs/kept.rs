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
}
