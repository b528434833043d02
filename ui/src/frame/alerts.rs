//! A notification of the desktop that was pressed leads to its incident.

use crate::{
    address,
    bridge::{self, Listening},
    desk::Desk,
};
use contract::now::{AlertEvent, FollowAlerts};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::{NavigateOptions, hooks::use_navigate};

/// Listens as long as the window lives.
pub fn follow(desk: Desk) {
    let navigate = use_navigate();
    let listening = StoredValue::new_local(None::<Listening>);
    spawn_local(async move {
        let answer = bridge::listen(FollowAlerts {}, move |event| {
            let AlertEvent::Open { incident } = event;
            navigate(&address::incident(incident.as_deref()), NavigateOptions::default());
            // The page may be open already: it moves its cursor there.
            desk.incident.set(incident);
        })
        .await;
        // Unheard, a notification that is pressed still raises the window.
        if let Ok(((), stream)) = answer {
            listening.try_set_value(Some(stream));
        }
    });
}
