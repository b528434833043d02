//! The visits to states, as a table and on a time axis.

use super::{cells::of_state, watch::Watched};
use crate::{
    bridge, format,
    parts::{
        cells::{dash, text_cell},
        filter_line::FilterLine,
        gantt::Gantt,
        grid::{Column, Grid, GridRow, GridState, use_set},
        list::{ListStates, count_words},
        states::{Empty, Skeleton},
        status::Status,
        turns::Turns,
    },
};
use contract::{
    executions::{OpenStates, StateRow},
    sets::{ReadRows, Rows},
};
use leptos::{prelude::*, task::spawn_local};

/// Rows that the time axis draws; a filter in the table finds the rest.
const DRAWN: u64 = 2_000;

impl GridRow for StateRow {
    fn id(&self) -> String {
        self.id.clone()
    }
    fn take(rows: Rows) -> Option<Vec<Self>> {
        match rows {
            Rows::States(rows) => Some(rows),
            _ => None,
        }
    }
}

fn columns() -> Vec<Column<StateRow>> {
    vec![
        Column::new("status", "Status".to_owned(), |row: &StateRow| {
            view! { <Status shape=of_state(row.status) word=row.status.word() /> }.into_any()
        })
        .width(116)
        .sort("status"),
        Column::new("name", "State".to_owned(), |row: &StateRow| {
            let name = row.name.clone();
            let within = row.within.join(" › ");
            view! {
                <span class="cut" title=format!("{within} {name}")>
                    {(!within.is_empty()).then(|| view! { <span class="dim">{format!("{within} › ")}</span> })}
                    {name.clone()}
                </span>
            }
            .into_any()
        })
        .share(4)
        .sort("name"),
        Column::new("attempts", "Attempts".to_owned(), |row: &StateRow| {
            if row.attempts <= 1 {
                view! { <span class="dim">{row.attempts}</span> }.into_any()
            } else {
                view! { <strong>{row.attempts}</strong> }.into_any()
            }
        })
        .width(78)
        .numeric()
        .sort("attempts"),
        Column::new("error", "Error".to_owned(), |row: &StateRow| text_cell(row.error.clone())).share(3).sort("error"),
        Column::new("job", "Job".to_owned(), |row: &StateRow| text_cell(row.job.clone())).share(3).sort("job").hidden(),
        Column::new("took", "Took".to_owned(), |row: &StateRow| match row.exited {
            Some(exited) => {
                let millis = u64::try_from(exited.duration_since(row.entered).as_millis()).unwrap_or(0);
                view! { {format::millis(millis)} }.into_any()
            }
            None => dash(),
        })
        .width(84)
        .numeric()
        .sort("took"),
    ]
}

#[component]
pub fn StatesTab(
    arn: String,
    visit: Memo<Option<String>>,
    #[prop(into)] on_open: Callback<Option<String>>,
) -> impl IntoView {
    let state = GridState::new();
    let line = RwSignal::new(String::new());
    let whole = StoredValue::new(arn);
    state.cursor.set(visit.get_untracked());
    let set = use_set(move || Some(OpenStates { arn: whole.get_value() }), move || line.get(), state.sort);
    let open = Callback::new(move |row: StateRow| on_open.run(Some(row.id)));
    let copies = Callback::new(move |row: StateRow| {
        let mut items = vec![("State".to_owned(), row.name.clone()), ("Entered".to_owned(), format::iso(row.entered))];
        items.extend(row.error.clone().map(|error| ("Error".to_owned(), error)));
        items.extend(row.job.clone().map(|job| ("Job".to_owned(), job)));
        items
    });
    view! {
        <div class="stack">
            <div class="filter">
                <FilterLine name="Filter states" example="Filter: status:failed attempts>1" line on_change=Callback::new(move |text| line.set(text)) state=set.state />
                <span class="dim num count">{move || count_words(set, "visit", "visits")}</span>
            </div>
            <div class="stack-grid">
                <ListStates set empty=|| view! { <Empty title="No states" text="Nothing was entered yet, or the history cannot be read." icon="git-branch" /> }>
                    <Grid name="States" set columns=columns() state on_open=open on_cursor=open copies />
                </ListStates>
            </div>
        </div>
    }
}

#[component]
pub fn GanttTab(
    arn: String,
    watched: Watched,
    visit: Memo<Option<String>>,
    #[prop(into)] on_open: Callback<Option<String>>,
) -> impl IntoView {
    let desk = crate::desk::Desk::get();
    let rows = RwSignal::new(None::<Vec<StateRow>>);
    let more = RwSignal::new(0_u64);
    let whole = StoredValue::new(arn);
    let set = use_set(move || Some(OpenStates { arn: whole.get_value() }), String::new, RwSignal::new(None));
    let turns = Turns::start();
    Effect::new(move |_| {
        let Some((id, _)) = set.revision() else { return };
        let total = set.state.with(|state| state.as_ref().map_or(0, |state| state.total));
        let turn = turns.ask();
        spawn_local(async move {
            let mut all: Vec<StateRow> = Vec::new();
            while (all.len() as u64) < total.min(DRAWN) {
                let from = all.len() as u64;
                let Ok(window) = bridge::call(ReadRows { set: id, from, to: DRAWN }).await else { return };
                let read = StateRow::take(window.rows).unwrap_or_default();
                if read.is_empty() {
                    break;
                }
                all.extend(read);
            }
            if !turn.take() {
                return;
            }
            rows.try_set(Some(all));
            more.try_set(total.saturating_sub(DRAWN));
        });
    });
    let selected = RwSignal::new(visit.get_untracked());
    Effect::new(move |before: Option<Option<String>>| {
        let now = selected.get();
        if before.is_some_and(|before| before != now) {
            on_open.run(now.clone());
        }
        now
    });
    let started = Memo::new(move |_| {
        watched.view.with(|view| view.as_ref().map(|view| view.execution.started)).unwrap_or_else(format::now)
    });
    let until = Memo::new(move |_| {
        watched
            .view
            .with(|view| view.as_ref().and_then(|view| view.execution.stopped))
            .unwrap_or_else(|| desk.now.get())
    });
    view! {
        {move || (more.get() > 0).then(|| view! { <p class="soft pad">{format!("The first {} visits are drawn, {} in the table.", format::count(DRAWN), format::counted(more.get(), "more is", "more are"))}</p> })}
        <Show when=move || rows.read().is_some() fallback=|| view! { <Skeleton rows=8 /> }>
            <Gantt rows=Signal::derive(move || rows.get().unwrap_or_default()) started until selected name="Gantt" />
        </Show>
    }
}
