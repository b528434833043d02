//! The window opens, and its frame is as the documents say.

use anyhow::Result;
use tests::window::in_window;

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn the_rail_names_the_areas_that_exist() -> Result<()> {
    in_window(async |window| {
        window.area("Objects").await?;
        let known = ["Now", "Executions", "Jobs", "Objects", "Models", "Drift", "Activity", "Settings"];
        let rail = window.find("navigation", "Areas").await?;
        for link in window.all(Some(&rail), "link", None).await? {
            let name = window.name_of(&link).await?;
            assert!(known.contains(&name.as_str()), "the rail has a link that is not promised: {name}");
        }
        window.picture("opening").await?;
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn the_bridge_uses_the_custom_protocol() -> Result<()> {
    in_window(async |window| {
        window.area("Objects").await?;
        let log = window.log();
        assert!(
            !log.contains("IPC custom protocol failed"),
            "the policy let the bridge's own protocol through:\n{log}"
        );
        assert!(!log.contains("Content Security Policy"), "nothing of ours is refused by our own policy:\n{log}");
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn a_reload_deep_inside_shows_the_same_page() -> Result<()> {
    in_window(async |window| {
        window.load("/objects/lake-raw?prefix=data%2Fin%2F").await?;
        window.find("grid", "Objects").await?;
        window.by_id("data/in/daily_sales.csv").await?;
        Ok(())
    })
}
