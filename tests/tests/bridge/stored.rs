//! What is kept for a profile, or for this computer, and cannot be read: it says where it is, stops what rests on it, and is set aside.

use anyhow::{Context as _, Result};
use contract::{
    Code,
    drift::{DriftSource, OpenMonitors, ReadDriftSources, SaveDriftSource, SourceDraft},
    models::{
        GatePolicy,
        requests::{DescribeGroup, ReadGatePolicy, SaveGatePolicy},
    },
    session::Hello,
    settings::{SaveSettings, SetAside, Settings, Stored, Theme},
};
use std::path::PathBuf;
use tests::{
    bridge::{Touch, on_estate},
    stored,
};

const SOURCES: &str = "drift_sources/practice";
const POLICY: &str = "gate_policy/practice";

/// The data folder of this process's computer.
fn folder() -> Result<PathBuf> {
    Ok(std::env::var_os("QUARTERDECK_DATA_DIR").context("a data folder")?.into())
}

fn snapshots() -> SourceDraft {
    SourceDraft { address: "s3://ml-monitoring/evidently/".into(), ..SourceDraft::default() }
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn drift_sources_that_cannot_be_read_are_set_aside() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let (folder, damaged) = (folder()?, "[{\"address\":");
        core.ask(&SaveDriftSource { draft: snapshots() })?;
        stored::put(&folder, SOURCES, damaged)?;
        let fault = core.fault(&ReadDriftSources {})?;
        assert_eq!(fault.code, Code::Unreadable);
        assert!(fault.detail.contains(SOURCES) && fault.detail.contains("quarterdeck.db"), "{fault:?}");
        assert!(fault.hint.as_deref().is_some_and(|hint| hint.contains("Drift sources")), "{fault:?}");
        // Monitors are listed without them, and nothing is kept over them.
        let state = core.open(&OpenMonitors {})?;
        assert!(state.notices.iter().any(|notice| notice.text.contains(SOURCES)), "{:?}", state.notices);
        assert_eq!(core.fault(&SaveDriftSource { draft: snapshots() })?.code, Code::Unreadable);
        assert_eq!(stored::get(&folder, SOURCES)?.as_deref(), Some(damaged));

        assert_eq!(core.ask(&SetAside { stored: Stored::GatePolicy })?, None, "there is no policy");
        let key = core.ask(&SetAside { stored: Stored::DriftSources })?.context("the new key")?;
        assert_eq!(stored::get(&folder, &key)?.as_deref(), Some(damaged), "it is kept as it was");
        assert!(core.ask(&ReadDriftSources {})?.sources.is_empty());
        let entry = core.audit()?.into_iter().find(|entry| entry.action == "settings.set_aside");
        let entry = entry.context("an entry in the audit log")?;
        assert!(entry.target == "Drift sources" && entry.result.contains(&key), "{entry:?}");

        let kept: Vec<DriftSource> = core.ask(&SaveDriftSource { draft: snapshots() })?.sources;
        assert_eq!(core.ask(&SetAside { stored: Stored::DriftSources })?, None, "they can be read");
        assert_eq!(core.ask(&ReadDriftSources {})?.sources, kept);
        Ok(())
    })
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn gates_that_cannot_be_read_are_not_the_default_ones() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let folder = folder()?;
        // A gate of a later version.
        let later = "{\"blocking\":[\"Weather\"]}";
        stored::put(&folder, POLICY, later)?;
        let fault = core.fault(&ReadGatePolicy {})?;
        assert_eq!(fault.code, Code::Unreadable);
        assert!(fault.detail.contains(POLICY), "{fault:?}");
        let group = core.fault(&DescribeGroup { group: "guest-churn-emea".into() })?;
        assert_eq!(group.code, Code::Unreadable, "nothing is judged by other gates: {group:?}");
        assert_eq!(core.fault(&SaveGatePolicy { policy: GatePolicy::default() })?.code, Code::Unreadable);
        assert_eq!(stored::get(&folder, POLICY)?.as_deref(), Some(later));

        let key = core.ask(&SetAside { stored: Stored::GatePolicy })?.context("the new key")?;
        assert_eq!(stored::get(&folder, &key)?.as_deref(), Some(later));
        assert_eq!(core.ask(&ReadGatePolicy {})?, GatePolicy::default());
        core.ask(&DescribeGroup { group: "guest-churn-emea".into() })?;
        Ok(())
    })
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn general_settings_that_cannot_be_read_are_not_written_over() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let folder = folder()?;
        let before = core.ask(&Hello {})?;
        assert_eq!(before.settings_fault, None);
        let later = "{\"theme\":\"Dark\",\"density\":\"Roomy\"}";
        stored::put(&folder, "settings", later)?;
        let told = core.ask(&Hello {})?;
        let fault = told.settings_fault.context("what is wrong")?;
        assert_eq!((fault.code, told.settings.theme), (Code::Unreadable, Theme::Dark), "what can be read holds");
        assert!(fault.hint.as_deref().is_some_and(|hint| hint.contains("General settings")), "{fault:?}");
        let light = SaveSettings { settings: Settings { theme: Theme::Light, ..Settings::default() } };
        assert_eq!(core.fault(&light)?.code, Code::Unreadable);
        assert_eq!(stored::get(&folder, "settings")?.as_deref(), Some(later));

        let key = core.ask(&SetAside { stored: Stored::Settings })?.context("the new key")?;
        assert_eq!(stored::get(&folder, &key)?.as_deref(), Some(later), "it is kept as it was");
        let entry = core.audit()?.into_iter().find(|entry| entry.action == "settings.set_aside");
        let entry = entry.context("an entry in the audit log")?;
        assert!(entry.profile.is_empty() && entry.region.is_empty(), "they belong to no profile: {entry:?}");
        let told = core.ask(&Hello {})?;
        assert_eq!((told.settings_fault, told.settings.theme), (None, Theme::Dark));
        assert_eq!(core.ask(&light)?.theme, Theme::Light);
        core.ask(&SaveSettings { settings: before.settings })?;
        Ok(())
    })
}
