//! What the reports of a schedule say, as they are read. The reply comes when all are; what was read stays in the core.

use crate::{bridge, desk::Desk, format, parts::answer::Refreshes};
use contract::{
    Code, Fault,
    drift::{DriftEvent, DriftView, ReadDrift},
};
use leptos::{prelude::*, task::spawn_local};

#[derive(Clone, Copy)]
pub struct Reports {
    pub view: RwSignal<Option<DriftView>>,
    pub fault: RwSignal<Option<Fault>>,
    /// Reports still come in.
    pub reading: RwSignal<bool>,
    /// Grows when all were read that can be.
    pub finished: RwSignal<u64>,
    again: RwSignal<u64>,
}

impl Reports {
    /// Reads what came since, and what could not be read.
    pub fn again(self) {
        self.again.update(|count| *count += 1);
    }

    /// Reports that were read, of how many; `None` until that is known.
    pub fn progress(self) -> Option<(u32, u32)> {
        self.view.with(|view| view.as_ref().map(|view| (view.read, view.of)))
    }
}

/// `41 of 90 reports read`.
pub fn words(read: u32, of: u32) -> String {
    if read < of {
        format!("{} of {} read", format::count(read.into()), format::counted(of.into(), "report", "reports"))
    } else {
        format!("{} read", format::counted(of.into(), "report", "reports"))
    }
}

/// Whether a view takes the place of the one on screen, which is `shown` reports of the same question: events and the
/// reply may come in either order, and one that has read nothing yet says less than what is there.
fn is_newer(read: &DriftView, told: u32, has_shown: bool) -> bool {
    read.read >= told && (read.read > 0 || read.of == 0 || !has_shown)
}

/// Asks what `request` gives, again when that changes, `r` is pressed or the session moves. Nothing is asked for `None`.
pub fn use_reports(request: impl Fn() -> Option<ReadDrift> + 'static) -> Reports {
    let desk = Desk::get();
    let handle = Reports {
        view: RwSignal::new(None),
        fault: RwSignal::new(None),
        reading: RwSignal::new(true),
        finished: RwSignal::new(0),
        again: RwSignal::new(0),
    };
    let page = use_context::<Refreshes>();
    let ticket = StoredValue::new(0_u64);
    // Reports that the newest view of this question was made of.
    let told = StoredValue::new(0_u32);
    let failed = move |fault: Fault| {
        if fault.code == Code::SignIn {
            desk.ask_sign_in_then(fault.clone(), Callback::new(move |()| handle.again()));
        }
        handle.reading.set(false);
        handle.fault.set(Some(fault));
    };
    Effect::new(move |days: Option<Option<u32>>| {
        handle.again.track();
        Refreshes::track(page);
        desk.generation();
        let Some(asked) = request() else { return days.flatten() };
        let mine = ticket.get_value() + 1;
        ticket.set_value(mine);
        told.set_value(0);
        handle.fault.set(None);
        handle.reading.set(true);
        // Of another width or zone they are the same reports, which stay until they are drawn anew.
        if days.flatten().is_some_and(|days| days != asked.days) {
            handle.view.set(None);
        }
        let days = asked.days;
        spawn_local(async move {
            let current = move || ticket.try_get_value() == Some(mine);
            let show = move |read: DriftView| {
                let has_shown = handle.view.with_untracked(Option::is_some);
                if is_newer(&read, told.get_value(), has_shown) {
                    told.set_value(read.read);
                    handle.view.set(Some(read));
                }
            };
            let answer = bridge::listen(asked, move |event: DriftEvent| {
                if current() {
                    show(event.view);
                }
            })
            .await;
            match answer {
                // The reply is the last word.
                Ok((whole, _)) if current() => {
                    show(whole);
                    handle.reading.set(false);
                    handle.finished.update(|count| *count += 1);
                }
                Err(fault) if current() => failed(fault),
                // The page has gone on meanwhile.
                Ok(_) | Err(_) => {}
            }
        });
        Some(days)
    });
    handle
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(read: u32, of: u32) -> DriftView {
        DriftView {
            schedule: "churn-live-data".into(),
            read,
            of,
            map: None,
            matters: None,
            features: Vec::new(),
            violations: Vec::new(),
            newest: None,
            notices: Vec::new(),
        }
    }

    #[test]
    fn how_far_the_reading_is_is_said() {
        assert_eq!(words(41, 90), "41 of 90 reports read");
        assert_eq!(
            (words(90, 90), words(1, 1), words(0, 0)),
            ("90 reports read".into(), "1 report read".into(), "0 reports read".into())
        );
    }

    #[test]
    fn a_view_of_fewer_reports_does_not_replace_one_of_more() {
        assert!(is_newer(&view(41, 90), 20, true) && is_newer(&view(90, 90), 90, true));
        assert!(!is_newer(&view(20, 90), 41, true), "a reply that was overtaken");
        assert!(!is_newer(&view(0, 90), 0, true), "drawn anew: nothing yet");
        assert!(is_newer(&view(0, 90), 0, false) && is_newer(&view(0, 0), 0, true));
    }
}
