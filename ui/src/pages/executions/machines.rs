//! The list of state machines.

use super::{AREA, cells::of_status, machine_pane::MachinePane};
use crate::{
    address,
    desk::Desk,
    format,
    parts::{
        cells::{dash, time_cell},
        grid::{Column, Grid, GridRow, GridState, use_set_over_range},
        head::Head,
        list::{ListStates, ListTools, keep_sort, use_change, use_filter},
        segmented::Segmented,
        split::Split,
        states::Empty,
        status::{Shape, Status},
    },
    range::use_range,
};
use contract::{
    executions::{Expected, MachineKind, MachineRow, OpenMachines, Standing},
    range::Range,
    sets::Rows,
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, components::A, hooks::use_navigate};

/// What counts, rates and medians cover where the address says nothing.
pub const RANGE: Range = Range::last_hours(24);

impl GridRow for MachineRow {
    fn id(&self) -> String {
        self.arn.clone()
    }
    fn take(rows: Rows) -> Option<Vec<Self>> {
        match rows {
            Rows::Machines(rows) => Some(rows),
            _ => None,
        }
    }
}

fn waiting() -> AnyView {
    view! { <span class="waiting"><i class="w-1"></i></span> }.into_any()
}

pub fn expected_cell(expected: Option<&Expected>) -> AnyView {
    let desk = Desk::get();
    let Some(expected) = expected.cloned() else { return dash() };
    let by = expected.by.clone();
    match expected.standing {
        Standing::Late(since) => view! {
            <span class="cut" title=format!("{by}, expected {}", format::hover_time(since))>
                <Status shape=Shape::Warn word=format!("late since {}", format::clock(since, desk.zone())) />
            </span>
        }
        .into_any(),
        Standing::NeverRan => {
            view! { <span title=by><Status shape=Shape::Warn word="never ran" /></span> }.into_any()
        }
        Standing::Disabled => {
            view! { <span title=by><Status shape=Shape::Stopped word="disabled" /></span> }.into_any()
        }
        Standing::OnTime => match expected.next {
            Some(next) => {
                view! { <time class="dim" datetime=format::iso(next) title=format!("{by}\n{}", format::hover_time(next))>{move || format::time(next, desk.zone())}</time> }.into_any()
            }
            None => view! { <span class="dim" title=by>"on time"</span> }.into_any(),
        },
        Standing::Unknown => view! { <span class="dim cut" title=by.clone()>{by.clone()}</span> }.into_any(),
    }
}

fn columns() -> Vec<Column<MachineRow>> {
    let desk = Desk::get();
    // The range goes along into the list of a machine.
    let query = address::use_query();
    let started = Signal::derive(move || format!("Last run ({})", format::zone_label(desk.zone())));
    vec![
        Column::new("name", "Name".to_owned(), move |row: &MachineRow| {
            let href = address::machine_within(&row.arn, query.read_untracked().get("range"));
            let (name, title) = (row.name.clone(), row.name.clone());
            let express = row.kind == MachineKind::Express;
            view! {
                <A href=href attr:class="name-link cut" attr:title=title attr:tabindex="-1">{name}</A>
                {express.then(|| view! { " " <span class="chip">"express"</span> })}
            }
            .into_any()
        })
        .share(6)
        .sort("name"),
        Column::new("last", "Last run".to_owned(), move |row: &MachineRow| match (&row.last, &row.problem) {
            (Some(Some(last)), _) => {
                let at = last.started;
                let word = last.status.word();
                let shape = of_status(last.status);
                view! {
                    <span class="last-run" title=format::hover_time(at)>
                        <Status shape word />
                        <span class="dim">{move || short_age(at, desk.now.get())}</span>
                    </span>
                }
                .into_any()
            }
            (None, Some(problem)) => {
                view! { <span class="warn cut" title=problem.clone()>"not readable"</span> }.into_any()
            }
            (Some(None), _) => view! { <span class="dim">"no runs"</span> }.into_any(),
            (None, None)
                if row.counts.is_some_and(|counts| counts.started > 0) && row.kind == MachineKind::Standard =>
            {
                waiting()
            }
            (None, None) => dash(),
        })
        .width(156)
        .sort("started"),
        Column::new("started", started, |row: &MachineRow| {
            time_cell(row.last.as_ref().and_then(|last| last.as_ref()).map(|last| last.started))
        })
        .width(142)
        .sort("started")
        .hidden(),
        Column::new("failed", "Failed".to_owned(), |row: &MachineRow| match row.counts {
            Some(counts) if counts.started == 0 => dash(),
            Some(counts) => {
                let failed = counts.failed + counts.timed_out + counts.aborted;
                let class = if failed > 0 { "bad" } else { "dim" };
                view! { <span class=class>{format!("{} of {}", format::count(failed), format::count(counts.started))}</span> }
                    .into_any()
            }
            None => waiting(),
        })
        .width(76)
        .numeric()
        .sort("failed"),
        Column::new("rate", "Success".to_owned(), |row: &MachineRow| match success(row) {
            // In the metrics a caught failure is a success.
            Some(rate) if is_caught(row) => {
                view! { <span class="warn" title="The metrics count caught failures as successes; the list of executions tells them apart">{format!("≤ {rate} %")}</span> }.into_any()
            }
            Some(rate) => view! { {format!("{rate} %")} }.into_any(),
            None => dash(),
        })
        .width(78)
        .numeric()
        .sort("rate"),
        Column::new("median", "Median".to_owned(), |row: &MachineRow| match row.median {
            Some(seconds) => {
                #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a duration
                let millis = (seconds.max(0.0) * 1_000.0) as u64;
                view! { {format::millis(millis)} }.into_any()
            }
            None => dash(),
        })
        .width(76)
        .numeric()
        .sort("median"),
        Column::new("expected", "Expected".to_owned(), |row: &MachineRow| expected_cell(row.expected.as_ref()))
            .share(5)
            .sort("next"),
    ]
}

fn is_caught(row: &MachineRow) -> bool {
    let last = row.last.as_ref().and_then(|last| last.as_ref());
    last.is_some_and(|last| last.status == contract::executions::Status::CaughtFailure)
}

/// `5 m`, `7 h`, `3 d`.
fn short_age(at: contract::Timestamp, now: contract::Timestamp) -> String {
    let minutes = now.duration_since(at).as_mins().max(0);
    match minutes {
        0..60 => format!("{minutes} m"),
        60..1_440 => format!("{} h", minutes / 60),
        _ => format!("{} d", minutes / 1_440),
    }
}

/// Whole percents of the ended runs. Rounded down: 100 % means all.
fn success(row: &MachineRow) -> Option<u64> {
    let counts = row.counts?;
    let ended = counts.succeeded + counts.failed + counts.timed_out + counts.aborted;
    (counts.succeeded * 100).checked_div(ended)
}

/// Machines, or executions over all of them.
#[component]
pub fn ViewSwitch(all: bool) -> impl IntoView {
    let navigate = use_navigate();
    view! {
        <Segmented
            name="View"
            choices=vec![(false, "Machines"), (true, "All executions")]
            chosen=Signal::stored(all)
            on_choose=Callback::new(move |all: bool| {
                let to = if all { address::all_executions() } else { address::EXECUTIONS.to_owned() };
                navigate(&to, NavigateOptions::default());
            })
        />
    }
}

/// The root list of the area.
#[component]
pub fn Machines() -> impl IntoView {
    let desk = Desk::get();
    let navigate = use_navigate();
    let filter = use_filter();
    let state = GridState::new();
    keep_sort(state.sort);
    let query = address::use_query();
    state.cursor.set(query.get_untracked().get("sel").map(str::to_owned));
    let within = use_range(Some(RANGE));
    let set = use_set_over_range(
        move || within.get().map(|within| OpenMachines { within }),
        move || filter.get(),
        state.sort,
    );
    let current = RwSignal::new(None::<String>);
    let change = StoredValue::new_local(use_change());
    let on_cursor = Callback::new(move |row: MachineRow| {
        change.with_value(|change| change("sel", Some(row.arn.clone())));
        if current.get_untracked().as_ref() != Some(&row.arn) {
            current.set(Some(row.arn));
        }
    });
    let on_open = Callback::new(move |row: MachineRow| {
        let to = address::machine_within(&row.arn, query.read_untracked().get("range"));
        navigate(&to, NavigateOptions::default());
    });
    let copies = Callback::new(move |row: MachineRow| {
        let profile = desk.profile_argument();
        vec![
            ("Name".to_owned(), row.name.clone()),
            ("ARN".to_owned(), row.arn.clone()),
            (
                "aws command".to_owned(),
                format!("aws stepfunctions list-executions --state-machine-arn {} --profile {profile}", row.arn),
            ),
            ("Link".to_owned(), format!("quarterdeck:/{}", address::machine(&row.arn))),
        ]
    });
    let list = move || {
        view! {
            <Head area=AREA title="State machines".to_owned()>
                <ViewSwitch all=false />
            </Head>
            <ListTools name="Filter state machines" example="Filter: last:failed schedule:late name:sales*" set one="machine" many="machines" />
            <ListStates
                set
                empty=|| {
                    view! { <Empty title="No state machines" text="This account has none in this region, or the profile may not list them. Another region may." icon="git-branch" /> }
                }
            >
                <Grid name="State machines" set columns=columns() state on_open on_cursor copies />
            </ListStates>
        }
    };
    let detail = move || {
        view! {
            {move || match current.get() {
                Some(arn) => view! { <MachinePane arn /> }.into_any(),
                None => view! { <Empty title="No machine is selected" text="Choose one with the arrow keys to see its definition and what starts it; Enter opens its executions." icon="git-branch" /> }.into_any(),
            }}
        }
    };
    view! { <Split list detail /> }
}
