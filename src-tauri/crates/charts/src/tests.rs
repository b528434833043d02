//! What holds of every chart, on the same values each time; and the pictures themselves.

use crate::*;
use contract::{
    Timestamp,
    charts::{ATTRIBUTES, Chart, ELEMENTS, ScaleKind},
};
use proptest::prelude::*;

const HOUR: i64 = 3_600;
/// 2026-11-20T00:00:00Z.
const BEGUN: i64 = 1_795_132_800;
const HOSTILE: &str = "<img src=x onerror=alert(1)>&\u{202e}\"' and a name that is longer than its room";

fn frame(caption: &str) -> Frame {
    Frame { width: 640, height: 260, offset_minutes: 0, caption: caption.into() }
}

fn at(hour: i64) -> Timestamp {
    Timestamp::from_second(BEGUN + hour * HOUR).unwrap()
}

/// Even, the same every time, and of no shape.
fn noise(seed: u32) -> f64 {
    f64::from(seed.wrapping_mul(2_654_435_761).rotate_left(11) % 1_000) / 1_000.0
}

fn line(name: &str, seed: u32, hours: u32) -> Line {
    let point = |hour: u32| {
        (at(hour.into()), (!(20..23).contains(&hour)).then(|| noise(hour + seed) * 0.2 + f64::from(hour) * 0.008))
    };
    Line { name: name.into(), points: (0..hours).map(point).collect(), ..Line::default() }
}

fn psi() -> TimeSeries {
    TimeSeries {
        name: "PSI".into(),
        unit: String::new(),
        lines: vec![line("amount", 1, 48), line("merchant_country", 7, 48)],
        thresholds: vec![Threshold { name: "Threshold".into(), value: 0.25, inclusive: false }],
        marks: vec![
            Mark { at: at(12), kind: MarkKind::Deployment, label: "version 14".into() },
            Mark { at: at(40), kind: MarkKind::Alarm, label: "drift-high".into() },
        ],
        step: Some(3_600),
        worse: Worse::High,
        logarithmic: false,
    }
}

fn stairs(shift: f64) -> Vec<(f64, f64)> {
    (0..40_u32).map(|step| (f64::from(step) + shift, (f64::from(step) + 1.0) / 40.0)).collect()
}

fn curve(name: &str, bend: f64) -> Curve {
    let point = |step: u32| (f64::from(step) / 20.0, (f64::from(step) / 20.0).powf(bend));
    Curve { name: name.into(), points: (0..=20).map(point).collect(), area: None }
}

fn heat(features: u32, runs: u32) -> HeatMap {
    let row = |feature: u32| HeatRow {
        feature: format!("feature_{feature}"),
        values: (0..runs).map(|run| (run != 3).then(|| noise(feature * 97 + run) * 0.4)).collect(),
        drifted: Vec::new(),
    };
    HeatMap {
        measure: "PSI".into(),
        runs: (0..runs).map(|run| at(i64::from(run) * 24)).collect(),
        features: (0..features).map(row).collect(),
        threshold: Some(0.2),
    }
}

/// One of each kind, with the name of its picture.
fn all() -> Vec<(&'static str, Chart)> {
    let bins = Histogram {
        feature: "amount".into(),
        unit: "EUR".into(),
        edges: (0..=10_u32).map(|edge| f64::from(edge) * 25.0).collect(),
        baseline: vec![4.0, 9.0, 20.0, 30.0, 20.0, 9.0, 4.0, 2.0, 1.0, 1.0],
        current: vec![1.0, 2.0, 6.0, 14.0, 24.0, 26.0, 14.0, 8.0, 3.0, 2.0],
    };
    let category = |name: &str, baseline, current| Category { name: name.into(), baseline, current };
    let kinds = [category("card", 700.0, 400.0), category("transfer", 250.0, 500.0), category(HOSTILE, 50.0, 100.0)];
    let rank = |feature: &str, before, after| Rank { feature: feature.into(), before, after };
    let weights = [
        rank("amount", Some(0.4), Some(0.2)),
        rank("country", Some(0.1), Some(0.5)),
        rank("age", Some(0.2), None),
        rank(HOSTILE, None, Some(0.05)),
    ];
    let spots: Vec<ScatterPoint> = (0..30_u32)
        .map(|seed| ScatterPoint {
            feature: format!("feature_{seed}"),
            drift: noise(seed) * 0.5,
            importance: noise(seed + 40),
            drifted: None,
        })
        .collect();
    let versions = [curve("version 14", 0.25), curve("version 13", 0.4)];
    let pair = CdfPair { feature: "amount".into(), unit: "EUR".into(), baseline: stairs(0.0), current: stairs(9.0) };
    vec![
        ("time_series", time_series(&frame("PSI of two features"), &psi()).unwrap()),
        ("histogram", histogram(&frame("amount"), &bins).unwrap()),
        ("cdf", cdf_pair(&frame("amount"), &pair).unwrap()),
        ("categories", categories(&frame("payment"), "payment", &kinds).unwrap()),
        ("ranks", ranks(&frame("Importance"), ["version 13", "version 14"], &weights).unwrap()),
        ("scatter", scatter(&frame("Drift and importance"), "PSI", Some(0.25), &spots).unwrap()),
        ("roc", curves(&frame("ROC"), CurveKind::Roc, &versions).unwrap()),
        (
            "precision_recall",
            curves(&frame("Precision and recall"), CurveKind::PrecisionRecall { positives: Some(0.3) }, &versions)
                .unwrap(),
        ),
        ("heat_map", heat_map(&frame("PSI of features by run"), &heat(6, 9)).unwrap()),
        ("sparkline", sparkline((90, 24), "PSI", "", &[Some(0.1), Some(0.3), None, Some(0.2)]).unwrap()),
    ]
}

/// Of one version alone, with a value below zero and one that is none.
fn alone() -> Chart {
    let told = [("age", 0.2), ("amount", -0.4), ("gone", f64::NAN), (HOSTILE, 0.1)];
    let told = told.map(|(feature, value)| (feature.to_owned(), value));
    importances(&frame("Importance"), "version 14", &told).unwrap()
}

/// One lopsided stage, one whose name is a stranger's, and one whose time nobody knows.
fn stages() -> Chart {
    let told = [("Stage 2", 2.0, 400.0, "6 m 40 s"), (HOSTILE, 20.0, 40.0, "40 s"), ("Stage 9", 1.0, f64::NAN, "")];
    let told = told.map(|(name, median, slowest, note)| Spread {
        name: name.into(),
        median,
        slowest,
        note: note.into(),
        failed: false,
    });
    spreads(&frame("Task times"), "s", &told, "Stage 2 lost most time.".into()).unwrap()
}

/// A name that is too long, one of a stranger, and two stages that failed, of which one took almost no time.
fn failed_stages() -> Chart {
    let told = [
        ("Stage 2: save at daily_sales.py:42", 0.86, 33.7, "34 s", false),
        ("Stage 12.1: runJob at MergeIntoCommand.scala:431 of loyalty_members_by_country", 12.0, 30.5, "30 s", true),
        ("Stage 3: <img src=x onerror=alert(1)>", 8.0, 9.5, "9 s", false),
        ("Stage 0: count at a.py:7", 0.4, 0.5, "500 ms", true),
    ];
    let told = told.map(|(name, median, slowest, note, failed)| Spread {
        name: name.into(),
        median,
        slowest,
        note: note.into(),
        failed,
    });
    let frame = Frame { width: 760, height: 156, ..frame("Task times") };
    spreads(&frame, "s", &told, "Stage 2 lost most time.".into()).unwrap()
}

#[test]
fn the_slowest_task_of_a_stage_stands_below_its_median_one() {
    let chart = stages();
    assert_eq!((chart.summary.as_str(), chart.x.label.as_str()), ("Stage 2 lost most time.", "Task time (s)"));
    let bars = |class: &str| -> Vec<(f64, f64)> {
        let wanted = format!("class=\"chart-{class}\"");
        let lines = chart.svg.lines().filter(|line| line.starts_with("<rect") && line.contains(&wanted));
        lines.map(|line| (attribute(line, "y"), attribute(line, "width"))).collect()
    };
    let (median, slowest) = (bars("base"), bars("current"));
    assert_eq!((median.len(), slowest.len()), (2, 2), "what is not known is not drawn: {}", chart.svg);
    assert!((slowest[0].1 - 10.0 * slowest[1].1).abs() < 5.0, "{slowest:?}");
    assert!(median.iter().zip(&slowest).all(|(median, slowest)| median.0 < slowest.0), "{median:?} {slowest:?}");
    assert!(chart.svg.contains("6 m 40 s"));
    assert_eq!(chart.table.head, ["Stage", "Median task (s)", "Slowest task (s)"]);
    assert_eq!(chart.table.rows[0], ["Stage 2", "2", "400"]);
    assert_eq!(chart.key.iter().map(|entry| entry.name.as_str()).collect::<Vec<_>>(), ["Median task", "Slowest task"]);
    assert_eq!(spreads(&frame(""), "s", &[], String::new()), Err(ChartError::Empty));
}

#[test]
fn a_stage_that_failed_is_marked_by_a_sign_a_word_and_a_colour() {
    let chart = failed_stages();
    let bars = |class: &str| {
        let wanted = format!("class=\"chart-{class}\"");
        chart.svg.lines().filter(|line| line.starts_with("<rect") && line.contains(&wanted)).count()
    };
    assert_eq!((bars("base"), bars("current"), bars("breach")), (4, 2, 2), "{}", chart.svg);
    assert_eq!(chart.svg.matches(">× failed, ").count(), 2, "{}", chart.svg);
    let key: Vec<(&str, &str)> = chart.key.iter().map(|entry| (entry.class.as_str(), entry.name.as_str())).collect();
    assert_eq!(key[2..], [("chart-breach", "Slowest task of a stage that failed")]);
    assert_eq!(chart.table.head[3], "Ended");
    assert_eq!(chart.table.rows.iter().map(|row| row[3].as_str()).collect::<Vec<_>>(), ["", "failed", "", "failed"]);
    // What does not fit its room is told in full, and a name stays a name.
    assert!(chart.svg.contains("<title>Stage 12.1: runJob at MergeIntoCommand.scala:431 of"), "{}", chart.svg);
    assert!(chart.svg.contains("&lt;img src=x") && !chart.svg.contains("<img"), "{}", chart.svg);
}

#[test]
fn what_is_noted_of_bars_stands_behind_them_and_in_the_picture() {
    let told = [("spreads", stages()), ("failed_stages", failed_stages())];
    for (name, chart) in all().into_iter().filter(|(name, _)| *name == "ranks").chain(told) {
        let of = |starts: &str| chart.svg.lines().filter(move |line| line.starts_with(starts)).collect::<Vec<_>>();
        let notes: Vec<&str> = of("<text").into_iter().filter(|line| line.contains("chart-note")).collect();
        assert!(!notes.is_empty(), "{name}");
        for note in notes {
            let (left, height) = (attribute(note, "x"), attribute(note, "y"));
            let words = note.split_once('>').unwrap().1.strip_suffix("</text>").unwrap();
            assert!(left + crate::words::width(words) <= chart.width, "{name}: {note}");
            for bar in of("<rect") {
                let near = (attribute(bar, "y") - height).abs() < 13.0;
                let end = attribute(bar, "x") + attribute(bar, "width");
                assert!(!near || end < left, "{name}: {note} lies over {bar}");
            }
        }
    }
}

#[test]
fn the_same_values_give_the_same_pictures() {
    for (name, chart) in all().into_iter().chain([("failed_stages", failed_stages())]) {
        insta::assert_snapshot!(name, chart.svg);
    }
}

/// Others of the same kinds.
fn more() -> [(&'static str, Chart); 3] {
    [("importances", alone()), ("spreads", stages()), ("failed_stages", failed_stages())]
}

#[test]
fn a_picture_holds_what_the_window_allows() {
    for (name, chart) in all().into_iter().chain(more()) {
        for tag in chart.svg.split('<').skip(1).filter(|tag| !tag.starts_with('/')) {
            let tag = tag.split('>').next().unwrap().trim_end_matches('/');
            let (element, mut rest) = tag.split_once(' ').unwrap_or((tag, ""));
            assert!(ELEMENTS.contains(&element), "{name} holds {element}");
            while let Some((attribute, after)) = rest.split_once("=\"") {
                assert!(ATTRIBUTES.contains(&attribute.trim()), "{name} holds {attribute}");
                rest = after.split_once('"').unwrap().1;
            }
        }
        assert!(!chart.svg.contains("<img") && !chart.svg.contains('#'), "{name}: {}", chart.svg);
    }
}

#[test]
fn points_lie_in_the_plot_area_and_have_their_words() {
    for (name, chart) in all().into_iter().chain(more()) {
        let area = chart.plot_area;
        assert!(area.width > 0.0 && area.height > 0.0 && area.x + area.width <= chart.width, "{name}");
        for series in &chart.series {
            for point in &series.points {
                let near = contract::charts::Rect {
                    x: area.x - 0.1,
                    y: area.y - 0.1,
                    width: area.width + 0.2,
                    height: area.height + 0.2,
                };
                assert!(near.holds(point.x, point.y), "{name}: {point:?} in {area:?}");
                assert!(chart.table.words(point.row, &series.columns).contains(": "), "{name}: row {}", point.row);
            }
        }
        let width = chart.table.head.len();
        assert!(chart.table.rows.iter().all(|row| row.len() == width), "{name}");
        assert!(chart.summary.ends_with('.') && !chart.caption.is_empty(), "{name}: {}", chart.summary);
    }
}

/// A number of an element of the picture.
fn attribute(line: &str, name: &str) -> f64 {
    let (_, rest) = line.split_once(&format!(" {name}=\"")).unwrap();
    rest.split('"').next().unwrap().parse().unwrap()
}

#[test]
fn importances_of_one_version_are_filled_bars_from_zero() {
    let chart = alone();
    let lines = |class: &str| -> Vec<&str> {
        let wanted = format!("class=\"chart-{class}\"");
        chart.svg.lines().filter(|line| line.contains(&wanted)).collect()
    };
    // From top to bottom the weightiest first, whatever its sign; what is no number is not there.
    let is_name = |line: &&str| line.contains("text-anchor=\"end\"") && !line.contains(">Importance<");
    let names: Vec<&str> = lines("label").into_iter().filter(is_name).collect();
    assert_eq!(names.len(), 3, "{names:?}");
    let height = |name: &str| attribute(names.iter().find(|line| line.contains(name)).unwrap(), "y");
    assert!(height(">amount<") < height(">age<") && height(">age<") < height("&lt;img"), "{names:?}");
    let bars = lines("current");
    let widths: Vec<f64> = bars.iter().map(|bar| attribute(bar, "width")).collect();
    let [amount, age, last] = widths[..] else { panic!("{bars:?}") };
    assert!((amount - 2.0 * age).abs() < 0.5 && (age - 2.0 * last).abs() < 0.5, "{widths:?}");
    // Those above zero begin where the one below it ends.
    let ends = attribute(bars[0], "x") + amount;
    assert!((ends - attribute(bars[1], "x")).abs() < 0.2 && (ends - attribute(bars[2], "x")).abs() < 0.2, "{bars:?}");
    assert!(bars.iter().all(|bar| bar.starts_with("<rect") && bar.contains("fill=\"currentColor\"")), "{bars:?}");
    // No other version stands beside it: no outlines, no places of before, one word in the key.
    assert!(lines("base").is_empty() && lines("note").is_empty(), "{}", chart.svg);
    let key: Vec<(&str, &str)> = chart.key.iter().map(|entry| (entry.class.as_str(), entry.name.as_str())).collect();
    assert_eq!(key, [("chart-current", "version 14")]);
    assert_eq!(chart.table.head, ["Feature", "Importance, version 14", "Place, version 14"]);
    assert_eq!(chart.table.rows[0], ["amount", "-0.4", "1"]);
    assert_eq!((chart.table.rows.len(), chart.summary.as_str()), (3, "amount weighs most."));
    assert_eq!(chart.series[0].points.len(), 3);
    // What does not fit the frame is in the table alone.
    let many: Vec<(String, f64)> = (0..40_u32).map(|at| (format!("feature_{at}"), f64::from(at))).collect();
    let low = importances(&Frame { height: 120, ..frame("Importance") }, "version 14", &many).unwrap();
    let drawn = low.svg.matches("class=\"chart-current\"").count();
    assert!((1..10).contains(&drawn) && low.table.rows.len() == 40, "{drawn} bars");
    assert_eq!(low.table.rows[0][0], "feature_39");
}

#[test]
fn charts_say_how_it_went() {
    let said: Vec<String> = all().into_iter().map(|(_, chart)| chart.summary).collect();
    assert!(said[0].contains("worst") && said[0].contains("above Threshold of 0.25"), "{}", said[0]);
    assert!(said[0].contains("2 gaps with nothing published"), "{}", said[0]);
    assert!(said[2].contains("distance of 0.225"), "{}", said[2]);
    assert!(said[3].contains("most changed card: 40 % of the rows, 70 % in the baseline"), "{}", said[3]);
    assert!(said[4].starts_with("country weighs most") && said[4].contains("from place 3 to 1"), "{}", said[4]);
    assert!(said[6].starts_with("Best is version 14 with AUC"), "{}", said[6]);
    assert_eq!(said[9], "PSI rose from 0.1 to 0.2.");
}

#[test]
fn one_version_alone_has_no_other_side() {
    let told = [("age".to_owned(), 0.2), ("amount".to_owned(), -0.6), ("lost".to_owned(), f64::NAN)];
    let chart = importances(&frame("Importance"), "version 1", &told).unwrap();
    assert_eq!(chart.summary, "amount weighs most.");
    let key: Vec<&str> = chart.key.iter().map(|entry| entry.name.as_str()).collect();
    assert_eq!(key, ["version 1"]);
    assert_eq!(chart.table.head, ["Feature", "Importance, version 1", "Place, version 1"]);
    let rows: Vec<(&str, &str)> = chart.table.rows.iter().map(|row| (row[0].as_str(), row[2].as_str())).collect();
    assert_eq!(rows, [("amount", "1"), ("age", "2")]);
    assert!(!chart.svg.contains(">new<"), "nothing is new where nothing was before");
    let curve = curves(&frame("ROC"), CurveKind::Roc, &[curve("version 1", 0.25)]).unwrap();
    assert!(curve.summary.starts_with("version 1 with AUC"), "{}", curve.summary);
}

#[test]
fn what_is_over_is_marked_without_a_line() {
    let drawn = |kind: MarkKind| {
        let marks = vec![Mark { at: at(40), kind, label: "over".into() }];
        time_series(&frame("PSI"), &TimeSeries { marks, ..psi() }).unwrap()
    };
    let (raised, over) = (drawn(MarkKind::Alarm), drawn(MarkKind::Over));
    assert!(raised.svg.contains("chart-alarm") && !over.svg.contains("chart-alarm"));
    let names: Vec<&str> = over.key.iter().map(|entry| entry.name.as_str()).collect();
    assert!(names.contains(&"Alarm over") && !names.contains(&"Alarm"), "{names:?}");
    assert!(over.table.rows.iter().flatten().any(|cell| cell == "alarm over"), "{:?}", over.table);
}

#[test]
fn nothing_known_is_no_chart() {
    let mut none = psi();
    for line in &mut none.lines {
        for (_, value) in &mut line.points {
            *value = Some(f64::NAN);
        }
    }
    assert_eq!(time_series(&frame(""), &none), Err(ChartError::Empty));
    assert_eq!(heat_map(&frame(""), &HeatMap { features: Vec::new(), ..heat(1, 4) }), Err(ChartError::Empty));
    assert_eq!(curves(&frame(""), CurveKind::Roc, &[]), Err(ChartError::Empty));
    assert_eq!(sparkline((90, 24), "PSI", "", &[None]), Err(ChartError::Empty));
    assert_eq!(ranks(&frame(""), ["a", "b"], &[]), Err(ChartError::Empty));
    assert_eq!(importances(&frame(""), "a", &[("age".into(), f64::NAN)]), Err(ChartError::Empty));
    assert_eq!(scatter(&frame(""), "PSI", Some(0.1), &[]), Err(ChartError::Empty));
}

#[test]
fn labels_of_limits_and_marks_that_are_close_stand_apart() {
    let limit = |name: &str, value| Threshold { name: name.into(), value, inclusive: false };
    let mark = |hour, label: &str| Mark { at: at(hour), kind: MarkKind::Alarm, label: label.into() };
    let close = TimeSeries {
        thresholds: vec![limit("Baseline", 0.25), limit("Alarm one", 0.252), limit("Alarm two", 0.25)],
        marks: vec![mark(12, "raised"), mark(13, "over")],
        ..psi()
    };
    let chart = time_series(&frame("PSI"), &close).unwrap();
    let height = |label: &str| -> f64 {
        let line = chart.svg.lines().find(|line| line.contains("chart-note") && line.contains(label)).unwrap();
        let (_, rest) = line.split_once(" y=\"").unwrap();
        rest.split('"').next().unwrap().parse().unwrap()
    };
    let mut limits = [height("Baseline"), height("Alarm one"), height("Alarm two")];
    limits.sort_by(f64::total_cmp);
    assert!(limits[1] - limits[0] >= 12.0 && limits[2] - limits[1] >= 12.0, "{limits:?}");
    assert!((height("raised") - height("over")).abs() >= 12.0);
}

#[test]
fn names_of_limits_that_are_close_keep_their_order_and_lead_to_their_lines() {
    let limit = |name: &str, value| Threshold { name: name.into(), value, inclusive: false };
    let with = |thresholds| time_series(&frame("PSI"), &TimeSeries { thresholds, marks: Vec::new(), ..psi() }).unwrap();
    let close = with(vec![limit("low", 0.25), limit("high", 0.27), limit("middle", 0.26), limit("far", 0.45)]);
    let foot = |name: &str| {
        let line = close.svg.lines().find(|line| line.contains("chart-note") && line.contains(&format!(">{name} 0.")));
        attribute(line.unwrap(), "y")
    };
    let lines: Vec<f64> = polylines(&close, "limit").into_iter().map(|points| points[0].1).collect();
    let (feet, line_of) = (["far", "high", "middle", "low"].map(foot), |at: usize| lines[at]);
    assert!(feet.windows(2).all(|pair| pair[1] - pair[0] >= 13.9), "{feet:?}");
    assert!(feet[3] < line_of(1), "no name lies on a line of the others: {feet:?} {lines:?}");
    // Each of the three is joined to its own line; the one alone needs nothing.
    let mut led: Vec<(f64, f64)> =
        polylines(&close, "note").into_iter().map(|points| (points[0].1, points[1].1)).collect();
    led.sort_by(|one, other| one.0.total_cmp(&other.0));
    let own = led.iter().zip([1, 2, 0].map(line_of)).all(|((_, end), line)| (end - line).abs() < 0.2);
    assert!(led.len() == 3 && own, "{led:?} {lines:?}");
    assert!(polylines(&with(vec![limit("low", 0.2), limit("high", 0.4)]), "note").is_empty());
}

/// The corners of the lines of a class.
fn polylines(chart: &Chart, class: &str) -> Vec<Vec<(f64, f64)>> {
    let wanted = format!("class=\"chart-{class}\"");
    let lines = chart.svg.lines().filter(|line| line.starts_with("<polyline") && line.contains(&wanted));
    let corner = |corner: &str| {
        let (x, y) = corner.split_once(',').unwrap();
        (x.parse().unwrap(), y.parse().unwrap())
    };
    let corners = |line: &str| {
        let (_, rest) = line.split_once(" points=\"").unwrap();
        rest.split('"').next().unwrap().split(' ').map(corner).collect()
    };
    lines.map(corners).collect()
}

#[test]
fn low_values_are_the_bad_ones_where_the_chart_is_told_so() {
    let accuracy = TimeSeries { worse: Worse::Low, ..psi() };
    let chart = time_series(&frame("Accuracy"), &accuracy).unwrap();
    assert!(chart.summary.contains("below Threshold"), "{}", chart.summary);
}

#[test]
fn a_value_at_its_very_limit_is_judged_by_the_rule_of_the_limit() {
    let told = |worse, value, inclusive| {
        let points = vec![(at(0), Some(0.3)), (at(1), Some(value)), (at(2), Some(0.3))];
        let series = TimeSeries {
            lines: vec![Line { name: "amount".into(), points, ..Line::default() }],
            thresholds: vec![Threshold { name: "Threshold".into(), value: 0.4, inclusive }],
            worse,
            ..psi()
        };
        time_series(&frame("PSI"), &series).unwrap().summary
    };
    let counts = ", at Threshold of 0.4, which counts as beyond it.";
    let high = told(Worse::High, 0.4, true);
    assert!(high.contains(counts) && !high.contains("within"), "{high}");
    let strict = told(Worse::High, 0.4, false);
    assert!(strict.contains(", within the thresholds."), "{strict}");
    assert!(told(Worse::High, 0.5, true).contains(", above Threshold of 0.4."));
    assert!(told(Worse::High, 0.39, true).contains(", within the thresholds."));
    // The same downwards: the worst of these is the lowest.
    assert!(told(Worse::Low, 0.5, true).contains(", below Threshold of 0.4."));
    let low = |inclusive| {
        let lines = vec![Line { name: "p-value".into(), points: vec![(at(0), Some(0.05))], ..Line::default() }];
        let thresholds = vec![Threshold { name: "Threshold".into(), value: 0.05, inclusive }];
        let series = TimeSeries { lines, thresholds, worse: Worse::Low, ..psi() };
        time_series(&frame("K-S"), &series).unwrap().summary
    };
    assert!(low(true).contains("at Threshold of 0.05, which counts") && low(false).contains("within the thresholds"));
}

#[test]
fn powers_of_ten_are_for_values_above_zero() {
    let log = TimeSeries { logarithmic: true, ..psi() };
    assert!(matches!(time_series(&frame(""), &log).unwrap().y.kind, ScaleKind::Log { .. }));
    let mut with_zero = log;
    with_zero.lines[0].points[0].1 = Some(0.0);
    assert!(matches!(time_series(&frame(""), &with_zero).unwrap().y.kind, ScaleKind::Linear { .. }));
}

#[test]
fn cells_of_a_heat_map_are_few_paths() {
    let chart = heat_map(&Frame { height: 600, ..frame("PSI") }, &heat(500, 90)).unwrap();
    assert!(chart.svg.matches("<path").count() <= 5);
    assert!(chart.series.is_empty() && chart.table.rows.len() == 500 && chart.table.head.len() == 91);
}

#[test]
fn what_is_drift_at_its_very_limit_is_marked_as_it_was_judged() {
    let row = |feature: &str, value: f64, drifted: Vec<bool>| HeatRow {
        feature: feature.into(),
        values: vec![Some(value)],
        drifted,
    };
    let map = |at_limit: Vec<bool>, beyond: Vec<bool>| {
        let features = vec![row("at", 1.0, at_limit), row("beyond", 3.0, beyond)];
        heat_map(
            &frame("PSI"),
            &HeatMap { measure: "distance".into(), runs: vec![at(0)], features, threshold: Some(1.0) },
        )
        .unwrap()
    };
    // A cross is two lines; the two cells have the same colour only if both lie over the limit.
    let marks = |chart: &Chart| polylines(chart, "breach").len() / 2;
    let (plain, both, none) = (map(vec![], vec![]), map(vec![true], vec![true]), map(vec![false], vec![false]));
    assert_eq!([&plain, &both, &none].map(marks), [1, 2, 0], "a distance at its limit is no violation; a PSI is");
    let counted =
        |chart: &Chart, many: u32| chart.summary.contains(&format!("; {many} of 2 features drifted in the last"));
    assert!(counted(&plain, 1) && counted(&both, 2) && counted(&none, 0), "{} {}", plain.summary, both.summary);
    let has = |chart: &Chart, step: &str| chart.svg.contains(&format!("<path class=\"chart-{step}\""));
    assert!(has(&plain, "h1") && !has(&plain, "h2"), "{}", plain.svg);
    assert!(has(&both, "h2") && !has(&both, "h1"), "{}", both.svg);
    let point = |drifted| ScatterPoint { feature: "at".into(), drift: 1.0, importance: 0.5, drifted };
    let spots = |drifted| scatter(&frame("Drift"), "thresholds", Some(1.0), &[point(drifted)]).unwrap().summary;
    assert!(spots(None).starts_with("0 of 1 feature drifted") && spots(Some(true)).starts_with("1 of 1 feature"));
}

#[test]
fn every_row_of_many_categories_is_in_the_table() {
    let many: Vec<Category> = (0..200_u32)
        .map(|at| Category { name: format!("value {at}"), baseline: f64::from(at), current: 1.0 })
        .collect();
    let chart = categories(&frame("value"), "value", &many).unwrap();
    assert_eq!(chart.table.rows.len(), 200);
    assert!(chart.svg.contains(" others</text>"), "{}", chart.svg);
    assert!(chart.series[0].points.len() < 20);
}

#[test]
fn what_a_value_may_be_off_by_is_drawn_and_told() {
    let frame = frame("Distance");
    let points: Vec<(Timestamp, Option<f64>)> = (0..4).map(|hour| (at(hour), (hour != 2).then_some(0.3))).collect();
    // One that is not known, one of nothing, and one of a value that is not there.
    let errors = [(at(0), 0.05), (at(1), 0.0), (at(2), 0.05), (at(3), f64::NAN)].into();
    let plain = TimeSeries { thresholds: Vec::new(), marks: Vec::new(), lines: Vec::new(), ..psi() };
    let bare = Line { name: "tenure".into(), points, ..Line::default() };
    let sure = time_series(&frame, &TimeSeries { lines: vec![bare.clone()], ..plain.clone() }).unwrap();
    let told = time_series(&frame, &TimeSeries { lines: vec![Line { errors, ..bare }], ..plain }).unwrap();
    let ends_of = |chart: &Chart| {
        let is_bar = |line: &&str| line.starts_with("<polyline") && line.contains("class=\"chart-note\"");
        chart.svg.lines().filter(is_bar).count()
    };
    assert_eq!((ends_of(&sure), ends_of(&told)), (0, 3), "a bar with two ends: {}", told.svg);
    let keyed = |chart: &Chart| chart.key.iter().any(|entry| entry.name == "May be off by");
    assert!(keyed(&told) && !keyed(&sure));
    assert_eq!(told.table.head.iter().position(|head| head.starts_with("± tenure")), Some(2));
    assert_eq!(told.table.rows[0][1..3], ["0.3".to_owned(), "0.05".to_owned()]);
    assert_eq!(told.table.rows[1][2], "");
    assert_eq!(sure.table.head.len() + 1, told.table.head.len());
    let end = |chart: &Chart| chart.series[0].points[0].y - chart.plot_area.y;
    assert!(end(&told) > 0.0, "the bar has room above its value");
}

proptest! {
    #[test]
    fn any_values_are_drawn_inside(
        values in prop::collection::vec(prop::option::of(-1e18..1e18_f64), 1..60),
        width in 0_u32..2_000,
        height in 0_u32..900,
        limit in prop::num::f64::ANY,
        name in ".{0,30}",
    ) {
        let points = (0_i64..).zip(&values).map(|(hour, value)| (at(hour), *value)).collect();
        let told = TimeSeries {
            lines: vec![Line { name: name.clone(), points, ..Line::default() }],
            thresholds: vec![Threshold { name, value: limit, inclusive: false }],
            ..psi()
        };
        let frame = Frame { width, height, offset_minutes: 330, caption: String::new() };
        match time_series(&frame, &told) {
            Err(error) => prop_assert!(error == ChartError::Empty && values.iter().all(Option::is_none)),
            Ok(chart) => {
                let points = &chart.series[0].points;
                prop_assert_eq!(points.len(), values.iter().flatten().count());
                let area = chart.plot_area;
                for point in points {
                    prop_assert!((area.x - 0.1..=area.x + area.width + 0.1).contains(&point.x), "{:?}", point);
                    prop_assert!((area.y - 0.1..=area.y + area.height + 0.1).contains(&point.y), "{:?}", point);
                }
                prop_assert!(chart.svg.chars().all(|letter| letter == '\n' || !letter.is_control()));
            }
        }
    }
}
