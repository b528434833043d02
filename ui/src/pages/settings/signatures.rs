//! The person's own signatures: what is kept, what is wrong with a file, edit and delete.

use crate::{
    bridge,
    desk::Desk,
    format,
    parts::{
        dialog::{CloseButton, Dialog},
        fault::FaultView,
        icon::Icon,
        signature_form::SignatureForm,
    },
};
use contract::{
    Fault,
    logs::LineAt,
    signatures::{DeleteSignatures, KeptDraft, ListSignatures, OwnSignatures, SignatureFile},
};
use leptos::{prelude::*, task::spawn_local};

#[component]
pub fn Signatures() -> impl IntoView {
    let desk = Desk::get();
    let own = RwSignal::new(None::<OwnSignatures>);
    let fault = RwSignal::new(None::<Fault>);
    let ask = Callback::new(move |()| {
        spawn_local(async move {
            match bridge::call(ListSignatures {}).await {
                Ok(all) => {
                    fault.try_set(None);
                    own.try_set(Some(all));
                }
                Err(refused) => {
                    fault.try_set(Some(refused));
                }
            }
        });
    });
    ask.run(());
    let (editing, deleting) = (RwSignal::new(None::<KeptDraft>), RwSignal::new(None::<SignatureFile>));
    let folder = move || own.with_untracked(|own| own.as_ref().map(|own| own.folder.clone()).unwrap_or_default());
    view! {
        <section class="section" aria-labelledby="signatures-title">
            <div class="section-head">
                <h2 id="signatures-title">"Your signatures"</h2>
                <button type="button" class="btn" on:click=move |_| desk.copy(folder(), "the folder of your signatures")>
                    <Icon name="copy" />
                    "Copy folder"
                </button>
            </div>
            <p class="soft">
                "Failures of your own jobs by their lines. In a log, put the cursor on a line and press m. Files that you write by hand go into the folder."
            </p>
            {move || fault.get().map(|fault| view! { <FaultView fault retry=ask /> })}
            <ul role="list" class="entries" aria-label="Your signatures">
                {move || own.with(|own| own.as_ref().map(|own| {
                    own.files.iter().cloned().map(|file| view! { <File file editing deleting /> }).collect_view()
                }))}
            </ul>
            <Show when=move || own.with(|own| own.as_ref().is_some_and(|own| own.files.is_empty()))>
                <p class="dim">"None yet."</p>
            </Show>
            <Edit kept=editing own />
            <Delete file=deleting own />
        </section>
    }
}

#[component]
fn File(
    file: SignatureFile,
    editing: RwSignal<Option<KeptDraft>>,
    deleting: RwSignal<Option<SignatureFile>>,
) -> impl IntoView {
    let titles: Vec<String> = file.signatures.iter().map(|one| one.title.clone()).collect();
    let shown = if titles.is_empty() { file.name.clone() } else { titles.join(", ") };
    let (name, data_id) = (file.name.clone(), file.name.clone());
    let faults = file.faults.clone();
    let by_hand = file.draft.is_none() && faults.is_empty();
    let kept = file.draft.clone().map(|draft| KeptDraft { file: file.name.clone(), draft });
    let (edit_label, delete_label) = (format!("Edit {shown}"), format!("Delete {}", file.name));
    let doomed = StoredValue::new(file);
    view! {
        <li class="entry" data-id=data_id>
            <Icon name=if faults.is_empty() { "tag" } else { "triangle-alert" } />
            <div class="entry-text">
                <span>{format::visible(&shown)}</span>
                <span class="dim mono">{name}</span>
                {by_hand.then(|| view! { <span class="dim">"Written by hand: edit the file."</span> })}
                {faults.into_iter().map(|fault| view! { <span class="bad selectable">{fault}</span> }).collect_view()}
            </div>
            {kept.map(|kept| {
                let kept = StoredValue::new(kept);
                view! { <button type="button" class="btn" aria-label=edit_label on:click=move |_| editing.set(Some(kept.get_value()))>"Edit"</button> }
            })}
            <button type="button" class="btn" aria-label=delete_label on:click=move |_| deleting.set(Some(doomed.get_value()))>"Delete"</button>
        </li>
    }
}

#[component]
fn Edit(kept: RwSignal<Option<KeptDraft>>, own: RwSignal<Option<OwnSignatures>>) -> impl IntoView {
    let open = RwSignal::new(false);
    Effect::new(move |_| {
        if kept.with(Option::is_some) {
            open.set(true);
        }
    });
    view! {
        <Dialog name="Edit a signature" open wide=true>
            <h2>"Edit a signature"</h2>
            {kept.get_untracked().map(|was| view! {
                <SignatureForm
                    start=was.draft.clone()
                    was=Some(was)
                    log=None
                    open
                    kept=|_| ()
                    on_saved=move |all| own.set(Some(all))
                    on_go=|_: LineAt| ()
                />
            })}
        </Dialog>
    }
}

#[component]
fn Delete(file: RwSignal<Option<SignatureFile>>, own: RwSignal<Option<OwnSignatures>>) -> impl IntoView {
    let desk = Desk::get();
    let open = RwSignal::new(false);
    let fault = RwSignal::new(None::<Fault>);
    Effect::new(move |_| {
        if file.with(Option::is_some) {
            fault.set(None);
            open.set(true);
        }
    });
    let name = move || file.with(|file| file.as_ref().map(|file| file.name.clone()).unwrap_or_default());
    let holds = move || {
        let count = file.with(|file| file.as_ref().map_or(0, |file| file.signatures.len()));
        match count {
            0 => "No signature in it can be used.".to_owned(),
            count => format!("It holds {}.", format::counted(count as u64, "signature", "signatures")),
        }
    };
    let act = move |_| {
        let file = untrack(name);
        spawn_local(async move {
            match bridge::call(DeleteSignatures { file: file.clone() }).await {
                Ok(all) => {
                    open.set(false);
                    own.set(Some(all));
                    desk.say(format!("Deleted {file}"));
                }
                Err(why) => fault.set(Some(why)),
            }
        });
    };
    view! {
        <Dialog name=Signal::derive(move || format!("Delete {}", name())) open>
            <h2>{move || format!("Delete {}", name())}</h2>
            <p class="soft">{holds}" The file is removed from this computer."</p>
            {move || fault.get().map(|fault| view! { <FaultView fault /> })}
            <div class="dialog-foot">
                <CloseButton open />
                <button type="button" class="btn bad" on:click=act>"Delete file"</button>
            </div>
        </Dialog>
    }
}
