//! What a version of a model has to pass before it is approved with the open profile.

mod fields;

use super::set_aside::Aside;
use crate::{
    address, bridge,
    desk::Desk,
    parts::{fault::FaultView, icon::Icon, segmented::Segmented, states::Skeleton},
};
use contract::{
    Fault,
    models::{
        GateId, GatePolicy,
        requests::{ReadGatePolicy, SaveGatePolicy},
    },
    settings::Stored,
};
use fields::{FIELDS, Field};
use leptos::{html, prelude::*, task::spawn_local};
use std::collections::BTreeSet;

/// A policy that is edited, beside what is kept.
#[derive(Clone, Copy)]
struct Editing {
    kept: RwSignal<Option<GatePolicy>>,
    draft: RwSignal<GatePolicy>,
    /// Counts what was put into the fields from outside: their text is written anew.
    round: RwSignal<u32>,
    /// Names of fields whose text cannot be read.
    wrong: RwSignal<BTreeSet<&'static str>>,
}

impl Editing {
    fn put(self, policy: GatePolicy) {
        self.draft.set(policy);
        self.wrong.update(BTreeSet::clear);
        self.round.update(|round| *round += 1);
    }

    fn keep(self, policy: GatePolicy) {
        self.kept.set(Some(policy.clone()));
        self.put(policy);
    }

    fn is_changed(self) -> bool {
        self.kept.with(|kept| self.draft.with(|draft| kept.as_ref().is_some_and(|kept| kept != draft)))
    }
}

#[component]
pub fn ApprovalGates() -> impl IntoView {
    let desk = Desk::get();
    let query = address::use_query();
    let editing = Editing {
        kept: RwSignal::new(None),
        draft: RwSignal::new(GatePolicy::default()),
        round: RwSignal::new(0),
        wrong: RwSignal::new(BTreeSet::new()),
    };
    let fault = RwSignal::new(None::<Fault>);
    let profile = Memo::new(move |_| desk.session().map(|session| session.profile));
    let ticket = StoredValue::new(0_u64);
    let read = move || {
        let mine = ticket.get_value() + 1;
        ticket.set_value(mine);
        spawn_local(async move {
            let reply = bridge::call(ReadGatePolicy {}).await;
            // Another profile was opened meanwhile, or the page is gone.
            if ticket.try_get_value() != Some(mine) {
                return;
            }
            match reply {
                Ok(policy) => {
                    fault.set(None);
                    editing.keep(policy);
                }
                Err(why) => fault.set(Some(why)),
            }
        });
    };
    Effect::new(move |_| {
        editing.kept.set(None);
        if profile.read().is_some() {
            read();
        }
    });
    // A link of a version leads to this part of the page.
    let node = NodeRef::<html::Section>::new();
    let asked = Memo::new(move |_| query.read().get("part") == Some("gates"));
    Effect::new(move |_| {
        let there = editing.kept.with(Option::is_some);
        if let Some(section) = node.get().filter(|_| there && asked.get()) {
            section.scroll_into_view_with_bool(true);
        }
    });
    let there = Memo::new(move |_| editing.kept.with(Option::is_some));
    let waits = Memo::new(move |_| !there.get() && profile.read().is_some() && fault.read().is_none());
    view! {
        <section class="section" aria-labelledby="gates-title" node_ref=node>
            <h2 id="gates-title">"Approval gates"</h2>
            {move || match profile.get() {
                None => view! { <p class="dim">"Each profile has its own. Open one to see what its approvals ask for."</p> }.into_any(),
                Some(profile) => view! {
                    <p class="soft">
                        "What a version has to pass before it is approved with the profile "
                        <strong class="mono">{profile}</strong>
                        ". A gate that blocks holds the approval while it is red; one that advises is shown beside it. Each change stands in the audit log."
                    </p>
                }.into_any(),
            }}
            {move || fault.get().map(|fault| view! { <FaultView fault retry=Callback::new(move |()| read()) /> })}
            <Aside stored=Stored::GatePolicy fault again=Callback::new(move |()| read()) />
            {move || there.get().then(|| view! { <Editor editing /> })}
            {move || waits.get().then(|| view! { <Skeleton rows=6 /> })}
        </section>
    }
}

#[component]
fn Editor(editing: Editing) -> impl IntoView {
    let desk = Desk::get();
    // Of its own: the way to try again of what could not be read would read, and what was typed would be lost.
    let fault = RwSignal::new(None::<Fault>);
    let busy = RwSignal::new(false);
    let changed = Memo::new(move |_| editing.is_changed());
    let readable = Memo::new(move |_| editing.wrong.read().is_empty());
    let cannot = Memo::new(move |_| busy.get() || !changed.get() || !readable.get());
    let is_default = Memo::new(move |_| editing.draft.with(|draft| *draft == GatePolicy::default()));
    let save = move |_| {
        if cannot.get_untracked() {
            return;
        }
        let policy = editing.draft.get_untracked();
        busy.set(true);
        fault.set(None);
        spawn_local(async move {
            match bridge::call(SaveGatePolicy { policy }).await {
                Ok(kept) => {
                    editing.keep(kept);
                    desk.say("Approval gates saved");
                }
                Err(why) => {
                    fault.try_set(Some(why));
                }
            }
            busy.try_set(false);
        });
    };
    let put_back = move |_| {
        if let Some(kept) = editing.kept.get_untracked() {
            editing.put(kept);
        }
    };
    view! {
        <table class="table" aria-label="Approval gates">
            <thead>
                <tr>
                    <th scope="col">"Gate"</th>
                    <th scope="col">"What it checks"</th>
                    <th scope="col">"When it is red"</th>
                </tr>
            </thead>
            <tbody>{GateId::ALL.into_iter().map(|id| view! { <GateRow id editing /> }).collect_view()}</tbody>
        </table>
        <div class="options-grid gate-options">
            <Turn
                id="gates-unknown"
                title="Not known"
                words=("blocks too", "advises")
                hint="A gate that blocks and could not be looked at: a file that is missing or cannot be read."
                editing
                read=|policy| policy.unknown_blocks
                turn=|policy| { policy.unknown_blocks = !policy.unknown_blocks; }
            />
            <Turn
                id="gates-persons"
                title="Two persons"
                words=("asked for", "one is enough")
                hint="The first signs what is shown, the second approves it. Neither may have registered the version."
                editing
                read=|policy| policy.two_persons
                turn=|policy| { policy.two_persons = !policy.two_persons; }
            />
            {FIELDS.iter().map(|field| view! { <Typed field editing /> }).collect_view()}
        </div>
        {move || fault.get().map(|fault| view! { <FaultView fault /> })}
        <div class="row">
            <button type="button" class="btn go" disabled=move || cannot.get() on:click=save>"Save gates"</button>
            <button type="button" class="btn" disabled=move || !changed.get() && readable.get() on:click=put_back>"Discard changes"</button>
            <button type="button" class="btn" disabled=move || is_default.get() && readable.get() on:click=move |_| editing.put(GatePolicy::default())>"Restore defaults"</button>
            <span class="dim">{move || changed.get().then_some("Not saved yet.")}</span>
        </div>
    }
}

/// Whether a gate keeps a version from being approved.
#[component]
fn GateRow(id: GateId, editing: Editing) -> impl IntoView {
    let chosen = Signal::derive(move || editing.draft.with(|policy| policy.blocking.contains(&id)));
    let choose = move |blocks: bool| {
        editing.draft.update(|policy| {
            policy.blocking.retain(|one| *one != id);
            if blocks {
                policy.blocking.push(id);
            }
            // In the order in which gates are shown, so that the same choice is the same policy.
            policy.blocking.sort_unstable();
        });
    };
    view! {
        <tr data-id=format!("{id:?}")>
            <th scope="row">{id.title()}</th>
            <td class="soft">{id.about()}</td>
            <td>
                <Segmented
                    name=format!("{}, when it is red", id.title())
                    choices=vec![(true, "Blocks"), (false, "Advises")]
                    chosen
                    on_choose=choose
                />
            </td>
        </tr>
    }
}

#[component]
fn Turn(
    id: &'static str,
    title: &'static str,
    /// What it says when it is on, and off.
    words: (&'static str, &'static str),
    hint: &'static str,
    editing: Editing,
    read: fn(&GatePolicy) -> bool,
    turn: fn(&mut GatePolicy),
) -> impl IntoView {
    let is_on = move || editing.draft.with(read);
    view! {
        <span id=id>{title}</span>
        <div>
            <button
                type="button"
                class="switch"
                role="switch"
                aria-labelledby=id
                aria-describedby=format!("{id}-hint")
                aria-checked=move || is_on().to_string()
                on:click=move |_| editing.draft.update(turn)
            >
                <i aria-hidden="true"></i>
                {move || if is_on() { words.0 } else { words.1 }}
            </button>
            <p class="field-hint" id=format!("{id}-hint")>{hint}</p>
        </div>
    }
}

/// A value that is typed, with its unit.
#[component]
fn Typed(field: &'static Field, editing: Editing) -> impl IntoView {
    let wrong = RwSignal::new(None::<String>);
    let shown = move || {
        // While somebody types, the text is theirs.
        editing.round.track();
        editing.draft.with_untracked(|policy| (field.write)(policy))
    };
    Effect::new(move |_| {
        editing.round.track();
        wrong.set(None);
    });
    let read = move |text: String| {
        let mut read = Ok(());
        editing.draft.update(|policy| read = (field.read)(text.trim(), policy));
        editing.wrong.update(|all| {
            if read.is_err() {
                all.insert(field.name)
            } else {
                all.remove(field.name)
            };
        });
        wrong.set(read.err());
    };
    let id = field.id;
    view! {
        <span id=id>{field.name}</span>
        <div>
            <div class="row">
                <input
                    type="text"
                    class="input mono"
                    class:wide=field.is_wide
                    autocomplete="off"
                    spellcheck="false"
                    aria-label=field.name
                    aria-invalid=move || wrong.read().is_some().to_string()
                    aria-describedby=format!("{id}-hint {id}-problem")
                    prop:value=shown
                    on:input:target=move |event| read(event.target().value())
                />
                <span class="dim">{field.unit}</span>
            </div>
            <p class="field-error" id=format!("{id}-problem") role="alert">
                {move || wrong.get().map(|wrong| view! { <Icon name="triangle-alert" /> {wrong} })}
            </p>
            <p class="field-hint" id=format!("{id}-hint")>{field.hint}</p>
        </div>
    }
}
