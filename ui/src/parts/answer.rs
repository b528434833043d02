//! One answer of the core, asked for once it is wanted, again on demand, and again when the session moves.

use crate::{
    bridge,
    desk::Desk,
    keys::{self, Action},
    parts::{fault::FaultView, states::Skeleton},
};
use contract::{Code, Command, Fault};
use leptos::{prelude::*, task::spawn_local};

/// What was told last, and why nothing newer was.
pub struct Answer<T: Send + Sync + 'static> {
    pub told: RwSignal<Option<T>>,
    pub fault: RwSignal<Option<Fault>>,
    pub busy: RwSignal<bool>,
    again: RwSignal<u64>,
}

// Derived, it would be `Copy` only for answers that are.
#[allow(clippy::expl_impl_clone_on_copy)]
impl<T: Send + Sync + 'static> Clone for Answer<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Answer<T> {}

impl<T: Clone + Send + Sync + 'static> Answer<T> {
    /// Asks again; what was told stays until there is another answer.
    pub fn look(self) {
        self.again.update(|count| *count += 1);
    }

    /// The fault, with a way to try again; bars until there is an answer. Nothing once there is one.
    pub fn waiting(self, rows: usize) -> AnyView {
        view! {
            {move || self.fault.get().map(|fault| view! { <FaultView fault retry=Callback::new(move |()| self.look()) /> })}
            {move || (self.told.with(Option::is_none) && self.fault.with(Option::is_none)).then(|| view! { <Skeleton rows /> })}
        }
        .into_any()
    }
}

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

/// True from the first time that `wanted` is: what is asked for once somebody looks.
pub fn once(wanted: impl Fn() -> bool + Send + Sync + 'static) -> Memo<bool> {
    Memo::new(move |was: Option<&bool>| was.copied().unwrap_or_default() || wanted())
}

/// Asks whenever the request is another, the session moves, [`Answer::look`] is called, or `r` is pressed on a page that
/// provides [`Refreshes`]. `None` asks nothing. The answer to another request, or of another session, goes at once.
pub fn use_answer<C>(request: impl Fn() -> Option<C> + 'static) -> Answer<C::Reply>
where
    C: Command + PartialEq + Clone + 'static,
    C::Reply: Clone + Send + Sync + 'static,
{
    ask(request, false)
}

/// The same for requests that differ in how the answer is drawn (its width, its zone, its range): the answer to the one before
/// stays until there is another, or the session moves.
pub fn use_answer_over_range<C>(request: impl Fn() -> Option<C> + 'static) -> Answer<C::Reply>
where
    C: Command + PartialEq + Clone + 'static,
    C::Reply: Clone + Send + Sync + 'static,
{
    ask(request, true)
}

fn ask<C>(request: impl Fn() -> Option<C> + 'static, keeps: bool) -> Answer<C::Reply>
where
    C: Command + PartialEq + Clone + 'static,
    C::Reply: Clone + Send + Sync + 'static,
{
    let desk = Desk::get();
    let answer = Answer {
        told: RwSignal::new(None),
        fault: RwSignal::new(None),
        busy: RwSignal::new(false),
        again: RwSignal::new(0),
    };
    let ticket = StoredValue::new(0_u64);
    let page = use_context::<Refreshes>();
    Effect::new(move |before: Option<(Option<C>, u64)>| {
        let wanted = request();
        answer.again.track();
        Refreshes::track(page);
        let now = desk.generation();
        let mine = ticket.get_value() + 1;
        ticket.set_value(mine);
        // Another account's answer never stays under the name of this one.
        if before.is_none_or(|(asked, then)| then != now || (!keeps && asked != wanted)) {
            answer.told.set(None);
            answer.fault.set(None);
        }
        answer.busy.set(wanted.is_some());
        let Some(asked) = wanted.clone() else { return (wanted, now) };
        spawn_local(async move {
            let reply = bridge::call(asked).await;
            // The page has gone on, or asked for something else meanwhile.
            if ticket.try_get_value() != Some(mine) {
                return;
            }
            answer.busy.set(false);
            match reply {
                Ok(told) => {
                    answer.fault.set(None);
                    answer.told.set(Some(told));
                }
                Err(fault) => {
                    if fault.code == Code::SignIn {
                        desk.ask_sign_in_then(fault.clone(), Callback::new(move |()| answer.look()));
                    }
                    answer.fault.set(Some(fault));
                }
            }
        });
        (wanted, now)
    });
    answer
}
