//! A fault where the action was: title, what to do, request id, details to copy, and the way on.

use crate::{desk::Desk, parts::icon::Icon};
use contract::{Code, Fault, Retry};
use leptos::prelude::*;

/// Everything a support case needs, as text.
pub fn details(fault: &Fault) -> String {
    let mut lines = vec![fault.title.clone(), fault.detail.clone()];
    lines.extend(fault.hint.clone());
    lines.extend(fault.request_id.as_ref().map(|id| format!("Request id: {id}")));
    lines.push(format!("Code: {:?}", fault.code));
    lines.retain(|line| !line.is_empty());
    lines.join("\n")
}

/// `retry` repeats what failed; without it only what the fault itself offers is shown.
#[component]
pub fn FaultView(fault: Fault, #[prop(optional, into)] retry: Option<Callback<()>>) -> impl IntoView {
    let desk = Desk::get();
    let copied = details(&fault);
    let sign_in = fault.retry == Retry::SignIn;
    let asked = fault.clone();
    let on_sign_in = move |_| match retry {
        Some(retry) => desk.ask_sign_in_then(asked.clone(), retry),
        None => desk.ask_sign_in(asked.clone()),
    };
    let shape = match fault.code {
        Code::Denied | Code::Guarded => "lock",
        Code::SignIn | Code::NoProfile => "key",
        Code::Unreachable => "cloud-off",
        _ => "circle-x",
    };
    view! {
        <div class="fault" role="alert">
            <Icon name=shape class="fault-shape" />
            <div class="fault-text">
                <strong class="fault-title">{fault.title}</strong>
                {(!fault.detail.is_empty()).then(|| view! { <p class="fault-detail">{fault.detail}</p> })}
                {fault.hint.map(|hint| view! { <p class="fault-hint">{hint}</p> })}
                {fault
                    .request_id
                    .map(|id| view! { <p class="dim">"Request id "<span class="mono selectable">{id}</span></p> })}
                <div class="row">
                    {sign_in
                        .then(|| {
                            view! {
                                <button type="button" class="btn go" on:click=on_sign_in>
                                    {if retry.is_some() { "Sign in and repeat" } else { "Sign in" }}
                                </button>
                            }
                        })}
                    {retry
                        .filter(|_| !sign_in)
                        .map(|retry| {
                            view! {
                                <button type="button" class="btn" on:click=move |_| retry.run(())>
                                    "Try again"
                                </button>
                            }
                        })}
                    {(fault.code == Code::Guarded)
                        .then(|| {
                            view! {
                                <button type="button" class="btn" on:click=move |_| desk.guard_open.set(true)>
                                    "Open the guard"
                                </button>
                            }
                        })}
                    <button
                        type="button"
                        class="btn quiet"
                        on:click=move |_| desk.copy(copied.clone(), "the details of the error")
                    >
                        "Copy details"
                    </button>
                </div>
            </div>
        </div>
    }
}
