//! The lines of a JSON text: which there are, which are shown, what each is called.
//!
//! All lines stand in one list in the order of the text, each with the place after its last descendant. Folding is then
//! skipping, and the parent of a line always stands before it.

use super::parse::{self, Json};
use crate::format;

/// Items of an array that fold as one line.
const CHUNK: usize = 100;
/// A value is drawn so far; the whole of it can be copied.
const SHOWN: usize = 600;
/// A longer text is also shown whole, below the lines.
const LONG: usize = 90;
/// Lines above this level stand open at first: the text itself, and what it holds.
const OPEN: u32 = 2;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Name {
    Root,
    Key(String),
    Index(usize),
    /// Items `from..to` of the array above.
    Items(usize, usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Object,
    Array,
    Text,
    Number,
    /// `true`, `false`, `null`.
    Word,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub name: Name,
    pub kind: Kind,
    /// Of an object or array: how many it holds.
    pub count: usize,
    /// Of the others: the text that is drawn. Of JSON in a string: nothing.
    pub shown: String,
    /// JSON that was written into a string.
    pub in_string: bool,
    pub parent: Option<usize>,
    /// From 1.
    pub level: u32,
    /// From 1, among `of` that hang on the same line.
    pub place: usize,
    pub of: usize,
    /// The place after its last descendant.
    pub end: usize,
    /// Of a string, number or word: as it was written. An object or array is made again from the lines below it.
    written: String,
}

impl Line {
    pub fn folds(&self) -> bool {
        matches!(self.kind, Kind::Object | Kind::Array) && self.count > 0
    }

    /// `12 items`, `1 key`.
    pub fn holds(&self) -> Option<String> {
        match self.kind {
            Kind::Object => Some(format::counted(self.count as u64, "key", "keys")),
            Kind::Array => Some(format::counted(self.count as u64, "item", "items")),
            _ => None,
        }
    }

    pub fn name(&self) -> Option<String> {
        match &self.name {
            Name::Root => None,
            Name::Key(key) => Some(format::visible(key)),
            Name::Index(index) => Some(index.to_string()),
            Name::Items(from, to) => Some(format!("{from} to {}", to - 1)),
        }
    }

    /// The text of a string that one line does not do justice to.
    pub fn long_text(&self) -> Option<&str> {
        let text = self.written.as_str();
        (self.kind == Kind::Text && (text.len() > LONG || text.contains('\n'))).then_some(text)
    }
}

#[derive(Debug, Default)]
pub struct Tree {
    pub lines: Vec<Line>,
}

impl Tree {
    pub fn new(json: Json) -> Self {
        let mut tree = Self::default();
        tree.add(Name::Root, json, None, (1, 1));
        tree
    }

    fn add(&mut self, name: Name, json: Json, parent: Option<usize>, (place, of): (usize, usize)) {
        let at = self.lines.len();
        let level = parent.and_then(|parent| self.lines.get(parent)).map_or(1, |parent| parent.level + 1);
        let (written, in_string, held) = match json {
            Json::Text(text, Some(inner)) => (text, true, *inner),
            Json::Text(text, None) => (text, false, Json::Text(String::new(), None)),
            Json::Plain(word) => (word.clone(), false, Json::Plain(word)),
            json => (String::new(), false, json),
        };
        let (kind, count, shown) = match &held {
            Json::Object(members) => (Kind::Object, members.len(), String::new()),
            Json::Array(items) => (Kind::Array, items.len(), String::new()),
            Json::Text(..) => (Kind::Text, 0, shown(&written)),
            Json::Plain(word) if word.starts_with(['t', 'f', 'n']) => (Kind::Word, 0, word.clone()),
            Json::Plain(word) => (Kind::Number, 0, word.clone()),
        };
        let chunk_from = if let Name::Items(from, _) = name { Some(from) } else { None };
        self.lines.push(Line { name, kind, count, shown, in_string, parent, level, place, of, end: at + 1, written });
        match held {
            Json::Object(members) => {
                let of = members.len();
                for (index, (key, value)) in members.into_iter().enumerate() {
                    self.add(Name::Key(key), value, Some(at), (index + 1, of));
                }
            }
            Json::Array(mut items) if chunk_from.is_none() && items.len() > CHUNK => {
                let (all, chunks) = (items.len(), items.len().div_ceil(CHUNK));
                for index in 0..chunks {
                    let from = index * CHUNK;
                    let rest = items.split_off(CHUNK.min(items.len()));
                    let chunk = std::mem::replace(&mut items, rest);
                    let name = Name::Items(from, (from + CHUNK).min(all));
                    self.add(name, Json::Array(chunk), Some(at), (index + 1, chunks));
                }
            }
            Json::Array(items) => {
                let of = items.len();
                for (index, item) in items.into_iter().enumerate() {
                    let name = Name::Index(chunk_from.unwrap_or_default() + index);
                    self.add(name, item, Some(at), (index + 1, of));
                }
            }
            Json::Text(..) | Json::Plain(_) => {}
        }
        let end = self.lines.len();
        if let Some(line) = self.lines.get_mut(at) {
            line.end = end;
        }
    }

    /// What copying a line gives: a text without its quotes, JSON in a string as that string.
    pub fn value(&self, at: usize) -> String {
        match self.lines.get(at) {
            Some(line) if line.in_string || line.kind == Kind::Text => line.written.clone(),
            Some(_) => self.json(at).map(|json| parse::write(&json)).unwrap_or_default(),
            None => String::new(),
        }
    }

    fn json(&self, at: usize) -> Option<Json> {
        let line = self.lines.get(at)?;
        Some(match line.kind {
            _ if line.in_string => Json::Text(line.written.clone(), None),
            Kind::Text => Json::Text(line.written.clone(), None),
            Kind::Number | Kind::Word => Json::Plain(line.written.clone()),
            Kind::Object => {
                let member = |at: usize| match &self.lines.get(at)?.name {
                    Name::Key(key) => Some((key.clone(), self.json(at)?)),
                    _ => None,
                };
                Json::Object(self.below(at).into_iter().filter_map(member).collect())
            }
            Kind::Array => {
                let items = self.below(at).into_iter().flat_map(|at| match self.lines.get(at).map(|line| &line.name) {
                    Some(Name::Items(..)) => self.below(at),
                    _ => vec![at],
                });
                Json::Array(items.filter_map(|at| self.json(at)).collect())
            }
        })
    }

    /// The lines that hang on a line.
    fn below(&self, at: usize) -> Vec<usize> {
        let mut below = Vec::new();
        let (mut next, end) = (at + 1, self.lines.get(at).map_or(0, |line| line.end));
        while let Some(line) = self.lines.get(next).filter(|_| next < end) {
            below.push(next);
            next = line.end;
        }
        below
    }

    /// Which lines stand open at first.
    pub fn opened(&self) -> Vec<bool> {
        self.lines.iter().map(|line| line.folds() && line.level <= OPEN && !line.in_string).collect()
    }

    /// The lines that are shown, in order.
    pub fn visible(&self, open: &[bool]) -> Vec<usize> {
        let mut visible = Vec::new();
        let mut at = 0;
        while let Some(line) = self.lines.get(at) {
            visible.push(at);
            at = if line.folds() && !open.get(at).copied().unwrap_or_default() { line.end } else { at + 1 };
        }
        visible
    }

    /// The lines that a line hangs on, the nearest first.
    pub fn above(&self, at: usize) -> impl Iterator<Item = usize> {
        std::iter::successors(self.lines.get(at).and_then(|line| line.parent), |at| {
            self.lines.get(*at).and_then(|line| line.parent)
        })
    }

    /// `$.detail.items[3]['odd key']`. What stands in a string is a text of its own, after an arrow: no path leads into it.
    pub fn path(&self, at: usize) -> String {
        let mut way: Vec<usize> = self.above(at).collect();
        way.reverse();
        way.push(at);
        let mut path = String::new();
        for (step, line) in way.iter().filter_map(|at| self.lines.get(*at)).enumerate() {
            let last = step + 1 == way.len();
            match &line.name {
                Name::Root => path.push('$'),
                Name::Key(key) if plain(key) => path.extend([".", key]),
                Name::Key(key) => path.extend(["['", &key.replace('\\', "\\\\").replace('\'', "\\'"), "']"]),
                Name::Index(index) => path.extend(["[", &index.to_string(), "]"]),
                Name::Items(from, to) if last => path.extend(["[", &from.to_string(), ":", &to.to_string(), "]"]),
                Name::Items(..) => {}
            }
            if line.in_string && !last {
                path.push_str(" → $");
            }
        }
        path
    }

    /// The lines whose name or value has the text in it, in order. Without regard to case, as far as that is ASCII.
    pub fn find(&self, needle: &str) -> Vec<usize> {
        if needle.is_empty() {
            return Vec::new();
        }
        let holds = |text: &str| !matches(text, needle).is_empty();
        let found = |line: &Line| {
            matches!(&line.name, Name::Key(key) if holds(key))
                // What stands in a string is found where it is unfolded.
                || (!line.in_string && holds(&line.written))
        };
        self.lines.iter().enumerate().filter(|(_, line)| found(line)).map(|(at, _)| at).collect()
    }
}

fn shown(text: &str) -> String {
    let mut short: String = text.chars().take(SHOWN).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    // With the escapes of JSON, so that a line break and a quote are what a reader of JSON expects.
    format::visible(&parse::quoted(&short))
}

fn plain(key: &str) -> bool {
    let mut characters = key.chars();
    characters.next().is_some_and(|first| first.is_alphabetic() || first == '_')
        && characters.all(|character| character.is_alphanumeric() || character == '_')
}

/// Where a text stands in another, as byte ranges that do not overlap.
pub fn matches(text: &str, needle: &str) -> Vec<(usize, usize)> {
    // Lowering ASCII alone leaves every place where it is.
    let (text, needle) = (text.to_ascii_lowercase(), needle.to_ascii_lowercase());
    if needle.is_empty() {
        return Vec::new();
    }
    text.match_indices(&needle).map(|(at, found)| (at, at + found.len())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(text: &str) -> Tree {
        Tree::new(parse::parse(text).unwrap())
    }

    fn paths(tree: &Tree, lines: &[usize]) -> Vec<String> {
        lines.iter().map(|at| tree.path(*at)).collect()
    }

    #[test]
    fn the_first_two_levels_stand_open() {
        let tree = tree(r#"{"a": {"b": {"c": 1}}, "d": [2, [3]], "e": {}, "f": "{\"g\": 4}"}"#);
        let visible = tree.visible(&tree.opened());
        assert_eq!(paths(&tree, &visible), ["$", "$.a", "$.a.b", "$.d", "$.d[0]", "$.d[1]", "$.e", "$.f"]);
        let all = vec![true; tree.lines.len()];
        let visible = tree.visible(&all);
        assert_eq!(visible.len(), tree.lines.len());
        assert_eq!(tree.path(visible[3]), "$.a.b.c");
        assert_eq!(tree.path(*visible.last().unwrap()), "$.f → $.g");
        assert_eq!(tree.visible(&vec![false; tree.lines.len()]), [0]);
        let line = &tree.lines[1];
        assert_eq!((line.level, line.place, line.of, line.end), (2, 1, 4, 4));
    }

    #[test]
    fn odd_keys_have_paths() {
        let tree = tree(r#"{"a b": {"it's": 1, "": 2, "_ok9": 3, "größe": 4, "x-y": 5}}"#);
        let all: Vec<usize> = (2..tree.lines.len()).collect();
        let wanted = ["$['a b']['it\\'s']", "$['a b']['']", "$['a b']._ok9", "$['a b'].größe", "$['a b']['x-y']"];
        assert_eq!(paths(&tree, &all), wanted);
    }

    #[test]
    fn long_arrays_fold_in_hundreds() {
        let items: Vec<String> = (0..250).map(|item| item.to_string()).collect();
        let tree = tree(&format!("{{\"items\": [{}]}}", items.join(",")));
        let visible = tree.visible(&tree.opened());
        assert_eq!(paths(&tree, &visible), ["$", "$.items", "$.items[0:100]", "$.items[100:200]", "$.items[200:250]"]);
        let last = tree.lines.len() - 1;
        assert_eq!(tree.path(last), "$.items[249]");
        assert_eq!(tree.lines[last].place, 50);
        assert_eq!(tree.lines[visible[4]].name().unwrap(), "200 to 249");
        assert_eq!(tree.lines[visible[1]].holds().unwrap(), "250 items");
        assert_eq!(tree.lines[visible[4]].holds().unwrap(), "50 items");
        assert_eq!(tree.above(last).collect::<Vec<_>>(), [visible[4], 1, 0]);
    }

    #[test]
    fn search_finds_names_and_values() {
        let tree = tree(r#"{"Error": "States.TaskFailed", "n": 404, "deep": {"error": null}, "c": "{\"error\": 1}"}"#);
        assert_eq!(paths(&tree, &tree.find("ERROR")), ["$.Error", "$.deep.error", "$.c → $.error"]);
        assert_eq!(paths(&tree, &tree.find("404")), ["$.n"]);
        assert_eq!(paths(&tree, &tree.find("taskf")), ["$.Error"]);
        assert!(tree.find("").is_empty() && tree.find("nowhere").is_empty());
        assert_eq!(matches("aXax", "x"), [(1, 2), (3, 4)]);
        assert_eq!(matches("größe Größe", "RÖ"), [], "only ASCII is without case");
        assert_eq!(matches("größe", "öß"), [(2, 6)]);
    }

    #[test]
    fn copies_are_what_one_would_paste() {
        let tree = tree(r#"{"a": "say \"hi\"", "b": [1, {"c": true}], "d": "{\"e\": 1}", "f": 12345678901234567890}"#);
        let value = |path: &str| {
            let at = (0..tree.lines.len()).find(|at| tree.path(*at) == path).unwrap();
            tree.value(at)
        };
        assert_eq!(value("$.a"), "say \"hi\"");
        assert_eq!(value("$.b"), "[\n  1,\n  {\n    \"c\": true\n  }\n]");
        assert_eq!(value("$.d"), "{\"e\": 1}");
        assert_eq!(value("$.d → $.e"), "1");
        assert_eq!(value("$.f"), "12345678901234567890");
    }
}
