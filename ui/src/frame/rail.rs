//! The rail: one link for each area that exists. Names are an interface: each is a literal `aria-label`.

use crate::{address, desk::Desk, format, parts::icon::Icon};
use contract::operations::OperationState;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

#[component]
pub fn Rail() -> impl IntoView {
    let desk = Desk::get();
    let running = Memo::new(move |_| {
        desk.operations.read().iter().filter(|operation| operation.state == OperationState::Running).count()
    });
    view! {
        <nav class="rail" aria-label="Areas">
            <div class="brand">
                <Icon name="wheel" />
                <span>"Quarterdeck"</span>
            </div>
            <Area name="Now" icon="now" page=address::NOW />
            <Area name="Executions" icon="executions" page=address::EXECUTIONS />
            <Area name="Jobs" icon="jobs" page=address::JOBS />
            <Area name="Objects" icon="objects" page=address::OBJECTS />
            <Area name="Models" icon="models" page=address::MODELS />
            <Area name="Drift" icon="drift" page=address::DRIFT />
            <Area name="Activity" icon="activity" page=address::ACTIVITY running />
            <div class="rail-gap"></div>
            <Area name="Settings" icon="settings" page=address::SETTINGS />
        </nav>
    }
}

#[component]
fn Area(
    name: &'static str,
    icon: &'static str,
    page: &'static str,
    /// Operations that run; the number stands beside the name and is read after it.
    #[prop(optional, into)]
    running: Option<Signal<usize>>,
) -> impl IntoView {
    let path = use_location().pathname;
    let here = move || path.with(|path| path == page || path.starts_with(&format!("{page}/")));
    let count = move || running.map(|running| running.get()).filter(|running| *running > 0);
    view! {
        <a
            href=page
            aria-label=name
            aria-description=move || count().map(|count| format::counted(count as u64, "operation runs", "operations run"))
            aria-current=move || here().then_some("page")
            title=name
            class:on=here
        >
            <Icon name=icon />
            <span class="rail-name">{name}</span>
            {move || count().map(|count| view! { <b aria-hidden="true">{count}</b> })}
        </a>
    }
}
