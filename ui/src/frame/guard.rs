//! The mode badge and the popover behind it: making a session writable, and taking that back.

use crate::{
    bridge,
    desk::Desk,
    format,
    parts::{fault::FaultView, icon::Icon, popover::Popover, segmented::Segmented},
};
use contract::{
    Command, Fault,
    session::{Environment, Greeting, Mode, SessionInfo, SetMode, Unlock},
};
use leptos::{prelude::*, task::spawn_local};

/// A reason shorter than this explains nothing to whoever reads the audit log.
const REASON_LETTERS: usize = 8;

#[component]
pub fn Guard() -> impl IntoView {
    let desk = Desk::get();
    let fault = RwSignal::new(None::<Fault>);
    let confirm = move || !desk.read_only();
    let word = move || match desk.session() {
        Some(SessionInfo { mode: Mode::Confirm, unlocked_until: Some(until), .. }) => {
            format!("CONFIRM · {} min left", minutes_left(until, desk.now.get()))
        }
        Some(SessionInfo { mode: Mode::Confirm, .. }) => "CONFIRM".to_owned(),
        _ => "READ-ONLY".to_owned(),
    };
    Effect::new(move |_| {
        if desk.guard_open.get() {
            fault.set(None);
        }
    });
    let name = Signal::derive(move || {
        let verb = if desk.production() && !confirm() { "Unlock" } else { "Change mode of" };
        format!("{verb} {}", desk.session().map(|session| session.profile).unwrap_or_default())
    });
    view! {
        <div class="picker">
            <button
                type="button"
                class="guard"
                class:confirm=confirm
                class:ro=move || !confirm()
                aria-label=move || format!("Mode: {}", word())
                aria-haspopup="dialog"
                aria-expanded=move || desk.guard_open.get().to_string()
                on:click=move |_| desk.guard_open.update(|open| *open = !*open)
            >
                <Icon name=Signal::derive(move || if confirm() { "lock-open" } else { "lock" }) />
                {word}
            </button>
            <Popover name open=desk.guard_open class="popover-text guard-popover">
                {move || {
                    desk.session()
                        .map(|session| match (session.environment, session.mode) {
                            (Environment::Production, Mode::ReadOnly) => view! { <Locked session fault /> }.into_any(),
                            (Environment::Production, Mode::Confirm) => view! { <Unlocked session fault /> }.into_any(),
                            (Environment::Other, _) => view! { <Choose session fault /> }.into_any(),
                        })
                }}
                {move || fault.get().map(|fault| view! { <FaultView fault /> })}
            </Popover>
        </div>
    }
}

fn minutes_left(until: contract::Timestamp, now: contract::Timestamp) -> i64 {
    // Rounded up: the last minute says 1 and not 0.
    (until.duration_since(now).as_secs().max(0) + 59) / 60
}

fn send<C: Command<Reply = Greeting> + 'static>(
    desk: Desk,
    fault: RwSignal<Option<Fault>>,
    request: C,
    said: &'static str,
) {
    fault.set(None);
    spawn_local(async move {
        match bridge::call(request).await {
            Ok(greeting) => {
                desk.now.set(format::now());
                desk.apply(greeting);
                desk.guard_open.set(false);
                desk.say(said);
            }
            Err(why) => fault.set(Some(why)),
        }
    });
}

#[component]
fn Locked(session: SessionInfo, fault: RwSignal<Option<Fault>>) -> impl IntoView {
    let desk = Desk::get();
    let reason = RwSignal::new(String::new());
    let tried = RwSignal::new(false);
    let short = move || reason.with(|reason| reason.trim().chars().count() < REASON_LETTERS);
    let wrong = move || tried.get() && short();
    view! {
        <form
            class="popover-form"
            on:submit=move |event| {
                event.prevent_default();
                tried.set(true);
                if !short() {
                    let reason = reason.get_untracked().trim().to_owned();
                    send(desk, fault, Unlock { reason: Some(reason) }, "The session is writable for 15 minutes");
                }
            }
        >
            <h2>{format!("Unlock {}", session.profile)}</h2>
            <p class="soft">
                "It is production, so it starts read-only. Unlocked, every write is still planned and confirmed by typing its name. It locks itself after 15 minutes."
            </p>
            <label class="field">
                <span id="reason-label">"Reason, kept in the audit log"</span>
                <textarea
                    rows="2"
                    autofocus
                    // WebKit counts what is typed into a text area among the text of the label around it.
                    aria-labelledby="reason-label"
                    aria-invalid=move || wrong().to_string()
                    aria-describedby="reason-error"
                    prop:value=reason
                    on:input:target=move |event| reason.set(event.target().value())
                ></textarea>
            </label>
            <p class="field-error" id="reason-error" role="alert">
                {move || {
                    wrong()
                        .then(|| {
                            view! {
                                <Icon name="triangle-alert" />
                                {format!("Say in {REASON_LETTERS} letters or more why.")}
                            }
                        })
                }}
            </p>
            <div class="dialog-foot">
                <button type="button" class="btn" on:click=move |_| desk.guard_open.set(false)>
                    "Cancel"
                </button>
                <button type="submit" class="btn go">
                    "Unlock for 15 minutes"
                </button>
            </div>
        </form>
    }
}

#[component]
fn Unlocked(session: SessionInfo, fault: RwSignal<Option<Fault>>) -> impl IntoView {
    let desk = Desk::get();
    let until = session.unlocked_until;
    let left = move || {
        until.map(|until| {
            format!(
                "Until {}, {} min left. Every write asks for its name.",
                format::clock(until, desk.zone()),
                minutes_left(until, desk.now.get())
            )
        })
    };
    view! {
        <div class="popover-form">
            <h2>{format!("{} is unlocked", session.profile)}</h2>
            <p class="soft">{left}</p>
            <div class="dialog-foot">
                <button
                    type="button"
                    class="btn go"
                    on:click=move |_| send(desk, fault, Unlock { reason: None }, "The session is read-only again")
                >
                    "Lock again"
                </button>
            </div>
        </div>
    }
}

#[component]
fn Choose(session: SessionInfo, fault: RwSignal<Option<Fault>>) -> impl IntoView {
    let desk = Desk::get();
    let profile = session.profile.clone();
    let mode = session.mode;
    view! {
        <div class="popover-form">
            <h2>{format!("Mode of {}", session.profile)}</h2>
            <Segmented
                name="Mode"
                choices=vec![(Mode::ReadOnly, "Read-only"), (Mode::Confirm, "Confirm")]
                chosen=Signal::stored(mode)
                on_choose=move |mode| {
                    let said = match mode {
                        Mode::ReadOnly => "The session is read-only",
                        Mode::Confirm => "The session is writable; every write is confirmed",
                    };
                    send(desk, fault, SetMode { profile: profile.clone(), mode }, said);
                }
            />
            <p class="soft">
                {match mode {
                    Mode::ReadOnly => "Nothing can be written. Plans can be made and looked at.",
                    Mode::Confirm => "Every write is planned, shown and confirmed before it runs.",
                }}
            </p>
        </div>
    }
}
