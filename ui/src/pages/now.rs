//! Now: what failed, is late or runs, over all machines; the landing page.

mod incident;
mod models;

use crate::{
    address,
    desk::Desk,
    format,
    keys::{self, Action},
    pages::{executions, later::there},
    parts::{
        cells::dash,
        elsewhere::{is_elsewhere, use_open},
        grid::{Column, Grid, GridRow, GridState, SetHandle, use_set_over_range},
        head::Head,
        icon::Icon,
        list::{ListStates, ListTools, keep_sort, use_change, use_filter},
        segmented::Segmented,
        split::Split,
        states::{Empty, Skeleton},
        status::{Shape, Status},
    },
};
use contract::{
    now::{MarkKind, NowKind, NowRow, OpenNow},
    sets::Rows,
    settings::Place,
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};

const AREA: (&str, &str) = ("Now", address::NOW);
const RANGES: [(u32, &str); 3] = [(24, "24 h"), (72, "3 d"), (168, "7 d")];

impl GridRow for NowRow {
    fn id(&self) -> String {
        self.id.clone()
    }
    /// What failed alone stays chosen when others join it.
    fn is(&self, id: &str) -> bool {
        self.id == id || self.members.iter().any(|member| member.id == id)
    }
    fn take(rows: Rows) -> Option<Vec<Self>> {
        match rows {
            Rows::Now(rows) => Some(rows),
            _ => None,
        }
    }
}

/// Shape and word of a row.
pub fn of_row(row: &NowRow) -> (Shape, &'static str) {
    match (row.kind, row.status) {
        (NowKind::Failed, Some(status)) => (Shape::Bad, status.word()),
        (NowKind::Failed, None) => (Shape::Bad, "failed"),
        (NowKind::FailedJob, _) => (Shape::Bad, "failed job"),
        (NowKind::Late, _) => (Shape::Warn, "late"),
        (NowKind::NeverRan, _) => (Shape::Warn, "never ran"),
        (NowKind::Running, _) => (Shape::Running, "running"),
        (NowKind::Operation, _) => (Shape::Running, "operation"),
    }
}

/// Where a row was seen.
pub fn place_of(row: &NowRow) -> Place {
    Place { profile: row.profile.clone(), region: row.region.clone() }
}

/// Why the newest of a row failed.
pub fn why_of(row: &NowRow) -> Option<String> {
    let row = row.newest_member();
    match (row.kind, row.executions.first(), row.jobs.first()) {
        (NowKind::Failed, Some(arn), _) => Some(address::incident_of(arn)),
        (NowKind::FailedJob, _, Some(job)) => Some(address::job(job)),
        _ => None,
    }
}

/// What a row opens: the newest of what it holds.
pub fn address_of(row: &NowRow) -> Option<String> {
    let row = row.newest_member();
    // What is late waits for a run that is not there: its newest one is listed, and the machine is opened.
    let is_late = matches!(row.kind, NowKind::Late | NowKind::NeverRan);
    let execution = row.executions.first().filter(|_| !is_late).map(|arn| address::execution(arn));
    execution
        .or_else(|| row.jobs.first().map(address::job))
        .or_else(|| row.machine.as_deref().map(address::machine))
        .or_else(|| row.operation.as_ref().map(|id| address::operation(&id.0)))
}

fn columns() -> Vec<Column<NowRow>> {
    let desk = Desk::get();
    // Each row says where it was seen if there is more than one place.
    let several = untrack(|| desk.settings().watching.places.iter().any(|place| is_elsewhere(desk, place)));
    let region = untrack(|| desk.session()).map(|session| session.region).unwrap_or_default();
    let place = Column::new("profile", "Profile".to_owned(), move |row: &NowRow| {
        let place = place_of(row);
        // The region of the window goes without saying: the column is as narrow as that.
        let text = if place.region == region { place.profile.clone() } else { place.to_string() };
        view! { <span class="dim cut" title=place.to_string()>{text}</span> }.into_any()
    })
    .width(116)
    .sort("profile");
    vec![
        Column::new("kind", "Status".to_owned(), |row: &NowRow| {
            let (shape, word) = of_row(row);
            view! { <Status shape word /> }.into_any()
        })
        .width(128)
        .sort("kind"),
        Column::new("what", "What".to_owned(), |row: &NowRow| {
            let (what, mark) = (row.what.clone(), row.mark.as_ref().map(|mark| mark.kind));
            let shown = row.spread().unwrap_or_else(|| what.clone());
            view! {
                <span class="cut" title=what>{shown}</span>
                {mark.map(|mark| view! { " " <span class="chip">{mark_word(mark)}</span> })}
            }
            .into_any()
        })
        .share(if several { 5 } else { 4 })
        .sort("what"),
        Column::new("why", "Why".to_owned(), |row: &NowRow| {
            let why = row.why.clone();
            view! { <span class="cut soft" title=why.clone()>{why.clone()}</span> }.into_any()
        })
        .share(4)
        .sort("why"),
        Column::new("runs", "Runs".to_owned(), |row: &NowRow| {
            if row.runs == 0 { dash() } else { view! { {format::count(row.runs)} }.into_any() }
        })
        .width(58)
        .numeric()
        .sort("runs"),
        if several { place } else { place.hidden() },
        Column::new("oldest", "First".to_owned(), move |row: &NowRow| {
            if row.oldest == row.newest {
                return dash();
            }
            let at = row.oldest;
            view! { <time class="dim" datetime=format::iso(at) title=format::hover_time(at)>{move || age(at, desk.now.get())}</time> }.into_any()
        })
        .width(84)
        .numeric()
        .sort("oldest"),
        Column::new("newest", "Age".to_owned(), move |row: &NowRow| {
            let at = row.newest;
            view! { <time class="dim" datetime=format::iso(at) title=format::hover_time(at)>{move || age(at, desk.now.get())}</time> }.into_any()
        })
        .width(84)
        .numeric()
        .sort("newest"),
    ]
}

/// `2 h 10 m`, `11 m`: seconds would only flicker.
fn age(at: contract::Timestamp, now: contract::Timestamp) -> String {
    let told = format::duration(u64::try_from(now.duration_since(at).as_secs()).unwrap_or(0) / 60 * 60);
    told.strip_suffix(" 0 s").map(str::to_owned).unwrap_or(told)
}

pub fn mark_word(mark: MarkKind) -> &'static str {
    match mark {
        MarkKind::Seen => "seen",
        MarkKind::Mine => "mine",
        MarkKind::Snoozed => "snoozed",
    }
}

#[component]
pub fn Now() -> impl IntoView {
    let desk = Desk::get();
    let navigate = use_navigate();
    let open_in = use_open();
    let open_why = open_in.clone();
    let filter = use_filter();
    let state = GridState::new();
    keep_sort(state.sort);
    let query = address::use_query();
    state.cursor.set(query.get_untracked().get("sel").map(str::to_owned));
    let hours = Memo::new(move |_| {
        query
            .read()
            .get("hours")
            .and_then(|hours| hours.parse().ok())
            .filter(|hours| (1..=336).contains(hours))
            .unwrap_or(24)
    });
    let set = use_set_over_range(move || Some(OpenNow { hours: hours.get() }), move || filter.get(), state.sort);
    Effect::new(move |_| {
        if let Some(asked) = desk.incident.get() {
            state.cursor.set(Some(asked));
            desk.incident.set(None);
        }
    });
    let current = RwSignal::new(None::<NowRow>);
    let change = StoredValue::new_local(use_change());
    let on_cursor = Callback::new(move |row: NowRow| {
        change.with_value(|change| change("sel", Some(row.id.clone())));
        current.set(Some(row));
    });
    let on_open = Callback::new(move |row: NowRow| match (address_of(&row), &row.operation) {
        (Some(address), None) => open_in(place_of(&row), address),
        (Some(address), Some(_)) => navigate(&address, NavigateOptions::default()),
        (None, _) => {}
    });
    keys::on(Action::Why, move || {
        let Some(row) = current.get_untracked() else { return };
        match why_of(&row) {
            Some(address) => open_why(place_of(&row), address),
            None => desk.say("Nothing failed here.".to_owned()),
        }
    });
    let copies = Callback::new(move |row: NowRow| {
        let mut items = vec![("What".to_owned(), row.what.clone()), ("Why".to_owned(), row.why.clone())];
        items.extend(row.machine.clone().map(|arn| ("Machine ARN".to_owned(), arn)));
        let row = row.newest_member();
        items.extend(row.executions.first().cloned().map(|arn| ("Newest execution ARN".to_owned(), arn)));
        items.extend(row.jobs.first().map(|job| ("Newest job run".to_owned(), job.own().to_owned())));
        items
    });
    let list = move || {
        view! {
            <Head area=AREA title=Signal::derive(move || match hours.get() {
                24 => "The last 24 hours".to_owned(),
                hours => format!("The last {} days", hours / 24),
            })>
                <AsOf set />
            </Head>
            <ListTools name="Filter what is going on" example="Filter: kind:failed -mark:snoozed profile:prod" set one="incident" many="incidents">
                <Segmented
                    name="Range"
                    choices=RANGES.to_vec()
                    chosen=Signal::derive(move || hours.get())
                    on_choose=Callback::new(move |hours: u32| change.with_value(|change| change("hours", (hours != 24).then(|| hours.to_string()))))
                />
            </ListTools>
            <ListStates
                set
                empty=|| {
                    view! { <Empty title="All quiet" text="Nothing failed, nothing is late, nothing runs. This page looks again every half minute while it is open." icon="check" /> }
                }
            >
                <Grid name="Now" set columns=columns() state on_open on_cursor copies
                    row_class=Callback::new(|row: NowRow| if row.mark.as_ref().is_some_and(|mark| mark.kind != MarkKind::Mine) { "marked" } else { "" }) />
            </ListStates>
            <models::Models set />
        }
    };
    let detail = move || {
        // Of its own, so that a refresh that changes nothing draws nothing.
        let shown = Memo::new(move |_| current.get());
        view! {
            {move || match shown.get() {
                Some(row) => view! { <Incident row on_marked=Callback::new(move |()| set.reload()) /> }.into_any(),
                None => view! { <Empty title="Nothing is selected" text="Choose a line with the arrow keys to see why it failed and what can be done." icon="clock" /> }.into_any(),
            }}
        }
    };
    view! { <Split list detail /> }
}

/// One incident. Its code is that of the executions, which it shows parts of.
#[component]
fn Incident(row: NowRow, on_marked: Callback<()>) -> impl IntoView {
    let there = there(executions::load);
    move || {
        if there.get() {
            Suspend::new(incident::incident(row.clone(), on_marked)).into_any()
        } else {
            view! { <Skeleton rows=6 /> }.into_any()
        }
    }
}

/// How old the data is.
#[component]
fn AsOf(set: SetHandle) -> impl IntoView {
    let desk = Desk::get();
    view! {
        <span class="dim as-of">
            <Icon name="clock" />
            {move || set.state.with(|state| match state {
                Some(state) if state.complete => format!("as of {}", format::time_full(state.as_of, desk.zone())),
                _ => "reading…".to_owned(),
            })}
        </span>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::{executions::Status, jobs::JobId};

    const ARN: &str = "arn:aws:states:eu-west-1:1:execution:daily:one";

    fn row(kind: NowKind, id: &str) -> NowRow {
        let job = JobId::Glue { job: "clean".into(), run: "jr_1".into() };
        NowRow {
            id: id.into(),
            kind,
            what: id.into(),
            machine: None,
            status: None,
            error: None,
            why: "why".into(),
            runs: 1,
            newest: contract::Timestamp::UNIX_EPOCH,
            oldest: contract::Timestamp::UNIX_EPOCH,
            executions: if kind == NowKind::Failed { vec![ARN.to_owned()] } else { Vec::new() },
            jobs: if kind == NowKind::FailedJob { vec![job] } else { Vec::new() },
            absence: None,
            profile: "p".into(),
            region: "r".into(),
            mark: None,
            operation: None,
            members: Vec::new(),
        }
    }

    #[test]
    fn a_late_machine_opens_itself_and_not_its_newest_run() {
        let machine = "arn:aws:states:eu-west-1:1:stateMachine:daily";
        let late =
            NowRow { machine: Some(machine.into()), executions: vec![ARN.to_owned()], ..row(NowKind::Late, "daily") };
        assert_eq!(address_of(&late), Some(address::machine(machine)));
        assert_eq!(address_of(&NowRow { kind: NowKind::Failed, ..late }), Some(address::execution(ARN)));
    }

    #[test]
    fn a_row_of_several_opens_its_newest_and_is_found_by_each() {
        let (machine, job) = (row(NowKind::Failed, "daily"), row(NowKind::FailedJob, "clean"));
        let all = NowRow {
            executions: machine.executions.clone(),
            jobs: job.jobs.clone(),
            members: vec![job.clone(), machine.clone()],
            ..row(NowKind::Failed, "cause")
        };
        assert_eq!(address_of(&all), address_of(&job), "the job failed last");
        assert_eq!(why_of(&all), why_of(&job));
        assert_eq!(why_of(&machine), Some(address::incident_of(ARN)));
        assert_eq!(why_of(&row(NowKind::Running, "runs")), None);
        assert!(all.is("cause") && all.is("daily") && all.is("clean") && !all.is("weekly"));
        assert_eq!(of_row(&all), (Shape::Bad, "failed"));
        assert_eq!(of_row(&NowRow { status: Some(Status::TimedOut), ..machine }).1, Status::TimedOut.word());
    }
}
