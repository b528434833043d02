//! What is looked for in the lines of logs, of one that is open and of many files alike: what can be chosen beside the
//! text, and how it is said.

mod between;

use super::icon::Icon;
use between::Between;
use contract::{
    Timestamp,
    logs::{LogLevel, LogQuery},
};
use leptos::prelude::*;

/// Least levels that can be chosen.
pub const LEVELS: [LogLevel; 3] = [LogLevel::Info, LogLevel::Warn, LogLevel::Error];

/// Whether there is anything to look for.
pub fn asks(query: &LogQuery) -> bool {
    !query.text.is_empty() || query.level.is_some() || query.from.is_some() || query.to.is_some()
}

/// What is looked for, in one text; `time` writes a time.
pub fn words(query: &LogQuery, time: impl Fn(Timestamp) -> String) -> String {
    let mut all = Vec::new();
    if !query.text.is_empty() {
        let quote = if query.regex { '/' } else { '"' };
        let not = if query.inverse { "not " } else { "" };
        let case = if query.match_case { ", case as it is" } else { "" };
        all.push(format!("{not}{quote}{}{quote}{case}", query.text));
    }
    all.extend(query.level.map(|level| format!("{} and above", level.word())));
    all.extend(query.from.map(|from| format!("from {}", time(from))));
    all.extend(query.to.map(|to| format!("until {}", time(to))));
    all.join(", ")
}

/// Case, expression, inverse, level and time range.
#[component]
pub fn QueryChoices(
    query: RwSignal<LogQuery>,
    /// What typed times count from: the last that is told, if it is known.
    #[prop(into)]
    end: Signal<Option<Timestamp>>,
    /// What ends there: `log`, `run`.
    of: &'static str,
    /// Why the times that were typed cannot be read.
    problem: RwSignal<Option<String>>,
) -> impl IntoView {
    let toggle = move |label: &'static str, name: &'static str, on: fn(&LogQuery) -> bool, set: fn(&mut LogQuery)| {
        view! {
            <button
                type="button"
                class="btn toggle mono"
                aria-label=name
                title=name
                aria-pressed=move || query.with(on).to_string()
                on:click=move |_| query.update(set)
            >
                {label}
            </button>
        }
    };
    view! {
        {toggle("Aa", "Match case", |query| query.match_case, |query| query.match_case = !query.match_case)}
        {toggle(".*", "Regular expression", |query| query.regex, |query| query.regex = !query.regex)}
        {toggle("≠", "Lines that do not match", |query| query.inverse, |query| query.inverse = !query.inverse)}
        <LevelSelect query />
        <Between query end of problem />
    }
}

#[component]
fn LevelSelect(query: RwSignal<LogQuery>) -> impl IntoView {
    // The first choice is any level.
    let place = move || {
        let level = query.with(|query| query.level);
        level.and_then(|level| LEVELS.iter().position(|one| *one == level)).map_or(0, |at| at + 1)
    };
    let choose = move |value: &str| {
        let at = value.parse::<usize>().ok().and_then(|place| place.checked_sub(1));
        let level = at.and_then(|at| LEVELS.get(at).copied());
        query.update(|query| query.level = level);
    };
    // Each option says whether it is chosen: when the select is built, its value finds none yet.
    view! {
        <span class="select">
            <select aria-label="Level" prop:value=move || place().to_string() on:change=move |event| choose(&event_target_value(&event))>
                <option value="0" selected=move || place() == 0>"Any level"</option>
                {LEVELS
                    .into_iter()
                    .enumerate()
                    .map(|(at, level)| {
                        let words = format!("{} and above", level.word());
                        view! { <option value=(at + 1).to_string() selected=move || place() == at + 1>{words}</option> }
                    })
                    .collect_view()}
            </select>
            <Icon name="chevron-down" />
        </span>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_alone_asks() {
        assert!(!asks(&LogQuery::default()));
        assert!(asks(&LogQuery { level: Some(LogLevel::Warn), ..LogQuery::default() }));
        assert!(asks(&LogQuery { text: "x".into(), ..LogQuery::default() }));
        assert!(asks(&LogQuery { from: Some(Timestamp::UNIX_EPOCH), ..LogQuery::default() }));
        let nothing = LogQuery { inverse: true, match_case: true, regex: true, ..LogQuery::default() };
        assert!(!asks(&nothing));
    }

    #[test]
    fn a_search_says_what_it_looks_for() {
        let words = |query: &LogQuery| super::words(query, |at| at.to_string());
        let query = LogQuery {
            text: "executor \\d+".into(),
            regex: true,
            inverse: true,
            level: Some(LogLevel::Warn),
            ..LogQuery::default()
        };
        assert_eq!(words(&query), "not /executor \\d+/, WARN and above");
        let plain = LogQuery { text: "heap".into(), match_case: true, ..LogQuery::default() };
        assert_eq!(words(&plain), "\"heap\", case as it is");
        let late = LogQuery { from: Some(Timestamp::UNIX_EPOCH), ..LogQuery::default() };
        assert_eq!(words(&late), "from 1970-01-01T00:00:00Z");
    }
}
