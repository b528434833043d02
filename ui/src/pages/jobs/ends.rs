//! The pipeline's two ends: replication tasks, serverless replications and statements in a list, what is wrong first; and the page of one.

mod finding;
mod statement;
mod task;

use super::{
    AREA,
    list::{Listed, ViewSwitch},
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
        status::{Shape, Status, own_word, state_words},
    },
    range::use_range,
};
use contract::{
    ends::{EndId, EndRow, EndState, OpenEnds},
    range::Range,
    sets::Rows,
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, components::A, hooks::use_navigate};
use statement::StatementPage;
use task::TaskPage;

/// As long as Redshift keeps statements.
const RANGE: Range = Range::last_hours(24);

impl GridRow for EndRow {
    fn id(&self) -> String {
        self.id.to_string()
    }
    fn take(rows: Rows) -> Option<Vec<Self>> {
        match rows {
            Rows::Ends(rows) => Some(rows),
            _ => None,
        }
    }
}

/// The shape of a state; the word is the state's own.
fn of_state(state: EndState) -> Shape {
    match state {
        EndState::Failed => Shape::Bad,
        EndState::Stopped => Shape::Stopped,
        EndState::Behind | EndState::InPart => Shape::Warn,
        EndState::Running => Shape::Running,
        EndState::Finished => Shape::Good,
    }
}

/// The state as a chip in a head.
fn chip(row: &EndRow) -> AnyView {
    let class = if row.state == EndState::Failed { "chip bad" } else { "chip" };
    view! { <span class=class><Status shape=of_state(row.state) word=row.state.word() /></span> }.into_any()
}

fn columns() -> Vec<Column<EndRow>> {
    let desk = Desk::get();
    let started = Signal::derive(move || format!("Started ({})", format::zone_label(desk.zone())));
    let since = Signal::derive(move || format!("Since ({})", format::zone_label(desk.zone())));
    vec![
        Column::new("state", "State".to_owned(), |row: &EndRow| {
            let title = own_word(row.state.word(), &row.word).map(|own| format!("{}: {own}", row.id.service()));
            view! { <span title=title><Status shape=of_state(row.state) word=row.state.word() /></span> }.into_any()
        })
        .width(112)
        .sort("state"),
        Column::new("service", "Service".to_owned(), |row: &EndRow| {
            view! { <span class="dim">{row.id.service()}</span> }.into_any()
        })
        .width(92)
        .sort("service"),
        Column::new("name", "Name".to_owned(), |row: &EndRow| {
            let name = format::visible(&row.name);
            view! { <span class="cut" title=name.clone()>{name.clone()}</span> }.into_any()
        })
        .share(2)
        .sort("name"),
        Column::new("finding", "Finding".to_owned(), |row: &EndRow| text_cell(row.finding.clone()))
            .share(4)
            .sort("finding"),
        Column::new("started", started, |row: &EndRow| time_cell(row.started)).width(142).sort("started"),
        Column::new("since", since, |row: &EndRow| time_cell(row.since)).width(142).sort("since").hidden(),
        Column::new("id", "Id".to_owned(), |row: &EndRow| text_cell(Some(row.id.own().to_owned())))
            .share(2)
            .sort("id")
            .hidden(),
    ]
}

#[component]
pub fn Ends() -> impl IntoView {
    let navigate = use_navigate();
    let query = address::use_query();
    let filter = use_filter();
    let state = GridState::new();
    keep_sort(state.sort);
    state.cursor.set(query.get_untracked().get("sel").map(str::to_owned));
    let within = use_range(Some(RANGE));
    let set = use_set(move || Some(OpenEnds { within: within.get() }), move || filter.get(), state.sort);
    let change = StoredValue::new_local(use_change());
    let current = RwSignal::new(None::<EndRow>);
    let on_cursor = Callback::new(move |row: EndRow| {
        change.with_value(|change| change("sel", Some(row.id.to_string())));
        current.set(Some(row));
    });
    let on_open = Callback::new(move |row: EndRow| navigate(&address::end(&row.id), NavigateOptions::default()));
    let copies = Callback::new(|row: EndRow| {
        let mut items = vec![("Name".to_owned(), row.name.clone()), ("Id".to_owned(), row.id.own().to_owned())];
        if let EndId::Task(arn) = &row.id {
            items.push(("ARN".to_owned(), arn.clone()));
        }
        items.extend(row.finding.clone().map(|finding| ("Finding".to_owned(), finding)));
        items.push(("Link".to_owned(), format!("quarterdeck:/{}", address::end(&row.id))));
        items
    });
    let list = move || {
        view! {
            <Head area=AREA title="Loads and replication".to_owned()>
                <ViewSwitch shown=Listed::Ends />
            </Head>
            <ListTools name="Filter loads and replication" example="Filter: service:dms state:failed name:orders*" set one="row" many="rows" />
            <ListStates
                set
                empty=|| view! { <Empty title="No task and no statement" text="There is neither a DMS task nor a serverless replication in this region, and Redshift ran no statement of this profile's own role in this range: it keeps them for a day. A statement of another role is found by its id: paste it with Ctrl K." icon="layers" /> }
            >
                <Grid name="Loads and replication" set columns=columns() state on_open on_cursor copies />
            </ListStates>
        }
    };
    let detail = move || {
        view! {
            {move || match current.get() {
                Some(row) => view! { <EndPane row /> }.into_any(),
                None => view! { <Empty title="Nothing is selected" text="Choose a row with the arrow keys; Enter opens it." icon="layers" /> }.into_any(),
            }}
        }
    };
    view! { <Split list detail /> }
}

#[component]
fn EndPane(row: EndRow) -> impl IntoView {
    let desk = Desk::get();
    let href = address::end(&row.id);
    let name = format::visible(&row.name);
    let (started, since) = (row.started, row.since);
    let open = format!("Open {}", row.id.noun());
    let shown = chip(&row);
    view! {
        <section class="detail" role="region" aria-label=name.clone()>
            <div class="head">
                <div class="crumb">
                    {format!("{} {}", row.id.service(), row.id.noun())}
                    " "
                    <span class="mono cut">{row.id.own().to_owned()}</span>
                    {shown}
                </div>
                <h2>{name.clone()}</h2>
            </div>
            <div class="body">
                {match row.finding.clone() {
                    Some(finding) => view! { <div class="verdict bad"><p class="selectable wrap">{format::lines(&finding)}</p></div> }.into_any(),
                    None => view! { <p class="soft">"Nothing is wrong with it."</p> }.into_any(),
                }}
                <dl class="kv">
                    <dt>"State"</dt><dd>{state_words(row.state.word(), &row.word)}</dd>
                    {started.map(|at| view! { <dt>"Started"</dt><dd>{move || format::time_full(at, desk.zone())}</dd> })}
                    {since.map(|at| view! { <dt>"Since"</dt><dd>{move || format::time_full(at, desk.zone())}</dd> })}
                </dl>
            </div>
            <div class="acts">
                <A href=href attr:class="btn go">{open}</A>
            </div>
        </section>
    }
}

/// One task or statement.
#[component]
pub fn OneEnd() -> impl IntoView {
    let query = address::use_query();
    let end = Memo::new(move |_| query.read().get("end").and_then(EndId::parse));
    view! {
        {move || match end.get() {
            Some(EndId::Task(arn)) => view! { <TaskPage arn /> }.into_any(),
            Some(EndId::Statement(id)) => view! { <StatementPage id /> }.into_any(),
            None => view! {
                <Head area=AREA title="No such task or statement".to_owned() />
                <Empty title="This address names neither a task nor a statement" text="Choose one in the list of loads and replication, or paste its ARN or id with Ctrl K." icon="layers" />
            }.into_any(),
        }}
    }
}
