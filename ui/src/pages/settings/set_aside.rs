//! The way on where what is kept for the open profile cannot be read: its text is set aside, and Settings begin anew.

use crate::{bridge, desk::Desk, parts::fault::FaultView};
use contract::{
    Code, Fault,
    settings::{SetAside, Stored},
};
use leptos::{html, prelude::*, task::spawn_local};

#[component]
pub fn Aside(
    stored: Stored,
    /// Why it could not be read.
    fault: RwSignal<Option<Fault>>,
    /// Reads it again.
    again: Callback<()>,
) -> impl IntoView {
    let desk = Desk::get();
    let refused = RwSignal::new(None::<Fault>);
    let kept = RwSignal::new(None::<String>);
    let busy = RwSignal::new(false);
    let said = NodeRef::<html::P>::new();
    let unreadable =
        Memo::new(move |_| fault.with(|fault| fault.as_ref().is_some_and(|fault| fault.code == Code::Unreadable)));
    Effect::new(move |_| {
        // What was said of one profile says nothing of another.
        desk.generation();
        kept.set(None);
        refused.set(None);
    });
    let set_aside = move |_| {
        busy.set(true);
        refused.set(None);
        spawn_local(async move {
            let answer = bridge::call(SetAside { stored }).await;
            if busy.try_set(false).is_some() {
                // The page is gone.
                return;
            }
            match answer {
                Ok(key) => {
                    if key.is_some() {
                        desk.say(format!("{} set aside", stored.title()));
                    }
                    kept.set(key);
                    // The button goes, and with it the focus.
                    request_animation_frame(move || {
                        if let Some(said) = said.try_get_untracked().flatten() {
                            let _ = said.focus();
                        }
                    });
                    again.run(());
                }
                Err(why) => refused.set(Some(why)),
            }
        });
    };
    view! {
        <Show when=move || unreadable.get()>
            <p class="soft">
                {format!("Setting aside keeps the text in the same table under another key, and begins with {}.", stored.fresh())}
            </p>
            <div class="row">
                <button type="button" class="btn" disabled=move || busy.get() on:click=set_aside>
                    {format!("Set aside {}", stored.words())}
                </button>
            </div>
        </Show>
        {move || refused.get().map(|fault| view! { <FaultView fault /> })}
        {move || {
            kept.get().map(|key| view! {
                <p class="soft wrap" tabindex="-1" node_ref=said>"What could not be read is kept in table preferences, key "<span class="mono selectable">{key}</span>"."</p>
            })
        }}
    }
}
