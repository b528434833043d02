//! What starts the machine of an incident when one of its inputs is stored.

use super::Looking;
use crate::ends::left_out;
use ::objects::effects::effects;
use aws::objects::facts;
use contract::{
    Timestamp,
    incident::{BetterVersion, InputObject},
    plan::{Action, Effect, Seen, SourceVersion, Step},
};

/// An input that was stored whole since the run began, and that starts the machine by being stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brought {
    /// `rule on-daily-sales`.
    pub rule: String,
    pub at: Timestamp,
}

/// Which of these starts the machine: `rule on-daily-sales`.
pub fn through(effects: &[Effect], machine: &str) -> Option<String> {
    let starts = |effect: &&Effect| effect.what.split_whitespace().any(|word| word.trim_end_matches('.') == machine);
    effects.iter().find(starts).map(|effect| effect.through.clone())
}

/// What was stored whole since the run began, the newest first. A version that became current again because a newer one
/// was removed was not stored: nothing hears of it.
fn stored_since(inputs: &[InputObject], began: Timestamp) -> Vec<(&InputObject, &BetterVersion)> {
    let stored = inputs.iter().filter_map(|input| Some((input, input.better.as_ref()?)));
    let mut stored: Vec<_> = stored.filter(|(_, better)| better.current && better.stored > began).collect();
    stored.sort_by_key(|(_, better)| std::cmp::Reverse(better.stored));
    stored
}

impl Looking {
    /// The newest input that was stored whole since the run began and whose storing starts the machine. Its run may not
    /// be listed yet: the list of executions lags behind.
    pub(super) async fn brought(&self, inputs: &[InputObject]) -> Option<Brought> {
        let seen = self.followed.known();
        for (input, better) in stored_since(inputs, seen.fact.started) {
            match facts::bucket(&self.session, &input.bucket).await {
                Ok(facts) => {
                    let (heard, unread) = effects(&facts, &[stored(&input.key, better)], u64::MAX);
                    if let Some(rule) = through(&heard, &seen.row.machine) {
                        return Some(Brought { rule, at: better.stored });
                    }
                    if !unread.is_empty() {
                        self.tell(|incident| incident.notices.extend(unread));
                    }
                }
                Err(error) => {
                    let notice = left_out(&format!("Who heard of s3://{}/{}", input.bucket, input.key), &error);
                    self.tell(|incident| incident.notices.push(notice));
                }
            }
        }
        None
    }
}

/// The version as it was stored, for who hears of it.
fn stored(key: &str, better: &BetterVersion) -> Step {
    Step {
        key: key.to_owned(),
        action: Action::Copy {
            source: SourceVersion {
                key: key.to_owned(),
                version_id: better.version_id.clone(),
                size: better.size,
                etag: String::new(),
                last_modified: better.stored,
            },
            to_key: key.to_owned(),
        },
        seen: Seen::Nothing,
        text: String::new(),
        why: String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::{incident::UploadDay, jobs::facts::ObjectFact};

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn input(key: &str, stored: &str, current: bool) -> InputObject {
        InputObject {
            bucket: "lake-raw".into(),
            key: key.into(),
            read: ObjectFact {
                uri: format!("s3://lake-raw/{key}"),
                version_id: Some("cut".into()),
                etag: None,
                size: Some(3_174),
                modified: Some(at("2026-11-21T06:00:12Z")),
                exists: true,
            },
            content: None,
            before: None,
            verdicts: Vec::new(),
            better: Some(BetterVersion {
                version_id: "whole".into(),
                stored: at(stored),
                size: 1_258_291,
                day: UploadDay::Same,
                by_size: false,
                current,
            }),
            uploads: Vec::new(),
        }
    }

    #[test]
    fn only_what_was_stored_since_the_run_began_was_heard_of() {
        let inputs = [
            input("a.csv", "2026-11-21T08:10:00Z", true),
            input("b.csv", "2026-11-21T08:12:00Z", true),
            // Current again, because what lay above it was removed.
            input("c.csv", "2026-11-21T05:52:04Z", true),
            input("d.csv", "2026-11-21T08:13:00Z", false),
        ];
        let found = stored_since(&inputs, at("2026-11-21T06:04:00Z"));
        let keys: Vec<&str> = found.iter().map(|(input, _)| input.key.as_str()).collect();
        assert_eq!(keys, ["b.csv", "a.csv"]);
    }

    #[test]
    fn the_machine_is_named_whole() {
        let effect = |what: &str| Effect { through: "rule on-daily-sales".into(), what: what.into(), times: 1 };
        let rule = |what: &str| through(&[effect(what)], "daily-sales");
        assert_eq!(rule("Starts daily-sales.").as_deref(), Some("rule on-daily-sales"));
        assert_eq!(rule("Starts daily-sales-pipeline."), None);
    }
}
