//! A signature from the line under the cursor. What was typed stays while the person looks at a line that it matches.

use super::open::LogHandle;
use crate::{
    bridge,
    desk::Desk,
    parts::{dialog::Dialog, signature_form::SignatureForm},
};
use contract::{
    logs::LineAt,
    signatures::{DraftSignature, SignatureDraft},
};
use leptos::{prelude::*, task::spawn_local};

/// What the page does once the signatures are others: its diagnosis is made again.
#[derive(Clone, Copy)]
pub struct AfterSignature(pub Callback<()>);

/// A signature that is being made.
#[derive(Clone, Copy)]
pub struct Making {
    desk: Desk,
    log: LogHandle,
    draft: RwSignal<Option<SignatureDraft>>,
    open: RwSignal<bool>,
}

pub fn use_making(log: LogHandle) -> Making {
    Making { desk: Desk::get(), log, draft: RwSignal::new(None), open: RwSignal::new(false) }
}

impl Making {
    /// Proposes one from a line.
    pub fn begin(self, at: LineAt) {
        let Some(log) = self.log.id() else { return };
        spawn_local(async move {
            match bridge::call(DraftSignature { log, at }).await {
                Ok(draft) => {
                    self.draft.try_set(Some(draft));
                    self.open.try_set(true);
                }
                Err(fault) => self.desk.say(format!("{}: {}", fault.title, fault.detail)),
            }
        });
    }

    /// Something was typed, and the sheet is closed.
    pub fn waits(self) -> bool {
        !self.open.get() && self.draft.with(Option::is_some)
    }

    pub fn go_on(self) {
        self.open.set(true);
    }
}

#[component]
pub fn SignatureSheet(making: Making, #[prop(into)] on_go: Callback<LineAt>) -> impl IntoView {
    let after = use_context::<AfterSignature>();
    let Making { log, draft, open, .. } = making;
    view! {
        <Dialog name="Make a signature" open wide=true>
            <h2>"Make a signature"</h2>
            <p class="soft">"It is looked for in every log from now on, beside those that come with Quarterdeck."</p>
            {draft.get_untracked().map(|start| view! {
                <SignatureForm
                    start
                    was=None
                    log=log.id()
                    open
                    kept=move |now| draft.set(Some(now))
                    on_saved=move |_| {
                        draft.set(None);
                        if let Some(AfterSignature(after)) = after {
                            after.run(());
                        }
                    }
                    on_go
                />
            })}
        </Dialog>
    }
}
