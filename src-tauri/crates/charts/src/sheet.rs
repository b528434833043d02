//! What plotters draws on, and how its SVG becomes ours.
//!
//! plotters places things on whole pixels, so it draws ten times as large as the picture is, and the places are divided
//! again. It writes colours, fonts and sizes into every element; these become a class. Text stays the escaped text that
//! plotters wrote.

use crate::{ChartError, ink::Ink, words};
use plotters::{
    coord::Shift,
    drawing::{DrawingArea, DrawingAreaErrorKind, IntoDrawingArea as _},
    element::{Circle, PathElement, Polygon, Rectangle, Text},
    prelude::SVGBackend,
    style::{
        Color as _, IntoFont as _, ShapeStyle, TextStyle,
        text_anchor::{HPos, Pos, VPos},
    },
};
use std::{error::Error, fmt::Write as _};

/// Pixels of plotters for one of ours.
const FINE: f64 = 10.0;

/// The place of a text relative to its point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// To the right of it, on the same height.
    Right,
    /// To the left of it.
    Left,
    /// Below it, centred.
    Below,
    /// Above it, beginning there.
    Above,
    /// Above it, ending there.
    AboveLeft,
}

/// Differ without colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Marker {
    Dot,
    Ring,
    Square,
    Triangle,
    Diamond,
    Cross,
}

impl Marker {
    pub fn of(series: usize) -> Self {
        match series % 6 {
            0 => Self::Dot,
            1 => Self::Square,
            2 => Self::Triangle,
            3 => Self::Diamond,
            4 => Self::Ring,
            _ => Self::Cross,
        }
    }
}

pub type Drawn = Result<(), ChartError>;

/// A picture that is being drawn; places in pixels from its upper left corner.
pub struct Sheet<'a> {
    area: DrawingArea<SVGBackend<'a>, Shift>,
    /// What the texts say in full, in the order in which they were drawn.
    told: Vec<Option<String>>,
}

impl Sheet<'_> {
    /// What `draw` drew, over `under`: elements that are ready.
    pub fn picture(
        (width, height): (u32, u32),
        under: &str,
        draw: impl FnOnce(&mut Sheet<'_>) -> Drawn,
    ) -> Result<String, ChartError> {
        let mut raw = String::new();
        let told = {
            let fine = (width.saturating_mul(10), height.saturating_mul(10));
            let area = SVGBackend::with_string(&mut raw, fine).into_drawing_area();
            let mut sheet = Sheet { area, told: Vec::new() };
            draw(&mut sheet)?;
            sheet.area.present().map_err(failed)?;
            sheet.told
        };
        Ok(dressed(&raw, (width, height), under, &told))
    }

    pub fn line(&mut self, points: &[(f64, f64)], ink: Ink) -> Drawn {
        let path: Vec<(i32, i32)> = points.iter().copied().map(fine).collect();
        self.area.draw(&PathElement::new(path, ink.colour().stroke_width(1))).map_err(failed)
    }

    pub fn area(&mut self, points: &[(f64, f64)], ink: Ink) -> Drawn {
        let path: Vec<(i32, i32)> = points.iter().copied().map(fine).collect();
        self.area.draw(&Polygon::new(path, ink.colour().filled())).map_err(failed)
    }

    pub fn rect(&mut self, from: (f64, f64), to: (f64, f64), ink: Ink, filled: bool) -> Drawn {
        let (from, to) = (fine(from), fine(to));
        let corners = [(from.0.min(to.0), from.1.min(to.1)), (from.0.max(to.0), from.1.max(to.1))];
        self.area.draw(&Rectangle::new(corners, style(ink, filled))).map_err(failed)
    }

    pub fn marker(&mut self, at: (f64, f64), shape: Marker, ink: Ink) -> Drawn {
        let (x, y) = at;
        match shape {
            Marker::Dot | Marker::Ring => {
                let radius: i32 = if shape == Marker::Dot { 26 } else { 30 };
                self.area.draw(&Circle::new(fine(at), radius, style(ink, shape == Marker::Dot))).map_err(failed)
            }
            Marker::Square => self.rect((x - 2.5, y - 2.5), (x + 2.5, y + 2.5), ink, true),
            Marker::Triangle => self.area(&[(x, y - 3.5), (x + 3.3, y + 2.5), (x - 3.3, y + 2.5)], ink),
            Marker::Diamond => self.area(&[(x, y - 3.6), (x + 3.6, y), (x, y + 3.6), (x - 3.6, y)], ink),
            Marker::Cross => {
                self.line(&[(x - 2.8, y - 2.8), (x + 2.8, y + 2.8)], ink)?;
                self.line(&[(x - 2.8, y + 2.8), (x + 2.8, y - 2.8)], ink)
            }
        }
    }

    /// Cut in its middle where it is longer than `room`, with the whole as its title.
    pub fn text(&mut self, text: &str, at: (f64, f64), anchor: Anchor, ink: Ink, room: f64) -> Drawn {
        let text = words::shown(text);
        let cut = words::cut(&text, room);
        let (horizontal, vertical) = match anchor {
            Anchor::Right => (HPos::Left, VPos::Center),
            Anchor::Left => (HPos::Right, VPos::Center),
            Anchor::Below => (HPos::Center, VPos::Top),
            Anchor::Above => (HPos::Left, VPos::Bottom),
            Anchor::AboveLeft => (HPos::Right, VPos::Bottom),
        };
        let style = TextStyle {
            font: ("sans-serif", 12.0).into_font(),
            color: ink.colour().to_backend_color(),
            pos: Pos::new(horizontal, vertical),
        };
        let written = cut.clone().unwrap_or_else(|| text.clone());
        self.told.push(cut.map(|_| text));
        self.area.draw(&Text::new(written, fine(at), style)).map_err(failed)
    }
}

fn style(ink: Ink, filled: bool) -> ShapeStyle {
    ShapeStyle { color: ink.colour().to_rgba(), filled, stroke_width: 1 }
}

fn fine((x, y): (f64, f64)) -> (i32, i32) {
    #[expect(clippy::cast_possible_truncation, reason = "held near the picture, and a picture is small")]
    let whole = |value: f64| (value.clamp(-10_000.0, 100_000.0) * FINE).round() as i32;
    (whole(x), whole(y))
}

fn failed<E: Error + Send + Sync>(error: DrawingAreaErrorKind<E>) -> ChartError {
    ChartError::Drawing(error.to_string())
}

/// What a window may show, from what plotters wrote: an element a line, and the text of a `text` in a line of its own.
fn dressed(raw: &str, (width, height): (u32, u32), under: &str, told: &[Option<String>]) -> String {
    let mut out = String::with_capacity(raw.len() + under.len());
    let _ = writeln!(
        out,
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">"#
    );
    out.push_str(under);
    let mut told = told.iter();
    let mut lines = raw.lines();
    while let Some(line) = lines.next() {
        let Some(element) = line.strip_prefix('<').filter(|rest| !rest.starts_with(['/', '?', '!'])) else { continue };
        let (name, rest) = element.split_once(' ').unwrap_or((element, ""));
        match name {
            "svg" => {}
            "text" => {
                let content = lines.next().unwrap_or_default();
                out.push_str("<text");
                attributes(&mut out, rest);
                out.push('>');
                if let Some(Some(whole)) = told.next() {
                    out.push_str("<title>");
                    escape(&mut out, whole);
                    out.push_str("</title>");
                }
                out.push_str(content);
                out.push_str("</text>\n");
            }
            name => {
                out.push('<');
                out.push_str(name);
                attributes(&mut out, rest);
                out.push_str("/>\n");
            }
        }
    }
    out.push_str("</svg>");
    out
}

fn attributes(out: &mut String, mut rest: &str) {
    let mut ink = None;
    while let Some((key, (value, after))) =
        rest.split_once("=\"").and_then(|(key, after)| Some((key.trim(), after.split_once('"')?)))
    {
        rest = after;
        match key {
            "fill" | "stroke" => {
                ink = ink.or(Ink::of_colour(value));
                let value = if value == "none" { "none" } else { "currentColor" };
                // No stroke is what an element has by itself.
                if key == "fill" || value != "none" {
                    let _ = write!(out, " {key}=\"{value}\"");
                }
            }
            "points" => {
                out.push_str(" points=\"");
                for (index, number) in value.split([' ', ',']).filter(|number| !number.is_empty()).enumerate() {
                    if index > 0 {
                        out.push(if index.is_multiple_of(2) { ' ' } else { ',' });
                    }
                    tenths(out, number);
                }
                out.push('"');
            }
            "x" | "y" | "width" | "height" | "x1" | "y1" | "x2" | "y2" | "cx" | "cy" | "r" => {
                let _ = write!(out, " {key}=\"");
                tenths(out, value);
                out.push('"');
            }
            "dy" => {
                let _ = write!(out, " dy=\"{value}\"");
            }
            "text-anchor" if value != "start" => {
                let _ = write!(out, " text-anchor=\"{value}\"");
            }
            _ => {}
        }
    }
    if let Some(ink) = ink {
        let _ = write!(out, " class=\"chart-{}\"", ink.class());
    }
}

/// `1234` as `123.4`.
fn tenths(out: &mut String, number: &str) {
    let value: i64 = number.parse().unwrap_or_default();
    let (whole, rest) = (value.unsigned_abs() / 10, value.unsigned_abs() % 10);
    let sign = if value < 0 { "-" } else { "" };
    let _ = if rest == 0 { write!(out, "{sign}{whole}") } else { write!(out, "{sign}{whole}.{rest}") };
}

pub fn escape(out: &mut String, text: &str) {
    for letter in text.chars() {
        match letter {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            other => out.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(draw: impl FnOnce(&mut Sheet<'_>) -> Drawn) -> String {
        Sheet::picture((100, 50), "", draw).unwrap()
    }

    #[test]
    fn a_line_has_a_class_and_tenths_of_pixels() {
        let svg = drawn(|sheet| sheet.line(&[(1.0, 2.0), (10.25, 3.1)], Ink::LIMIT));
        let line = svg.lines().nth(1).unwrap();
        assert_eq!(line, r#"<polyline fill="none" stroke="currentColor" points="1,2 10.3,3.1" class="chart-limit"/>"#);
        assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>"), "{svg}");
    }

    #[test]
    fn names_of_strangers_stay_text() {
        let svg = drawn(|sheet| {
            sheet.text("<script>\n&\"", (5.0, 5.0), Anchor::Right, Ink::LABEL, 200.0)?;
            sheet.text("<b>a_name_that_is_much_too_long_to_fit</b>", (5.0, 15.0), Anchor::Left, Ink::LABEL, 60.0)
        });
        assert!(svg.contains("&lt;script&gt;\u{fffd}&amp;&quot;</text>"), "{svg}");
        assert!(svg.contains("<title>&lt;b&gt;a_name_that_is_much_too_long_to_fit&lt;/b&gt;</title>"), "{svg}");
        assert!(!svg.contains("<script") && !svg.contains("<b>"), "{svg}");
    }

    #[test]
    fn shapes_are_filled_or_not() {
        let svg = drawn(|sheet| {
            sheet.rect((1.0, 1.0), (4.0, 3.0), Ink::BASE, false)?;
            sheet.marker((10.0, 10.0), Marker::Dot, Ink::series(0))
        });
        assert!(
            svg.contains(
                r#"<rect x="1" y="1" width="3" height="2" fill="none" stroke="currentColor" class="chart-base"/>"#
            ),
            "{svg}"
        );
        assert!(svg.contains(r#"<circle cx="10" cy="10" r="2.6" fill="currentColor" class="chart-s1"/>"#), "{svg}");
    }
}
