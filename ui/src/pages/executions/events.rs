//! The events of an execution: a grid on the core's history, and one event as JSON.

use crate::{
    bridge,
    desk::Desk,
    format,
    parts::{
        cells::{dash, text_cell},
        fault::FaultView,
        filter_line::FilterLine,
        grid::{Column, Grid, GridRow, GridState, use_set},
        json_tree::JsonTree,
        list::{ListStates, count_words},
        states::Empty,
    },
};
use contract::{
    Fault,
    executions::{EventReply, EventRow, OpenHistoryEvents, ReadEvent},
    sets::Rows,
};
use leptos::{prelude::*, task::spawn_local};

impl GridRow for EventRow {
    fn id(&self) -> String {
        self.id.clone()
    }
    fn take(rows: Rows) -> Option<Vec<Self>> {
        match rows {
            Rows::Events(rows) => Some(rows),
            _ => None,
        }
    }
}

fn columns() -> Vec<Column<EventRow>> {
    vec![
        Column::new("number", "Id".to_owned(), |row: &EventRow| view! { <span class="mono dim">{row.number}</span> }.into_any())
            .width(60)
            .numeric()
            .sort("number"),
        Column::new("type", "Type".to_owned(), |row: &EventRow| {
            let (kind, bad) = (row.kind.clone(), row.failure);
            view! { <span class="cut" class:bad=bad title=kind.clone()>{bad.then_some("✕ ")}{kind.clone()}</span> }.into_any()
        })
        .share(4)
        .sort("type"),
        Column::new("state", "State".to_owned(), |row: &EventRow| text_cell(row.state.clone())).share(3).sort("state"),
        Column::new("text", "What".to_owned(), |row: &EventRow| text_cell(Some(row.text.clone()).filter(|text| !text.is_empty()))).share(4),
        Column::new("previous", "After".to_owned(), |row: &EventRow| {
            if row.previous == 0 { dash() } else { view! { <span class="mono dim">{row.previous}</span> }.into_any() }
        })
        .width(60)
        .numeric()
        .hidden(),
        Column::new("at", "Since start".to_owned(), |row: &EventRow| {
            let (at, offset) = (row.at, row.offset);
            view! { <time class="mono dim" datetime=format::iso(at) title=format::hover_time(at)>{format!("+{}", format::millis(offset))}</time> }.into_any()
        })
        .width(96)
        .numeric()
        .sort("at"),
    ]
}

#[component]
pub fn Events(arn: String) -> impl IntoView {
    let desk = Desk::get();
    let state = GridState::new();
    let line = RwSignal::new(String::new());
    let whole = StoredValue::new(arn);
    let set = use_set(move || Some(OpenHistoryEvents { arn: whole.get_value() }), move || line.get(), state.sort);
    let reply = RwSignal::new(None::<Result<EventReply, Fault>>);
    let on_cursor = Callback::new(move |row: EventRow| {
        spawn_local(async move {
            reply.try_set(Some(bridge::call(ReadEvent { arn: whole.get_value(), number: row.number }).await));
        });
    });
    let copies = Callback::new(move |row: EventRow| {
        let profile = desk.profile_argument();
        vec![
            ("Type".to_owned(), row.kind.clone()),
            ("What".to_owned(), row.text.clone()),
            ("Time".to_owned(), format::iso(row.at)),
            (
                "aws command".to_owned(),
                format!(
                    "aws stepfunctions get-execution-history --execution-arn {} --profile {profile}",
                    whole.get_value()
                ),
            ),
        ]
    });
    view! {
        <div class="stack">
            <div class="filter">
                <FilterLine name="Filter events" example="Filter: type:*Failed state:Submit" line on_change=Callback::new(move |text| line.set(text)) state=set.state />
                <span class="dim num count">{move || count_words(set, "event", "events")}</span>
            </div>
            <div class="stack-grid">
                <ListStates set empty=|| view! { <Empty title="No events" text="The history holds no events that can be read." icon="activity" /> }>
                    <Grid name="Events" set columns=columns() state on_open=on_cursor on_cursor copies />
                </ListStates>
            </div>
            {move || reply.get().map(|reply| match reply {
                Err(fault) => view! { <div class="drawer"><FaultView fault /></div> }.into_any(),
                Ok(event) => view! {
                    <section class="drawer" aria-label=format!("Event {}", event.row.number)>
                        <JsonTree text=event.json truncated=event.truncated name="Event" />
                    </section>
                }.into_any(),
            })}
        </div>
    }
}
