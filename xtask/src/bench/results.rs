//! The tables of the benches in one file of the repository, each with the command, the machine and the day of its run.
//!
//! A bench leaves its table in `target/bench/NAME.json`: a title, sentences, tables of words. Its section goes from its
//! heading to the next one; the others are left as they are.

use crate::{places, programs};
use anyhow::{Context as _, Result};
use serde_json::Value;
use std::{fmt::Write as _, fs, io::ErrorKind, process::Command};

const BEGINNING: &str = "# Results

Each section was written by the command that it names, from a run on the machine that it names. *Here* is the code of
this program in a release build.
";

pub fn write(name: &str, passed_on: &[String]) -> Result<()> {
    let kept = places::bench().join(format!("{name}.json"));
    let kept = fs::read_to_string(&kept).with_context(|| format!("{} cannot be read", kept.display()))?;
    let kept: Value = serde_json::from_str(&kept)?;
    let title = kept.get("title").and_then(Value::as_str).with_context(|| format!("`{name}` leaves no table"))?;
    let mut command = format!("cargo xtask bench {name} --write");
    if !passed_on.is_empty() {
        command.push_str(" -- ");
        command.push_str(&passed_on.join(" "));
    }
    let day = programs::output(Command::new("date").args(["-u", "+%Y-%m-%d"]))?;
    let body = format!("`{command}`, {}, {}.\n\n{}", day.trim(), machine(), body(&kept));
    let path = places::root().join("tests").join("benches").join("RESULTS.md");
    let text = match fs::read_to_string(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => BEGINNING.to_owned(),
        text => text?,
    };
    fs::write(&path, with_section(&text, title, &body))?;
    println!("Written to {}.", path.display());
    Ok(())
}

/// `2 cores of a Xeon, 24 GB of memory, Linux x86_64`, as far as the system tells.
fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mut words = format!("{cores} {}", if cores == 1 { "core" } else { "cores" });
    let field = |file: &str, name: &str| {
        let text = fs::read_to_string(file).ok()?;
        let line = text.lines().find(|line| line.starts_with(name))?;
        line.split_once(':').map(|(_, value)| value.trim().to_owned())
    };
    if let Some(model) = field("/proc/cpuinfo", "model name") {
        words.push_str(" of ");
        words.push_str(&model);
    }
    let kilobytes = field("/proc/meminfo", "MemTotal").and_then(|value| value.split(' ').next()?.parse::<u64>().ok());
    if let Some(kilobytes) = kilobytes {
        let _ = write!(words, ", {} GB of memory", kilobytes / 1_000_000);
    }
    format!("{words}, {} {}", std::env::consts::OS, std::env::consts::ARCH)
}

/// Sentences, then tables.
fn body(kept: &Value) -> String {
    let list = |value: Option<&Value>| value.and_then(Value::as_array).cloned().unwrap_or_default();
    let mut parts: Vec<String> = list(kept.get("notes")).iter().filter_map(Value::as_str).map(str::to_owned).collect();
    for table in list(kept.get("tables")) {
        let head = list(table.get("head"));
        let rule: String = head.iter().map(|_| "---|").collect();
        let mut lines = vec![line(&head), format!("|{rule}")];
        lines.extend(list(table.get("rows")).iter().map(|row| line(&list(Some(row)))));
        parts.push(lines.join("\n"));
    }
    parts.join("\n\n")
}

fn line(cells: &[Value]) -> String {
    let mut line = String::from("|");
    for cell in cells {
        let text = cell.as_str().map_or_else(|| cell.to_string(), str::to_owned);
        line.push(' ');
        line.push_str(&text.replace('|', "\\|").replace('\n', " "));
        line.push_str(" |");
    }
    line
}

/// The file with this section in place of the one with the same title, or at its end.
fn with_section(text: &str, title: &str, body: &str) -> String {
    let heading = format!("## {title}\n");
    let section = format!("{heading}\n{}\n", body.trim_end());
    let start = if text.starts_with(&heading) { Some(0) } else { text.find(&format!("\n{heading}")).map(|at| at + 1) };
    let Some(start) = start else { return format!("{}\n\n{section}", text.trim_end()) };
    let (before, rest) = text.split_at(start);
    match rest.find("\n## ") {
        Some(end) => format!("{before}{section}{}", rest.split_at(end).1),
        None => format!("{before}{section}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_takes_the_place_of_its_own_and_leaves_the_others() {
        let one = with_section("# Results\n", "Logs", "first");
        assert_eq!(one, "# Results\n\n## Logs\n\nfirst\n");
        let two = with_section(&one, "Logs of others", "second\n");
        assert_eq!(two, "# Results\n\n## Logs\n\nfirst\n\n## Logs of others\n\nsecond\n");
        let three = with_section(&two, "Logs", "third");
        assert_eq!(three, "# Results\n\n## Logs\n\nthird\n\n## Logs of others\n\nsecond\n");
        assert_eq!(with_section(&three, "Logs", "third"), three);
    }

    #[test]
    fn a_table_is_written_with_what_would_break_it_escaped() {
        let kept = serde_json::json!({
            "notes": ["How."], "tables": [{ "head": ["what", "n"], "rows": [["a|b\nc", 3]] }],
        });
        assert_eq!(body(&kept), "How.\n\n| what | n |\n|---|---|\n| a\\|b c | 3 |");
    }
}
