//! The models of a place, looked at beside its machines: versions that wait, drift, monitors and endpoints.
//!
//! A few lists are asked for, as seldom as the engines are, and a few monitors and reports are looked into, in turn. Each part
//! comes into the sight on its own; one that cannot be read keeps what it had, and says why.

use super::{IDLE, Lookout, Sight};
use crate::{
    Desk, EngineError,
    drift::{Found, trouble_at},
    ends::left_out,
};
use aws::{AwsError, Session};
use contract::{
    Code, Notice, Timestamp,
    models::QueueRow,
    now::{ModelTrouble, TroubleAbout},
};
use std::{collections::HashMap, sync::Arc, time::Instant};

/// The parts, as a notice calls what is left out.
const WAITING: &str = "What waits for a decision";
const MONITORS: &str = "The list of monitors";
const DRIFT: &str = "What monitors found";
const ENDPOINTS: &str = "The list of endpoints";

/// What was seen of the models of a place.
#[derive(Debug, Default)]
pub(crate) struct ModelSight {
    pub pending: PartSight,
    pub drift: PartSight,
    pub silent: PartSight,
    pub endpoints: PartSight,
}

#[derive(Debug, Default)]
pub(crate) struct PartSight {
    /// The most pressing first.
    pub rows: Vec<ModelTrouble>,
    /// Those that began between two looks, with the time of the one that saw it first.
    pub began: Vec<(ModelTrouble, Timestamp)>,
    pub notices: Vec<Notice>,
    /// Why the last look at it failed.
    pub missing: Option<Notice>,
    pub as_of: Option<Timestamp>,
}

/// When each trouble was seen first. What was there at the first look began before: it is nothing new.
#[derive(Debug, Default)]
struct Firsts(Option<HashMap<String, Option<Timestamp>>>);

impl Firsts {
    /// Takes note of what is there now, and answers with what came since the first look.
    fn note(&mut self, there: Vec<ModelTrouble>, now: Timestamp) -> Vec<(ModelTrouble, Timestamp)> {
        let at = self.0.as_ref().map(|_| now);
        let before = self.0.take().unwrap_or_default();
        let first = |row: &ModelTrouble| before.get(&row.id).copied().unwrap_or(at);
        self.0 = Some(there.iter().map(|row| (row.id.clone(), first(row))).collect());
        there.into_iter().filter_map(|row| first(&row).map(|at| (row, at))).collect()
    }
}

/// What a lookout keeps between its looks at models.
#[derive(Debug, Default)]
struct Looks {
    drift: Firsts,
    silent: Firsts,
    endpoints: Firsts,
}

impl Desk {
    /// Until the lookout is called off.
    pub(super) async fn keep_looking_at_models(self, lookout: Arc<Lookout>) {
        let watch = &self.inner.watch;
        let mut looks = Looks::default();
        let mut last: Option<Instant> = None;
        while !lookout.cancel.is_cancelled() {
            let is_due = last.is_none_or(|at| at.elapsed() >= self.pace_of_jobs());
            if !is_due || !self.are_models_wanted(&lookout) {
                tokio::time::sleep(IDLE).await;
                continue;
            }
            let begun = Instant::now();
            tokio::select! {
                // Calls are large: on the heap, all of them.
                () = Box::pin(self.look_at_models(&lookout, &mut looks)) => {}
                () = self.until_models_unwanted(&lookout) => continue,
            }
            last = Some(begun);
            self.note_news(&lookout).await;
            watch.tell();
        }
    }

    /// Why there is no session is said by the look at the machines.
    fn are_models_wanted(&self, lookout: &Lookout) -> bool {
        let is_signed_out = lookout.sight().fault.as_ref().is_some_and(|fault| fault.code == Code::SignIn);
        !is_signed_out && self.is_wanted(lookout)
    }

    async fn until_models_unwanted(&self, lookout: &Lookout) {
        while self.are_models_wanted(lookout) {
            tokio::time::sleep(IDLE).await;
        }
    }

    async fn look_at_models(&self, lookout: &Lookout, looks: &mut Looks) {
        let session = match self.session_at(lookout).await {
            Ok(session) => session,
            Err(error) => {
                self.miss_all(lookout, &error);
                return;
            }
        };
        let Looks { drift, silent, endpoints } = looks;
        let pending = async {
            let read = Box::pin(self.waiting_versions(&session)).await;
            let found = read.map(|(rows, notices)| {
                let rows = rows.into_iter().map(|row| waiting(&session, row)).collect();
                Found { rows, news: None, notices }
            });
            self.see(lookout, &session, WAITING, found, None, |sight| &mut sight.models.pending);
        };
        // Both rest on the dashboard, which is read once.
        let monitors = async {
            let found = Box::pin(self.silent_monitors(&session)).await;
            self.see(lookout, &session, MONITORS, found, Some(silent), |sight| &mut sight.models.silent);
            let found = Box::pin(self.drift_that_matters(&session)).await;
            self.see(lookout, &session, DRIFT, found, Some(drift), |sight| &mut sight.models.drift);
        };
        let serving = async {
            let found = Box::pin(self.troubled_endpoints(&session)).await;
            self.see(lookout, &session, ENDPOINTS, found, Some(endpoints), |sight| &mut sight.models.endpoints);
        };
        tokio::join!(pending, monitors, serving);
    }

    /// Puts what was found into its part of the sight.
    fn see(
        &self,
        lookout: &Lookout,
        session: &Session,
        what: &str,
        found: Result<Found, AwsError>,
        firsts: Option<&mut Firsts>,
        part: impl Fn(&mut Sight) -> &mut PartSight,
    ) {
        let now = session.now();
        let mut sight = lookout.sight();
        let part = part(&mut sight);
        match found {
            Ok(Found { rows, news, notices }) => {
                let noted = firsts.zip(news).map(|(firsts, news)| firsts.note(news, now));
                let began = noted.unwrap_or_else(|| std::mem::take(&mut part.began));
                *part = PartSight { rows, began, notices, missing: None, as_of: Some(now) };
            }
            Err(error) => part.missing = Some(left_out(what, &error)),
        }
        drop(sight);
        self.inner.watch.tell();
    }

    /// There is no session to ask with.
    fn miss_all(&self, lookout: &Lookout, error: &EngineError) {
        let mut sight = lookout.sight();
        let models = &mut sight.models;
        let parts = [
            (WAITING, &mut models.pending),
            (DRIFT, &mut models.drift),
            (MONITORS, &mut models.silent),
            (ENDPOINTS, &mut models.endpoints),
        ];
        for (what, part) in parts {
            part.missing = Some(Notice::warning(format!("{what} is left out: {error}.")));
        }
        drop(sight);
        self.inner.watch.tell();
    }
}

fn waiting(session: &Session, row: QueueRow) -> ModelTrouble {
    let own = format!("pending version {}", row.arn);
    let QueueRow { arn, group, version, waits_for, .. } = row;
    trouble_at(session, &own, row.words, row.since, TroubleAbout::Pending { arn, group, version, waits_for })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::watch) fn silent(schedule: &str) -> ModelTrouble {
        ModelTrouble {
            id: format!("p eu-west-1 silent monitor {schedule}"),
            profile: "p".into(),
            region: "eu-west-1".into(),
            words: "the schedule is stopped".into(),
            since: None,
            about: TroubleAbout::Silent { schedule: schedule.into(), kind: None, endpoint: None },
        }
    }

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(minute * 60).unwrap()
    }

    #[test]
    fn what_was_there_at_the_first_look_is_nothing_new() {
        let mut firsts = Firsts::default();
        let (a, b) = (silent("a"), silent("b"));
        assert_eq!(firsts.note(vec![a.clone()], at(1)), []);
        assert_eq!(firsts.note(vec![a.clone(), b.clone()], at(2)), [(b.clone(), at(2))]);
        assert_eq!(firsts.note(vec![a.clone(), b.clone()], at(3)), [(b.clone(), at(2))], "it began once");
        assert_eq!(firsts.note(vec![b.clone()], at(4)), [(b.clone(), at(2))]);
        assert_eq!(firsts.note(vec![a.clone(), b.clone()], at(5)), [(a, at(5)), (b, at(2))], "again after it was over");
    }

    #[test]
    fn an_empty_first_look_is_a_look() {
        let mut firsts = Firsts::default();
        assert_eq!(firsts.note(Vec::new(), at(1)), []);
        assert_eq!(firsts.note(vec![silent("a")], at(2)), [(silent("a"), at(2))]);
    }
}
