//! What happened to a version, newest first, and who tells of it.

use crate::{
    address,
    desk::Desk,
    format,
    pages::jobs::capital,
    parts::states::{Empty, Partial},
};
use contract::models::{HistoryRow, requests::ModelReply};
use leptos::prelude::*;
use leptos_router::components::A;

#[component]
pub fn History(model: ModelReply) -> impl IntoView {
    let ModelReply { detail, mut notices, .. } = model;
    notices.extend(detail.notices);
    let rows = detail.history;
    let empty = rows.is_empty();
    let modified = detail.modified.map(|at| {
        let by = detail.modified_by.map(|by| format!(" by {by}")).unwrap_or_default();
        (at, by)
    });
    view! {
        <Partial notices=Signal::stored(notices) />
        {empty.then(|| view! { <Empty title="No history" text="Neither CloudTrail, the lineage nor our own audit log tells of this version as far back as they reach." icon="history" /> })}
        {detail.comment.map(|comment| view! {
            <div class="verdict">
                <p class="dim small">"Comment of the last decision"</p>
                <p class="selectable wrap">{comment}</p>
            </div>
        })}
        {(!empty).then(|| view! {
            <ol class="moments model-history" role="list" aria-label="History">
                {rows.into_iter().map(|row| view! { <Moment row /> }).collect_view()}
            </ol>
        })}
        {modified.map(|(at, by)| view! { <p class="dim small" title=format::hover_time(at)>{format!("Last modified {}{by}.", format::relative(at, format::now()))}</p> })}
    }
}

#[component]
fn Moment(row: HistoryRow) -> impl IntoView {
    let desk = Desk::get();
    let HistoryRow { at, what, by, comment, from, operation, sources } = row;
    let told = sources.into_iter().map(contract::models::HistorySource::word).collect::<Vec<_>>().join(", ");
    view! {
        <li>
            <time class="mono dim" datetime=format::iso(at) title=format::hover_time(at)>{move || format::time(at, desk.zone())}</time>
            <span class="dim">{told}</span>
            <div class="wrap">
                <strong>{capital(&what)}</strong>
                {by.map(|by| format!(" by {}", format::visible(&by)))}
                {from.map(|from| view! { <span class="dim">{format!(", from {}", format::visible(&from))}</span> })}
                {operation.map(|id| view! { " " <A href=address::operation(&id.0) attr:class="link">"Receipt"</A> })}
                {comment.map(|comment| view! { <p class="soft selectable">{comment}</p> })}
            </div>
        </li>
    }
}
