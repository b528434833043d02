//! The diagnosis of a run, for as long as a page shows it.

use crate::{
    bridge::{self, Listening},
    desk::Desk,
};
use contract::{
    Code, Fault,
    jobs::{DiagnoseJob, Diagnosis, DiagnosisEvent, JobId},
};
use leptos::{prelude::*, task::spawn_local};

#[derive(Clone, Copy)]
pub struct Diagnosed {
    pub diagnosis: RwSignal<Option<Diagnosis>>,
    pub fault: RwSignal<Option<Fault>>,
    again: RwSignal<u64>,
}

impl Diagnosed {
    /// Asks once more, after a fault.
    pub fn again(self) {
        self.again.update(|count| *count += 1);
    }
}

/// Reads the logs of a run and names the cause; nothing is read for `None`.
pub fn use_diagnosis(job: Signal<Option<JobId>>) -> Diagnosed {
    let desk = Desk::get();
    let diagnosed = Diagnosed { diagnosis: RwSignal::new(None), fault: RwSignal::new(None), again: RwSignal::new(0) };
    let listening = StoredValue::new_local(None::<Listening>);
    let ticket = StoredValue::new(0_u64);
    let failed = move |fault: Fault| {
        if fault.code == Code::SignIn {
            desk.ask_sign_in_then(fault.clone(), Callback::new(move |()| diagnosed.again()));
        }
        diagnosed.fault.try_set(Some(fault));
    };
    Effect::new(move |_| {
        let wanted = job.get();
        diagnosed.again.track();
        desk.generation();
        let mine = ticket.get_value() + 1;
        ticket.set_value(mine);
        diagnosed.diagnosis.set(None);
        diagnosed.fault.set(None);
        listening.set_value(None);
        let Some(id) = wanted else { return };
        spawn_local(async move {
            let current = move || ticket.try_get_value() == Some(mine);
            let answer = bridge::listen(DiagnoseJob { id }, move |event| {
                if current() {
                    match event {
                        DiagnosisEvent::Read(read) => {
                            diagnosed.diagnosis.try_set(Some(*read));
                        }
                        DiagnosisEvent::Failed(fault) => failed(fault),
                    }
                }
            })
            .await;
            match answer {
                Ok((first, stream)) if current() => {
                    listening.set_value(Some(stream));
                    // More on the channel may have been faster than the reply.
                    if diagnosed.diagnosis.with_untracked(Option::is_none) {
                        diagnosed.diagnosis.try_set(Some(first));
                    }
                }
                Err(fault) if current() => failed(fault),
                _ => {}
            }
        });
    });
    on_cleanup(move || {
        ticket.try_update_value(|ticket| *ticket += 1);
    });
    diagnosed
}
