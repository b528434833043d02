//! Labels that stand at their things and never over each other.

/// Pixels of height that a line of letters covers.
const HEIGHT: f64 = 12.0;

/// Whether the place of a label is its middle or its foot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stand {
    Middle,
    Foot,
}

/// What is covered: from left to right, and from where downwards.
#[derive(Debug, Default)]
pub struct Labels(Vec<((f64, f64), f64)>);

impl Labels {
    /// The first of the places, best first, at which a label from left to right covers no other; it is taken then. `None`: the
    /// label is left out.
    pub fn place(
        &mut self,
        (left, right): (f64, f64),
        stand: Stand,
        places: impl IntoIterator<Item = f64>,
    ) -> Option<f64> {
        let above = if stand == Stand::Foot { HEIGHT } else { HEIGHT / 2.0 };
        let covers = |at: f64| {
            self.0.iter().any(|((from, to), top)| left < *to && *from < right && (at - above - top).abs() < HEIGHT)
        };
        let at = places.into_iter().find(|at| !covers(*at))?;
        self.0.push(((left, right), at - above));
        Some(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_label_gives_way_to_those_before_it() {
        let mut labels = Labels::default();
        let lines = || [20.0, 34.0, 48.0];
        assert_eq!(labels.place((0.0, 50.0), Stand::Middle, lines()), Some(20.0));
        assert_eq!(labels.place((60.0, 90.0), Stand::Middle, lines()), Some(20.0), "beside it there is room");
        assert_eq!(labels.place((40.0, 70.0), Stand::Middle, lines()), Some(34.0));
        assert_eq!(labels.place((0.0, 90.0), Stand::Middle, lines()), Some(48.0));
        assert_eq!(labels.place((0.0, 90.0), Stand::Middle, lines()), None);
        assert_eq!(labels.place((0.0, 90.0), Stand::Foot, [60.0, 66.0]), Some(66.0), "its head is above its place");
    }

    proptest! {
        #[test]
        fn none_covers_another(wanted in prop::collection::vec((0.0..300.0_f64, 1.0..120.0_f64, 0.0..200.0_f64), 1..30)) {
            let mut labels = Labels::default();
            for (left, width, at) in wanted {
                labels.place((left, left + width), Stand::Foot, [at, at + 14.0, at - 14.0]);
            }
            for (index, ((from, to), top)) in labels.0.iter().enumerate() {
                for ((other, end), height) in labels.0.iter().skip(index + 1) {
                    prop_assert!(*end <= *from || *to <= *other || (top - height).abs() >= HEIGHT);
                }
            }
        }
    }
}
