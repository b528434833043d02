//! To be written.

use leptos::prelude::*;

#[component]
pub fn Lost() -> impl IntoView {
    view! { <h1>"Lost"</h1> }
}
