//! To be written.

use leptos::prelude::*;

#[component]
pub fn Activity() -> impl IntoView {
    view! { <h1>"Activity"</h1> }
}
