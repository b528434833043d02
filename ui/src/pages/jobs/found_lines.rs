//! What was found in the log files of a run, more of them than can be read together: each line leads to its file.

use crate::{
    address, bridge,
    desk::Desk,
    format,
    parts::{
        answer::use_answer,
        cells::{text_cell, time_cell},
        grid::{Column, Grid, GridRow, GridState, SetHandle, use_set},
        icon::Icon,
        list::{ListStates, count_words, use_step},
        log_pane::RowText,
        log_query::{self, LEVELS, QueryChoices, asks},
        saved::SavedMenu,
        states::{Empty, Partial},
    },
};
use contract::{
    Timestamp,
    jobs::JobId,
    logs::{FoundLine, LogLevel, LogQuery, OpenFoundLines, ReadUnreadFiles, RetryUnreadFiles, UnreadFile},
    searches::Search,
    sets::Rows,
};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::{NavigateOptions, components::A, hooks::use_navigate};
use wasm_bindgen::JsCast as _;

/// Characters that stand before a match at the most.
const BEFORE: u32 = 24;

impl GridRow for FoundLine {
    fn id(&self) -> String {
        format!("{} {}", self.file.address, self.line)
    }
    fn take(rows: Rows) -> Option<Vec<Self>> {
        match rows {
            Rows::FoundLines(rows) => Some(rows),
            _ => None,
        }
    }
}

/// A line without most of what stands before its first match, which a column would cut off otherwise.
fn from_match(text: &str, marks: &[(u32, u32)]) -> (String, Vec<(u32, u32)>) {
    let cut = marks.first().map_or(0, |(from, _)| from.saturating_sub(BEFORE));
    if cut <= BEFORE {
        return (text.to_owned(), marks.to_vec());
    }
    let rest: String = text.chars().skip(cut as usize).collect();
    // One for the sign.
    let moved = marks.iter().map(|(from, to)| (from + 1 - cut, to + 1 - cut)).collect();
    (format!("…{rest}"), moved)
}

/// What the address asks for, if it asks for anything.
pub fn query_of(query: &address::Query) -> Option<LogQuery> {
    let is = |name: &str| query.get(name).is_some();
    let time = |name: &str| query.get(name)?.parse::<Timestamp>().ok();
    let level = query.get("level").and_then(|word| LEVELS.into_iter().find(|level| level.word() == word));
    let from = time("from");
    let asked = LogQuery {
        text: query.get("find").unwrap_or_default().to_owned(),
        regex: is("regex"),
        match_case: is("case"),
        inverse: is("inverse"),
        level,
        from,
        to: from.and_then(|_| time("to")),
    };
    Some(asked).filter(asks)
}

/// The address that asks for this, or for nothing.
fn asking(at: address::Query, query: Option<&LogQuery>) -> address::Query {
    let text = query.map(|query| query.text.as_str()).filter(|text| !text.is_empty());
    let flag = |is: fn(&LogQuery) -> bool| query.is_some_and(is).then_some("1");
    let time = |of: fn(&LogQuery) -> Option<Timestamp>| query.and_then(of).map(|at| at.to_string());
    at.with("find", text)
        .with("regex", flag(|query| query.regex))
        .with("case", flag(|query| query.match_case))
        .with("inverse", flag(|query| query.inverse))
        .with("level", query.and_then(|query| query.level).map(LogLevel::word))
        .with("from", time(|query| query.from).as_deref())
        .with("to", time(|query| query.to).as_deref())
}

fn columns() -> Vec<Column<FoundLine>> {
    let desk = Desk::get();
    let at = Signal::derive(move || format!("Time ({})", format::zone_label(desk.zone())));
    vec![
        Column::new("time", at, |row: &FoundLine| time_cell(row.time)).width(142).sort("time"),
        Column::new("level", "Level".to_owned(), |row: &FoundLine| {
            text_cell(row.level.map(|level| LogLevel::word(level).to_owned()))
        })
        .width(74)
        .sort("level"),
        Column::new("of", "Of".to_owned(), |row: &FoundLine| {
            let words = row.file.words();
            view! { <span class="cut" title=row.file.address.clone()>{words}</span> }.into_any()
        })
        .share(2)
        .sort("file"),
        Column::new("line", "Line".to_owned(), |row: &FoundLine| view! { {format::count(row.line + 1)} }.into_any())
            .width(84)
            .numeric()
            .sort("line"),
        Column::new("text", "Text".to_owned(), |row: &FoundLine| {
            let (text, marks) = from_match(&row.text, &row.marks);
            view! { <span class="cut mono" title=row.text.clone()><RowText text marks links=Vec::new() /></span> }
                .into_any()
        })
        .share(6),
    ]
}

/// Asks for a search of the files that the list shows; the address keeps it.
#[component]
pub fn SearchFiles(
    /// So many files.
    #[prop(into)]
    files: Signal<u64>,
    /// What is looked for, as far as it was chosen.
    query: RwSignal<LogQuery>,
    /// When the run ended, if it has.
    end: Signal<Option<Timestamp>>,
    /// What else can be done with them.
    children: ChildrenFn,
) -> impl IntoView {
    let problem = RwSignal::new(None::<String>);
    let step = StoredValue::new_local(use_step());
    let search = move || {
        let query = query.get_untracked();
        if asks(&query) && problem.with_untracked(Option::is_none) {
            step.with_value(|step| step(&|at| asking(at, Some(&query))));
            // The arrow keys go to what is found.
            let active = document().active_element().and_then(|active| active.dyn_into::<web_sys::HtmlElement>().ok());
            if let Some(active) = active {
                let _ = active.blur();
            }
        }
    };
    let current = Signal::derive(move || Search::Log(query.get()));
    let run = Callback::new(move |saved: Search| {
        if let Search::Log(saved) = saved {
            // Times that were typed and could not be read are none of it.
            problem.set(None);
            query.set(saved);
            search();
        }
    });
    view! {
        <div class="acts search-files">
            <form
                class="search-form"
                on:submit=move |event| {
                    event.prevent_default();
                    search();
                }
            >
                <div class="search-field">
                    <Icon name="search" />
                    <input
                        type="text"
                        aria-label="Search the files shown"
                        placeholder="Search lines of all files shown"
                        spellcheck="false"
                        autocomplete="off"
                        prop:value=move || query.with(|query| query.text.clone())
                        on:input:target=move |event| query.update(|query| query.text = event.target().value())
                    />
                </div>
                <QueryChoices query end of="run" problem />
                <button type="submit" class="btn" title="One after the other; lines are shown as they are found">
                    {move || format!("Search {}", format::counted(files.get(), "file", "files"))}
                </button>
            </form>
            <SavedMenu insights=false current on_run=run />
            {children()}
        </div>
    }
}

#[component]
pub fn FoundLines(request: OpenFoundLines) -> impl IntoView {
    let desk = Desk::get();
    let state = GridState::new();
    let request = StoredValue::new(request);
    let words = Memo::new(move |_| {
        let zone = desk.zone();
        request.with_value(|request| log_query::words(&request.query, |at| format::time_full(at, zone)))
    });
    let set = use_set(move || Some(request.get_value()), String::new, state.sort);
    let step = StoredValue::new_local(use_step());
    let navigate = use_navigate();
    let open = Callback::new(move |row: FoundLine| {
        let to = request.with_value(|request| address::log(&request.job, &row.file.address, Some(row.line)));
        navigate(&to, NavigateOptions::default());
    });
    let copies = Callback::new(|row: FoundLine| {
        vec![("Line".to_owned(), row.text.clone()), ("Address".to_owned(), row.file.address.clone())]
    });
    let notices = Signal::derive(move || {
        set.state.with(|state| state.as_ref().map(|state| state.notices.clone()).unwrap_or_default())
    });
    let none = request.with_value(|request| none_words(&request.query));
    view! {
        <div class="stack">
            <div>
                <div class="log-head">
                    <button type="button" class="btn quiet" on:click=move |_| step.with_value(|step| step(&|at| asking(at, None)))>
                        <Icon name="chevron-left" />
                        {move || if is_over(set) { "All files" } else { "Stop, show all files" }}
                    </button>
                    <span class="chip acc cut" title=move || words.get()>{move || format!("Search: {}", words.get())}</span>
                    <span class="dim num count">{move || count_words(set, "line", "lines")}</span>
                </div>
                <div class="body-part">
                    <Partial notices />
                    <Unread set job=request.with_value(|request| request.job.clone()) />
                </div>
            </div>
            <div class="stack-grid">
                <ListStates set empty=move || view! { <Empty title="No line matches" text=none icon="search" /> }>
                    <Grid name="Found lines" set columns=columns() state on_open=open on_cursor=Callback::new(|_| ()) copies />
                </ListStates>
            </div>
        </div>
    }
}

/// What is said where no line matches.
fn none_words(query: &LogQuery) -> &'static str {
    if query.text.is_empty() || query.match_case {
        "No file that could be read has such a line."
    } else {
        "No file that could be read has such a line. Capitals in the text count; without any, case is ignored."
    }
}

/// It ended, or a fault stopped it.
fn is_over(set: SetHandle) -> bool {
    set.complete() || set.fault.read().is_some()
}

/// Which files a search that is over could not read, and why; a press reads them again.
#[component]
fn Unread(set: SetHandle, job: JobId) -> impl IntoView {
    let desk = Desk::get();
    let over = Memo::new(move |_| {
        let shown = set.state.with(|state| state.as_ref().map(|state| state.set));
        shown.filter(|_| is_over(set))
    });
    let unread = use_answer(move || over.get().map(|set| ReadUnreadFiles { set }));
    let retry = move |_| {
        let Some(shown) = over.get_untracked() else { return };
        spawn_local(async move {
            match bridge::call(RetryUnreadFiles { set: shown }).await {
                Ok(_) => set.reload(),
                Err(fault) => desk.say(fault.title),
            }
        });
    };
    let line = move |file: UnreadFile| {
        let to = address::log(&job, &file.address, None);
        view! {
            <li>
                <A href=to attr:class="link" attr:title=file.address>{file.name}</A>
                <span>{file.why}</span>
            </li>
        }
    };
    move || {
        let unread = unread.told.get().filter(|unread| unread.total > 0)?;
        let files = format::counted(unread.total, "file", "files");
        let more = unread.total - unread.files.len() as u64;
        let more = (more > 0).then(|| view! { <li class="dim">{format!("and {} more", format::count(more))}</li> });
        let lines = unread.files.into_iter().map(&line).collect_view();
        Some(view! {
            <div class="unread">
                <details>
                    <summary>"Which files, and why"</summary>
                    <ul class="steps" role="list" aria-label="Files that could not be read">{lines} {more}</ul>
                </details>
                <button type="button" class="btn" title="What was found in the others stays" on:click=retry>
                    {format!("Try {files} again")}
                </button>
            </div>
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_begins_shortly_before_its_match() {
        let line = format!("{}größe: Malformed, Malformed", "é".repeat(100));
        let (text, marks) = from_match(&line, &[(107, 116), (118, 127)]);
        assert_eq!(text, format!("…{}größe: Malformed, Malformed", "é".repeat(17)));
        let of =
            |(from, to): (u32, u32)| text.chars().skip(from as usize).take((to - from) as usize).collect::<String>();
        assert_eq!(marks.into_iter().map(of).collect::<Vec<_>>(), ["Malformed", "Malformed"]);
        assert_eq!(from_match("short: Malformed", &[(7, 16)]), ("short: Malformed".into(), vec![(7, 16)]));
        assert_eq!(from_match("none", &[]), ("none".into(), vec![]));
    }

    #[test]
    fn the_address_keeps_what_is_looked_for() {
        let at = |second| Timestamp::from_second(second).ok();
        let all = [
            LogQuery { text: "a.*b&c=d".into(), regex: true, ..LogQuery::default() },
            LogQuery { text: "x".into(), match_case: true, inverse: true, ..LogQuery::default() },
            LogQuery { level: Some(LogLevel::Warn), ..LogQuery::default() },
            LogQuery { from: at(1_763_510_400), to: at(1_763_514_000), ..LogQuery::default() },
        ];
        let list = address::Query::parse("job=emr:j-1/s-1&tab=logs&q=role:driver");
        let mut place = list.clone();
        for query in all {
            // One search takes the place of the other.
            place = asking(place, Some(&query));
            let address = place.after("");
            assert_eq!(query_of(&address::Query::parse(&address)), Some(query), "{address}");
        }
        assert_eq!(asking(place, None), list);
    }

    #[test]
    fn an_address_that_asks_for_nothing_searches_nothing() {
        let of = |text: &str| query_of(&address::Query::parse(text));
        assert_eq!([of("find="), of("regex=1&inverse=1&case=1"), of("level=LOUD&from=soon")], [None, None, None]);
        assert_eq!(of("to=2026-11-20T06:00:00Z"), None, "no control shows an end alone");
    }
}
