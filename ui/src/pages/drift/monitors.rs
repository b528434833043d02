//! All monitoring schedules of the region, and whether they measure.

use super::{
    AREA,
    cells::{health_chip, kind_word, of_measured, run_cell, spaced},
};
use crate::{
    address,
    desk::Desk,
    format,
    parts::{
        cells::{dash, text_cell, time_cell},
        grid::{Column, Grid, GridRow, GridState, use_set},
        head::Head,
        list::{ListStates, ListTools, keep_sort, use_change, use_filter},
        segmented::Segmented,
        split::Split,
        states::Empty,
        status::{Shape, Status},
    },
};
use contract::{
    drift::{MonitorRow, OpenMonitors, Origin},
    sets::Rows,
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, components::A, hooks::use_navigate};

impl GridRow for MonitorRow {
    fn id(&self) -> String {
        self.schedule.clone()
    }
    fn take(rows: Rows) -> Option<Vec<Self>> {
        match rows {
            Rows::Monitors(rows) => Some(rows),
            _ => None,
        }
    }
}

/// A schedule's page, or that of what another tool follows.
fn page_of(row: &MonitorRow) -> String {
    match row.source {
        Origin::ModelMonitor => address::monitor(&row.schedule),
        Origin::Evidently | Origin::Mlflow => address::followed(&row.schedule),
    }
}

fn columns() -> Vec<Column<MonitorRow>> {
    let desk = Desk::get();
    let last = Signal::derive(move || format!("Last run ({})", format::zone_label(desk.zone())));
    vec![
        Column::new("endpoint", "Endpoint".to_owned(), |row: &MonitorRow| {
            let (href, schedule) = (page_of(row), format::visible(&row.schedule));
            let shown = row.endpoint.as_deref().map_or_else(|| schedule.clone(), format::visible);
            view! { <A href=href attr:class="name-link cut" attr:title=schedule attr:tabindex="-1">{shown}</A> }
                .into_any()
        })
        .share(4)
        .sort("endpoint"),
        Column::new("kind", "Watches".to_owned(), |row: &MonitorRow| {
            // What another tool tells is data quality of its own kind: its name says more.
            let word = if row.source == Origin::ModelMonitor { kind_word(row.kind) } else { row.source.word() };
            view! { <span class="dim">{word}</span> }.into_any()
        })
        .width(112)
        .sort("kind"),
        Column::new("source", "Source".to_owned(), |row: &MonitorRow| {
            view! { <span class="dim">{row.source.word()}</span> }.into_any()
        })
        .width(116)
        .sort("source")
        .hidden(),
        Column::new("health", "Health".to_owned(), |row: &MonitorRow| {
            let shape = of_measured(row.health, row.violations);
            view! { <span class="cut" title=row.words.clone()><Status shape word=row.words.clone() /></span> }
                .into_any()
        })
        .share(4)
        .sort("health"),
        Column::new("violations", "Violations".to_owned(), |row: &MonitorRow| match row.violations {
            Some(count) => view! { {format::count(count.into())} }.into_any(),
            None => dash(),
        })
        .width(92)
        .numeric()
        .sort("violations")
        .hidden(),
        Column::new("alert", "Alert".to_owned(), |row: &MonitorRow| match row.alert {
            Some(true) => view! { <Status shape=Shape::Bad word="raised" /> }.into_any(),
            Some(false) => view! { <span class="dim">"no"</span> }.into_any(),
            None => dash(),
        })
        .width(84)
        .sort("alert"),
        Column::new("last_run", last, |row: &MonitorRow| time_cell(row.last_run)).width(142).sort("last"),
        Column::new("last", "Ended".to_owned(), |row: &MonitorRow| row.last.as_deref().map_or_else(dash, run_cell))
            .width(190)
            .sort("run")
            .hidden(),
        Column::new("status", "Schedule is".to_owned(), |row: &MonitorRow| text_cell(Some(spaced(&row.status))))
            .width(104)
            .sort("status")
            .hidden(),
        Column::new("group", "Model group".to_owned(), |row: &MonitorRow| text_cell(row.group.clone()))
            .share(2)
            .sort("group")
            .hidden(),
        Column::new("schedule", "Schedule".to_owned(), |row: &MonitorRow| text_cell(Some(row.schedule.clone())))
            .share(3)
            .sort("schedule")
            .hidden(),
    ]
}

/// What the area lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listed {
    Monitors,
    Worklist,
    Endpoints,
}

#[component]
pub fn ViewSwitch(shown: Listed) -> impl IntoView {
    let navigate = use_navigate();
    view! {
        <Segmented
            name="View"
            choices=vec![(Listed::Monitors, "Monitors"), (Listed::Worklist, "Worklist"), (Listed::Endpoints, "Endpoints")]
            chosen=Signal::stored(shown)
            on_choose=Callback::new(move |shown: Listed| {
                let to = match shown {
                    Listed::Monitors => address::DRIFT.to_owned(),
                    Listed::Worklist => address::worklist(),
                    Listed::Endpoints => address::endpoints(),
                };
                navigate(&to, NavigateOptions::default());
            })
        />
    }
}

/// See the module.
#[component]
pub fn Monitors() -> impl IntoView {
    let navigate = use_navigate();
    let query = address::use_query();
    let filter = use_filter();
    let state = GridState::new();
    keep_sort(state.sort);
    state.cursor.set(query.get_untracked().get("sel").map(str::to_owned));
    let set = use_set(|| Some(OpenMonitors {}), move || filter.get(), state.sort);
    let change = StoredValue::new_local(use_change());
    let current = RwSignal::new(None::<MonitorRow>);
    let on_cursor = Callback::new(move |row: MonitorRow| {
        change.with_value(|change| change("sel", Some(row.schedule.clone())));
        current.set(Some(row));
    });
    let on_open = Callback::new(move |row: MonitorRow| navigate(&page_of(&row), NavigateOptions::default()));
    let copies = Callback::new(|row: MonitorRow| {
        let what = if row.source == Origin::ModelMonitor { "Schedule" } else { "Place" };
        let mut items = vec![(what.to_owned(), row.schedule.clone())];
        items.extend(row.endpoint.clone().map(|endpoint| ("Endpoint".to_owned(), endpoint)));
        items.push(("Health".to_owned(), row.words.clone()));
        items.push(("Link".to_owned(), format!("quarterdeck:/{}", page_of(&row))));
        items
    });
    let list = move || {
        view! {
            <Head area=AREA title="Monitors".to_owned()>
                <ViewSwitch shown=Listed::Monitors />
            </Head>
            <ListTools name="Filter monitors" example="Filter: health:silent kind:bias source:evidently violations:>0 last:>now-1d" set one="monitor" many="monitors" />
            <ListStates
                set
                empty=|| view! { <Empty title="Nothing is monitored" text="There is no monitoring schedule in this region, or the profile may not list them. Another region may have some; Evidently and MLflow are added in Settings under Drift sources." icon="drift" /> }
            >
                <Grid name="Endpoints" set columns=columns() state on_open on_cursor copies />
            </ListStates>
        }
    };
    let detail = move || {
        view! {
            {move || match current.get() {
                Some(row) => view! { <MonitorPane row /> }.into_any(),
                None => view! { <Empty title="No monitor is selected" text="Choose one with the arrow keys to see whether it measures; Enter opens its features." icon="drift" /> }.into_any(),
            }}
        }
    };
    view! { <Split list detail /> }
}

#[component]
fn MonitorPane(row: MonitorRow) -> impl IntoView {
    let desk = Desk::get();
    let name = format::visible(&row.schedule);
    let shape = of_measured(row.health, row.violations);
    let class = match shape {
        Shape::Bad => "verdict bad",
        Shape::Good => "verdict good",
        _ => "verdict",
    };
    let href = page_of(&row);
    let is_own = row.source == Origin::ModelMonitor;
    let (last_run, endpoint) = (row.last_run, row.endpoint.clone());
    let violations = row.violations.map_or_else(|| "not read".to_owned(), |count| format::count(count.into()));
    let alert = match row.alert {
        Some(true) => "raised",
        Some(false) => "not raised",
        None => "not read",
    };
    view! {
        <section class="detail" role="region" aria-label=name.clone()>
            <div class="head">
                <div class="crumb">{kind_word(row.kind)}" "{row.source.word()}" "{health_chip(row.health)}</div>
                <h2>{name.clone()}</h2>
            </div>
            <div class="body">
                <div class=class><p class="selectable">{row.words.clone()}</p></div>
                <dl class="kv">
                    {endpoint.map(|endpoint| view! {
                        <dt>"Endpoint"</dt>
                        <dd><A href=address::endpoint(&endpoint) attr:class="link">{format::visible(&endpoint)}</A></dd>
                    })}
                    {row.group.clone().map(|group| view! { <dt>"Model group"</dt><dd class="selectable">{group}</dd> })}
                    {is_own.then(|| view! { <dt>"Schedule is"</dt><dd>{spaced(&row.status)}</dd> })}
                    {last_run.map(|at| view! { <dt>"Last run"</dt><dd><time title=format::hover_time(at)>{move || format::time_full(at, desk.zone())}</time></dd> })}
                    {row.last.clone().map(|last| view! { <dt>"It ended"</dt><dd>{run_cell(&last)}</dd> })}
                    <dt>{if is_own { "Violations" } else { "Features that drifted" }}</dt>
                    <dd>{violations}</dd>
                    {is_own.then(|| view! { <dt>"Alert"</dt><dd>{alert}</dd> })}
                </dl>
            </div>
            <div class="acts">
                <A href=href attr:class="btn go">"Open monitor"</A>
            </div>
        </section>
    }
}
