//! What of the models of a place is worth a notification, as the person chose.

use super::{
    Sight,
    failing::{Failing, Subject},
    models::PartSight,
};
use contract::{
    Timestamp,
    now::{AlertEvent, ModelTrouble, TroubleAbout},
    settings::{ModelNews, Place},
};
use std::time::Duration;

const DAY: Duration = Duration::from_hours(24);

/// Troubles that began in this time, and versions that have waited for as long as the person allows since then.
pub(super) fn troubles(
    sight: &Sight,
    place: &Place,
    (since, now): (Timestamp, Timestamp),
    by: ModelNews,
) -> Vec<Failing> {
    let models = &sight.models;
    let began = |part: &PartSight, is_told: bool| -> Vec<(ModelTrouble, Timestamp)> {
        if is_told { part.began.clone() } else { Vec::new() }
    };
    let mut all = began(&models.endpoints, by.endpoints);
    all.extend(began(&models.silent, by.silent));
    all.extend(began(&models.drift, by.drift));
    if let Some(days) = by.pending_days {
        let patience = DAY.saturating_mul(days.into());
        let due = |row: &ModelTrouble| row.since?.checked_add(patience).ok();
        all.extend(models.pending.rows.iter().filter_map(|row| Some((row.clone(), due(row)?))));
    }
    let told = all.into_iter().filter(|(_, at)| (since..=now).contains(at));
    told.map(|(row, at)| failing(place, &row, at)).collect()
}

fn failing(place: &Place, row: &ModelTrouble, at: Timestamp) -> Failing {
    let place = || place.clone();
    let (subject, what, opens) = match &row.about {
        TroubleAbout::Pending { arn, .. } => {
            (Subject::Pending, row.about.name(), AlertEvent::Version { place: place(), arn: arn.clone() })
        }
        TroubleAbout::Drift { schedule, .. } => {
            (Subject::Drift, schedule.clone(), AlertEvent::Monitor { place: place(), schedule: schedule.clone() })
        }
        TroubleAbout::Silent { schedule, .. } => {
            (Subject::Silent, schedule.clone(), AlertEvent::Monitor { place: place(), schedule: schedule.clone() })
        }
        TroubleAbout::Endpoint { endpoint, .. } => {
            (Subject::Endpoint, endpoint.clone(), AlertEvent::Endpoint { place: place(), endpoint: endpoint.clone() })
        }
    };
    // The name is the same for every profile that sees it. Of what began the moment is each lookout's own, so that two
    // profiles of one place may both tell of it.
    let name = row.id.strip_prefix(&row.profile).unwrap_or(&row.id).to_owned();
    Failing {
        id: row.id.clone(),
        subject,
        what,
        words: row.words.clone(),
        bare: false,
        newest: at,
        opens,
        happened: vec![(name, at)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::watch::models::tests::silent;
    use contract::models::WaitsFor;

    const NONE: ModelNews = ModelNews { endpoints: false, silent: false, drift: false, pending_days: None };

    fn at(day: i64) -> Timestamp {
        Timestamp::from_second(day * 86_400).unwrap()
    }

    fn place() -> Place {
        Place { profile: "p".into(), region: "eu-west-1".into() }
    }

    fn pending(version: u32, since: Option<Timestamp>) -> ModelTrouble {
        let arn = format!("arn:aws:sagemaker:eu-west-1:1:model-package/churn/{version}");
        ModelTrouble {
            id: format!("p eu-west-1 pending version {arn}"),
            since,
            about: TroubleAbout::Pending { arn, group: "churn".into(), version, waits_for: WaitsFor::Decision },
            ..silent("")
        }
    }

    fn names(sight: &Sight, now: Timestamp, by: ModelNews) -> Vec<(Subject, String)> {
        let since = now.checked_sub(DAY).unwrap();
        troubles(sight, &place(), (since, now), by).into_iter().map(|one| (one.subject, one.what)).collect()
    }

    #[test]
    fn each_kind_is_told_only_if_the_person_wants_it() {
        let mut sight = Sight::default();
        sight.models.silent.rows = vec![silent("old"), silent("new")];
        sight.models.silent.began = vec![(silent("new"), at(10))];
        let by = ModelNews { silent: true, ..NONE };
        assert_eq!(names(&sight, at(10), by), [(Subject::Silent, "new".to_owned())]);
        assert_eq!(names(&sight, at(12), by), [], "it began more than a day ago");
        assert_eq!(names(&sight, at(10), NONE), []);
        let told = &troubles(&sight, &place(), (at(9), at(10)), by)[0];
        assert_eq!(told.opens, AlertEvent::Monitor { place: place(), schedule: "new".into() });
        assert_eq!(told.happened, [(" eu-west-1 silent monitor new".to_owned(), at(10))]);
        assert_eq!(ModelNews::default(), ModelNews { endpoints: true, silent: true, ..NONE });
    }

    #[test]
    fn a_version_is_told_on_the_day_when_it_has_waited_long_enough() {
        let mut sight = Sight::default();
        sight.models.pending.rows = vec![pending(7, Some(at(1))), pending(8, Some(at(5))), pending(9, None)];
        let after = |days: u16| ModelNews { pending_days: Some(days), ..NONE };
        let seven = [(Subject::Pending, "churn 7".to_owned())];
        assert_eq!(names(&sight, at(3), after(3)), []);
        assert_eq!(names(&sight, at(4), after(3)), seven);
        assert_eq!(names(&sight, at(6), after(3)), [], "its day is over");
        assert_eq!(names(&sight, at(6), after(5)), seven);
        assert_eq!(names(&sight, at(6), ModelNews::default()), [], "off unless somebody asks for it");
        let told = &troubles(&sight, &place(), (at(3), at(4)), after(3))[0];
        assert!(matches!(&told.opens, AlertEvent::Version { arn, .. } if arn.ends_with("churn/7")));
    }
}
