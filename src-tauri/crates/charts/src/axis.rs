//! The ends of axes and the ticks between them: round numbers, few enough to be read.

use crate::words;

/// Values beyond are drawn at this distance, so that lengths stay finite.
const FAR: f64 = 1e300;

#[derive(Debug, Clone, PartialEq)]
pub struct Tick {
    pub value: f64,
    pub label: String,
}

/// Smallest and largest of the values that are known.
pub fn extent(values: impl IntoIterator<Item = f64>) -> Option<(f64, f64)> {
    values.into_iter().filter(|value| value.is_finite()).fold(None, |extent, value| {
        let value = value.clamp(-FAR, FAR);
        let (from, to) = extent.unwrap_or((value, value));
        Some((f64::min(from, value), f64::max(to, value)))
    })
}

/// Ends moved out to round numbers, and about `most` ticks from one to the other. One value gets room around it.
pub fn linear((from, to): (f64, f64), most: usize) -> ((f64, f64), Vec<Tick>) {
    let nothing = from.abs().max(to.abs()) * 1e-9;
    let (from, to) = if to - from > nothing {
        (from, to)
    } else {
        let room = if from.abs() < f64::MIN_POSITIVE { 1.0 } else { from.abs() * 0.1 };
        (from - room, to + room)
    };
    let step = step((to - from) / real(most.max(1)));
    let (first, last) = ((from / step).floor(), (to / step).ceil());
    let ticks = (0..=50_u32)
        .map(|index| first + f64::from(index))
        .take_while(|at| *at <= last)
        .map(|at| Tick { value: at * step, label: label(at * step, step) })
        .collect();
    ((first * step, last * step), ticks)
}

/// Powers of ten around values above zero.
pub fn logarithmic((from, to): (f64, f64), most: usize) -> ((f64, f64), Vec<Tick>) {
    let first = from.max(f64::MIN_POSITIVE).log10().floor();
    let last = to.max(f64::MIN_POSITIVE).log10().ceil().max(first + 1.0);
    let stride = ((last - first) / real(most.max(1))).ceil().max(1.0);
    let power = |exponent: f64| 10_f64.powf(exponent);
    let ticks = (0..=50_u32)
        .map(|index| first + f64::from(index) * stride)
        .take_while(|exponent| *exponent <= last)
        .map(|exponent| Tick { value: power(exponent), label: words::number(power(exponent)) })
        .collect();
    ((power(first), power(last)), ticks)
}

/// One, two or five times a power of ten, not below `raw`.
fn step(raw: f64) -> f64 {
    let raw = raw.max(f64::MIN_POSITIVE);
    let power = 10_f64.powf(raw.log10().floor()).max(f64::MIN_POSITIVE);
    let times = [1.0, 2.0, 5.0].into_iter().find(|times| times * power >= raw * 0.999_999).unwrap_or(10.0);
    times * power
}

/// As many decimals as the step needs, so that labels are of one kind.
fn label(value: f64, step: f64) -> String {
    if !(1e-4..1e9).contains(&step) || value.abs() >= 1e12 {
        return words::number(value);
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 4")]
    let decimals = (-step.log10() - 1e-9).ceil().max(0.0) as usize;
    words::fixed(value, decimals)
}

/// A count as a number to reckon with.
#[expect(clippy::cast_precision_loss, reason = "counts of what is drawn")]
pub fn real(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn labels(ticks: Vec<Tick>) -> Vec<String> {
        ticks.into_iter().map(|tick| tick.label).collect()
    }

    #[test]
    fn ticks_are_round() {
        let (ends, ticks) = linear((0.03, 0.43), 5);
        assert_eq!(labels(ticks), ["0.0", "0.1", "0.2", "0.3", "0.4", "0.5"]);
        assert!(ends.0.abs() < 1e-12 && (ends.1 - 0.5).abs() < 1e-12);
        assert_eq!(labels(linear((0.0, 18_000.0), 4).1), ["0", "5,000", "10,000", "15,000", "20,000"]);
        assert_eq!(labels(linear((7.0, 7.0), 2).1), ["6", "7", "8"]);
        assert_eq!(labels(linear((-0.02, 0.03), 3).1), ["−0.02", "0.00", "0.02", "0.04"]);
    }

    #[test]
    fn powers_of_ten() {
        let (ends, ticks) = logarithmic((0.02, 300.0), 6);
        assert_eq!(labels(ticks), ["0.01", "0.1", "1", "10", "100", "1,000"]);
        assert!((ends.0 - 0.01).abs() < 1e-12 && (ends.1 - 1_000.0).abs() < 1e-6);
    }

    proptest! {
        #[test]
        fn ends_hold_the_values(one in -1e300..1e300_f64, other in -1e300..1e300_f64, most in 1_usize..12) {
            let (from, to) = extent([one, other, f64::NAN, f64::INFINITY]).unwrap();
            let ((low, high), ticks) = linear((from, to), most);
            let grain = (to - from).abs() * 1e-9;
            prop_assert!(low <= from + grain && to <= high + grain && low < high);
            prop_assert!((2..=most + 3).contains(&ticks.len()), "{} ticks", ticks.len());
        }

        #[test]
        fn small_ranges_have_ticks_too(from in -1e3..1e3_f64, length in 1e-5..1e5_f64) {
            let ((low, high), ticks) = linear((from, from + length), 6);
            prop_assert!(low <= from + 1e-6 && from + length <= high + 1e-6);
            prop_assert!(ticks.windows(2).all(|pair| pair[0].value < pair[1].value));
        }
    }
}
