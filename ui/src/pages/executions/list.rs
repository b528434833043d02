//! Executions of a machine, of a Map Run, or of all machines, and the one that is open beside them.

use super::{
    AREA, cells::status_cell, groups::Groups, machine_pane::NextRun, machines::ViewSwitch, pane::ExecutionPane,
};
use crate::{
    address,
    desk::Desk,
    format,
    parts::{
        cells::{dash, text_cell, time_cell},
        confirm::ConfirmPlan,
        grid::{Column, Grid, GridRow, GridState, use_set_over_range},
        head::Head,
        list::{ListStates, ListTools, keep_sort, use_change, use_filter},
        outcome::Outcome,
        split::Split,
        states::Empty,
    },
    range::{self, use_range},
};
use contract::{
    OperationId,
    executions::{ExecutionRow, ExecutionsOf, OpenExecutions},
    plan::Plan,
    sets::Rows,
};
use leptos::prelude::*;

impl GridRow for ExecutionRow {
    fn id(&self) -> String {
        self.arn.clone()
    }
    fn take(rows: Rows) -> Option<Vec<Self>> {
        match rows {
            Rows::Executions(rows) => Some(rows),
            _ => None,
        }
    }
}

/// What a row says beside its status: the failed state with its error, or where a running one is.
fn what(row: &ExecutionRow) -> Option<String> {
    let state = row.state.as_deref();
    let caught = row.status == contract::executions::Status::CaughtFailure;
    match (state, row.error.as_deref()) {
        (Some(state), Some(error)) if row.status.is_failure() => {
            Some(format!("{}{state}: {error}", if caught { "caught in " } else { "" }))
        }
        (Some(state), _) => Some(state.to_owned()),
        (None, Some(error)) => Some(error.to_owned()),
        (None, None) if row.redrives > 0 => Some(format!(
            "redriven {}",
            if row.redrives == 1 { "once".into() } else { format!("{} times", row.redrives) }
        )),
        (None, None) => None,
    }
}

fn columns(all: bool) -> Vec<Column<ExecutionRow>> {
    let desk = Desk::get();
    let started = Signal::derive(move || format!("Started ({})", format::zone_label(desk.zone())));
    let mut columns = vec![
        Column::new("status", "Status".to_owned(), |row: &ExecutionRow| status_cell(row.status))
            .width(132)
            .sort("status"),
        Column::new("name", "Execution".to_owned(), |row: &ExecutionRow| {
            let name = row.name.clone();
            view! { <span class="mono cut" title=name.clone()>{name.clone()}</span> }.into_any()
        })
        .share(1)
        .sort("name"),
        Column::new("what", "Failed or current state".to_owned(), |row: &ExecutionRow| match what(row) {
            Some(text) => {
                let title = row.cause.clone().unwrap_or_else(|| text.clone());
                view! { <span class="cut" title=title>{text}</span> }.into_any()
            }
            None => dash(),
        })
        .share(1)
        .sort("state"),
        Column::new("error", "Error".to_owned(), |row: &ExecutionRow| text_cell(row.error.clone()))
            .sort("error")
            .hidden(),
        Column::new("cause", "Cause".to_owned(), |row: &ExecutionRow| text_cell(row.cause.clone()))
            .sort("cause")
            .hidden(),
        Column::new("redrives", "Redrives".to_owned(), |row: &ExecutionRow| {
            if row.redrives == 0 { dash() } else { view! { {format::count(row.redrives)} }.into_any() }
        })
        .width(76)
        .numeric()
        .sort("redrives")
        .hidden(),
        Column::new("version", "Version".to_owned(), |row: &ExecutionRow| text_cell(row.version.clone()))
            .width(80)
            .sort("version")
            .hidden(),
        Column::new("took", "Took".to_owned(), |row: &ExecutionRow| {
            let desk = Desk::get();
            let (started, stopped) = (row.started, row.stopped);
            view! { {move || took(started, stopped.unwrap_or_else(|| desk.now.get()))} }.into_any()
        })
        .width(84)
        .numeric()
        .sort("took"),
        Column::new("started", started, |row: &ExecutionRow| time_cell(Some(row.started))).width(142).sort("started"),
    ];
    if all {
        let machine = Column::new("machine", "Machine".to_owned(), |row: &ExecutionRow| {
            let name = row.machine.clone();
            view! { <span class="cut" title=name.clone()>{name.clone()}</span> }.into_any()
        });
        columns.insert(1, machine.share(1).sort("machine"));
    }
    columns
}

/// Time from one moment to another, in words.
pub fn took(from: contract::Timestamp, to: contract::Timestamp) -> String {
    format::millis(u64::try_from(to.duration_since(from).as_millis()).unwrap_or(0))
}

/// What the address names.
#[derive(Debug, Clone, PartialEq)]
enum Subject {
    Machine(String),
    MapRun(String),
    All,
}

/// See the module.
#[component]
pub fn ExecutionList() -> impl IntoView {
    let query = address::use_query();
    let subject = Memo::new(move |_| {
        let query = query.read();
        match (query.get("machine"), query.get("maprun")) {
            (_, Some(arn)) => Subject::MapRun(arn.to_owned()),
            (Some(arn), None) => Subject::Machine(arn.to_owned()),
            (None, None) => Subject::All,
        }
    });
    view! { {move || view! { <Of subject=subject.get() /> }} }
}

#[component]
fn Of(subject: Subject) -> impl IntoView {
    let desk = Desk::get();
    let query = address::use_query();
    let filter = use_filter();
    let state = GridState::new();
    keep_sort(state.sort);
    let change = StoredValue::new_local(use_change());
    let arn = Memo::new(move |_| query.read().get("execution").map(str::to_owned));
    // The address leads: a link, the palette or "back" moves the cursor.
    Effect::new(move |_| {
        let arn = arn.get();
        if arn.is_some() && state.cursor.get_untracked() != arn {
            state.cursor.set(arn);
        }
    });
    let of = match &subject {
        Subject::Machine(arn) => ExecutionsOf::Machine(arn.clone()),
        Subject::MapRun(arn) => ExecutionsOf::MapRun(arn.clone()),
        Subject::All => ExecutionsOf::All,
    };
    let within = use_range((subject == Subject::All).then_some(super::machines::RANGE));
    let set = use_set_over_range(
        move || Some(OpenExecutions { of: of.clone(), within: within.get() }),
        move || filter.get(),
        state.sort,
    );
    let range_words = move || range::words(within.get().map(|within| within.range), desk.zone());
    let (title, all) = match &subject {
        Subject::Machine(arn) => (arn.rsplit(':').next().unwrap_or(arn).to_owned(), false),
        Subject::MapRun(arn) => (format!("Map Run {}", arn.split(':').nth(6).unwrap_or(arn)), false),
        Subject::All => ("Executions of all machines".to_owned(), true),
    };
    if let Subject::Machine(arn) = &subject {
        desk.remember(title.clone(), address::machine(arn));
    }
    let on_cursor = Callback::new(move |row: ExecutionRow| {
        if arn.get_untracked().as_ref() != Some(&row.arn) {
            change.with_value(|change| change("execution", Some(row.arn)));
        }
    });
    let copies = Callback::new(move |row: ExecutionRow| {
        let profile = desk.profile_argument();
        let mut items = vec![
            ("Name".to_owned(), row.name.clone()),
            ("ARN".to_owned(), row.arn.clone()),
            ("Started".to_owned(), format::iso(row.started)),
        ];
        items.extend(row.error.clone().map(|error| ("Error".to_owned(), error)));
        // The service describes no Express executions.
        if !row.arn.contains(":express:") {
            items.push((
                "aws command".to_owned(),
                format!("aws stepfunctions describe-execution --execution-arn {} --profile {profile}", row.arn),
            ));
        }
        items.push(("Link".to_owned(), format!("quarterdeck:/{}", address::execution(&row.arn))));
        items
    });
    let confirming = RwSignal::new(None::<Plan>);
    let started = RwSignal::new(None::<OperationId>);
    let chosen = Signal::derive(move || state.chosen.get().into_iter().collect::<Vec<_>>());
    let open = Callback::new(move |arn: String| state.cursor.set(Some(arn)));
    let head_title = StoredValue::new(title);
    let machine = StoredValue::new(match &subject {
        Subject::Machine(arn) => Some(arn.clone()),
        _ => None,
    });
    let list = move || {
        let way = vec![("State machines".to_owned(), address::EXECUTIONS.to_owned())];
        view! {
            <Head area=AREA way title=head_title.get_value()>
                {all.then(|| view! { <ViewSwitch all=true /> })}
                {machine.get_value().map(|arn| view! { <NextRun arn /> })}
            </Head>
            <Groups set all on_open=open />
            <ListTools
                name="Filter executions"
                example="Filter: status:failed error:*Timeout started:>now-1d"
                set
                one="execution"
                many="executions"
            />
            <ListStates
                set
                empty=move || {
                    if all {
                        let text = format!("No standard state machine of this region started or ended an execution: {}. Choose a longer range in the top bar.", range_words());
                        view! { <Empty title="Nothing ran" text icon="git-branch" /> }.into_any()
                    } else if within.read().is_some() {
                        let text = format!("Nothing ran: {}. Choose a longer range in the top bar, or move it with [ and ].", range_words());
                        view! { <Empty title="No executions in this range" text icon="git-branch" /> }.into_any()
                    } else {
                        view! { <Empty title="No executions" text="It has not run as long as the service keeps histories, 90 days. Of an Express machine only its log tells, which the notice above names." icon="git-branch" /> }.into_any()
                    }
                }
            >
                <Grid name="Executions" set columns=columns(all) state on_open=on_cursor on_cursor copies selectable=true />
            </ListStates>
            <Outcome started />
            <super::action_bar::BulkBar chosen confirming />
            <ConfirmPlan plan=confirming on_started=Callback::new(move |id| {
                started.set(Some(id));
                state.chosen.update(std::collections::BTreeSet::clear);
            }) />
        }
    };
    let detail = move || {
        view! {
            {move || match arn.get() {
                Some(arn) => view! { <ExecutionPane arn /> }.into_any(),
                None => view! { <Empty title="No execution is selected" text="Choose one with the arrow keys to see what it did, why it failed, and how to run it again." icon="git-branch" /> }.into_any(),
            }}
        }
    };
    view! { <Split list detail /> }
}
