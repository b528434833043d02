//! All endpoints of the region, watched or not: what they serve, and how they stand.

use super::{
    AREA,
    cells::spaced,
    endpoint::of_endpoint,
    monitors::{Listed, ViewSwitch},
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
        split::Split,
        states::Empty,
        status::{Shape, Status},
    },
};
use contract::{
    drift::{EndpointRow, OpenEndpoints},
    sets::Rows,
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, components::A, hooks::use_navigate};

impl GridRow for EndpointRow {
    fn id(&self) -> String {
        self.name.clone()
    }
    fn take(rows: Rows) -> Option<Vec<Self>> {
        match rows {
            Rows::Endpoints(rows) => Some(rows),
            _ => None,
        }
    }
}

/// `churn version 14`; none where it is not known.
fn serves(row: &EndpointRow) -> Option<String> {
    row.serves.as_ref().filter(|serves| !serves.is_empty()).map(|serves| serves.join(", "))
}

fn number(of: Option<u32>) -> AnyView {
    of.map_or_else(dash, |number| view! { {format::count(number.into())} }.into_any())
}

fn columns() -> Vec<Column<EndpointRow>> {
    let desk = Desk::get();
    let changed = Signal::derive(move || format!("Last change ({})", format::zone_label(desk.zone())));
    vec![
        Column::new("name", "Endpoint".to_owned(), |row: &EndpointRow| {
            let (href, shown) = (address::endpoint(&row.name), format::visible(&row.name));
            let (title, text) = (shown.clone(), shown);
            view! { <A href=href attr:class="name-link cut" attr:title=title attr:tabindex="-1">{text.clone()}</A> }
                .into_any()
        })
        .share(5)
        .sort("name"),
        Column::new("status", "State".to_owned(), |row: &EndpointRow| {
            view! { <span title=row.status.clone()><Status shape=of_endpoint(&row.status) word=spaced(&row.status) /></span> }
                .into_any()
        })
        .width(120)
        .sort("status"),
        Column::new("serves", "Serves".to_owned(), |row: &EndpointRow| text_cell(serves(row))).share(4).sort("serves"),
        Column::new("variants", "Variants".to_owned(), |row: &EndpointRow| number(row.variants))
            .width(84)
            .numeric()
            .sort("variants")
            .hidden(),
        Column::new("instances", "Instances".to_owned(), |row: &EndpointRow| number(row.instances))
            .width(92)
            .numeric()
            .sort("instances")
            .hidden(),
        Column::new("changed", changed, |row: &EndpointRow| time_cell(row.changed)).width(142).sort("changed"),
        Column::new("reason", "Failure reason".to_owned(), |row: &EndpointRow| text_cell(row.reason.clone()))
            .share(3)
            .sort("reason")
            .hidden(),
    ]
}

/// See the module.
#[component]
pub fn Endpoints() -> impl IntoView {
    let navigate = use_navigate();
    let query = address::use_query();
    let filter = use_filter();
    let state = GridState::new();
    keep_sort(state.sort);
    state.cursor.set(query.get_untracked().get("sel").map(str::to_owned));
    let set = use_set(|| Some(OpenEndpoints {}), move || filter.get(), state.sort);
    let change = StoredValue::new_local(use_change());
    let current = RwSignal::new(None::<EndpointRow>);
    let on_cursor = Callback::new(move |row: EndpointRow| {
        change.with_value(|change| change("sel", Some(row.name.clone())));
        current.set(Some(row));
    });
    let on_open =
        Callback::new(move |row: EndpointRow| navigate(&address::endpoint(&row.name), NavigateOptions::default()));
    let copies = Callback::new(|row: EndpointRow| {
        let mut items = vec![("Endpoint".to_owned(), row.name.clone())];
        items.extend(serves(&row).map(|serves| ("Serves".to_owned(), serves)));
        items.extend(row.reason.clone().map(|reason| ("Failure reason".to_owned(), reason)));
        items.push(("Link".to_owned(), format!("quarterdeck:/{}", address::endpoint(&row.name))));
        items
    });
    let list = move || {
        view! {
            <Head area=AREA title="Endpoints".to_owned()>
                <ViewSwitch shown=Listed::Endpoints />
            </Head>
            <ListTools name="Filter endpoints" example="Filter: status:failed serves:churn* instances:>2 changed:>now-1d" set one="endpoint" many="endpoints" />
            <ListStates
                set
                empty=|| view! { <Empty title="No endpoint" text="There is no endpoint in this region, or the profile may not list them. Another region may have some." icon="drift" /> }
            >
                <Grid name="All endpoints" set columns=columns() state on_open on_cursor copies />
            </ListStates>
        }
    };
    let detail = move || {
        view! {
            {move || match current.get() {
                Some(row) => view! { <EndpointPane row /> }.into_any(),
                None => view! { <Empty title="No endpoint is selected" text="Choose one with the arrow keys to see what it serves; Enter opens its health." icon="drift" /> }.into_any(),
            }}
        }
    };
    view! { <Split list detail /> }
}

#[component]
fn EndpointPane(row: EndpointRow) -> impl IntoView {
    let desk = Desk::get();
    let name = format::visible(&row.name);
    let href = address::endpoint(&row.name);
    let shape = of_endpoint(&row.status);
    let reason = row.reason.clone().map(|reason| {
        let class = if shape == Shape::Bad { "verdict bad" } else { "verdict" };
        view! { <div class=class><p class="selectable">{reason}</p></div> }
    });
    let served = match &row.serves {
        None => "not read".to_owned(),
        Some(none) if none.is_empty() => "no model that is known".to_owned(),
        Some(some) => some.join(", "),
    };
    let count =
        |number: Option<u32>| number.map_or_else(|| "not read".to_owned(), |number| format::count(number.into()));
    view! {
        <section class="detail" role="region" aria-label=name.clone()>
            <div class="head">
                <div class="crumb">"Endpoint"</div>
                <h2>{name.clone()}</h2>
            </div>
            <div class="body">
                {reason}
                <dl class="kv">
                    <dt>"State"</dt>
                    <dd title=row.status.clone()><Status shape word=spaced(&row.status) /></dd>
                    <dt>"Serves"</dt>
                    <dd class="selectable">{served}</dd>
                    <dt>"Variants"</dt>
                    <dd>{count(row.variants)}</dd>
                    <dt>"Instances"</dt>
                    <dd>{count(row.instances)}</dd>
                    {row.created.map(|at| view! { <dt>"Created"</dt><dd><time title=format::hover_time(at)>{move || format::time_full(at, desk.zone())}</time></dd> })}
                    {row.changed.map(|at| view! { <dt>"Last change"</dt><dd><time title=format::hover_time(at)>{move || format::time_full(at, desk.zone())}</time></dd> })}
                </dl>
            </div>
            <div class="acts">
                <A href=href attr:class="btn go">"Open endpoint"</A>
            </div>
        </section>
    }
}
