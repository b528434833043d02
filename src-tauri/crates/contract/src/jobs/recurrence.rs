//! How often a job failed of the same cause, and what became of it each time.

use super::JobId;
use crate::Timestamp;
use serde::{Deserialize, Serialize};

/// Days that are looked back.
pub const RECURRENCE_DAYS: u32 = 30;

/// Asks how often the cause of a failed run was found before in runs of the same job. The run counts from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadRecurrence {
    pub id: JobId,
    /// Of the finding that is the cause.
    pub signature: String,
}

/// The next success that is known of a job after it failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum After {
    /// Was asked for in the same words, but for dates.
    Same,
    /// Was asked for otherwise: arguments, configuration or program.
    Changed,
}

/// What this program saw of a cause in [`RECURRENCE_DAYS`]; a run that nobody looked at is not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recurrence {
    /// With this one.
    pub times: u64,
    pub same: u64,
    pub changed: u64,
    /// The one before this.
    pub last: Option<Timestamp>,
}

impl Recurrence {
    /// `Seen 3 times in 30 days; each time before it succeeded later, asked for in the same way.` `None` for the first time.
    pub fn words(&self) -> Option<String> {
        let before = self.times.checked_sub(1).filter(|before| *before > 0)?;
        let seen = format!("Seen {} times in {RECURRENCE_DAYS} days", self.times);
        let each = if before == 1 { "the time before" } else { "each time before" };
        Some(if self.same == before {
            format!("{seen}; {each} it succeeded later, asked for in the same way.")
        } else if self.changed == before {
            format!("{seen}; {each} it succeeded later, after a change of what was asked for.")
        } else if self.same + self.changed == 0 {
            format!("{seen}; no success after it is known.")
        } else {
            format!(
                "{seen}: of {before} before, {} succeeded later asked for in the same way, {} after a change.",
                self.same, self.changed
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_say_what_helped_before() {
        let said = |times, same, changed| Recurrence { times, same, changed, last: None }.words();
        assert_eq!(said(1, 0, 0), None);
        assert_eq!(
            said(3, 2, 0).as_deref(),
            Some("Seen 3 times in 30 days; each time before it succeeded later, asked for in the same way.")
        );
        assert_eq!(
            said(2, 0, 1).as_deref(),
            Some("Seen 2 times in 30 days; the time before it succeeded later, after a change of what was asked for.")
        );
        assert_eq!(said(4, 0, 0).as_deref(), Some("Seen 4 times in 30 days; no success after it is known."));
        assert_eq!(
            said(5, 2, 1).as_deref(),
            Some(
                "Seen 5 times in 30 days: of 4 before, 2 succeeded later asked for in the same way, 1 after a change."
            )
        );
    }
}
