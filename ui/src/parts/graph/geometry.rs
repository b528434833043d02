//! Where things stand on the screen: the camera over a graph, and the shape of an edge. Nothing in here knows the page.

use std::fmt::Write as _;

/// Fitting never draws larger than this: a graph of three states is not a poster.
pub const FIT_MOST: f64 = 1.25;
/// What a person may zoom to.
const LEAST: f64 = 0.05;
const MOST: f64 = 3.0;
/// Below this the smaller text of a state can no longer be read.
const READABLE: f64 = 0.6;
/// Free space around the graph when it is fitted, and around a state that is brought into sight.
const MARGIN: f64 = 24.0;
/// So much of the graph stays in sight however far it is pulled.
const KEPT: f64 = 48.0;

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Size {
    pub width: f64,
    pub height: f64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rect {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

impl Rect {
    fn centre(self) -> (f64, f64) {
        (self.x + self.width / 2.0, self.y + self.height / 2.0)
    }
}

/// A point of the graph is drawn at `point * zoom + (x, y)`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Camera {
    pub zoom: f64,
    pub x: f64,
    pub y: f64,
}

impl Camera {
    pub const HOME: Self = Self { zoom: 1.0, x: 0.0, y: 0.0 };

    /// All of the graph, in the middle of the pane.
    pub fn fit(graph: Size, pane: Size) -> Self {
        let room = |pane: f64| (pane - 2.0 * MARGIN).max(1.0);
        let zoom = (room(pane.width) / graph.width.max(1.0))
            .min(room(pane.height) / graph.height.max(1.0))
            .clamp(LEAST, FIT_MOST);
        Self { zoom, x: (pane.width - graph.width * zoom) / 2.0, y: (pane.height - graph.height * zoom) / 2.0 }
    }

    /// The first look: all of it, unless its text would be too small to read. Then the part around `on`.
    pub fn opening(graph: Size, pane: Size, on: Option<Rect>) -> Self {
        let whole = Self::fit(graph, pane);
        let Some(on) = on.filter(|_| whole.zoom < READABLE) else { return whole };
        let zoom = READABLE + 0.2;
        let (x, y) = on.centre();
        // The edge of the graph is no further in than fitting would put it: no half a pane of nothing.
        let place = |graph: f64, pane: f64, at: f64| {
            let free = pane - graph * zoom;
            if free > 2.0 * MARGIN { free / 2.0 } else { (pane / 2.0 - at * zoom).clamp(free - MARGIN, MARGIN) }
        };
        Self { zoom, x: place(graph.width, pane.width, x), y: place(graph.height, pane.height, y) }
    }

    /// Zoomed so that the point of the pane under the pointer stays where it is.
    #[must_use]
    pub fn zoomed(self, factor: f64, at: (f64, f64)) -> Self {
        let zoom = (self.zoom * factor).clamp(LEAST, MOST);
        let grown = zoom / self.zoom;
        Self { zoom, x: at.0 - (at.0 - self.x) * grown, y: at.1 - (at.1 - self.y) * grown }
    }

    #[must_use]
    pub fn moved(self, by: (f64, f64)) -> Self {
        Self { x: self.x + by.0, y: self.y + by.1, ..self }
    }

    /// Pulled back when next to nothing of the graph would be left in the pane.
    #[must_use]
    pub fn held(self, graph: Size, pane: Size) -> Self {
        let hold = |at: f64, graph: f64, pane: f64| {
            let drawn = graph * self.zoom;
            let kept = KEPT.min(drawn).min(pane);
            at.clamp(kept - drawn, (pane - kept).max(kept - drawn))
        };
        Self { x: hold(self.x, graph.width, pane.width), y: hold(self.y, graph.height, pane.height), ..self }
    }

    /// Moved just so far that a rectangle of the graph is in sight; its start wins when it is larger than the pane.
    #[must_use]
    pub fn revealing(self, rect: Rect, pane: Size) -> Self {
        let shift = |camera: f64, from: f64, length: f64, pane: f64| {
            let (start, end) = (camera + from * self.zoom, camera + (from + length) * self.zoom);
            let margin = MARGIN.min(pane / 4.0);
            if start < margin || end - start > pane - 2.0 * margin {
                camera + margin - start
            } else if end > pane - margin {
                camera + pane - margin - end
            } else {
                camera
            }
        };
        Self {
            x: shift(self.x, rect.x, rect.width, pane.width),
            y: shift(self.y, rect.y, rect.height, pane.height),
            ..self
        }
    }

    pub fn transform(self) -> String {
        format!("translate({:.2} {:.2}) scale({:.4})", self.x, self.y, self.zoom)
    }
}

/// How much a turn of the wheel zooms. `delta` in pixels; a pinch arrives as a wheel with Ctrl and small steps.
pub fn wheel_factor(delta: f64, pinch: bool) -> f64 {
    (-delta * if pinch { 0.01 } else { 0.0015 }).clamp(-0.5, 0.5).exp()
}

/// The path of an edge: its start, then three points for each curve.
pub fn path(points: &[(f32, f32)]) -> String {
    let Some(((x, y), rest)) = points.split_first() else { return String::new() };
    let mut path = format!("M{x:.1} {y:.1}");
    for curve in rest.chunks(3) {
        path.push_str(if curve.len() == 3 { "C" } else { "L" });
        for (index, (x, y)) in curve.iter().enumerate() {
            let _ = write!(path, "{}{x:.1} {y:.1}", if index == 0 { "" } else { " " });
        }
    }
    path
}

/// The head of an arrow whose tip is the end of the edge, pointing the way in which it arrives.
pub fn arrow(points: &[(f32, f32)]) -> Option<String> {
    const LENGTH: f64 = 7.0;
    const HALF: f64 = 3.4;
    let (tip, before) = points.split_last()?;
    let tip = (f64::from(tip.0), f64::from(tip.1));
    // The control point before it may lie on the end itself: the one before that then gives the direction.
    let (dx, dy, distance) = before.iter().rev().find_map(|(x, y)| {
        let (dx, dy) = (tip.0 - f64::from(*x), tip.1 - f64::from(*y));
        let distance = dx.hypot(dy);
        (distance > 0.5).then_some((dx, dy, distance))
    })?;
    let (dx, dy) = (dx / distance, dy / distance);
    let base = (tip.0 - dx * LENGTH, tip.1 - dy * LENGTH);
    Some(format!(
        "M{:.1} {:.1}L{:.1} {:.1}L{:.1} {:.1}Z",
        tip.0,
        tip.1,
        base.0 - dy * HALF,
        base.1 + dx * HALF,
        base.0 + dy * HALF,
        base.1 - dx * HALF,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PANE: Size = Size { width: 600.0, height: 400.0 };
    const STATE: Rect = Rect { x: 0.0, y: 0.0, width: 196.0, height: 40.0 };

    fn near(one: f64, other: f64) {
        assert!((one - other).abs() < 1e-6, "{one} is not {other}");
    }

    #[test]
    fn a_small_graph_is_not_blown_up_and_a_large_one_is_wholly_in_sight() {
        let small = Camera::fit(Size { width: 100.0, height: 40.0 }, PANE);
        near(small.zoom, FIT_MOST);
        near(small.x, (600.0 - 125.0) / 2.0);
        let large = Size { width: 3_000.0, height: 5_000.0 };
        let fitted = Camera::fit(large, PANE);
        near(fitted.zoom, (400.0 - 48.0) / 5_000.0);
        assert!(fitted.y >= MARGIN - 1e-6 && fitted.y + large.height * fitted.zoom <= PANE.height - MARGIN + 1e-6);
        assert!(fitted.x >= MARGIN);
        // Nothing, and no room, are no division by nothing.
        assert!(Camera::fit(Size { width: 0.0, height: 0.0 }, Size { width: 0.0, height: 0.0 }).zoom.is_finite());
    }

    #[test]
    fn a_graph_too_large_to_read_opens_at_the_state_that_matters() {
        let long = Size { width: 300.0, height: 4_000.0 };
        let state = Rect { y: 2_000.0, ..STATE };
        let opened = Camera::opening(long, PANE, Some(state));
        near(opened.zoom, 0.8);
        near(opened.y + (2_000.0 + 20.0) * opened.zoom, PANE.height / 2.0);
        near(opened.x, (600.0 - 240.0) / 2.0);
        // At the end of the graph the pane is not half empty.
        let last = Camera::opening(long, PANE, Some(Rect { y: 3_960.0, ..STATE }));
        near(last.y + 4_000.0 * last.zoom, PANE.height - MARGIN);
        assert_eq!(Camera::opening(long, PANE, None), Camera::fit(long, PANE));
        let small = Size { width: 300.0, height: 300.0 };
        assert_eq!(Camera::opening(small, PANE, Some(STATE)), Camera::fit(small, PANE));
    }

    #[test]
    fn zooming_keeps_the_point_under_the_pointer() {
        let camera = Camera { zoom: 0.8, x: 30.0, y: -12.0 };
        let at = (210.0, 95.0);
        let world = |camera: Camera| ((at.0 - camera.x) / camera.zoom, (at.1 - camera.y) / camera.zoom);
        for factor in [0.5, 1.1, 2.0, 100.0, 0.0001] {
            let zoomed = camera.zoomed(factor, at);
            near(world(zoomed).0, world(camera).0);
            near(world(zoomed).1, world(camera).1);
            assert!((LEAST..=MOST).contains(&zoomed.zoom));
        }
        assert!(wheel_factor(100.0, false) < 1.0 && wheel_factor(-100.0, false) > 1.0);
        near(wheel_factor(1e9, false), (-0.5_f64).exp());
    }

    #[test]
    fn a_state_out_of_sight_is_brought_in_and_one_in_sight_moves_nothing() {
        let camera = Camera::HOME;
        let seen = Rect { x: 100.0, y: 100.0, ..STATE };
        assert_eq!(camera.revealing(seen, PANE), camera);
        let below = camera.revealing(Rect { y: 900.0, x: 100.0, ..STATE }, PANE);
        near(below.y + 940.0, PANE.height - MARGIN);
        near(below.x, 0.0);
        let left = camera.revealing(Rect { x: -500.0, y: 100.0, ..STATE }, PANE);
        near(left.x - 500.0, MARGIN);
        let huge = camera.revealing(Rect { x: 0.0, y: 0.0, width: 2_000.0, height: 2_000.0 }, PANE);
        assert_eq!(huge, Camera { x: MARGIN, y: MARGIN, ..camera });
    }

    #[test]
    fn the_graph_cannot_be_lost() {
        let graph = Size { width: 500.0, height: 500.0 };
        let far = Camera::HOME.moved((-9_000.0, 9_000.0)).held(graph, PANE);
        near(far.x + 500.0, KEPT);
        near(far.y, PANE.height - KEPT);
        assert_eq!(Camera::HOME.held(graph, PANE), Camera::HOME);
    }

    #[test]
    fn edges_are_curves_with_heads() {
        let points = [(0.0, 0.0), (0.0, 10.0), (0.0, 20.0), (0.0, 30.0)];
        assert_eq!(path(&points), "M0.0 0.0C0.0 10.0 0.0 20.0 0.0 30.0");
        assert_eq!(arrow(&points).unwrap(), "M0.0 30.0L-3.4 23.0L3.4 23.0Z");
        assert_eq!(path(&[(0.0, 0.0), (5.0, 5.0)]), "M0.0 0.0L5.0 5.0");
        let doubled = [(0.0, 0.0), (10.0, 0.0), (30.0, 0.0), (30.0, 0.0)];
        assert!(arrow(&doubled).unwrap().starts_with("M30.0 0.0L23.0 3.4"));
        assert_eq!(path(&[]), "");
        assert_eq!(arrow(&[(1.0, 1.0)]), None);
        assert_eq!(arrow(&[]), None);
    }
}
