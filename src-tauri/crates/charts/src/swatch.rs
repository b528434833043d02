//! The sign before a name in the key of a chart, for documents and pictures; the window draws its own of the same shapes.

use contract::charts::{KeyEntry, Sign};

/// Pixels of the window's key: a line is so long.
const WIDTH: f64 = 22.0;
/// Pixels of a sign above its middle, and below.
const MIDDLE: f64 = 5.0;

/// An SVG element, 22 pixels wide and 10 high, that begins at `x` and has its middle at `y`.
pub fn swatch(entry: &KeyEntry, (x, y): (f64, f64)) -> String {
    let class: String = entry.class.chars().filter(|letter| letter.is_ascii_alphanumeric() || *letter == '-').collect();
    match entry.sign() {
        Sign::Line => format!(
            r#"<line class="{class}" x1="{x}" y1="{y}" x2="{}" y2="{y}" stroke="currentColor" stroke-width="1.5"/>"#,
            x + WIDTH
        ),
        Sign::Box { filled } => {
            let (fill, stroke) = if filled { ("currentColor", "none") } else { ("none", "currentColor") };
            format!(
                r#"<rect class="{class}" x="{}" y="{}" width="14" height="8" fill="{fill}" stroke="{stroke}"/>"#,
                x + 4.0,
                y - 4.0
            )
        }
        Sign::Circle => format!(
            r#"<circle class="{class}" cx="{}" cy="{y}" r="3" fill="none" stroke="currentColor"/>"#,
            x + WIDTH / 2.0
        ),
        Sign::Corners(corners) => {
            let points: Vec<String> =
                corners.iter().map(|(right, down)| format!("{},{}", x + right, y + (down - MIDDLE))).collect();
            format!(r#"<polygon class="{class}" points="{}" fill="currentColor"/>"#, points.join(" "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::charts::KeyShape;

    #[test]
    fn points_have_the_shape_of_their_class() {
        let drawn = |class: &str, shape| swatch(&KeyEntry { class: class.into(), name: "x".into(), shape }, (0.0, 5.0));
        assert!(drawn("chart-breach", KeyShape::Point).contains(r#"points="11,1 15,8 7,8""#));
        assert!(drawn("chart-deploy", KeyShape::Point).contains(r#"points="11,1 15,5 11,9 7,5""#));
        assert!(drawn("chart-s1", KeyShape::Point).starts_with("<circle class=\"chart-s1\""));
        assert!(drawn("chart-base", KeyShape::Box).contains("fill=\"none\""));
        assert!(!drawn("x\"><script>", KeyShape::Line).contains("script>"));
    }
}
