//! A status: shape, word, colour. Never colour alone.

use crate::parts::icon::Icon;
use contract::{
    jobs::diagnosis::Severity,
    operations::{OperationState, StepState},
};
use leptos::prelude::*;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    Good,
    Warn,
    Bad,
    Running,
    Waiting,
    Stopped,
    Unknown,
}

impl Shape {
    fn icon(self) -> &'static str {
        match self {
            Self::Good => "check",
            Self::Warn => "triangle-alert",
            Self::Bad => "x",
            Self::Running => "loader",
            Self::Waiting => "clock",
            Self::Stopped => "minus",
            Self::Unknown => "help",
        }
    }

    fn class(self) -> &'static str {
        match self {
            Self::Good => "st good",
            Self::Warn => "st warn",
            Self::Bad => "st bad",
            Self::Running => "st acc",
            Self::Waiting => "st wait",
            Self::Stopped | Self::Unknown => "st dim",
        }
    }
}

#[component]
pub fn Status(shape: Shape, #[prop(into)] word: String) -> impl IntoView {
    view! {
        <span class=shape.class()>
            <Icon name=shape.icon() />
            <span>{word}</span>
        </span>
    }
}

/// The state of an operation as a status.
pub fn of_operation(state: OperationState) -> (Shape, &'static str) {
    match state {
        OperationState::Running => (Shape::Running, "running"),
        OperationState::Succeeded => (Shape::Good, "succeeded"),
        OperationState::Failed => (Shape::Bad, "failed"),
        OperationState::Cancelled => (Shape::Stopped, "cancelled"),
        OperationState::Interrupted => (Shape::Warn, "interrupted"),
        OperationState::Discarded => (Shape::Stopped, "discarded"),
    }
}

/// The state of one step as a status.
pub fn of_step(state: StepState) -> (Shape, &'static str) {
    match state {
        StepState::Waiting => (Shape::Waiting, "waiting"),
        StepState::Running => (Shape::Running, "running"),
        StepState::Done => (Shape::Good, "done"),
        StepState::Failed => (Shape::Bad, "failed"),
        StepState::Changed => (Shape::Warn, "changed since the plan"),
        StepState::Skipped => (Shape::Stopped, "skipped"),
    }
}

/// How grave a finding is as a status.
pub fn of_severity(severity: Severity) -> (Shape, &'static str) {
    let shape = match severity {
        Severity::Fatal | Severity::Error => Shape::Bad,
        Severity::Warning => Shape::Warn,
        Severity::Info => Shape::Good,
    };
    (shape, severity.word())
}

/// The frame of a finding that is so grave; its word stands inside.
pub fn severity_frame(severity: Severity) -> &'static str {
    match severity {
        Severity::Fatal | Severity::Error => "verdict bad",
        Severity::Warning => "verdict",
        Severity::Info => "verdict good",
    }
}

/// The service's own word for a state, where it says more than ours: `TIMED_OUT` says no more than `timed out`.
pub fn own_word<'a>(ours: &str, own: &'a str) -> Option<&'a str> {
    let letters =
        |word: &str| word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    (!own.is_empty() && letters(own) != letters(ours)).then_some(own)
}

/// `failed`, `stopped (ABORTED)`.
pub fn state_words(ours: &str, own: &str) -> String {
    own_word(ours, own).map_or_else(|| ours.to_owned(), |own| format!("{ours} ({own})"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_severity_has_a_word_of_its_own() {
        let all = [Severity::Info, Severity::Warning, Severity::Error, Severity::Fatal];
        assert_eq!(all.map(|one| of_severity(one).1), ["info", "warning", "error", "fatal"]);
        let shapes = all.map(|one| of_severity(one).0);
        assert_eq!(shapes, [Shape::Good, Shape::Warn, Shape::Bad, Shape::Bad]);
    }

    #[test]
    fn a_state_is_said_once() {
        assert_eq!(state_words("failed", "FAILED"), "failed");
        assert_eq!(state_words("timed out", "TIMED_OUT"), "timed out");
        assert_eq!(state_words("stopped", "ABORTED"), "stopped (ABORTED)");
        assert_eq!(state_words("failed", "failed-move"), "failed (failed-move)");
        assert_eq!(own_word("running", ""), None);
    }
}
