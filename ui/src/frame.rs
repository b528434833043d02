//! What stands around every page: rail, top bar, foot, and what opens over them.

mod alerts;
pub mod announce;
mod follow_up;
mod foot;
mod guard;
mod look;
pub mod over;
mod rail;
mod range;
mod regions;
mod top;

pub use top::source_words;

use crate::{
    address, bridge,
    desk::Desk,
    format,
    keys::{self, Action},
    pages::later::{later, load_rest},
    parts::fault::FaultView,
};
use contract::settings::WindowReady;
use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::use_navigate;
use std::time::Duration;

#[component]
pub fn Frame(children: Children) -> impl IntoView {
    let desk = Desk::get();
    look::follow(desk);
    announce::watch(desk);
    alerts::follow(desk);
    keep_time(desk);
    let ready = RwSignal::new(false);
    say_ready(desk, ready);

    let navigate = use_navigate();
    for (action, page) in [
        (Action::GoNow, address::NOW),
        (Action::GoExecutions, address::EXECUTIONS),
        (Action::GoJobs, address::JOBS),
        (Action::GoObjects, address::OBJECTS),
        (Action::GoModels, address::MODELS),
        (Action::GoPipelines, address::PIPELINES),
        (Action::GoDrift, address::DRIFT),
        (Action::GoActivity, address::ACTIVITY),
        (Action::GoSettings, address::SETTINGS),
    ] {
        let navigate = navigate.clone();
        keys::on(action, move || navigate(page, leptos_router::NavigateOptions::default()));
    }
    keys::on(Action::Palette, move || desk.palette_open.update(|open| *open = !*open));
    keys::on(Action::Help, move || desk.help_open.set(true));

    view! {
        <div class="win" class:prod=move || desk.production()>
            <a class="skip" href="#main" rel="external">
                "Skip to the page"
            </a>
            <rail::Rail />
            <top::Top />
            <main class="main" id="main" tabindex="-1">
                {move || {
                    desk.broken
                        .get()
                        .map(|fault| {
                            view! {
                                <div class="body">
                                    <FaultView fault retry=Callback::new(move |()| desk.hello()) />
                                </div>
                            }
                        })
                }}
                {children()}
            </main>
            <foot::Foot />
        </div>
        // What is opened before its code is there opens when it is: whether it is open is the desk's to say.
        {move || ready.get().then(|| later(over::load, over::over, || ()))}
    }
}

/// Moves the shared clock on, and asks for the session anew when its unlocking has run out.
fn keep_time(desk: Desk) {
    let tick = move || {
        let now = format::now();
        desk.now.set(now);
        let over =
            untrack(|| desk.session()).and_then(|session| session.unlocked_until).is_some_and(|until| until <= now);
        if over {
            desk.say("The session is read-only again");
            desk.hello();
        }
    };
    if let Ok(interval) = set_interval_with_handle(tick, Duration::from_secs(10)) {
        on_cleanup(move || interval.clear());
    }
}

/// Tells the core and the frame once that the window answers to input: after the first frame with content was painted.
fn say_ready(desk: Desk, ready: RwSignal<bool>) {
    Effect::new(move |said: Option<bool>| {
        if said == Some(true) {
            return true;
        }
        let there = desk.greeting.with(Option::is_some) || desk.broken.with(Option::is_some);
        if there {
            // A task that a frame's callback leaves behind runs once that frame is painted.
            request_animation_frame(move || {
                let tell = move || {
                    spawn_local(async move {
                        let _ = bridge::call(WindowReady {}).await;
                        ready.set(true);
                        load_rest();
                    });
                };
                set_timeout(tell, Duration::ZERO);
            });
        }
        there
    });
}
