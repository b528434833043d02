//! All stages, a row each. One tab stop: arrows move, and the row with the cursor is the stage that is shown below.

use crate::{
    format,
    parts::{
        segmented::focus_child,
        status::{Shape, Status},
    },
};
use contract::jobs::stages::StageRow;
use leptos::{ev, prelude::*};

/// `54.6 ×`; nothing where the median is nothing.
pub fn ratio(row: &StageRow) -> String {
    row.ratio_tenths().map_or_else(String::new, |tenths| format!("{}.{} ×", format::count(tenths / 10), tenths % 10))
}

/// Heads of the numbers, in the order of [`numbers`].
const HEADS: [&str; 12] = [
    "Tasks",
    "Failed",
    "Took",
    "Median task",
    "Slowest task",
    "Ratio",
    "Input",
    "Shuffle read",
    "Shuffle write",
    "Spill",
    "GC",
    "Stragglers",
];

/// What a row shows, with its exact form.
fn numbers(row: &StageRow) -> [(String, String); 12] {
    let time = |millis: u64| (format::millis(millis), format!("{} ms", format::count(millis)));
    let size = |bytes: u64| (format::size(bytes), format::bytes_exact(bytes));
    let number = |number: u64| (format::count(number), String::new());
    [
        number(row.tasks),
        number(row.failed),
        row.millis.map_or_else(|| ("–".to_owned(), "The log does not say when it ended".to_owned()), time),
        time(row.median),
        time(row.max),
        (ratio(row), "The slowest task beside the median one".to_owned()),
        size(row.input),
        size(row.shuffle_read),
        size(row.shuffle_write),
        size(row.spill_disk),
        (format!("{} %", row.gc), "Share of the tasks' time".to_owned()),
        number(row.stragglers),
    ]
}

#[component]
pub fn StageTable(rows: Vec<StageRow>, chosen: RwSignal<Option<(u64, u64)>>) -> impl IntoView {
    let keys: Vec<(u64, u64)> = rows.iter().map(|row| (row.id, row.attempt)).collect();
    let count = rows.len();
    crate::keys::hold(&crate::keys::held::STAGES);
    let on_key = move |event: ev::KeyboardEvent| {
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        let Some(last) = keys.len().checked_sub(1) else { return };
        let at = chosen.get_untracked().and_then(|key| keys.iter().position(|known| *known == key)).unwrap_or_default();
        let next = match event.key().as_str() {
            "ArrowDown" | "j" => (at + 1).min(last),
            "ArrowUp" | "k" => at.saturating_sub(1),
            "Home" => 0,
            "End" => last,
            _ => return,
        };
        event.prevent_default();
        chosen.set(keys.get(next).copied());
        focus_child(&event, next);
    };
    view! {
        <div class="stage-frame">
            <table class="table stage-table" role="grid" aria-label="Stages" aria-rowcount=(count + 1).to_string()>
                <thead>
                    <tr>
                        <th scope="col">"Stage"</th>
                        <th scope="col">"Name"</th>
                        {HEADS.into_iter().map(|head| view! { <th scope="col" class="num">{head}</th> }).collect_view()}
                    </tr>
                </thead>
                <tbody on:keydown=on_key>
                    {(2_usize..).zip(rows).map(|(index, row)| view! { <Row row index chosen /> }).collect_view()}
                </tbody>
            </table>
        </div>
    }
}

#[component]
fn Row(row: StageRow, index: usize, chosen: RwSignal<Option<(u64, u64)>>) -> impl IntoView {
    let key = (row.id, row.attempt);
    let on = move || chosen.get() == Some(key);
    let name = format::visible(&row.name);
    let title = name.clone();
    let ailing = row.ailments.iter().map(|one| one.word()).collect::<Vec<_>>().join(", ");
    let shape = if row.failure.is_some() { Shape::Bad } else { Shape::Warn };
    let word = if row.failure.is_some() { "failed".to_owned() } else { ailing };
    view! {
        <tr
            data-id=row.label()
            aria-rowindex=index.to_string()
            aria-selected=move || on().to_string()
            tabindex=move || if on() { "0" } else { "-1" }
            class:on=on
            on:click=move |_| chosen.set(Some(key))
            on:focus=move |_| chosen.set(Some(key))
        >
            <th scope="row" class="mono">{row.label()}</th>
            <td class="stage-name" title=title>
                <span class="cut">{name}</span>
                {(!word.is_empty()).then(|| view! { <Status shape word /> })}
            </td>
            {numbers(&row).into_iter().map(|(shown, exact)| view! { <td class="num" title=exact>{shown}</td> }).collect_view()}
        </tr>
    }
}

/// All rows for a spreadsheet: times in milliseconds, sizes in bytes.
pub fn csv(rows: &[StageRow]) -> String {
    let mut lines = vec![
        "stage,attempt,name,tasks,failed,took_ms,median_ms,p95_ms,max_ms,input_bytes,shuffle_read_bytes,shuffle_write_bytes,spill_disk_bytes,gc_percent,stragglers".to_owned(),
    ];
    lines.extend(rows.iter().map(|row| {
        let name = contract::cells::csv(&row.name);
        let took = row.millis.map_or_else(String::new, |millis| millis.to_string());
        let rest = [
            row.median,
            row.p95,
            row.max,
            row.input,
            row.shuffle_read,
            row.shuffle_write,
            row.spill_disk,
            row.gc,
            row.stragglers,
        ];
        let rest = rest.map(|number| number.to_string()).join(",");
        format!("{},{},{name},{},{},{took},{rest}", row.id, row.attempt, row.tasks, row.failed)
    }));
    lines.join("\n")
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub fn row(id: u64, median: u64, max: u64) -> StageRow {
        StageRow {
            id,
            attempt: 0,
            name: "=save at \"a.py\":9".into(),
            planned: 4,
            tasks: 4,
            failed: 0,
            killed: 0,
            millis: Some(max),
            median,
            p95: max,
            max,
            stragglers: 1,
            slow: Vec::new(),
            input: 0,
            output: 0,
            shuffle_read: 2_048,
            shuffle_write: 0,
            spill_memory: 0,
            spill_disk: 0,
            gc: 7,
            ailments: Vec::new(),
            failure: None,
        }
    }

    #[test]
    fn a_row_says_how_far_its_slowest_task_is_off() {
        assert_eq!(ratio(&row(1, 20_000, 1_092_000)), "54.6 ×");
        assert_eq!(ratio(&row(1, 0, 5)), "");
        assert_eq!(numbers(&row(1, 20_000, 1_092_000))[7].0, "2.0 KB");
    }

    #[test]
    fn a_copy_is_read_by_spreadsheets_and_holds_no_formula() {
        let text = csv(&[row(3, 10, 20)]);
        let mut lines = text.lines();
        let heads = lines.next().unwrap().split(',').count();
        let line = lines.next().unwrap();
        assert_eq!(line, "3,0,\"'=save at \"\"a.py\"\":9\",4,0,20,10,20,20,0,2048,0,0,7,1");
        assert_eq!(line.split(',').count(), heads);
    }
}
