//! What the signatures know of a task or statement, and the commands that show it.

use crate::{
    desk::Desk,
    pages::jobs::list::capital,
    parts::{
        quote::Quote,
        status::{Status, of_severity, severity_frame},
    },
};
use contract::{incident::QuotePlace, jobs::diagnosis::Finding, logs::StreamLog};
use leptos::prelude::*;

/// Lines of its evidence count in `log`.
#[component]
pub fn FindingCard(finding: Finding, #[prop(optional_no_strip)] log: Option<StreamLog>) -> impl IntoView {
    let desk = Desk::get();
    let sure = format!("{} % sure", finding.confidence);
    let class = severity_frame(finding.severity);
    let (shape, word) = of_severity(finding.severity);
    let retry = format!("Run as it is, {}.", finding.retry.words());
    let doc = finding.doc.clone();
    view! {
        <article class="finding" data-id=finding.signature.clone()>
            <div class=class>
                <p><strong>{finding.title.clone()}</strong></p>
                <p class="soft selectable">{finding.remedy.clone()}</p>
                <p>{retry}</p>
                <p class="dim small"><Status shape word /> ", " {sure}</p>
            </div>
            {finding
                .evidence
                .into_iter()
                .map(|line| {
                    let place = log.as_ref().and_then(|log| QuotePlace::in_stream(&line, log));
                    view! { <Quote line place /> }
                })
                .collect_view()}
            {doc.map(|doc| {
                let copied = doc.clone();
                view! {
                    <p class="dim small">
                        "More: "
                        <button type="button" class="link" title="Copy the address" on:click=move |_| desk.copy(copied.clone(), "the address")>{doc}</button>
                    </p>
                }
            })}
        </article>
    }
}

/// Commands to copy, and the page of the console.
#[component]
pub fn Commands(commands: Vec<(String, String)>, console: String) -> impl IntoView {
    let desk = Desk::get();
    view! {
        <h3 class="part-title">"Commands"</h3>
        {commands
            .into_iter()
            .map(|(what, line)| {
                let copied = line.clone();
                view! {
                    <p class="dim">{capital(&what)}</p>
                    <pre class="code selectable" tabindex="0" aria-label="Command">{line}</pre>
                    <button type="button" class="btn quiet" on:click=move |_| desk.copy(copied.clone(), "the command")>"Copy command"</button>
                }
            })
            .collect_view()}
        <button type="button" class="btn quiet" on:click=move |_| desk.copy(console.clone(), "the console's address")>"Copy the console's address"</button>
    }
}
