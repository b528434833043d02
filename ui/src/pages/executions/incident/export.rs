//! The incident as a document for people without this program: a file in one of two ways, or text for a ticket.

use crate::{
    bridge,
    desk::Desk,
    format,
    parts::{
        dialog::{CloseButton, Dialog},
        fault::FaultView,
        segmented::Segmented,
    },
};
use contract::{
    Fault,
    incident::{CopyIncident, ExportFormat, ExportIncident, Incident},
};
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
    let desk = Desk::get();
    let path = RwSignal::new(String::new());
    let way = RwSignal::new(ExportFormat::Html);
    let fault = RwSignal::new(None::<Fault>);
    let busy = RwSignal::new(false);
    let save = move |path: Option<String>| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        fault.set(None);
        let request = ExportIncident { execution: asked.get_value(), format: way.get_untracked(), path };
        spawn_local(async move {
            let saved = bridge::call(request).await;
            busy.try_set(false);
            match saved {
                Ok(saved) => {
                    if let Some(path) = saved.path {
                        open.try_set(false);
                        desk.say(format!("Saved {} to {path}", format::size(saved.bytes)));
                    }
                }
                Err(why) => {
                    fault.try_set(Some(why));
                }
            }
        });
    };
    let missing = Memo::new(move |_| {
        incident.with(|incident| {
            let looking = &incident.as_ref()?.looking;
            (!looking.is_empty()).then(|| format!("Still being read, and missing in the file: {}.", looking.join(", ")))
        })
    });
    view! {
        <Dialog name="Export incident" open>
            <form
                class="confirm-form"
                on:submit=move |event| {
                    event.prevent_default();
                    save(Some(path.get_untracked()).filter(|path| !path.trim().is_empty()));
                }
            >
                <h2>"Export incident"</h2>
                <Segmented name="Format" choices=FORMATS.to_vec() chosen=way on_choose=Callback::new(move |chosen: ExportFormat| way.set(chosen)) />
                <label class="field">
                    <span>"Folder or file"</span>
                    <input
                        class="mono"
                        type="text"
                        aria-label="Folder or file"
                        autofocus
                        placeholder="~/Downloads"
                        spellcheck="false"
                        prop:value=path
                        on:input:target=move |event| path.set(event.target().value())
                    />
                </label>
                <p class="dim">"One file that needs nothing else. Secrets are covered. A file that is there already is kept: the new one gets a number."</p>
                {move || missing.get().map(|text| view! { <p class="warn">{text}</p> })}
                {move || fault.get().map(|fault| view! { <FaultView fault /> })}
                <div class="dialog-foot">
                    <CloseButton open />
                    <button type="button" class="btn" disabled=move || busy.get() on:click=move |_| save(None)>"Choose…"</button>
                    <button
                        type="submit"
                        class="btn go"
                        title=move || path.read().trim().is_empty().then_some("Type a folder or a file, or choose one")
                        disabled=move || busy.get() || path.read().trim().is_empty()
                    >
                        {move || if busy.get() { "Saving…" } else { "Save file" }}
                    </button>
                </div>
            </form>
        </Dialog>
    }
}
