//! Lines as cubic curves: a start, then three points for each piece.

/// Of a corner.
const RADIUS: f32 = 10.0;
/// What makes a cubic curve a quarter of an ellipse, nearly.
const ROUND: f32 = 0.5523;

#[derive(Debug, Default)]
pub(super) struct Curve {
    points: Vec<(f32, f32)>,
    at: (f32, f32),
    /// Where the last piece began, if it is straight down: the next one may go on with it.
    straight: Option<(f32, f32)>,
}

impl Curve {
    pub(super) fn from(x: f32, y: f32) -> Self {
        Self { points: vec![(x, y)], at: (x, y), straight: None }
    }

    pub(super) fn points(self) -> Vec<(f32, f32)> {
        self.points
    }

    /// Down to a point, leaving and arriving upright.
    pub(super) fn down(&mut self, x: f32, y: f32) {
        let (from_x, from_y) = self.at;
        if y <= from_y {
            return;
        }
        if (x - from_x).abs() < 0.5 {
            let start = self.straight.unwrap_or(self.at);
            if self.straight.is_some() {
                self.points.truncate(self.points.len() - 3);
            }
            self.at = start;
            self.line((start.0, y));
            self.straight = Some(start);
        } else {
            let middle = f32::midpoint(from_y, y);
            self.piece((from_x, middle), (x, middle), (x, y));
        }
    }

    /// From level to upright: a quarter of an ellipse.
    pub(super) fn turn(&mut self, x: f32, y: f32) {
        let (from_x, from_y) = self.at;
        self.piece((from_x + (x - from_x) * ROUND, from_y), (x, y - (y - from_y) * ROUND), (x, y));
    }

    /// Over level and upright lines with rounded corners.
    pub(super) fn corners(&mut self, stops: &[(f32, f32)]) {
        for (place, stop) in stops.iter().enumerate() {
            let Some(after) = stops.get(place + 1) else {
                self.line(*stop);
                return;
            };
            let radius = RADIUS.min(length(self.at, *stop) / 2.0).min(length(*stop, *after) / 2.0);
            self.line(toward(*stop, self.at, radius));
            self.piece(*stop, *stop, toward(*stop, *after, radius));
        }
    }

    pub(super) fn line(&mut self, to: (f32, f32)) {
        if length(self.at, to) > 0.01 {
            let third = |part: f32| (self.at.0 + (to.0 - self.at.0) * part, self.at.1 + (to.1 - self.at.1) * part);
            self.piece(third(1.0 / 3.0), third(2.0 / 3.0), to);
        }
    }

    pub(super) fn piece(&mut self, one: (f32, f32), two: (f32, f32), to: (f32, f32)) {
        self.points.extend([one, two, to]);
        self.at = to;
        self.straight = None;
    }
}

fn length(from: (f32, f32), to: (f32, f32)) -> f32 {
    (to.0 - from.0).abs().max((to.1 - from.1).abs())
}

/// The point `by` away from `from`, on the level or upright line to `to`.
fn toward(from: (f32, f32), to: (f32, f32), by: f32) -> (f32, f32) {
    let step = |from: f32, to: f32| from + (to - from).clamp(-by, by);
    (step(from.0, to.0), step(from.1, to.1))
}
