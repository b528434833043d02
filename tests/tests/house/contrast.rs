//! Every pair of colours that meets on screen can be read: 4.5:1 for text, 3:1 for shapes, in every theme (WCAG 2.2,
//! 1.4.3 and 1.4.11).

use std::{collections::BTreeMap, fs};

const GROUNDS: &[&str] = &["canvas", "surface", "raised", "hover", "selected"];
const TEXTS: &[&str] = &["text", "text-2", "text-3", "accent", "good", "warn", "bad", "wait"];
const SHAPES: &[&str] = &["edge", "accent", "good", "warn", "bad", "wait"];
/// A chip's word on its own ground, and the word on a filled button.
const PAIRS: &[(&str, &str)] = &[
    ("good", "good-bg"),
    ("warn", "warn-bg"),
    ("bad", "bad-bg"),
    ("wait", "wait-bg"),
    ("accent", "accent-bg"),
    ("accent-ink", "accent"),
];

type Theme = BTreeMap<String, [u8; 3]>;

/// The colours of each theme: the custom properties of the rule whose selector names it.
fn themes() -> BTreeMap<String, Theme> {
    let path = tests::places::root().join("ui").join("styles").join("tokens.css");
    let css = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut themes = BTreeMap::new();
    for part in css.split("[data-theme=").skip(1) {
        let Some((name, rest)) = part.split_once(']') else { continue };
        let Some((_, body)) = rest.split_once('{') else { continue };
        let body = body.split('}').next().unwrap_or_default();
        let colours: Theme = body
            .split(';')
            .filter_map(|declaration| {
                let (property, value) = declaration.split_once(':')?;
                Some((property.trim().strip_prefix("--")?.to_owned(), colour(value.trim())?))
            })
            .collect();
        if colours.len() > 5 {
            themes.insert(name.trim_matches(['"', '\'']).to_owned(), colours);
        }
    }
    themes
}

fn colour(value: &str) -> Option<[u8; 3]> {
    let digits = value.strip_prefix('#')?;
    let number = u32::from_str_radix(digits, 16).ok().filter(|_| digits.len() == 6)?;
    let [_, red, green, blue] = number.to_be_bytes();
    Some([red, green, blue])
}

/// Relative luminance (WCAG 2.2, definitions).
fn luminance(colour: [u8; 3]) -> f64 {
    let [red, green, blue] = colour.map(|channel| {
        let part = f64::from(channel) / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn every_theme_says_every_colour() {
    let themes = themes();
    let names: Vec<&str> = themes.keys().map(String::as_str).collect();
    assert_eq!(names, ["contrast", "dark", "light"]);
    let dark: Vec<&String> = themes["dark"].keys().collect();
    for (name, theme) in &themes {
        assert_eq!(theme.keys().collect::<Vec<_>>(), dark, "theme {name} has the same colours as dark");
    }
}

#[test]
fn text_and_shapes_can_be_read_in_every_theme() {
    let mut poor = Vec::new();
    for (name, theme) in themes() {
        let mut hold = |front: &str, ground: &str, least: f64| {
            let (Some(front_colour), Some(ground_colour)) = (theme.get(front), theme.get(ground)) else {
                poor.push(format!("{name}: {front} or {ground} is missing"));
                return;
            };
            let reached = contrast(*front_colour, *ground_colour);
            if reached < least {
                poor.push(format!("{name}: {front} on {ground} reaches {reached:.2}:1 of {least}:1"));
            }
        };
        for ground in GROUNDS {
            for text in TEXTS {
                hold(text, ground, 4.5);
            }
            for shape in SHAPES {
                hold(shape, ground, 3.0);
            }
        }
        for (front, ground) in PAIRS {
            hold(front, ground, 4.5);
        }
    }
    assert!(poor.is_empty(), "\n{}", poor.join("\n"));
}

#[test]
fn the_measure_is_right() {
    assert!((contrast([0; 3], [255; 3]) - 21.0).abs() < 1e-9, "black on white is the largest contrast there is");
    assert!((contrast([0x77; 3], [255; 3]) - 4.48).abs() < 0.01, "#777 on white is the well-known near miss");
}
