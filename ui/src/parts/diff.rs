//! Lines of a text then and now. Each line that is not in both says on which side it is with a sign of its own.

use crate::format;
use contract::executions::{DiffLine, DiffSide};
use leptos::prelude::*;

/// Lines drawn at first; more by a press. Nobody reads further without knowing that they want to.
const DRAWN: usize = 2_000;

/// `then` and `now` name the two texts: `input of 2026-11-20T06-04`.
#[component]
pub fn DiffView(lines: Vec<DiffLine>, #[prop(into)] then: String, #[prop(into)] now: String) -> impl IntoView {
    let caption = summary(&lines, &then, &now);
    let changed = lines.iter().any(|line| matches!(line.side, DiffSide::Then | DiffSide::Now));
    let more = lines.len().saturating_sub(DRAWN);
    let lines = StoredValue::new(lines);
    let all = RwSignal::new(false);
    let label = caption.clone();
    let drawn = move || {
        let most = if all.get() { usize::MAX } else { DRAWN };
        lines.with_value(|lines| lines.iter().take(most).map(line).collect_view())
    };
    view! {
        <figure class="diff">
            <figcaption>
                {changed
                    .then(|| {
                        view! {
                            <span class="diff-name then"><b aria-hidden="true">"-"</b>{then}</span>
                            <span class="diff-name now"><b aria-hidden="true">"+"</b>{now}</span>
                        }
                    })}
                <span class="dim">{caption}</span>
            </figcaption>
            {changed
                .then(|| {
                    view! {
                        <div class="diff-lines selectable" role="region" tabindex="0" aria-label=label>
                            <div class="diff-wide">{drawn}</div>
                        </div>
                    }
                })}
            {(changed && more > 0)
                .then(|| {
                    view! {
                        <Show when=move || !all.get()>
                            <button type="button" class="link" on:click=move |_| all.set(true)>
                                {format!("Show {} more", format::counted(more as u64, "line", "lines"))}
                            </button>
                        </Show>
                    }
                })}
        </figure>
    }
}

fn line(line: &DiffLine) -> AnyView {
    let text = line.text.clone();
    match line.side {
        DiffSide::Both => {
            view! { <div class="diff-line"><span class="diff-sign">" "</span><span>{text}</span></div> }.into_any()
        }
        DiffSide::Then => {
            view! { <del class="diff-line then"><span class="diff-sign">"-"</span><span>{text}</span></del> }.into_any()
        }
        DiffSide::Now => {
            view! { <ins class="diff-line now"><span class="diff-sign">"+"</span><span>{text}</span></ins> }.into_any()
        }
        DiffSide::Gap => {
            view! { <div class="diff-line gap"><span class="diff-sign">"⋯"</span><span>{text}</span></div> }.into_any()
        }
    }
}

/// `2 lines only then, 3 only now`.
fn summary(lines: &[DiffLine], then: &str, now: &str) -> String {
    let count = |side: DiffSide| lines.iter().filter(|line| line.side == side).count() as u64;
    let lines = |count: u64| format::counted(count, "line", "lines");
    match (count(DiffSide::Then), count(DiffSide::Now)) {
        (0, 0) => format!("No difference between {then} and {now}"),
        (0, added) => format!("{} added", lines(added)),
        (removed, 0) => format!("{} removed", lines(removed)),
        (removed, added) => format!("{} removed, {} added", lines(removed), format::count(added)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use DiffSide::{Both, Gap, Now, Then};

    #[test]
    fn the_caption_counts() {
        let of = |sides: &[DiffSide]| {
            let lines: Vec<_> = sides.iter().map(|side| DiffLine { side: *side, text: String::new() }).collect();
            summary(&lines, "then", "now")
        };
        assert_eq!(of(&[Both, Gap, Both]), "No difference between then and now");
        assert_eq!(of(&[Both, Now]), "1 line added");
        assert_eq!(of(&[Then, Then, Gap]), "2 lines removed");
        assert_eq!(of(&[Then, Now, Now]), "1 line removed, 2 added");
    }
}
