//! One statement of Redshift: its text, how it ended, and the rows that it could not load.

use super::{
    chip,
    finding::{Commands, FindingCard},
};
use crate::{
    address,
    desk::Desk,
    format,
    pages::jobs::AREA,
    parts::{
        answer::{Refreshes, use_answer},
        fault::FaultView,
        head::Head,
        load_errors::ShowLoadErrors,
        split::Split,
        states::{Partial, Skeleton},
        status::state_words,
    },
};
use contract::ends::{DescribeStatement, EndState, StatementDetail};
use leptos::prelude::*;

#[component]
pub fn StatementPage(id: String) -> impl IntoView {
    let desk = Desk::get();
    let first = id.clone();
    Refreshes::provide();
    let told = use_answer(move || Some(DescribeStatement { id: id.clone() }));
    let (detail, fault) = (told.told, told.fault);
    let title = Signal::derive(move || {
        detail.with(|detail| detail.as_ref().map_or_else(|| first.clone(), |detail| format::visible(&detail.row.name)))
    });
    Effect::new(move |_| {
        detail.with(|detail| {
            if let Some(detail) = detail {
                desk.remember(format!("Redshift {}", detail.row.name), address::end(&detail.row.id));
            }
        });
    });
    let list = move || {
        let way = vec![("Loads and replication".to_owned(), address::ends())];
        view! {
            <Head area=AREA way title>
                {move || detail.with(|detail| detail.as_ref().map(|detail| chip(&detail.row)))}
            </Head>
            <div class="body">
                {move || fault.get().map(|fault| view! { <FaultView fault retry=Callback::new(move |()| told.look()) /> })}
                {move || match detail.get() {
                    Some(detail) => view! { <Text detail /> }.into_any(),
                    None => fault.with(Option::is_none).then(|| view! { <Skeleton rows=8 /> }).into_any(),
                }}
            </div>
        }
    };
    let side = move || {
        view! {
            <section class="detail" role="region" aria-label="Statement">
                <div class="head">
                    <div class="crumb">"Redshift statement"</div>
                    <h2>{move || headline(detail.with(|detail| detail.as_ref().map(|detail| detail.row.state)))}</h2>
                </div>
                <div class="body">
                    {move || match detail.get() {
                        Some(detail) => view! { <Why detail /> }.into_any(),
                        None => fault.with(Option::is_none).then(|| view! { <Skeleton rows=4 /> }).into_any(),
                    }}
                </div>
            </section>
        }
    };
    view! { <Split list detail=side /> }
}

#[component]
fn Text(detail: StatementDetail) -> impl IntoView {
    let desk = Desk::get();
    let StatementDetail { row, sql, place, database, user, took, rows, query, source, table, notices, .. } = detail;
    let began = row.started;
    view! {
        <Partial notices=Signal::stored(notices) />
        <pre class="code selectable" tabindex="0" aria-label="SQL">{format::lines(&sql)}</pre>
        <dl class="kv">
            <dt>"State"</dt><dd>{state_words(row.state.word(), &row.word)}</dd>
            <dt>"Id"</dt><dd class="mono selectable">{row.id.own().to_owned()}</dd>
            {began.map(|at| view! { <dt>"Began"</dt><dd>{move || format::time_full(at, desk.zone())}</dd> })}
            {took.map(|took| view! { <dt>"Took"</dt><dd>{format::millis(took)}</dd> })}
            {rows.map(|rows| view! { <dt>"Rows"</dt><dd>{format::count(rows)}</dd> })}
            {table.map(|table| view! { <dt>"Loads"</dt><dd class="mono selectable">{format::visible(&table)}</dd> })}
            {source.map(|source| view! { <dt>"From"</dt><dd class="mono selectable wrap">{format::visible(&source)}</dd> })}
            {place.map(|place| view! { <dt>"Where"</dt><dd class="selectable">{place}</dd> })}
            {database.map(|database| view! { <dt>"Database"</dt><dd class="selectable">{database}</dd> })}
            {user.map(|user| view! { <dt>"User"</dt><dd class="selectable wrap">{user}</dd> })}
            {query.map(|query| view! { <dt>"Query"</dt><dd class="mono selectable">{query.to_string()}</dd> })}
        </dl>
    }
}

#[component]
fn Why(detail: StatementDetail) -> impl IntoView {
    let StatementDetail { row, error, errors, findings, console, commands, .. } = detail;
    let statement = row.id.own().to_owned();
    view! {
        {error.map(|error| view! { <pre class="code selectable" tabindex="0" aria-label="Error">{format::lines(&error)}</pre> })}
        {findings.into_iter().map(|finding| view! { <FindingCard finding /> }).collect_view()}
        {errors.map(|reading| view! {
            <h3 class="part-title">"Load errors"</h3>
            <ShowLoadErrors statement sets_off=reading.sets_off />
        })}
        <Commands commands console />
    }
}

fn headline(state: Option<EndState>) -> &'static str {
    match state {
        Some(EndState::Failed) => "Why it failed",
        Some(EndState::Stopped) => "It was cancelled",
        Some(EndState::Running) => "It is running",
        Some(EndState::Finished | EndState::Behind | EndState::InPart) => "It did not fail",
        None => "Reading the statement",
    }
}
