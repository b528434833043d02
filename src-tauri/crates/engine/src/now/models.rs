//! What of models waits or is wrong, over all watched places.

use crate::{Desk, watch::PartSight};
use contract::{
    Code, Fault, Notice,
    now::{ModelTrouble, NowModels, NowPart},
    settings::Place,
};
use std::cmp::Ordering;

impl Desk {
    /// What the watch saw last. Asks nothing.
    pub fn read_now_models(&self) -> NowModels {
        let lookouts = self.inner.watch.lookouts();
        let several = lookouts.len() > 1;
        let mut parts = [Whole::default(), Whole::default(), Whole::default(), Whole::default()];
        for lookout in &lookouts {
            let sight = lookout.sight();
            let models = &sight.models;
            let seen = [&models.pending, &models.drift, &models.silent, &models.endpoints];
            for (whole, seen) in parts.iter_mut().zip(seen) {
                whole.add(&lookout.place, several, seen, sight.fault.as_ref());
            }
        }
        let are_any = !lookouts.is_empty();
        let [pending, drift, silent, endpoints] = parts;
        NowModels {
            // What has no time is not known to be young.
            pending: pending.part(are_any, |one, other| one.since.cmp(&other.since)),
            // Weights of different places are of one scale, but only the order in each is told: they take turns.
            drift: drift.part(are_any, |_, _| Ordering::Equal),
            silent: silent.part(are_any, |one, other| one.since.cmp(&other.since)),
            endpoints: endpoints.part(are_any, |one, other| other.since.cmp(&one.since)),
        }
    }
}

/// One part over all places.
#[derive(Debug, Default)]
struct Whole {
    /// With the position in the own place.
    rows: Vec<(usize, ModelTrouble)>,
    notices: Vec<Notice>,
    unread: bool,
}

impl Whole {
    fn add(&mut self, place: &Place, several: bool, seen: &PartSight, fault: Option<&Fault>) {
        self.rows.extend(seen.rows.iter().cloned().enumerate());
        self.notices.extend(seen.notices.iter().chain(&seen.missing).cloned().map(|mut notice| {
            if several {
                notice.text = format!("{place}: {}", notice.text);
            }
            notice
        }));
        if seen.as_of.is_none() && seen.missing.is_none() {
            match fault.filter(|fault| fault.code == Code::SignIn) {
                Some(fault) => {
                    self.notices.push(Notice::warning(format!("{place} cannot be read: {}.", fault.title)));
                }
                None => self.unread = true,
            }
        }
    }

    fn part(self, are_any: bool, order: impl Fn(&ModelTrouble, &ModelTrouble) -> Ordering) -> NowPart {
        let mut rows = self.rows;
        rows.sort_by(|(at, one), (other_at, other)| order(one, other).then(at.cmp(other_at)));
        NowPart {
            total: u32::try_from(rows.len()).unwrap_or(u32::MAX),
            rows: rows.into_iter().take(NowPart::MOST).map(|(_, row)| row).collect(),
            notices: self.notices,
            complete: are_any && !self.unread,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::now::incidents::tests::place;
    use contract::{Timestamp, now::TroubleAbout};

    fn row(schedule: &str, minute: i64) -> ModelTrouble {
        ModelTrouble {
            id: format!("p r silent monitor {schedule}"),
            profile: "p".into(),
            region: "r".into(),
            words: String::new(),
            since: Timestamp::from_second(minute * 60).ok(),
            about: TroubleAbout::Silent { schedule: schedule.into(), kind: None, endpoint: None },
        }
    }

    fn seen(rows: Vec<ModelTrouble>) -> PartSight {
        PartSight { rows, as_of: Some(Timestamp::UNIX_EPOCH), ..PartSight::default() }
    }

    #[test]
    fn the_longest_of_all_places_stand_first_and_the_rest_is_counted() {
        let mut whole = Whole::default();
        whole.add(&place(), true, &seen((1..=4).map(|minute| row("a", minute * 2)).collect()), None);
        whole.add(&place(), true, &seen((1..=4).map(|minute| row("b", minute * 2 - 1)).collect()), None);
        let part = whole.part(true, |one, other| one.since.cmp(&other.since));
        assert_eq!((part.total, part.complete), (8, true));
        let names: Vec<String> = part.rows.iter().map(|row| row.about.name()).collect();
        assert_eq!(names, ["b", "a", "b", "a", "b"]);
    }

    #[test]
    fn what_cannot_be_read_is_said_and_waited_for_no_longer() {
        let mut whole = Whole::default();
        whole.add(&place(), false, &PartSight::default(), None);
        assert!(!whole.part(true, |_, _| Ordering::Equal).complete, "it is being read");
        let missing = Some(Notice::warning("The list of monitors is left out: no."));
        let mut whole = Whole::default();
        whole.add(&place(), true, &PartSight { missing, ..PartSight::default() }, None);
        let signed_out = Fault::new(Code::SignIn, "AWS does not accept these credentials", "");
        whole.add(&place(), true, &PartSight::default(), Some(&signed_out));
        let part = whole.part(true, |_, _| Ordering::Equal);
        assert!(part.complete && part.rows.is_empty());
        let texts: Vec<&str> = part.notices.iter().map(|notice| notice.text.as_str()).collect();
        assert_eq!(
            texts,
            [
                "p r: The list of monitors is left out: no.",
                "p r cannot be read: AWS does not accept these credentials."
            ]
        );
        assert!(!Whole::default().part(false, |_, _| Ordering::Equal).complete, "nobody looks yet");
    }
}
