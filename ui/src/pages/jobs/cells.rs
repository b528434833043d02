//! Cells and words of the lists.

use crate::{
    format,
    parts::{
        cells::dash,
        status::{Shape, Status, own_word},
    },
};
use contract::jobs::{Basis, JobRow, Quantity, State};
use leptos::prelude::*;

/// The shape of a run's state; the word is the state's own.
pub fn of_state(state: &State) -> Shape {
    match state {
        State::Submitted | State::Queued => Shape::Waiting,
        State::Running | State::Cancelling => Shape::Running,
        State::Succeeded => Shape::Good,
        State::Failed | State::TimedOut => Shape::Bad,
        State::Cancelled => Shape::Stopped,
        State::Unknown(_) => Shape::Unknown,
    }
}

/// The engine's own word is on hover, where it is another.
pub fn state_cell(row: &JobRow) -> AnyView {
    let own = own_word(row.state.word(), &row.word);
    let title = own.map(|own| format!("{}: {own}", row.id.engine().word()));
    view! { <span title=title><Status shape=of_state(&row.state) word=row.state.word() /></span> }.into_any()
}

pub fn millis_cell(millis: Option<u64>) -> AnyView {
    millis.map_or_else(dash, |millis| view! { {format::millis(millis)} }.into_any())
}

/// `1.2 vCPU-hours`: what was used, in units; prices differ by contract and day.
pub fn quantity(quantity: &Quantity) -> String {
    let amount = if quantity.amount >= 100.0 {
        format!("{:.0}", quantity.amount)
    } else if quantity.amount >= 1.0 {
        format!("{:.1}", quantity.amount)
    } else {
        format!("{:.3}", quantity.amount)
    };
    format!("{amount} {}", quantity.unit.word())
}

/// What a run cost, as it is billed and as it was used.
pub fn used(cost: &[Quantity]) -> impl IntoView + use<> {
    [(Basis::Billed, "Billed"), (Basis::Reported, "Used"), (Basis::Computed, "Used, about")]
        .into_iter()
        .filter_map(|(basis, title)| {
            let amounts: Vec<_> = cost.iter().filter(|one| one.basis == basis).map(quantity).collect();
            (!amounts.is_empty()).then(|| view! { <dt>{title}</dt><dd>{amounts.join(", ")}</dd> })
        })
        .collect_view()
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::jobs::{Basis, Unit};

    #[test]
    fn amounts_keep_three_digits() {
        let words = |amount| quantity(&Quantity { unit: Unit::VcpuHours, amount, basis: Basis::Billed });
        assert_eq!(words(0.1234), "0.123 vCPU-hours");
        assert_eq!(words(12.34), "12.3 vCPU-hours");
        assert_eq!(words(1234.5), "1234 vCPU-hours");
    }
}
