//! What the whole window shares: the session, the settings, the operations, and the one voice for announcements.
//!
//! A `Desk` is a handful of signals, copied freely and found by [`Desk::get`]. It is made once, by `App`, and lives as
//! long as the window.

use crate::{bridge, format, range::PageRange};
use contract::{
    Fault, OperationId, PlanId, Timestamp,
    charts::Chart,
    operations::{OperationRow, RunOperation},
    palette::{Recent, RememberRecent},
    session::{Environment, Greeting, Hello, Identify, Identity, Mode, OpenProfile, SessionInfo, SetRegion},
    settings::{CopyText, Place, SaveSettings, Settings, Zone},
    shell,
};
use leptos::{prelude::*, task::spawn_local};

/// A fault that waits for the person to sign in, with what to repeat afterwards.
#[derive(Debug, Clone)]
pub struct SignIn {
    pub fault: Fault,
    pub again: Option<Callback<()>>,
}

/// What can be done after an operation ended or was cut off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FollowUp {
    Undo(OperationId),
    Resume(OperationId),
    Discard(OperationId),
}

#[derive(Debug, Clone, Copy)]
pub struct Desk {
    /// `None` until the core has answered `Hello`.
    pub greeting: RwSignal<Option<Greeting>>,
    /// Who the session is: `None` while it is asked.
    pub identity: RwSignal<Option<Result<Identity, Fault>>>,
    /// Operations of this program run, and those found interrupted at its start; oldest first.
    pub operations: RwSignal<Vec<OperationRow>>,
    /// Why the core could not be greeted.
    pub broken: RwSignal<Option<Fault>>,
    pub sign_in: RwSignal<Option<SignIn>>,
    /// A fault of something started from the frame, which has no place of its own to show it.
    pub problem: RwSignal<Option<Fault>>,
    /// The operation to plan the undo of, to resume, or to discard: `frame::follow_up` asks and acts.
    pub follow_up: RwSignal<Option<FollowUp>>,
    /// The chart to save as a picture: its dialog stands over the page, for the chart may be drawn anew meanwhile.
    pub picture: RwSignal<Option<Chart>>,
    pub palette_open: RwSignal<bool>,
    pub help_open: RwSignal<bool>,
    /// The page on screen has a range of time: `range` sets and reads it.
    pub page_range: RwSignal<Option<PageRange>>,
    /// Opens the popover behind the mode badge.
    pub guard_open: RwSignal<bool>,
    /// The incident that a pressed notification asks for, until the page Now has taken it.
    pub incident: RwSignal<Option<String>>,
    /// What the status region says.
    pub said: RwSignal<String>,
    /// Ticks every ten seconds, for times that are told as distances.
    pub now: RwSignal<Timestamp>,
    generation: RwSignal<u64>,
    /// Changed settings are on their way to the core.
    saving: RwSignal<bool>,
    settings: Memo<Settings>,
    session: Memo<Option<SessionInfo>>,
}

impl Desk {
    /// Makes the desk and puts it where [`Desk::get`] finds it.
    pub fn provide() -> Self {
        let greeting = RwSignal::new(None::<Greeting>);
        let desk = Self {
            greeting,
            // Of their own, so that a changed setting does not wake what only reads the session.
            settings: Memo::new(move |_| {
                greeting
                    .with(|greeting| greeting.as_ref().map(|greeting| greeting.settings.clone()).unwrap_or_default())
            }),
            session: Memo::new(move |_| {
                greeting.with(|greeting| greeting.as_ref().and_then(|greeting| greeting.session.clone()))
            }),
            identity: RwSignal::new(None),
            operations: RwSignal::new(Vec::new()),
            broken: RwSignal::new(None),
            sign_in: RwSignal::new(None),
            problem: RwSignal::new(None),
            follow_up: RwSignal::new(None),
            picture: RwSignal::new(None),
            palette_open: RwSignal::new(false),
            help_open: RwSignal::new(false),
            page_range: RwSignal::new(None),
            guard_open: RwSignal::new(false),
            incident: RwSignal::new(None),
            said: RwSignal::new(String::new()),
            now: RwSignal::new(format::now()),
            generation: RwSignal::new(0),
            saving: RwSignal::new(false),
        };
        provide_context(desk);
        desk
    }

    pub fn get() -> Self {
        expect_context()
    }

    /// The settings, or the defaults until the core has told them.
    pub fn settings(self) -> Settings {
        self.settings.get()
    }

    pub fn session(self) -> Option<SessionInfo> {
        self.session.get()
    }

    /// The profile as it stands behind `--profile` in a command line that is copied.
    pub fn profile_argument(self) -> String {
        self.session().map(|session| shell::quote(&session.profile)).unwrap_or_default()
    }

    /// The region of the session, for the partition of ARNs that are written; empty without a session.
    pub fn region(self) -> String {
        self.session().map(|session| session.region).unwrap_or_default()
    }

    pub fn zone(self) -> Zone {
        self.settings.read().zone
    }

    /// Minutes east of UTC of the zone that the window shows: for times that are typed without one.
    pub fn offset_minutes(self) -> i32 {
        format::offset(format::now(), self.zone())
    }

    /// True unless the guard would give a permit now.
    pub fn read_only(self) -> bool {
        self.session.read().as_ref().is_none_or(|session| session.mode == Mode::ReadOnly)
    }

    pub fn production(self) -> bool {
        self.session.read().as_ref().is_some_and(|session| session.environment == Environment::Production)
    }

    /// The account id, once it is known.
    pub fn account(self) -> Option<String> {
        self.identity.with(|identity| match identity {
            Some(Ok(identity)) => Some(identity.account.clone()),
            _ => None,
        })
    }

    /// Grows when the session moved to another profile or region, or signed in again: a page that reads it in its
    /// resource loads anew.
    pub fn generation(self) -> u64 {
        self.generation.get()
    }

    /// Takes what the core said of profiles and session, and asks who this is when that may have changed.
    pub fn apply(self, greeting: Greeting) {
        let place = |greeting: Option<&Greeting>| {
            greeting
                .and_then(|greeting| greeting.session.as_ref())
                .map(|session| (session.profile.clone(), session.region.clone(), session.endpoint.clone()))
        };
        let mut greeting = greeting;
        // Answers may overtake each other: an older one knows nothing of the session that was opened since.
        self.greeting.with_untracked(|old| keep_newer(old.as_ref(), &mut greeting));
        let moved = self.greeting.with_untracked(|old| place(old.as_ref())) != place(Some(&greeting));
        // What is on its way to the core is newer than what the core says.
        if self.saving.get_untracked() {
            greeting.settings = self.settings.get_untracked();
        }
        self.greeting.set(Some(greeting));
        if moved {
            self.start_over();
        }
    }

    /// Moves the session to another profile and region; every page loads anew.
    ///
    /// # Errors
    /// The core's fault: the profile cannot be opened, or the region is none.
    pub async fn move_to(self, place: &Place) -> Result<(), Fault> {
        let (mut profile, mut region) =
            untrack(|| self.session()).map_or_else(Default::default, |session| (session.profile, session.region));
        let mut last = None;
        if profile != place.profile {
            let greeting = bridge::call(OpenProfile { name: place.profile.clone() }).await?;
            (profile, region) = greeting
                .session
                .as_ref()
                .map_or((profile, region), |session| (session.profile.clone(), session.region.clone()));
            last = Some(greeting);
        }
        let mut refused = None;
        if profile == place.profile && region != place.region {
            match bridge::call(SetRegion { region: place.region.clone() }).await {
                Ok(greeting) => last = Some(greeting),
                Err(fault) => refused = Some(fault),
            }
        }
        if let Some(greeting) = last {
            self.apply(greeting);
        }
        refused.map_or(Ok(()), Err)
    }

    /// Drops what was read under the old credentials, so that every page loads anew.
    pub fn start_over(self) {
        self.generation.update(|generation| *generation += 1);
        self.identify();
    }

    /// Asks the core for everything the frame needs.
    pub fn hello(self) {
        spawn_local(async move {
            match bridge::call(Hello {}).await {
                Ok(greeting) => {
                    self.broken.set(None);
                    self.apply(greeting);
                }
                Err(fault) => self.broken.set(Some(fault)),
            }
        });
    }

    /// Asks STS who the session is.
    pub fn identify(self) {
        self.identity.set(None);
        if self.greeting.with_untracked(|greeting| greeting.as_ref().is_none_or(|greeting| greeting.session.is_none()))
        {
            return;
        }
        let asked = self.generation.get_untracked();
        spawn_local(async move {
            let identity = bridge::call(Identify {}).await;
            // An answer for a profile that was left meanwhile is not this session's.
            if asked == self.generation.get_untracked() {
                self.identity.set(Some(identity));
            }
        });
    }

    /// Puts text into the one polite status region. The same text said again is heard again.
    pub fn say(self, text: impl Into<String>) {
        let text = text.into();
        self.said.update(|said| {
            // A region that does not change is not read: a trailing no-break space makes it another text.
            *said = if *said == text { format!("{text}\u{a0}") } else { text };
        });
    }

    /// Puts text on the clipboard; `what` names it: "Copied the version id".
    pub fn copy(self, text: impl Into<String>, what: impl Into<String>) {
        let (text, what) = (text.into(), what.into());
        spawn_local(async move {
            match bridge::call(CopyText { text }).await {
                Ok(()) => self.say(format!("Copied {what}")),
                Err(fault) => self.say(format!("Could not copy {what}: {}", fault.title)),
            }
        });
    }

    /// Confirms a plan and starts it.
    ///
    /// # Errors
    /// The core's fault: the guard's refusal, a plan that is gone, or a name typed wrong.
    pub async fn run(self, plan: PlanId, typed: Option<String>) -> Result<OperationId, Fault> {
        bridge::call(RunOperation { plan, typed }).await
    }

    /// Offers to sign in; afterwards every page loads anew.
    pub fn ask_sign_in(self, fault: Fault) {
        self.sign_in.set(Some(SignIn { fault, again: None }));
    }

    /// Offers to sign in and then repeats one call.
    pub fn ask_sign_in_then(self, fault: Fault, again: Callback<()>) {
        self.sign_in.set(Some(SignIn { fault, again: Some(again) }));
    }

    #[expect(clippy::unused_self, reason = "a page asks its desk for it like for the rest")]
    /// Remembers a place that was opened, for the palette.
    pub fn remember(self, title: impl Into<String>, address: impl Into<String>) {
        let recent = Recent { title: title.into(), address: address.into() };
        spawn_local(async move {
            // A recent that could not be kept is nothing to bother anyone with.
            let _ = bridge::call(RememberRecent { recent }).await;
        });
    }

    /// Changes a setting at once and keeps it; if it cannot be kept, it goes back and the reason is said.
    ///
    /// One save at a time: each holds all settings, and of two that are under way together the older one may arrive last.
    pub fn change_settings(self, change: impl FnOnce(&mut Settings)) {
        let before = self.settings.get_untracked();
        let mut settings = before.clone();
        change(&mut settings);
        if settings == before {
            return;
        }
        self.put_settings(settings);
        if !self.saving.get_untracked() {
            self.saving.set(true);
            spawn_local(self.keep_settings(before));
        }
    }

    /// Keeps the settings as they are now, and again as long as they were changed meanwhile. `kept` are those of the core.
    async fn keep_settings(self, mut kept: Settings) {
        loop {
            let settings = self.settings.get_untracked();
            match bridge::call(SaveSettings { settings: settings.clone() }).await {
                Ok(saved) if self.settings.get_untracked() == settings => {
                    self.put_settings(saved);
                    break;
                }
                Ok(saved) => kept = saved,
                Err(fault) => {
                    self.put_settings(kept);
                    let hint = fault.hint.map(|hint| format!(". {hint}")).unwrap_or_default();
                    self.say(format!("The setting could not be kept: {}{hint}", fault.title));
                    break;
                }
            }
        }
        self.saving.set(false);
    }

    /// Whether a changed setting is not kept yet.
    pub fn is_saving(self) -> bool {
        self.saving.get()
    }

    fn put_settings(self, settings: Settings) {
        self.greeting.update(|greeting| {
            if let Some(greeting) = greeting {
                greeting.settings = settings;
            }
        });
    }
}

/// Puts the session that an older greeting knows in the place of an even older one. Everything else is taken as it came: a
/// change of a setting or a profile has no other answer.
pub fn keep_newer(old: Option<&Greeting>, greeting: &mut Greeting) {
    if let Some(old) = old.filter(|old| old.turn > greeting.turn) {
        greeting.turn = old.turn;
        greeting.session.clone_from(&old.session);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn greeting(turn: u64, profile: &str) -> Greeting {
        Greeting {
            version: profile.to_owned(),
            settings: Settings::default(),
            settings_fault: None,
            profiles: Vec::new(),
            session: Some(SessionInfo {
                profile: profile.to_owned(),
                region: "eu-west-1".to_owned(),
                environment: Environment::Other,
                mode: Mode::ReadOnly,
                unlocked_until: None,
                endpoint: None,
            }),
            turn,
            looked_in: Vec::new(),
            keychain: Ok(()),
        }
    }

    #[test]
    fn an_answer_that_was_overtaken_does_not_bring_its_session_back() {
        let taken = |turn| {
            let mut came = greeting(turn, "slow");
            keep_newer(Some(&greeting(2, "quick")), &mut came);
            (came.turn, came.session.map(|session| session.profile).unwrap_or_default(), came.version)
        };
        assert_eq!(taken(1), (2, "quick".to_owned(), "slow".to_owned()), "the rest is what was asked for");
        assert_eq!(taken(2).1, "slow", "the same session, told anew");
        assert_eq!(taken(3).1, "slow");
        let mut first = greeting(1, "slow");
        keep_newer(None, &mut first);
        assert_eq!(first, greeting(1, "slow"));
    }
}
