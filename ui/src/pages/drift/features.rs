//! Features by distance, a row each. One tab stop: arrows move, and the row with the cursor is the feature that is shown
//! beside it.

use super::cells::{drifted, figure, measured};
use crate::{
    address, format,
    keys::{self, Action},
    parts::{
        grid::nothing_has_focus,
        icon::Icon,
        menu::{CopyItem, CopyMenu},
        status::Status,
    },
};
use contract::drift::FeatureRow;
use leptos::{ev, html, prelude::*};

/// Rows drawn at first: those that drifted most. More by a press.
const DRAWN: usize = 50;

fn row_id(at: usize) -> String {
    format!("feature-row-{at}")
}

/// What a feature can be copied as.
fn copies(schedule: &str, row: &FeatureRow) -> Vec<CopyItem> {
    let mut items = vec![("Name".to_owned(), row.name.clone())];
    items.extend(row.distance.map(|distance| ("Distance".to_owned(), distance.to_string())));
    items.extend(row.note.clone().map(|note| ("Note".to_owned(), note)));
    items.push(("Link".to_owned(), format!("quarterdeck:/{}", address::feature(schedule, &row.name, None))));
    items
}

#[component]
pub fn Features(
    schedule: StoredValue<String>,
    #[prop(into)] rows: Signal<Vec<FeatureRow>>,
    /// Reports that were read.
    #[prop(into)]
    read: Signal<Option<u32>>,
    #[prop(into)] chosen: Signal<Option<String>>,
    #[prop(into)] on_choose: Callback<String>,
) -> impl IntoView {
    let root = NodeRef::<html::Table>::new();
    let all = RwSignal::new(false);
    let count = Memo::new(move |_| rows.with(Vec::len));
    let place = Memo::new(move |_| {
        chosen.with(|chosen| {
            let chosen = chosen.as_ref()?;
            rows.with(|rows| rows.iter().position(|row| row.name == *chosen))
        })
    });
    // What an address names is drawn, however little it drifted.
    let drawn = Memo::new(move |_| {
        let whole = all.get() || place.get().is_some_and(|place| place >= DRAWN);
        if whole { count.get() } else { count.get().min(DRAWN) }
    });
    let move_to = move |at: usize| {
        let name = rows.with_untracked(|rows| rows.get(at).map(|row| row.name.clone()));
        let Some(name) = name else { return };
        if let Some(root) = root.get_untracked().filter(|_| nothing_has_focus()) {
            let _ = root.focus();
        }
        on_choose.run(name);
        if let Some(row) = document().get_element_by_id(&row_id(at)) {
            reveal(&row);
        }
    };
    let last = move || drawn.get_untracked().saturating_sub(1);
    let step = move |forward: bool| {
        move_to(match place.get_untracked() {
            None => 0,
            Some(at) if forward => (at + 1).min(last()),
            Some(at) => at.saturating_sub(1),
        });
    };
    keys::on(Action::Down, move || step(true));
    keys::on(Action::Up, move || step(false));
    keys::on(Action::First, move || move_to(0));
    keys::on(Action::Last, move || move_to(last()));
    let (copying, copy_items) = (RwSignal::new(false), RwSignal::new(Vec::<CopyItem>::new()));
    keys::on(Action::CopyMenu, move || {
        let row = place.get_untracked().and_then(|at| rows.with_untracked(|rows| rows.get(at).cloned()));
        if let Some(row) = row {
            copy_items.set(schedule.with_value(|schedule| copies(schedule, &row)));
            copying.set(true);
        }
    });
    keys::hold(&keys::held::GRID);
    let on_key = move |event: ev::KeyboardEvent| {
        let page: usize = 10;
        let at = place.get_untracked().unwrap_or_default();
        match event.key().as_str() {
            "PageDown" => move_to((at + page).min(last())),
            "PageUp" => move_to(at.saturating_sub(page)),
            _ => return,
        }
        event.prevent_default();
    };
    let left_out = Memo::new(move |_| count.get().saturating_sub(drawn.get()) as u64);
    view! {
        <div class="drift-frame">
            <table
                class="table drift-features"
                role="grid"
                aria-label="Features"
                aria-rowcount=move || (count.get() + 1).to_string()
                aria-activedescendant=move || place.get().filter(|at| *at < drawn.get()).map(row_id)
                tabindex="0"
                node_ref=root
                on:keydown=on_key
            >
                <thead>
                    <tr aria-rowindex="1">
                        <th scope="col">"Feature"</th>
                        <th scope="col">"Verdict"</th>
                        <th scope="col" class="num">"Distance"</th>
                        <th scope="col" class="num">"Threshold"</th>
                        <th scope="col" class="num">"Model Monitor"</th>
                        <th scope="col" class="num">"Drifted in"</th>
                        <th scope="col" class="num">"Importance"</th>
                    </tr>
                </thead>
                <tbody>
                    {move || {
                        let read = read.get();
                        rows.with(|rows| {
                            rows.iter()
                                .take(drawn.get())
                                .enumerate()
                                .map(|(at, row)| view! { <Row row=row.clone() at read place on_choose /> })
                                .collect_view()
                        })
                    }}
                </tbody>
            </table>
        </div>
        <Show when=move || left_out.get() != 0>
            <button type="button" class="link" on:click=move |_| all.set(true)>
                {move || format!("Show {}", format::counted(left_out.get(), "more feature", "more features"))}
            </button>
        </Show>
        <CopyMenu open=copying items=copy_items />
    }
}

#[component]
fn Row(
    row: FeatureRow,
    at: usize,
    read: Option<u32>,
    place: Memo<Option<usize>>,
    on_choose: Callback<String>,
) -> impl IntoView {
    let on = move || place.get() == Some(at);
    let (shape, word) = drifted(row.drifted);
    let shown = format::visible(&row.name);
    let title = format!("{shown}\n{}, {}", row.kind, row.method);
    let number = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), figure);
    let runs = match read {
        Some(read) => format!("{} of {}", format::count(row.drifted_runs.into()), format::count(read.into())),
        None => format::count(row.drifted_runs.into()),
    };
    let name = row.name.clone();
    view! {
        <tr
            id=row_id(at)
            data-id=row.name.clone()
            aria-rowindex=(at + 2).to_string()
            aria-selected=move || on().to_string()
            class:on=on
            on:click=move |_| on_choose.run(name.clone())
        >
            <th scope="row" class="drift-name"><span class="mono cut" title=title>{shown}</span></th>
            <td>
                <span class="drift-verdict">
                    <Status shape word />
                    {row.note.clone().map(|note| view! { <span title=note.clone()><Icon name="info" /><span class="unseen">{note.clone()}</span></span> })}
                </span>
            </td>
            <td class="num">{row.distance.map_or_else(|| "–".to_owned(), |distance| measured(distance, row.error))}</td>
            <td class="num">{number(row.threshold)}</td>
            <td class="num">{number(row.told)}</td>
            <td class="num">{runs}</td>
            <td class="num">{number(row.importance)}</td>
        </tr>
    }
}

/// Scrolls only if the row is out of sight.
fn reveal(row: &web_sys::Element) {
    let Some(body) = row.closest(".body").ok().flatten() else { return };
    let (inner, outer) = (row.get_bounding_client_rect(), body.get_bounding_client_rect());
    if inner.top() < outer.top() {
        row.scroll_into_view_with_bool(true);
    } else if inner.bottom() > outer.bottom() {
        row.scroll_into_view_with_bool(false);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feature_is_copied_with_the_link_that_leads_back() {
        let row = FeatureRow {
            name: "größe %41".into(),
            kind: "Fractional".into(),
            distance: Some(0.31),
            error: Some(0.003),
            threshold: Some(0.1),
            told: None,
            method: "L∞ robust".into(),
            drifted: Some(true),
            drifted_runs: 3,
            natural: None,
            importance: None,
            note: None,
        };
        let items = copies("churn-live-data", &row);
        assert_eq!(items.len(), 3);
        let link = &items[2].1;
        assert!(link.starts_with("quarterdeck://drift/monitor?schedule=churn-live-data&feature="), "{link}");
    }
}
