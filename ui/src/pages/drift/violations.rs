//! What the monitor itself found against its constraints, grouped by what was checked.

use crate::format;
use contract::drift::ViolationGroup;
use leptos::prelude::*;
use leptos_router::components::A;

/// Lines of a group that are drawn; nobody reads further without a filter, and the report holds all.
const DRAWN: usize = 100;

/// `link` gives the address of what a line names, where that is a feature.
#[component]
pub fn Violations(groups: Vec<ViolationGroup>, #[prop(into)] link: Callback<String, Option<String>>) -> impl IntoView {
    view! {
        <section class="violations" role="region" aria-label="Violations">
            {groups.into_iter().map(|group| view! { <Group group link /> }).collect_view()}
        </section>
    }
}

#[component]
fn Group(group: ViolationGroup, link: Callback<String, Option<String>>) -> impl IntoView {
    let ViolationGroup { check, title, lines } = group;
    let count = lines.len();
    let left_out = count.saturating_sub(DRAWN) as u64;
    let line = move |(name, text): (String, String)| {
        let shown = format::visible(&name);
        let named = match link.run(name.clone()) {
            Some(href) => view! { <A href=href attr:class="link mono">{shown}</A> }.into_any(),
            None => view! { <span class="mono selectable">{shown}</span> }.into_any(),
        };
        view! {
            <tr data-id=name>
                <th scope="row">{named}</th>
                <td class="selectable">{format::one_line(&text)}</td>
            </tr>
        }
    };
    view! {
        <h3 class="part-title" title=check>{title.clone()}<span class="dim num-text">{format::count(count as u64)}</span></h3>
        <div class="drift-frame">
            <table class="table violation-table" aria-label=title>
                <tbody>{lines.into_iter().take(DRAWN).map(line).collect_view()}</tbody>
            </table>
        </div>
        {(left_out > 0).then(|| view! { <p class="dim small">{format!("{} in the report.", format::counted(left_out, "more is", "more are"))}</p> })}
    }
}
