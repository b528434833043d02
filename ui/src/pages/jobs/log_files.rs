//! The log files and streams of a run, found by its engine's layout, and whether all are there.

use super::{
    found_lines::{FoundLines, SearchFiles, query_of},
    list::capital,
};
use crate::{
    address, bridge,
    desk::Desk,
    format,
    parts::{
        cells::{dash, size_cell, text_cell, time_cell},
        grid::{Column, Grid, GridRow, GridState, use_set},
        list::{ListStates, ListTools},
        states::Empty,
        status::{Shape, Status},
    },
};
use contract::{
    Timestamp,
    jobs::{Badge, JobId, JudgeLogs, LogFileRow, LogRole, OpenLogFiles, logs::BadgeLevel},
    logs::{LogQuery, OpenFoundLines},
    sets::{ReadRows, Rows, ViewSet},
};
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*, task::spawn_local};
use std::time::Duration;

/// Files that are read together on one clock at most; the core takes no more. More are searched one after the other.
const TOGETHER: u64 = 1_000;
/// Rows that one call brings.
const AT_ONCE: u64 = 500;
/// The badge is not asked for again sooner, and not later: the clocks of the core and of this page may be apart.
const SOONEST: Duration = Duration::from_secs(5);
const LATEST: Duration = Duration::from_mins(10);

impl GridRow for LogFileRow {
    fn id(&self) -> String {
        self.address.clone()
    }
    fn take(rows: Rows) -> Option<Vec<Self>> {
        match rows {
            Rows::LogFiles(rows) => Some(rows),
            _ => None,
        }
    }
}

fn columns() -> Vec<Column<LogFileRow>> {
    let desk = Desk::get();
    let written = Signal::derive(move || format!("Last write ({})", format::zone_label(desk.zone())));
    vec![
        Column::new("role", "Of".to_owned(), |row: &LogFileRow| {
            let who = row.who();
            view! { <span class="cut" title=who.clone()>{capital(&who)}</span> }.into_any()
        })
        .share(3)
        .sort("role"),
        Column::new("stream", "Stream".to_owned(), |row: &LogFileRow| {
            let part = row.part.clone().map(|part| format!(" {part}"));
            view! { {row.stream.word().to_owned()} {part.map(|part| view! { <span class="dim">{part}</span> })} }
                .into_any()
        })
        .share(2)
        .sort("stream"),
        Column::new("attempt", "Attempt".to_owned(), |row: &LogFileRow| match row.attempt {
            Some(attempt) => view! { {attempt} }.into_any(),
            None => dash(),
        })
        .width(74)
        .numeric()
        .sort("attempt"),
        Column::new("size", "Size".to_owned(), |row: &LogFileRow| size_cell(row.size)).width(84).numeric().sort("size"),
        Column::new("written", written, |row: &LogFileRow| time_cell(row.last_write)).width(142).sort("written"),
        Column::new("address", "Where".to_owned(), |row: &LogFileRow| text_cell(Some(row.address.clone())))
            .share(4)
            .sort("address")
            .hidden(),
    ]
}

/// `on_open` gets the addresses of the files to read, one or several; `ended` is when the run was over.
#[component]
pub fn LogFiles(
    job: JobId,
    ended: Signal<Option<Timestamp>>,
    #[prop(into)] on_open: Callback<Vec<String>>,
) -> impl IntoView {
    let state = GridState::new();
    let job = StoredValue::new(job);
    let filter = crate::parts::list::use_filter();
    let set = use_set(move || Some(OpenLogFiles { id: job.get_value() }), move || filter.get(), state.sort);
    let chosen = state.chosen;
    let desk = Desk::get();
    // The core searches what this filter leaves, even if the list has not been filtered yet.
    let query = address::use_query();
    let wanted = Memo::new(move |_| query_of(&query.read()));
    // What is being chosen outlives the search, so that it can be narrowed and asked again.
    let choice = RwSignal::new(LogQuery::default());
    Effect::new(move |_| {
        if let Some(query) = wanted.get() {
            choice.set(query);
        }
    });
    let found = Memo::new(move |_| {
        let query = wanted.get()?;
        let set = set.state.with(|state| state.as_ref().filter(|state| state.complete).map(|state| state.set))?;
        let offset_minutes = format::offset_minutes(format::now());
        let files = ViewSet { set, filter: filter.get(), sort: state.sort.get_untracked(), offset_minutes };
        Some(OpenFoundLines { files, job: job.get_value(), query })
    });
    let shown = Memo::new(move |_| set.state.with(|state| state.as_ref().map_or(0, |state| state.shown)));
    let is_searchable = Memo::new(move |_| {
        let is_list = chosen.read().is_empty() && shown.get() > 1;
        set.complete() && (is_list || found.read().is_some())
    });
    // All that the filter leaves, but for those that are for a machine to read.
    let read_all = move |_| {
        let Some((id, _)) = set.revision_untracked() else { return };
        let all = shown.get_untracked();
        spawn_local(async move {
            let mut addresses = Vec::new();
            let mut at = 0;
            while at < all {
                let to = all.min(at + AT_ONCE);
                let window = match bridge::call(ReadRows { set: id, from: at, to }).await {
                    Ok(window) => window,
                    Err(fault) => {
                        desk.say(fault.title);
                        return;
                    }
                };
                let rows = LogFileRow::take(window.rows).unwrap_or_default().into_iter();
                let readable = rows.filter(|row| !matches!(row.role, LogRole::EventLog | LogRole::Metadata));
                addresses.extend(readable.map(|row| row.address));
                at = to;
            }
            if addresses.is_empty() {
                desk.say("None of these is a log to read");
                return;
            }
            on_open.run(addresses);
        });
    };
    let open = Callback::new(move |row: LogFileRow| on_open.run(vec![row.address]));
    let copies = Callback::new(|row: LogFileRow| {
        let mut items = vec![("Address".to_owned(), row.address.clone())];
        if row.address.starts_with("s3://") {
            items.push(("aws command".to_owned(), format!("aws s3 cp {} -", contract::shell::quote(&row.address))));
        }
        items
    });
    view! {
        <div class="stack">
            <div>
                <BadgeLine job=job.get_value() complete=Signal::derive(move || set.complete()) />
                <ListTools name="Filter log files" example="Filter: of:executor* stream:stderr size>1MB" set one="file" many="files" />
            </div>
            <div class="stack-grid">
                {move || match found.get() {
                    Some(request) => view! { <FoundLines request /> }.into_any(),
                    None => {
                        view! {
                            <ListStates set empty=|| view! { <Empty title="No log files" text="Nothing was found in the places that the run was told to keep its logs in. The line above says why." icon="file" /> }>
                                <Grid name="Log files" set columns=columns() state on_open=open on_cursor=Callback::new(|_| ()) copies selectable=true />
                            </ListStates>
                        }
                        .into_any()
                    }
                }}
            </div>
            <Show when=move || is_searchable.get()>
                <SearchFiles files=shown query=choice end=ended>
                    <Show when=move || found.read().is_none() && (2..=TOGETHER).contains(&shown.get())>
                        <button type="button" class="btn" title="All that are logs, line by line as they were written" on:click=read_all>
                            "Merge these files on one clock"
                        </button>
                    </Show>
                </SearchFiles>
            </Show>
            <Show when=move || found.read().is_none() && !chosen.read().is_empty()>
                <div class="acts">
                    <button type="button" class="btn go" on:click=move |_| on_open.run(chosen.get_untracked().into_iter().collect())>
                        {move || match chosen.read().len() {
                            1 => "Read file".to_owned(),
                            many => format!("Merge {} files on one clock", format::count(many as u64)),
                        }}
                    </button>
                </div>
            </Show>
        </div>
    }
}

/// Whether all logs are there, asked for when the listing is, and again when the badge says that more may have come.
#[component]
pub fn BadgeLine(job: JobId, #[prop(into)] complete: Signal<bool>) -> impl IntoView {
    let badge = RwSignal::new(None::<Badge>);
    let job = StoredValue::new(job);
    let complete = Memo::new(move |_| complete.get());
    let again = RwSignal::new(0_u64);
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    let rest = move || {
        if let Some(timer) = waiting.try_get_value().flatten() {
            timer.clear();
        }
    };
    Effect::new(move |_| {
        again.track();
        rest();
        if !complete.get() {
            return;
        }
        spawn_local(async move {
            let Some(id) = job.try_get_value() else { return };
            let answer = bridge::call(JudgeLogs { id }).await;
            // One that could not be made is tried again where one was expected.
            let due = match &answer {
                Ok(answer) => answer.again,
                Err(_) => badge.try_get_untracked().flatten().and_then(|badge| badge.again),
            };
            if let Ok(answer) = answer {
                badge.try_set(Some(answer));
            }
            // The page may have been left meanwhile.
            let Some(wait) = pause(due, format::now()).filter(|_| !again.is_disposed()) else { return };
            rest();
            let look = move || {
                again.try_update(|count| *count += 1);
            };
            waiting.try_set_value(set_timeout_with_handle(look, wait).ok());
        });
    });
    on_cleanup(rest);
    view! {
        {move || badge.get().map(|badge| {
            let shape = match badge.level {
                BadgeLevel::Complete => Shape::Good,
                BadgeLevel::Pending => Shape::Waiting,
                BadgeLevel::Incomplete => Shape::Warn,
                BadgeLevel::Nothing => Shape::Unknown,
            };
            view! { <p class="pad log-badge"><Status shape word=super::list::capital(&badge.text) /></p> }
        })}
    }
}

/// How long until a badge is worth another look; `None` when nothing more is expected.
fn pause(again: Option<Timestamp>, now: Timestamp) -> Option<Duration> {
    let wait = Duration::try_from(again?.duration_since(now)).unwrap_or_default();
    Some(wait.clamp(SOONEST, LATEST))
}

/// The address of a tab that shows these files.
pub fn joined(files: &[String]) -> String {
    files.join("\n")
}

/// The files of the address.
pub fn apart(text: &str) -> Vec<String> {
    text.split('\n').filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// The other way round of [`address::log`]: lines count from 1 in an address.
pub fn line_of(query: &address::Query) -> Option<u64> {
    query.get("line")?.parse::<u64>().ok()?.checked_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_badge_is_looked_at_again_when_it_says_so() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let now = at("2026-11-21T06:31:00Z");
        assert_eq!(pause(Some(at("2026-11-21T06:36:00Z")), now), Some(Duration::from_mins(5)));
        assert_eq!(pause(Some(at("2026-11-21T06:30:00Z")), now), Some(SOONEST), "it is due already");
        assert_eq!(pause(Some(at("2026-11-22T06:31:00Z")), now), Some(LATEST), "another clock");
        assert_eq!(pause(None, now), None, "it is as good as it gets");
    }

    #[test]
    fn files_and_line_stand_in_the_address() {
        let files = vec!["s3://b/a".to_owned(), "/g/x:y".to_owned()];
        assert_eq!(apart(&joined(&files)), files);
        let query = |text: &str| address::Query::parse(text);
        assert_eq!(line_of(&query("line=1")), Some(0));
        assert_eq!([line_of(&query("line=0")), line_of(&query("line=x")), line_of(&query(""))], [None, None, None]);
    }
}
