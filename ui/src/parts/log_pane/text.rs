//! The text of a row: what the search matches is marked, names that lead elsewhere are links.

use crate::{pages::jobs::object_address, parts::list::use_change};
use contract::logs::{LogLink, LogTarget};
use leptos::prelude::*;
use leptos_router::components::A;

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

#[component]
pub fn RowText(text: String, marks: Vec<(u32, u32)>, links: Vec<LogLink>) -> impl IntoView {
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
                Some(LogTarget::File(file)) => {
                    let change = use_change();
                    let title = format!("Read {file}");
                    view! {
                        <button type="button" class="link" tabindex="-1" title=title on:click=move |_| {
                            change("line", None);
                            change("log", Some(file.clone()));
                        }>{inner}</button>
                    }
                    .into_any()
                }
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
    fn the_map_tells_many_from_few() {
        assert_eq!([share(0, 9), share(1, 9), share(4, 9), share(9, 9), share(1, 0)], ["", "h-1", "h-2", "h-3", ""]);
    }
}
