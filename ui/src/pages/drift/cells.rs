//! Cells and words that the views of drift share.

use crate::{
    format,
    pages::jobs::object_address,
    parts::{
        cells::dash,
        status::{Shape, Status},
    },
};
use contract::models::{HealthState, facts::MonitorKind};
use leptos::prelude::*;
use leptos_router::components::A;

/// Three digits behind the point, fewer where the number is large: `0.310`, `41.2`, `1,208`.
pub fn figure(value: f64) -> String {
    let size = value.abs();
    if size >= 1_000.0 {
        format!("{value:.0}")
    } else if size >= 10.0 {
        format!("{value:.1}")
    } else if size > 0.0 && size < 0.0005 {
        format!("{value:.1e}")
    } else {
        format!("{value:.3}")
    }
}

/// `0.310 ± 0.003`.
pub fn measured(value: f64, error: Option<f64>) -> String {
    match error.filter(|error| *error > 0.0) {
        Some(error) => format!("{} ± {}", figure(value), figure(error)),
        None => figure(value),
    }
}

/// What a table leaves out is said below it.
pub fn not_drawn(more: usize) -> Option<AnyView> {
    (more > 0).then(|| {
        let words = format!("{} not shown.", format::counted(more as u64, "more row is", "more rows are"));
        view! { <p class="dim small">{words}</p> }.into_any()
    })
}

pub fn figure_cell(value: Option<f64>) -> AnyView {
    value.map_or_else(dash, |value| view! { {figure(value)} }.into_any())
}

/// A shape and a word: what is not known is never shown as good.
pub fn drifted(is: Option<bool>) -> (Shape, &'static str) {
    match is {
        Some(true) => (Shape::Bad, "drifted"),
        Some(false) => (Shape::Good, "no drift"),
        None => (Shape::Unknown, "not known"),
    }
}

fn of_health(state: HealthState) -> (Shape, &'static str) {
    match state {
        HealthState::Silent => (Shape::Bad, "silent"),
        HealthState::Doubtful => (Shape::Warn, "doubtful"),
        HealthState::Unknown => (Shape::Unknown, "not known"),
        HealthState::Measured => (Shape::Good, "measured"),
    }
}

/// A monitor that measures well, and what it measured is not: that is no good sign.
pub fn of_measured(state: HealthState, violations: Option<u32>) -> Shape {
    match state {
        HealthState::Measured if violations.is_some_and(|many| many > 0) => Shape::Warn,
        state => of_health(state).0,
    }
}

/// The health as a chip in a head.
pub fn health_chip(state: HealthState) -> AnyView {
    let (shape, word) = of_health(state);
    let class = match state {
        HealthState::Silent => "chip bad",
        HealthState::Doubtful => "chip warn",
        HealthState::Unknown | HealthState::Measured => "chip",
    };
    view! { <span class=class><Status shape word /></span> }.into_any()
}

/// The shape of a run's state, by the service's word.
pub fn of_run(status: &str) -> Shape {
    match status {
        "Completed" => Shape::Good,
        "CompletedWithViolations" => Shape::Warn,
        "Failed" => Shape::Bad,
        "InProgress" => Shape::Running,
        "Pending" => Shape::Waiting,
        "Stopping" | "Stopped" => Shape::Stopped,
        _ => Shape::Unknown,
    }
}

/// `CompletedWithViolations` as people write it; the service's word stands on hover.
pub fn spaced(word: &str) -> String {
    let mut spaced = String::with_capacity(word.len() + 4);
    let mut inside = false;
    for letter in word.chars() {
        if inside && letter.is_uppercase() {
            spaced.push(' ');
        }
        spaced.extend(letter.to_lowercase());
        inside = letter.is_lowercase();
    }
    spaced
}

pub fn run_cell(status: &str) -> AnyView {
    let (shape, word, own) = (of_run(status), spaced(status), status.to_owned());
    view! { <span class="cut" title=own><Status shape word /></span> }.into_any()
}

pub fn kind_word(kind: Option<MonitorKind>) -> &'static str {
    kind.map_or("kind not known", MonitorKind::word)
}

/// An S3 URI leads into Objects; anything else is text.
#[component]
pub fn Uri(#[prop(into)] uri: String) -> impl IntoView {
    match object_address(&uri) {
        Some(href) => view! { <A href=href attr:class="link wrap">{uri}</A> }.into_any(),
        None => view! { <span class="selectable wrap">{uri}</span> }.into_any(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn violations_are_no_good_sign() {
        let measured = |violations| of_measured(HealthState::Measured, violations);
        assert_eq!((measured(Some(11)), measured(Some(0)), measured(None)), (Shape::Warn, Shape::Good, Shape::Good));
        assert_eq!(of_measured(HealthState::Silent, Some(2)), Shape::Bad, "the worse of the two");
        assert_eq!(of_measured(HealthState::Unknown, Some(2)), Shape::Unknown);
    }

    #[test]
    fn a_number_has_the_digits_that_tell_something() {
        assert_eq!(
            (figure(0.0), figure(0.31), figure(41.23), figure(1_208.4)),
            ("0.000".into(), "0.310".into(), "41.2".into(), "1208".into())
        );
        assert_eq!(figure(0.000_27), "2.7e-4");
        assert_eq!(measured(0.31, Some(0.003)), "0.310 ± 0.003");
        assert_eq!((measured(0.31, None), measured(0.31, Some(0.0))), ("0.310".into(), "0.310".into()));
    }

    #[test]
    fn what_is_not_known_is_not_good() {
        assert_eq!(drifted(None).0, Shape::Unknown);
        assert_eq!(of_health(HealthState::Unknown).0, Shape::Unknown);
        assert_eq!(of_run("SomethingNew"), Shape::Unknown);
    }

    #[test]
    fn a_word_of_the_service_is_read_aloud() {
        assert_eq!(spaced("CompletedWithViolations"), "completed with violations");
        assert_eq!(spaced("InService"), "in service");
        assert_eq!(spaced("Failed"), "failed");
        assert_eq!(spaced(""), "");
    }
}
