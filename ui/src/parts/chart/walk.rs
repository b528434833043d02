//! From point to point of a chart, by keys and by the pointer. Where both scales are categories the points are the cells
//! of the table, which are reckoned and not sent.

use contract::charts::{Chart, ScaleKind};

/// A point of a series; of cells, a row of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    pub series: usize,
    pub point: usize,
}

fn by_name(kind: &ScaleKind) -> bool {
    matches!(kind, ScaleKind::Category { .. })
}

/// Whether the points are the cells of the table.
fn has_cells(chart: &Chart) -> bool {
    by_name(&chart.x.kind) && by_name(&chart.y.kind)
}

fn series_count(chart: &Chart) -> usize {
    if has_cells(chart) { chart.table.head.len().saturating_sub(1) } else { chart.series.len() }
}

fn point_count(chart: &Chart, series: usize) -> usize {
    if has_cells(chart) {
        return if series < series_count(chart) { chart.table.rows.len() } else { 0 };
    }
    chart.series.get(series).map_or(0, |series| series.points.len())
}

/// All points.
pub fn count(chart: &Chart) -> usize {
    (0..series_count(chart)).map(|series| point_count(chart, series)).sum()
}

/// Which of all points this is, from 0.
pub fn place(chart: &Chart, cursor: Cursor) -> Option<usize> {
    (cursor.point < point_count(chart, cursor.series))
        .then(|| (0..cursor.series).map(|series| point_count(chart, series)).sum::<usize>() + cursor.point)
}

/// Where a point is in the picture.
pub fn spot(chart: &Chart, cursor: Cursor) -> Option<(f64, f64)> {
    if !has_cells(chart) {
        let point = chart.series.get(cursor.series)?.points.get(cursor.point)?;
        return Some((point.x, point.y));
    }
    place(chart, cursor)?;
    let area = chart.plot_area;
    let x = area.x + chart.x.kind.share(real(cursor.series)) * area.width;
    Some((x, area.y + chart.y.kind.share(real(cursor.point)) * area.height))
}

#[expect(clippy::cast_precision_loss, reason = "counts of what is drawn")]
fn real(count: usize) -> f64 {
    count as f64
}

/// What the table says of a point.
pub fn words(chart: &Chart, cursor: Cursor) -> String {
    if has_cells(chart) {
        let (Ok(row), Ok(column)) = (u32::try_from(cursor.point), u32::try_from(cursor.series + 1)) else {
            return String::new();
        };
        let said = chart.table.words(row, &[column]);
        let cell = chart.table.rows.get(cursor.point).and_then(|cells| cells.get(cursor.series + 1));
        // A cell without a value is named all the same.
        return match chart.table.head.get(cursor.series + 1) {
            Some(head) if cell.is_none_or(String::is_empty) => format!("{said}; {head}: not measured"),
            _ => said,
        };
    }
    let Some(series) = chart.series.get(cursor.series) else { return String::new() };
    let said = series.points.get(cursor.point).map(|point| chart.table.words(point.row, &series.columns));
    said.unwrap_or_default()
}

/// Where a key leads; `None` for keys that are not ours. The first key goes to the first point. Points that lie over each
/// other (bars, rows of cells) are walked up and down, others left and right; the other two keys change the series.
pub fn step(chart: &Chart, from: Option<Cursor>, key: &str) -> Option<Cursor> {
    let upright = by_name(&chart.y.kind);
    let (along, across) = match key {
        "Home" => (i8::MIN, 0),
        "End" => (i8::MAX, 0),
        "ArrowLeft" if !upright => (-1, 0),
        "ArrowRight" if !upright => (1, 0),
        "ArrowUp" if upright => (-1, 0),
        "ArrowDown" if upright => (1, 0),
        "ArrowLeft" | "ArrowUp" => (0, -1_i8),
        "ArrowRight" | "ArrowDown" => (0, 1),
        _ => return None,
    };
    let first = || (0..series_count(chart)).find(|series| point_count(chart, *series) > 0);
    let Some(from) = from.filter(|from| place(chart, *from).is_some()) else {
        let series = first()?;
        let point = if key == "End" { point_count(chart, series).saturating_sub(1) } else { 0 };
        return Some(Cursor { series, point });
    };
    if across != 0 {
        return other_series(chart, from, across > 0);
    }
    let last = point_count(chart, from.series).saturating_sub(1);
    let point = match along {
        i8::MIN => 0,
        i8::MAX => last,
        back if back < 0 => from.point.saturating_sub(1),
        _ => (from.point + 1).min(last),
    };
    Some(Cursor { point, ..from })
}

/// The next series that has points, at the point that is nearest; the same point where there is none.
fn other_series(chart: &Chart, from: Cursor, forward: bool) -> Option<Cursor> {
    let mut others: Vec<usize> = (0..series_count(chart)).filter(|series| point_count(chart, *series) > 0).collect();
    if !forward {
        others.reverse();
    }
    let next = others.into_iter().find(|series| if forward { *series > from.series } else { *series < from.series });
    let Some(series) = next else { return Some(from) };
    if has_cells(chart) {
        return Some(Cursor { series, ..from });
    }
    let (x, y) = spot(chart, from)?;
    let near = |point: usize| {
        let cursor = Cursor { series, point };
        spot(chart, cursor).map(|spot| (cursor, apart(chart, spot, (x, y))))
    };
    nearest_of((0..point_count(chart, series)).filter_map(near))
}

/// The point that the pointer means; `None` beside the plot area.
pub fn nearest(chart: &Chart, x: f64, y: f64) -> Option<Cursor> {
    let area = chart.plot_area;
    if !area.holds(x, y) {
        return None;
    }
    if has_cells(chart) {
        let column = chart.x.kind.value((x - area.x) / area.width.max(1.0));
        let row = chart.y.kind.value((y - area.y) / area.height.max(1.0));
        let cursor = Cursor { series: whole(column), point: whole(row) };
        return place(chart, cursor).map(|_| cursor);
    }
    let all = chart.series.iter().enumerate().flat_map(|(series, points)| {
        let points = points.points.iter().enumerate();
        points.map(move |(point, at)| (Cursor { series, point }, (at.x, at.y)))
    });
    nearest_of(all.map(|(cursor, spot)| (cursor, apart(chart, spot, (x, y)))))
}

fn nearest_of(all: impl Iterator<Item = (Cursor, f64)>) -> Option<Cursor> {
    all.reduce(|near, next| if next.1 < near.1 { next } else { near }).map(|(cursor, _)| cursor)
}

/// A measure of distance. On a scale of time the pointer means a moment first, and a line second.
fn apart(chart: &Chart, one: (f64, f64), other: (f64, f64)) -> f64 {
    let (across, down) = (one.0 - other.0, one.1 - other.1);
    let weight = if matches!(chart.x.kind, ScaleKind::Time { .. }) { 16.0 } else { 1.0 };
    across * across * weight + down * down
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the index of a category")]
fn whole(value: f64) -> usize {
    value.max(0.0) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::charts::{ChartPoint, ChartTable, Rect, Scale, SeriesPoints};

    fn scale(kind: ScaleKind) -> Scale {
        Scale { label: String::new(), kind }
    }

    fn names(count: usize) -> ScaleKind {
        ScaleKind::Category { names: (0..count).map(|at| at.to_string()).collect() }
    }

    fn chart(x: ScaleKind, y: ScaleKind, series: Vec<SeriesPoints>) -> Chart {
        let row =
            |at: usize| vec![format!("row {at}"), format!("{at}"), if at == 1 { String::new() } else { "7".into() }];
        Chart {
            svg: String::new(),
            width: 120.0,
            height: 120.0,
            plot_area: Rect { x: 10.0, y: 10.0, width: 100.0, height: 100.0 },
            x: scale(x),
            y: scale(y),
            series,
            key: Vec::new(),
            caption: String::new(),
            summary: String::new(),
            table: ChartTable { head: ["Name", "A", "B"].map(String::from).to_vec(), rows: (0..4).map(row).collect() },
        }
    }

    fn series(column: u32, points: &[(f64, f64)]) -> SeriesPoints {
        let points = (0_u32..).zip(points).map(|(row, (x, y))| ChartPoint { x: *x, y: *y, row }).collect();
        SeriesPoints { name: String::new(), columns: vec![column], points }
    }

    fn lines() -> Chart {
        let linear = || ScaleKind::Linear { from: 0.0, to: 1.0 };
        let first = series(1, &[(10.0, 20.0), (50.0, 30.0), (90.0, 40.0)]);
        let second = series(2, &[(48.0, 80.0), (100.0, 90.0)]);
        chart(linear(), linear(), vec![first, second])
    }

    fn walked(chart: &Chart, keys: &[&str]) -> Option<(usize, usize)> {
        let end = keys.iter().fold(None, |at, key| step(chart, at, key).or(at));
        end.map(|cursor| (cursor.series, cursor.point))
    }

    #[test]
    fn keys_go_from_point_to_point_and_from_line_to_line() {
        let chart = lines();
        assert_eq!(walked(&chart, &["ArrowRight"]), Some((0, 0)), "the first key shows the first point");
        assert_eq!(walked(&chart, &["End", "ArrowRight"]), Some((0, 2)));
        assert_eq!(walked(&chart, &["Home", "ArrowRight", "ArrowDown"]), Some((1, 0)), "the nearest of the next line");
        assert_eq!(walked(&chart, &["Home", "ArrowDown", "ArrowDown", "ArrowUp"]), Some((0, 1)));
        assert_eq!(walked(&chart, &["a", "Tab"]), None);
        assert_eq!((count(&chart), place(&chart, Cursor { series: 1, point: 1 })), (5, Some(4)));
    }

    #[test]
    fn the_pointer_finds_the_nearest_point_inside() {
        let chart = lines();
        assert_eq!(nearest(&chart, 52.0, 70.0), Some(Cursor { series: 1, point: 0 }));
        assert_eq!(nearest(&chart, 52.0, 40.0), Some(Cursor { series: 0, point: 1 }));
        assert_eq!(nearest(&chart, 5.0, 40.0), None);
        assert_eq!(words(&chart, Cursor { series: 0, point: 1 }), "row 1; A: 1");
    }

    #[test]
    fn cells_are_points_that_nobody_sent() {
        let chart = chart(names(2), names(4), Vec::new());
        assert_eq!(nearest(&chart, 70.0, 40.0), Some(Cursor { series: 1, point: 1 }));
        assert_eq!(spot(&chart, Cursor { series: 1, point: 1 }), Some((85.0, 47.5)));
        assert_eq!(words(&chart, Cursor { series: 1, point: 1 }), "row 1; B: not measured");
        assert_eq!(words(&chart, Cursor { series: 1, point: 2 }), "row 2; B: 7");
        assert_eq!(walked(&chart, &["Home", "ArrowDown", "ArrowRight", "ArrowRight"]), Some((1, 1)));
        assert_eq!(spot(&chart, Cursor { series: 2, point: 0 }), None);
    }
}
