//! How values stand in the database: enumerations as the word that serde gives them, times as RFC 3339 text in UTC,
//! counts as SQLite's signed 64 bits. Readable in any SQLite browser, and one place to look when a word changes: the
//! words are stored for years, so a test pins them.

use crate::StoreError;
use contract::Timestamp;
use serde::{Serialize, de::DeserializeOwned};

/// The word of a variant without data.
pub(crate) fn word<T: Serialize>(value: T) -> Result<String, StoreError> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Ok(word),
        _ => Err(StoreError::Unreadable("a variant with data".to_owned())),
    }
}

pub(crate) fn from_word<T: DeserializeOwned>(word: String, what: &str) -> Result<T, StoreError> {
    serde_json::from_value(serde_json::Value::String(word)).map_err(|_| StoreError::Unreadable(what.to_owned()))
}

pub(crate) fn time(text: &str) -> Result<Timestamp, StoreError> {
    text.parse().map_err(|_| StoreError::Unreadable(format!("the time `{text}`")))
}

/// `None` for an absent time.
pub(crate) fn maybe_time(text: Option<String>) -> Result<Option<Timestamp>, StoreError> {
    text.as_deref().map(time).transpose()
}

pub(crate) fn json<T: Serialize + ?Sized>(value: &T, what: &str) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|_| StoreError::Unreadable(what.to_owned()))
}

/// The serde error is dropped on purpose: it may quote what it read.
pub(crate) fn from_json<T: DeserializeOwned>(text: &str, what: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|_| StoreError::Unreadable(what.to_owned()))
}

/// SQLite's integers are signed; nothing that is counted here comes near the limit.
pub(crate) fn count(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

pub(crate) fn index(value: usize) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// Negative counts are not written by this program; read as nothing.
pub(crate) fn unsigned(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::operations::{OperationState as O, StepState as S};
    use contract::session::{Environment, Mode};

    #[test]
    fn the_words_in_the_database_are_these() {
        let states = [O::Running, O::Succeeded, O::Failed, O::Cancelled, O::Interrupted, O::Discarded];
        let words = ["Running", "Succeeded", "Failed", "Cancelled", "Interrupted", "Discarded"];
        for (state, text) in states.into_iter().zip(words) {
            assert_eq!(word(state).unwrap(), text);
            assert_eq!(from_word::<O>(text.to_owned(), "state").unwrap(), state);
        }
        let states = [S::Waiting, S::Running, S::Done, S::Failed, S::Changed, S::Skipped];
        for (state, text) in states.into_iter().zip(["Waiting", "Running", "Done", "Failed", "Changed", "Skipped"]) {
            assert_eq!(word(state).unwrap(), text);
        }
        assert_eq!(word(Environment::Production).unwrap(), "Production");
        assert_eq!(word(Environment::Other).unwrap(), "Other");
        assert_eq!(word(Mode::ReadOnly).unwrap(), "ReadOnly");
        assert_eq!(word(Mode::Confirm).unwrap(), "Confirm");
        assert!(from_word::<Mode>("Yolo".to_owned(), "the mode").is_err());
    }
}
