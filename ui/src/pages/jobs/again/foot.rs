//! The foot of a sheet of fields: what is wrong with what was typed, what the edit comes to, and the ways on.

use crate::parts::{dialog::CloseButton, fault::FaultView, icon::Icon, plan::Commands, states::Partial};
use contract::{Fault, Severity, jobs::JobEdit};
use leptos::prelude::*;

/// The way on is barred until the core has looked at the edit, and while something is wrong with it. `children` stand
/// between its notices and its command.
#[component]
pub fn SheetFoot(
    open: RwSignal<bool>,
    /// What is wrong with what was typed; the fields name `problem_id` as what describes them.
    problem: RwSignal<Option<String>>,
    problem_id: &'static str,
    /// As the core last answered.
    edit: RwSignal<Option<JobEdit>>,
    #[prop(into)] fault: Signal<Option<Fault>>,
    busy: RwSignal<bool>,
    /// On the button that goes on.
    verb: &'static str,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let refused = Memo::new(move |_| edit.with(|edit| edit.as_ref().is_none_or(is_refused)));
    let notices =
        Memo::new(move |_| edit.with(|edit| edit.as_ref().map(|edit| edit.notices.clone()).unwrap_or_default()));
    let command = Memo::new(move |_| edit.with(|edit| edit.as_ref().and_then(|edit| edit.command.clone())));
    view! {
        <p class="field-error" id=problem_id role="alert">
            {move || problem.get().map(|problem| view! { <Icon name="triangle-alert" /> {problem} })}
        </p>
        <Partial notices />
        {children.map(|children| children())}
        {move || command.get().map(|command| view! { <Commands cli=vec![command] /> })}
        {move || fault.get().map(|fault| view! { <FaultView fault /> })}
        <div class="dialog-foot">
            <CloseButton open />
            <button
                type="submit"
                class="btn go"
                disabled=move || problem.read().is_some() || refused.get() || busy.get()
            >
                {verb}
            </button>
        </div>
    }
}

fn is_refused(edit: &JobEdit) -> bool {
    edit.notices.iter().any(|notice| notice.severity == Severity::Refusal)
}
