//! A notification of the desktop that was pressed leads to what it tells of.

use crate::{
    address,
    bridge::{self, Listening},
    desk::Desk,
    parts::elsewhere::use_open,
};
use contract::now::{AlertEvent, FollowAlerts};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::{NavigateOptions, hooks::use_navigate};

/// Listens as long as the window lives.
pub fn follow(desk: Desk) {
    let navigate = use_navigate();
    let open = use_open();
    let listening = StoredValue::new_local(None::<Listening>);
    spawn_local(async move {
        let answer = bridge::listen(FollowAlerts {}, move |event| match event {
            AlertEvent::Open { incident } => {
                navigate(&address::incident(incident.as_deref()), NavigateOptions::default());
                // The page may be open already: it moves its cursor there.
                desk.incident.set(incident);
            }
            AlertEvent::Version { place, arn } => open(place, address::model_version(&arn)),
            AlertEvent::Monitor { place, schedule } => open(place, address::monitor(&schedule)),
            AlertEvent::Endpoint { place, endpoint } => open(place, address::endpoint(&endpoint)),
        })
        .await;
        // Unheard, a notification that is pressed still raises the window.
        if let Ok(((), stream)) = answer {
            listening.try_set_value(Some(stream));
        }
    });
}
