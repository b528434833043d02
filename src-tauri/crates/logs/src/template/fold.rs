//! Records one after the other that say the same.

use super::{hash, write};
use crate::{Level, LogFault, Record, Records};
use std::ops::Range;

/// Records `first..first + count`, which differ in numbers alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fold {
    /// Its number.
    pub first: u64,
    /// At least 1.
    pub count: u64,
    pub level: Option<Level>,
    /// [`hash`] of the template.
    pub template: u64,
}

/// The records `numbers`, folded. A fold that goes on behind them is cut there.
pub fn folds(records: &Records, numbers: Range<u64>) -> Result<Vec<Fold>, LogFault> {
    let mut folds: Vec<Fold> = Vec::new();
    each_template(records, &records.records(numbers)?, |record, template| {
        let template = hash(template);
        match folds.last_mut() {
            Some(last) if last.template == template && last.level == record.level => last.count += 1,
            _ => folds.push(Fold { first: record.number, count: 1, level: record.level, template }),
        }
    })?;
    Ok(folds)
}

/// Templates of records, of their first lines.
pub(super) fn each_template(
    records: &Records,
    some: &[Record],
    mut each: impl FnMut(&Record, &[u8]),
) -> Result<(), LogFault> {
    let mut reader = records.reader();
    let mut line = vec![0; super::FAR * 2];
    let mut template = Vec::new();
    for record in some {
        let length = crate::size(record.length).min(line.len());
        let read = records.log().read_at(line.get_mut(..length).unwrap_or_default(), record.offset)?;
        let text = line.get(..read).unwrap_or_default();
        let text = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        let head = reader.head(text).unwrap_or_default();
        template.clear();
        write(text.get(head.rest..).unwrap_or(text), &mut template);
        each(record, &template);
    }
    Ok(())
}
