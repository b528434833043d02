//! A report as one HTML file: no script, nothing that is fetched, a style of its own for light, dark and paper.
//!
//! Texts stand between tags alone, never in an attribute, and always escaped. A policy in the file refuses whatever got in
//! all the same.

use super::{Block, Line, Mark, Report, Said, Span, TIMELINE, plot::plot};
use charts::Theme;
use contract::charts::{Chart, KeyEntry};
use objects::words;

const STYLE: &str = include_str!("style.css");

pub fn html(report: &Report) -> String {
    let title = escape(&report.title.line());
    let mut out = String::from("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    out.push_str(
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n",
    );
    out.push_str("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    out.push_str("<meta name=\"color-scheme\" content=\"light dark\">\n");
    out.push_str(&tag("title", &title));
    out.push_str("<style>\n");
    out.push_str(STYLE);
    out.push_str(&inks(report));
    out.push_str("</style>\n</head>\n<body>\n<main>\n");
    out.push_str(&tag("h1", &title));
    for part in &report.parts {
        out.push_str("<section>\n");
        if !part.title.is_empty() {
            out.push_str(&tag("h2", part.title));
        }
        for one in &part.blocks {
            out.push_str(&block(one));
        }
        out.push_str("</section>\n");
    }
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

fn tag(name: &str, content: &str) -> String {
    format!("<{name}>{content}</{name}>\n")
}

fn block(block: &Block) -> String {
    match block {
        Block::Line(spans) => tag("p", &line(spans)),
        Block::Warning(said) => format!("<p class=\"warn\">⚠ {}</p>\n", escape(&said.line())),
        Block::Facts(facts) => {
            let facts = facts.iter().map(|(name, value)| format!("<dt>{name}</dt><dd>{}</dd>\n", span(value)));
            tag("dl", &facts.collect::<Vec<_>>().concat())
        }
        Block::Steps(lines) => tag("ol", &items(lines)),
        Block::Quote(said) => tag("pre", &escape(said.text())),
        Block::Table(table) => {
            let row = |cells: &[Span]| {
                let cells: Vec<String> = cells.iter().map(|cell| format!("<td>{}</td>", span(cell))).collect();
                tag("tr", &cells.concat())
            };
            let head = table.head.iter().map(|name| escape(&name.line()));
            grid(head, table.rows.iter().map(|cells| row(cells)))
        }
        Block::Timeline(marks) => {
            let mut out = plot(marks);
            out.push_str(&grid(TIMELINE.iter().map(|name| escape(name)), marks.iter().map(moment)));
            out
        }
        Block::Chart(chart) => picture(chart),
    }
}

/// What the classes of charts look like, where there are some.
fn inks(report: &Report) -> String {
    let mut blocks = report.parts.iter().flat_map(|part| &part.blocks);
    if !blocks.any(|block| matches!(block, Block::Chart(_))) {
        return String::new();
    }
    let (light, dark) = (charts::style(Theme::Light), charts::style(Theme::Dark));
    format!("{light}@media screen and (prefers-color-scheme: dark) {{\n{dark}}}\n")
}

/// The core drew the picture: it holds shapes and escaped text alone. What it shows stands beside it in words.
fn picture(chart: &Chart) -> String {
    let entry = |entry: &KeyEntry| {
        let swatch = charts::swatch(entry, (0.0, 5.0));
        let swatch = format!("<svg class=\"swatch\" viewBox=\"0 0 22 10\" aria-hidden=\"true\">{swatch}</svg>");
        format!("<li>{swatch}{}</li>\n", escape(&Said::of(&entry.name).line()))
    };
    let key: Vec<String> = chart.key.iter().map(entry).collect();
    let key = if key.is_empty() { String::new() } else { format!("<ul class=\"key\">\n{}</ul>\n", key.concat()) };
    format!(
        "<figure class=\"chart\">\n<figcaption><strong>{}</strong> {}</figcaption>\n{key}{}\n</figure>\n",
        escape(&Said::of(&chart.caption).line()),
        escape(&Said::of(&chart.summary).line()),
        chart.svg
    )
}

fn moment(mark: &Mark) -> String {
    let (class, sign) = if mark.failure { (" class=\"bad\"", "✕ ") } else { ("", "") };
    format!(
        "<tr{class}><td>{}</td><td>{}</td><td>{sign}{}</td></tr>\n",
        escape(&words::instant(mark.at)),
        escape(&mark.source.line()),
        escape(&mark.text.line())
    )
}

/// `head`: escaped.
fn grid(head: impl Iterator<Item = String>, rows: impl Iterator<Item = String>) -> String {
    let head: Vec<String> = head.map(|name| format!("<th scope=\"col\">{name}</th>")).collect();
    format!(
        "<div class=\"wide\"><table>\n<thead><tr>{}</tr></thead>\n<tbody>\n{}</tbody>\n</table></div>\n",
        head.concat(),
        rows.collect::<Vec<_>>().concat()
    )
}

fn items(lines: &[Line]) -> String {
    lines.iter().map(|spans| tag("li", &line(spans))).collect::<Vec<_>>().concat()
}

fn line(spans: &[Span]) -> String {
    spans.iter().map(span).collect::<Vec<_>>().join(" ")
}

fn span(span: &Span) -> String {
    let line = |said: &Said| escape(&said.line());
    match span {
        Span::Text(said) => line(said),
        Span::Strong(said) => format!("<strong>{}</strong>", line(said)),
        Span::Code(said) => format!("<code>{}</code>", line(said)),
    }
}

pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}
