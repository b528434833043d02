//! Getting the bytes: an object by its ETag, a stream from where it was left.

use super::{
    Source,
    copy::{Copy, Written},
    note::Note,
    seam::Seam,
};
use crate::logs::{Address, Stamper, wording};
use aws::{
    AwsError,
    logs::{
        events::{self, Event, Page, Wanted},
        object::{self, Stamp},
    },
};
use contract::Timestamp;
use logs::{
    End, Limits, LogFault, Writer,
    spool::{Threads, spool},
};
use std::{
    io::{self, Read},
    sync::Arc,
};
use tokio::task::spawn_blocking;

/// What may come out of one file: beyond it nobody reads lines any more. A log of one repeated line shrinks to some
/// hundredths; a bomb is made to shrink to a thousandth, which is as far as deflate goes.
const LIMITS: Limits = Limits { bytes: 16 << 30, ratio: 500, ratio_after: 64 << 20 };
/// How often a file that is replaced while it is read is begun anew, at one go.
const REPLACED: u32 = 3;
/// Pages of a stream, 1 MiB each at most.
const PAGES: usize = 256;

impl Source {
    /// Reads what there is, or what is new.
    pub(super) async fn read(self: &Arc<Self>) -> Result<(), AwsError> {
        match &self.address {
            Address::Object { bucket, key } => self.read_object(bucket, key).await,
            Address::Stream { group, stream } => self.read_stream(group, stream).await,
            Address::Group { group, pattern } => self.read_group(group, pattern.as_deref()).await,
        }
    }

    /// The copy that the cache has, if none is shown yet.
    async fn kept_before(self: &Arc<Self>) -> Option<(Note, Arc<Copy>)> {
        if self.lock().copy.is_some() {
            return None;
        }
        let source = Arc::clone(self);
        spawn_blocking(move || source.kept()).await.ok()?
    }

    async fn read_object(self: &Arc<Self>, bucket: &str, key: &str) -> Result<(), AwsError> {
        let kept = self.kept_before().await;
        let shown = self.lock().settled();
        if let Some(mark) = shown.as_ref().or(kept.as_ref().map(|(note, _)| &note.mark)) {
            let stamp = object::stamp(&self.session, bucket, key).await?;
            if stamp.etag == *mark {
                if let Some((note, copy)) = kept {
                    let (source, note) = (Arc::clone(self), Note { last_write: stamp.last_write, ..note });
                    let _ = spawn_blocking(move || source.show_kept(note, &copy)).await;
                }
                return Ok(());
            }
        }
        for _ in 0..REPLACED {
            let _fetching = self.library.fetching.acquire().await;
            let (stamp, body) = object::open(&self.session, bucket, key, self.stop.clone().cancelled_owned()).await?;
            {
                let mut seen = self.lock();
                (seen.size, seen.last_write) = (Some(stamp.size), stamp.last_write);
            }
            let _inflating = self.library.inflating.acquire().await;
            let source = Arc::clone(self);
            let filled = spawn_blocking(move || source.fill(|writer| source.inflate(stamp, body, writer))).await;
            match filled {
                Ok(Ok(written)) if written.replaced => {}
                Ok(Ok(_)) => return Ok(()),
                Ok(Err(why)) => return Err(AwsError::File(io::Error::other(why))),
                Err(_) => return Err(AwsError::Cancelled),
            }
        }
        let message = "it was replaced again and again while it was read".to_owned();
        Err(AwsError::Changed { call: object::GET, message, request_id: None })
    }

    fn inflate(&self, stamp: Stamp, body: impl Read + Send, writer: Writer) -> Written {
        let log = Arc::clone(writer.log());
        // Whoever waits for a single file gets two threads for it.
        let alone = self.library.inflating.available_permits() > 0;
        let threads = if alone { Threads::Two } else { Threads::One };
        let mut read = 0;
        let mut progress = |at: logs::Progress| {
            read = at.compressed;
            self.lock().read = read;
            self.library.moved();
        };
        let outcome = spool(body, writer, LIMITS, threads, &self.cancel, &mut progress);
        let lines = log.extent().lines;
        let fault = match &outcome {
            Ok(inflated) => {
                read = inflated.total.compressed;
                wording::damage(inflated, lines)
            }
            Err(LogFault::Cancelled) => return Written::default(),
            Err(LogFault::Source { source, .. }) if was_replaced(source) => {
                return Written { replaced: true, ..Written::default() };
            }
            Err(fault) => Some(wording::fault(fault, lines)),
        };
        let cut = matches!(outcome, Err(LogFault::Source { .. } | LogFault::Cache { .. }));
        let Stamp { etag, size, last_write } = stamp;
        let note = Note { mark: etag, size: Some(size), last_write, read, fault };
        Written { note: Some(note), cut, ..Written::default() }
    }

    async fn read_stream(self: &Arc<Self>, group: &str, stream: &str) -> Result<(), AwsError> {
        let base = self.base().await;
        let from = base.as_ref().map(|(note, _)| note.mark.clone());
        let wanted = |from| Wanted::Stream { group: group.to_owned(), stream: stream.to_owned(), from };
        match self.read_events(wanted(from), Tail::Token(None), base.clone()).await {
            // A token is good for a day; then the stream is read from its beginning.
            Err(AwsError::Service { status: 400, .. }) if base.is_some() => {
                self.read_events(wanted(None), Tail::Token(None), None).await
            }
            other => other,
        }
    }

    async fn read_group(self: &Arc<Self>, group: &str, pattern: Option<&str>) -> Result<(), AwsError> {
        let base = self.base().await;
        let seam = base.as_ref().and_then(|(note, _)| Seam::read(&note.mark));
        // Without a seam nobody knows what the copy has of the group: it is read anew.
        let base = base.filter(|_| seam.is_some());
        let seam = seam.unwrap_or_default();
        let wanted = Wanted::Group { group: group.to_owned(), pattern: pattern.map(str::to_owned), from: seam.from() };
        self.read_events(wanted, Tail::Seam(seam), base).await
    }

    /// What was read before, to go on from: of the cache, or what is shown.
    async fn base(self: &Arc<Self>) -> Option<(Note, Arc<Copy>)> {
        if let Some(kept) = self.kept_before().await {
            return Some(kept);
        }
        let seen = self.seen();
        seen.copy.zip(seen.mark).map(|(copy, mark)| {
            let (size, last_write) = (seen.size, seen.last_write);
            (Note { mark, size, last_write, read: seen.read, fault: seen.fault }, copy)
        })
    }

    /// Writes what is in `base`, and what comes, into a new copy; shows `base` itself when nothing comes.
    async fn read_events(
        self: &Arc<Self>,
        wanted: Wanted,
        mut tail: Tail,
        base: Option<(Note, Arc<Copy>)>,
    ) -> Result<(), AwsError> {
        let _fetching = self.library.fetching.acquire().await;
        let mut pages = events::open(&self.session, wanted, PAGES, self.stop.clone().cancelled_owned());
        let source = Arc::clone(self);
        let read = spawn_blocking(move || {
            let (mut first, mut cut) = (Vec::new(), false);
            while first.is_empty() {
                let Some(page) = pages.next() else { break };
                let page = page?;
                cut = page.cut;
                first = tail.take(page);
            }
            match base {
                Some((note, copy)) if first.is_empty() => {
                    if source.lock().copy.is_none() {
                        source.show_kept(note, &copy);
                    }
                    Ok(())
                }
                base => {
                    let first = First { events: first, cut };
                    let filled = source.fill(|writer| source.write_events(base, first, tail, pages, writer));
                    filled.map(drop).map_err(|why| AwsError::File(io::Error::other(why)))
                }
            }
        });
        read.await.unwrap_or(Err(AwsError::Cancelled))
    }

    fn write_events(
        &self,
        base: Option<(Note, Arc<Copy>)>,
        first: First,
        mut tail: Tail,
        pages: impl Iterator<Item = Result<Page, AwsError>>,
        mut writer: Writer,
    ) -> Written {
        let mut fault = None;
        let mut last_write = None;
        if let Some((note, copy)) = &base {
            last_write = note.last_write;
            fault = append_all(copy, &mut writer).err();
        }
        let mut stamper = Stamper::new(Timestamp::now());
        let mut bytes = Vec::new();
        let mut write = |events: &[Event], writer: &mut Writer| {
            bytes.clear();
            stamper.write(events, &mut bytes);
            last_write = events.last().map(|event| event.at).or(last_write);
            let written = writer.append(&bytes);
            self.lock().read = writer.log().extent().length;
            self.library.moved();
            written
        };
        let mut written = write(&first.events, &mut writer);
        let mut cut = first.cut;
        for page in pages {
            if written.is_err() || self.cancel.is_cancelled() {
                break;
            }
            written = match page {
                Ok(page) => {
                    cut = page.cut;
                    let events = tail.take(page);
                    write(&events, &mut writer)
                }
                Err(error) => Err(LogFault::Source { read: 0, source: io::Error::other(error) }),
            };
        }
        let fault = written.err().or(fault);
        if matches!(fault, Some(LogFault::Cancelled)) || self.cancel.is_cancelled() {
            return Written::default();
        }
        let extent = writer.log().extent();
        let mut words = fault.as_ref().map(|fault| wording::fault(fault, extent.lines));
        if words.is_none() && cut {
            words = Some(match extent.lines {
                1 => "only the first line was read".to_owned(),
                lines => format!("only the first {} lines were read", wording::number(lines)),
            });
        }
        let end = if fault.is_none() { End::Whole } else { End::Stopped { inflated: extent.length } };
        writer.finish(end);
        let note = Note { mark: tail.mark(), size: None, last_write, read: extent.length, fault: words };
        Written { note: Some(note), ..Written::default() }
    }
}

/// The first events that are new. Of a pattern that finds little, empty pages may stand before them, up to the last.
struct First {
    events: Vec<Event>,
    /// There are more that are not read now.
    cut: bool,
}

/// Where reading goes on behind the last event.
enum Tail {
    /// Of a stream: the service's own word.
    Token(Option<String>),
    /// Of a group, which has no such word.
    Seam(Seam),
}

impl Tail {
    /// The events of a page that were not read before.
    fn take(&mut self, page: Page) -> Vec<Event> {
        match self {
            Self::Token(token) => {
                *token = page.next.or(token.take());
                page.events
            }
            Self::Seam(seam) => seam.fresh(page.events),
        }
    }

    fn mark(&self) -> String {
        match self {
            Self::Token(token) => token.clone().unwrap_or_default(),
            Self::Seam(seam) => seam.write(),
        }
    }
}

fn append_all(copy: &Copy, writer: &mut Writer) -> Result<(), LogFault> {
    let mut buffer = vec![0; 1 << 20];
    let (mut at, length) = (0, copy.log().extent().length);
    while at < length {
        let read = copy.log().read_at(&mut buffer, at)?;
        if read == 0 {
            break;
        }
        writer.append(buffer.get(..read).unwrap_or_default())?;
        at += read as u64;
    }
    Ok(())
}

/// The object is another since the reading began.
fn was_replaced(source: &io::Error) -> bool {
    let call = source.get_ref().and_then(|source| source.downcast_ref::<AwsError>());
    matches!(call, Some(AwsError::Changed { .. }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::{Library, tests::session};

    const TEXT: &[u8] = b"26/11/20 06:05:00 INFO A: begins\n26/11/20 06:05:02 ERROR A: ends\n";

    /// Gives a text, and breaks then.
    struct Broken<'a>(&'a [u8]);

    impl Read for Broken<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            if self.0.is_empty() { Err(io::ErrorKind::ConnectionReset.into()) } else { self.0.read(into) }
        }
    }

    #[tokio::test]
    async fn what_the_network_cut_off_is_read_anew_though_its_bytes_are_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let library = Arc::new(Library::new(folder.path().join("logs")));
        let address = Address::read("s3://lake-logs/emr/j-1/containers/a/stderr", None).unwrap();
        let source = Source::new(library, session().await, address, "stderr".to_owned());
        let stamp = Stamp { etag: "\"1\"".to_owned(), size: TEXT.len() as u64, last_write: None };

        let first = TEXT.get(..33).unwrap();
        source.fill(|writer| source.inflate(stamp.clone(), Broken(first), writer)).unwrap();
        let seen = source.seen();
        assert_eq!(seen.copy.as_ref().map(|copy| copy.log().extent().length), Some(33));
        let fault = seen.fault.as_deref().unwrap();
        assert!(fault.starts_with("cut off after line 1: "), "{fault}");
        assert_eq!(seen.settled(), None);

        source.fill(|writer| source.inflate(stamp.clone(), TEXT, writer)).unwrap();
        let seen = source.seen();
        assert_eq!(seen.copy.as_ref().map(|copy| copy.log().extent().length), Some(TEXT.len() as u64));
        assert_eq!((seen.fault.as_deref(), seen.settled()), (None, Some(stamp.etag)));
    }

    #[tokio::test]
    async fn what_is_shown_stays_where_the_network_cut_off_the_bytes_that_replace_it() {
        let folder = tempfile::tempdir().unwrap();
        let library = Arc::new(Library::new(folder.path().join("logs")));
        let address = Address::read("s3://lake-logs/emr/j-1/containers/a/stderr", None).unwrap();
        let source = Source::new(library, session().await, address, "stderr".to_owned());
        let stamp = |etag: &str| Stamp { etag: etag.to_owned(), size: TEXT.len() as u64, last_write: None };
        source.fill(|writer| source.inflate(stamp("\"1\""), TEXT, writer)).unwrap();

        let longer = [TEXT, TEXT].concat();
        let part = longer.get(..33).unwrap();
        source.fill(|writer| source.inflate(stamp("\"2\""), Broken(part), writer)).unwrap();
        let seen = source.seen();
        assert_eq!(seen.copy.as_ref().map(|copy| copy.log().extent().length), Some(TEXT.len() as u64));
        let fault = seen.fault.as_deref().unwrap();
        assert!(fault.starts_with("what was written since could not be read: cut off after line 1: "), "{fault}");
        assert_eq!(seen.settled(), None, "the next look reads it anew");

        let part = longer.get(..TEXT.len() + 33).unwrap();
        source.fill(|writer| source.inflate(stamp("\"2\""), Broken(part), writer)).unwrap();
        assert_eq!(source.seen().copy.map(|copy| copy.log().extent().length), Some(part.len() as u64));

        source.fill(|writer| source.inflate(stamp("\"2\""), longer.as_slice(), writer)).unwrap();
        let seen = source.seen();
        assert_eq!((seen.fault.as_deref(), seen.settled()), (None, Some("\"2\"".to_owned())));
    }

    #[tokio::test]
    async fn a_group_of_which_not_all_pages_were_read_says_so_though_most_were_empty() {
        let folder = tempfile::tempdir().unwrap();
        let library = Arc::new(Library::new(folder.path().join("logs")));
        let address = Address::read("s3://lake-logs/emr/j-1/containers/a/stderr", None).unwrap();
        let source = Source::new(library, session().await, address, "group".to_owned());
        let event = || Event { at: Timestamp::UNIX_EPOCH, id: Some("1".to_owned()), text: "killed".to_owned() };
        let said = |first: First, pages: Vec<Page>| {
            let (tail, pages) = (Tail::Seam(Seam::default()), pages.into_iter().map(Ok));
            let written = source.fill(|writer| source.write_events(None, first, tail, pages, writer)).unwrap();
            written.note.unwrap().fault
        };
        let only = Some("only the first line was read".to_owned());
        assert_eq!(said(First { events: vec![event()], cut: true }, Vec::new()), only);
        let last = Page { events: Vec::new(), next: Some("g/9".to_owned()), cut: true };
        assert_eq!(said(First { events: vec![event()], cut: false }, vec![last]), only);
        assert_eq!(said(First { events: vec![event()], cut: false }, Vec::new()), None);
    }

    #[tokio::test]
    async fn what_is_damaged_where_it_lies_is_not_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let library = Arc::new(Library::new(folder.path().join("logs")));
        let address = Address::read("s3://lake-logs/emr/j-1/containers/a/stderr.gz", None).unwrap();
        let source = Source::new(library, session().await, address, "stderr.gz".to_owned());
        let stamp = Stamp { etag: "\"1\"".to_owned(), size: 10, last_write: None };
        let head: &[u8] = b"\x1f\x8b\x08\0\0\0\0\0\0\xff";
        source.fill(|writer| source.inflate(stamp.clone(), head, writer)).unwrap();
        let seen = source.seen();
        assert_eq!(seen.fault.as_deref(), Some("damaged before its first line: the gzip data is cut off"));
        assert_eq!(seen.settled(), Some(stamp.etag));
    }
}
