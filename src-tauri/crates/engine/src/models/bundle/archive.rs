//! The zip itself, with the digest of each entry.

use crate::models::read::sha256;
use contract::Timestamp;
use jiff::tz::TimeZone;
use std::{
    fs::File,
    io::{self, BufWriter, Write as _},
    path::Path,
};
use zip::{CompressionMethod, DateTime, ZipWriter, result::ZipError, write::SimpleFileOptions};

/// Name of the entry that `sha256sum -c` reads.
const SUMS: &str = "SHA256SUMS";

pub(super) struct Archive {
    zip: ZipWriter<BufWriter<File>>,
    options: SimpleFileOptions,
    /// Digest and name of each entry.
    sums: Vec<(String, String)>,
}

impl Archive {
    /// Of a file that must not be there yet. Its entries are of the time `at`.
    pub fn create(path: &Path, at: Timestamp) -> io::Result<Self> {
        let file = File::options().write(true).create_new(true).open(path)?;
        let mut options =
            SimpleFileOptions::default().compression_method(CompressionMethod::Deflated).unix_permissions(0o644);
        if let Some(at) = moment(at) {
            options = options.last_modified_time(at);
        }
        Ok(Self { zip: ZipWriter::new(BufWriter::new(file)), options, sums: Vec::new() })
    }

    pub fn add(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.zip.start_file(name, self.options).map_err(plain)?;
        self.zip.write_all(bytes)?;
        self.sums.push((sha256(bytes), name.to_owned()));
        Ok(())
    }

    /// Writes the digests last, and all of it to the disk. Answers its bytes.
    pub fn finish(mut self) -> io::Result<u64> {
        let sums: Vec<String> = self.sums.iter().map(|(digest, name)| format!("{digest}  {name}\n")).collect();
        self.zip.start_file(SUMS, self.options).map_err(plain)?;
        self.zip.write_all(sums.concat().as_bytes())?;
        let file = self.zip.finish().map_err(plain)?.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.sync_all()?;
        Ok(file.metadata()?.len())
    }
}

/// A full disk is told as such.
fn plain(error: ZipError) -> io::Error {
    match error {
        ZipError::Io(error) => error,
        other => io::Error::other(other),
    }
}

/// In UTC. A zip tells no zone, and no time before 1980.
fn moment(at: Timestamp) -> Option<DateTime> {
    let at = at.to_zoned(TimeZone::UTC).datetime();
    let part = |number: i8| u8::try_from(number).ok();
    let year = u16::try_from(at.year()).ok()?;
    let (month, day) = (part(at.month())?, part(at.day())?);
    DateTime::from_date_and_time(year, month, day, part(at.hour())?, part(at.minute())?, part(at.second())?).ok()
}
