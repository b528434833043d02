//! The answer to one question, asked again by `r`, after a fault, and when the session moves.

use crate::{
    bridge,
    desk::Desk,
    keys::{self, Action},
};
use contract::{Code, Command, Fault};
use leptos::{prelude::*, task::spawn_local};

/// The answer, why there is none, and what asks again.
pub type Answer<T> = (RwSignal<Option<T>>, RwSignal<Option<Fault>>, Callback<()>);

pub fn use_answer<C>(request: C) -> Answer<C::Reply>
where
    C: Command + Clone + 'static,
    C::Reply: Send + Sync + 'static,
{
    let desk = Desk::get();
    let (answer, fault) = (RwSignal::new(None::<C::Reply>), RwSignal::new(None::<Fault>));
    let again = RwSignal::new(0_u64);
    let ask = Callback::new(move |()| again.update(|count| *count += 1));
    Effect::new(move |_| {
        again.track();
        desk.generation();
        let request = request.clone();
        spawn_local(async move {
            match bridge::call(request).await {
                Ok(read) => {
                    fault.try_set(None);
                    answer.try_set(Some(read));
                }
                Err(refused) => {
                    if refused.code == Code::SignIn {
                        desk.ask_sign_in_then(refused.clone(), ask);
                    }
                    fault.try_set(Some(refused));
                }
            }
        });
    });
    keys::on(Action::Refresh, move || ask.run(()));
    (answer, fault, ask)
}
