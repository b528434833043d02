//! The stages of a Spark run that lost most time to their slowest task, where they are known.

use super::{Block, Span, Table, code, text};
use crate::logs::number;
use ::jobs::wording::duration;
use contract::jobs::{Stages, stages::StageRow};
use objects::size;

/// Stages that are told.
const MOST: usize = 6;

/// Nothing where there are none.
pub fn slowest(stages: &Stages) -> Vec<Block> {
    if stages.rows.is_empty() {
        return Vec::new();
    }
    let head = &["Stage", "Name", "Tasks", "Failed", "Median task", "Slowest task", "Spilled to disk"];
    vec![Block::Table(Table::new(head, stages.rows.iter().take(MOST).map(row).collect()))]
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
    use crate::incident::report::{Report, Said, markdown::markdown};
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
    }
}
