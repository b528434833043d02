//! Looking for more while somebody has the log open: rarely by itself, closely while the person follows it.
//!
//! Following asks the service again where it was left: GetLogEvents with the token of a stream, FilterLogEvents from the
//! seam of a group. StartLiveTail would push lines, and is left out on purpose: it costs by the minute, ends after three
//! hours, leaves out lines above 500 a second, and starts with what is written next, so that the lines before it would have
//! to be asked for all the same. Asking costs nothing, and a second is as close as a person reads.
//!
//! What always holds: looks take at most a fifth of the time and at most five calls a second, a hidden window asks for
//! nothing, and following ends by itself.

use super::Opened;
use crate::{
    Desk,
    logs::{Address, file::LogFile},
};
use contract::Timestamp;
use futures_util::future::join_all;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

/// What was written to no longer ago may be written to again.
const FRESH: Duration = Duration::from_mins(15);
/// Without a job nobody says how often its engine writes.
const PUSH_SECONDS: u64 = 60;
/// How often a followed stream or group is looked at, and once nothing came for a while.
const CLOSELY: Duration = Duration::from_secs(1);
const QUIETLY: Duration = Duration::from_secs(2);
const QUIET: Duration = Duration::from_mins(1);
/// Of many streams each has its turn less often: GetLogEvents has a quota that is shared with production.
const EACH: Duration = Duration::from_millis(200);
/// How often a followed object is looked at: engines put whole files there, every few seconds at best.
const OBJECTS: Duration = Duration::from_secs(10);
/// How long after the end of its run lines may still come.
const LAST_LINES: Duration = Duration::from_secs(30);
/// How often the run is asked whether it goes on.
const ASK: Duration = Duration::from_secs(5);

impl Opened {
    /// Switches following on or off.
    pub fn set_following(&self, on: bool) {
        self.following.send_replace(on);
        self.library.moved();
    }

    /// Looks at files that may still grow for as long as the log is open.
    pub async fn follow(self: Arc<Self>, desk: Desk) {
        let seconds = self.job.as_ref().map_or(PUSH_SECONDS, |job| ::jobs::layout::push_seconds(job.engine()));
        let mut following = self.following.subscribe();
        while !self.stop.is_cancelled() {
            if *following.borrow_and_update() {
                tokio::select! {
                    () = self.stop.cancelled() => return,
                    _ = following.changed() => {}
                    () = self.follow_closely(&desk) => self.set_following(false),
                }
                continue;
            }
            tokio::select! {
                () = self.stop.cancelled() => return,
                _ = following.changed() => {}
                () = tokio::time::sleep(Duration::from_secs(seconds)) => self.look_at_fresh(&desk).await,
            }
        }
    }

    /// Looks at files that may still grow.
    async fn look_at_fresh(&self, desk: &Desk) {
        if !desk.is_watched() {
            return;
        }
        let going = self.run_is_over(desk).await == Some(false);
        let now = self.session.now();
        for file in &self.files {
            let seen = file.seen();
            let fresh = seen.last_write.is_some_and(|at| since(at, now) < FRESH);
            if seen.complete && (going || fresh) {
                file.look_again();
            }
        }
    }

    /// Until nothing more is to be expected.
    async fn follow_closely(&self, desk: &Desk) {
        let streams = self.files.iter().filter(|file| !is_object(file)).count();
        let turn = EACH * u32::try_from(streams).unwrap_or(u32::MAX);
        let (mut length, mut came) = (self.length(), Instant::now());
        let (mut asked, mut over) = (None::<Instant>, false);
        let mut objects_at = Instant::now();
        let mut spent = Duration::ZERO;
        loop {
            let pace = if came.elapsed() < QUIET { CLOSELY } else { QUIETLY };
            tokio::time::sleep(pace.max(turn).max(spent * 4)).await;
            if !desk.is_watched() {
                continue;
            }
            let objects = objects_at.elapsed() >= OBJECTS;
            if objects {
                objects_at = Instant::now();
            }
            let begun = Instant::now();
            let due = self.files.iter().filter(|file| file.seen().complete && (objects || !is_object(file)));
            let looks: Vec<_> = due.map(|file| file.look()).collect();
            join_all(looks).await;
            spent = begun.elapsed();
            let now = self.length();
            if now != length {
                (length, came) = (now, Instant::now());
            }
            if asked.is_none_or(|at| at.elapsed() >= ASK) {
                // A run that cannot be asked for may go on.
                over = self.run_is_over(desk).await.unwrap_or(false);
                asked = Some(Instant::now());
            }
            let patience = if over { LAST_LINES } else { FRESH };
            if came.elapsed() > patience {
                return;
            }
        }
    }

    /// `None` without a run, or when it cannot be asked for.
    async fn run_is_over(&self, desk: &Desk) -> Option<bool> {
        let run = desk.run_fact(&self.session, self.job.as_ref()?).await.ok()?;
        Some(::jobs::state::state_of(&run).is_over())
    }

    /// Bytes as they are shown, of all files.
    fn length(&self) -> u64 {
        let copies = self.files.iter().filter_map(|file| file.seen().copy);
        copies.map(|copy| copy.log().extent().length).sum()
    }
}

fn is_object(file: &LogFile) -> bool {
    matches!(file.address, Address::Object { .. })
}

fn since(at: Timestamp, now: Timestamp) -> Duration {
    now.duration_since(at).unsigned_abs()
}
