//! Who hears of a restore: bucket notifications and EventBridge rules ("Supported event
//! types", "Filtering event notifications using object key name filtering" and "`EventBridge` event structure", S3 user guide).

use crate::{arn, pattern};
use contract::{
    Notice,
    facts::{BucketFacts, EventRule, NotificationTarget},
    plan::{Action, Effect, Step},
};
use pattern::{Match, Node};
use serde_json::Value;

/// What the steps set off: the effects, each counted over the steps, and notices for what could not be read.
///
/// `part_threshold` decides which event a copy fires. A rule that may or may not match is an effect beginning with "May".
pub fn effects(facts: &BucketFacts, steps: &[Step], part_threshold: u64) -> (Vec<Effect>, Vec<Notice>) {
    let mut heard = Heard::default();
    let mut notices = Vec::new();
    let event_bridge = match &facts.notifications {
        Ok(notifications) => {
            for step in steps {
                for target in notifications.targets.iter().filter(|target| notified(target, step, part_threshold)) {
                    let words = arn::target(&target.arn);
                    heard.add(words.noun, words.does);
                }
            }
            notifications.event_bridge
        }
        Err(missing) => {
            notices.push(Notice::warning(format!(
                "Who is notified of the writes could not be read ({}): {}",
                missing.action, missing.reason
            )));
            facts.event_rules.as_ref().is_ok_and(|rules| !rules.is_empty())
        }
    };
    if event_bridge {
        match &facts.event_rules {
            Ok(rules) => {
                for step in steps {
                    let event = event(facts, step, part_threshold);
                    for rule in rules {
                        heard.rule(rule, pattern::matches(&rule.pattern, &event));
                    }
                }
            }
            Err(missing) => notices.push(Notice::warning(format!(
                "The bucket sends its events to EventBridge, whose rules could not be read ({}): {}",
                missing.action, missing.reason
            ))),
        }
    }
    (heard.0, notices)
}

/// Who hears of a new object under any key, in words, for the bucket's description: `Lambda refresh-menu, on s3:ObjectCreated:* under data/`.
pub fn listeners(targets: &[NotificationTarget]) -> Vec<String> {
    targets
        .iter()
        .map(|target| {
            let mut line = format!("{}, on {}", arn::target(&target.arn).noun, target.events.join(", "));
            if !target.prefix.is_empty() {
                line.push_str(" under ");
                line.push_str(&crate::key::shown(&target.prefix));
            }
            if !target.suffix.is_empty() {
                line.push_str(" ending in ");
                line.push_str(&crate::key::shown(&target.suffix));
            }
            line
        })
        .collect()
}

/// The event type of a bucket notification; empty for a step that touches no object.
pub fn event_type(step: &Step, part_threshold: u64) -> &'static str {
    match &step.action {
        Action::Copy { .. } if super::restore::by_parts(step, part_threshold) => {
            "s3:ObjectCreated:CompleteMultipartUpload"
        }
        Action::Copy { .. } => "s3:ObjectCreated:Copy",
        Action::RemoveMarker { .. } => "s3:ObjectRemoved:Delete",
        Action::AddMarker => "s3:ObjectRemoved:DeleteMarkerCreated",
        Action::Execution(_) | Action::Job(_) | Action::Model(_) | Action::Pipeline(_) | Action::Monitor(_) => "",
    }
}

fn notified(target: &NotificationTarget, step: &Step, part_threshold: u64) -> bool {
    let fired = event_type(step, part_threshold);
    let wanted = target.events.iter().any(|event| match event.strip_suffix('*') {
        Some(start) => fired.starts_with(start),
        None => fired == event,
    });
    let key = crate::restore::written_key(step);
    // S3 wants special characters of a filter URL-encoded; what is stored may be either form.
    let plain = |text: &str| crate::key::decode(text).unwrap_or_else(|_| text.to_owned());
    let prefix = key.starts_with(&target.prefix) || key.starts_with(&plain(&target.prefix));
    let suffix = key.ends_with(&target.suffix) || key.ends_with(&plain(&target.suffix));
    wanted && prefix && suffix
}

/// The event that S3 will send to EventBridge, as far as it is known beforehand.
pub fn event(facts: &BucketFacts, step: &Step, part_threshold: u64) -> Node {
    let text = |text: &str| Node::Value(Value::from(text));
    let mut object = vec![
        ("key", text(crate::restore::written_key(step))),
        (
            "version-id",
            match &step.action {
                Action::RemoveMarker { marker_id } => text(marker_id),
                _ => Node::Unknown,
            },
        ),
        ("sequencer", Node::Unknown),
        ("etag", Node::Unknown),
    ];
    let mut detail = vec![
        ("version", text("0")),
        ("bucket", Node::Fields(vec![("name", text(&facts.name))])),
        ("request-id", Node::Unknown),
        ("requester", Node::Unknown),
        ("source-ip-address", Node::Unknown),
    ];
    let deleted = |kind| [("reason", text("DeleteObject")), ("deletion-type", text(kind))];
    let kind = match &step.action {
        Action::Copy { source, .. } => {
            object.push(("size", Node::Value(Value::from(source.size))));
            let by_parts = source.size > part_threshold;
            detail.push(("reason", text(if by_parts { "CompleteMultipartUpload" } else { "CopyObject" })));
            "Object Created"
        }
        Action::RemoveMarker { .. } => {
            detail.extend(deleted("Permanently Deleted"));
            "Object Deleted"
        }
        Action::AddMarker => {
            detail.extend(deleted("Delete Marker Created"));
            "Object Deleted"
        }
        Action::Execution(_) | Action::Job(_) | Action::Model(_) | Action::Pipeline(_) | Action::Monitor(_) => "",
    };
    detail.push(("object", Node::Fields(object)));
    let bucket_arn = contract::arn::bucket(&facts.region, &facts.name);
    Node::Fields(vec![
        ("version", text("0")),
        ("id", Node::Unknown),
        ("detail-type", text(kind)),
        ("source", text("aws.s3")),
        ("account", Node::Unknown),
        ("time", Node::Unknown),
        ("region", text(&facts.region)),
        ("resources", Node::Any(vec![Value::from(bucket_arn)])),
        ("detail", Node::Fields(detail)),
    ])
}

/// The effects so far, in order of first mention.
#[derive(Default)]
struct Heard(Vec<Effect>);

impl Heard {
    fn add(&mut self, through: String, what: String) {
        match self.0.iter_mut().find(|effect| effect.through == through && effect.what == what) {
            Some(effect) => effect.times += 1,
            None => self.0.push(Effect { through, what, times: 1 }),
        }
    }

    fn rule(&mut self, rule: &EventRule, answer: Match) {
        for target in &rule.targets {
            let words = arn::target(target);
            let what = match answer {
                Match::No => continue,
                Match::Yes => words.does,
                Match::Maybe => format!("May {}", words.may),
            };
            self.add(format!("rule {}", crate::key::shown(&rule.name)), what);
        }
    }
}

#[cfg(test)]
mod tests;
