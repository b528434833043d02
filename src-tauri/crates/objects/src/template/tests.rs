use super::*;
use crate::facts::data;
use proptest::prelude::*;

fn version(key: &str) -> VersionFact {
    VersionFact { key: key.to_owned(), ..data("3HL4kqtJvjVBH40Nrjfkd", 5 * 3600 + 52 * 60 + 4, 1, "\"9b2cf5\"") }
}

fn fill_in(template: &str) -> Result<String, TemplateError> {
    expand(template, &version("data/in/daily_sales.csv"))
}

#[test]
fn every_field() {
    for (template, key) in [
        ("archive/{yyyy}/{mm}/{name}_{date}{ext}", "archive/2026/11/daily_sales_2026-11-21.csv"),
        ("x/{key}", "x/data/in/daily_sales.csv"),
        ("{dir}old/{name}{ext}", "data/in/old/daily_sales.csv"),
        ("{dd}{hh}{min}{ss}", "21055204"),
        ("{time}", "05-52-04"),
        ("{version}", "3HL4kqtJ"),
        ("{etag}", "9b2cf5"),
        ("{{{name}}}", "{daily_sales}"),
        ("a}}b{{c", "a}b{c"),
    ] {
        assert_eq!(fill_in(template).as_deref(), Ok(key), "{template}");
        assert_eq!(check(template), Ok(()));
    }
    assert_eq!(FIELDS.iter().filter(|field| fill_in(&format!("x{{{field}}}")).is_err()).count(), 0);
}

#[test]
fn extensions() {
    for (key, dir, name, ext) in [
        ("a/part.csv.gz", "a/", "part", ".csv.gz"),
        ("logs.tar.gz", "", "logs", ".tar.gz"),
        ("x.GZ", "", "x", ".GZ"),
        ("v1.2.gz", "", "v1.2", ".gz"),
        ("a.b.csv", "", "a.b", ".csv"),
        (".env", "", ".env", ""),
        (".env.gz", "", ".env", ".gz"),
        ("README", "", "README", ""),
        ("end.", "", "end.", ""),
        ("a/folder/", "a/", "folder", "/"),
        ("a//", "a/", "", "/"),
        ("ä.ü/é.csv", "ä.ü/", "é", ".csv"),
    ] {
        assert_eq!(split(key), (dir, name, ext), "{key}");
    }
}

#[test]
fn errors_name_the_place_and_the_fields() {
    assert_eq!(fill_in("ü/{nmae}"), Err(TemplateError::UnknownField { name: "nmae".into(), at: 3 }));
    assert_eq!(
        fill_in("a/{nmae}").unwrap_err().to_string(),
        "`{nmae}` at character 3 is not a field. Fields: {key} {dir} {name} {ext} {yyyy} {mm} {dd} {hh} {min} {ss} {date} {time} {version} {etag}"
    );
    assert_eq!(fill_in("a{name"), Err(TemplateError::Open { at: 2 }));
    assert_eq!(fill_in("a{na{me}"), Err(TemplateError::Open { at: 2 }));
    assert_eq!(fill_in("ab}"), Err(TemplateError::Close { at: 3 }));
    assert_eq!(fill_in("a{"), Err(TemplateError::Open { at: 2 }));
    assert_eq!(TemplateError::Open { at: 2 }.to_string(), "`{` at character 2 has no `}`. Write `{{` for a brace");
    assert_eq!(check(""), Err(TemplateError::Empty));
    assert_eq!(check("{x}"), Err(TemplateError::UnknownField { name: "x".into(), at: 1 }));
}

#[test]
fn the_result_is_a_valid_key_and_another_one() {
    assert_eq!(fill_in(""), Err(TemplateError::Empty));
    assert_eq!(expand("{ext}", &version("README")), Err(TemplateError::Empty));
    assert_eq!(fill_in("{key}"), Err(TemplateError::Same));
    assert_eq!(fill_in("{dir}{name}{ext}"), Err(TemplateError::Same));
    assert_eq!(fill_in(&"x".repeat(1024)).map(|key| key.len()), Ok(1024));
    assert_eq!(fill_in(&"x".repeat(1025)), Err(TemplateError::TooLong(1025)));
    assert_eq!(fill_in(&"ü".repeat(513)), Err(TemplateError::TooLong(1026)));
}

proptest! {
    #[test]
    fn never_panics_and_only_gives_valid_keys(template in "[a{}/.]{0,10}|(\\{(key|dir|name|ext|mm|x)\\}|/){0,5}|\\PC{0,20}", key in "[a/.]{1,9}|\\PC{1,20}") {
        if let Ok(to_key) = expand(&template, &version(&key)) {
            prop_assert!(!to_key.is_empty() && to_key.len() <= 1024 && to_key != key);
        }
    }

    #[test]
    fn the_parts_of_a_key_make_the_key(key in "[ab/.]{0,12}(\\.gz)?|\\PC{0,20}") {
        let (dir, name, ext) = split(&key);
        prop_assert_eq!(format!("{dir}{name}{ext}"), key);
    }

    #[test]
    fn escaped_text_comes_out_as_it_was(text in "[a{}]{1,12}") {
        let template = text.replace('{', "{{").replace('}', "}}");
        prop_assert_eq!(fill_in(&template), Ok(text));
    }
}
