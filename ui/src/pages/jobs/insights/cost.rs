//! What a query may cost, told before it runs, and what it did cost.

use super::Asked;
use crate::{bridge, desk::Desk, format, parts::states::NoticeLine};
use contract::{
    Fault,
    insights::{EstimateInsights, InsightsEstimate, MOST_ROWS},
    range::Within,
};
use leptos::{prelude::*, task::spawn_local};

/// `$0.0123`. What is less than a hundredth of a cent is said to be so.
pub fn dollars(micros: u64) -> String {
    match micros {
        0 => "$0".to_owned(),
        1..100 => "under $0.0001".to_owned(),
        _ => {
            let rounded = micros.div_ceil(100);
            format!("${}.{:04}", format::count(rounded / 10_000), rounded % 10_000)
        }
    }
}

/// Asked again whenever groups or range change. It scans nothing.
#[component]
pub fn Estimate(asked: Asked, within: Memo<Option<Within>>) -> impl IntoView {
    let desk = Desk::get();
    let estimate = RwSignal::new(None::<Result<InsightsEstimate, Fault>>);
    let ticket = StoredValue::new(0_u64);
    Effect::new(move |_| {
        desk.generation();
        let (groups, within) = (asked.groups.get(), within.get());
        let mine = ticket.get_value() + 1;
        ticket.set_value(mine);
        estimate.set(None);
        let Some(within) = within.filter(|_| !groups.is_empty()) else { return };
        spawn_local(async move {
            let answer = bridge::call(EstimateInsights { groups, within }).await;
            if ticket.try_get_value() == Some(mine) {
                estimate.try_set(Some(answer));
            }
        });
    });
    view! {
        <div class="insights-cost" role="group" aria-label="Estimated cost">
            {move || match estimate.get() {
                Some(Ok(estimate)) => {
                    let words = words(&estimate);
                    let notices = estimate.notices.into_iter().map(|notice| view! { <NoticeLine notice /> }).collect_view();
                    view! {
                        <p title=estimate.basis.clone()><strong class="num">{words}</strong></p>
                        <p class="dim">{estimate.basis}</p>
                        <ul class="notices" role="list">{notices}</ul>
                    }.into_any()
                }
                Some(Err(fault)) => view! { <p class="soft">{format!("The cost cannot be estimated: {}.", fault.title)}</p> }.into_any(),
                None if asked.groups.read().is_empty() => view! { <p class="soft">"Choose log groups to see what a query would cost."</p> }.into_any(),
                None => view! { <p class="soft">"Estimating the cost…"</p> }.into_any(),
            }}
            <p class="dim">{format!("At most {} rows. A query ends after 60 minutes; 30 run at once in an account and region.", format::count(MOST_ROWS))}</p>
        </div>
    }
}

fn words(estimate: &InsightsEstimate) -> String {
    let cost = dollars(estimate.micros);
    // What is under an amount is not about it as well.
    let about = if estimate.micros < 100 { "" } else { "about " };
    let (bytes, stored) = (format::size(estimate.bytes), format::size(estimate.stored));
    format!("Would scan about {bytes} of {stored}: {about}{cost}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_told_as_exactly_as_it_is_worth() {
        assert_eq!([0, 1, 99, 100].map(dollars), ["$0", "under $0.0001", "under $0.0001", "$0.0001"]);
        assert_eq!([5_000, 12_345, 1_234_567_890].map(dollars), ["$0.0050", "$0.0124", "$1,234.5679"]);
    }

    #[test]
    fn an_estimate_says_how_much_of_how_much() {
        let estimate = InsightsEstimate {
            bytes: 1 << 30,
            stored: 10 << 30,
            micros: 5_000,
            basis: String::new(),
            notices: Vec::new(),
        };
        assert_eq!(words(&estimate), "Would scan about 1.0 GB of 10.0 GB: about $0.0050");
        let small = InsightsEstimate { bytes: 1_024, micros: 5, ..estimate };
        assert_eq!(words(&small), "Would scan about 1.0 KB of 10.0 GB: under $0.0001");
    }
}
