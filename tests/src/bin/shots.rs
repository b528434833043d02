//! Pictures of every page and state, dark and light: `cargo xtask shots [FILTER]`.
//!
//! One list. A picture has a name, a computer that it is taken on, and the steps that lead there. Each is taken in a
//! window of its own, so that none depends on another.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it tells what it does")]

use anyhow::{Result, bail};
use futures_util::future::LocalBoxFuture;
use std::process::ExitCode;
use tests::{
    computer::Computer,
    estate::Estate,
    window::{Window, on_computer},
};

type Steps = for<'a> fn(&'a Window) -> LocalBoxFuture<'a, Result<()>>;

struct Shot {
    name: &'static str,
    computer: fn(&Estate) -> Result<Computer>,
    steps: Steps,
}

/// `shot!("name", Computer::on, |window| ...)`: the steps are the body of an async block.
macro_rules! shot {
    ($name:literal, $computer:expr, |$window:ident| $steps:block) => {
        Shot {
            name: $name,
            computer: $computer,
            steps: |$window| {
                Box::pin(async move {
                    $steps;
                    Ok(())
                })
            },
        }
    };
}

fn shots() -> Vec<Shot> {
    vec![
        shot!("objects-buckets", Computer::on, |window| {
            window.click("link", "Objects").await?;
            window.find("grid", "Buckets").await?;
        }),
        shot!("activity", Computer::on, |window| { window.click("link", "Activity").await? }),
        shot!("settings", Computer::on, |window| { window.click("link", "Settings").await? }),
        shot!("palette", Computer::on, |window| {
            window.find("link", "Objects").await?;
            window.press("Control+k").await?;
            window.find("dialog", "Command palette").await?;
        }),
        shot!("first-run", |_| Computer::bare(), |window| { window.find("heading", "Quarterdeck").await? }),
        shot!("production", |estate| Ok(Computer::on(estate)?.with("AWS_PROFILE", "practice-prod")), |window| {
            window.click("link", "Objects").await?;
            window.find("grid", "Buckets").await?;
        }),
    ]
}

fn main() -> ExitCode {
    let filter = std::env::args().nth(1).unwrap_or_default();
    let mut failed = 0;
    for shot in shots().iter().filter(|shot| shot.name.contains(&filter)) {
        match take(shot) {
            Ok(()) => println!("{}", shot.name),
            Err(error) => {
                failed += 1;
                eprintln!("{}: {error:#}", shot.name);
            }
        }
    }
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn take(shot: &Shot) -> Result<()> {
    on_computer(shot.name, shot.computer, async |computer| {
        let window = Window::open(computer, shot.name).await?;
        window
            .run(async |window| {
                window.resize(1440, 900).await?;
                (shot.steps)(window).await?;
                for theme in ["dark", "light"] {
                    window.theme(theme).await?;
                    // Long enough for the slowest transition, and for the skeletons to have gone.
                    tokio::time::sleep(std::time::Duration::from_millis(400)).await;
                    let path = window.picture(&format!("{}-{theme}", shot.name)).await?;
                    if path.metadata()?.len() < 1000 {
                        bail!("the picture is empty");
                    }
                }
                Ok(())
            })
            .await
    })
}
