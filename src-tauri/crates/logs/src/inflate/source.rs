//! The way in: a buffered reader that counts, looks ahead, and makes its own faults, so that a broken network is never
//! taken for a broken file.

use crate::{LogFault, wide};
use std::io::{self, Read};

const BUFFER: usize = 128 << 10;

pub struct Source<R> {
    reader: R,
    buffer: Vec<u8>,
    from: usize,
    to: usize,
    /// Bytes consumed.
    read: u64,
}

impl<R: Read> Source<R> {
    pub fn new(reader: R) -> Self {
        Self { reader, buffer: vec![0; BUFFER], from: 0, to: 0, read: 0 }
    }

    /// Compressed bytes that were used.
    pub fn consumed(&self) -> u64 {
        self.read
    }

    /// The next `length` bytes, fewer only at the end; `length` is small.
    pub fn peek(&mut self, length: usize) -> Result<&[u8], LogFault> {
        if self.to - self.from < length {
            self.buffer.copy_within(self.from..self.to, 0);
            self.to -= self.from;
            self.from = 0;
            while self.to < length {
                if self.more()? == 0 {
                    break;
                }
            }
        }
        Ok(self.buffer.get(self.from..self.to.min(self.from + length)).unwrap_or_default())
    }

    /// Reads behind what is there.
    fn more(&mut self) -> Result<usize, LogFault> {
        loop {
            match self.reader.read(self.buffer.get_mut(self.to..).unwrap_or_default()) {
                Ok(length) => {
                    self.to = (self.to + length).min(self.buffer.len());
                    return Ok(length);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(source) => return Err(LogFault::Source { read: self.read, source }),
            }
        }
    }

    /// What is there to be read; empty only at the end.
    pub fn ready(&mut self) -> Result<&[u8], LogFault> {
        if self.from == self.to {
            self.from = 0;
            self.to = 0;
            self.more()?;
        }
        Ok(self.buffer.get(self.from..self.to).unwrap_or_default())
    }

    pub fn consume(&mut self, amount: usize) {
        let amount = amount.min(self.to - self.from);
        self.from += amount;
        self.read += wide(amount);
    }
}
