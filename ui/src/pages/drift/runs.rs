//! The runs of a schedule, the newest first.

use super::cells::run_cell;
use crate::{
    address,
    desk::Desk,
    format,
    parts::{
        cells::{text_cell, time_cell},
        grid::{Column, Grid, GridRow, GridState, use_set},
        list::{ListStates, ListTools, keep_sort, use_change, use_filter},
        states::Empty,
    },
};
use contract::{
    drift::{MonitorRunRow, OpenMonitorRuns},
    sets::Rows,
};
use leptos::prelude::*;

impl GridRow for MonitorRunRow {
    fn id(&self) -> String {
        self.scheduled.to_string()
    }
    fn take(rows: Rows) -> Option<Vec<Self>> {
        match rows {
            Rows::MonitorRuns(rows) => Some(rows),
            _ => None,
        }
    }
}

fn columns() -> Vec<Column<MonitorRunRow>> {
    let desk = Desk::get();
    let scheduled = Signal::derive(move || format!("Scheduled ({})", format::zone_label(desk.zone())));
    vec![
        Column::new("scheduled", scheduled, |row: &MonitorRunRow| time_cell(Some(row.scheduled)))
            .width(150)
            .sort("scheduled"),
        Column::new("status", "State".to_owned(), |row: &MonitorRunRow| run_cell(&row.status))
            .width(190)
            .sort("status"),
        Column::new("reason", "Why".to_owned(), |row: &MonitorRunRow| text_cell(row.reason.clone()))
            .share(3)
            .sort("reason"),
        Column::new("job", "Processing job".to_owned(), |row: &MonitorRunRow| {
            text_cell(row.job.as_ref().map(|job| job.own().to_owned()))
        })
        .share(2)
        .hidden(),
    ]
}

#[component]
pub fn Runs(
    schedule: StoredValue<String>,
    #[prop(into)] days: Signal<u32>,
    /// The run under the cursor.
    current: RwSignal<Option<MonitorRunRow>>,
) -> impl IntoView {
    let query = address::use_query();
    let filter = use_filter();
    let state = GridState::new();
    keep_sort(state.sort);
    state.cursor.set(query.get_untracked().get("sel").map(str::to_owned));
    let change = StoredValue::new_local(use_change());
    let set = use_set(
        move || Some(OpenMonitorRuns { schedule: schedule.get_value(), days: days.get() }),
        move || filter.get(),
        state.sort,
    );
    let on_cursor = Callback::new(move |row: MonitorRunRow| {
        change.with_value(|change| change("sel", Some(row.id())));
        current.set(Some(row));
    });
    let copies = Callback::new(|row: MonitorRunRow| {
        let mut items = vec![("Scheduled".to_owned(), format::iso(row.scheduled))];
        items.extend(row.job.as_ref().map(|job| ("Processing job".to_owned(), job.own().to_owned())));
        items.extend(row.reason.clone().map(|reason| ("Reason".to_owned(), reason)));
        items.push(("Link".to_owned(), format!("quarterdeck:/{}", address::monitor_run(&row.schedule, row.scheduled))));
        items
    });
    view! {
        <ListTools name="Filter monitoring runs" example="Filter: status:failed scheduled:>now-2d" set one="run" many="runs" />
        <ListStates
            set
            empty=move || {
                let text = format!("The schedule started no run in the last {}. The head of the page says whether it should have.", format::counted(days.get().into(), "day", "days"));
                view! { <Empty title="No runs" text icon="history" /> }.into_any()
            }
        >
            <Grid name="Monitoring runs" set columns=columns() state on_open=on_cursor on_cursor copies />
        </ListStates>
    }
}
