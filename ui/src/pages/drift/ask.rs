//! The answer to a question that changes while it is on screen (its width, its zone): the answer to the one before stays
//! until there is another.

use crate::{
    bridge,
    desk::Desk,
    keys::{self, Action},
};
use contract::{Code, Command, Fault};
use leptos::{prelude::*, task::spawn_local};

/// The answer, why there is none, and what asks again.
pub type Answer<T> = (RwSignal<Option<T>>, RwSignal<Option<Fault>>, Callback<()>);

/// Presses of `r` on a page with more than one question: all of them are asked again.
#[derive(Debug, Clone, Copy)]
pub struct Refreshes(RwSignal<u64>);

impl Refreshes {
    /// Makes `r` ask all questions of the page, which are those asked below this.
    pub fn provide() {
        let count = RwSignal::new(0_u64);
        provide_context(Self(count));
        keys::on(Action::Refresh, move || count.update(|count| *count += 1));
    }

    /// Called where a question is asked.
    pub fn track(page: Option<Self>) {
        if let Some(Self(count)) = page {
            count.track();
        }
    }
}

/// Asks what `request` gives, again when that changes, `r` is pressed or the session moves. Nothing is asked for `None`.
pub fn use_reply<C>(request: impl Fn() -> Option<C> + 'static) -> Answer<C::Reply>
where
    C: Command + 'static,
    C::Reply: Send + Sync + 'static,
{
    let desk = Desk::get();
    let (reply, fault) = (RwSignal::new(None::<C::Reply>), RwSignal::new(None::<Fault>));
    let again = RwSignal::new(0_u64);
    let ask = Callback::new(move |()| again.update(|count| *count += 1));
    let ticket = StoredValue::new(0_u64);
    let page = use_context::<Refreshes>();
    Effect::new(move |_| {
        again.track();
        Refreshes::track(page);
        desk.generation();
        let Some(request) = request() else { return };
        let mine = ticket.get_value() + 1;
        ticket.set_value(mine);
        spawn_local(async move {
            let answer = bridge::call(request).await;
            // The page has gone on, or asks something else by now.
            if ticket.try_get_value() != Some(mine) {
                return;
            }
            match answer {
                Ok(read) => {
                    fault.set(None);
                    reply.set(Some(read));
                }
                Err(refused) => {
                    if refused.code == Code::SignIn {
                        desk.ask_sign_in_then(refused.clone(), ask);
                    }
                    fault.set(Some(refused));
                }
            }
        });
    });
    (reply, fault, ask)
}
