//! A quoted line: what it says, where it stands, how often.

use crate::{address, format};
use contract::{incident::QuotePlace, jobs::diagnosis::EvidenceLine};
use leptos::prelude::*;
use leptos_router::components::A;

/// `place` leads to the line in its file; without one the service said it.
#[component]
pub fn Quote(line: EvidenceLine, #[prop(optional_no_strip)] place: Option<QuotePlace>) -> impl IntoView {
    let repeats = (line.count > 1).then(|| format!("{} times", format::count(line.count)));
    view! {
        <div class="quote mono wrap selectable">{line.text}</div>
        <div class="quote-place">
            {match (place, line.fact) {
                (Some(place), _) => {
                    let href = address::quoted(&place);
                    let words = words(&place);
                    view! { <A href=href attr:class="link" attr:title=place.address>{words}</A> }.into_any()
                }
                (None, Some(fact)) => view! { <span class="dim">{format!("the service said so: {fact}")}</span> }.into_any(),
                (None, None) => ().into_any(),
            }}
            {repeats.map(|repeats| view! { <span class="dim">{repeats}</span> })}
        </div>
    }
}

/// `executor 7 stderr, line 1,204`.
fn words(place: &QuotePlace) -> String {
    match place.line {
        Some(line) => format!("{}, line {}", place.file, format::count(line + 1)),
        None => place.file.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::{
        jobs::{JobId, LogFileRow, LogRole, LogStreamKind},
        logs::{LineAt, StreamLog},
    };

    #[test]
    fn a_place_names_the_file_and_counts_lines_from_one() {
        let file = LogFileRow {
            address: "s3://lake-logs/applications/00f/jobs/1/SPARK_EXECUTOR/7/stderr.gz".into(),
            role: LogRole::Executor,
            executor: Some("7".into()),
            container: None,
            node: None,
            attempt: None,
            stream: LogStreamKind::Stderr,
            part: None,
            compressed: true,
            size: None,
            last_write: None,
        };
        let at = |file| EvidenceLine {
            at: Some(LineAt { file, line: 1_203 }),
            fact: None,
            time: None,
            text: String::new(),
            count: 1,
        };
        let job = JobId::Glue { job: "feed".into(), run: "jr_1".into() };
        let files = [file];
        let place = QuotePlace::of(&at(0), &job, &files).unwrap();
        assert_eq!(words(&place), "executor 7 stderr, line 1,204");
        assert_eq!(QuotePlace::of(&at(1), &job, &files), None, "no such file");
        let log = StreamLog { address: "dms-tasks-a:dms-task-B".into(), name: "dms-task-B".into(), whole: false };
        let place = QuotePlace::in_stream(&at(0), &log).unwrap();
        assert_eq!(words(&place), "dms-task-B", "its lines are not counted");
    }
}
