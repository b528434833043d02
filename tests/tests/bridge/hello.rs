//! The window's first call.

use anyhow::Result;
use contract::session::Hello;
use tests::bridge::{Touch, on_estate};

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn the_core_greets_with_the_profile_of_the_environment() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let greeting = core.ask(&Hello {})?;
        let session = greeting.session.expect("AWS_PROFILE names a profile");
        assert_eq!(session.profile, "practice", "the session is on the profile that the environment names");
        assert_eq!(greeting.version, env!("CARGO_PKG_VERSION"), "window and core are of one build");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn what_is_not_on_the_list_is_refused() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        assert!(core.invoke("no_such_command", serde_json::json!({})).is_err(), "only listed commands are callable");
        Ok(())
    })
}
