//! To be written.

use leptos::prelude::*;

#[component]
pub fn FirstRun() -> impl IntoView {
    view! { <h1>"FirstRun"</h1> }
}
