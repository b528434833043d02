//! The head of a list: the page's name as the first crumb, the way here, the thing shown.

use super::icon::Icon;
use crate::keys::{self, Action};
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    components::A,
    hooks::{use_location, use_navigate},
};

/// `area` is the page's name with its root; `way` leads to the thing, `title` names it. Where there is a way, Esc goes it
/// back, unless the page has a use for the key.
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
    if !way.is_empty() {
        let (crumbs, path, navigate) = (way.clone(), use_location().pathname, use_navigate());
        keys::otherwise(Action::Back, move || {
            let to = path.with_untracked(|here| back(&crumbs, root, here).to_owned());
            navigate(&to, NavigateOptions::default());
        });
    }
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

/// The last crumb that leads to another page than this one, else the root of the area.
fn back<'a>(way: &'a [(String, String)], root: &'a str, here: &str) -> &'a str {
    let leads_on = |href: &&str| href.split('?').next() != Some(here);
    way.iter().rev().map(|(_, href)| href.as_str()).find(leads_on).unwrap_or(root)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn back_is_the_last_crumb_of_another_page() {
        let way = |crumbs: &[&str]| crumbs.iter().map(|href| (String::new(), (*href).to_owned())).collect::<Vec<_>>();
        let run = way(&["/jobs?home=emr%3Aj-1", "/jobs/run?job=emr%3Aj-1%2Fs-1"]);
        assert_eq!(
            back(&run, "/jobs", "/jobs/run"),
            "/jobs?home=emr%3Aj-1",
            "a crumb of the page itself is no way back"
        );
        let monitors = way(&["/drift"]);
        assert_eq!(back(&monitors, "/drift", "/drift/monitor"), "/drift");
        let own = way(&["/jobs/run?job=glue%3Aclean%2Fjr_1"]);
        assert_eq!(back(&own, "/jobs", "/jobs/run"), "/jobs");
    }
}
