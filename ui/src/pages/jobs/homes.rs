//! What runs belong to: clusters, applications, virtual clusters, Glue jobs, functions.

use super::{
    AREA,
    add_step::{AddStep, no_step},
    list::{Listed, ViewSwitch, capital},
    machines::Machines,
};
use crate::{
    address,
    desk::Desk,
    format,
    parts::{
        cells::{text_cell, time_cell},
        grid::{Column, Grid, GridRow, GridState, use_set},
        head::Head,
        list::{ListStates, ListTools, keep_sort, use_change, use_filter},
        split::Split,
        states::Empty,
    },
};
use contract::{
    jobs::{HomeId, HomeRow, JobId, OpenHomes},
    sets::Rows,
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, components::A, hooks::use_navigate};

impl GridRow for HomeRow {
    fn id(&self) -> String {
        self.id.to_string()
    }
    fn take(rows: Rows) -> Option<Vec<Self>> {
        match rows {
            Rows::Homes(rows) => Some(rows),
            _ => None,
        }
    }
}

fn columns() -> Vec<Column<HomeRow>> {
    let desk = Desk::get();
    let created = Signal::derive(move || format!("Created ({})", format::zone_label(desk.zone())));
    vec![
        Column::new("kind", "Kind".to_owned(), |row: &HomeRow| {
            view! { <span class="dim">{capital(row.id.noun())}</span> }.into_any()
        })
        .width(116)
        .sort("kind"),
        Column::new("name", "Name".to_owned(), |row: &HomeRow| {
            let (href, title, shown) = (address::home(&row.id), row.name.clone(), format::visible(&row.name));
            view! { <A href=href attr:class="name-link cut" attr:title=title attr:tabindex="-1">{shown}</A> }.into_any()
        })
        .share(4)
        .sort("name"),
        Column::new("state", "State".to_owned(), |row: &HomeRow| {
            let words = row.state.as_deref().map(|state| state.to_lowercase().replace('_', " "));
            let title = row.reason.clone().or_else(|| words.clone()).unwrap_or_default();
            match words {
                Some(words) => view! { <span class="cut" title=title>{words}</span> }.into_any(),
                None => crate::parts::cells::dash(),
            }
        })
        .share(2)
        .sort("state"),
        Column::new("capacity", "Capacity".to_owned(), |row: &HomeRow| text_cell(row.capacity.clone())).share(3),
        Column::new("in_use", "In use".to_owned(), |row: &HomeRow| text_cell(row.in_use.clone())).share(3),
        Column::new("release", "Release".to_owned(), |row: &HomeRow| text_cell(row.release.clone()))
            .width(104)
            .sort("release")
            .hidden(),
        Column::new("created", created, |row: &HomeRow| time_cell(row.created)).width(142).sort("created").hidden(),
        Column::new("id", "Id".to_owned(), |row: &HomeRow| text_cell(Some(row.id.own().to_owned())))
            .share(2)
            .sort("id")
            .hidden(),
    ]
}

#[component]
pub fn Homes() -> impl IntoView {
    let navigate = use_navigate();
    let query = address::use_query();
    let filter = use_filter();
    let state = GridState::new();
    keep_sort(state.sort);
    state.cursor.set(query.get_untracked().get("sel").map(str::to_owned));
    let set = use_set(|| Some(OpenHomes {}), move || filter.get(), state.sort);
    let change = StoredValue::new_local(use_change());
    let current = RwSignal::new(None::<HomeRow>);
    let on_cursor = Callback::new(move |row: HomeRow| {
        change.with_value(|change| change("sel", Some(row.id.to_string())));
        current.set(Some(row));
    });
    let on_open = Callback::new(move |row: HomeRow| navigate(&address::home(&row.id), NavigateOptions::default()));
    let copies = Callback::new(|row: HomeRow| {
        vec![
            ("Name".to_owned(), row.name.clone()),
            ("Id".to_owned(), row.id.own().to_owned()),
            ("Link".to_owned(), format!("quarterdeck:/{}", address::home(&row.id))),
        ]
    });
    let list = move || {
        view! {
            <Head area=AREA title="Clusters and jobs".to_owned()>
                <ViewSwitch shown=Listed::Homes />
            </Head>
            <ListTools name="Filter clusters" example="Filter: kind:cluster state:terminated* name:night*" set one="row" many="rows" />
            <ListStates
                set
                empty=|| view! { <Empty title="Nothing runs jobs here" text="There is no cluster, application, Glue job or function in this region, or the profile may not list them. Another region may." icon="layers" /> }
            >
                <Grid name="Clusters" set columns=columns() state on_open on_cursor copies />
            </ListStates>
        }
    };
    let (adding, adds) = (RwSignal::new(false), RwSignal::new(None::<HomeRow>));
    let on_add = Callback::new(move |row: HomeRow| {
        adds.set(Some(row));
        adding.set(true);
    });
    let detail = move || {
        view! {
            <AddStep open=adding cluster=adds />
            {move || match current.get() {
                Some(row) => view! { <HomePane row on_add /> }.into_any(),
                None => view! { <Empty title="Nothing is selected" text="Choose a row with the arrow keys; Enter opens its runs." icon="layers" /> }.into_any(),
            }}
        }
    };
    view! { <Split list detail /> }
}

/// A cluster that ended with errors is a run with findings and logs of its own.
fn failed_cluster(row: &HomeRow) -> Option<JobId> {
    let HomeId::Cluster(cluster) = &row.id else { return None };
    let failed = row.state.as_deref() == Some("TERMINATED_WITH_ERRORS");
    failed.then(|| JobId::Cluster { cluster: cluster.clone() })
}

#[component]
fn HomePane(row: HomeRow, on_add: Callback<HomeRow>) -> impl IntoView {
    let desk = Desk::get();
    let (created, ended) = (row.created, row.ended);
    let href = address::home(&row.id);
    let cluster = match &row.id {
        HomeId::Cluster(id) => Some(id.clone()),
        _ => None,
    };
    let steps = cluster.is_some().then(|| (row.clone(), no_step(&row)));
    let failed = failed_cluster(&row).map(|id| address::job(&id));
    view! {
        <section class="detail" role="region" aria-label=row.name.clone()>
            <div class="head">
                <div class="crumb">{capital(row.id.noun())}</div>
                <h2>{format::visible(&row.name)}</h2>
            </div>
            <div class="body">
                {row.reason.clone().map(|reason| view! { <p class="verdict selectable">{reason}</p> })}
                <dl class="kv">
                    <dt>"Engine"</dt>
                    <dd>{row.id.engine().word()}</dd>
                    <dt>"Id"</dt>
                    <dd class="mono selectable">{row.id.own().to_owned()}</dd>
                    {row.state.clone().map(|state| view! { <dt>"State"</dt><dd class="mono">{state}</dd> })}
                    {row.release.clone().map(|release| view! { <dt>"Release"</dt><dd>{release}</dd> })}
                    {row.capacity.clone().map(|capacity| view! { <dt>"Capacity"</dt><dd>{capacity}</dd> })}
                    {row.in_use.clone().map(|in_use| view! { <dt>"In use"</dt><dd>{in_use}</dd> })}
                    {created.map(|at| view! { <dt>"Created"</dt><dd><time title=format::hover_time(at)>{move || format::time_full(at, desk.zone())}</time></dd> })}
                    {ended.map(|at| view! { <dt>"Ended"</dt><dd><time title=format::hover_time(at)>{move || format::time_full(at, desk.zone())}</time></dd> })}
                </dl>
                {cluster.map(|cluster| view! { <Machines cluster /> })}
            </div>
            <div class="acts">
                {steps.map(|(row, refused)| {
                    let (why, said) = (refused.clone().unwrap_or_default(), refused.clone());
                    view! {
                        <button
                            type="button"
                            class="btn"
                            title=why
                            aria-disabled=refused.is_some().to_string()
                            on:click=move |_| match &said {
                                Some(why) => desk.say(why.clone()),
                                None => on_add.run(row.clone()),
                            }
                        >
                            "Add step…"
                        </button>
                    }
                })}
                {failed.map(|href| view! { <A href=href attr:class="btn">"Why it failed"</A> })}
                <A href=href attr:class="btn go">"Open its runs"</A>
            </div>
        </section>
    }
}
