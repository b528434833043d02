//! The whole window: shared state, router, frame.

use crate::{
    desk::Desk,
    frame::Frame,
    keys,
    pages::{
        activity::Activity, executions, first_run::NeedsSession, lost::Lost, now, objects, settings::SettingsPage,
    },
};
use contract::now::WindowVisible;
use leptos::{prelude::*, task::spawn_local};
use leptos_router::{
    components::{FlatRoutes, Redirect, Route, Router},
    path,
};

#[component]
pub fn App() -> impl IntoView {
    let desk = Desk::provide();
    keys::listen(desk);
    desk.hello();
    tell_visibility();

    view! {
        <Router>
            <Frame>
                <FlatRoutes fallback=Lost>
                    <Route path=path!("/") view=|| view! { <Redirect path=crate::address::NOW /> } />
                    <Route path=path!("/now") view=|| view! { <NeedsSession><now::Now /></NeedsSession> } />
                    <Route path=path!("/executions") view=|| view! { <NeedsSession><executions::Machines /></NeedsSession> } />
                    <Route path=path!("/executions/list") view=|| view! { <NeedsSession><executions::ExecutionList /></NeedsSession> } />
                    <Route path=path!("/objects") view=|| view! { <NeedsSession><objects::Buckets /></NeedsSession> } />
                    <Route path=path!("/objects/:bucket") view=|| view! { <NeedsSession><objects::InBucket /></NeedsSession> } />
                    <Route path=path!("/activity") view=Activity />
                    <Route path=path!("/settings") view=SettingsPage />
                </FlatRoutes>
            </Frame>
        </Router>
    }
}

/// Tells the core when the window is hidden: what nobody looks at is not asked for again.
fn tell_visibility() {
    let handle = window_event_listener_untyped("visibilitychange", |_| {
        let visible = !document().hidden();
        spawn_local(async move {
            // Untold, the core goes on asking, which costs calls and no more.
            let _ = crate::bridge::call(WindowVisible { visible }).await;
        });
    });
    on_cleanup(move || handle.remove());
}
