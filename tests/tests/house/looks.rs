//! What the window's sources must hold to, whatever they show: lists stay lists, and colours come from the themes.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// All files below a folder of the window with this ending.
fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    fn below(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
        let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        for path in entries.map(|entry| entry.expect("an entry of a folder").path()) {
            if path.is_dir() {
                below(&path, ending, found);
            } else if path.extension().is_some_and(|known| known == ending) {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    below(&tests::places::root().join("ui").join(folder), ending, &mut found);
    assert!(!found.is_empty(), "there is no {ending} below ui/{folder}");
    found
}

/// The lists of a source that do not say their role, by their opening tags' first lines.
fn without_role(source: &str) -> Vec<&str> {
    let opens = |at: &usize| ["<ul", "<ol"].iter().any(|tag| is_tag(&source[*at..], tag));
    let starts = source.match_indices('<').map(|(at, _)| at).filter(opens);
    starts.map(|at| opening(&source[at..])).filter(|tag| !tag.contains("role=\"")).collect()
}

fn is_tag(text: &str, tag: &str) -> bool {
    text.strip_prefix(tag).is_some_and(|rest| rest.starts_with(['>', ' ', '\n']))
}

/// Up to the `>` that ends the tag, which is none of a string and no arrow.
fn opening(text: &str) -> &str {
    let (mut quoted, mut depth, mut before) = (false, 0_i32, ' ');
    for (at, letter) in text.char_indices() {
        match letter {
            '"' => quoted = !quoted,
            '{' | '(' if !quoted => depth += 1,
            '}' | ')' if !quoted => depth -= 1,
            '>' if !quoted && depth == 0 && !matches!(before, '=' | '-') => return &text[..=at],
            _ => {}
        }
        before = letter;
    }
    text
}

/// The style sheet takes the bullets off every list, and WebKit then takes the list off as well, unless the role is said.
#[test]
fn every_list_of_the_window_says_that_it_is_one() {
    let mut silent = Vec::new();
    for path in files("src", "rs") {
        let source = fs::read_to_string(&path).expect("a source of the window");
        silent.extend(without_role(&source).into_iter().map(|tag| format!("{}: {tag}", path.display())));
    }
    assert!(silent.is_empty(), "\n{}", silent.join("\n"));
}

#[test]
fn a_list_without_a_role_is_noticed() {
    assert_eq!(without_role("<ul class=\"plain\"><li>"), ["<ul class=\"plain\">"]);
    assert_eq!(without_role("<ol on:keydown=move |event| go(event) role=\"list\"><li>"), Vec::<&str>::new());
    assert_eq!(without_role("<ul on:click=move |_| { a => b }>\"role=\"").len(), 1);
    assert!(without_role("<output><ulna>").is_empty());
}

/// The colours that a line of a style sheet names by itself.
fn colours(line: &str) -> Vec<&str> {
    const WORDS: &[&str] = &["white", "black", "red", "green", "blue", "yellow", "orange", "gray", "grey", "purple"];
    let values = line.split([';', '{', '}']).filter_map(|declaration| declaration.split_once(':'));
    let words = values.flat_map(|(_, value)| value.split([' ', ',', '(', ')']));
    let is_hex = |word: &str| {
        word.strip_prefix('#')
            .is_some_and(|rest| rest.len() >= 3 && rest.chars().all(|digit| digit.is_ascii_hexdigit()))
    };
    let is_function =
        |word: &str| matches!(word, "rgb" | "rgba" | "hsl" | "hsla" | "hwb" | "lab" | "lch" | "oklab" | "oklch");
    words.filter(|word| WORDS.contains(word) || is_hex(word) || is_function(word)).collect()
}

#[test]
fn colours_are_written_in_the_themes_alone() {
    let mut own = Vec::new();
    for path in files("styles", "css") {
        if path.ends_with("tokens.css") {
            continue;
        }
        let css = fs::read_to_string(&path).expect("a style sheet");
        for (number, line) in css.lines().enumerate() {
            let found = colours(line);
            if !found.is_empty() {
                own.push(format!("{}:{}: {}", path.display(), number + 1, found.join(", ")));
            }
        }
    }
    assert!(own.is_empty(), "a theme cannot change these:\n{}", own.join("\n"));
}

#[test]
fn a_colour_of_its_own_is_noticed() {
    assert_eq!(colours(".a { color: #fff; border: 1px solid rgb(0 0 0) }"), ["#fff", "rgb"]);
    assert_eq!(colours("  background: white;"), ["white"]);
    assert!(
        colours(
            "#add { color: var(--text); background: color-mix(in srgb, var(--bad) 4%, transparent); white-space: pre; }"
        )
        .is_empty()
    );
}
