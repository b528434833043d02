//! The last runs of a machine as a row of bars: what is usual, and since when it is not.
//!
//! Height tells how long a run took, beside the median. A failure is a short bar, a caught one has a notch, a running one
//! is hollow: the colour says it again. The bars are narrow; each is also a row of the list below, full size.

use crate::{desk::Desk, format};
use contract::{
    executions::{Status, StripRun},
    settings::Zone,
};
use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast as _;

/// Pixels: a run as long as the median, and how far others may differ.
const MEDIAN: f64 = 18.0;
const TALLEST: f64 = 24.0;
const LEAST: f64 = 11.0;
/// A failure is shorter than any success.
const FAILED: f64 = 9.0;
const FAILED_LEAST: f64 = 5.0;

/// See the module. `runs` come newest first and are drawn oldest first. `on_open` gets the ARN.
#[component]
pub fn RunStrip(#[prop(into)] runs: Signal<Vec<StripRun>>, #[prop(into)] on_open: Callback<String>) -> impl IntoView {
    let desk = Desk::get();
    // Oldest first, as drawn.
    let drawn = Memo::new(move |_| runs.with(|runs| runs.iter().rev().cloned().collect::<Vec<_>>()));
    let median = Memo::new(move |_| runs.with(|runs| median(runs)));
    // The run that is the tab stop; the newest until the arrows went elsewhere.
    let cursor = RwSignal::new(None::<String>);
    let at = Memo::new(move |_| {
        drawn.with(|runs| {
            let chosen = cursor.read().as_ref().and_then(|arn| runs.iter().position(|run| run.arn == *arn));
            chosen.unwrap_or(runs.len().saturating_sub(1))
        })
    });
    crate::keys::hold(&crate::keys::held::STRIP);
    let on_key = move |event: ev::KeyboardEvent| {
        let Some(last) = drawn.with_untracked(Vec::len).checked_sub(1) else { return };
        let now = at.get_untracked();
        let next = match event.key().as_str() {
            "ArrowRight" => (now + 1).min(last),
            "ArrowLeft" => now.saturating_sub(1),
            "Home" => 0,
            "End" => last,
            _ => return,
        };
        event.prevent_default();
        cursor.set(drawn.with_untracked(|runs| runs.get(next).map(|run| run.arn.clone())));
        focus_bar(&event, next);
    };
    view! {
        <p class="unseen">{move || drawn.with(|runs| summary(runs))}</p>
        <ul class="strip" role="list" aria-label="Last 50 runs" on:keydown=on_key>
            <For each=move || drawn.get() key=|run| run.arn.clone() let:run>
                <Bar arn=run.arn drawn median at cursor on_open desk />
            </For>
        </ul>
    }
}

#[component]
fn Bar(
    arn: String,
    drawn: Memo<Vec<StripRun>>,
    median: Memo<u64>,
    at: Memo<usize>,
    cursor: RwSignal<Option<String>>,
    on_open: Callback<String>,
    desk: Desk,
) -> impl IntoView {
    let arn = StoredValue::new(arn);
    let run =
        Memo::new(move |_| drawn.with(|runs| arn.with_value(|arn| runs.iter().find(|run| run.arn == *arn).cloned())));
    let here = Memo::new(move |_| {
        drawn.with(|runs| arn.with_value(|arn| runs.get(at.get()).is_some_and(|run| run.arn == *arn)))
    });
    let told = Memo::new(move |_| run.with(|run| run.as_ref().map(|run| title(run, desk.zone()))));
    let class = move || run.with(|run| run.as_ref().map_or("", |run| class(run.status)));
    let height = move || run.with(|run| run.as_ref().map(|run| format!("{:.1}px", height(run, median.get()))));
    view! {
        <li>
            <button
                type="button"
                class="strip-run"
                data-id=arn.get_value()
                title=move || told.get()
                aria-label=move || told.get()
                tabindex=move || if here.get() { "0" } else { "-1" }
                on:click=move |_| {
                    cursor.set(Some(arn.get_value()));
                    on_open.run(arn.get_value());
                }
            >
                <i class=class style:height=height></i>
            </button>
        </li>
    }
}

fn focus_bar(event: &ev::KeyboardEvent, index: usize) {
    let list = event.current_target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    let item = list.and_then(|list| list.children().item(u32::try_from(index).unwrap_or_default()));
    let bar = item.and_then(|item| item.first_element_child());
    if let Some(bar) = bar.and_then(|bar| bar.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = bar.focus();
    }
}

/// Of the succeeded runs, else of all that ended; seconds.
fn median(runs: &[StripRun]) -> u64 {
    let of = |wanted: &dyn Fn(Status) -> bool| {
        let mut seconds: Vec<u64> = runs.iter().filter(|run| wanted(run.status)).map(|run| run.seconds).collect();
        seconds.sort_unstable();
        seconds.get(seconds.len() / 2).copied()
    };
    of(&|status| status == Status::Succeeded).or_else(|| of(&|status| status != Status::Running)).unwrap_or_default()
}

fn height(run: &StripRun, median: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "seconds of a year fit into 53 bits")]
    let share = run.seconds as f64 / median.max(1) as f64;
    match run.status {
        Status::Succeeded | Status::Running | Status::PendingRedrive | Status::Other => {
            (share * MEDIAN).clamp(LEAST, TALLEST)
        }
        Status::Failed | Status::TimedOut | Status::Aborted => (share * FAILED).clamp(FAILED_LEAST, FAILED),
        // Room for its notch.
        Status::CaughtFailure => FAILED + 1.0,
    }
}

fn class(status: Status) -> &'static str {
    match status {
        Status::Succeeded => "good",
        Status::Failed | Status::TimedOut => "bad",
        Status::CaughtFailure => "bad notched",
        Status::Running | Status::PendingRedrive => "wait",
        Status::Aborted => "edge",
        Status::Other => "edge hollow",
    }
}

/// `2026-11-21T06-04: caught failure, 48 s, 21 Nov 06:04 UTC`.
fn title(run: &StripRun, zone: Zone) -> String {
    format!(
        "{}: {}, {}, {}",
        format::visible(&run.name),
        run.status.word(),
        format::duration(run.seconds),
        format::minute(run.started, zone)
    )
}

/// `46 of the last 50 runs succeeded; 3 caught failures, 1 running.`
fn summary(runs: &[StripRun]) -> String {
    let count = |wanted: Status| runs.iter().filter(|run| run.status == wanted).count() as u64;
    let succeeded = count(Status::Succeeded);
    let of = match runs.len() {
        0 => return "No runs.".into(),
        1 => "the last run".into(),
        some => format!("the last {} runs", format::count(some as u64)),
    };
    let others = [
        (Status::Failed, "failed", "failed"),
        (Status::CaughtFailure, "caught failure", "caught failures"),
        (Status::TimedOut, "timed out", "timed out"),
        (Status::Aborted, "aborted", "aborted"),
        (Status::Running, "running", "running"),
        (Status::PendingRedrive, "pending redrive", "pending redrive"),
        (Status::Other, "unknown", "unknown"),
    ];
    let others: Vec<String> = others
        .into_iter()
        .map(|(status, one, many)| (count(status), one, many))
        .filter(|(count, ..)| *count > 0)
        .map(|(count, one, many)| format::counted(count, one, many))
        .collect();
    let rest = if others.is_empty() { String::new() } else { format!("; {}", others.join(", ")) };
    format!("{} of {of} succeeded{rest}.", format::count(succeeded))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(status: Status, seconds: u64) -> StripRun {
        let started = "2026-11-21T06:04:00Z".parse().unwrap();
        StripRun { arn: format!("{status:?}{seconds}"), name: "2026-11-21T06-04".into(), status, started, seconds }
    }

    #[test]
    fn failures_are_shorter_than_successes() {
        for seconds in [0, 1, 400, 90_000] {
            let success = height(&run(Status::Succeeded, seconds), 400);
            for status in [Status::Failed, Status::TimedOut, Status::Aborted, Status::CaughtFailure] {
                assert!(height(&run(status, 90_000), 400) < success, "{status:?} beside {seconds} s");
            }
        }
        assert!((height(&run(Status::Succeeded, 400), 400) - MEDIAN).abs() < 1e-9);
        assert!((height(&run(Status::Succeeded, 4_000), 400) - TALLEST).abs() < 1e-9);
        assert!(height(&run(Status::Succeeded, 5), 0) > 0.0);
    }

    #[test]
    fn the_median_is_that_of_successes() {
        let runs = [run(Status::Succeeded, 10), run(Status::Succeeded, 30), run(Status::Failed, 1_000)];
        assert_eq!(median(&runs), 30);
        assert_eq!(median(&[run(Status::Failed, 7), run(Status::Running, 9)]), 7);
        assert_eq!(median(&[]), 0);
    }

    #[test]
    fn a_sentence_for_all_of_it() {
        let mut runs = vec![run(Status::Succeeded, 1); 46];
        runs.extend(
            [Status::CaughtFailure, Status::CaughtFailure, Status::CaughtFailure, Status::Running].map(|s| run(s, 1)),
        );
        assert_eq!(summary(&runs), "46 of the last 50 runs succeeded; 3 caught failures, 1 running.");
        assert_eq!(summary(&runs[..1]), "1 of the last run succeeded.");
        assert_eq!(summary(&[]), "No runs.");
    }
}
