//! The inflated text of a file on this computer.

use super::{Source, note::Note};
use contract::Timestamp;
use jiff::tz::TimeZone;
use logs::{End, Log, LogFault, Reader, Records, Writer, template::Folds, time::Zone};
use std::{
    fs::File,
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::Duration,
};
use store::Draft;

#[derive(Debug)]
pub(crate) struct Copy {
    pub records: Arc<Records>,
    /// What of them repeats; empty until somebody wants to see it.
    pub folds: Arc<Folds>,
    /// Removes the text with the last reader, unless the cache keeps it.
    draft: Mutex<Option<Draft>>,
    /// Keeps the text that it shares.
    _text: Option<Arc<Copy>>,
}

/// How the writing of a copy ended.
#[derive(Debug, Default)]
pub(super) struct Written {
    pub note: Option<Note>,
    /// The service's own thing changed under the reader: to be read anew.
    pub replaced: bool,
    /// The network or this computer ended it: the next look reads the same bytes anew.
    pub cut: bool,
}

/// How often the index follows a text that grows.
const FOLLOW: Duration = Duration::from_millis(20);

impl Copy {
    fn new(log: Arc<Log>, draft: Option<Draft>) -> Self {
        // Amazon's machines tell UTC.
        let records = Arc::new(Records::new(log, Reader::new(Zone::utc(Timestamp::now()))));
        Self { records, folds: Arc::default(), draft: Mutex::new(draft), _text: None }
    }

    /// The same text with what tells no zone in this one. Its records are still to be found.
    pub fn in_zone(text: &Arc<Self>, rules: TimeZone) -> Self {
        let reader = Reader::new(Zone::new(rules, Timestamp::now()));
        let records = Arc::new(Records::new(Arc::clone(text.log()), reader));
        Self { records, folds: Arc::default(), draft: Mutex::default(), _text: Some(Arc::clone(text)) }
    }

    pub fn log(&self) -> &Arc<Log> {
        self.records.log()
    }

    #[cfg(test)]
    pub fn of_text(text: &[u8]) -> Arc<Self> {
        let (log, mut writer) = Log::create(tempfile::tempfile().unwrap());
        writer.append(text).unwrap();
        writer.finish(End::Whole);
        let copy = Self::new(log, None);
        copy.records.extend(&logs::Cancel::default()).unwrap();
        Arc::new(copy)
    }

    /// One that the cache kept.
    fn reopen(file: File, index: &[u8], fault: bool) -> Result<Self, LogFault> {
        let inflated = file.metadata().map_or(0, |about| about.len());
        let end = if fault { End::Stopped { inflated } } else { End::Whole };
        Ok(Self::new(Log::reopen(file, index, end)?, None))
    }
}

impl Source {
    /// The copy that the cache has. Blocking.
    pub(super) fn kept(&self) -> Option<(Note, Arc<Copy>)> {
        let kept = self.library.cache().ok()?.get(&self.key)?;
        let (note, index) = Note::read(&kept.note)?;
        let copy = Copy::reopen(kept.file, index, note.fault.is_some()).ok()?;
        Some((note, Arc::new(copy)))
    }

    /// Shows a copy that the cache had, and finds its records. Blocking.
    pub(super) fn show_kept(&self, note: Note, copy: &Arc<Copy>) {
        self.show(copy, Some(&note));
        self.index(&copy.records);
    }

    fn show(&self, copy: &Arc<Copy>, note: Option<&Note>) {
        let mut seen = self.lock();
        seen.copy = Some(Arc::clone(copy));
        if let Some(note) = note {
            (seen.read, seen.fault) = (note.read, note.fault.clone());
            seen.size = note.size;
            seen.last_write = note.last_write;
            seen.mark = Some(note.mark.clone()).filter(|mark| !mark.is_empty());
        }
        drop(seen);
        self.library.moved();
    }

    /// Makes a new copy of what `write` writes. Without an older one it is shown while it grows. Blocking.
    pub(super) fn fill(&self, write: impl FnOnce(Writer) -> Written) -> Result<Written, String> {
        let cache = self.library.cache()?;
        let (draft, file) = cache.begin().map_err(|error| error.to_string())?;
        let (log, writer) = Log::create(file);
        let copy = Arc::new(Copy::new(log, Some(draft)));
        let first = self.lock().copy.is_none();
        if first {
            self.show(&copy, None);
        }
        let written = thread::scope(|scope| {
            scope.spawn(|| self.index(&copy.records));
            write(writer)
        });
        let Some(note) = written.note.as_ref().filter(|_| !written.replaced) else {
            if first {
                self.lock().copy = None;
            }
            return Ok(written);
        };
        if written.cut && !first && self.keep_longer(&copy, note) {
            return Ok(written);
        }
        self.show(&copy, Some(note));
        self.lock().cut = written.cut;
        // What was cut off by a limit or the network is to be read again the next time.
        let all = copy.log().extent().end.is_some_and(|end| !matches!(end, End::Stopped { .. }));
        let mut place = copy.draft.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(draft) = place.take_if(|_| all && self.keeps && !note.mark.is_empty()) {
            *place = cache.keep(draft, &self.key, &note.write(&copy.log().index_bytes())).err();
        }
        drop(place);
        Ok(written)
    }

    /// Whether what is shown holds more than what was read before the network or this computer ended it: then it stays, and
    /// the next look reads anew.
    fn keep_longer(&self, copy: &Copy, note: &Note) -> bool {
        let mut seen = self.lock();
        let length = |copy: &Copy| copy.log().extent().length;
        let keeps = seen.copy.as_ref().is_some_and(|shown| length(shown) > length(copy));
        if keeps {
            seen.cut = true;
            let why = note.fault.as_deref().unwrap_or("the reading ended early");
            seen.fault = Some(format!("what was written since could not be read: {why}"));
            drop(seen);
            self.library.moved();
        }
        keeps
    }

    /// Finds the records of a text until it ends.
    fn index(&self, records: &Records) {
        loop {
            let length = records.log().extent().length;
            let Ok(tally) = records.extend(&self.cancel) else {
                records.abandon();
                return;
            };
            self.library.moved();
            if tally.done {
                return;
            }
            records.log().wait(length, FOLLOW);
        }
    }
}
