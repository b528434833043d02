//! The general settings, where what is kept of them cannot be read: nothing is kept over it until the person chooses.

use super::set_aside::Aside;
use crate::{bridge, desk::Desk, parts::fault::FaultView};
use contract::{Fault, session::Hello, settings::Stored};
use leptos::{prelude::*, task::spawn_local};

#[component]
pub fn General() -> impl IntoView {
    let desk = Desk::get();
    let fault = RwSignal::new(None::<Fault>);
    // Where the old text is stays to be read once it was set aside.
    let shown = RwSignal::new(false);
    Effect::new(move |_| {
        let told =
            desk.greeting.with(|greeting| greeting.as_ref().and_then(|greeting| greeting.settings_fault.clone()));
        if told.is_some() {
            shown.set(true);
        }
        fault.set(told);
    });
    let again = Callback::new(move |()| {
        spawn_local(async move {
            match bridge::call(Hello {}).await {
                Ok(greeting) => desk.apply(greeting),
                Err(why) => desk.problem.set(Some(why)),
            }
        });
    });
    view! {
        <Show when=move || shown.get()>
            <section class="section" aria-labelledby="general-title">
                <h2 id="general-title">"General settings"</h2>
                <Show when=move || fault.read().is_some()>
                    <p class="soft">"Look, keys and what is watched: what could be read of them holds, the rest is at its default. No change is kept while this stands."</p>
                </Show>
                {move || fault.get().map(|fault| view! { <FaultView fault /> })}
                <Aside stored=Stored::Settings fault again />
            </section>
        </Show>
    }
}
