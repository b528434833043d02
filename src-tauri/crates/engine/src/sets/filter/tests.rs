use super::*;
use proptest::prelude::*;

const FIELDS: &[FieldSpec] = &[
    FieldSpec::text("name").searched(),
    FieldSpec::of("size", FieldKind::Size),
    FieldSpec::of("stored", FieldKind::Time),
    FieldSpec::text("class").values(&["STANDARD", "GLACIER", "GLACIER_IR"]),
    FieldSpec::of("took", FieldKind::Duration),
    FieldSpec::of("distance", FieldKind::Real),
];

fn moment() -> Moment {
    Moment { now: "2026-11-21T08:14:22Z".parse().unwrap(), offset_minutes: 0 }
}

fn passes_at(line: &str, name: &str, size: Option<u64>, stored: &str, class: &str, moment: &Moment) -> bool {
    let (filter, errors) = Filter::read(line, FIELDS, moment);
    assert!(errors.is_empty(), "{line}: {errors:?}");
    filter.passes(FIELDS, |field| match field {
        0 => Value::text(name),
        1 => Value::size(size),
        2 => Value::time(stored.parse().ok()),
        3 => Value::text(class),
        5 => Value::real(Some(0.31)),
        _ => Value::Number(90),
    })
}

fn passes(line: &str) -> bool {
    passes_at(line, "daily_sales.csv", Some(1_258_291), "2026-11-21T05:52:04Z", "GLACIER", &moment())
}

#[test]
fn terms_are_joined_by_and() {
    assert!(passes(""));
    assert!(passes("daily"));
    assert!(passes("DAILY csv"));
    assert!(!passes("daily parquet"));
    assert!(passes("-parquet"));
    assert!(!passes("-daily"));
}

#[test]
fn sizes_are_powers_of_1024() {
    assert!(passes("size>1MB"));
    assert!(passes("size:>1.1MB"));
    assert!(!passes("size>1.3MB"));
    assert!(passes("size>=1258291 size<=1258291 size:1258291"));
    assert!(passes("size<2mib"));
    assert!(!passes("-size>1KB"));
}

#[test]
fn real_numbers_are_more_or_less() {
    assert!(passes("distance:>0.1") && passes("distance>=0.31 distance<=0.31 distance:0.31"));
    assert!(passes("distance<10"), "numbers, not texts");
    assert!(!passes("distance:>0.31") && !passes("distance:none") && passes("-distance<0.1"));
    let (_, errors) = Filter::read("distance:>much distance:NaN", FIELDS, &moment());
    assert_eq!(errors.len(), 2, "{errors:?}");
}

#[test]
fn times_are_relative_days_or_instants() {
    assert!(passes("stored:>now-1d"));
    assert!(!passes("stored:<now-2d"));
    assert!(passes("stored:2026-11-21"), "a bare day is the whole day");
    assert!(!passes("stored:2026-11-20"));
    assert!(passes("stored:>2026-11-20"), "after a day is after its end");
    assert!(!passes("stored:>2026-11-21"));
    assert!(passes("stored:>=2026-11-21T05:52:04Z stored:<=2026-11-21T05:52:04Z"));
}

#[test]
fn a_day_is_one_of_the_persons_zone() {
    let late = "2026-11-20T23:30:00Z";
    let berlin = Moment { offset_minutes: 60, ..moment() };
    assert!(passes_at("stored:2026-11-21", "a", None, late, "STANDARD", &berlin));
    assert!(!passes_at("stored:2026-11-21", "a", None, late, "STANDARD", &moment()));
}

#[test]
fn known_values_are_equal_and_free_text_is_contained() {
    assert!(passes("class:GLACIER"));
    assert!(passes("class:glacier"));
    assert!(!passes("class:GLACIER_IR"), "GLACIER_IR must not be found for GLACIER or the other way round");
    assert!(passes("class:STANDARD,GLACIER"));
    assert!(passes("name:sales"));
    assert!(!passes("name:=sales"));
    assert!(passes("name:=daily_sales.csv"));
}

#[test]
fn globs_are_anchored_in_fields_and_not_in_words() {
    assert!(passes("name:daily*"));
    assert!(!passes("name:sales*"));
    assert!(passes("sales*"));
    assert!(passes("name:\"d?ily*.csv\""));
    assert!(!passes("-name:\"daily*\""));
}

#[test]
fn quotes_keep_spaces_and_signs_together() {
    let name = "menu: a>b list.csv";
    let shown = |line| passes_at(line, name, None, "2026-11-21T05:52:04Z", "STANDARD", &moment());
    assert!(shown("\"menu: a>b\""));
    assert!(shown("name:\"a>b list\""));
    assert!(!shown("\"-menu\""), "a quoted minus is text");
}

#[test]
fn what_is_missing_fails_every_comparison_and_is_found_by_none() {
    let folder = |line| passes_at(line, "in/", None, "", "STANDARD", &moment());
    assert!(!folder("size>0"));
    assert!(!folder("size<1TB"));
    assert!(folder("size:none"));
    assert!(folder("stored:none"));
    assert!(folder("-size>0"));
}

#[test]
fn errors_say_where_and_leave_the_rest_in_force() {
    let (filter, errors) = Filter::read("daily colour:red size>big \"open", FIELDS, &moment());
    let places: Vec<_> = errors.iter().map(|error| (error.from, error.to)).collect();
    assert_eq!(places, [(26, 31), (6, 16), (17, 25)]);
    assert!(errors[1].message.contains("There is no field colour"));
    assert!(errors[2].message.contains("not a size"));
    assert!(!filter.passes(FIELDS, |field| if field == 0 { Value::text("weekly") } else { Value::Missing }));
    let (_, errors) = Filter::read("class:>GLACIER stored:11/21/2026 size:", FIELDS, &moment());
    assert_eq!(errors.len(), 3, "{errors:?}");
}

#[test]
fn durations_have_units() {
    assert!(passes("took>1m took<2m took:90s"));
}

proptest! {
    #[test]
    fn any_line_is_read_and_its_errors_stand_inside(line in "\\PC{0,60}") {
        let (filter, errors) = Filter::read(&line, FIELDS, &moment());
        let length = u32::try_from(line.chars().count()).unwrap();
        for error in errors {
            prop_assert!(error.from < error.to && error.to <= length, "{error:?} of {length}");
        }
        let _ = filter.passes(FIELDS, |_| Value::text("x"));
    }

    #[test]
    fn a_term_and_its_negation_split_the_rows(name in "[a-z]{1,8}", part in "[a-z]{1,2}") {
        let shown = |line: &str| Filter::read(line, FIELDS, &moment()).0.passes(FIELDS, |field| if field == 0 { Value::text(name.as_str()) } else { Value::Missing });
        prop_assert_ne!(shown(&part), shown(&format!("-{part}")));
    }

    #[test]
    fn a_glob_of_one_star_finds_all(text in ".{0,20}") {
        prop_assert!(glob(&['*'], &text.chars().collect::<Vec<_>>()));
    }

    #[test]
    fn a_glob_finds_what_it_was_made_from(head in "[a-c]{0,6}", middle in "[a-c]{0,6}", tail in "[a-c]{0,6}") {
        let pattern: Vec<char> = format!("{head}*{tail}").chars().collect();
        let text: Vec<char> = format!("{head}{middle}{tail}").chars().collect();
        prop_assert!(glob(&pattern, &text));
    }
}
