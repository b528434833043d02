//! Access keys in the system keychain: which profiles have some, adding and removing them.

use super::add_keys::AddKeysForm;
use crate::{
    bridge,
    desk::Desk,
    parts::{
        dialog::{CloseButton, Dialog},
        fault::FaultView,
        icon::Icon,
    },
};
use contract::{
    Fault,
    session::{ProfileSource, RemoveKeys},
};
use leptos::{prelude::*, task::spawn_local};

#[component]
pub fn Keychain() -> impl IntoView {
    let desk = Desk::get();
    let adding = RwSignal::new(false);
    let removing = RwSignal::new(None::<String>);
    let kept = Memo::new(move |_| {
        desk.greeting.with(|greeting| {
            let profiles = greeting.iter().flat_map(|greeting| &greeting.profiles);
            profiles
                .filter(|profile| profile.source == ProfileSource::Keychain)
                .map(|profile| profile.name.clone())
                .collect::<Vec<_>>()
        })
    });
    let silent = Memo::new(move |_| {
        desk.greeting.with(|greeting| greeting.as_ref().and_then(|greeting| greeting.keychain.clone().err()))
    });
    view! {
        <section class="section" aria-labelledby="keychain-title">
            <div class="section-head">
                <h2 id="keychain-title">"System keychain"</h2>
                <Show when=move || !adding.get()>
                    <button
                        type="button"
                        class="btn"
                        disabled=move || silent.read().is_some()
                        title=move || silent.get()
                        on:click=move |_| adding.set(true)
                    >
                        <Icon name="plus" />
                        "Add access keys"
                    </button>
                </Show>
            </div>
            <p class="soft">
                "Keys typed here are kept by the keychain of this computer and by nothing else; they never come back into the window. Prefer SSO where you have it."
            </p>
            {move || {
                silent
                    .get()
                    .map(|why| {
                        view! {
                            <p class="notice warn">
                                <Icon name="triangle-alert" />
                                <span>"The system keychain does not answer, so no keys can be kept. " {why}</span>
                            </p>
                        }
                    })
            }}
            <ul class="entries" role="list" aria-label="Keychain entries">
                {move || {
                    kept.get()
                        .into_iter()
                        .map(|name| {
                            let label = format!("Remove keys of {name}");
                            let id = name.clone();
                            let data_id = name.clone();
                            view! {
                                <li class="entry" data-id=data_id>
                                    <Icon name="key" />
                                    <span>{name}</span>
                                    <button
                                        type="button"
                                        class="btn"
                                        aria-label=label
                                        on:click=move |_| removing.set(Some(id.clone()))
                                    >
                                        "Remove"
                                    </button>
                                </li>
                            }
                        })
                        .collect_view()
                }}
            </ul>
            <Show when=move || kept.read().is_empty() && silent.read().is_none() && !adding.get()>
                <p class="dim">"No keys are kept."</p>
            </Show>
            <Show when=move || adding.get() && silent.read().is_none()>
                <div class="card">
                    <AddKeysForm on_done=move |()| adding.set(false) on_cancel=Callback::new(move |()| adding.set(false)) />
                </div>
            </Show>
            <Remove name=removing />
        </section>
    }
}

#[component]
fn Remove(name: RwSignal<Option<String>>) -> impl IntoView {
    let desk = Desk::get();
    let open = RwSignal::new(false);
    let fault = RwSignal::new(None::<Fault>);
    Effect::new(move |_| {
        if name.with(Option::is_some) {
            fault.set(None);
            open.set(true);
        }
    });
    let shown = move || name.get().unwrap_or_default();
    let act = move |_| {
        let removed = name.get_untracked().unwrap_or_default();
        spawn_local(async move {
            match bridge::call(RemoveKeys { name: removed.clone() }).await {
                Ok(greeting) => {
                    open.set(false);
                    name.set(None);
                    desk.apply(greeting);
                    desk.say(format!("Removed the keys of {removed}"));
                }
                Err(why) => fault.set(Some(why)),
            }
        });
    };
    view! {
        <Dialog name=Signal::derive(move || format!("Remove keys of {}", shown())) open>
            <h2>{move || format!("Remove keys of {}", shown())}</h2>
            <p class="soft">
                "The profile goes from this window, and its keys from the system keychain. Keys that you do not have elsewhere have to be made anew in IAM."
            </p>
            {move || fault.get().map(|fault| view! { <FaultView fault /> })}
            <div class="dialog-foot">
                <CloseButton open />
                <button type="button" class="btn bad" on:click=act>
                    "Remove keys"
                </button>
            </div>
        </Dialog>
    }
}
