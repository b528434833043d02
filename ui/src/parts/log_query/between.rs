//! The part of a log's time that is searched. What is typed counts from its end: `06:05` is of its last day, `30m` its last
//! half hour.

use crate::{desk::Desk, format, range::bounds};
use contract::{
    Timestamp,
    logs::LogQuery,
    range::{self, Edge, Range},
};
use leptos::prelude::*;

type Span = (Option<Timestamp>, Option<Timestamp>);

/// Blank is all of it.
fn read(text: &str, end: Timestamp, offset_minutes: i32) -> Result<Span, String> {
    if text.trim().is_empty() {
        return Ok((None, None));
    }
    let range = range::parse(text, end, offset_minutes).map_err(|error| error.message)?;
    let (from, to) = range.resolve(end, offset_minutes);
    Ok((Some(from), Some(to)))
}

/// As it is typed.
fn written(span: Span) -> String {
    match span {
        (Some(from), Some(to)) => Range { from: Edge::At(from), until: Edge::At(to) }.to_string(),
        (Some(from), None) => from.to_string(),
        _ => String::new(),
    }
}

#[component]
pub fn Between(
    query: RwSignal<LogQuery>,
    end: Signal<Option<Timestamp>>,
    of: &'static str,
    problem: RwSignal<Option<String>>,
) -> impl IntoView {
    let desk = Desk::get();
    let typed = RwSignal::new(String::new());
    let span = Memo::new(move |_| query.with(|query| (query.from, query.to)));
    let set = StoredValue::new((None, None));
    // A saved search brings times of its own, or none, and what was wrong is not any more.
    Effect::new(move |_| {
        let now = span.get();
        if problem.read().is_none() && read(&typed.get_untracked(), format::now(), 0).is_err() {
            typed.set(written(now));
        }
        if now != set.get_value() {
            set.set_value(now);
            problem.set(None);
            typed.set(written(now));
        }
    });
    let take = move || {
        let end = end.get_untracked().unwrap_or_else(format::now);
        match read(&typed.get_untracked(), end, untrack(|| desk.offset_minutes())) {
            Ok(wanted) => {
                problem.set(None);
                set.set_value(wanted);
                if span.get_untracked() != wanted {
                    query.update(|query| (query.from, query.to) = wanted);
                }
            }
            Err(why) => problem.set(Some(why)),
        }
    };
    let told = move || match span.get() {
        (Some(from), Some(to)) => {
            let span = bounds(Range { from: Edge::At(from), until: Edge::At(to) }, desk.zone());
            format!("{span}, by the times that the files tell")
        }
        _ => format!(
            "All of its time, by the times that the files tell. Typed times count from the end of the {of}: \
             06:00..06:10, 30m, yesterday 22:00..23:00"
        ),
    };
    view! {
        <input
            type="text"
            class="input mono log-between"
            aria-label="Time range of the search"
            aria-invalid=move || problem.read().is_some().to_string()
            title=told
            placeholder="06:00..06:10"
            spellcheck="false"
            autocomplete="off"
            prop:value=typed
            on:input:target=move |event| typed.set(event.target().value())
            on:change=move |_| take()
            on:keydown=move |event| {
                if event.key() == "Enter" {
                    take();
                    // A form around it is sent with times that could be read.
                    if problem.with_untracked(Option::is_some) {
                        event.prevent_default();
                    }
                }
            }
        />
        {move || problem.get().map(|why| view! { <p class="field-error log-wrong" role="alert">{why}</p> })}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn times_count_from_the_end_of_the_log() {
        let end = at("2026-11-20T06:31:00Z");
        let span = |from: &str, to: &str| Ok((Some(at(from)), Some(at(to))));
        assert_eq!(read("06:00..06:10", end, 0), span("2026-11-20T06:00:00Z", "2026-11-20T06:10:00Z"));
        assert_eq!(read("30m", end, 0), span("2026-11-20T06:01:00Z", "2026-11-20T06:31:00Z"));
        assert_eq!(read(" ", end, 0), Ok((None, None)));
        assert!(read("06:10..06:00", end, 0).is_err() && read("soon", end, 0).is_err());
    }

    #[test]
    fn what_is_written_reads_back() {
        let end = at("2026-11-20T06:31:00Z");
        let span = (Some(at("2026-11-19T22:00:00Z")), Some(at("2026-11-19T23:00:00Z")));
        assert_eq!(read(&written(span), end, 0), Ok(span));
        assert_eq!(written((None, None)), "");
    }
}
