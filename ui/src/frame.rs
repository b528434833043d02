//! What stands around every page: rail, top bar, foot.

use leptos::prelude::*;

#[component]
pub fn Frame(children: Children) -> impl IntoView {
    view! { <main class="main">{children()}</main> }
}
