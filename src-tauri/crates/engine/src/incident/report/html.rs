//! A report as one HTML file: no script, nothing that is fetched, a style of its own for light, dark and paper.
//!
//! Texts stand between tags alone, never in an attribute, and always escaped. A policy in the file refuses whatever got in
//! all the same.

use super::{Block, Line, Mark, Report, Said, Span, TIMELINE, plot::plot};
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
            grid(table.head, table.rows.iter().map(|cells| row(cells)))
        }
        Block::Timeline(marks) => {
            let mut out = plot(marks);
            out.push_str(&grid(TIMELINE, marks.iter().map(moment)));
            out
        }
    }
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

fn grid(head: &[&str], rows: impl Iterator<Item = String>) -> String {
    let head: Vec<String> = head.iter().map(|name| format!("<th scope=\"col\">{name}</th>")).collect();
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
