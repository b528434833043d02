//! What a query found: rows as they come, what they cost, and one row whole.

use super::{cost::dollars, run::RunHandle};
use crate::{
    address, bridge,
    desk::Desk,
    format,
    parts::{
        cells::dash,
        fault::FaultView,
        grid::{Column, Grid, GridRow, GridState, use_set},
        icon::Icon,
        states::{Empty, NoticeLine, Skeleton},
    },
};
use contract::{
    insights::{
        COLUMNS, FindInsightsLine, InsightsField, InsightsRow, InsightsState, InsightsStatus, OpenInsightsRows,
    },
    sets::Rows,
};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::{NavigateOptions, hooks::use_navigate};

const NO_LINE: &str = "A row that counts has no one line behind it";

impl GridRow for InsightsRow {
    fn id(&self) -> String {
        self.id.clone()
    }
    fn take(rows: Rows) -> Option<Vec<Self>> {
        match rows {
            Rows::Insights(rows) => Some(rows),
            _ => None,
        }
    }
}

/// The fields of a run as columns, in the order of the query.
fn columns(fields: &[InsightsField]) -> Vec<Column<InsightsRow>> {
    let all = COLUMNS.iter().copied().zip(fields).enumerate();
    all.map(|(at, (name, field))| {
        let column = Column::new(name, label(&field.name), move |row: &InsightsRow| match row.cells.get(at) {
            Some(Some(text)) => {
                view! { <span class="cut mono" title=format::lines(text)>{format::one_line(text)}</span> }.into_any()
            }
            _ => dash(),
        });
        let column = column.sort(name);
        match field.name.as_str() {
            "@timestamp" | "@ingestionTime" => column.width(206),
            "@message" | "@pattern" => column.share(6),
            _ if field.numeric => column.numeric().width(118),
            _ => column.share(2),
        }
    })
    .collect()
}

/// The service tells times in UTC.
fn label(field: &str) -> String {
    if matches!(field, "@timestamp" | "@ingestionTime") { format!("{field} (UTC)") } else { field.to_owned() }
}

/// `1,204 rows in 1.2 s; scanned 1.2 GB (about $0.0060), 3,000 records, 1,204 matched`.
fn words(state: &InsightsState) -> String {
    let rows = format::counted(state.rows, "row", "rows");
    let standing = match state.status {
        InsightsStatus::Running => "so far, running…",
        InsightsStatus::Complete => "",
        InsightsStatus::Stopped => "until it was stopped",
        InsightsStatus::Failed => "until it failed",
        InsightsStatus::TimedOut => "until it timed out after 60 minutes",
    };
    let space = if standing.is_empty() { "" } else { " " };
    format!(
        "{rows}{space}{standing} in {}; scanned {} (about {}), {}, {} matched",
        format::millis(state.took),
        format::size(state.bytes),
        dollars(state.micros),
        format::counted(state.scanned, "record", "records"),
        format::count(state.matched)
    )
}

/// Why a run that is over has no rows, and what to do.
fn nothing(status: InsightsStatus) -> (&'static str, &'static str) {
    match status {
        InsightsStatus::Running | InsightsStatus::Complete => (
            "Nothing was found",
            "No line of these groups passes the query in this range. Choose a longer range in the top bar, or a wider filter.",
        ),
        InsightsStatus::Stopped => {
            ("Stopped before anything was found", "Run the query again; a shorter range in the top bar scans less.")
        }
        InsightsStatus::Failed => (
            "The query failed",
            "The service ended it before it found anything. Run it again, or over fewer groups and a shorter range.",
        ),
        InsightsStatus::TimedOut => (
            "The query took too long",
            "The service ended it after 60 minutes. Choose a shorter range in the top bar or fewer groups, and filter first.",
        ),
    }
}

#[component]
pub fn Results(run: RunHandle, current: RwSignal<Option<InsightsRow>>) -> impl IntoView {
    let grid = GridState::new();
    let of = Memo::new(move |_| run.id().map(|query| OpenInsightsRows { query }));
    // Another run has other rows: neither the row that was shown nor the order is of it.
    Effect::new(move |was: Option<Option<OpenInsightsRows>>| {
        let is = of.get();
        if was.is_some_and(|was| was != is) {
            current.set(None);
            grid.cursor.set(None);
            grid.chosen.update(|chosen| chosen.clear());
            grid.sort.set(None);
        }
        is
    });
    let set = use_set(move || of.get(), String::new, grid.sort);
    let fields = Memo::new(move |_| {
        run.state.with(|state| state.as_ref().map(|state| state.fields.clone()).unwrap_or_default())
    });
    let status = Memo::new(move |_| run.state.with(|state| state.as_ref().map(|state| (state.status, state.rows))));
    let open = use_open_line(run);
    let on_cursor = Callback::new(move |row: InsightsRow| current.set(Some(row)));
    let copies = Callback::new(move |row: InsightsRow| {
        let named = fields.get_untracked().into_iter().zip(row.cells);
        named.filter_map(|(field, cell)| Some((field.name, cell?))).collect::<Vec<_>>()
    });
    view! {
        <div class="insights-told">
            <span class="num" role="status" title=move || run.state.with(|state| state.as_ref().map(|state| state.price.clone()))>
                {move || run.state.with(|state| state.as_ref().map(words))}
            </span>
            {move || {
                let notices = run.state.with(|state| state.as_ref().map(|state| state.notices.clone()).unwrap_or_default());
                (!notices.is_empty()).then(|| view! {
                    <ul class="notices" role="list" aria-label="Query notices">
                        {notices.into_iter().map(|notice| view! { <NoticeLine notice /> }).collect_view()}
                    </ul>
                })
            }}
        </div>
        {move || set.fault.get().map(|fault| view! { <div class="list-fault"><FaultView fault retry=Callback::new(move |()| set.reload()) /></div> })}
        <div class="stack-grid insights-rows">
            {move || {
                let fields = fields.get();
                if fields.is_empty() {
                    return match status.get() {
                        None if run.starting.get() => view! { <Skeleton rows=6 /> }.into_any(),
                        None => view! { <Empty title="Nothing was asked yet" text="Choose log groups and a query, look at what it would cost, and run it." icon="search" /> }.into_any(),
                        Some((InsightsStatus::Running, _)) => view! { <Skeleton rows=6 /> }.into_any(),
                        Some((status, _)) => {
                            let (title, text) = nothing(status);
                            view! { <Empty title text icon="search" /> }.into_any()
                        }
                    };
                }
                view! { <Grid name="Query results" set columns=columns(&fields) state=grid on_open=open on_cursor copies selectable=true /> }.into_any()
            }}
        </div>
    }
}

/// Goes to the line behind a row, in its stream.
fn use_open_line(run: RunHandle) -> Callback<InsightsRow> {
    let desk = Desk::get();
    let navigate = use_navigate();
    Callback::new(move |row: InsightsRow| {
        if !row.leads {
            desk.say(NO_LINE);
            return;
        }
        let Some(query) = untrack(|| run.id()) else { return };
        let navigate = navigate.clone();
        spawn_local(async move {
            match bridge::call(FindInsightsLine { query, row: row.id }).await {
                Ok(line) => navigate(&address::log_at(&line.address, line.at), NavigateOptions::default()),
                Err(fault) => desk.say(format!("{}: {}", fault.title, fault.detail)),
            }
        });
    })
}

/// The row under the cursor, all of its fields whole.
#[component]
pub fn Detail(run: RunHandle, current: RwSignal<Option<InsightsRow>>) -> impl IntoView {
    let open = use_open_line(run);
    view! {
        {move || match current.get() {
            None => view! { <Empty title="No row is selected" text="Choose one with the arrow keys to see it whole; Enter opens its log at that line." icon="file" /> }.into_any(),
            Some(row) => {
                let fields = run.state.with_untracked(|state| state.as_ref().map(|state| state.fields.clone()).unwrap_or_default());
                let named: Vec<_> = fields
                    .into_iter()
                    .zip(row.cells.clone())
                    .filter_map(|(field, cell)| Some((label(&field.name), cell?)))
                    .collect();
                let (leads, target) = (row.leads, StoredValue::new(row));
                let title = if leads { "The line among those around it" } else { NO_LINE };
                view! {
                    <section class="detail" role="region" aria-label="Result">
                        <div class="head"><h2>"Result"</h2></div>
                        <div class="body">
                            {named.into_iter().map(|(name, value)| view! {
                                <div>
                                    <h3 class="part-title">{name}</h3>
                                    <pre class="code selectable insights-value">{format::lines(&value)}</pre>
                                </div>
                            }).collect_view()}
                        </div>
                        <div class="acts">
                            <button
                                type="button"
                                class="btn go"
                                title=title
                                prop:disabled=move || !leads
                                on:click=move |_| open.run(target.get_value())
                            >
                                <Icon name="terminal" />
                                "Open in the log"
                            </button>
                        </div>
                    </section>
                }.into_any()
            }
        }}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::{InsightsId, Timestamp};

    #[test]
    fn what_was_found_and_what_it_cost_is_said() {
        let state = InsightsState {
            query: InsightsId(1),
            status: InsightsStatus::Complete,
            fields: Vec::new(),
            rows: 1_204,
            matched: 1_204,
            scanned: 3_000,
            bytes: 1 << 30,
            micros: 5_000,
            price: String::new(),
            took: 38,
            from: Timestamp::UNIX_EPOCH,
            until: Timestamp::UNIX_EPOCH,
            command: String::new(),
            notices: Vec::new(),
            revision: 1,
        };
        assert_eq!(words(&state), "1,204 rows in 38 ms; scanned 1.0 GB (about $0.0050), 3,000 records, 1,204 matched");
        let stopped = InsightsState { status: InsightsStatus::Stopped, rows: 1, ..state };
        assert!(words(&stopped).starts_with("1 row until it was stopped in 38 ms"), "{}", words(&stopped));
    }

    #[test]
    fn a_run_without_rows_says_why() {
        let told =
            [InsightsStatus::Complete, InsightsStatus::Stopped, InsightsStatus::Failed, InsightsStatus::TimedOut]
                .map(|status| nothing(status).0);
        assert!(told.iter().enumerate().all(|(at, title)| !told[..at].contains(title)), "{told:?}");
    }

    #[test]
    fn times_say_their_zone() {
        assert_eq!([label("@timestamp"), label("@message")], ["@timestamp (UTC)", "@message"]);
    }
}
