//! Zstandard (RFC 8878): frames one after the other, skippable ones between them.
//!
//! The C library behind the `zstd` crate, not `ruzstd`: that one gives bytes out only when its window is full or the
//! frame ends, so of a truncated frame the last megabytes (of a small file all) would be lost, and it is slower.

use super::{Damage, Format, Outcome, out::Out, source::Source};
use crate::LogFault;
use std::io::Read;
use zstd::stream::raw::{Decoder, InBuffer, Operation as _, OutBuffer};

pub fn inflate<R: Read>(source: &mut Source<R>, out: &mut Out<'_>) -> Outcome {
    let mut members = 0;
    loop {
        if let Some(damage) = frame(source, out)? {
            return Ok((members, Some(damage)));
        }
        members += 1;
        let next = source.peek(4)?;
        match Format::of(next) {
            Format::Zstd => {}
            _ if next.is_empty() => return Ok((members, None)),
            _ => return Ok((members, Some(Damage::TrailingGarbage))),
        }
    }
}

fn frame<R: Read>(source: &mut Source<R>, out: &mut Out<'_>) -> Result<Option<Damage>, LogFault> {
    let cannot = |error| LogFault::Cache { doing: "decoded", source: error };
    let mut decoder = Decoder::new().map_err(cannot)?;
    loop {
        let ready = source.ready()?;
        let at_end = ready.is_empty();
        let mut input = InBuffer::around(ready);
        let mut output = OutBuffer::around(out.spare());
        let state = decoder.run(&mut input, &mut output);
        let (read, written) = (input.pos(), output.pos());
        source.consume(read);
        out.advance(written, source.consumed())?;
        match state {
            Ok(0) => return Ok(None),
            Err(_) => return Ok(Some(Damage::Corrupt)),
            Ok(_) if at_end && written == 0 => return Ok(Some(Damage::Truncated)),
            Ok(_) if read == 0 && written == 0 => return Ok(Some(Damage::Corrupt)),
            Ok(_) => {}
        }
    }
}
