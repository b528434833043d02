//! The page when no profile is found: where was looked, how to make one, and keys that can be typed here.

use super::{add_keys::AddKeysForm, profiles::LookedIn, reload};
use crate::{
    desk::Desk,
    keys::{self, Action},
    parts::icon::Icon,
};
use leptos::prelude::*;

/// Commands that make a profile, with when each is the right one.
const WAYS: &[(&str, &str)] = &[
    ("aws configure sso", "Your company signs in through IAM Identity Center. No long-lived keys."),
    ("aws login", "You sign in to the AWS console with a browser."),
    ("aws configure", "You were given an access key. It is kept in a file of yours, unencrypted."),
];

#[component]
pub fn FirstRun() -> impl IntoView {
    let desk = Desk::get();
    keys::on(Action::Refresh, move || reload(desk));
    let looked_in = move || {
        desk.greeting.with(|greeting| greeting.as_ref().map(|greeting| greeting.looked_in.clone()).unwrap_or_default())
    };
    let silent =
        move || desk.greeting.with(|greeting| greeting.as_ref().and_then(|greeting| greeting.keychain.clone().err()));
    view! {
        <div class="sheet">
            <div class="sheet-content first-run">
                <h1>"No AWS profile found"</h1>
                <p class="soft">
                    "Quarterdeck works with the profiles that the AWS command line uses. Make one, or add access keys, and it starts."
                </p>
                <section class="section" aria-labelledby="looked-title">
                    <div class="section-head">
                        <h2 id="looked-title">"Where it looked"</h2>
                        <button type="button" class="btn go" on:click=move |_| reload(desk)>
                            <Icon name="refresh-cw" />
                            "Look again"
                        </button>
                    </div>
                    {move || view! { <LookedIn places=looked_in() /> }}
                </section>
                <section class="section" aria-labelledby="make-title">
                    <h2 id="make-title">"Make a profile in a terminal"</h2>
                    <ul class="ways" role="list">
                        {WAYS
                            .iter()
                            .map(|(command, when)| {
                                view! {
                                    <li class="way">
                                        <code class="mono selectable">{*command}</code>
                                        <span class="soft">{*when}</span>
                                        <button
                                            type="button"
                                            class="btn"
                                            aria-label=format!("Copy {command}")
                                            on:click=move |_| desk.copy(*command, "the command")
                                        >
                                            <Icon name="copy" />
                                            "Copy"
                                        </button>
                                    </li>
                                }
                            })
                            .collect_view()}
                    </ul>
                </section>
                <section class="section" aria-labelledby="add-title">
                    <h2 id="add-title">"Or add access keys here"</h2>
                    {move || match silent() {
                        Some(why) => {
                            view! {
                                <p class="notice warn">
                                    <Icon name="triangle-alert" />
                                    <span>"The system keychain does not answer, so no keys can be kept. " {why}</span>
                                </p>
                            }
                                .into_any()
                        }
                        None => {
                            view! {
                                <p class="soft">
                                    "They are kept by the keychain of this computer and never come back into the window."
                                </p>
                                <div class="card">
                                    <AddKeysForm on_done=|()| () />
                                </div>
                            }
                                .into_any()
                        }
                    }}
                </section>
            </div>
        </div>
    }
}
