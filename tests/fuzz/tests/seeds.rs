//! Every target holds on its seeds, and on what is left of them after a cut.

use std::{collections::BTreeSet, panic};

#[test]
fn every_target_holds_on_its_seeds() {
    for target in fuzz::TARGETS {
        let seeds = fuzz::seeds::of(target).unwrap();
        assert!(seeds.len() > 3, "{} begins with {} seeds only", target.name, seeds.len());
        for seed in &seeds {
            let cut = seed.len() / 2;
            for bytes in [seed.as_bytes(), &seed.as_bytes()[..cut]] {
                let held = panic::catch_unwind(|| (target.run)(bytes));
                assert!(held.is_ok(), "{} does not hold on {:?}", target.name, String::from_utf8_lossy(bytes));
            }
        }
    }
}

#[test]
fn targets_are_found_by_their_names() {
    let names: BTreeSet<&str> = fuzz::TARGETS.iter().map(|target| target.name).collect();
    assert_eq!(names.len(), fuzz::TARGETS.len());
    assert!(names.iter().all(|name| fuzz::target(name).is_some_and(|target| target.name == *name)));
    assert!(fuzz::target("nothing").is_none());
}

#[test]
fn seeds_are_the_texts_of_the_tests() {
    let seeds = |name| fuzz::seeds::of(fuzz::target(name).unwrap()).unwrap();
    assert!(seeds("moment").iter().any(|text| text == "yesterday 09:00"));
    assert!(
        seeds("history").iter().any(|page| page.contains("ChoiceStateEntered") && page.contains("\n\n{\"StartAt\""))
    );
    assert!(seeds("listing").iter().any(|xml| xml.contains("<ListVersionsResult") && xml.contains("&quot;")));
    let words = fuzz::seeds::dictionary(fuzz::target("schedule").unwrap()).unwrap();
    assert!(words.lines().all(|line| line.starts_with("\"\\x") && line.ends_with('"')));
}
