//! What a bench found out: printed, and kept in `target/bench/NAME.json`, from where `cargo xtask bench NAME --write`
//! puts it into `RESULTS.md`.

use anyhow::Result;
use serde_json::{Value, json};
use std::{fs, path::Path};

#[derive(Debug)]
pub struct Results {
    title: &'static str,
    notes: Vec<String>,
    rows: Vec<Value>,
}

impl Results {
    pub fn new(title: &'static str) -> Self {
        Self { title, notes: Vec::new(), rows: Vec::new() }
    }

    /// A sentence that stands above the table.
    pub fn note(&mut self, text: String) {
        println!("{text}");
        self.notes.push(text);
    }

    /// What was measured, what was measured beside it, what it should be, and whether it is.
    pub fn row(&mut self, what: &str, ours: &str, beside: &str, aim: &str, held: bool) {
        let held = match (aim, held) {
            ("", _) => "",
            (_, true) => "held",
            (_, false) => "MISSED",
        };
        let words = [what, ours, beside, aim, held];
        println!("{}", words.iter().filter(|word| !word.is_empty()).copied().collect::<Vec<_>>().join(" | "));
        self.rows.push(json!(words));
    }

    pub fn keep(&self, folder: &Path, name: &str) -> Result<()> {
        let table = json!({ "head": ["what", "here", "beside it", "aim", ""], "rows": self.rows });
        let kept = json!({ "title": self.title, "notes": self.notes, "tables": [table] });
        fs::write(folder.join(format!("{name}.json")), format!("{kept:#}\n"))?;
        Ok(())
    }
}

pub fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// As a person reads it: two digits that matter, and milliseconds below a tenth of a second.
pub fn seconds(value: f64) -> String {
    if value < 0.1 { format!("{:.1} ms", value * 1e3) } else { format!("{value:.2} s") }
}
