//! One chunk: the lines that begin in it.

use super::{
    Hit,
    query::{Kind, Matcher},
};
use crate::{Log, LogFault, index::newlines, size, wide};
use std::ops::Range;

/// Bytes of a chunk: enough that a thread is busy for a while, few enough that hits come soon.
pub const CHUNK: u64 = 4 << 20;
/// Bytes that are read and searched at once: with what is looked for they fit a core's own cache.
const PIECE: u64 = 256 << 10;
/// A longer line is searched in pieces of this many bytes.
pub const LONG: usize = 8 << 20;
/// By which the pieces overlap.
const OVERLAP: usize = 64 << 10;
/// Matches over several lines after which an expression is given single lines: it would run to the end each time.
const ASTRAY: u32 = 4;

/// What a chunk gave.
#[derive(Debug, Default)]
pub struct Chunk {
    /// The first ones.
    pub hits: Vec<Hit>,
    /// Lines of all that matched; as many as `hits` or more.
    pub lines: Vec<u64>,
}

/// Takes hits, of which it keeps some.
pub(super) struct Keeper {
    pub chunk: Chunk,
    pub most: usize,
}

impl Keeper {
    pub fn take(&mut self, hit: Hit) {
        self.chunk.lines.push(hit.line);
        if self.chunk.hits.len() < self.most {
            self.chunk.hits.push(hit);
        }
    }
}

/// Whole lines in memory: where they are in the file.
#[derive(Clone, Copy)]
pub(super) struct Lines<'a> {
    pub bytes: &'a [u8],
    pub offset: u64,
    pub line: Number<'a>,
}

/// The number of the first of them: asked for only where something is found.
#[derive(Clone, Copy)]
pub(super) enum Number<'a> {
    Is(u64),
    Of(&'a Log),
}

impl Lines<'_> {
    fn first(&self) -> Result<u64, LogFault> {
        match self.line {
            Number::Is(number) => Ok(number),
            Number::Of(log) => log.line_of(self.offset),
        }
    }
}

/// Searches the lines that begin in `range`; a line that has no end yet counts if the log has ended.
pub(super) fn search(
    log: &Log,
    range: Range<u64>,
    matcher: &Matcher,
    buffer: &mut Vec<u8>,
    keeper: &mut Keeper,
) -> Result<(), LogFault> {
    let mut from = range.start;
    while from < range.end {
        let to = range.end.min(from + PIECE);
        piece(log, from..to, matcher, buffer, keeper)?;
        from = to;
    }
    Ok(())
}

/// Bytes beyond a piece in which its last line ends, mostly.
const BEYOND: u64 = 2 << 10;

fn piece(
    log: &Log,
    range: Range<u64>,
    matcher: &Matcher,
    buffer: &mut Vec<u8>,
    keeper: &mut Keeper,
) -> Result<(), LogFault> {
    let length = log.extent().length;
    // One read for the piece, the byte before it and the end of its last line.
    let start = range.start.saturating_sub(1);
    let wanted = size(range.end.saturating_add(BEYOND).min(length).saturating_sub(start));
    buffer.resize(buffer.len().max(wanted), 0);
    let read = log.read_at(buffer.get_mut(..wanted).unwrap_or_default(), start)?;
    let held = buffer.get(..read).unwrap_or_default();
    let newline = |from: usize| memchr::memchr(b'\n', held.get(from..)?).map(|ahead| from + ahead + 1);
    let begin = if range.start == 0 { Some(0) } else { newline(0) };
    if begin.is_some_and(|begin| start + wide(begin) >= range.end) {
        return Ok(());
    }
    let last = size(range.end - 1 - start);
    let end = newline(last).or_else(|| (start + wide(read) == length).then_some(read));
    if let (Some(begin), Some(end)) = (begin, end) {
        let bytes = held.get(begin..end).unwrap_or_default();
        let offset = start + wide(begin);
        return whole(matcher, Lines { bytes, offset, line: Number::Of(log) }, keeper);
    }
    // A line of it is longer.
    let Some((from, to)) = bounds(log, range)? else { return Ok(()) };
    let line = log.line_of(from)?;
    let length = size(to - from);
    if length > LONG {
        return long(log, from..to, line, matcher, buffer, keeper);
    }
    buffer.resize(buffer.len().max(length), 0);
    let read = log.read_at(buffer.get_mut(..length).unwrap_or_default(), from)?;
    let bytes = buffer.get(..read).unwrap_or_default();
    whole(matcher, Lines { bytes, offset: from, line: Number::Is(line) }, keeper)
}

/// From the first line that begins in `range` to the end of the last one.
fn bounds(log: &Log, range: Range<u64>) -> Result<Option<(u64, u64)>, LogFault> {
    let length = log.extent().length;
    let end = range.end.min(length);
    let from = if range.start == 0 { Some(0) } else { log.line_end(range.start - 1)? };
    let Some(from) = from.filter(|from| *from < end) else { return Ok(None) };
    Ok(Some((from, log.line_end(end - 1)?.unwrap_or(length))))
}

/// All lines of some bytes.
pub(super) fn whole(matcher: &Matcher, lines: Lines<'_>, keeper: &mut Keeper) -> Result<(), LogFault> {
    let mut found = Vec::new();
    each_match(&matcher.kind, lines.bytes, &mut |line, mark| found.push((line, mark)));
    if found.is_empty() && !matcher.inverse {
        return Ok(());
    }
    let mut number = lines.first()?;
    if matcher.inverse {
        let mut found = found.into_iter().peekable();
        each_line(lines.bytes, |line| {
            if found.next_if(|(other, _)| other.start == line.start).is_none() {
                keeper.take(hit(lines, number, &line, 0..0));
            }
            number += 1;
        });
        return Ok(());
    }
    let mut counted = 0;
    for (line, mark) in found {
        number += newlines(lines.bytes.get(counted..line.start).unwrap_or_default());
        counted = line.start;
        keeper.take(hit(lines, number, &line, mark));
    }
    Ok(())
}

fn hit(lines: Lines<'_>, number: u64, line: &Range<usize>, mark: Range<usize>) -> Hit {
    let mark = wide(mark.start.saturating_sub(line.start))..wide(mark.end.saturating_sub(line.start));
    Hit { line: number, offset: lines.offset + wide(line.start), length: wide(line.len()), mark }
}

fn each_line(bytes: &[u8], mut each: impl FnMut(Range<usize>)) {
    let mut start = 0;
    for newline in memchr::memchr_iter(b'\n', bytes) {
        each(start..without_return(bytes, start, newline));
        start = newline + 1;
    }
    if start < bytes.len() {
        each(start..without_return(bytes, start, bytes.len()));
    }
}

fn without_return(bytes: &[u8], start: usize, end: usize) -> usize {
    let returns = end > start && bytes.get(end - 1) == Some(&b'\r');
    if returns { end - 1 } else { end }
}

/// The line around a place.
fn line_at(bytes: &[u8], at: usize) -> (Range<usize>, usize) {
    let start = memchr::memrchr(b'\n', bytes.get(..at).unwrap_or_default()).map_or(0, |newline| newline + 1);
    let newline = memchr::memchr(b'\n', bytes.get(at..).unwrap_or_default()).map(|ahead| at + ahead);
    let end = newline.unwrap_or(bytes.len());
    (start..without_return(bytes, start, end), newline.map_or(bytes.len(), |newline| newline + 1))
}

/// Each line that matches, once and in order, with its first match.
fn each_match(kind: &Kind, bytes: &[u8], each: &mut dyn FnMut(Range<usize>, Range<usize>)) {
    match kind {
        Kind::Records => each_line(bytes, |line| each(line.clone(), line.start..line.start)),
        Kind::Plain(finder) => {
            let mut from = 0;
            while let Some(ahead) = bytes.get(from..).and_then(|rest| finder.find(rest)) {
                let start = from + ahead;
                let end = start + finder.needle().len();
                let (line, next) = line_at(bytes, start);
                // A needle with a newline in it, or with the return before one, is in no line.
                if end <= line.end {
                    each(line, start..end);
                    from = next;
                } else {
                    from = start + 1;
                }
            }
        }
        Kind::Regex { regex, line_by_line } => {
            let mut from = 0;
            let mut astray = if *line_by_line { ASTRAY } else { 0 };
            while astray < ASTRAY && from < bytes.len() {
                let Some(found) = regex.find_at(bytes, from) else { return };
                let (line, next) = line_at(bytes, found.start());
                if found.start() >= bytes.len() && line.is_empty() {
                    // Behind the last newline there is no line.
                    return;
                }
                if found.end() <= line.end {
                    each(line, found.range());
                } else {
                    // It went over the end of the line; the line alone decides. No line before it matches, for a match in
                    // a line is one in the whole.
                    astray += 1;
                    if let Some(alone) = regex.find(bytes.get(line.clone()).unwrap_or_default()) {
                        let mark = line.start + alone.start()..line.start + alone.end();
                        each(line, mark);
                    }
                }
                from = next;
            }
            let rest = bytes.get(from..).unwrap_or_default();
            each_line(rest, |line| {
                if let Some(found) = regex.find(rest.get(line.clone()).unwrap_or_default()) {
                    let mark = from + line.start + found.start()..from + line.start + found.end();
                    each(from + line.start..from + line.end, mark);
                }
            });
        }
    }
}

/// Lines of which one is too long to be held: line by line, that one in pieces.
pub(super) fn long(
    log: &Log,
    range: Range<u64>,
    mut number: u64,
    matcher: &Matcher,
    buffer: &mut Vec<u8>,
    keeper: &mut Keeper,
) -> Result<(), LogFault> {
    let mut at = range.start;
    while at < range.end {
        let next = log.line_end(at)?.unwrap_or(range.end).min(range.end);
        let length = size(next - at);
        if length <= LONG {
            buffer.resize(buffer.len().max(length), 0);
            let read = log.read_at(buffer.get_mut(..length).unwrap_or_default(), at)?;
            let bytes = buffer.get(..read).unwrap_or_default();
            whole(matcher, Lines { bytes, offset: at, line: Number::Is(number) }, keeper)?;
        } else {
            let mut last = [0; 2];
            let read = log.read_at(&mut last, next - 2)?;
            let ending = match last {
                [b'\r', b'\n'] if read == 2 => 2,
                [_, b'\n' | b'\r'] => 1,
                _ => 0,
            };
            let line = at..next - ending;
            let mark = pieces(log, line.clone(), &matcher.kind, buffer)?;
            if mark.is_some() != matcher.inverse {
                let mark = mark.unwrap_or(0..0);
                keeper.take(Hit { line: number, offset: at, length: line.end - line.start, mark });
            }
        }
        number += 1;
        at = next;
    }
    Ok(())
}

/// The first match in a line that is read piece by piece.
fn pieces(log: &Log, line: Range<u64>, kind: &Kind, buffer: &mut Vec<u8>) -> Result<Option<Range<u64>>, LogFault> {
    let mut at = line.start;
    loop {
        let length = size(line.end - at).min(LONG);
        buffer.resize(buffer.len().max(length), 0);
        let read = log.read_at(buffer.get_mut(..length).unwrap_or_default(), at)?;
        let piece = buffer.get(..read).unwrap_or_default();
        let found = match kind {
            Kind::Records => Some(0..0),
            Kind::Plain(finder) => finder.find(piece).map(|at| at..at + finder.needle().len()),
            Kind::Regex { regex, .. } => regex.find(piece).map(|found| found.range()),
        };
        if let Some(found) = found {
            let from = at - line.start;
            return Ok(Some(from + wide(found.start)..from + wide(found.end)));
        }
        if at + wide(read) >= line.end || read <= OVERLAP {
            return Ok(None);
        }
        at += wide(read - OVERLAP);
    }
}
