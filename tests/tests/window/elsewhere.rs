//! The same window on an S3 server that is not the practice estate's, reached by `AWS_PROFILE` alone.

use crate::path::{first_row_shows, shows};
use anyhow::Result;
use tests::{elsewhere, window::Window, window::on_computer};

const BUCKET: &str = "somebody-elses";
const KEY: &str = "in/daily sales.csv";

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn the_path_works_on_another_server() -> Result<()> {
    on_computer(
        "elsewhere",
        |estate| {
            let whole = [b"store,amount\n".as_slice(), &b"7".repeat(40_000)].concat();
            elsewhere::seed(estate, BUCKET, KEY, &[b"store,amount\n1,2\n", &whole, b"store,am"])?;
            elsewhere::computer(estate)
        },
        async |computer| {
            Window::open(computer, "elsewhere")
                .await?
                .run(async |window| {
                    window.find("heading", "Now").await?;
                    window.area("Objects").await?;
                    window.by_id(BUCKET).await?;
                    window.picture("elsewhere/buckets").await?;
                    window.load(&format!("/objects/{BUCKET}?prefix=in%2F")).await?;
                    window.by_id(KEY).await?;
                    window.picture("elsewhere/folder").await?;
                    window.load(&format!("/objects/{BUCKET}?key=in%2Fdaily%20sales.csv")).await?;
                    first_row_shows(window, "Versions", "8 B").await?;
                    window.picture("elsewhere/versions").await?;
                    window.click("button", "Restore this version").await?;
                    shows(window, "Verified.").await?;
                    first_row_shows(window, "Versions", "39.1 KB").await?;
                    window.picture("elsewhere/restored").await?;
                    window.click("link", "Receipt").await?;
                    shows(window, "is current").await?;
                    window.picture("elsewhere/receipt").await?;
                    let receipt = window.find("region", "Restore daily sales.csv").await?;
                    window.find_in(&receipt, "button", "Undo Restore daily sales.csv").await?.click().await?;
                    shows(window, "Undo restore daily sales.csv").await?;
                    window.load(&format!("/objects/{BUCKET}?key=in%2Fdaily%20sales.csv")).await?;
                    shows(window, "5 versions, in stored order").await?;
                    first_row_shows(window, "Versions", "8 B").await
                })
                .await
        },
    )
}
