//! Statistics of a feature, a row each: what was measured, how exactly, and by which rule it counts as drift.

use super::cells::{drifted, figure, measured};
use crate::parts::status::Status;
use contract::drift::StatisticRow;
use leptos::prelude::*;

#[component]
pub fn Statistics(rows: Vec<StatisticRow>) -> impl IntoView {
    if rows.is_empty() {
        return view! { <p class="soft">"No statistic could be reckoned for it."</p> }.into_any();
    }
    view! {
        <div class="drift-frame">
            <table class="table" aria-label="Statistics">
                <thead>
                    <tr>
                        <th scope="col">"Statistic"</th>
                        <th scope="col" class="num">"Value"</th>
                        <th scope="col" class="num">"Threshold"</th>
                        <th scope="col">"Verdict"</th>
                    </tr>
                </thead>
                <tbody>{rows.into_iter().map(|row| view! { <Row row /> }).collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

#[component]
fn Row(row: StatisticRow) -> impl IntoView {
    let StatisticRow { name, value, error, threshold, rule, drifted: is, note } = row;
    // Without a rule there is no verdict to be known.
    let verdict = (is.is_some() || threshold.is_some()).then(|| drifted(is));
    view! {
        <tr data-id=name.clone()>
            <th scope="row">
                {name.clone()}
                {note.map(|note| view! { <span class="drift-note selectable">{note}</span> })}
            </th>
            <td class="num selectable">{value.map_or_else(|| "–".to_owned(), |value| measured(value, error))}</td>
            <td class="num">
                {threshold.map_or_else(|| "–".to_owned(), figure)}
                {rule.map(|rule| view! { <span class="drift-note">{rule}</span> })}
            </td>
            <td>
                {match verdict {
                    Some((shape, word)) => view! { <Status shape word /> }.into_any(),
                    None => view! { <span class="dim">"no rule"</span> }.into_any(),
                }}
            </td>
        </tr>
    }
}
