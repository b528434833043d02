//! A canary: keys that a person typed are found nowhere but where they belong.

use anyhow::Result;
use contract::{
    Code,
    restore::Pick,
    session::{AddKeys, Hello, Identify, OpenProfile, ProfileSource, RemoveKeys},
};
use serde_json::json;
use std::{fs, path::Path};
use tests::{
    bridge::{Core, Touch, on_computer, once_more},
    computer::Computer,
    estate::Estate,
};

const KEY_ID: &str = "AKIACANARYCANARY0001";
const SECRET: &str = "CanarySecretThatMustNeverBeSeenAnywhere1";
const TOKEN: &str = "CanaryTokenThatMustNeverBeSeenAnywhereEither1";

fn furnish(estate: &Estate) -> Result<Computer> {
    Ok(Computer::bare()?
        .with("AWS_ENDPOINT_URL", estate.endpoint("aws")?)
        .with("AWS_ENDPOINT_URL_S3", estate.endpoint("s3")?)
        // The keychain of whoever runs the tests is none of ours: without the bus, keys stay in memory.
        .with("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
        .with("QUARTERDECK_LOG", "trace")
        .with("RUST_BACKTRACE", "0"))
}

fn keys(name: &str) -> AddKeys {
    AddKeys {
        name: name.into(),
        region: "eu-west-1".into(),
        access_key_id: KEY_ID.into(),
        secret_access_key: SECRET.into(),
        session_token: Some(TOKEN.into()),
    }
}

/// Adds the keys, works with them, lets calls fail, and looks at every word that comes back.
fn work(estate: &Estate) -> Result<()> {
    quarterdeck::start_log();
    let core = Core::start()?;
    let mut said = vec![format!("{:?}", keys("field"))];
    let greeting = core.ask(&keys("field"))?;
    assert_eq!(
        greeting.session.as_ref().map(|session| session.profile.as_str()),
        Some("field"),
        "the first profile is opened"
    );
    assert!(
        greeting.profiles.iter().any(|profile| profile.name == "field" && profile.source == ProfileSource::Keychain)
    );
    said.push(serde_json::to_string(&greeting)?);
    said.push(serde_json::to_string(&core.buckets()?)?);
    said.push(format!("{:?}", core.call(&Identify {})?));
    let plan = core.plan("lake-raw", "data/in/daily_sales.csv", Pick::Previous)?;
    said.push(serde_json::to_string(&plan)?);
    said.push(serde_json::to_string(&core.succeed(&plan)?)?);
    estate.fault(json!({ "action": "ListBuckets" }), 9, json!({ "status": 400, "code": "ExpiredToken" }))?;
    let fault = core.try_open(&contract::objects::OpenBuckets {})?.unwrap_err();
    assert_eq!((fault.code, fault.hint.as_deref()), (Code::SignIn, Some("Enter the access keys again in Settings.")));
    said.push(serde_json::to_string(&fault)?);
    let refused = [
        AddKeys { access_key_id: "short".into(), ..keys("other") },
        AddKeys { region: "Mars!".into(), ..keys("other") },
        AddKeys { name: String::new(), ..keys("other") },
    ];
    for request in refused {
        let fault = core.fault(&request)?;
        assert_eq!(fault.code, Code::BadInput);
        said.push(serde_json::to_string(&fault)?);
    }
    // What the bridge itself says of a request that it cannot read.
    let torn = json!({ "request": { "name": "x", "region": 7, "secret_access_key": SECRET, "session_token": TOKEN } });
    said.push(core.invoke("add_keys", torn).expect_err("not a request").to_string());
    // Keys of a profile that is not open are in a region of their own, and stood there when they were removed.
    said.push(serde_json::to_string(&core.ask(&AddKeys { region: "eu-north-1".into(), ..keys("spare") })?)?);
    said.push(serde_json::to_string(&core.ask(&RemoveKeys { name: "spare".into() })?)?);
    let audit = core.audit()?;
    let of = |profile: &str| -> Vec<_> {
        let entries =
            audit.iter().rev().filter(|entry| entry.profile == profile && entry.action.starts_with("keychain."));
        entries.map(|entry| (entry.action.clone(), entry.region.clone())).collect()
    };
    let told = |action: &str, region: &str| (action.to_owned(), region.to_owned());
    assert_eq!(of("field"), [told("keychain.add", "eu-west-1")]);
    assert_eq!(of("spare"), [told("keychain.add", "eu-north-1"), told("keychain.remove", "eu-north-1")]);
    said.push(serde_json::to_string(&audit)?);
    said.push(serde_json::to_string(&core.ask(&Hello {})?)?);
    for text in said {
        assert!(!text.contains(SECRET) && !text.contains(TOKEN), "a reply holds the canary: {text}");
    }
    Ok(())
}

fn look(folder: &Path, files: &mut usize) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            look(&path, files)?;
            continue;
        }
        *files += 1;
        let bytes = fs::read(&path)?;
        for canary in [SECRET, TOKEN, KEY_ID] {
            let found = bytes.windows(canary.len()).any(|window| window == canary.as_bytes());
            assert!(!found, "{} holds {canary}", path.display());
        }
    }
    Ok(())
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn typed_keys_reach_no_file_no_log_and_no_reply() -> Result<()> {
    on_computer(Touch::Changes, furnish, |estate| {
        let Some(printed) = once_more()? else { return work(estate) };
        assert!(printed.contains("1 passed"), "{printed}");
        assert!(printed.contains("TRACE") && printed.contains("aws_smithy_runtime"), "the log says all it can");
        let leaks: Vec<_> = printed.lines().filter(|line| line.contains(SECRET) || line.contains(TOKEN)).collect();
        assert!(leaks.is_empty(), "{} lines of the log hold the canary, such as: {}", leaks.len(), leaks[0]);
        let home = std::path::PathBuf::from(std::env::var_os("HOME").expect("the test's home"));
        let mut files = 0;
        look(&home, &mut files)?;
        assert!(files > 0, "the database at least was looked at");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn removed_keys_are_gone_and_a_name_in_use_is_refused() -> Result<()> {
    on_computer(
        Touch::Reads,
        |estate| Ok(Computer::on(estate)?.with("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")),
        |_| {
            let core = Core::start()?;
            assert_eq!(core.fault(&keys("practice"))?.code, Code::BadInput, "that is a profile of the files");
            core.ask(&keys("field"))?;
            core.ask(&OpenProfile { name: "field".into() })?;
            let greeting = core.ask(&RemoveKeys { name: "field".into() })?;
            assert!(greeting.profiles.iter().all(|profile| profile.name != "field"));
            assert_eq!(
                greeting.session.map(|session| session.profile).as_deref(),
                Some("practice"),
                "the session moves on"
            );
            assert_eq!(core.fault(&OpenProfile { name: "field".into() })?.code, Code::NotFound);
            Ok(())
        },
    )
}
