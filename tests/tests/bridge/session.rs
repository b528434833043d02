//! Profiles, the session, and what is said when there is none.

use anyhow::Result;
use contract::{
    Code, Retry,
    objects::OpenBuckets,
    session::{Environment, Hello, Identify, Mode, OpenProfile, ProfileSource, ReloadProfiles, SetRegion},
};
use tests::{
    bridge::{Core, Touch, on_computer, on_estate},
    computer::Computer,
};

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn hello_needs_no_network() -> Result<()> {
    on_computer(Touch::Changes, Computer::on, |estate| {
        let mark = estate.mark()?;
        let greeting = Core::start()?.ask(&Hello {})?;
        let session = greeting.session.expect("AWS_PROFILE names a profile");
        assert_eq!((session.profile.as_str(), session.region.as_str()), ("practice", "eu-west-1"));
        assert_eq!((session.environment, session.mode), (Environment::Other, Mode::Confirm));
        assert!(session.endpoint.is_some_and(|url| url.contains("127.0.0.1")), "nobody takes the estate for AWS");
        let names: Vec<_> = greeting.profiles.iter().map(|profile| profile.name.as_str()).collect();
        let expected =
            ["practice", "practice-broken", "practice-denied", "practice-expired", "practice-prod", "practice-second"];
        assert_eq!(names, expected);
        assert!(greeting.profiles.iter().all(|profile| profile.source == ProfileSource::SharedKeys));
        assert_eq!(estate.mark()?, mark, "the start and the greeting sent nothing");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn without_a_profile_the_greeting_says_where_was_looked() -> Result<()> {
    on_computer(
        Touch::Reads,
        |_| Computer::bare(),
        |_| {
            let core = Core::start()?;
            let greeting = core.ask(&Hello {})?;
            assert_eq!(greeting.session, None);
            assert!(greeting.profiles.is_empty());
            for (place, found) in [
                (".aws/config", "not there"),
                (".aws/credentials", "not there"),
                ("AWS_PROFILE", "not set"),
                ("AWS_ACCESS_KEY_ID", "not set"),
            ] {
                let looked = greeting.looked_in.iter().find(|looked| looked.place.ends_with(place));
                assert_eq!(
                    looked.map(|looked| looked.found.as_str()),
                    Some(found),
                    "{place}: {:?}",
                    greeting.looked_in
                );
            }
            assert_eq!(core.fault(&Identify {})?.code, Code::NoProfile);
            assert_eq!(core.try_open(&OpenBuckets {})?.unwrap_err().code, Code::NoProfile);
            Ok(())
        },
    )
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_profile_written_meanwhile_is_found_by_reading_again() -> Result<()> {
    on_computer(
        Touch::Reads,
        |_| Computer::bare(),
        |_| {
            let core = Core::start()?;
            let aws = std::path::PathBuf::from(std::env::var_os("HOME").expect("the test's home")).join(".aws");
            std::fs::create_dir(&aws)?;
            std::fs::write(
                aws.join("config"),
                "[profile nightly]\nregion = eu-north-1\naws_access_key_id = AKIANIGHTLY000000001\naws_secret_access_key = x\n",
            )?;
            let greeting = core.ask(&ReloadProfiles {})?;
            let session = greeting.session.expect("the only profile needs no choosing");
            assert_eq!((session.profile.as_str(), session.region.as_str()), ("nightly", "eu-north-1"));
            std::fs::write(aws.join("config"), "[profile\nregion")?;
            let greeting = core.ask(&ReloadProfiles {})?;
            let config =
                greeting.looked_in.iter().find(|looked| looked.place.ends_with("config")).expect("the file is named");
            assert!(config.found.starts_with("cannot be understood"), "{}", config.found);
            Ok(())
        },
    )
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn identify_asks_sts() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let identity = core.ask(&Identify {})?;
        assert_eq!(identity.account, "123456789012");
        assert!(identity.arn.ends_with(":user/oncall"), "{}", identity.arn);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn expired_credentials_name_the_command_that_mends_them() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        core.ask(&OpenProfile { name: "practice-expired".into() })?;
        let faults = [core.fault(&Identify {})?, core.try_open(&OpenBuckets {})?.unwrap_err()];
        for fault in faults {
            assert_eq!((fault.code, fault.retry), (Code::SignIn, Retry::SignIn), "{fault:?}");
            assert_eq!(fault.hint.as_deref(), Some("Run: aws configure --profile practice-expired"));
        }
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn an_endpoint_that_refuses_connections_is_unreachable() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        core.ask(&OpenProfile { name: "practice-broken".into() })?;
        let faults = [core.fault(&Identify {})?, core.try_open(&OpenBuckets {})?.unwrap_err()];
        for fault in faults {
            assert_eq!((fault.code, fault.retry), (Code::Unreachable, Retry::Backoff), "{fault:?}");
            assert!(fault.hint.is_some_and(|hint| hint.contains("network")), "says what to look at");
        }
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn the_session_moves_to_another_profile_and_region() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let session = core.ask(&OpenProfile { name: "practice-prod".into() })?.session.expect("open");
        assert_eq!(
            (session.profile.as_str(), session.environment, session.mode),
            ("practice-prod", Environment::Production, Mode::ReadOnly)
        );
        let session = core.ask(&SetRegion { region: "us-east-1".into() })?.session.expect("open");
        assert_eq!((session.profile.as_str(), session.region.as_str()), ("practice-prod", "us-east-1"));
        assert_eq!(core.fault(&SetRegion { region: "Ireland!".into() })?.code, Code::BadInput);
        assert_eq!(core.fault(&OpenProfile { name: "nobody".into() })?.code, Code::NotFound);
        let session = core.ask(&Hello {})?.session.expect("still open");
        assert_eq!(session.region, "us-east-1", "a refused change changes nothing");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn the_last_profile_is_opened_again_unless_one_is_named() -> Result<()> {
    let furnish = |estate: &tests::estate::Estate| Ok(Computer::on(estate)?.with("AWS_PROFILE", ""));
    on_computer(Touch::Reads, furnish, |_| {
        let core = Core::start()?;
        assert_eq!(core.ask(&Hello {})?.session, None, "among several the person chooses");
        core.ask(&OpenProfile { name: "practice-denied".into() })?;
        drop(core);
        let core = Core::start()?;
        let session = core.ask(&Hello {})?.session.expect("remembered");
        assert_eq!((session.profile.as_str(), session.region.as_str()), ("practice-denied", "eu-west-1"));
        core.ask(&SetRegion { region: "eu-central-1".into() })?;
        drop(core);
        let core = Core::start()?;
        let session = core.ask(&Hello {})?.session.expect("remembered");
        assert_eq!((session.profile.as_str(), session.region.as_str()), ("practice-denied", "eu-central-1"));
        let session = core.ask(&OpenProfile { name: "practice".into() })?.session.expect("open");
        assert_eq!(session.region, "eu-west-1", "another profile has its own");
        Ok(())
    })
}
