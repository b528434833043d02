//! What belongs to another profile or region than the one that is open: the window moves there before it opens it.

use crate::desk::Desk;
use contract::settings::Place;
use leptos::{ev, prelude::*, task::spawn_local};
use leptos_router::{NavigateOptions, hooks::use_navigate};

/// Whether the window works in another place.
pub fn is_elsewhere(desk: Desk, place: &Place) -> bool {
    desk.session().is_some_and(|session| session.profile != place.profile || session.region != place.region)
}

/// Opens an address in its place, moving the session first if need be.
pub fn use_open() -> impl Fn(Place, String) + Clone + 'static {
    let desk = Desk::get();
    let navigate = use_navigate();
    move |place, address| {
        if !untrack(|| is_elsewhere(desk, &place)) {
            navigate(&address, NavigateOptions::default());
            return;
        }
        let navigate = navigate.clone();
        spawn_local(async move {
            match desk.move_to(&place).await {
                Ok(()) => {
                    desk.say(format!("The window works in {place} now"));
                    navigate(&address, NavigateOptions::default());
                }
                Err(fault) => desk.problem.set(Some(fault)),
            }
        });
    }
}

/// A link into a place.
#[component]
pub fn PlaceLink(place: Place, href: String, class: &'static str, children: Children) -> impl IntoView {
    let open = use_open();
    let to = href.clone();
    let on_click = move |event: ev::MouseEvent| {
        event.prevent_default();
        open(place.clone(), to.clone());
    };
    // The router listens at the top of the document, and leaves alone what was taken before it came there.
    view! { <a href=href class=class on:click=on_click>{children()}</a> }
}
