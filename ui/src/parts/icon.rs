//! One icon of the sprite `/icons/sprite.svg`. Decoration: the word beside it, or the control's label, says what it means.

use leptos::prelude::*;

/// `name` is the id of a symbol in `assets/icons/sprite.svg`.
#[component]
pub fn Icon(
    #[prop(into)] name: Signal<&'static str>,
    /// Another class beside `icon`.
    #[prop(optional)]
    class: &'static str,
) -> impl IntoView {
    view! {
        <svg class=format!("icon {class}") aria-hidden="true">
            <use href=move || format!("/icons/sprite.svg#{}", name.get())></use>
        </svg>
    }
}
