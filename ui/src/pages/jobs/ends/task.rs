//! One replication task or serverless replication: its tables, how far behind it is, and why it stopped.

use super::{
    chip,
    finding::{Commands, FindingCard},
};
use crate::{
    address,
    desk::Desk,
    format,
    keys::{self, Action},
    pages::jobs::AREA,
    parts::{
        answer::use_answer,
        cells::{text_cell, time_cell},
        fault::FaultView,
        grid::{Column, Grid, GridRow, GridState, use_set},
        head::Head,
        list::{ListStates, ListTools, keep_sort, use_filter},
        split::Split,
        states::{Empty, Partial, Skeleton},
        status::{Shape, Status, state_words},
    },
};
use contract::{
    ends::{DescribeTask, EndId, OpenTaskTables, TableRow, TaskDetail, task_noun},
    incident::QuotePlace,
    jobs::diagnosis::Finding,
    logs::StreamLog,
    sets::Rows,
};
use leptos::prelude::*;
use leptos_router::components::A;

impl GridRow for TableRow {
    fn id(&self) -> String {
        self.name.clone()
    }
    fn take(rows: Rows) -> Option<Vec<Self>> {
        match rows {
            Rows::Tables(rows) => Some(rows),
            _ => None,
        }
    }
}

fn number(count: u64) -> AnyView {
    view! { {format::count(count)} }.into_any()
}

/// `Mismatched records: 12 differ`.
fn validation(row: &TableRow) -> Option<String> {
    let words = row.validation.clone()?;
    Some(match row.differing {
        0 => words,
        1 => format!("{words}: 1 differs"),
        many => format!("{words}: {} differ", format::count(many)),
    })
}

/// `1,204 inserts, 1 update, 0 deletes`.
fn changes(row: &TableRow) -> String {
    [
        format::counted(row.inserts, "insert", "inserts"),
        format::counted(row.updates, "update", "updates"),
        format::counted(row.deletes, "delete", "deletes"),
    ]
    .join(", ")
}

fn columns() -> Vec<Column<TableRow>> {
    let desk = Desk::get();
    let updated = Signal::derive(move || format!("Updated ({})", format::zone_label(desk.zone())));
    vec![
        Column::new("state", "State".to_owned(), |row: &TableRow| {
            let shape = if row.bad { Shape::Bad } else { Shape::Good };
            view! { <span class="cut" title=row.state.clone()><Status shape word=row.state.clone() /></span> }
                .into_any()
        })
        .width(148)
        .sort("state"),
        Column::new("table", "Table".to_owned(), |row: &TableRow| {
            let name = format::visible(&row.name);
            view! { <span class="mono cut" title=name.clone()>{name.clone()}</span> }.into_any()
        })
        .share(3)
        .sort("table"),
        Column::new("loaded", "Loaded".to_owned(), |row: &TableRow| number(row.loaded))
            .width(92)
            .numeric()
            .sort("loaded"),
        Column::new("refused", "Refused".to_owned(), |row: &TableRow| number(row.refused))
            .width(92)
            .numeric()
            .sort("refused"),
        Column::new("inserts", "Inserts".to_owned(), |row: &TableRow| number(row.inserts))
            .width(84)
            .numeric()
            .sort("inserts")
            .hidden(),
        Column::new("updates", "Updates".to_owned(), |row: &TableRow| number(row.updates))
            .width(84)
            .numeric()
            .sort("updates")
            .hidden(),
        Column::new("deletes", "Deletes".to_owned(), |row: &TableRow| number(row.deletes))
            .width(84)
            .numeric()
            .sort("deletes")
            .hidden(),
        Column::new("validation", "Validation".to_owned(), |row: &TableRow| text_cell(validation(row)))
            .share(2)
            .sort("validation"),
        Column::new("differing", "Differing".to_owned(), |row: &TableRow| number(row.differing))
            .width(92)
            .numeric()
            .sort("differing")
            .hidden(),
        Column::new("updated", updated, |row: &TableRow| time_cell(row.updated)).width(142).sort("updated").hidden(),
    ]
}

#[component]
pub fn TaskPage(arn: String) -> impl IntoView {
    let desk = Desk::get();
    let filter = use_filter();
    let state = GridState::new();
    keep_sort(state.sort);
    let first = EndId::Task(arn.clone()).own().to_owned();
    let noun = task_noun(&arn);
    let told = use_answer(move || Some(DescribeTask { arn: arn.clone() }));
    let (detail, fault) = (told.told, told.fault);
    // A link may know the name alone: its tables are asked for once the ARN is known.
    let known = Memo::new(move |_| {
        detail.with(|detail| match detail.as_ref().map(|detail| &detail.row.id) {
            Some(EndId::Task(arn)) => Some(arn.clone()),
            _ => None,
        })
    });
    let set = use_set(move || known.get().map(|arn| OpenTaskTables { arn }), move || filter.get(), state.sort);
    keys::on(Action::Refresh, move || {
        told.look();
        set.reload();
    });
    let title = Signal::derive(move || {
        detail.with(|detail| detail.as_ref().map_or_else(|| first.clone(), |detail| format::visible(&detail.row.name)))
    });
    Effect::new(move |_| {
        detail.with(|detail| {
            if let Some(detail) = detail {
                desk.remember(format!("DMS {noun} {}", detail.row.name), address::end(&detail.row.id));
            }
        });
    });
    let current = RwSignal::new(None::<TableRow>);
    let show = Callback::new(move |row: TableRow| current.set(Some(row)));
    let copies = Callback::new(|row: TableRow| {
        let changes = changes(&row);
        vec![("Table".to_owned(), row.name), ("State".to_owned(), row.state), ("Changes".to_owned(), changes)]
    });
    let list = move || {
        let way = vec![("Loads and replication".to_owned(), address::ends())];
        view! {
            <Head area=AREA way title>
                {move || detail.with(|detail| detail.as_ref().map(|detail| chip(&detail.row)))}
            </Head>
            {move || fault.get().map(|fault| view! { <FaultView fault retry=Callback::new(move |()| told.look()) /> })}
            <ListTools name="Filter tables" example="Filter: state:*error* table:orders* refused:>0" set one="table" many="tables" />
            <ListStates
                set
                empty=|| view! { <Empty title="No tables" text="It has not begun to take tables, or its mapping selects none." icon="layers" /> }
            >
                <Grid name="Tables" set columns=columns() state on_open=show on_cursor=show copies />
            </ListStates>
        }
    };
    let side = move || {
        view! {
            <section class="detail" role="region" aria-label="Replication task">
                <div class="head">
                    <div class="crumb">{format!("DMS {noun}")}</div>
                    <h2>{move || title.get()}</h2>
                </div>
                <div class="body">
                    {move || current.get().map(|row| view! { <OneTable row /> })}
                    {move || match detail.get() {
                        Some(detail) => view! { <Facts detail /> }.into_any(),
                        None => fault.with(Option::is_none).then(|| view! { <Skeleton rows=8 /> }).into_any(),
                    }}
                </div>
            </section>
        }
    };
    view! { <Split list detail=side /> }
}

/// The table under the cursor: what the list has no room for.
#[component]
fn OneTable(row: TableRow) -> impl IntoView {
    let desk = Desk::get();
    let (validation, changes, updated) = (validation(&row), changes(&row), row.updated);
    view! {
        <section class="card" role="region" aria-label="Table">
            <h3 class="part-title mono">{format::visible(&row.name)}</h3>
            <dl class="kv">
                <dt>"State"</dt><dd>{row.state}</dd>
                <dt>"Full load"</dt><dd>{format!("{} loaded, {} refused", format::counted(row.loaded, "row", "rows"), format::count(row.refused))}</dd>
                <dt>"Changes"</dt><dd>{changes}</dd>
                {validation.map(|words| view! { <dt>"Validation"</dt><dd>{words}</dd> })}
                {updated.map(|at| view! { <dt>"Updated"</dt><dd><time title=format::hover_time(at)>{move || format::time_full(at, desk.zone())}</time></dd> })}
            </dl>
        </section>
    }
}

#[component]
fn Facts(detail: TaskDetail) -> impl IntoView {
    let desk = Desk::get();
    let TaskDetail {
        row,
        does,
        stop,
        stop_reason,
        failure,
        latency,
        load,
        source,
        target,
        writes,
        runs_on,
        created,
        findings,
        log,
        console,
        commands,
        notices,
    } = detail;
    let open_log = log.as_ref().map(|log| (log_of(log, &findings), log.address.clone()));
    let seconds = |seconds: Option<u64>| seconds.map_or_else(|| "not measured".to_owned(), format::duration);
    let progress = load.percent.map(|percent| {
        format!(
            "{percent} %: {} loaded, {} loading, {} queued, {} in error",
            format::counted(u64::from(load.loaded), "table", "tables"),
            load.loading,
            load.queued,
            load.errored
        )
    });
    let ended = row.since.filter(|_| stop.is_some() || failure.is_some());
    let started = row.started;
    view! {
        {row.finding.clone().map(|finding| view! { <div class="verdict bad"><p class="selectable wrap">{format::lines(&finding)}</p></div> })}
        <Partial notices=Signal::stored(notices) />
        <dl class="kv">
            <dt>"State"</dt><dd>{state_words(row.state.word(), &row.word)}</dd>
            <dt>"Does"</dt><dd>{does}</dd>
            {stop.map(|stop| view! { <dt>"Why it stopped"</dt><dd>{stop}</dd> })}
            {stop_reason.map(|reason| view! { <dt>"Stop reason"</dt><dd class="mono selectable wrap">{reason}</dd> })}
            {failure.map(|failure| view! { <dt>"Last failure"</dt><dd class="mono selectable wrap">{format::lines(&failure)}</dd> })}
            {latency.map(|latency| {
                let at = latency.at;
                view! {
                    <dt>"Behind the source"</dt><dd>{seconds(latency.source)}</dd>
                    <dt>"Target behind"</dt><dd>{seconds(latency.target)}</dd>
                    <dt>"Measured"</dt><dd>{move || format::time_full(at, desk.zone())}</dd>
                }
            })}
            {progress.map(|progress| view! { <dt>"Full load"</dt><dd>{progress}</dd> })}
            {source.map(|source| view! { <dt>"From"</dt><dd class="selectable">{source}</dd> })}
            {target.map(|target| view! { <dt>"To"</dt><dd class="selectable">{target}</dd> })}
            {writes.map(|writes| view! { <dt>"Writes"</dt><dd class="mono selectable wrap">{writes}</dd> })}
            {runs_on.map(|place| view! { <dt>"Runs on"</dt><dd class="mono selectable wrap">{place}</dd> })}
            {started.map(|at| view! { <dt>"Started"</dt><dd>{move || format::time_full(at, desk.zone())}</dd> })}
            {ended.map(|at| view! { <dt>"Stopped"</dt><dd>{move || format::time_full(at, desk.zone())}</dd> })}
            {created.map(|at| view! { <dt>"Created"</dt><dd>{move || format::time_full(at, desk.zone())}</dd> })}
        </dl>
        {findings.into_iter().map(|finding| view! { <FindingCard finding log=log.clone() /> }).collect_view()}
        {open_log.map(|(href, address)| view! { <p><A href=href attr:class="btn" attr:title=address>"Open log"</A></p> })}
        <Commands commands console />
    }
}

/// The log, at the first line that is quoted.
fn log_of(log: &StreamLog, findings: &[Finding]) -> String {
    let mut lines = findings.iter().flat_map(|finding| &finding.evidence);
    let place = lines.find_map(|line| QuotePlace::in_stream(line, log));
    address::quoted(&place.unwrap_or_else(|| QuotePlace::stream(log)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_without_a_quoted_line_opens_at_its_beginning() {
        let log = StreamLog { address: "dms-tasks-a:dms-task-B".into(), name: "dms-task-B".into(), whole: false };
        assert_eq!(log_of(&log, &[]), address::log_at(&log.address, None));
    }

    #[test]
    fn a_table_tells_its_changes_and_what_differs() {
        let row = TableRow {
            name: "public.orders".into(),
            schema: "public".into(),
            table: "orders".into(),
            state: "Table completed".into(),
            bad: true,
            loaded: 3,
            refused: 0,
            inserts: 1_204,
            updates: 1,
            deletes: 0,
            validation: Some("Mismatched records".into()),
            differing: 12,
            updated: None,
        };
        assert_eq!(changes(&row), "1,204 inserts, 1 update, 0 deletes");
        assert_eq!(validation(&row).as_deref(), Some("Mismatched records: 12 differ"));
        assert_eq!(
            validation(&TableRow { differing: 1, ..row.clone() }).as_deref(),
            Some("Mismatched records: 1 differs")
        );
        assert_eq!(validation(&TableRow { validation: None, ..row }), None);
    }
}
