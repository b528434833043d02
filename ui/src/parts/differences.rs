//! What is different between two runs, most telling first: a sign of its own on each side.

use contract::executions::Difference;
use leptos::prelude::*;

#[component]
pub fn Differences(differences: Vec<Difference>) -> impl IntoView {
    view! {
        <ul class="differences" role="list" aria-label="Differences">
            {differences.into_iter().map(|difference| view! { <DifferenceLine difference /> }).collect_view()}
        </ul>
    }
}

#[component]
fn DifferenceLine(difference: Difference) -> impl IntoView {
    let Difference { what, place, then, now, .. } = difference;
    let side = |sign: &'static str, class: &'static str, text: Option<String>| {
        text.map(|text| view! { <span class=class><span aria-hidden="true">{sign}" "</span><span class="mono wrap selectable">{text}</span></span> })
    };
    view! {
        <li>
            <span><strong>{what}</strong> " " <span class="mono dim wrap">{place}</span></span>
            {side("−", "side then", then)}
            {side("+", "side now", now)}
        </li>
    }
}
