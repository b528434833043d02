//! Confirming a plan: the one dialog through which every write goes.
//!
//! It shows where, what, what it sets off, what is kept, what is missing and the `aws` command; on production the name
//! has to be typed. A plan that cannot run, or a read-only session, keeps the button disabled and says why.

use crate::{
    bridge,
    desk::Desk,
    format,
    parts::{
        dialog::{CloseButton, Dialog},
        fault::FaultView,
        plan::{Commands, Effects, FidelityTable, Permissions, PlaceLine, Refused, Steps},
        states::NoticeLine,
    },
};
use contract::{
    Fault, OperationId, Severity,
    operations::ResumeOperation,
    plan::{Confirm, Plan, Scope},
};
use leptos::{prelude::*, task::spawn_local};

/// Opens when `plan` is set and clears it when it closes. A plan that is confirmed inline runs at once. With `resume`,
/// the rest of that operation is run instead of the whole plan.
#[component]
pub fn ConfirmPlan(
    plan: RwSignal<Option<Plan>>,
    #[prop(into)] on_started: Callback<OperationId>,
    #[prop(optional, into)] resume: Signal<Option<OperationId>>,
) -> impl IntoView {
    let desk = Desk::get();
    let open = RwSignal::new(false);
    let typed = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    let fault = RwSignal::new(None::<Fault>);

    let start = move || {
        let Some(plan_now) = plan.get_untracked() else { return };
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        fault.set(None);
        let typed = (plan_now.confirm == Confirm::TypeName).then(|| typed.get_untracked());
        let resumed = resume.get_untracked();
        spawn_local(async move {
            let started = match resumed {
                Some(operation) => bridge::call(ResumeOperation { operation, typed }).await,
                None => desk.run(plan_now.id, typed).await,
            };
            busy.set(false);
            match started {
                Ok(operation) => {
                    open.set(false);
                    plan.set(None);
                    on_started.run(operation);
                }
                // The dialog was closed meanwhile, or its page left: without its plan it would be empty.
                Err(why) if plan.try_with_untracked(Option::is_none).unwrap_or(true) => desk.problem.set(Some(why)),
                Err(why) => {
                    fault.set(Some(why));
                    open.set(true);
                }
            }
        });
    };

    Effect::new(move |_| {
        let Some(inline) = plan.with(|plan| plan.as_ref().map(runs_inline)) else { return };
        typed.set(String::new());
        fault.set(None);
        if inline && !untrack(|| desk.read_only()) {
            start();
        } else {
            open.set(true);
        }
    });
    Effect::new(move |was: Option<bool>| {
        let is = open.get();
        if was == Some(true) && !is {
            plan.set(None);
        }
        is
    });
    // The guard's popover lies below a modal dialog.
    Effect::new(move |_| {
        if desk.guard_open.get() {
            open.set(false);
        }
    });

    let name = Signal::derive(move || {
        let title = plan.with(|plan| plan.as_ref().map(|plan| plan.title.clone()).unwrap_or_default());
        if resume.read().is_some() { format!("Resume: {title}") } else { title }
    });
    let why_not = Memo::new(move |_| {
        plan.with(|plan| plan.as_ref().and_then(|plan| why_not(plan, &typed.read(), desk.read_only())))
    });

    view! {
        <Dialog name open wide=true>
            {move || {
                plan.get()
                    .map(|plan| {
                        let notices = plan.notices;
                        let confirm = plan.confirm;
                        let on_objects = matches!(plan.place.scope, Scope::Bucket(_));
                        let verb = name.get_untracked();
                        let heard = (!on_objects && !plan.effects.is_empty()).then(|| plan.effects.clone());
                        view! {
                            <form
                                class="confirm-form"
                                on:submit=move |event| {
                                    event.prevent_default();
                                    if why_not.get_untracked().is_none() {
                                        start();
                                    }
                                }
                            >
                                <h2>{move || name.get()}</h2>
                                <PlaceLine place=plan.place.clone() />
                                <Steps steps=plan.steps />
                                <Refused refused=plan.refused />
                                {on_objects
                                    .then(|| {
                                        view! {
                                            <p class="soft">
                                                {if plan.bytes == 0 {
                                                    "Copies no bytes.".to_owned()
                                                } else {
                                                    format!("S3 copies {}; nothing passes through this computer.", format::size(plan.bytes))
                                                }}
                                            </p>
                                            <Effects effects=plan.effects />
                                        }
                                    })}
                                {heard.map(|effects| view! { <Effects effects /> })}
                                {(!notices.is_empty())
                                    .then(|| {
                                        view! {
                                            <ul class="notices" role="list" aria-label="Notices">
                                                {notices
                                                    .into_iter()
                                                    .map(|notice| view! { <NoticeLine notice /> })
                                                    .collect_view()}
                                            </ul>
                                        }
                                    })}
                                {(!plan.fidelity.is_empty())
                                    .then(|| view! { <FidelityTable fidelity=plan.fidelity /> })}
                                <Permissions permissions=plan.permissions />
                                <Commands cli=plan.cli />
                                {move || fault.get().map(|fault| view! { <FaultView fault /> })}
                                <p class="why-not" id="why-not">
                                    {move || why_not.get()}
                                </p>
                                <div class="dialog-foot">
                                    {(confirm == Confirm::TypeName)
                                        .then(|| {
                                            view! {
                                                <label class="field typed">
                                                    <span>
                                                        "Type "<strong class="mono selectable">{plan.name}</strong>
                                                        " to confirm on production"
                                                    </span>
                                                    <input
                                                        class="mono"
                                                        type="text"
                                                        autofocus
                                                        autocomplete="off"
                                                        spellcheck="false"
                                                        prop:value=typed
                                                        on:input:target=move |event| typed.set(event.target().value())
                                                    />
                                                </label>
                                            }
                                        })}
                                    <Show when=move || desk.read_only()>
                                        <button type="button" class="btn" on:click=move |_| desk.guard_open.set(true)>
                                            "Open the guard"
                                        </button>
                                    </Show>
                                    <CloseButton open />
                                    <button
                                        type="submit"
                                        class="btn go"
                                        aria-describedby="why-not"
                                        disabled=move || why_not.read().is_some() || busy.get()
                                    >
                                        {verb}
                                    </button>
                                </div>
                            </form>
                        }
                    })
            }}
        </Dialog>
    }
}

fn refused(plan: &Plan) -> bool {
    plan.notices.iter().any(|notice| notice.severity == Severity::Refusal)
}

fn runs_inline(plan: &Plan) -> bool {
    plan.confirm == Confirm::Inline && !refused(plan)
}

/// Why the button is disabled, if it is.
fn why_not(plan: &Plan, typed: &str, read_only: bool) -> Option<String> {
    if refused(plan) {
        return Some("This plan cannot run; the reason stands above.".into());
    }
    if read_only {
        return Some("The session is read-only: the guard, behind the badge in the top bar, makes it writable.".into());
    }
    (plan.confirm == Confirm::TypeName && typed != plan.name)
        .then(|| format!("Enabled once {} is typed.", format::visible(&plan.name)))
}
