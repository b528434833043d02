//! The incident as a document for people without this program: a file in one of two ways, or text for a ticket.

use crate::{
    bridge,
    desk::Desk,
    parts::{
        export::{SaveDialog, Saved},
        segmented::Segmented,
    },
};
use contract::incident::{CopyIncident, ExportFormat, ExportIncident, Incident};
use leptos::{prelude::*, task::spawn_local};

const FORMATS: [(ExportFormat, &str); 2] = [(ExportFormat::Html, "HTML"), (ExportFormat::Markdown, "Markdown")];

/// The two buttons below what can be done. What is not found out yet is said in the document.
#[component]
pub fn Export(execution: String, incident: RwSignal<Option<Incident>>) -> impl IntoView {
    let desk = Desk::get();
    let open = RwSignal::new(false);
    let asked = StoredValue::new(execution);
    let unknown = Memo::new(move |_| incident.with(Option::is_none));
    let why_not = move || unknown.get().then_some("Nothing is known of the incident yet");
    let copy = move |_| {
        spawn_local(async move {
            match bridge::call(CopyIncident { execution: asked.get_value() }).await {
                Ok(()) => desk.say("Copied the incident as Markdown"),
                Err(fault) => desk.say(format!("Could not copy the incident: {}", fault.title)),
            }
        });
    };
    view! {
        <div class="acts">
            <button type="button" class="btn" title=why_not disabled=move || unknown.get() on:click=copy>"Copy as Markdown"</button>
            <button type="button" class="btn" title=why_not disabled=move || unknown.get() on:click=move |_| open.set(true)>"Export incident…"</button>
        </div>
        <ExportDialog open asked incident />
    }
}

#[component]
fn ExportDialog(
    open: RwSignal<bool>,
    asked: StoredValue<String>,
    incident: RwSignal<Option<Incident>>,
) -> impl IntoView {
    let way = RwSignal::new(ExportFormat::Html);
    let save = Callback::new(move |path: Option<String>| -> Saved {
        let format = way.get_untracked();
        Box::pin(bridge::call(ExportIncident { execution: asked.get_value(), format, path }))
    });
    let missing = Memo::new(move |_| {
        incident.with(|incident| {
            let looking = &incident.as_ref()?.looking;
            (!looking.is_empty()).then(|| format!("Still being read, and missing in the file: {}.", looking.join(", ")))
        })
    });
    view! {
        <SaveDialog name="Export incident" open save brief=true>
            <Segmented name="Format" choices=FORMATS.to_vec() chosen=way on_choose=Callback::new(move |chosen: ExportFormat| way.set(chosen)) />
            <p class="dim">"One file that needs nothing else. Secrets are covered."</p>
            {move || missing.get().map(|text| view! { <p class="warn">{text}</p> })}
        </SaveDialog>
    }
}
