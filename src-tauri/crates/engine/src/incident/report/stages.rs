//! The stages of a Spark run that lost most time to their slowest task, where they are known: as a table, and as the picture
//! that the page of the job has.

use super::{Block, Span, Table, code, text};
use crate::logs::number;
use ::jobs::wording::duration;
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
    let head = &["Stage", "Name", "Tasks", "Failed", "Median task", "Slowest task", "Spilled to disk"];
    let table = Block::Table(Table::new(head, stages.rows.iter().take(MOST).map(row).collect()));
    let picture = chart(&stages.rows).map(|chart| Block::Chart(Box::new(chart)));
    std::iter::once(table).chain(picture).collect()
}

/// The median task of each against its slowest one; `None` where no stage had two.
fn chart(rows: &[StageRow]) -> Option<Chart> {
    let worst: Vec<&StageRow> = rows.iter().filter(|row| row.tasks > 1 && row.max > 0).take(MOST_DRAWN).collect();
    let (first, longest) = (worst.first()?, worst.iter().map(|row| row.max).max()?);
    let (unit, millis) = UNITS.into_iter().find(|(_, millis)| longest >= *millis)?;
    let spread = |row: &&StageRow| {
        Some(Spread {
            name: format!("Stage {}", row.label()),
            median: in_unit(row.median, millis)?,
            slowest: in_unit(row.max, millis)?,
            note: duration(row.max),
        })
    };
    let told: Vec<Spread> = worst.iter().filter_map(spread).collect();
    let summary = format!(
        "Stage {} lost most time: its slowest task took {}, its median task {}.",
        first.label(),
        duration(first.max),
        duration(first.median)
    );
    let height = EDGES + ROOM * u32::try_from(told.len()).ok()?;
    let caption = "Task times of the worst stages".to_owned();
    spreads(&Frame { width: WIDTH, height, offset_minutes: 0, caption }, unit, &told, summary).ok()
}

/// To a thousandth; `None` for what no task takes.
fn in_unit(time: u64, millis: u64) -> Option<f64> {
    let thousandths = time.checked_mul(1_000)?.checked_div(millis)?;
    Some(f64::from(u32::try_from(thousandths).ok()?) / 1_000.0)
}

fn row(stage: &StageRow) -> Vec<Span> {
    vec![
        text(stage.label()),
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
        for word in ["Stage 0", "Stage 7", "Task time (min)", "Median task", "Slowest task", ".chart-current"] {
            assert!(page.contains(word), "{word} is missing in {page}");
        }
        assert!(!page.contains(">Stage 8<"), "eight are drawn");
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
        assert_eq!((in_unit(90_000, 60_000), in_unit(2_000, 60_000)), (Some(1.5), Some(0.033)));
        assert_eq!(in_unit(u64::MAX, 1), None);
    }
}
