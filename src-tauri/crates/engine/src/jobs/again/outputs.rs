//! What a run may set off: who hears of what it writes, as far as its arguments name it.

use ::jobs::parameters::parameters;
use ::objects::effects::effects;
use aws::{Session, objects::facts};
use contract::{
    Notice, Timestamp,
    jobs::{Direction, facts::Request},
    plan::{Action, Effect, Seen, SourceVersion, Step},
};

/// Buckets whose listeners are looked up for one plan.
const MOST_OUTPUTS: usize = 3;

/// Rules and notifications of the buckets.
pub(super) async fn set_off(session: &Session, request: &Request) -> (Vec<Effect>, Vec<Notice>) {
    let (mut all, mut notices) = (Vec::<Effect>::new(), Vec::new());
    let outputs = parameters(request).paths.into_iter().filter(|path| path.direction == Direction::Output);
    for path in outputs.take(MOST_OUTPUTS) {
        let Some((bucket, folder)) = path.uri.strip_prefix("s3://").and_then(|rest| rest.split_once('/')) else {
            continue;
        };
        let below = if folder.is_empty() || folder.ends_with('/') { folder.to_owned() } else { format!("{folder}/") };
        match facts::bucket(session, bucket).await {
            Ok(facts) => {
                let (heard, unread) = effects(&facts, &[stored(&below)], u64::MAX);
                for effect in heard {
                    if !all.contains(&effect) {
                        all.push(effect);
                    }
                }
                notices.extend(unread);
                notices.push(Notice::info(format!(
                    "It writes below {}: what stands there may be replaced or stand there twice.",
                    path.uri
                )));
            }
            Err(error) => {
                notices
                    .push(Notice::info(format!("Who hears of writes below {} could not be seen: {error}.", path.uri)));
            }
        }
    }
    (all, notices)
}

/// A new object in a folder, as events tell it.
fn stored(folder: &str) -> Step {
    let key = format!("{folder}part-00000");
    Step {
        key: key.clone(),
        action: Action::Copy {
            source: SourceVersion {
                key: key.clone(),
                version_id: String::new(),
                size: 1,
                etag: String::new(),
                last_modified: Timestamp::UNIX_EPOCH,
            },
            to_key: key,
        },
        seen: Seen::Nothing,
        text: String::new(),
        why: String::new(),
    }
}
