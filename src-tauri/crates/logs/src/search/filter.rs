//! A chunk of records: blocks in which none can match are not read.

use super::{
    chunk::{self, Keeper, Lines, Number},
    query::{Kind, Matcher},
};
use crate::{
    Levels, LogFault, Reader, Records,
    record::{Step, walk::walk},
    size, wide,
};
use std::ops::Range;

/// Searches some blocks.
pub(super) fn search(
    records: &Records,
    blocks: Range<usize>,
    matcher: &Matcher,
    reader: &mut Reader,
    buffer: &mut Vec<u8>,
    keeper: &mut Keeper,
) -> Result<(), LogFault> {
    let filter = &matcher.filter;
    let heads_only = matches!(matcher.kind, Kind::Records);
    for number in blocks {
        let Some(block) = records.block(number) else { break };
        let mut there = Levels::of_counts(&block.counts);
        if !heads_only {
            // It may begin inside of one.
            there = there.with(block.grouper.level());
        }
        let timely = filter.times.as_ref().is_none_or(|times| {
            block.first.is_some_and(|first| first < times.end) && block.last.is_some_and(|last| last >= times.start)
        });
        if !timely || !filter.levels.meets(there) {
            continue;
        }
        let mut grouper = block.grouper;
        let mut lets = filter.lets(grouper.level(), grouper.clock());
        let mut line = block.line;
        // Lines one after the other that the filter lets through are searched in one piece.
        let mut runs: Vec<(Range<u64>, u64)> = Vec::new();
        walk(records.log(), block.offset..block.end, buffer, |passed| {
            let begins = matches!(grouper.step(passed.bytes, reader), Step::Begins { .. });
            if begins {
                lets = filter.lets(grouper.level(), grouper.clock());
            }
            if lets && (begins || !heads_only) {
                match runs.last_mut() {
                    Some((run, _)) if run.end == passed.offset => run.end = passed.next,
                    _ => runs.push((passed.offset..passed.next, line)),
                }
            }
            line += 1;
            true
        })?;
        for (run, line) in runs {
            let length = size(run.end - run.start);
            if length > chunk::LONG {
                chunk::long(records.log(), run, line, matcher, buffer, keeper)?;
                continue;
            }
            buffer.resize(buffer.len().max(length), 0);
            let read = records.log().read_at(buffer.get_mut(..length).unwrap_or_default(), run.start)?;
            let bytes = buffer.get(..read).unwrap_or_default();
            debug_assert_eq!(wide(read), run.end - run.start, "what is indexed is there");
            chunk::whole(matcher, Lines { bytes, offset: run.start, line: Number::Is(line) }, keeper)?;
        }
    }
    Ok(())
}
