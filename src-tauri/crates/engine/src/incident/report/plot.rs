//! The timeline as a picture: a lane for each source, a mark for each moment; failures have another shape.

use super::{Mark, html::escape};
use contract::Timestamp;

/// Lanes; moments of further sources share the last one.
const MOST_LANES: usize = 8;
/// Pixels of the drawing.
const WIDTH: i64 = 760;
const LEFT: i64 = 150;
/// Half of the last moment's words stand beyond their tick.
const RIGHT: i64 = 60;
const TOP: i64 = 14;
const LANE: i64 = 26;
/// Parts that the axis is divided into.
const PARTS: i64 = 4;
/// Characters of a lane's name.
const MOST_NAME: usize = 20;
/// Seconds.
const DAY: i64 = 86_400;

pub fn plot(marks: &[Mark]) -> String {
    let (Some(first), Some(last)) = (marks.iter().map(|mark| mark.at).min(), marks.iter().map(|mark| mark.at).max())
    else {
        return String::new();
    };
    let scale = Scale { first: first.as_millisecond(), span: (last.as_millisecond() - first.as_millisecond()).max(1) };
    let lanes = lanes(marks);
    let bottom = TOP + LANE * whole(lanes.len());
    let height = bottom + 26;
    let mut out = vec![format!(
        "<figure>\n<svg viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"Timeline\" xmlns=\"http://www.w3.org/2000/svg\">\n"
    )];
    for (row, name) in lanes.iter().enumerate() {
        let (y, end) = (middle(row), WIDTH - RIGHT);
        out.push(format!("<line class=\"lane\" x1=\"{LEFT}\" y1=\"{y}\" x2=\"{end}\" y2=\"{y}\"/>"));
        out.push(format!("<text class=\"name\" x=\"{}\" y=\"{}\">{}</text>\n", LEFT - 10, y + 4, escape(name)));
    }
    let long = scale.span > DAY * 1_000;
    for part in 0..=PARTS {
        let at = scale.first + scale.span * part / PARTS;
        let x = scale.x(at);
        out.push(format!("<line class=\"tick\" x1=\"{x}\" y1=\"{TOP}\" x2=\"{x}\" y2=\"{bottom}\"/>"));
        out.push(format!("<text class=\"time\" x=\"{x}\" y=\"{}\">{}</text>\n", bottom + 16, clock(at, long)));
    }
    for mark in marks {
        let name = cut(&mark.source.line());
        let row = lanes.iter().position(|lane| *lane == name).unwrap_or(lanes.len().saturating_sub(1));
        out.push(shape(mark, scale.x(mark.at.as_millisecond()), middle(row)));
    }
    let (from, to) = (clock(scale.first, true), clock(scale.first + scale.span, true));
    out.push(format!("</svg>\n<figcaption>{from} to {to}. ✕ marks a failure.</figcaption>\n</figure>\n"));
    out.concat()
}

fn shape(mark: &Mark, x: i64, y: i64) -> String {
    let told = format!("<title>{}</title>", escape(&mark.text.line()));
    if mark.failure {
        let (left, right, top, bottom) = (x - 5, x + 5, y - 5, y + 5);
        format!(
            "<path class=\"bad\" d=\"M{left} {top}L{right} {bottom}M{left} {bottom}L{right} {top}\">{told}</path>\n"
        )
    } else {
        format!("<circle class=\"fine\" cx=\"{x}\" cy=\"{y}\" r=\"4\">{told}</circle>\n")
    }
}

/// Names of the lanes, in the order in which their sources first speak.
fn lanes(marks: &[Mark]) -> Vec<String> {
    let mut lanes: Vec<String> = Vec::new();
    for mark in marks {
        let name = cut(&mark.source.line());
        if lanes.contains(&name) {
            continue;
        }
        if lanes.len() == MOST_LANES {
            if let Some(last) = lanes.last_mut() {
                "others".clone_into(last);
            }
            break;
        }
        lanes.push(name);
    }
    lanes
}

fn cut(name: &str) -> String {
    let mut short: String = name.chars().take(MOST_NAME).collect();
    if short.len() < name.len() {
        short.push('…');
    }
    short
}

fn middle(row: usize) -> i64 {
    TOP + LANE * whole(row) + LANE / 2
}

fn whole(count: usize) -> i64 {
    i64::try_from(count).unwrap_or_default()
}

/// From milliseconds to pixels.
struct Scale {
    first: i64,
    span: i64,
}

impl Scale {
    fn x(&self, at: i64) -> i64 {
        LEFT + (WIDTH - LEFT - RIGHT) * (at - self.first) / self.span
    }
}

fn clock(millisecond: i64, day: bool) -> String {
    let Ok(at) = Timestamp::from_millisecond(millisecond) else { return String::new() };
    if day { at.strftime("%-d %b %H:%M UTC").to_string() } else { at.strftime("%H:%M:%S UTC").to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_the_last_tick_stand_inside() {
        // Pixels of a letter of the axis, the widest of the fonts that the document names.
        let letter = 7;
        let end = "2026-11-22T03:22:11Z".parse::<Timestamp>().unwrap().as_millisecond();
        let scale = Scale { first: end - DAY * 3_000, span: DAY * 3_000 };
        for long in [false, true] {
            let half = whole(clock(end, long).chars().count()) * letter / 2;
            assert!(scale.x(end) + half <= WIDTH, "{} and {half} of {WIDTH}", scale.x(end));
        }
    }
}
