//! What stands in the place of a page that needs a session until there is one.

use crate::{
    desk::Desk,
    pages::{later::page, settings},
    parts::states::Skeleton,
};
use leptos::prelude::*;

/// Shows a page that needs a session, or what stands in its place until there is one.
#[component]
pub fn NeedsSession(children: ChildrenFn) -> impl IntoView {
    let desk = Desk::get();
    let state = Memo::new(move |_| {
        if desk.greeting.with(Option::is_none) {
            return if desk.broken.with(Option::is_some) { State::Broken } else { State::Waiting };
        }
        if desk.session().is_some() { State::There } else { State::Missing }
    });
    move || match state.get() {
        State::Waiting => view! { <Skeleton rows=12 /> }.into_any(),
        // The frame shows why.
        State::Broken => ().into_any(),
        State::Missing => page(settings::load, settings::first_run)(),
        State::There => children().into_any(),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Waiting,
    Broken,
    Missing,
    There,
}
