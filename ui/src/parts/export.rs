//! What a page shows as a file, and a chart as a picture: a button, and the dialog that asks in which format and where.

use crate::{
    bridge,
    desk::Desk,
    format,
    parts::{
        dialog::{CloseButton, Dialog},
        fault::FaultView,
        segmented::Segmented,
        states::Partial,
    },
};
use contract::{
    Fault, Notice,
    exports::{ExportReport, FileFormat, SaveChart, SaveEvidence, Subject},
    incident::Exported,
};
use leptos::{html, prelude::*, task::spawn_local};
use std::pin::Pin;

const FORMATS: [(FileFormat, &str); 3] =
    [(FileFormat::Html, "HTML"), (FileFormat::Csv, "CSV"), (FileFormat::Png, "PNG")];

/// The answer of the core to what is saved, once it is there.
pub type Saved = Pin<Box<dyn Future<Output = Result<Exported, Fault>>>>;

/// There is nothing to save any more.
fn nothing() -> Saved {
    Box::pin(async { Ok(Exported { path: None, bytes: 0, notices: Vec::new() }) })
}

fn words(way: FileFormat) -> &'static str {
    match way {
        FileFormat::Html => "One file that needs nothing else: all tables and charts. Secrets are covered.",
        FileFormat::Csv => "Every number with all its digits, a row each. Secrets are covered.",
        FileFormat::Png => "The charts beneath each other, on white.",
    }
}

/// `name` is that of the dialog, verb and noun; without a subject there is nothing to export yet.
#[component]
pub fn Export(name: &'static str, #[prop(into)] subject: Signal<Option<Subject>>) -> impl IntoView {
    let open = RwSignal::new(false);
    let unknown = Memo::new(move |_| subject.with(Option::is_none));
    let way = RwSignal::new(FileFormat::Html);
    let save = Callback::new(move |path: Option<String>| -> Saved {
        let format = way.get_untracked();
        match subject.get_untracked() {
            Some(subject) => Box::pin(bridge::call(ExportReport { subject, format, path })),
            None => nothing(),
        }
    });
    view! {
        <button
            type="button"
            class="btn"
            aria-haspopup="dialog"
            title=move || unknown.get().then_some("Nothing is read yet")
            disabled=move || unknown.get()
            on:click=move |_| open.set(true)
        >
            "Export…"
        </button>
        <SaveDialog name open save>
            <Segmented name="Format" choices=FORMATS.to_vec() chosen=way on_choose=Callback::new(move |chosen: FileFormat| way.set(chosen)) />
            <p class="dim">{move || words(way.get())}</p>
        </SaveDialog>
    }
}

/// Of the chart that the desk names. It stands over the page.
#[component]
pub fn SavePicture() -> impl IntoView {
    let desk = Desk::get();
    let open = RwSignal::new(false);
    Effect::new(move |_| {
        if desk.picture.with(Option::is_some) {
            open.set(true);
        }
    });
    Effect::new(move |was: Option<bool>| {
        let is = open.get();
        if was == Some(true) && !is {
            desk.picture.set(None);
        }
        is
    });
    let save = Callback::new(move |path: Option<String>| -> Saved {
        match desk.picture.get_untracked() {
            Some(chart) => Box::pin(bridge::call(SaveChart { chart: Box::new(chart), path })),
            None => nothing(),
        }
    });
    view! {
        <SaveDialog name="Save picture" open save>
            <p class="dim">"The chart with its caption and key, on white, twice as large as here."</p>
        </SaveDialog>
    }
}

/// What a decision on a version rests on, as one zip. Without the digest of what is shown, all of it is looked at anew.
#[component]
pub fn EvidenceBundle(arn: String, evidence: Option<String>) -> impl IntoView {
    let open = RwSignal::new(false);
    let asked = StoredValue::new((arn, evidence));
    let save = Callback::new(move |path: Option<String>| -> Saved {
        let (arn, evidence) = asked.get_value();
        Box::pin(bridge::call(SaveEvidence { arn, evidence, path }))
    });
    view! {
        <button type="button" class="btn" aria-haspopup="dialog" on:click=move |_| open.set(true)>
            "Save evidence bundle…"
        </button>
        <SaveDialog name="Save evidence bundle" open save>
            <p class="dim">"One zip with the files of the evidence as they are, the ledger behind its digest, gates, comparison, comment, signatures and history. Its sums can be checked without this program."</p>
        </SaveDialog>
    }
}

/// Asks where a file goes. Its children say what it holds, and ask for what is still to be chosen.
#[component]
pub fn SaveDialog(
    name: &'static str,
    open: RwSignal<bool>,
    /// Without a path, the system's dialog asks for one.
    save: Callback<Option<String>, Saved>,
    /// It closes once the file is written, instead of saying where that stands.
    #[prop(optional)]
    brief: bool,
    children: ChildrenFn,
) -> impl IntoView {
    let desk = Desk::get();
    let path = RwSignal::new(String::new());
    let fault = RwSignal::new(None::<Fault>);
    let busy = RwSignal::new(false);
    let saved = RwSignal::new(None::<(String, u64, Vec<Notice>)>);
    let children = StoredValue::new(children);
    Effect::new(move |_| {
        if open.get() {
            fault.set(None);
            saved.set(None);
        }
    });
    let send = move |path: Option<String>| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        fault.set(None);
        let answer = save.run(path);
        spawn_local(async move {
            let answer = answer.await;
            busy.try_set(false);
            match answer {
                Ok(Exported { path: Some(path), bytes, notices }) => {
                    desk.say(format!("Saved {} to {path}", format::size(bytes)));
                    if brief && notices.is_empty() {
                        open.try_set(false);
                    } else {
                        saved.try_set(Some((path, bytes, notices)));
                    }
                }
                // The person closed the system's dialog.
                Ok(Exported { path: None, .. }) => {}
                Err(why) => {
                    fault.try_set(Some(why));
                }
            }
        });
    };
    view! {
        <Dialog name open>
            {move || match saved.get() {
                Some((path, bytes, notices)) => view! { <Done name path bytes notices open /> }.into_any(),
                None => view! {
                    <form
                        class="confirm-form"
                        on:submit=move |event| {
                            event.prevent_default();
                            send(Some(path.get_untracked()).filter(|path| !path.trim().is_empty()));
                        }
                    >
                        <h2>{name}</h2>
                        {children.with_value(|children| children())}
                        <label class="field">
                            <span>"Folder or file"</span>
                            <input
                                class="mono"
                                type="text"
                                aria-label="Folder or file"
                                autofocus
                                placeholder="~/Downloads"
                                autocomplete="off"
                                spellcheck="false"
                                prop:value=path
                                on:input:target=move |event| path.set(event.target().value())
                            />
                        </label>
                        <p class="dim">"A file that is there already is kept: the new one gets a number."</p>
                        {move || fault.get().map(|fault| view! { <FaultView fault /> })}
                        <div class="dialog-foot">
                            <CloseButton open />
                            <button type="button" class="btn" disabled=move || busy.get() on:click=move |_| send(None)>"Choose…"</button>
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
                }
                    .into_any(),
            }}
        </Dialog>
    }
}

/// Where it stands now.
#[component]
fn Done(name: &'static str, path: String, bytes: u64, notices: Vec<Notice>, open: RwSignal<bool>) -> impl IntoView {
    let desk = Desk::get();
    let copied = path.clone();
    // The form had the focus, and it is gone.
    let close = NodeRef::<html::Button>::new();
    Effect::new(move |_| {
        if let Some(close) = close.get() {
            let _ = close.focus();
        }
    });
    view! {
        <div class="confirm-form">
            <h2>{name}</h2>
            <p>{format!("Saved {}:", format::size(bytes))}</p>
            <p class="mono selectable">{format::visible(&path)}</p>
            <Partial notices=Signal::stored(notices) />
            <div class="dialog-foot">
                <button type="button" class="btn" on:click=move |_| desk.copy(copied.clone(), "the path")>"Copy path"</button>
                <button type="button" class="btn go" node_ref=close on:click=move |_| open.set(false)>"Close"</button>
            </div>
        </div>
    }
}
