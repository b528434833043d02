//! What was found in the log files of a run, more of them than can be read together: each line leads to its file.

use crate::{
    address,
    desk::Desk,
    format,
    parts::{
        cells::{text_cell, time_cell},
        grid::{Column, Grid, GridRow, GridState, use_set},
        icon::Icon,
        list::{ListStates, count_words, use_change},
        log_pane::RowText,
        states::{Empty, Partial},
    },
};
use contract::{
    logs::{FoundLine, LogLevel, LogQuery, OpenFoundLines},
    sets::Rows,
};
use leptos::{html, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};

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
    let text = query.get("find").filter(|text| !text.is_empty())?.to_owned();
    Some(LogQuery { text, regex: query.get("regex").is_some(), ..LogQuery::default() })
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
    /// What else can be done with them.
    children: ChildrenFn,
) -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    let regex = RwSignal::new(false);
    let change = StoredValue::new_local(use_change());
    view! {
        <form
            class="acts"
            on:submit=move |event| {
                event.prevent_default();
                let Some(text) = input.get_untracked().map(|input| input.value()).filter(|text| !text.is_empty()) else { return };
                change.with_value(|change| {
                    change("regex", regex.get_untracked().then(|| "1".to_owned()));
                    change("find", Some(text));
                });
            }
        >
            <div class="search-field">
                <Icon name="search" />
                <input node_ref=input type="text" aria-label="Search the files shown" placeholder="Search lines of all files shown" spellcheck="false" autocomplete="off" />
            </div>
            <button
                type="button"
                class="btn toggle mono"
                aria-label="Regular expression"
                title="Regular expression"
                aria-pressed=move || regex.get().to_string()
                on:click=move |_| regex.update(|regex| *regex = !*regex)
            >
                ".*"
            </button>
            <button type="submit" class="btn" title="One after the other; lines are shown as they are found">
                {move || format!("Search {}", format::counted(files.get(), "file", "files"))}
            </button>
            {children()}
        </form>
    }
}

#[component]
pub fn FoundLines(request: OpenFoundLines) -> impl IntoView {
    let state = GridState::new();
    let words = format!("Lines with {}", request.query.text);
    let request = StoredValue::new(request);
    let set = use_set(move || Some(request.get_value()), String::new, state.sort);
    let change = StoredValue::new_local(use_change());
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
    view! {
        <div class="stack">
            <div>
                <div class="log-head">
                    <button type="button" class="btn quiet" on:click=move |_| change.with_value(|change| {
                        change("regex", None);
                        change("find", None);
                    })>
                        <Icon name="chevron-left" />
                        {move || if set.complete() { "All files" } else { "Stop, show all files" }}
                    </button>
                    <span class="chip acc cut">{words}</span>
                    <span class="dim num count">{move || count_words(set, "line", "lines")}</span>
                </div>
                <div class="body-part">
                    <Partial notices />
                </div>
            </div>
            <div class="stack-grid">
                <ListStates set empty=|| view! { <Empty title="No line matches" text="No file that could be read has such a line. Capitals in the text count; without any, case is ignored." icon="search" /> }>
                    <Grid name="Found lines" set columns=columns() state on_open=open on_cursor=Callback::new(|_| ()) copies />
                </ListStates>
            </div>
        </div>
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
        let of = |text: &str| query_of(&address::Query::parse(text)).map(|query| (query.text, query.regex));
        assert_eq!(of("find=killed"), Some(("killed".to_owned(), false)));
        assert_eq!(of("find=a.*b&regex=1"), Some(("a.*b".to_owned(), true)));
        assert_eq!([of("find="), of("regex=1")], [None, None]);
    }
}
