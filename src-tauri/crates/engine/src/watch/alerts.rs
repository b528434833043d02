//! From new failures to notifications: gathered for a moment, held back in the quiet hours, raised by the shell.

use super::{
    HOURS, Watch,
    failing::failing,
    news::{self, Alert, News},
    quiet, silenced,
    trouble::troubles,
};
use crate::{Desk, executions::hours_before};
use contract::{
    Timestamp,
    now::AlertEvent,
    settings::{Notify, QuietHours, Zone},
};
use std::{collections::HashSet, sync::Arc, time::Duration};
use tokio::sync::mpsc::UnboundedReceiver;

/// How often the clock is read while something is held back: a computer that slept must not sleep over the end.
const LOOK_AT_CLOCK: Duration = Duration::from_secs(30);

/// Shows a notification; blocks meanwhile. Fails in words.
pub type Raise = Arc<dyn Fn(Alert) -> Result<(), String> + Send + Sync>;
/// Where the window hears what a person asked for by pressing a notification.
pub type AlertEvents = Arc<dyn Fn(AlertEvent) + Send + Sync>;

impl Desk {
    /// The window follows what is asked for outside of it.
    pub fn follow_alerts(&self, events: AlertEvents) {
        *super::lock(&self.inner.watch.follower) = Some(events);
    }

    /// A person pressed a notification.
    pub fn open_alert(&self, opens: AlertEvent) {
        let follower = super::lock(&self.inner.watch.follower).clone();
        if let Some(follower) = follower {
            follower(opens);
        }
    }

    /// Whether new failures of a profile are told, as it is now.
    pub(super) async fn notifies(&self, profile: &str) -> bool {
        match self.inner.watch.settings().0.notify {
            Notify::Everywhere => true,
            Notify::Never => false,
            Notify::Writable => self.is_writable(profile).await,
        }
    }

    /// Tells what is new as long as the program runs.
    pub(super) async fn tell_news(self, mut news: UnboundedReceiver<Vec<News>>, raise: Raise) {
        let watch: &Watch = &self.inner.watch;
        let mut held: Vec<News> = Vec::new();
        loop {
            let mut fresh = Vec::new();
            let left = watch.quiet().0.map_or(Duration::ZERO, |left| left.min(LOOK_AT_CLOCK));
            tokio::select! {
                first = news.recv() => {
                    let Some(first) = first else { return };
                    fresh = first;
                    tokio::time::sleep(watch.pace.gather).await;
                    while let Ok(more) = news.try_recv() {
                        fresh.extend(more);
                    }
                }
                () = watch.settings_changed.notified() => {}
                () = tokio::time::sleep(left), if !held.is_empty() => {}
            }
            let (quiet, zone) = watch.quiet();
            if quiet.is_some() {
                held.append(&mut fresh);
                continue;
            }
            let mut alerts = Vec::new();
            if !held.is_empty() {
                let standing = self.still_failed(std::mem::take(&mut held)).await;
                alerts.extend(news::summary(&standing, zone));
            }
            alerts.extend(news::alerts(&fresh, zone));
            for alert in alerts {
                self.raise(&raise, alert).await;
            }
        }
    }

    async fn raise(&self, raise: &Raise, alert: Alert) {
        let raise = Arc::clone(raise);
        let raised = tokio::task::spawn_blocking(move || raise(alert)).await;
        let problem = raised.unwrap_or_else(|error| Err(error.to_string())).err();
        if let Some(problem) = &problem {
            tracing::warn!(problem, "a notification could not be shown");
        }
        *super::lock(&self.inner.watch.problem) = problem;
        self.inner.watch.tell();
    }

    /// What was held back and is still to be told: redriven executions have left their incident, and a person may have
    /// marked it on the page meanwhile.
    async fn still_failed(&self, held: Vec<News>) -> Vec<News> {
        let marks = self.marks().await;
        let now = Timestamp::now();
        let by = self.inner.watch.settings().0.models;
        let mut standing = HashSet::new();
        for lookout in self.inner.watch.lookouts() {
            let (since, settle) = (hours_before(now, HOURS), self.inner.watch.pace.settle);
            let sight = lookout.sight();
            // What is held was known when it was noted, whatever a look that is under way has listed since.
            let mut all = failing((&sight, false), &lookout.place, since, settle, |_| false);
            all.extend(troubles(&sight, &lookout.place, (since, now), by));
            drop(sight);
            standing.extend(all.into_iter().filter(|one| !silenced(&marks, one, now)).map(|one| one.id));
        }
        held.into_iter().filter(|news| standing.contains(&news.incident)).collect()
    }
}

impl Watch {
    /// How long the quiet hours go on, and the zone in which times are told.
    fn quiet(&self) -> (Option<Duration>, Zone) {
        let (watching, zone) = self.settings();
        let hours: QuietHours = watching.quiet;
        (quiet::left(&hours, Timestamp::now()), zone)
    }

    /// Why the last notification could not be shown.
    pub fn problem(&self) -> Option<String> {
        super::lock(&self.problem).clone()
    }
}
