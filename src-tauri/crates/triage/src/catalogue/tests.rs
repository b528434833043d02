//! The signature files hold their own tests: every example, ours at least.

use super::*;
use proptest::prelude::*;

#[test]
fn our_files_have_no_faults() {
    let (_, faults) = Catalogue::from_files(BUILTIN);
    let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_file_of_the_folder_is_read() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../assets/signatures");
    let mut ours: Vec<String> = BUILTIN.iter().map(|(name, _)| (*name).to_owned()).collect();
    ours.sort();
    let files = files_in(&folder).unwrap();
    assert_eq!(files.into_iter().map(|(name, _)| name).collect::<Vec<_>>(), ours);
}

#[test]
fn every_example_says_what_it_should() {
    let mut wrong = Vec::new();
    for signature in Catalogue::builtin().signatures() {
        for example in &signature.examples {
            let trial = signature.try_on(example.text.as_bytes());
            if trial.matches != example.matches {
                wrong.push(format!(
                    "{}: {} {:?}",
                    signature.id,
                    if example.matches { "misses" } else { "matches" },
                    example.text
                ));
            }
            for (name, value) in &example.values {
                if trial.values.get(name) != Some(value) {
                    wrong.push(format!("{}: {name} is {:?}, not {value:?}", signature.id, trial.values.get(name)));
                }
            }
            let mut wanted = false;
            let index = Catalogue::builtin().signatures().iter().position(|known| known.id == signature.id).unwrap();
            Catalogue::builtin().candidates(example.text.as_bytes(), |found, _| wanted |= usize::from(found) == index);
            if example.matches && !wanted {
                wrong.push(format!("{}: the text that it needs is not found in {:?}", signature.id, example.text));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_signature_is_complete() {
    let mut wrong = Vec::new();
    for signature in Catalogue::builtin().signatures() {
        let mut lacks = |what: &str, lacking: bool| {
            if lacking {
                wrong.push(format!("{} lacks {what}", signature.id));
            }
        };
        lacks("an example that matches", !signature.examples.iter().any(|example| example.matches));
        lacks("an example that does not", signature.examples.iter().all(|example| example.matches));
        lacks("a remedy", signature.class != Class::Noise && signature.remedy.is_empty());
        lacks("a document", signature.class != Class::Noise && signature.doc.is_none());
        for other in signature.explains.iter().chain(&signature.follows) {
            let known = Catalogue::builtin().signatures().iter().any(|known| names(other, &known.id));
            lacks(&format!("{other}, which it names"), !known);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn all_rows_of_the_catalogue_of_facts_are_covered() {
    let missing: Vec<u16> = (1..=68)
        .filter(|row| !Catalogue::builtin().signatures().iter().any(|signature| signature.rows.contains(row)))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn a_fault_names_file_line_and_key_and_costs_one_signature() {
    let text = "[[signature]]\nid = \"own.a\"\ntitle = \"A\"\npatterns = ['abc(']\n\n[[signature]]\nid = \"own.b\"\ntitle = \"B\"\npatterns = ['disk quota']\n\n[[signature]]\nid = \"own.c\"\ntitel = \"C\"\npatterns = ['xyz']\n\n[[signature]]\nid = \"own.d\"\ntitle = \"D\"\npatterns = ['.*\\d+']\n\n[[signature]]\nid = \"own.e\"\ntitle = \"E\"\nseverity = \"awful\"\npatterns = ['xyz']\n";
    let broken = "[[signature]]\nid = \"own.f\ntitle = \"F\"\n";
    let (catalogue, faults) = Catalogue::with_user_files(&[("mine.toml", text), ("broken.toml", broken)]);
    let said: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert!(catalogue.get("own.b").is_some(), "{said:?}");
    assert_eq!(catalogue.signatures().len(), Catalogue::builtin().signatures().len() + 1);
    assert_eq!(faults.len(), 5, "{said:?}");
    assert_eq!(
        (faults[0].file.as_str(), faults[0].line, faults[0].key.as_deref()),
        ("mine.toml", 4, Some("patterns")),
        "{said:?}"
    );
    assert_eq!(
        (faults[1].line, faults[1].signature.as_deref(), faults[1].key.as_deref()),
        (13, Some("own.c"), Some("titel")),
        "{said:?}"
    );
    assert_eq!((faults[2].line, faults[2].key.as_deref()), (19, Some("patterns")), "{said:?}");
    assert_eq!((faults[3].line, faults[3].key.as_deref()), (24, Some("severity")), "{said:?}");
    assert_eq!((faults[4].file.as_str(), faults[4].line), ("broken.toml", 2), "{said:?}");
}

#[test]
fn a_setting_that_would_not_be_read_is_a_fault() {
    let settings = [
        ("{ key = \"spark.archives\", value = \"s3://<bucket>/env.tar.gz\" }", "placeholder"),
        ("{ key = \"commit.retry.num-retries\", kind = \"spark\", value = \"10\" }", "spark."),
        ("{ key = \"MaxCapacity\", kind = \"glue\", value = \"10\" }", "Timeout"),
        ("{ key = \"spark.x\", kind = \"sparks\", value = \"1\" }", "sparks"),
    ];
    for (setting, said) in settings {
        let text = format!(
            "[[signature]]\nid = \"own.a\"\ntitle = \"A\"\npatterns = ['abc']\nsettings = [{{ key = \"spark.y\", like = \"<n>\" }}, {setting}]\n\n[[signature]]\nid = \"own.b\"\ntitle = \"B\"\npatterns = ['abc']\n"
        );
        let (catalogue, faults) = Catalogue::from_files(&[("own.toml", text.as_str())]);
        assert_eq!(faults.len(), 1, "{setting}: {faults:?}");
        assert_eq!((faults[0].line, faults[0].key.as_deref()), (5, Some("settings")), "{setting}: {faults:?}");
        assert!(faults[0].message.contains(said), "{setting}: {faults:?}");
        assert!(catalogue.get("own.a").is_none() && catalogue.get("own.b").is_some());
    }
}

#[test]
fn no_setting_of_ours_is_taken_for_sparks_that_is_not() {
    use crate::compute::Kind;
    let all = Catalogue::builtin().signatures().iter().flat_map(|signature| &signature.settings);
    let kinds: BTreeMap<&str, Kind> = all.map(|setting| (setting.key.as_str(), setting.kind())).collect();
    for (key, kind) in &kinds {
        assert_eq!(*kind == Kind::Spark, key.starts_with("spark."), "{key}");
    }
    assert_eq!(kinds.get("hadoop.service.shutdown.timeout"), Some(&Kind::Cluster));
    assert_eq!(kinds.get("commit.retry.num-retries"), Some(&Kind::Table));
    assert_eq!(kinds.get("timeout.attemptDurationSeconds"), Some(&Kind::Api));
    let timeouts =
        ["glue.timeout", "lambda.timeout"].map(|id| Catalogue::builtin().get(id).unwrap().settings[0].kind());
    assert_eq!(timeouts, [Kind::Glue, Kind::Api]);
}

#[test]
fn a_users_signature_replaces_ours_and_may_not_be_there_twice() {
    let text = "[[signature]]\nid = \"disk.full\"\ntitle = \"Mine\"\npatterns = ['No space left on device']\n";
    let (catalogue, faults) = Catalogue::with_user_files(&[("mine.toml", text)]);
    assert_eq!((catalogue.get("disk.full").unwrap().title.as_str(), faults.len()), ("Mine", 0));
    let twice = format!("{text}{text}");
    let (_, faults) = Catalogue::with_user_files(&[("mine.toml", twice.as_str())]);
    assert_eq!(faults[0].key.as_deref(), Some("id"));
}

#[test]
fn a_draft_matches_its_line_and_the_same_line_of_another_run() {
    let line = "26/02/02 11:00:09 ERROR Settlement: ledger 8841 on ip-10-0-0-7.ec2.internal does not balance: s3://lake/a/1.csv id 6f1c2a9b77e0d1";
    let other = "26/02/03 10:10:10 ERROR Settlement: ledger 77 on ip-10-9-9-1.ec2.internal does not balance: s3://lake/b/2.csv id 0f1c2a9b77e0d1aa";
    let draft = draft_from_line(line);
    assert!(draft.try_on(line.as_bytes()).unwrap().matches, "{draft:?}");
    assert!(draft.try_on(other.as_bytes()).unwrap().matches, "{draft:?}");
    assert!(!draft.try_on(b"26/02/03 ERROR Settlement: ledger ok").unwrap().matches);
    let (catalogue, faults) = Catalogue::with_user_files(&[("own.toml", draft.to_toml())]);
    assert!(faults.is_empty() && catalogue.get(&draft.id).is_some(), "{faults:?}");
    for odd in ["", "   ", "1 2 3", "\u{1b}[31mé\"\\", "ERROR", "12:00:00"] {
        let _ = draft_from_line(odd).try_on(odd.as_bytes());
    }
}

#[test]
fn a_draft_holds_no_secret_and_matches_its_line_all_the_same() {
    let line = "ERROR Ledger: refused for jdbc:postgresql://etl:hunter2@db:5432/x with --db-password \"two words\" and password=hunter2, gave up";
    let draft = draft_from_line(line);
    assert!(draft.try_on(line.as_bytes()).unwrap().matches, "{draft:?}");
    assert!(draft.try_on(draft.example.as_bytes()).unwrap().matches, "{draft:?}");
    assert!(!format!("{draft:?}").contains("hunter2") && !format!("{draft:?}").contains("two words"), "{draft:?}");
}

#[test]
fn what_a_draft_does_not_hold_is_not_taken_for_one() {
    let more = ["patterns = ['abc']", "patterns = ['abc', 'def']", "patterns = ['abc']\nquiet = true"];
    let drafts = more.map(|more| {
        let text = format!("[[signature]]\nid = \"a\"\ntitle = \"A\"\n{more}\n");
        let (catalogue, faults) = Catalogue::from_files(&[("own.toml", text.as_str())]);
        assert!(faults.is_empty(), "{faults:?}");
        Draft::of(&catalogue.signatures()[0]).is_some()
    });
    assert_eq!(drafts, [true, false, false]);
}

/// What lines are made of.
const PARTS: [&str; 26] = [
    "ledger",
    " ",
    "  ",
    "\u{a0}",
    "8841",
    "\u{664}\u{665}",
    "s3://lake/a b/1.csv",
    "ip-10-0-0-7.ec2.internal",
    "6f1c2a9b77e0d1",
    "password=hunter2",
    "token: \"a b\"",
    "(",
    ")[",
    "{x}",
    "\\",
    "\"",
    "'",
    "\u{1b}[31m",
    "é",
    "\u{2028}",
    "\t",
    "/a/b/c=d/e",
    "0xff",
    "arn:aws:s3:::lake",
    "12:00:01",
    "****",
];

proptest! {
    #[test]
    fn a_proposal_matches_the_line_that_it_came_from(
        parts in proptest::collection::vec(proptest::sample::select(&PARTS[..]), 0..14),
        anything in ".{0,40}",
    ) {
        // Words that are fixed, so that there is something to look for.
        let line = format!("Settlement refused {}{anything}", parts.concat());
        let draft = draft_from_line(&line);
        let first = line.lines().next().unwrap_or_default();
        prop_assert!(draft.try_on(first.as_bytes()).unwrap().matches, "{draft:?}");
        prop_assert!(draft.try_on(draft.example.as_bytes()).unwrap().matches, "{draft:?}");
    }

    #[test]
    fn a_draft_reads_back_from_its_file(
        title in any::<String>(),
        remedy in any::<String>(),
        example in any::<String>(),
        miss in any::<Option<String>>(),
    ) {
        let remedy = remedy.trim().to_owned();
        let draft = Draft { title, remedy, example, miss, ..draft_from_line("Settlement refused") };
        let text = draft.to_toml();
        let (catalogue, faults) = Catalogue::from_files(&[("own.toml", text.as_str())]);
        prop_assert!(faults.is_empty(), "{faults:?}");
        prop_assert_eq!(catalogue.signatures().first().and_then(Draft::of), Some(draft));
    }
}
