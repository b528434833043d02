//! Cells that more than one list draws.

use crate::{desk::Desk, format};
use contract::{Timestamp, objects::Versioning};
use leptos::prelude::*;

/// A time in the window's zone; hover gives UTC, local and relative.
pub fn time_cell(at: Option<Timestamp>) -> AnyView {
    match at {
        None => dash(),
        Some(at) => {
            let desk = Desk::get();
            view! { <time class="mono" datetime=format::iso(at) title=format::hover_time(at)>{move || format::time(at, desk.zone())}</time> }.into_any()
        }
    }
}

/// A size with its bytes on hover.
pub fn size_cell(size: Option<u64>) -> AnyView {
    match size {
        None => dash(),
        Some(size) => view! { <span title=format::bytes_exact(size)>{format::size(size)}</span> }.into_any(),
    }
}

pub fn text_cell(text: Option<String>) -> AnyView {
    match text {
        None => dash(),
        Some(text) => view! { <span class="dim cut" title=text.clone()>{text.clone()}</span> }.into_any(),
    }
}

pub fn dash() -> AnyView {
    view! { <span class="dim">"—"</span> }.into_any()
}

pub fn versioning_words(versioning: Versioning) -> (&'static str, &'static str) {
    match versioning {
        Versioning::Enabled => ("good", "Enabled"),
        Versioning::Suspended => ("warn", "Suspended"),
        Versioning::Never => ("bad", "Never"),
    }
}

/// The label of a time column, with its zone.
pub fn stored_label() -> Signal<String> {
    let desk = Desk::get();
    Signal::derive(move || format!("Stored ({})", format::zone_label(desk.zone())))
}
