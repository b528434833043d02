//! What the pipeline's two ends have to do with the failure: the loads that failed, the replication tasks that bring its
//! inputs.

use crate::{
    address,
    desk::Desk,
    format,
    parts::{
        load_errors::{LoadErrorList, ShowLoadErrors},
        quote::Quote,
    },
};
use contract::{ends::EndId, incident::EndEvidence};
use leptos::prelude::*;
use leptos_router::components::A;

#[component]
pub fn Ends(#[prop(into)] ends: Signal<Vec<EndEvidence>>) -> impl IntoView {
    // What was asked for stays on screen while the rest of the incident is still told.
    let ends = Memo::new(move |_| ends.get());
    view! {
        <ul class="plain-list inputs" role="list" aria-label="Loads and replication">
            {move || {
                ends.get()
                    .into_iter()
                    .map(|one| {
                        let id = one.id.to_string();
                        view! { <li data-id=id><OneEnd one /></li> }
                    })
                    .collect_view()
            }}
        </ul>
    }
}

#[component]
fn OneEnd(one: EndEvidence) -> impl IntoView {
    let desk = Desk::get();
    let EndEvidence { id, title, text, confidence, at, evidence, errors, asks } = one;
    let href = address::end(&id);
    let title = format::one_line(&title);
    let statement = match &id {
        EndId::Statement(id) => Some(id.clone()),
        EndId::Task(_) => None,
    };
    // Rows that are listed need not be quoted as well.
    let evidence = if errors.is_some() { Vec::new() } else { evidence };
    let sure = format!("{confidence} % sure that it has to do with it");
    view! {
        <p><A href=href attr:class="link wrap">{title}</A></p>
        <p class="soft selectable">{text}</p>
        {evidence
            .into_iter()
            .map(|quote| view! { <Quote line=quote.line place=quote.place /> })
            .collect_view()}
        {errors.map(|errors| view! { <LoadErrorList errors /> })}
        {statement.zip(asks).map(|(statement, sets_off)| view! { <ShowLoadErrors statement sets_off /> })}
        <p class="dim small">
            {sure}
            {at.map(|at| view! { ", " {move || format::time_full(at, desk.zone())} })}
        </p>
    }
}
