//! The sign before a name in the key of a chart, for documents and pictures; the window draws its own of the same shapes.

use contract::charts::{KeyEntry, KeyShape};

/// Pixels of the window's key: a line is so long.
const WIDTH: f64 = 22.0;

/// An SVG element, 22 pixels wide and 10 high, that begins at `x` and has its middle at `y`. The baseline is an outline, and
/// points have the shape of their class.
pub fn swatch(entry: &KeyEntry, (x, y): (f64, f64)) -> String {
    let class: String = entry.class.chars().filter(|letter| letter.is_ascii_alphanumeric() || *letter == '-').collect();
    match entry.shape {
        KeyShape::Line => format!(
            r#"<line class="{class}" x1="{x}" y1="{y}" x2="{}" y2="{y}" stroke="currentColor" stroke-width="1.5"/>"#,
            x + WIDTH
        ),
        KeyShape::Box => {
            let (fill, stroke) =
                if class == "chart-base" { ("none", "currentColor") } else { ("currentColor", "none") };
            format!(
                r#"<rect class="{class}" x="{}" y="{}" width="14" height="8" fill="{fill}" stroke="{stroke}"/>"#,
                x + 4.0,
                y - 4.0
            )
        }
        KeyShape::Point => {
            let corners: &[(f64, f64)] = match class.as_str() {
                "chart-breach" | "chart-alarm" => &[(11.0, -4.0), (15.0, 3.0), (7.0, 3.0)],
                "chart-deploy" => &[(11.0, -4.0), (15.0, 0.0), (11.0, 4.0), (7.0, 0.0)],
                _ => {
                    return format!(
                        r#"<circle class="{class}" cx="{}" cy="{y}" r="3" fill="none" stroke="currentColor"/>"#,
                        x + WIDTH / 2.0
                    );
                }
            };
            let points: Vec<String> = corners.iter().map(|(dx, dy)| format!("{},{}", x + dx, y + dy)).collect();
            format!(r#"<polygon class="{class}" points="{}" fill="currentColor"/>"#, points.join(" "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
