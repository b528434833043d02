//! What the classes of a chart look like where the window's style sheets are not: in a document that left the program, and
//! in a picture of its own. The colours are those of `ui/styles/tokens.css`, as numbers.

use crate::ink::CLASSES;
use std::fmt::Write as _;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    Light,
    Dark,
}

/// Token of the window, and its colour in both themes.
const TOKENS: [(&str, &str, &str); 9] = [
    ("line", "#dfe3e9", "#232a34"),
    ("line-strong", "#b9c1cc", "#354050"),
    ("text-2", "#434c59", "#b0b8c4"),
    ("text-3", "#5d6775", "#8893a2"),
    ("accent", "#0b62c4", "#6cb2ff"),
    ("good", "#117a4b", "#4cc38a"),
    ("warn", "#8a5a00", "#e5b454"),
    ("bad", "#b8231f", "#ff7a75"),
    ("wait", "#5b3fc4", "#b8a1ff"),
];

/// Steps of a heat map: the accent mixed into the ground, as `ui/styles/charts.css` mixes them.
const HEATS: [(&str, &str); 5] = [
    ("#dde9f7", "#1f2c3c"),
    ("#accaeb", "#314b69"),
    ("#76a7de", "#446d9b"),
    ("#4185d1", "#5890cd"),
    ("#0b62c4", "#6cb2ff"),
];

/// Token and dashes of a class; series differ without colour.
fn look(class: &str) -> (&'static str, &'static str) {
    match class {
        "axis" => ("line-strong", ""),
        "grid" => ("line", ""),
        "label" => ("text-3", ""),
        "note" => ("text-2", ""),
        "base" => ("text-2", "4 2"),
        "s2" => ("warn", "6 3"),
        "s3" => ("good", "2 2"),
        "s4" => ("wait", "8 3 2 3"),
        "s5" => ("text-2", "12 4"),
        "s6" => ("bad", "4 4"),
        "limit" => ("bad", "5 4"),
        "alarm" => ("bad", "1 3"),
        "deploy" => ("wait", "3 3"),
        "gap" | "breach" => ("bad", ""),
        "chance" => ("text-3", "2 4"),
        // The current side, and the first series.
        _ => ("accent", ""),
    }
}

fn colour(class: &str, theme: Theme) -> &'static str {
    let of = |(light, dark): (&'static str, &'static str)| if theme == Theme::Light { light } else { dark };
    let heat = class.strip_prefix('h').and_then(|step| HEATS.get(step.parse::<usize>().ok()?));
    if let Some(heat) = heat {
        return of(*heat);
    }
    let (token, _) = look(class);
    TOKENS.iter().find(|(name, ..)| *name == token).map_or("#000000", |(_, light, dark)| of((*light, *dark)))
}

/// The rules of all classes, as plain CSS with literal colours: a line each.
pub fn style(theme: Theme) -> String {
    let mut out = String::new();
    for class in CLASSES {
        let (_, dashes) = look(class);
        let width = if matches!(class, "axis" | "grid") { " stroke-width: 1;" } else { "" };
        let dashes = if dashes.is_empty() { String::new() } else { format!(" stroke-dasharray: {dashes};") };
        let _ = writeln!(out, ".chart-{class} {{ color: {};{width}{dashes} }}", colour(class, theme));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: &str = include_str!("../../../../ui/styles/tokens.css");
    const CHARTS: &str = include_str!("../../../../ui/styles/charts.css");

    /// The tokens of a theme of the window.
    fn tokens(theme: &str) -> &'static str {
        let (_, rest) = WINDOW.split_once(&format!("[data-theme={theme}] {{")).unwrap();
        rest.split_once('}').unwrap().0
    }

    #[test]
    fn colours_are_those_of_the_window() {
        for (name, light, dark) in TOKENS {
            assert!(tokens("light").contains(&format!("--{name}: {light};")), "{name}");
            assert!(tokens("dark").contains(&format!("--{name}: {dark};")), "{name}");
        }
    }

    /// What the window says of a class.
    fn rule(class: &str) -> &'static str {
        let (_, rest) = CHARTS.split_once(&format!(".chart .chart-{class} {{")).unwrap();
        rest.split_once('}').unwrap().0
    }

    fn rgb(colour: &str) -> [f64; 3] {
        let code = u32::from_str_radix(colour.strip_prefix('#').unwrap(), 16).unwrap();
        let [_, red, green, blue] = code.to_be_bytes();
        [red, green, blue].map(f64::from)
    }

    fn token(theme: &str, name: &str) -> [f64; 3] {
        let (_, rest) = tokens(theme).split_once(&format!("--{name}: ")).unwrap();
        rgb(rest.split_once(';').unwrap().0)
    }

    #[test]
    fn classes_look_as_they_do_in_the_window() {
        for class in CLASSES.into_iter().filter(|class| !class.starts_with('h')) {
            let (token, dashes) = look(class);
            let rule = rule(class);
            assert!(rule.contains(&format!("color: var(--{token});")), "{class}: {rule}");
            if dashes.is_empty() {
                assert!(!rule.contains("stroke-dasharray"), "{class}: {rule}");
            } else {
                assert!(rule.contains(&format!("stroke-dasharray: {dashes};")), "{class}: {rule}");
            }
        }
    }

    #[test]
    fn heats_are_mixed_as_they_are_in_the_window() {
        for (step, (light, dark)) in HEATS.into_iter().enumerate() {
            let rule = rule(&format!("h{step}"));
            // Without a mixture it is the accent alone.
            let percent = rule.split_once("var(--accent) ").map_or("100", |(_, rest)| rest.split_once('%').unwrap().0);
            let share: f64 = percent.parse::<f64>().unwrap() / 100.0;
            for (theme, heat) in [("light", light), ("dark", dark)] {
                let (accent, surface) = (token(theme, "accent"), token(theme, "surface"));
                for ((accent, surface), heat) in accent.into_iter().zip(surface).zip(rgb(heat)) {
                    let mixed = surface + (accent - surface) * share;
                    assert!((mixed - heat).abs() <= 1.0, "h{step}, {theme}: {mixed} and {heat}");
                }
            }
        }
    }

    #[test]
    fn every_class_has_a_rule() {
        for theme in [Theme::Light, Theme::Dark] {
            let style = style(theme);
            assert_eq!(style.lines().count(), CLASSES.len());
            assert!(!style.contains("#000000") && !style.contains("var("), "{style}");
        }
        assert!(style(Theme::Light).contains(".chart-s2 { color: #8a5a00; stroke-dasharray: 6 3; }"));
        assert!(style(Theme::Dark).contains(".chart-h4 { color: #6cb2ff; }"));
        assert!(style(Theme::Light).contains(".chart-axis { color: #b9c1cc; stroke-width: 1; }"));
    }
}
