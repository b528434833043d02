//! A line of words as a shell reads it, and back again without touching what was not changed.
//!
//! EMR Serverless, EMR on EKS and Glue take Spark's options as one text. A person quoted what needed it; an edit of one
//! word must leave the others as they were written, byte for byte. So each word keeps its own spelling beside its meaning.

/// One word with how it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// White space before it.
    gap: String,
    /// With its quotes.
    raw: String,
    value: String,
}

impl Word {
    pub fn value(&self) -> &str {
        &self.value
    }
}

/// The words of a line, or the elements of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words {
    all: Vec<Word>,
    /// White space behind the last.
    tail: String,
    /// Elements of a list are never quoted: each is a word whatever it holds.
    list: bool,
    /// Other words of the same line stand before it.
    joined: bool,
}

impl Words {
    /// By the rules of a POSIX shell without expansion: quotes, and backslashes outside of single quotes. A quote that is
    /// never closed reaches to the end.
    pub fn parse(text: &str) -> Self {
        let mut words = Self::default();
        let mut chars = text.chars().peekable();
        loop {
            let mut gap = String::new();
            while let Some(space) = chars.next_if(|c| c.is_whitespace()) {
                gap.push(space);
            }
            if chars.peek().is_none() {
                words.tail = gap;
                return words;
            }
            let (mut raw, mut value) = (String::new(), String::new());
            let mut quote = None;
            while let Some(c) = chars.next_if(|c| quote.is_some() || !c.is_whitespace()) {
                raw.push(c);
                match (quote, c) {
                    (None, '\'' | '"') => quote = Some(c),
                    (Some(open), c) if open == c => quote = None,
                    // Inside of double quotes a backslash keeps only what would have a meaning there.
                    (None | Some('"'), '\\') => match chars.next() {
                        Some(next) => {
                            raw.push(next);
                            if quote.is_some() && !matches!(next, '"' | '\\' | '$' | '`') {
                                value.push('\\');
                            }
                            value.push(next);
                        }
                        None => value.push('\\'),
                    },
                    (_, c) => value.push(c),
                }
            }
            words.all.push(Word { gap, raw, value });
        }
    }

    /// A list whose elements are words already, such as the arguments of a step.
    pub fn list<T: AsRef<str>>(elements: &[T]) -> Self {
        let word = |element: &T| {
            let value = element.as_ref().to_owned();
            Word { gap: String::new(), raw: value.clone(), value }
        };
        Self { all: elements.iter().map(word).collect(), list: true, ..Self::default() }
    }

    pub fn len(&self) -> usize {
        self.all.len()
    }

    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    pub fn get(&self, at: usize) -> Option<&str> {
        self.all.get(at).map(Word::value)
    }

    pub fn values(&self) -> impl Iterator<Item = &str> {
        self.all.iter().map(Word::value)
    }

    pub fn to_list(&self) -> Vec<String> {
        self.values().map(str::to_owned).collect()
    }

    /// Gives the word at this place another value; a word that has it already keeps its spelling.
    pub fn set(&mut self, at: usize, value: &str) {
        let list = self.list;
        if let Some(word) = self.all.get_mut(at).filter(|word| word.value != value) {
            word.raw = if list { value.to_owned() } else { respelled(&word.raw, value) };
            value.clone_into(&mut word.value);
        }
    }

    /// Puts a word before the one at this place, or at the end.
    pub fn insert(&mut self, at: usize, value: &str) {
        let at = at.min(self.all.len());
        let raw = if self.list { value.to_owned() } else { quote(value) };
        // A quote that was never closed would swallow what is put behind it.
        if let Some(before) = at.checked_sub(1).and_then(|before| self.all.get_mut(before)).filter(|_| !self.list)
            && Self::parse(&format!("{} x", before.raw)).len() != 2
        {
            before.raw = quote(&before.value);
        }
        let mut gap = String::new();
        if !self.list {
            if at > 0 || self.joined {
                gap.push(' ');
            } else if let Some(first) = self.all.first_mut().filter(|first| first.gap.is_empty()) {
                first.gap.push(' ');
            }
        }
        self.all.insert(at, Word { gap, raw, value: value.to_owned() });
    }

    /// The words from this place on, taken out of these. Printed one behind the other the two are the line.
    #[must_use]
    pub fn split_off(&mut self, at: usize) -> Self {
        let all = self.all.split_off(at.min(self.all.len()));
        let joined = self.joined || !self.all.is_empty();
        Self { all, tail: std::mem::take(&mut self.tail), list: self.list, joined }
    }

    /// Where a shell's line of one command ends: at `&&`, `|`, `;` and the like, if they stand alone.
    pub fn end_of_command(&self) -> usize {
        let ends = |word: &Word| {
            let raw = word.raw.as_str();
            matches!(raw, "&&" | "||" | "|" | ";" | "&" | ">" | ">>" | "2>" | "2>&1" | "&>" | "<")
        };
        if self.list { self.len() } else { self.all.iter().position(ends).unwrap_or(self.len()) }
    }

    pub fn remove(&mut self, at: usize) {
        if at < self.all.len() {
            let gone = self.all.remove(at);
            // What stood first decides how the line begins.
            if at == 0
                && let Some(first) = self.all.first_mut()
            {
                first.gap = gone.gap;
            }
        }
    }
}

/// Quoted as it needs. Never `$'…'`: the engines read a POSIX shell's quotes at most.
fn quote(value: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./:@%+,=*{}[]?!~^".contains(c);
    if !value.is_empty() && value.chars().all(plain) {
        return value.to_owned();
    }
    format!("'{}'", value.replace('\'', r"'\''"))
}

/// Keeps the kind of quotes that the word was written in, where the new value allows it.
fn respelled(raw: &str, value: &str) -> String {
    let simple = |c: char| !matches!(c, '"' | '\\' | '$' | '`') && !c.is_control();
    match raw.chars().next() {
        Some('"') if raw.ends_with('"') && value.chars().all(simple) => format!("\"{value}\""),
        Some('\'') if raw.ends_with('\'') && !value.contains('\'') => format!("'{value}'"),
        _ => quote(value),
    }
}

impl std::fmt::Display for Words {
    /// As it was written. A list is written as words of a line, quoted as they need.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.list {
            for (at, word) in self.all.iter().enumerate() {
                if at > 0 {
                    f.write_str(" ")?;
                }
                f.write_str(&quote(&word.value))?;
            }
            return Ok(());
        }
        for word in &self.all {
            f.write_str(&word.gap)?;
            f.write_str(&word.raw)?;
        }
        f.write_str(&self.tail)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn values(text: &str) -> Vec<String> {
        Words::parse(text).to_list()
    }

    #[test]
    fn words_are_read_as_a_shell_reads_them() {
        assert_eq!(values(r#"--conf a=b  --conf "c=d e" 'f g'"#), ["--conf", "a=b", "--conf", "c=d e", "f g"]);
        assert_eq!(values(r#"--conf spark.x="-Da=1 -Db='2'""#), ["--conf", "spark.x=-Da=1 -Db='2'"]);
        assert_eq!(values(r#"a\ b "c\"d\\e\n" ''"#), ["a b", r#"c"d\e\n"#, ""]);
        assert_eq!(values("'never closed  "), ["never closed  "]);
        assert_eq!(values("ends with \\"), ["ends", "with", "\\"]);
        assert!(values(" \t\n").is_empty());
    }

    #[test]
    fn an_edit_leaves_the_rest_as_it_was_written() {
        let mut words = Words::parse(r#" --conf  'spark.a=1 2'   --conf "b=c" "#);
        words.set(3, "b=d e");
        assert_eq!(words.to_string(), r#" --conf  'spark.a=1 2'   --conf "b=d e" "#);
        words.set(1, "it's");
        assert_eq!(words.to_string(), r#" --conf  'it'\''s'   --conf "b=d e" "#);
        words.insert(0, "first");
        words.insert(99, "last one");
        assert_eq!(words.to_list(), ["first", "--conf", "it's", "--conf", "b=d e", "last one"]);
        words.remove(0);
        words.remove(99);
        assert_eq!(words.to_list(), ["--conf", "it's", "--conf", "b=d e", "last one"]);
    }

    proptest! {
            #[test]
            fn every_text_prints_as_it_was(text in any::<String>()) {
                prop_assert_eq!(Words::parse(&text).to_string(), text);
            }

            #[test]
            fn every_list_reads_back_from_its_line(list in proptest::collection::vec(any::<String>(), 0..6)) {
                prop_assert_eq!(values(&Words::list(&list).to_string()), list);
            }

            #[test]
            fn what_was_set_is_read_back(text in "[a-z'\" \\\\=]{0,30}", at in 0_usize..6, value in any::<String>()) {
                let mut words = Words::parse(&text);
    let before = words.len();
                words.set(at, &value);
                let again = Words::parse(&words.to_string());
                prop_assert_eq!(again.len(), before);
                if at < before {
                    prop_assert_eq!(again.get(at), Some(value.as_str()));
                }
                words.insert(at, &value);
                let again = Words::parse(&words.to_string());
                prop_assert_eq!(again.get(at.min(before)), Some(value.as_str()));
            }
        }
}
