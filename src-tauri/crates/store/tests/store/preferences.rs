//! Settings, profiles, recents.

use crate::sample::{self, folder};
use contract::Code;
use contract::drift::DriftSource;
use contract::models::GatePolicy;
use contract::palette::Recent;
use contract::session::{Environment, Mode};
use contract::settings::{Density, ModelNews, Notify, Place, QuietHours, Settings, Stored, Theme, Watching, Zone};
use store::{KeyProfile, LastSession, ProfilePrefs, RECENTS_KEPT, StoreError};

#[test]
fn settings_have_defaults_and_stay() {
    let dir = folder();
    let store = sample::open(&dir);
    assert_eq!(store.settings().unwrap(), Settings::default());
    let settings = Settings {
        theme: Theme::Contrast,
        density: Density::Compact,
        zone: Zone::Local,
        single_keys: false,
        split: 30,
        watching: Watching {
            places: vec![Place { profile: "prod-data".into(), region: "eu-west-1".into() }],
            hidden: true,
            notify: Notify::Everywhere,
            models: ModelNews { silent: false, pending_days: Some(9), ..ModelNews::default() },
            quiet: QuietHours { on: true, ..QuietHours::default() },
        },
    };
    store.save_settings(&settings).unwrap();
    assert_eq!(store.settings().unwrap(), settings);
}

#[test]
fn settings_that_cannot_be_read_are_kept_until_they_are_set_aside() {
    let dir = folder();
    let store = sample::open(&dir);
    assert!(store.settings_problem().unwrap().is_none(), "nothing is there");
    let light = Settings { theme: Theme::Light, split: 60, ..Settings::default() };
    store.save_settings(&light).unwrap();
    assert!(store.settings_problem().unwrap().is_none());
    assert_eq!(store.set_aside(Stored::Settings, "").unwrap(), None, "they can be read");

    let row = |key: &str| {
        let found = sample::raw(&store)
            .query_row("SELECT value FROM preferences WHERE key = ?1", [key], |row| row.get::<_, String>(0));
        found.ok()
    };
    for (written, meant) in [
        (r#"{"theme":"Dark","density":"Roomy"}"#, Settings { theme: Theme::Dark, ..Settings::default() }),
        ("{\"theme\":", Settings::default()),
    ] {
        sample::raw(&store).execute("UPDATE preferences SET value = ?1 WHERE key = 'settings'", [written]).unwrap();
        assert_eq!(store.settings().unwrap(), meant, "what can be read holds meanwhile");
        let problem = store.settings_problem().unwrap().unwrap();
        assert!(matches!(problem, StoreError::Stored { stored: Stored::Settings, .. }), "{problem:?}");
        assert_eq!(problem.code(), Code::Unreadable);
        assert!(problem.to_string().contains("key settings"), "{problem}");
        assert_eq!(store.save_settings(&light).unwrap_err().code(), Code::Unreadable);
        assert_eq!(row("settings").as_deref(), Some(written), "nothing is kept over it");

        let aside = store.set_aside(Stored::Settings, "").unwrap().unwrap();
        assert!(aside.ends_with("/settings"), "{aside}");
        assert_eq!(row(&aside).as_deref(), Some(written), "as it was");
        assert_eq!(store.settings().unwrap(), meant, "and nothing changes by it");
        assert!(store.settings_problem().unwrap().is_none());
        store.save_settings(&light).unwrap();
        assert_eq!(store.settings().unwrap(), light);
        // Keys of one millisecond would be one.
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
}

#[test]
fn environment_and_mode_are_said_apart() {
    let dir = folder();
    let store = sample::open(&dir);
    assert_eq!(store.profile_prefs("prod").unwrap(), ProfilePrefs::default());
    store.set_mode("prod", Mode::ReadOnly).unwrap();
    store.set_environment("prod", Some(Environment::Production)).unwrap();
    let both = ProfilePrefs { environment: Some(Environment::Production), mode: Some(Mode::ReadOnly) };
    assert_eq!(store.profile_prefs("prod").unwrap(), both);
    store.set_environment("prod", None).unwrap();
    assert_eq!(store.profile_prefs("prod").unwrap(), ProfilePrefs { environment: None, ..both });
    assert_eq!(store.profile_prefs("other").unwrap(), ProfilePrefs::default());
}

#[test]
fn the_last_session_is_found() {
    let dir = folder();
    let store = sample::open(&dir);
    assert_eq!(store.last_session().unwrap(), None);
    let session = LastSession { profile: "übung".to_owned(), region: Some("eu-central-1".to_owned()) };
    store.set_last_session(&session).unwrap();
    assert_eq!(store.last_session().unwrap(), Some(session));
}

#[test]
fn key_profiles_are_names_and_regions() {
    let dir = folder();
    let store = sample::open(&dir);
    let profile = |name: &str, region: &str| KeyProfile { name: name.to_owned(), region: region.to_owned() };
    store.add_key_profile(&profile("b", "eu-west-1")).unwrap();
    store.add_key_profile(&profile("a", "us-east-1")).unwrap();
    store.add_key_profile(&profile("b", "eu-west-2")).unwrap();
    assert_eq!(store.key_profiles().unwrap(), [profile("a", "us-east-1"), profile("b", "eu-west-2")]);
    assert!(store.remove_key_profile("a").unwrap());
    assert!(!store.remove_key_profile("a").unwrap());
    assert_eq!(store.key_profiles().unwrap().len(), 1);
}

#[test]
fn recents_are_few_and_newest_first() {
    let dir = folder();
    let store = sample::open(&dir);
    let recent = |n: u32, title: &str| Recent { title: title.to_owned(), address: format!("/objects/{n}") };
    for n in 0..RECENTS_KEPT + 10 {
        store.remember(&recent(n, "first")).unwrap();
    }
    store.remember(&recent(20, "again")).unwrap();
    let all = store.recents(usize::MAX).unwrap();
    assert_eq!(all.len(), RECENTS_KEPT as usize);
    assert_eq!(all[0], recent(20, "again"));
    assert_eq!(all[1], recent(RECENTS_KEPT + 9, "first"));
    assert_eq!(all.iter().filter(|entry| entry.address == "/objects/20").count(), 1);
    assert_eq!(store.recents(3).unwrap(), all[..3]);
}

#[test]
fn sources_of_drift_that_cannot_be_read_are_not_taken_for_none() {
    let dir = folder();
    let store = sample::open(&dir);
    assert!(store.drift_sources("prod").unwrap().is_empty());
    let kept = [DriftSource { address: "s3://lake/drift/".into(), ..DriftSource::default() }];
    store.save_drift_sources("prod", &kept).unwrap();
    assert_eq!(store.drift_sources("prod").unwrap(), kept);
    let changed = sample::raw(&store).execute("UPDATE preferences SET value = '[{\"address\":1}]'", []);
    assert_eq!(changed.unwrap(), 1);
    let error = store.drift_sources("prod").unwrap_err();
    assert!(matches!(error, StoreError::Stored { stored: Stored::DriftSources, .. }), "{error:?}");
    assert_eq!(error.code(), Code::Unreadable);
    let told = error.to_string();
    assert!(told.contains("drift_sources/prod") && told.contains(&store.path().display().to_string()), "{told}");
}

#[test]
fn what_cannot_be_read_is_set_aside_and_kept() {
    let dir = folder();
    let store = sample::open(&dir);
    let written = r#"{"blocking":["Intact","Weather"]}"#;
    let row = |key: &str| {
        let found = sample::raw(&store)
            .query_row("SELECT value FROM preferences WHERE key = ?1", [key], |row| row.get::<_, String>(0));
        found.ok()
    };
    assert_eq!(store.set_aside(Stored::GatePolicy, "prod").unwrap(), None, "nothing is there");
    let kept = GatePolicy { stale_days: 9, ..GatePolicy::default() };
    store.save_gate_policy("prod", &kept).unwrap();
    store.save_gate_policy("other", &kept).unwrap();
    assert_eq!(store.set_aside(Stored::GatePolicy, "prod").unwrap(), None, "it can be read");
    assert_eq!(store.gate_policy("prod").unwrap(), kept);

    let changed = sample::raw(&store).execute("UPDATE preferences SET value = ?1 WHERE key LIKE '%/prod'", [written]);
    assert_eq!(changed.unwrap(), 1);
    assert_eq!(store.gate_policy("prod").unwrap_err().code(), Code::Unreadable, "no policy is not the default one");
    assert_eq!(store.set_aside(Stored::DriftSources, "prod").unwrap(), None, "only what was named");
    let aside = store.set_aside(Stored::GatePolicy, "prod").unwrap().unwrap();
    assert!(aside.starts_with("set_aside/") && aside.ends_with("/gate_policy/prod"), "{aside}");
    assert_eq!(row(&aside).as_deref(), Some(written), "as it was");
    assert_eq!(row("gate_policy/prod"), None);
    assert_eq!(store.gate_policy("prod").unwrap(), GatePolicy::default());
    assert_eq!(store.gate_policy("other").unwrap(), kept);
    store.save_gate_policy("prod", &kept).unwrap();
    assert_eq!((store.gate_policy("prod").unwrap(), row(&aside).as_deref()), (kept, Some(written)));
}
