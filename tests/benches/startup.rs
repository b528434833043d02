//! From starting the program to a window that answers: 800 ms at most here, for a debug build.
//!
//! Counted from outside, from before the process exists to the line in which the program says that its window can be
//! used. The first start on a new computer fills caches (fonts, shaders) and is told apart: it happens once in a life.
//! The program's other lines with `after_ms` show where the time goes.
#![allow(clippy::print_stdout, reason = "a bench prints what it measured")]

use anyhow::{Context as _, Result, anyhow, bail};
use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead as _, BufReader},
    process::{Command, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};
use tests::{computer::Computer, estate::Estate, places};

const AIM: u128 = 800;
const USABLE: &str = "window usable";

/// One start: the whole time seen from outside, and the program's own times by what it had reached.
struct Measured {
    whole: u128,
    reached: Vec<(String, u128)>,
}

fn main() -> Result<()> {
    let times: usize = std::env::args().skip(1).find_map(|word| word.parse().ok()).unwrap_or(9);
    let estate = Estate::shared()?;
    let computer = Computer::on(estate)?;
    let first = start_once(&computer)?.whole;
    println!("first start on a new computer: {first} ms");

    let mut usable = Vec::new();
    let mut stages: BTreeMap<String, Vec<u128>> = BTreeMap::new();
    for _ in 0..times {
        let measured = start_once(&computer)?;
        usable.push(measured.whole);
        for (stage, after) in measured.reached {
            stages.entry(stage).or_default().push(after);
        }
    }
    let mut stages: Vec<(String, u128)> =
        stages.into_iter().map(|(stage, mut after)| (stage, median(&mut after))).collect();
    stages.sort_by_key(|(_, after)| *after);
    for (stage, after) in &stages {
        println!("{after:>6} ms  {stage}");
    }
    let all = usable.clone();
    let middle = median(&mut usable);
    let (Some(best), Some(worst)) = (usable.first(), usable.last()) else { bail!("nothing was measured") };
    let verdict = if middle <= AIM { "held" } else { "MISSED" };
    println!("{middle:>6} ms  from outside: median of {times} starts ({best} to {worst}); aim {AIM} ms: {verdict}");

    let folder = places::out().join("bench");
    fs::create_dir_all(&folder)?;
    let kept = serde_json::json!({
        "unit": "ms", "median": middle, "aim": AIM, "all": all, "first": first, "stages": BTreeMap::from_iter(stages),
    });
    fs::write(folder.join("startup.json"), format!("{kept:#}\n"))?;
    Ok(())
}

fn median(values: &mut [u128]) -> u128 {
    values.sort_unstable();
    values.get(values.len() / 2).copied().unwrap_or_default()
}

fn start_once(computer: &Computer) -> Result<Measured> {
    let mut command = Command::new(places::program());
    computer.host(&mut command);
    command.env("QUARTERDECK_LOG", "warn,quarterdeck=debug");
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let begun = Instant::now();
    let mut program = command.spawn().context("the program could not be started")?;
    let words = program.stderr.take().context("the program's words are not connected")?;
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        let mut reached = Vec::new();
        for line in BufReader::new(words).lines().map_while(Result::ok) {
            reached.extend(stage(&line));
            if line.contains(USABLE) {
                // Nobody listens any more when it came too late.
                let _ = tell.send(Measured { whole: begun.elapsed().as_millis(), reached });
                return;
            }
        }
    });
    let measured = told.recv_timeout(Duration::from_secs(30));
    let _ = program.kill();
    let _ = program.wait();
    await_children(program.id());
    // The sender goes when the program's words end, that is, when the program did.
    measured.map_err(|error| match error {
        mpsc::RecvTimeoutError::Timeout => anyhow!("the window was not usable after 30 s"),
        mpsc::RecvTimeoutError::Disconnected => anyhow!("the program ended before its window was usable"),
    })
}

/// WebKit's processes outlive the program by some hundred milliseconds, and would take the next start's processor.
fn await_children(group: u32) {
    let is_alive = || {
        let mut ask = Command::new("kill");
        ask.args(["-0", "--", &format!("-{group}")]).stderr(Stdio::null());
        ask.status().is_ok_and(|status| status.success())
    };
    for _ in 0..200 {
        if !is_alive() {
            return;
        }
        thread::sleep(Duration::from_millis(50));
    }
}

/// `... DEBUG quarterdeck::start: desk open after_ms=82` is the stage `desk open` after 82 ms.
fn stage(line: &str) -> Option<(String, u128)> {
    let (before, after) = line.split_once("after_ms=")?;
    let after = after.split_whitespace().next()?.parse().ok()?;
    let words = before.rsplit_once(": ").map_or(before, |(_, words)| words).trim();
    Some((if words.is_empty() { USABLE.to_owned() } else { words.to_owned() }, after))
}
