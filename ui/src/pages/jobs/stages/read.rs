//! The stages of a run, for as long as a page shows them: leaving it ends the reading.

use crate::{
    bridge::{self, Listening},
    desk::Desk,
};
use contract::{
    Code, Fault,
    jobs::{CloseStages, JobId, ReadStages, Stages, StagesEvent},
};
use leptos::{prelude::*, task::spawn_local};

#[derive(Clone, Copy)]
pub struct StagesHandle {
    pub stages: RwSignal<Option<Stages>>,
    /// Bytes read, of all.
    pub progress: RwSignal<Option<(u64, u64)>>,
    pub fault: RwSignal<Option<Fault>>,
    again: RwSignal<u64>,
}

impl StagesHandle {
    /// Asks once more, after a fault.
    pub fn again(self) {
        self.again.update(|count| *count += 1);
    }
}

pub fn use_stages(job: StoredValue<JobId>) -> StagesHandle {
    let desk = Desk::get();
    let handle = StagesHandle {
        stages: RwSignal::new(None),
        progress: RwSignal::new(None),
        fault: RwSignal::new(None),
        again: RwSignal::new(0),
    };
    let listening = StoredValue::new_local(None::<Listening>);
    let open = StoredValue::new(None::<u64>);
    let ticket = StoredValue::new(0_u64);
    let failed = move |fault: Fault| {
        if fault.code == Code::SignIn {
            desk.ask_sign_in_then(fault.clone(), Callback::new(move |()| handle.again()));
        }
        handle.fault.try_set(Some(fault));
    };
    Effect::new(move |_| {
        handle.again.track();
        desk.generation();
        let mine = ticket.get_value() + 1;
        ticket.set_value(mine);
        handle.stages.set(None);
        handle.progress.set(None);
        handle.fault.set(None);
        listening.set_value(None);
        if let Some(old) = open.get_value() {
            close(old);
            open.set_value(None);
        }
        spawn_local(async move {
            let current = move || ticket.try_get_value() == Some(mine);
            let Some(id) = job.try_get_value() else { return };
            let answer = bridge::listen(ReadStages { id }, move |event| {
                if current() {
                    match event {
                        StagesEvent::Progress { read, length } => {
                            handle.progress.try_set(Some((read, length)));
                        }
                        StagesEvent::Read(read) => {
                            handle.stages.try_set(Some(*read));
                        }
                        StagesEvent::Failed(fault) => failed(fault),
                    }
                }
            })
            .await;
            match answer {
                Ok((first, stream)) if current() => {
                    open.set_value(Some(first.reading));
                    listening.set_value(Some(stream));
                    // The whole may have been faster than the reply.
                    if handle.stages.with_untracked(Option::is_none) {
                        handle.stages.try_set(Some(first));
                    }
                }
                // The page has gone on meanwhile.
                Ok((first, _)) => close(first.reading),
                Err(fault) if current() => failed(fault),
                Err(_) => {}
            }
        });
    });
    on_cleanup(move || {
        ticket.try_update_value(|ticket| *ticket += 1);
        if let Some(Some(reading)) = open.try_get_value() {
            close(reading);
        }
    });
    handle
}

fn close(reading: u64) {
    spawn_local(async move {
        // A reading that is over is ended.
        let _ = bridge::call(CloseStages { reading }).await;
    });
}
