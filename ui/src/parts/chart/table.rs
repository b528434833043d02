//! The values of a chart as a table. A large one is shown in part: its copy has all.

use crate::format;
use contract::charts::ChartTable;
use leptos::prelude::*;

/// Cells that are drawn at most.
const MOST: usize = 4_000;

/// Rows of so many columns that are drawn.
fn drawn(rows: usize, columns: usize) -> usize {
    rows.min((MOST / columns.max(1)).max(1))
}

#[component]
pub fn Table(table: ChartTable, name: String) -> impl IntoView {
    let ChartTable { head, rows } = table;
    let kept = drawn(rows.len(), head.len());
    let left_out = (rows.len() - kept) as u64;
    let head_cell = |(at, head): (usize, String)| {
        let is_number = at > 0;
        view! { <th scope="col" class:num=is_number>{head}</th> }
    };
    view! {
        <div class="chart-frame" tabindex="0" role="region" aria-label=format!("Values of {name}")>
            <table class="table">
                <thead>
                    <tr>{head.into_iter().enumerate().map(head_cell).collect_view()}</tr>
                </thead>
                <tbody>{rows.into_iter().take(kept).map(|cells| view! { <Row cells /> }).collect_view()}</tbody>
            </table>
        </div>
        {(left_out > 0).then(|| {
            view! { <p class="dim small">{format!("{} not shown here; the copy has all.", format::counted(left_out, "more row is", "more rows are"))}</p> }
        })}
    }
}

#[component]
fn Row(cells: Vec<String>) -> impl IntoView {
    let mut cells = cells.into_iter();
    let first = cells.next().unwrap_or_default();
    view! {
        <tr>
            <th scope="row" class="selectable">{first}</th>
            {cells.map(|cell| view! { <td class="num selectable">{if cell.is_empty() { "–".to_owned() } else { cell }}</td> }).collect_view()}
        </tr>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wide_table_shows_fewer_rows() {
        assert_eq!((drawn(48, 4), drawn(500, 91), drawn(10_000, 2), drawn(3, 0)), (48, 43, 2_000, 3));
        assert_eq!(drawn(5, 9_000), 1);
    }
}
