//! The states of a view that are not its content: loading, empty, partial. (The fourth, error, is `fault`.)

use crate::parts::icon::Icon;
use contract::{Notice, Severity};
use leptos::prelude::*;

/// Rows that are on their way. Drawn as quiet bars of uneven length, so that nothing jumps when the text comes.
#[component]
pub fn Skeleton(#[prop(default = 8)] rows: usize) -> impl IntoView {
    let widths = ["w-1", "w-2", "w-3", "w-4", "w-5"];
    view! {
        <div class="skeleton" role="status" aria-label="Loading">
            {(0..rows)
                .map(|row| {
                    let cell = move |step: usize| {
                        let width = widths.get((row * 2 + step * 3) % widths.len()).copied().unwrap_or_default();
                        view! { <i class=width></i> }
                    };
                    view! { <div class="skeleton-row">{cell(0)} {cell(1)} {cell(2)}</div> }
                })
                .collect_view()}
        </div>
    }
}

/// Nothing is there: says why and, in its children, what to do next.
#[component]
pub fn Empty(
    #[prop(into)] title: String,
    #[prop(into)] text: String,
    #[prop(default = "inbox")] icon: &'static str,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <Icon name=icon class="empty-shape" />
            <h2>{title}</h2>
            <p>{text}</p>
            {children.map(|children| view! { <div class="row">{children()}</div> })}
        </div>
    }
}

/// What could not be read, and why: a line each, above what could.
#[component]
pub fn Partial(#[prop(into)] notices: Signal<Vec<Notice>>) -> impl IntoView {
    view! {
        <Show when=move || !notices.read().is_empty()>
            <ul class="notices" role="list" aria-label="Notices">
                {move || notices.get().into_iter().map(|notice| view! { <NoticeLine notice /> }).collect_view()}
            </ul>
        </Show>
    }
}

/// One notice: shape, words, colour.
#[component]
pub fn NoticeLine(notice: Notice) -> impl IntoView {
    let (shape, class) = match notice.severity {
        Severity::Info => ("info", "notice"),
        Severity::Warning => ("triangle-alert", "notice warn"),
        Severity::Refusal => ("octagon-x", "notice bad"),
    };
    view! {
        <li class=class>
            <Icon name=shape />
            <span>{notice.text}</span>
        </li>
    }
}
