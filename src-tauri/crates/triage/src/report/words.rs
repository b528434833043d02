//! Titles and remedies with what was captured put in.

use crate::scan::Whereabouts;
use crate::trace::Trace;
use std::collections::BTreeMap;

/// What a text may name: captures, `{who}`, `{where}`, `{class}`, `{message}`, `{frame}`.
pub(super) struct Words<'a> {
    pub values: &'a BTreeMap<String, String>,
    pub who: &'a str,
    pub place: &'a Whereabouts,
    pub exception: Option<&'a Trace>,
}

impl Words<'_> {
    /// See [`fill`].
    pub fn fill(&self, text: &str) -> String {
        fill(text, |name| self.get(name))
    }

    fn get(&self, name: &str) -> Option<String> {
        match name {
            "who" => Some(self.who.to_owned()),
            "where" => Some(self.place.words()),
            "class" => self.exception.map(|trace| trace.class.rsplit('.').next().unwrap_or_default().to_owned()),
            "message" => self.exception.map(|trace| trace.message.clone()),
            "frame" => self.exception.and_then(|trace| trace.frames.first().cloned()),
            name => self.values.get(name).cloned(),
        }
    }
}

/// Replaces `{name}` and `{name|what to say without it}`. A name that is not known and has no fallback is left out.
pub(crate) fn fill(text: &str, get: impl Fn(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(text.len() + 32);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((inside, behind)) = after.split_once('}') else {
            out.push('{');
            rest = after;
            continue;
        };
        let (name, fallback) = inside.split_once('|').unwrap_or((inside, ""));
        out.push_str(get(name).filter(|value| !value.is_empty()).as_deref().unwrap_or(fallback));
        rest = behind;
    }
    out.push_str(rest);
    out
}
