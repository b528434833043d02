//! The head of a list: the page's name as the first crumb, the way here, the thing shown.

use super::icon::Icon;
use leptos::prelude::*;
use leptos_router::components::A;

/// `area` is the page's name with its root; `way` leads to the thing, `title` names it.
#[component]
pub fn Head(
    area: (&'static str, &'static str),
    #[prop(optional)] way: Vec<(String, String)>,
    #[prop(into)] title: Signal<String>,
    /// What can be done with the thing.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let (name, root) = area;
    view! {
        <div class="head">
            <nav class="crumb" aria-label="Way">
                <h1>
                    <A href=root>{name}</A>
                </h1>
                {way
                    .into_iter()
                    .map(|(name, href)| {
                        let whole = name.clone();
                        view! {
                            <Icon name="chevron-right" />
                            <A href=href attr:class="cut" attr:title=whole>{name}</A>
                        }
                    })
                    .collect_view()}
            </nav>
            <div class="title-line">
                <h2 class="title" title=move || title.get()>{move || title.get()}</h2>
                {children.map(|children| children())}
            </div>
        </div>
    }
}
