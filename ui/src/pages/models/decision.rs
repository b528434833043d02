//! The bar under a version: the comment, what each decision sets off, why it is held, and the buttons.

use crate::{
    desk::Desk,
    keys::{self, Action},
    parts::{
        acts::{Asking, when_done},
        answer::Answer,
        confirm::ConfirmPlan,
        fault::FaultView,
        icon::Icon,
        outcome::Outcome,
    },
};
use contract::{
    Code, Fault,
    models::{
        Decision, Outlook,
        requests::{DraftReply, PlanDecision},
    },
};
use leptos::{html, prelude::*};

/// What a button asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ask {
    Approve,
    Reject,
    Sign,
}

impl Ask {
    fn decision(self, comment: String) -> Decision {
        match self {
            Self::Approve => Decision::Approve { comment },
            Self::Reject => Decision::Reject { comment },
            Self::Sign => Decision::Sign { comment },
        }
    }
}

/// What the bar shows of a draft.
#[derive(Debug, Clone, PartialEq)]
struct Offer {
    version: u32,
    approve: Outlook,
    reject: Outlook,
    sign: Option<Outlook>,
}

fn offer(told: &DraftReply) -> Offer {
    let draft = &told.draft;
    Offer {
        version: draft.mark.version,
        approve: draft.approve.clone(),
        reject: draft.reject.clone(),
        sign: draft.sign.clone(),
    }
}

/// See the module. What is decided is what `draft` told last. A new `roll_back` asks for the rejection, as its button does.
#[component]
pub fn DecisionBar(
    arn: StoredValue<String>,
    draft: Answer<DraftReply>,
    roll_back: RwSignal<u32>,
    on_decided: Callback<()>,
) -> impl IntoView {
    let desk = Desk::get();
    let comment = RwSignal::new(String::new());
    let template = StoredValue::new(String::new());
    let asking = Asking::new();
    let (fault, busy) = (asking.fault, asking.busy);
    let field = NodeRef::<html::Textarea>::new();
    let offered = Memo::new(move |_| draft.told.with(|told| told.as_ref().map(offer)));
    let shown = Memo::new(move |_| offered.read().is_some());

    // A comment that somebody began to write stays.
    Effect::new(move |_| {
        let Some(new) = draft.told.with(|told| told.as_ref().map(|told| told.draft.template.clone())) else { return };
        let untouched = comment.with_untracked(|text| text.is_empty() || template.with_value(|old| text == old));
        if untouched {
            comment.set(new.clone());
        }
        template.set_value(new);
        // What was refused was refused of what was shown before.
        fault.set(None);
    });
    let focus = move || {
        if let Some(field) = field.get_untracked() {
            let _ = field.focus();
            // The template is where the reason begins.
            let end = u32::try_from(field.value().encode_utf16().count()).unwrap_or_default();
            let _ = field.set_selection_range(end, end);
        }
    };
    keys::on(Action::Comment, focus);

    let ask = move |what: Ask| {
        let Some(evidence) = draft.told.with_untracked(|told| told.as_ref().map(|told| told.draft.evidence.clone()))
        else {
            return;
        };
        let decision = what.decision(comment.get_untracked().trim().to_owned());
        let request = PlanDecision { arn: arn.get_value(), decision, evidence };
        asking.ask(request, || ());
    };
    Effect::new(move |before: Option<u32>| {
        let asked = roll_back.get();
        let held = draft.told.with_untracked(|told| told.as_ref().map(|told| told.draft.reject.held.join("; ")));
        if before.is_some_and(|before| before != asked)
            && let Some(why) = held.filter(|why| !why.is_empty())
        {
            desk.say(format!("Rejecting is held: {why}"));
        } else if before.is_some_and(|before| before != asked) {
            // Why is said here, far from where the way back was offered.
            if comment.with_untracked(|text| template.with_value(|old| text.trim() == old.trim())) {
                focus();
            }
            ask(Ask::Reject);
        }
        asked
    });
    // Once it is written, the version is another.
    when_done(asking.started, move || {
        comment.set(String::new());
        draft.look();
        on_decided.run(());
    });
    let mistyped =
        Memo::new(move |_| fault.with(|fault| fault.as_ref().filter(|fault| fault.code == Code::BadInput).cloned()));
    let refused = move || fault.get().filter(|fault| fault.code != Code::BadInput);
    let look_again = Callback::new(move |()| {
        fault.set(None);
        draft.look();
    });

    view! {
        <div class="action-bar decision">
            <Outcome started=asking.started />
            {move || shown.get().then(|| view! {
                <div class="field">
                    <span id="decision-comment">"Comment, kept with the version"</span>
                    <textarea
                        node_ref=field
                        rows="2"
                        maxlength="900"
                        // WebKit counts what is typed into a text area among the text of the label around it.
                        aria-labelledby="decision-comment"
                        aria-invalid=move || mistyped.read().is_some().to_string()
                        aria-describedby="decision-problem"
                        prop:value=comment
                        on:input:target=move |event| comment.set(event.target().value())
                    ></textarea>
                    <p class="field-error" id="decision-problem" role="alert">
                        {move || mistyped.get().map(|fault| view! { <Icon name="triangle-alert" /> {problem(&fault)} })}
                    </p>
                </div>
            })}
            <div class="causes">
                {move || offered.get().map(|offered| view! {
                    <Words verb="Approving" outlook=offered.approve />
                    <Words verb="Rejecting" outlook=offered.reject />
                })}
                {move || refused().map(|fault| view! { <FaultView fault retry=look_again /> })}
                <p class="why-not">{move || (desk.read_only() && offered.read().is_some()).then_some("READ-ONLY: plans can be made and looked at; the badge in the top bar makes the session writable.")}</p>
            </div>
            <div class="acts">
                {move || offered.get().map(|offered| {
                    let Offer { version, approve, reject, sign } = offered;
                    let busy = Signal::derive(move || busy.get() || draft.busy.get());
                    view! {
                        <Act word=format!("Approve version {version}") class="btn go" held=approve.held busy on_press=Callback::new(move |()| ask(Ask::Approve)) />
                        <Act word=format!("Reject version {version}…") class="btn bad" held=reject.held busy on_press=Callback::new(move |()| ask(Ask::Reject)) />
                        {sign.map(|sign| view! { <Act word=format!("Sign version {version}") class="btn" held=sign.held busy on_press=Callback::new(move |()| ask(Ask::Sign)) /> })}
                    }
                })}
            </div>
            <ConfirmPlan plan=asking.plan on_started=asking.on_started() />
        </div>
    }
}

/// What the comment is refused for.
fn problem(fault: &Fault) -> String {
    if fault.detail.is_empty() { fault.title.clone() } else { format!("{}: {}", fault.title, fault.detail) }
}

/// What a decision sets off, and what holds it. Never cut off.
#[component]
fn Words(verb: &'static str, outlook: Outlook) -> impl IntoView {
    let Outlook { words, held, roll_back: _ } = outlook;
    let held = (!held.is_empty()).then(|| format!("{verb} is held: {}.", held.join("; ")));
    view! {
        {held.map(|held| view! { <p class="warn">{held}</p> })}
        {(!words.is_empty()).then(|| view! { <p><strong>{verb}</strong> ": " {words} "."</p> })}
    }
}

/// It stays focusable when it is held, and says why.
#[component]
fn Act(
    word: String,
    class: &'static str,
    held: Vec<String>,
    busy: Signal<bool>,
    #[prop(into)] on_press: Callback<()>,
) -> impl IntoView {
    let desk = Desk::get();
    let why = held.join("; ");
    let title = why.clone();
    let is_held = !held.is_empty();
    // What is held does not stand out.
    let class = if is_held { "btn" } else { class };
    let press = move |_| {
        if is_held {
            desk.say(why.clone());
        } else {
            on_press.run(());
        }
    };
    view! {
        <button type="button" class=class title=title aria-disabled=is_held.to_string() disabled=move || busy.get() on:click=press>
            {word}
        </button>
    }
}
