//! The text of a row: what the search matches is marked, names that lead elsewhere are links.

use crate::{address::Query, pages::jobs::object_address, parts::list::use_step};
use contract::{
    Timestamp,
    logs::{LineAt, LogLink, LogTarget},
};
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    components::A,
    hooks::{use_location, use_navigate},
};

/// Where a name leads, the line that it stands in, and when that was.
pub type Leading = (LogTarget, LineAt, Option<Timestamp>);

/// The address of the line that is left, so that back leads to it: by its number in the first file, in others by its time.
fn left(query: Query, from: LineAt, at: Option<Timestamp>) -> Query {
    match (from.file, at) {
        (0, _) => query.with("at", None).with("line", Some(&(from.line + 1).to_string())),
        (_, Some(at)) => query.with("line", None).with("at", Some(&at.to_string())),
        (_, None) => query,
    }
}

/// The address of another file, at the moment that the line tells of.
fn led(query: Query, file: &str, at: Option<Timestamp>) -> Query {
    query.with("line", None).with("log", Some(file)).with("at", at.map(|at| at.to_string()).as_deref())
}

/// Goes where a name in a line leads, by a step in the history. Back leads to the line.
pub fn use_lead() -> Callback<Leading> {
    let (location, step) = (use_location(), StoredValue::new_local(use_step()));
    let navigate = StoredValue::new_local(use_navigate());
    Callback::new(move |(target, from, at): Leading| {
        let query = left(Query::parse(&location.search.get_untracked()), from, at);
        let here = query.after(&location.pathname.get_untracked());
        let stay = NavigateOptions { replace: true, scroll: false, ..Default::default() };
        match target {
            LogTarget::File(file) => {
                navigate.with_value(|navigate| navigate(&here, stay));
                step.with_value(|step| step(&|query: Query| led(query, &file, at)));
            }
            LogTarget::Object(uri) => {
                if let Some(href) = object_address(&uri) {
                    navigate.with_value(|navigate| {
                        navigate(&here, stay);
                        navigate(&href, NavigateOptions::default());
                    });
                }
            }
        }
    })
}

/// A part of a line that is drawn as one.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Piece {
    text: String,
    marked: bool,
    /// Which link, by its place among them.
    link: Option<usize>,
}

/// Cuts a text where marks or links begin and end. Positions count characters; what lies beyond the text is nothing.
fn pieces(text: &str, marks: &[(u32, u32)], links: &[(u32, u32)]) -> Vec<Piece> {
    let mut all: Vec<Piece> = Vec::new();
    for (at, character) in (0_u32..).zip(text.chars()) {
        let within = |&(from, to): &(u32, u32)| from <= at && at < to;
        let (marked, link) = (marks.iter().any(within), links.iter().position(within));
        match all.last_mut() {
            Some(last) if last.marked == marked && last.link == link => last.text.push(character),
            _ => all.push(Piece { text: character.to_string(), marked, link }),
        }
    }
    all
}

/// Without `on_lead` names of files lead nowhere.
#[component]
pub fn RowText(
    text: String,
    marks: Vec<(u32, u32)>,
    links: Vec<LogLink>,
    #[prop(optional)] on_lead: Option<Callback<LogTarget>>,
) -> impl IntoView {
    if marks.is_empty() && links.is_empty() {
        return view! { {text} }.into_any();
    }
    let spans: Vec<(u32, u32)> = links.iter().map(|link| (link.from, link.to)).collect();
    pieces(&text, &marks, &spans)
        .into_iter()
        .map(|piece| {
            let target = piece.link.and_then(|at| links.get(at)).map(|link| link.target.clone());
            let inner = if piece.marked {
                view! { <mark>{piece.text}</mark> }.into_any()
            } else {
                view! { {piece.text} }.into_any()
            };
            match target {
                Some(LogTarget::Object(uri)) => match object_address(&uri) {
                    Some(href) => {
                        view! { <A href=href attr:class="link" attr:title=uri attr:tabindex="-1">{inner}</A> }
                            .into_any()
                    }
                    None => inner,
                },
                Some(LogTarget::File(file)) => match on_lead {
                    Some(on_lead) => {
                        let title = format!("Read {file} at this moment (l)");
                        view! {
                            <button type="button" class="link" tabindex="-1" title=title on:click=move |_| {
                                on_lead.run(LogTarget::File(file.clone()));
                            }>{inner}</button>
                        }
                        .into_any()
                    }
                    None => inner,
                },
                None => inner,
            }
        })
        .collect_view()
        .into_any()
}

/// The class of a mark in the hit map: nothing, or one of three strengths.
pub fn share(count: u64, most: u64) -> &'static str {
    match (count, most) {
        (0, _) | (_, 0) => "",
        (count, most) if count * 3 > most * 2 => "h-3",
        (count, most) if count * 3 > most => "h-2",
        _ => "h-1",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(text: &str, marked: bool, link: Option<usize>) -> Piece {
        Piece { text: text.into(), marked, link }
    }

    #[test]
    fn marks_and_links_cut_a_line() {
        assert_eq!(pieces("plain", &[], &[]), [piece("plain", false, None)]);
        assert_eq!(
            pieces("größe of executor 7", &[(0, 5)], &[(9, 19)]),
            [piece("größe", true, None), piece(" of ", false, None), piece("executor 7", false, Some(0))],
        );
        assert_eq!(
            pieces("abcd", &[(1, 3)], &[(2, 9)]),
            [piece("a", false, None), piece("b", true, None), piece("c", true, Some(0)), piece("d", false, Some(0))],
            "they may overlap and end behind the text",
        );
        assert_eq!(pieces("", &[(0, 3)], &[]), []);
    }

    #[test]
    fn a_name_leads_to_the_moment_and_back_to_the_line() {
        let at = "2026-11-21T06:00:09Z".parse::<Timestamp>().ok();
        let merged = Query::parse("job=a&log=one,two&line=4");
        let second = left(merged.clone(), LineAt { file: 1, line: 9 }, at);
        assert_eq!((second.get("line"), second.get("at")), (None, Some("2026-11-21T06:00:09Z")));
        assert_eq!(left(second.clone(), LineAt { file: 0, line: 9 }, at).get("line"), Some("10"));
        assert_eq!(left(merged.clone(), LineAt { file: 1, line: 9 }, None), merged, "a line without a time");
        let there = led(second, "three", at);
        assert_eq!((there.get("log"), there.get("at")), (Some("three"), Some("2026-11-21T06:00:09Z")));
        assert_eq!(led(merged, "three", None), Query::parse("job=a&log=three"));
    }

    #[test]
    fn the_map_tells_many_from_few() {
        assert_eq!([share(0, 9), share(1, 9), share(4, 9), share(9, 9), share(1, 0)], ["", "h-1", "h-2", "h-3", ""]);
    }
}
