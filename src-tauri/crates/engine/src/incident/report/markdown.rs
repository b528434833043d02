//! A report as Markdown (CommonMark with GitHub's tables).
//!
//! Prose is escaped, and what a renderer might turn into a link by itself is code; code and quotes have fences that are longer
//! than any run of backticks inside. So no text makes a heading, a list, a link, a picture or HTML.

use super::{Block, Mark, Report, Said, Span, TIMELINE};
use objects::words;

/// What stands where there is nothing.
const NOTHING: &str = "–";

pub fn markdown(report: &Report) -> String {
    let mut blocks = vec![format!("# {}", prose(&report.title))];
    for part in &report.parts {
        if !part.title.is_empty() {
            blocks.push(format!("## {}", part.title));
        }
        blocks.extend(part.blocks.iter().map(block));
    }
    let mut text = blocks.join("\n\n");
    text.push('\n');
    text
}

fn block(block: &Block) -> String {
    match block {
        Block::Line(spans) => line(spans),
        Block::Warning(said) => format!("> ⚠ {}", prose(said)),
        Block::Facts(facts) => {
            let facts: Vec<String> =
                facts.iter().map(|(name, value)| format!("- **{name}:** {}", span(value))).collect();
            facts.join("\n")
        }
        Block::Steps(lines) => {
            let numbered = lines.iter().zip(1_usize..).map(|(spans, number)| format!("{number}. {}", line(spans)));
            numbered.collect::<Vec<_>>().join("\n")
        }
        Block::Quote(said) => {
            let fence = "`".repeat(longest_run(said.text()).max(2) + 1);
            format!("{fence}\n{}\n{fence}", said.text())
        }
        Block::Table(table) => {
            let rows = table.rows.iter().map(|row| row.iter().map(span).collect::<Vec<_>>());
            grid(table.head.iter().map(prose).collect(), rows)
        }
        Block::Timeline(marks) => {
            grid(TIMELINE.iter().map(|name| prose(&Said::of(name))).collect(), marks.iter().map(moment))
        }
        Block::Chart(chart) => {
            format!("**{}** {}", prose(&Said::of(&chart.caption)), prose(&Said::of(&chart.summary)))
        }
    }
}

fn moment(mark: &Mark) -> Vec<String> {
    let sign = if mark.failure { "✕ " } else { "" };
    vec![words::instant(mark.at), prose(&mark.source), format!("{sign}{}", prose(&mark.text))]
}

fn grid(head: Vec<String>, rows: impl Iterator<Item = Vec<String>>) -> String {
    let line = |cells: &[String]| format!("| {} |", cells.join(" | "));
    let mut lines = vec![format!("| {} |", head.join(" | ")), format!("|{}", " --- |".repeat(head.len()))];
    lines.extend(rows.map(|cells| line(&cells)));
    lines.join("\n")
}

fn line(spans: &[Span]) -> String {
    spans.iter().map(span).collect::<Vec<_>>().join(" ")
}

fn span(span: &Span) -> String {
    match span {
        Span::Text(said) => prose(said),
        Span::Strong(said) => format!("**{}**", prose(said)),
        Span::Code(said) => code(&said.line()),
    }
}

fn prose(said: &Said) -> String {
    let line = said.line();
    if line.is_empty() {
        return NOTHING.to_owned();
    }
    let mut out = String::with_capacity(line.len() + 8);
    for (index, word) in line.split(' ').enumerate() {
        if index > 0 {
            out.push(' ');
        }
        if links_itself(word) {
            out.push_str(&code(word));
        } else {
            escape(word, index == 0, &mut out);
        }
    }
    out
}

/// Renderers make links of addresses without being asked.
fn links_itself(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    ["://", "@", "www.", "mailto:", "xmpp:"].iter().any(|sign| lower.contains(sign))
}

/// `first` in its line: there even a number can begin a list.
fn escape(word: &str, first: bool, out: &mut String) {
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    for (at, c) in word.char_indices() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            // A backslash before it does not keep every renderer from ending a cell.
            '|' => out.push_str("&#124;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '{' | '}' | '#' | '~' | '$' | '!' => {
                out.push('\\');
                out.push(c);
            }
            '-' | '+' | '=' if first && at == 0 => {
                out.push('\\');
                out.push(c);
            }
            '.' | ')' if first && digits > 0 && at == digits => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
}

/// A code span; where a `|` stands, which would end a cell, the span is interrupted.
fn code(text: &str) -> String {
    if text.is_empty() {
        return NOTHING.to_owned();
    }
    let fenced = |part: &str| {
        if part.trim().is_empty() {
            return part.to_owned();
        }
        let fence = "`".repeat(longest_run(part) + 1);
        let room = if part.starts_with(['`', ' ']) || part.ends_with(['`', ' ']) { " " } else { "" };
        format!("{fence}{room}{part}{room}{fence}")
    };
    text.split('|').map(fenced).collect::<Vec<_>>().join("&#124;")
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or_default()
}
