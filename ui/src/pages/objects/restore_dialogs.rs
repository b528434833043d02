//! The dialogs behind the bar of a version: another key, by date, download.

use super::action_bar::{Causes, PlanButton, use_plan};
use crate::{
    bridge,
    desk::Desk,
    format,
    parts::{
        dialog::{CloseButton, Dialog},
        fault::FaultView,
        time_field::TimeField,
    },
};
use contract::{
    Fault,
    objects::{DownloadVersion, FindVersionAt, VersionAt},
    plan::{Action, Plan},
    restore::{Destination, Method, Pick, PlanRestore, RestoreItem},
};
use leptos::{prelude::*, task::spawn_local};

const TEMPLATE: &str = "archive/{yyyy}/{mm}/{name}_{date}{ext}";

fn request(bucket: &str, key: &str, pick: Pick, destination: Destination) -> PlanRestore {
    PlanRestore {
        bucket: bucket.to_owned(),
        items: vec![RestoreItem { key: key.to_owned(), folder: false, pick }],
        destination,
        method: Method::Copy,
    }
}

/// Restores a version under another key of the bucket, by template.
#[component]
pub fn OtherKey(
    open: RwSignal<bool>,
    bucket: String,
    key: String,
    version: String,
    on_plan: Callback<Plan>,
) -> impl IntoView {
    let template = RwSignal::new(TEMPLATE.to_owned());
    let wanted = Memo::new(move |_| {
        open.get()
            .then(|| request(&bucket, &key, Pick::Version(version.clone()), Destination::Template(template.get())))
    });
    let live = use_plan(wanted.into());
    let to_key = Memo::new(move |_| {
        live.plan.with(|plan| match plan {
            Some(Ok(plan)) => plan.steps.iter().find_map(|step| match &step.action {
                Action::Copy { to_key, .. } => Some(to_key.clone()),
                _ => None,
            }),
            _ => None,
        })
    });
    view! {
        <Dialog name="Restore to another key" open wide=true>
            <h2>"Restore to another key"</h2>
            <label class="field">
                <span>"Key, by template"</span>
                <input
                    class="mono"
                    type="text"
                    autofocus
                    autocomplete="off"
                    spellcheck="false"
                    aria-describedby="template-help"
                    prop:value=template
                    on:input:target=move |event| template.set(event.target().value())
                />
            </label>
            <p class="dim" id="template-help">
                "Fields: {dir} {name} {ext} {key} {yyyy} {mm} {dd} {hh} {min} {ss} {date} {time} {version} {etag}. Times are those of the version, UTC."
            </p>
            <dl class="kv">
                <dt>"Becomes"</dt>
                <dd class="mono wrap">{move || to_key.get().map_or_else(|| "—".to_owned(), |key| format::visible(&key))}</dd>
            </dl>
            <Causes live />
            <div class="dialog-foot">
                <CloseButton open />
                <PlanButton
                    live
                    verb=Signal::stored("Restore to this key".to_owned())
                    on_press=Callback::new(move |plan| {
                        open.set(false);
                        on_plan.run(plan);
                    })
                />
            </div>
        </Dialog>
    }
}

/// Restores the version that was current at a moment.
#[component]
pub fn ByDate(open: RwSignal<bool>, bucket: String, key: String, on_plan: Callback<Plan>) -> impl IntoView {
    let desk = Desk::get();
    let typed = RwSignal::new(String::new());
    let found = RwSignal::new(None::<Result<VersionAt, Fault>>);
    let ticket = StoredValue::new(0_u64);
    let asked = StoredValue::new((bucket.clone(), key.clone()));
    let look = move |at: String| {
        let mine = ticket.get_value() + 1;
        ticket.set_value(mine);
        typed.set(at.clone());
        // What was found for another moment must not be restored for this one.
        found.set(None);
        if at.trim().is_empty() {
            return;
        }
        let (bucket, key) = asked.get_value();
        let local = untrack(|| desk.zone()) == contract::settings::Zone::Local;
        let offset_minutes = if local { format::offset_minutes(format::now()) } else { 0 };
        spawn_local(async move {
            let answer = bridge::call(FindVersionAt { bucket, key, at, offset_minutes }).await;
            if ticket.try_get_value() == Some(mine) {
                found.set(Some(answer));
            }
        });
    };
    let wanted = Memo::new(move |_| {
        let version = found.with(|found| {
            found.as_ref().and_then(|found| found.as_ref().ok().map(|found| found.version.version_id.clone()))
        })?;
        open.get().then(|| request(&bucket, &key, Pick::Version(version), Destination::InPlace))
    });
    let live = use_plan(wanted.into());
    view! {
        <Dialog name="Restore by date" open wide=true>
            <h2>"Restore by date"</h2>
            <TimeField value=typed on_change=Callback::new(look) />
            {move || match found.get() {
                None => view! { <p class="dim">"The version that was current at that moment is looked up."</p> }.into_any(),
                Some(Err(fault)) => view! { <FaultView fault /> }.into_any(),
                Some(Ok(found)) => {
                    let stored = found.version.last_modified;
                    let size = found.version.size.map(format::size).unwrap_or_default();
                    view! {
                        <div class="verdict" class:bad=!found.exact>
                            <strong>{if found.exact { "This version was current." } else { "The nearest version, not an exact one." }}</strong>
                            " "
                            <span class="soft">{found.label.clone()}</span>
                        </div>
                        <dl class="kv">
                            <dt>"Moment"</dt>
                            <dd title=format::hover_time(found.at)>{move || format::time_full(found.at, desk.zone())}</dd>
                            <dt>"Stored"</dt>
                            <dd title=format::hover_time(stored)>{move || format::time_full(stored, desk.zone())}</dd>
                            <dt>"Size"</dt>
                            <dd>{size}</dd>
                            <dt>"Version"</dt>
                            <dd class="mono wrap">{found.version.version_id.clone()}</dd>
                        </dl>
                        <Causes live />
                    }
                        .into_any()
                }
            }}
            <div class="dialog-foot">
                <CloseButton open />
                <PlanButton
                    live
                    verb=Signal::stored("Restore this version".to_owned())
                    on_press=Callback::new(move |plan| {
                        open.set(false);
                        on_plan.run(plan);
                    })
                />
            </div>
        </Dialog>
    }
}

/// Saves a version as a file: a typed path, or the system's dialog.
#[component]
pub fn Download(open: RwSignal<bool>, bucket: String, key: String, version: String) -> impl IntoView {
    let desk = Desk::get();
    let path = RwSignal::new(String::new());
    let fault = RwSignal::new(None::<Fault>);
    let busy = RwSignal::new(false);
    let asked = StoredValue::new((bucket, key, version));
    let save = move |path: Option<String>| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        fault.set(None);
        let (bucket, key, version) = asked.get_value();
        spawn_local(async move {
            let saved = bridge::call(DownloadVersion { bucket, key, version_id: Some(version), path }).await;
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
    view! {
        <Dialog name="Download version" open>
            <form
                class="confirm-form"
                on:submit=move |event| {
                    event.prevent_default();
                    save(Some(path.get_untracked()).filter(|path| !path.trim().is_empty()));
                }
            >
                <h2>"Download version"</h2>
                <label class="field">
                    <span>"Folder or file"</span>
                    <input
                        class="mono"
                        type="text"
                        autofocus
                        placeholder="~/Downloads"
                        spellcheck="false"
                        prop:value=path
                        on:input:target=move |event| path.set(event.target().value())
                    />
                </label>
                <p class="dim">"A file that is there already is kept: the new one gets a number. The name never leaves the folder, whatever the key holds."</p>
                {move || fault.get().map(|fault| view! { <FaultView fault /> })}
                <div class="dialog-foot">
                    <CloseButton open />
                    <button type="button" class="btn" disabled=move || busy.get() on:click=move |_| save(None)>"Choose…"</button>
                    <button type="submit" class="btn go" disabled=move || busy.get() || path.read().trim().is_empty()>
                        {move || if busy.get() { "Saving…" } else { "Save file" }}
                    </button>
                </div>
            </form>
        </Dialog>
    }
}
