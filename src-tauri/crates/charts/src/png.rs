//! Charts as one PNG: title, then each chart with its caption, its summary, its key and its picture, beneath each other, on
//! white.
//!
//! Drawn by resvg from the same SVG that the window shows. Letters are those of the Inter in `assets/fonts`, whatever is
//! installed: a subset with Latin, Greek, Cyrillic, arrows and signs; a letter that it lacks is drawn as an empty box. A
//! picture is twice as large as in the window, for dense screens and print.

use crate::{
    ChartError,
    plot::whole,
    sheet::escape,
    swatch::swatch,
    theme::{Theme, style},
    words,
};
use contract::charts::{Chart, ELEMENTS, KeyEntry};
use resvg::{tiny_skia, usvg};
use std::{
    fmt::Write as _,
    sync::{Arc, LazyLock},
};

/// Pixels of the picture for one of a chart.
const SCALE: u8 = 2;

/// Pixels around the page and between two charts, before scaling.
const EDGE: f64 = 20.0;
const GAP: f64 = 28.0;
/// Letters in pixels, and the lines that they stand on.
const TITLE: (f64, f64) = (17.0, 26.0);
const CAPTION: (f64, f64) = (13.0, 20.0);
const TEXT: (f64, f64) = (words::TEXT, 16.0);
/// Pixels of a swatch with the room after it.
const SWATCH: f64 = 28.0;
/// Pixels between two entries of a key.
const BETWEEN: f64 = 16.0;
/// The widest and the highest chart, in its own pixels: a heat map of all its rows is far below.
const MOST: (f64, f64) = (4_000.0, 12_000.0);
/// Pixels of a whole picture; each takes four bytes while it is drawn.
const MOST_PIXELS: f64 = 100_000_000.0;

/// Inter 4.1 Regular as `inter-ui` ships it, cut by fontTools' `pyftsubset` to the scripts and signs named above, without hints.
/// The window's own files are WOFF2, which no font reader of resvg opens.
static FONT: &[u8] = include_bytes!("../../../../assets/fonts/inter-picture.ttf");

static FONTS: LazyLock<Arc<usvg::fontdb::Database>> = LazyLock::new(|| {
    let mut fonts = usvg::fontdb::Database::new();
    fonts.load_font_data(FONT.to_vec());
    Arc::new(fonts)
});

/// What stands on the picture beside the charts; nothing where a text is empty.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Page<'a> {
    pub title: &'a str,
    /// Below the title: where it is from, and when.
    pub note: &'a str,
    pub charts: &'a [Chart],
}

/// Width and height in pixels of the picture that [`encode`] makes of a page.
#[cfg(test)]
fn size(page: &Page<'_>) -> Result<(u32, u32), ChartError> {
    drawing(page).map(|(_, size)| (pixels(size.0), pixels(size.1)))
}

/// The page as a PNG.
///
/// # Errors
/// [`ChartError::Empty`] without a chart; [`ChartError::Drawing`] if a chart is no picture of this crate's, or if the page
/// would be too large.
pub fn encode(page: &Page<'_>) -> Result<Vec<u8>, ChartError> {
    let (svg, (width, height)) = drawing(page)?;
    let failed = |why: &dyn std::fmt::Display| ChartError::Drawing(why.to_string());
    let options = usvg::Options { font_family: "Inter".to_owned(), fontdb: FONTS.clone(), ..usvg::Options::default() };
    let tree = usvg::Tree::from_str(&svg, &options).map_err(|error| failed(&error))?;
    let mut picture = tiny_skia::Pixmap::new(pixels(width), pixels(height))
        .ok_or_else(|| ChartError::Drawing("the picture has no size".to_owned()))?;
    picture.fill(tiny_skia::Color::WHITE);
    let scale = f32::from(SCALE);
    resvg::render(&tree, tiny_skia::Transform::from_scale(scale, scale), &mut picture.as_mut());
    picture.encode_png().map_err(|error| failed(&error))
}

fn pixels(length: f64) -> u32 {
    u32::try_from(whole(length)).unwrap_or(u32::MAX).saturating_mul(SCALE.into())
}

/// One SVG of the whole page, and its size before scaling.
fn drawing(page: &Page<'_>) -> Result<(String, (f64, f64)), ChartError> {
    if page.charts.is_empty() {
        return Err(ChartError::Empty);
    }
    let is_length = |length: f64| length.is_finite() && length > 0.0;
    if !page.charts.iter().all(|chart| is_length(chart.width) && is_length(chart.height)) {
        return Err(ChartError::Drawing("the chart has no size".to_owned()));
    }
    let widest = page.charts.iter().map(|chart| chart.width).fold(0.0, f64::max);
    let tallest = page.charts.iter().map(|chart| chart.height).fold(0.0, f64::max);
    let width = (widest + 2.0 * EDGE).ceil();
    let room = width - 2.0 * EDGE;
    let mut body = String::new();
    let mut y = EDGE;
    for (text, size) in [(page.title, TITLE), (page.note, TEXT)] {
        y = lines(&mut body, text, y, size, room);
    }
    for chart in page.charts {
        if y > EDGE {
            y += GAP / 2.0;
        }
        y = lines(&mut body, &chart.caption, y, CAPTION, room);
        y = lines(&mut body, &chart.summary, y, TEXT, room);
        y = key(&mut body, &chart.key, y + 4.0, room);
        let _ = write!(body, r#"<g transform="translate({EDGE} {y})">"#);
        body.push_str(inside(&chart.svg)?);
        body.push_str("</g>\n");
        y += chart.height + GAP / 2.0;
    }
    let height = (y + EDGE - GAP / 2.0).ceil();
    let scaled = width * height * f64::from(SCALE * SCALE);
    if widest > MOST.0 || tallest > MOST.1 || scaled > MOST_PIXELS {
        return Err(ChartError::Drawing("it is too large for a picture".to_owned()));
    }
    let style = style(Theme::Light);
    let svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"Inter\" font-size=\"{}\">\n<style>\npolyline, .chart-key {{ stroke-width: 1.5; stroke-linejoin: round; }}\n\
         .page {{ color: #171b21; }}\n{style}</style>\n{body}</svg>",
        words::TEXT
    );
    Ok((svg, (width, height)))
}

/// A text broken to its room; returns where the next thing begins.
fn lines(out: &mut String, text: &str, from: f64, (size, line): (f64, f64), room: f64) -> f64 {
    let mut y = from;
    let mut written = String::new();
    let text = words::shown(text);
    let fits = |text: &str| words::width(text) * size / words::TEXT <= room;
    let mut put = |written: &str| {
        if written.is_empty() {
            return;
        }
        y += line;
        let baseline = y - line * 0.3;
        let _ = write!(out, r#"<text x="{EDGE}" y="{baseline}" font-size="{size}" fill="currentColor" class="page">"#);
        let cut = words::cut(written, room * words::TEXT / size);
        escape(out, cut.as_deref().unwrap_or(written));
        out.push_str("</text>\n");
    };
    for word in text.split_whitespace() {
        let longer = if written.is_empty() { word.to_owned() } else { format!("{written} {word}") };
        if fits(&longer) || written.is_empty() {
            written = longer;
        } else {
            put(&written);
            word.clone_into(&mut written);
        }
    }
    put(&written);
    y
}

/// The key in as many lines as it needs; returns where the next thing begins.
fn key(out: &mut String, entries: &[KeyEntry], from: f64, room: f64) -> f64 {
    if entries.is_empty() {
        return from;
    }
    let (mut x, mut y) = (EDGE, from);
    for entry in entries {
        let name = words::shown(&entry.name);
        let name = words::cut(&name, room - SWATCH).unwrap_or(name);
        let width = SWATCH + words::width(&name);
        if x > EDGE && x + width > EDGE + room {
            (x, y) = (EDGE, y + TEXT.1);
        }
        let middle = y + TEXT.1 / 2.0;
        out.push_str(&swatch(entry, (x, middle)));
        out.push('\n');
        let _ = write!(
            out,
            r#"<text x="{}" y="{}" fill="currentColor" class="chart-note">"#,
            x + SWATCH,
            middle + words::TEXT * 0.36
        );
        escape(out, &name);
        out.push_str("</text>\n");
        x += width + BETWEEN;
    }
    y + TEXT.1 + 4.0
}

/// What stands inside of a chart's `svg`: nothing but the elements that a chart may hold, so nothing that reads a file.
fn inside(svg: &str) -> Result<&str, ChartError> {
    let foreign = || ChartError::Drawing("the picture holds what no chart holds".to_owned());
    let svg = svg.trim();
    let body = svg.strip_prefix("<svg ").and_then(|rest| rest.split_once('>')).map(|(_, body)| body);
    let body = body.and_then(|body| body.strip_suffix("</svg>")).ok_or_else(foreign)?;
    let is_own = |piece: &str| {
        let piece = piece.strip_prefix('/').unwrap_or(piece);
        let name = piece.split(|letter: char| !letter.is_ascii_alphanumeric()).next().unwrap_or_default();
        name != "svg" && ELEMENTS.contains(&name)
    };
    if body.split('<').skip(1).all(is_own) { Ok(body) } else { Err(foreign()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CdfPair, Frame, HeatMap, HeatRow, Rank, cdf_pair, heat_map, ranks};

    fn frame(caption: &str) -> Frame {
        Frame { width: 480, height: 240, offset_minutes: 0, caption: caption.into() }
    }

    fn curves(feature: &str) -> Chart {
        let stairs = |shift: f64| (0..40_u32).map(|at| (f64::from(at) + shift, (f64::from(at) + 1.0) / 40.0)).collect();
        let told =
            CdfPair { feature: feature.into(), unit: String::new(), baseline: stairs(0.0), current: stairs(8.0) };
        cdf_pair(&frame(feature), &told).unwrap()
    }

    fn page(charts: &[Chart]) -> Page<'_> {
        Page { title: "cancellation", note: "as of 22 Nov 2026", charts }
    }

    fn decoded(page: &Page<'_>) -> tiny_skia::Pixmap {
        tiny_skia::Pixmap::decode_png(&encode(page).unwrap()).unwrap()
    }

    /// Pixels of exactly this colour.
    fn count(picture: &tiny_skia::Pixmap, (red, green, blue): (u8, u8, u8)) -> usize {
        let is =
            |pixel: &&tiny_skia::PremultipliedColorU8| (pixel.red(), pixel.green(), pixel.blue()) == (red, green, blue);
        picture.pixels().iter().filter(is).count()
    }

    #[test]
    fn a_picture_has_the_size_that_was_said_and_is_not_blank() {
        let charts = [curves("amount"), curves("lead_time")];
        let page = page(&charts);
        let picture = decoded(&page);
        assert_eq!((picture.width(), picture.height()), size(&page).unwrap());
        assert_eq!(picture.width(), 2 * (480 + 40));
        assert!(picture.height() > 2 * 2 * 240, "both charts and their words: {}", picture.height());
        let all = picture.pixels().len();
        let white = count(&picture, (255, 255, 255));
        assert!(white > all / 2 && white < all - all / 100, "{white} of {all}");
        assert!(count(&picture, (0x0b, 0x62, 0xc4)) > 200, "the accent of the light theme");
    }

    #[test]
    fn cells_of_a_map_have_their_colours() {
        let start = contract::Timestamp::from_second(1_795_132_800).unwrap();
        let runs = (0..6).map(|at| start + jiff::SignedDuration::from_hours(at)).collect();
        let row = |name: &str, value: f64| HeatRow {
            feature: name.into(),
            values: vec![Some(value); 6],
            drifted: Vec::new(),
        };
        let told = HeatMap {
            measure: "distance".into(),
            runs,
            features: vec![row("a", 0.1), row("b", 3.0)],
            threshold: Some(1.0),
        };
        let charts = [heat_map(&frame("Map"), &told).unwrap()];
        let picture = decoded(&page(&charts));
        assert!(count(&picture, (0xdd, 0xe9, 0xf7)) > 10_000 && count(&picture, (0x0b, 0x62, 0xc4)) > 10_000);
    }

    #[test]
    fn letters_are_drawn() {
        let bare = |caption: &str| Chart { caption: caption.into(), summary: String::new(), ..curves("x") };
        let dark = |caption: &str| {
            let charts = [bare(caption)];
            let picture = decoded(&Page { title: "", note: "", charts: &charts });
            picture.pixels().iter().filter(|pixel| pixel.red() < 80 && pixel.blue() < 90).count()
        };
        let none = dark("");
        for caption in ["Distance", "L∞ robust −0.5 ± 0.1 ▲ 3 → 1", "Ελλάδα", "Отмена"] {
            assert!(dark(caption) > none + 80, "{caption}");
        }
    }

    #[test]
    fn names_of_strangers_stay_text() {
        let told = [Rank { feature: "<script>&\"".into(), before: Some(0.2), after: Some(0.4) }];
        let mut chart = ranks(&frame("</text><image href='file:///etc/passwd'/>"), ["<b>", "a\"b"], &told).unwrap();
        if let Some(entry) = chart.key.first_mut() {
            entry.class = "x\"/><image".into();
        }
        let charts = [chart];
        let page = Page { title: "<svg>]]>&amp;", note: "\u{7}\u{202e}", charts: &charts };
        let (svg, _) = drawing(&page).unwrap();
        for word in ["<image", "<script", "<b>", "</text></text>"] {
            assert!(!svg.contains(word), "{word} in {svg}");
        }
        assert!(decoded(&page).width() > 0);
    }

    #[test]
    fn what_is_no_chart_is_refused() {
        let with = |svg: &str| Chart { svg: svg.into(), ..curves("x") };
        for svg in [
            "",
            "<svg >",
            "<svg ><image href=\"file:///etc/passwd\"/></svg>",
            "<svg ></g><style>*{}</style></svg>",
            "<svg ><!DOCTYPE x></svg>",
            "<svg ><svg ></svg></svg>",
            "<svg ><text></svg>",
        ] {
            assert!(matches!(encode(&page(&[with(svg)])), Err(ChartError::Drawing(_))), "{svg}");
        }
        assert_eq!(encode(&page(&[])), Err(ChartError::Empty));
        for (width, height) in [(0.0, 10.0), (f64::NAN, 10.0), (1e9, 10.0), (100.0, f64::INFINITY)] {
            let chart = Chart { width, height, ..curves("x") };
            assert!(matches!(encode(&page(&[chart])), Err(ChartError::Drawing(_))), "{width} x {height}");
        }
    }

    #[test]
    fn long_words_are_broken_or_cut() {
        let mut chart = curves("x");
        chart.summary = format!("{} {}", "many words ".repeat(30), "x".repeat(500));
        let tall = [chart];
        let short = [curves("x")];
        assert!(size(&page(&tall)).unwrap().1 > size(&page(&short)).unwrap().1 + 4 * 16);
    }
}
