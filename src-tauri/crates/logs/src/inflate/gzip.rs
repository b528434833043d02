//! gzip (RFC 1952): any number of members one after the other, as log agents append them.

use super::{Damage, Outcome, out::Out, source::Source};
use crate::{LogFault, size};
use flate2::{Decompress, FlushDecompress, Status};
use std::io::Read;

pub fn inflate<R: Read>(source: &mut Source<R>, out: &mut Out<'_>) -> Outcome {
    let mut members = 0;
    loop {
        if let Some(damage) = member(source, out)? {
            return Ok((members, Some(damage)));
        }
        members += 1;
        match source.peek(3)? {
            [0x1f, 0x8b, 8] => {}
            [] => return Ok((members, None)),
            // Tapes and block devices pad with zeros.
            [0, ..] => return Ok((members, padding(source)?)),
            [0x1f] | [0x1f, 0x8b] => return Ok((members, Some(Damage::Truncated))),
            _ => return Ok((members, Some(Damage::TrailingGarbage))),
        }
    }
}

/// One member; what is wrong with it. The checksum and the length behind it are compared by zlib.
fn member<R: Read>(source: &mut Source<R>, out: &mut Out<'_>) -> Result<Option<Damage>, LogFault> {
    let mut state = Decompress::new_gzip(15);
    loop {
        let ready = source.ready()?;
        let at_end = ready.is_empty();
        let (read, written) = (state.total_in(), state.total_out());
        let status = state.decompress(ready, out.spare(), FlushDecompress::None);
        let (read, written) = (state.total_in() - read, state.total_out() - written);
        source.consume(size(read));
        out.advance(size(written), source.consumed())?;
        match status {
            Ok(Status::StreamEnd) => return Ok(None),
            Err(_) => return Ok(Some(Damage::Corrupt)),
            Ok(_) if at_end && written == 0 => return Ok(Some(Damage::Truncated)),
            // It can neither read nor write: not a state that zlib leaves, but never a loop.
            Ok(_) if read == 0 && written == 0 => return Ok(Some(Damage::Corrupt)),
            Ok(_) => {}
        }
    }
}

fn padding<R: Read>(source: &mut Source<R>) -> Result<Option<Damage>, LogFault> {
    loop {
        let ready = source.ready()?;
        if ready.is_empty() {
            return Ok(None);
        }
        if ready.iter().any(|byte| *byte != 0) {
            return Ok(Some(Damage::TrailingGarbage));
        }
        let length = ready.len();
        source.consume(length);
    }
}
