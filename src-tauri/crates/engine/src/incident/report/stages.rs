//! The stages of a Spark run that lost most time to their slowest task, where they are known, and those that failed: as a
//! table, and as the picture that the page of the job has.

use super::{Block, Said, Span, Table, code, strong, text};
use crate::logs::number;
use ::jobs::wording::{cut, duration};
use charts::{Frame, Spread, spreads};
use contract::{
    charts::Chart,
    jobs::{Stages, stages::StageRow},
};
use objects::size;

/// Stages that are told.
const MOST: usize = 6;
/// Stages that are drawn, as on the page of the job.
const MOST_DRAWN: usize = 8;
/// Characters of why one failed: the rest is a stack trace.
const MOST_WHY: usize = 300;
/// Pixels.
const WIDTH: u32 = 760;
/// Pixels of height that no stage takes, and that each takes.
const EDGES: u32 = 60;
const ROOM: u32 = 24;
/// Times are drawn in the largest of these that the longest one fills, in milliseconds.
const UNITS: [(&str, u64); 4] = [("h", 3_600_000), ("min", 60_000), ("s", 1_000), ("ms", 1)];

/// Nothing where there are none.
pub fn slowest(stages: &Stages) -> Vec<Block> {
    if stages.rows.is_empty() {
        return Vec::new();
    }
    let told = chosen(&stages.rows.iter().collect::<Vec<_>>(), MOST);
    let mut blocks: Vec<Block> = told.iter().filter_map(|row| failed(row)).collect();
    let all = stages.left_out.saturating_add(stages.rows.len() as u64);
    if all > told.len() as u64 {
        let also = if told.iter().any(|row| row.failure.is_some()) { "those that failed, and " } else { "" };
        let said =
            format!("{} of {} stages: {also}those that lost most time to their slowest task.", told.len(), number(all));
        blocks.push(Block::Line(vec![text(said)]));
    }
    let head = &["Stage", "Name", "Tasks", "Failed tasks", "Median task", "Slowest task", "Spilled to disk"];
    blocks.push(Block::Table(Table::new(head, told.into_iter().map(row).collect())));
    blocks.extend(chart(&stages.rows).map(|chart| Block::Chart(Box::new(chart))));
    blocks
}

/// The first of these, but none that failed gives way to one that did not; in their order.
fn chosen<'a>(rows: &[&'a StageRow], most: usize) -> Vec<&'a StageRow> {
    let failed = rows.iter().filter(|row| row.failure.is_some()).count();
    let mut others = most.saturating_sub(failed);
    let mut is_chosen = |row: &StageRow| {
        if row.failure.is_some() {
            return true;
        }
        let fits = others > 0;
        others = others.saturating_sub(1);
        fits
    };
    rows.iter().copied().filter(|row| is_chosen(row)).take(most).collect()
}

/// Why a stage failed.
fn failed(row: &StageRow) -> Option<Block> {
    let why = row.failure.as_deref()?.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let name = format!("Stage {} failed", row.label());
    Some(Block::Line(match why {
        "" => vec![strong(format!("{name}."))],
        why => vec![strong(format!("{name}:")), text(cut(why, MOST_WHY))],
    }))
}

/// The median task of each against its slowest one; `None` where no stage had two.
fn chart(rows: &[StageRow]) -> Option<Chart> {
    let timed: Vec<&StageRow> =
        rows.iter().filter(|row| row.max > 0 && (row.tasks > 1 || row.failure.is_some())).collect();
    let first = timed.iter().find(|row| row.tasks > 1)?;
    let drawn = chosen(&timed, MOST_DRAWN);
    let longest = drawn.iter().map(|row| row.max).max()?;
    let (unit, millis) = UNITS.into_iter().find(|(_, millis)| longest >= *millis)?;
    let spread = |row: &&StageRow| {
        Some(Spread {
            name: named(row),
            median: in_unit(row.median, millis)?,
            slowest: in_unit(row.max, millis)?,
            note: duration(row.max),
            failed: row.failure.is_some(),
        })
    };
    let told: Vec<Spread> = drawn.iter().filter_map(spread).collect();
    let height = EDGES + ROOM * u32::try_from(told.len()).ok()?;
    let caption = "Task times of the worst stages".to_owned();
    let summary = summary(first, &drawn);
    spreads(&Frame { width: WIDTH, height, offset_minutes: 0, caption }, unit, &told, summary).ok()
}

/// `Stage 2: save at daily_sales.py:42`.
fn named(row: &StageRow) -> String {
    let name = Said::of(&row.name).line();
    if name.is_empty() { format!("Stage {}", row.label()) } else { format!("Stage {}: {name}", row.label()) }
}

/// The picture in a sentence or two: the stage that lost most, and those that failed.
fn summary(first: &StageRow, drawn: &[&StageRow]) -> String {
    let lost = if first.max > first.median {
        format!(
            "Stage {} lost most time: its slowest task took {}, its median task {}.",
            first.label(),
            duration(first.max),
            duration(first.median)
        )
    } else {
        "No stage lost time to a slow task.".to_owned()
    };
    let failed: Vec<String> = drawn.iter().filter(|row| row.failure.is_some()).map(|row| row.label()).collect();
    match failed.as_slice() {
        [] => lost,
        [one] => format!("{lost} Stage {one} failed."),
        some => format!("{lost} Stages {} failed.", some.join(", ")),
    }
}

/// To a millionth; `None` for what no task takes.
fn in_unit(time: u64, millis: u64) -> Option<f64> {
    let millionths = time.checked_mul(1_000_000)?.checked_div(millis)?;
    Some(f64::from(u32::try_from(millionths).ok()?) / 1_000_000.0)
}

fn row(stage: &StageRow) -> Vec<Span> {
    let label = stage.label();
    vec![
        if stage.failure.is_some() { strong(format!("✕ {label} failed")) } else { text(label) },
        code(&stage.name),
        text(number(stage.tasks)),
        text(number(stage.failed)),
        text(duration(stage.median)),
        text(duration(stage.max)),
        text(size::words(stage.spill_disk)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incident::report::{Report, Said, html::html, markdown::markdown};
    use contract::{Timestamp, jobs::JobId};

    fn stages(count: u64) -> Stages {
        let row = |id| StageRow {
            id,
            attempt: 0,
            name: format!("save at a.py:{id}"),
            planned: 200,
            tasks: 1_200,
            failed: 1,
            killed: 0,
            millis: None,
            median: 2_000,
            p95: 3_000,
            max: 400_000,
            stragglers: 1,
            slow: Vec::new(),
            input: 0,
            output: 0,
            shuffle_read: 0,
            shuffle_write: 0,
            spill_memory: 0,
            spill_disk: 1_258_291,
            gc: 0,
            ailments: Vec::new(),
            failure: None,
        };
        Stages {
            reading: 1,
            job: JobId::Glue { job: "crm".into(), run: "jr_1".into() },
            complete: true,
            absent: None,
            application: None,
            spark: None,
            findings: Vec::new(),
            rows: (0..count).map(row).collect(),
            left_out: 0,
            lost: Vec::new(),
            files: Vec::new(),
            as_of: Timestamp::UNIX_EPOCH,
            notices: Vec::new(),
        }
    }

    #[test]
    fn the_worst_stages_are_told_where_they_are_known() {
        let mut report = Report { title: Said::of("x"), parts: Vec::new() };
        report.tell_stages(&stages(0));
        assert_eq!(markdown(&report), "# x\n");
        report.tell_stages(&stages(9));
        let text = markdown(&report);
        assert!(text.contains("## Slowest stages"), "{text}");
        assert!(text.contains("| `save at a.py:0` | 1,200 | 1 | 2 s | 6 m 40 s | 1\\.2 MB |"), "{text}");
        assert_eq!(text.matches("save at").count(), MOST);
        assert!(text.contains("Task times of the worst stages"), "the picture in words: {text}");
        assert!(text.contains("Stage 0 lost most time: its slowest task took 6 m 40 s, its median task 2 s"), "{text}");
    }

    #[test]
    fn the_worst_stages_are_drawn_in_the_document_itself() {
        let mut report = Report { title: Said::of("x"), parts: Vec::new() };
        report.tell_stages(&stages(9));
        let page = html(&report);
        assert!(page.contains("<figure class=\"chart\">") && page.contains("<svg "), "{page}");
        let words = [
            ">Stage 0: save at a.py:0<",
            ">Stage 7: save at a.py:7<",
            "Task time (min)",
            "Median task",
            "Slowest task",
            ".chart-current",
        ];
        for word in words {
            assert!(page.contains(word), "{word} is missing in {page}");
        }
        assert!(!page.contains("Stage 8"), "eight are drawn");
        assert!(page.contains("6 of 9 stages: those that lost most time to their slowest task."), "{page}");
        assert!(!page.contains("failed.") && !page.contains("class=\"chart-breach\""), "none failed: {page}");
        assert!(!page.contains(" href=") && !page.contains("<script"), "nothing is fetched");
    }

    #[test]
    fn a_stage_of_one_task_is_no_picture() {
        let mut alone = stages(2);
        for row in &mut alone.rows {
            row.tasks = 1;
        }
        assert_eq!(chart(&alone.rows), None);
        assert_eq!(slowest(&alone).len(), 1, "the table stands");
        assert_eq!((in_unit(90_000, 60_000), in_unit(2_000, 60_000)), (Some(1.5), Some(0.033_333)));
        assert_eq!(in_unit(u64::MAX, 1), None);
    }

    #[test]
    fn what_failed_is_told_and_drawn_however_little_time_it_took() {
        let mut many = stages(40);
        many.left_out = 1_200;
        let last = many.rows.last_mut().unwrap();
        (last.median, last.max, last.tasks) = (20, 30, 1);
        last.failure = Some("\n Job aborted: <b>Task 3</b>, password=hunter2-and-more\n\tat Task.run".into());
        let mut report = Report { title: Said::of("x"), parts: Vec::new() };
        report.tell_stages(&many);
        let (page, text) = (html(&report), markdown(&report));
        let words = [
            "<strong>Stage 39 failed:</strong> Job aborted: &lt;b&gt;Task 3&lt;/b&gt;",
            "6 of 1,240 stages: those that failed",
            "<strong>✕ 39 failed</strong>",
            "its median task 2 s. Stage 39 failed.",
            ">Stage 39: save at a.py:39<",
            ">× failed, ",
            "class=\"chart-breach\"",
            "Slowest task of a stage that failed",
        ];
        for word in words {
            assert!(page.contains(word), "{word} is missing in {page}");
        }
        assert!(!page.contains("Stage 7:") && page.contains("Stage 6:"), "eight are drawn, and it is one: {page}");
        assert!(!page.contains("hunter2") && !text.contains("hunter2") && !page.contains("Task.run"), "{text}");
        assert!(text.contains("**Stage 39 failed:** Job aborted:"), "{text}");
        // All that failed, where that is more than there is room for.
        for row in &mut many.rows {
            row.failure = Some(String::new());
        }
        let all: Vec<&StageRow> = many.rows.iter().collect();
        assert_eq!(chosen(&all, 3).iter().map(|row| row.id).collect::<Vec<_>>(), [0, 1, 2]);
    }

    #[test]
    fn a_picture_says_where_nothing_was_lost_and_no_name_is_known() {
        let mut even = stages(2);
        for row in &mut even.rows {
            (row.median, row.max, row.name) = (3_000, 3_000, String::new());
        }
        let drawn = chart(&even.rows).unwrap();
        assert_eq!(drawn.summary, "No stage lost time to a slow task.");
        assert_eq!(drawn.table.rows[1], ["Stage 1", "3", "3"]);
        // What is long beside it leaves the others their times.
        even.rows[0].max = 7_200_000;
        assert_eq!(chart(&even.rows).unwrap().table.rows[1], ["Stage 1", "0.000833", "0.000833"]);
    }
}
