//! Labels that stand at their things and never over each other.

/// Pixels of height that a line of letters covers.
const HEIGHT: f64 = 12.0;

/// What is covered: from left to right, and from where downwards.
#[derive(Debug, Default)]
pub struct Labels(Vec<((f64, f64), f64)>);

impl Labels {
    /// A label whose place is settled, by its foot: those that come later give way to it.
    pub fn take(&mut self, across: (f64, f64), foot: f64) {
        self.0.push((across, foot - HEIGHT));
    }

    /// The first of the places of its middle, best first, at which a label from left to right covers no other; it is taken
    /// then. `None`: the label is left out.
    pub fn place(&mut self, (left, right): (f64, f64), places: impl IntoIterator<Item = f64>) -> Option<f64> {
        let above = HEIGHT / 2.0;
        let covers = |at: f64| {
            self.0.iter().any(|((from, to), top)| left < *to && *from < right && (at - above - top).abs() < HEIGHT)
        };
        let at = places.into_iter().find(|at| !covers(*at))?;
        self.0.push(((left, right), at - above));
        Some(at)
    }
}

/// The room for labels from its upper edge downwards, and what a line of them needs of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Column {
    pub top: f64,
    pub bottom: f64,
    pub line: f64,
}

/// Pixels between a line across and the foot of the label above it.
const ABOVE: f64 = 2.0;

impl Column {
    /// The feet of labels of lines across, in the order of these: at least a line apart, in the order in which the lines
    /// stand, and on none of them as long as there is room beside them. Each label stands above its own line; where that
    /// would lie on a neighbour, those that are close are stacked above the uppermost of them, or below the lowest where
    /// the edge is near. Where even that does not fit, they share the whole height. `None`: there is no room left at all.
    pub fn feet(self, lines: &[f64]) -> Vec<Option<f64>> {
        let mut order: Vec<(usize, f64)> = lines.iter().copied().enumerate().collect();
        // Equal ones stay in the order in which they were told.
        order.sort_by(|one, other| one.1.total_cmp(&other.1));
        let heights: Vec<f64> = order.iter().map(|(_, y)| *y).collect();
        let feet = self.stacked(&heights).unwrap_or_else(|| self.shared(&heights));
        let mut placed = vec![None; lines.len()];
        for ((index, _), foot) in order.iter().zip(feet) {
            if let Some(place) = placed.get_mut(*index) {
                *place = Some(foot);
            }
        }
        placed
    }

    /// Beside the lines; `None` where there is no room for that.
    fn stacked(self, heights: &[f64]) -> Option<Vec<f64>> {
        // From the bottom: a stack that reaches the next line takes that in. Each is its lines, from the top.
        let mut stacks: Vec<Vec<f64>> = Vec::new();
        for y in heights.iter().rev() {
            let reached = stacks.last().is_some_and(|stack| *y > self.head(stack));
            match stacks.last_mut().filter(|_| reached) {
                Some(stack) => stack.insert(0, *y),
                None => stacks.push(vec![*y]),
            }
        }
        stacks.reverse();
        let mut feet = Vec::new();
        for (index, stack) in stacks.iter().enumerate() {
            let (highest, lowest) = (*stack.first()?, *stack.last()?);
            // Below the others no stack can reach the edge: it would have taken in the lines that are there.
            let is_above = self.head(stack) >= self.top - ABOVE;
            let first = if is_above { self.head(stack) + self.line } else { lowest + self.line };
            let own: Vec<f64> =
                std::iter::successors(Some(first), |foot| Some(foot + self.line)).take(stack.len()).collect();
            let end = stacks.get(index + 1).map_or(self.bottom, |next| self.head(next));
            let fits = if is_above { own.last()? + ABOVE <= highest + 0.1 } else { *own.last()? <= end };
            if !fits {
                return None;
            }
            feet.extend(own);
        }
        Some(feet)
    }

    /// Where the stack of labels above these lines begins.
    fn head(self, stack: &[f64]) -> f64 {
        let highest = stack.first().copied().unwrap_or(self.bottom);
        stack.iter().fold(highest - ABOVE, |head, _| head - self.line)
    }

    /// Pushed apart: downwards from the top, then upwards from the bottom; as many as there is room for.
    fn shared(self, heights: &[f64]) -> Vec<f64> {
        let mut next = self.top + self.line;
        let mut feet: Vec<f64> = Vec::new();
        let room = std::iter::successors(Some(next), |foot| Some(foot + self.line))
            .take_while(|foot| *foot <= self.bottom)
            .count();
        for y in heights.iter().take(room) {
            let foot = next.max(y - ABOVE);
            feet.push(foot);
            next = foot + self.line;
        }
        let mut last = self.bottom;
        for foot in feet.iter_mut().rev() {
            *foot = foot.min(last);
            last = *foot - self.line;
        }
        feet
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ROOM: Column = Column { top: 22.0, bottom: 222.0, line: 14.0 };

    #[test]
    fn a_label_alone_stands_above_its_line_or_below_it_at_the_edge() {
        assert_eq!(ROOM.feet(&[100.0, 160.0]), [Some(98.0), Some(158.0)]);
        assert_eq!(ROOM.feet(&[24.0]), [Some(38.0)]);
        assert!(ROOM.feet(&[]).is_empty());
    }

    #[test]
    fn labels_of_close_lines_are_stacked_in_their_order_and_on_no_line() {
        assert_eq!(ROOM.feet(&[105.0, 100.0, 109.0]), [Some(84.0), Some(70.0), Some(98.0)]);
        // The stack of two would lie on the line above them, which joins it.
        assert_eq!(ROOM.feet(&[75.0, 100.0, 105.0]), [Some(45.0), Some(59.0), Some(73.0)]);
        // Near the upper edge they stand below.
        assert_eq!(ROOM.feet(&[30.0, 34.0]), [Some(48.0), Some(62.0)]);
        // Equal ones are told apart too.
        assert_eq!(ROOM.feet(&[100.0, 100.0]), [Some(84.0), Some(98.0)]);
    }

    #[test]
    fn what_finds_no_room_at_all_is_left_out() {
        let low = Column { top: 22.0, bottom: 52.0, line: 14.0 };
        assert_eq!(low.feet(&[30.0, 40.0, 50.0]), [Some(36.0), Some(50.0), None]);
    }

    #[test]
    fn a_label_gives_way_to_those_before_it() {
        let mut labels = Labels::default();
        let lines = || [20.0, 34.0, 48.0];
        assert_eq!(labels.place((0.0, 50.0), lines()), Some(20.0));
        assert_eq!(labels.place((60.0, 90.0), lines()), Some(20.0), "beside it there is room");
        assert_eq!(labels.place((40.0, 70.0), lines()), Some(34.0));
        assert_eq!(labels.place((0.0, 90.0), lines()), Some(48.0));
        assert_eq!(labels.place((0.0, 90.0), lines()), None);
        labels.take((0.0, 90.0), 72.0);
        assert_eq!(labels.place((0.0, 90.0), [60.0, 66.0, 78.0]), Some(78.0), "a foot is below the letters");
    }

    proptest! {
        #[test]
        fn labels_of_lines_are_apart_and_inside(lines in prop::collection::vec(22.0..222.0_f64, 1..20)) {
            let feet = ROOM.feet(&lines);
            prop_assert_eq!(feet.len(), lines.len());
            prop_assert_eq!(feet.iter().flatten().count(), lines.len().min(14));
            let mut told: Vec<(f64, f64)> =
                lines.iter().copied().zip(feet).filter_map(|(line, foot)| Some((foot?, line))).collect();
            told.sort_by(|one, other| one.0.total_cmp(&other.0));
            for pair in told.windows(2) {
                prop_assert!(pair[1].0 - pair[0].0 >= ROOM.line - 1e-9, "{:?}", told);
                prop_assert!(pair[0].1 <= pair[1].1, "out of order: {:?}", told);
            }
            for (foot, _) in &told {
                // A label's letters are a little lower than its line.
                prop_assert!(foot - HEIGHT >= ROOM.top - ABOVE && *foot <= ROOM.bottom + 1e-9, "{:?}", told);
            }
        }

        #[test]
        fn none_covers_another(wanted in prop::collection::vec((0.0..300.0_f64, 1.0..120.0_f64, 0.0..200.0_f64), 1..30)) {
            let mut labels = Labels::default();
            for (left, width, at) in wanted {
                labels.place((left, left + width), [at, at + 14.0, at - 14.0]);
            }
            for (index, ((from, to), top)) in labels.0.iter().enumerate() {
                for ((other, end), height) in labels.0.iter().skip(index + 1) {
                    prop_assert!(*end <= *from || *to <= *other || (top - height).abs() >= HEIGHT);
                }
            }
        }
    }
}
