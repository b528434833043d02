//! Runs over all engines, or of one cluster, application, Glue job or function.

use super::{
    AREA,
    cells::{millis_cell, quantity, state_cell},
    find::Finder,
    summary::Summary,
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
    },
    range::{self, use_range},
};
use contract::{
    jobs::{Engine, HomeId, JobRow, JobsOf, OpenJobs},
    range::Range,
    sets::Rows,
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};

/// What is listed of all engines where the address says nothing.
const RANGE: Range = Range::last_hours(24);

impl GridRow for JobRow {
    fn id(&self) -> String {
        self.id.to_string()
    }
    fn take(rows: Rows) -> Option<Vec<Self>> {
        match rows {
            Rows::Jobs(rows) => Some(rows),
            _ => None,
        }
    }
}

fn columns(all: bool) -> Vec<Column<JobRow>> {
    let desk = Desk::get();
    let started = Signal::derive(move || format!("Started ({})", format::zone_label(desk.zone())));
    let ended = Signal::derive(move || format!("Ended ({})", format::zone_label(desk.zone())));
    let reason =
        Column::new("reason", "Why".to_owned(), |row: &JobRow| text_cell(row.reason.clone())).share(3).sort("reason");
    // Beside the engine there is no room for it: the pane says it.
    let reason = if all { reason.hidden() } else { reason };
    let mut columns = vec![
        Column::new("state", "State".to_owned(), |row: &JobRow| state_cell(row)).width(112).sort("state"),
        Column::new("name", "Name".to_owned(), |row: &JobRow| {
            let name = format::visible(&row.name);
            view! { <span class="cut" title=format!("{name}\n{}", row.id)>{name.clone()}</span> }.into_any()
        })
        .share(3)
        .sort("name"),
        reason,
        Column::new("queued", "Queued".to_owned(), |row: &JobRow| millis_cell(row.timing.queued))
            .width(84)
            .numeric()
            .sort("queued")
            .hidden(),
        Column::new("run", "Ran".to_owned(), |row: &JobRow| millis_cell(row.timing.run))
            .width(84)
            .numeric()
            .sort("run"),
        Column::new("used", "Used".to_owned(), |row: &JobRow| match row.cost.first() {
            Some(first) => {
                let all: Vec<String> = row.cost.iter().map(quantity).collect();
                view! { <span class="cut" title=all.join("\n")>{quantity(first)}</span> }.into_any()
            }
            None => dash(),
        })
        .width(140)
        .numeric()
        .hidden(),
        Column::new("by", "Started by".to_owned(), |row: &JobRow| text_cell(row.by.clone()))
            .share(2)
            .sort("by")
            .hidden(),
        Column::new("release", "Release".to_owned(), |row: &JobRow| text_cell(row.release.clone()))
            .width(104)
            .sort("release")
            .hidden(),
        Column::new("started", started, |row: &JobRow| time_cell(row.started.or(row.created)))
            .width(142)
            .sort("started"),
        Column::new("ended", ended, |row: &JobRow| time_cell(row.ended)).width(142).sort("ended").hidden(),
        Column::new("id", "Id".to_owned(), |row: &JobRow| text_cell(Some(row.id.own().to_owned())))
            .share(2)
            .sort("id")
            .hidden(),
    ];
    if all {
        let engine = Column::new("engine", "Engine".to_owned(), |row: &JobRow| {
            view! { <span class="dim">{row.id.engine().word()}</span> }.into_any()
        });
        columns.insert(1, engine.width(128).sort("engine"));
    }
    columns
}

/// What the area lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listed {
    Runs,
    Homes,
    Ends,
}

/// Runs, what they belong to, or what stands at the pipeline's two ends.
#[component]
pub fn ViewSwitch(shown: Listed) -> impl IntoView {
    let navigate = use_navigate();
    view! {
        <Segmented
            name="View"
            choices=vec![
                (Listed::Runs, "Runs"),
                (Listed::Homes, "Clusters and jobs"),
                (Listed::Ends, "Loads and replication"),
            ]
            chosen=Signal::stored(shown)
            on_choose=Callback::new(move |shown: Listed| {
                let to = match shown {
                    Listed::Runs => address::JOBS.to_owned(),
                    Listed::Homes => address::homes(),
                    Listed::Ends => address::ends(),
                };
                navigate(&to, NavigateOptions::default());
            })
        />
    }
}

/// See the module.
#[component]
pub fn JobRuns() -> impl IntoView {
    let query = address::use_query();
    let home = Memo::new(move |_| query.read().get("home").and_then(HomeId::parse));
    view! { {move || view! { <Of home=home.get() /> }} }
}

#[component]
fn Of(home: Option<HomeId>) -> impl IntoView {
    let desk = Desk::get();
    let query = address::use_query();
    let navigate = use_navigate();
    let filter = use_filter();
    let state = GridState::new();
    keep_sort(state.sort);
    let change = StoredValue::new_local(use_change());
    state.cursor.set(query.get_untracked().get("sel").map(str::to_owned));
    let all = home.is_none();
    let within = use_range(all.then_some(RANGE));
    let of = home.clone().map_or(JobsOf::All, JobsOf::Home);
    let set =
        use_set(move || Some(OpenJobs { of: of.clone(), within: within.get() }), move || filter.get(), state.sort);
    let title = home.as_ref().map_or_else(|| "Job runs".to_owned(), |home| format!("{} {}", home.noun(), home.own()));
    // A sentence begins with a capital, whatever the noun is.
    let title = capital(&title);
    if let Some(home) = &home {
        desk.remember(title.clone(), address::home(home));
    }
    let steps = home.as_ref().is_some_and(|home| home.engine() == Engine::Emr);
    let current = RwSignal::new(None::<JobRow>);
    let on_cursor = Callback::new(move |row: JobRow| {
        change.with_value(|change| change("sel", Some(row.id.to_string())));
        current.set(Some(row));
    });
    let on_open = Callback::new(move |row: JobRow| navigate(&address::job(&row.id), NavigateOptions::default()));
    let copies = Callback::new(|row: JobRow| {
        let mut items = vec![("Id".to_owned(), row.id.own().to_owned()), ("Name".to_owned(), row.name.clone())];
        items.extend(row.id.home().map(|home| ("What it belongs to".to_owned(), home.to_owned())));
        items.extend(row.started.map(|at| ("Started".to_owned(), format::iso(at))));
        items.extend(row.reason.clone().map(|reason| ("Reason".to_owned(), reason)));
        items.push(("Link".to_owned(), format!("quarterdeck:/{}", address::job(&row.id))));
        items
    });
    let head = StoredValue::new(title);
    let list = move || {
        let way = if all { Vec::new() } else { vec![("Clusters and jobs".to_owned(), address::homes())] };
        view! {
            <Head area=AREA way title=head.get_value()>
                {all.then(|| view! { <ViewSwitch shown=Listed::Runs /> })}
            </Head>
            {all.then(|| view! { <Finder /> })}
            <ListTools
                name="Filter job runs"
                example="Filter: state:failed engine:emr* started:>now-1d run:>30m"
                set
                one="run"
                many="runs"
            />
            <ListStates
                set
                empty=move || {
                    let range = range::words(within.get().map(|within| within.range), desk.zone());
                    let text = if all {
                        format!("No engine of this region ran a job that can be listed: {range}. Choose a longer range in the top bar. Lambda keeps no list of runs: its failed invocations stand here, and no others.")
                    } else {
                        format!("It ran nothing that the engine still keeps: {range}. Choose a longer range in the top bar.")
                    };
                    view! { <Empty title="No runs" text icon="terminal" /> }.into_any()
                }
            >
                {if steps {
                    view! { <Grid name="Steps" set columns=columns(all) state on_open on_cursor copies /> }.into_any()
                } else {
                    view! { <Grid name="Job runs" set columns=columns(all) state on_open on_cursor copies /> }.into_any()
                }}
            </ListStates>
        }
    };
    let shown = Memo::new(move |_| current.with(|row| row.as_ref().map(|row| row.id.clone())));
    let detail = move || {
        view! {
            {move || match shown.get() {
                Some(id) => view! { <Summary id row=current /> }.into_any(),
                None => view! { <Empty title="No run is selected" text="Choose one with the arrow keys to see what it was asked to do and why it failed; Enter opens its logs and findings." icon="terminal" /> }.into_any(),
            }}
        }
    };
    view! { <Split list detail /> }
}

/// The text with a capital at its beginning.
pub fn capital(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map(|first| first.to_uppercase().chain(rest).collect()).unwrap_or_default()
}
