//! Complete, scanned, and still what was registered.

use super::{Finding, Looker};
use crate::evidence::{Evidence, lines};
use contract::models::{
    DigestState, EvidenceLink, GateVerdict, PinState,
    facts::{CheckKind, VersionFact},
};

pub(super) fn look(version: &VersionFact, evidence: &Evidence) -> Finding {
    let mut looker = Looker::default();
    match version.status.as_str() {
        "Completed" => {}
        "Failed" => looker.say(GateVerdict::Fail, "its registration failed"),
        other => looker.say(GateVerdict::Unknown, format!("SageMaker says {other}")),
    }
    for check in &version.checks {
        let what = match check.kind {
            CheckKind::Validation => "validation",
            CheckKind::ImageScan => "image scan",
        };
        match check.status.as_str() {
            "Completed" => {}
            "Failed" => {
                let reason = check.reason.as_deref().unwrap_or("no reason given");
                looker.say(GateVerdict::Fail, format!("{what} {} failed: {reason}", check.name));
            }
            other => looker.say(GateVerdict::Unknown, format!("{what} {}: {other}", check.name)),
        }
    }
    if version.containers.is_empty() {
        looker.say(GateVerdict::Unknown, "it has no container");
    }
    for (at, container) in version.containers.iter().enumerate() {
        looker.link(EvidenceLink::Image(container.image.clone()));
        pin(&mut looker, "image", &container.image, evidence.images.get(at));
        if let Some(data) = &container.model_data {
            looker.link(EvidenceLink::Object(data.clone()));
            pin(&mut looker, "artefact", data, evidence.artefacts.get(at));
        }
    }
    for line in lines(version, &evidence.files) {
        looker.link(EvidenceLink::File { part: line.part, uri: line.uri.clone() });
        let what = line.part.word();
        match &line.state {
            DigestState::Unchanged => {}
            DigestState::Changed => looker.say(GateVerdict::Fail, format!("{what} changed since registration")),
            DigestState::Gone => looker.say(GateVerdict::Fail, format!("{what} is gone")),
            DigestState::NotPinned => {
                looker.say(GateVerdict::Warn, format!("{what} is not pinned: it was registered without a digest"));
            }
            DigestState::Unreadable(why) => looker.say(GateVerdict::Unknown, format!("{what} was not read: {why}")),
        }
    }
    looker.done("complete; image, artefact and files are what was registered")
}

fn pin(looker: &mut Looker, what: &str, name: &str, state: Option<&PinState>) {
    match state {
        Some(PinState::Unchanged) => {}
        Some(PinState::Changed(now)) => {
            looker.say(GateVerdict::Fail, format!("{what} {name} changed since registration: now {now}"));
        }
        Some(PinState::TagMoved(now)) => {
            let words = format!("the tag of {what} {name} points at another one now, {now}: that would be deployed");
            looker.say(GateVerdict::Fail, words);
        }
        Some(PinState::TagGone) => {
            looker.say(GateVerdict::Fail, format!("the tag of {what} {name} is gone; what it pointed at is not"));
        }
        Some(PinState::Gone) => looker.say(GateVerdict::Fail, format!("{what} {name} is gone")),
        Some(PinState::NotPinned) => {
            looker.say(GateVerdict::Warn, format!("{what} {name} is not pinned: whatever stands there is served"));
        }
        Some(PinState::Unknown(why)) => looker.say(GateVerdict::Unknown, format!("{what} {name}: {why}")),
        None => looker.say(GateVerdict::Unknown, format!("{what} {name}: not looked at")),
    }
}
