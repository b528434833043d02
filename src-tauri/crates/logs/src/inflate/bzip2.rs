//! bzip2: streams one after the other, as `pbzip2` writes them.

use super::{Damage, Format, Outcome, out::Out, source::Source};
use crate::{LogFault, size};
use std::io::Read;

pub fn inflate<R: Read>(source: &mut Source<R>, out: &mut Out<'_>) -> Outcome {
    let mut members = 0;
    loop {
        if let Some(damage) = stream(source, out)? {
            return Ok((members, Some(damage)));
        }
        members += 1;
        let next = source.peek(Format::MAGIC)?;
        match Format::of(next) {
            Format::Bzip2 => {}
            _ if next.is_empty() => return Ok((members, None)),
            _ if next.len() < Format::MAGIC && next.starts_with(b"BZh") => {
                return Ok((members, Some(Damage::Truncated)));
            }
            _ => return Ok((members, Some(Damage::TrailingGarbage))),
        }
    }
}

fn stream<R: Read>(source: &mut Source<R>, out: &mut Out<'_>) -> Result<Option<Damage>, LogFault> {
    let mut state = bzip2::Decompress::new(false);
    loop {
        let ready = source.ready()?;
        let at_end = ready.is_empty();
        let (read, written) = (state.total_in(), state.total_out());
        let status = state.decompress(ready, out.spare());
        let (read, written) = (state.total_in() - read, state.total_out() - written);
        source.consume(size(read));
        out.advance(size(written), source.consumed())?;
        match status {
            Ok(bzip2::Status::StreamEnd) => return Ok(None),
            Err(_) => return Ok(Some(Damage::Corrupt)),
            Ok(_) if at_end && written == 0 => return Ok(Some(Damage::Truncated)),
            Ok(_) if read == 0 && written == 0 => return Ok(Some(Damage::Corrupt)),
            Ok(_) => {}
        }
    }
}
