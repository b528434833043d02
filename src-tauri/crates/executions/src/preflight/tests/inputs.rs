use super::super::*;
use proptest::prelude::*;

#[test]
fn an_input_is_json_of_at_most_256_kib() {
    assert_eq!(check_input("{}"), Ok(()));
    let fits = format!("\"{}\"", "x".repeat(INPUT_BYTES - 2));
    assert_eq!(check_input(&fits), Ok(()));
    let long = format!("\"{}\"", "ü".repeat(INPUT_BYTES / 2));
    assert!(check_input(&long).unwrap_err().message.contains("262,146 bytes; at most 262,144"));
    let problem = check_input("{\n  \"a\": 1,\n  b\n}").unwrap_err();
    assert_eq!((problem.line, problem.column), (3, 3));
    assert!(problem.message.starts_with("The input is no JSON: ") && !problem.message.contains("line"), "{problem:?}");
    assert!(check_input(" ").unwrap_err().message.contains("write {}"));
}

const PAST: [&str; 3] = [
    r#"{"day": "2026-11-18", "rows": 10, "detail": {"key": "a", "tags": ["x"]}, "extra": 1}"#,
    r#"{"day": "2026-11-19", "rows": null, "detail": {"key": "b", "tags": []}}"#,
    r#"{"day": "2026-11-20", "rows": 12.5, "detail": {"key": "c", "tags": ["y", "z"]}}"#,
];

fn said(input: &str) -> Vec<String> {
    check_against(&input_shape(&PAST), input).into_iter().map(|notice| notice.text).collect()
}

#[test]
fn the_shape_of_past_inputs_is_learned() {
    let shape = input_shape(&[PAST[0], "no json", PAST[1], PAST[2]]);
    let field = |path: &str| shape.iter().find(|field| field.path == path).unwrap();
    let paths: Vec<&str> = shape.iter().map(|field| field.path.as_str()).collect();
    assert_eq!(
        paths,
        ["$", "$.day", "$.rows", "$.detail", "$.detail.key", "$.detail.tags", "$.detail.tags[*]", "$.extra"]
    );
    assert_eq!(field("$.rows").kinds, [ValueKind::Nothing, ValueKind::Number]);
    assert_eq!((field("$.extra").seen, field("$.extra").of), (1, 3));
    assert_eq!((field("$.detail.tags[*]").seen, field("$.day").seen), (2, 3));
    assert_eq!(field("$.detail.tags[*]").examples, ["x", "y", "z"]);
    assert!(field("$.detail").examples.is_empty());
}

#[test]
fn an_input_is_held_against_the_past() {
    assert_eq!(said(PAST[1]), Vec::<String>::new());
    assert_eq!(
        said(r#"{"day": 5, "rows": 3, "detail": {"tags": [1], "kye": {"deep": 1}}}"#),
        [
            "$.day is a number; in past inputs it was a text.",
            "$.detail.key is missing: all 3 past inputs had it, such as a.",
            "$.detail.tags[*] is a number; in past inputs it was a text.",
            "$.detail.kye is new: no past input had it.",
        ]
    );
    // What lies below something missing is not told again.
    assert_eq!(said(r#"{"day": "x", "rows": 3}"#), ["$.detail is missing: all 3 past inputs had it."]);
    assert_eq!(said("[]"), ["$ is a list; in past inputs it was an object."]);
    assert_eq!(said("{"), Vec::<String>::new());
    // One input is no rule.
    assert!(check_against(&input_shape(&PAST[..1]), "{}").is_empty());
}

proptest! {
    #[test]
    fn past_inputs_fit_their_own_shape(
        inputs in prop::collection::vec("\\{(\"[a-c. '\\[]{0,3}\":(1|null|\"x\"|\\[1,\"y\"\\]|\\{\"d\":\\[\\{\\}\\]\\}),){0,3}\"z\":1\\}", 1..5),
    ) {
        let texts: Vec<&str> = inputs.iter().map(String::as_str).collect();
        let shape = input_shape(&texts);
        prop_assert!(shape.iter().all(|field| field.seen <= field.of));
        for text in texts {
            prop_assert!(check_against(&shape, text).is_empty());
        }
    }

    #[test]
    fn any_input_may_come(text in "(?s).{0,60}|[\\[\\]{}\":,0-9a]{0,30}") {
        let checked = check_input(&text);
        prop_assert_eq!(checked.is_ok(), serde_json::from_str::<serde_json::Value>(&text).is_ok());
        let _ = check_against(&input_shape(&[&text, PAST[0], PAST[1]]), &text);
    }
}
