//! The audit log: append-only, chained, and every edit found.

use crate::sample::{self, folder, id};
use contract::operations::AuditCheck;
use proptest::prelude::*;
use store::{NewAudit, Store};

const DROP_TRIGGERS: &str = "DROP TRIGGER audit_no_update; DROP TRIGGER audit_no_delete; DROP TRIGGER audit_next_only;
    DROP TRIGGER audit_head_forward; DROP TRIGGER audit_head_no_delete;";

/// Three entries, then `edit` by someone with an SQLite browser.
fn after(edit: &str) -> AuditCheck {
    let dir = folder();
    let store = three(&dir);
    sample::raw(&store).execute_batch(&format!("{DROP_TRIGGERS}{edit}")).unwrap();
    store.check_audit().unwrap()
}

fn three(dir: &tempfile::TempDir) -> Store {
    let store = sample::open(dir);
    for target in ["one", "two", "three"] {
        store.append_audit(&sample::audit(target)).unwrap();
    }
    assert_eq!(store.check_audit().unwrap(), AuditCheck { entries: 3, broken_at: None });
    store
}

#[test]
fn entries_come_back_as_they_went_in() {
    let dir = folder();
    let store = sample::open(&dir);
    assert_eq!(store.check_audit().unwrap(), AuditCheck { entries: 0, broken_at: None });
    let first = store.append_audit(&sample::audit("one")).unwrap();
    let second = store.append_audit(&NewAudit { operation: None, ..sample::audit("two") }).unwrap();
    assert_eq!((first.sequence, second.sequence), (1, 2));
    assert_eq!(first.hash.len(), 64);
    assert_eq!(store.audit(0, 10).unwrap(), [second.clone(), first.clone()]);
    assert_eq!(store.audit(1, 10).unwrap(), std::slice::from_ref(&first));
    assert_eq!(store.audit_of(&id("op")).unwrap(), [first]);
    assert_eq!(store.audit_count().unwrap(), 2);
}

#[test]
fn every_edited_field_is_found() {
    for column in ["at", "who", "profile", "account", "region", "action", "target", "result", "operation"] {
        let check = after(&format!("UPDATE audit SET {column} = {column} || 'x' WHERE sequence = 2"));
        assert_eq!(check.broken_at, Some(2), "{column}");
        assert_eq!(check.entries, 3);
    }
    for edit in [
        "UPDATE audit SET operation = NULL WHERE sequence = 2",
        "UPDATE audit SET operation = '' WHERE sequence = 2",
        "UPDATE audit SET at = replace(at, 'Z', '+00:00') WHERE sequence = 2",
        "UPDATE audit SET target = 'tw', result = 'o' || result WHERE sequence = 2",
        "UPDATE audit SET hash = 'f' || substr(hash, 2) || 'f' WHERE sequence = 2",
        "UPDATE audit SET hash = upper(hash) || ' ' WHERE sequence = 2",
        "UPDATE audit SET previous_hash = hash WHERE sequence = 2",
        "UPDATE audit SET sequence = 20 WHERE sequence = 2",
    ] {
        assert_eq!(after(edit).broken_at, Some(2), "{edit}");
    }
}

#[test]
fn removed_moved_and_added_entries_are_found() {
    assert_eq!(after("DELETE FROM audit WHERE sequence = 1").broken_at, Some(1));
    assert_eq!(after("DELETE FROM audit WHERE sequence = 2").broken_at, Some(2));
    assert_eq!(after("DELETE FROM audit WHERE sequence = 3"), AuditCheck { entries: 2, broken_at: Some(3) });
    assert_eq!(after("DELETE FROM audit").broken_at, Some(1));
    let closed_up = "DELETE FROM audit WHERE sequence = 2; UPDATE audit SET sequence = 2 WHERE sequence = 3";
    assert_eq!(after(closed_up).broken_at, Some(2));
    let swapped = "UPDATE audit SET sequence = 9 WHERE sequence = 1; UPDATE audit SET sequence = 1 WHERE sequence = 2;
                   UPDATE audit SET sequence = 2 WHERE sequence = 9";
    assert_eq!(after(swapped).broken_at, Some(1));
    let added = "INSERT INTO audit SELECT 4, at, who, profile, account, region, action, target, result, operation,
                 hash, hash FROM audit WHERE sequence = 3";
    assert_eq!(after(added).broken_at, Some(4));
    assert_eq!(after("DELETE FROM audit_head").broken_at, Some(1));
    assert_eq!(after("UPDATE audit_head SET hash = 'x'").broken_at, Some(3));
}

/// What `chain` says that it cannot find: this test is here so that the documentation stays true.
#[test]
fn a_tail_cut_off_together_with_the_head_is_not_found() {
    let check = after(
        "DELETE FROM audit WHERE sequence = 3;
         UPDATE audit_head SET sequence = 2, hash = (SELECT hash FROM audit WHERE sequence = 2)",
    );
    assert_eq!(check, AuditCheck { entries: 2, broken_at: None });
}

#[test]
fn the_database_refuses_to_rewrite() {
    let dir = folder();
    let store = three(&dir);
    let raw = sample::raw(&store);
    for edit in [
        "UPDATE audit SET who = 'nobody'",
        "DELETE FROM audit WHERE sequence = 3",
        "INSERT OR REPLACE INTO audit SELECT sequence, at, 'nobody', profile, account, region, action, target, result,
         operation, previous_hash, hash FROM audit WHERE sequence = 2",
        "INSERT INTO audit SELECT 17, at, who, profile, account, region, action, target, result, operation,
         previous_hash, hash FROM audit WHERE sequence = 2",
        "UPDATE audit_head SET sequence = 1",
        "DELETE FROM audit_head",
    ] {
        let error = raw.execute_batch(edit).unwrap_err().to_string();
        assert!(error.contains("append-only") || error.contains("head"), "{edit}: {error}");
    }
    assert_eq!(store.check_audit().unwrap(), AuditCheck { entries: 3, broken_at: None });
}

#[test]
fn threads_and_instances_share_one_chain() {
    let dir = folder();
    let stores = [sample::open(&dir), sample::open(&dir)];
    std::thread::scope(|scope| {
        for n in 0..8 {
            let store = &stores[n % 2];
            scope.spawn(move || {
                for _ in 0..10 {
                    store.append_audit(&sample::audit(&n.to_string())).unwrap();
                }
            });
        }
    });
    assert_eq!(stores[0].check_audit().unwrap(), AuditCheck { entries: 80, broken_at: None });
    let sequences: Vec<u64> = stores[1].audit(0, 100).unwrap().into_iter().rev().map(|row| row.sequence).collect();
    assert_eq!(sequences, (1..=80).collect::<Vec<_>>());
}

/// Text as strangers name things: anything, with separators, NUL and odd letters more often than chance gives them.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), "[\\x00\\x1f|,;:\"'\\\\\n é\u{202e}💾]{0,12}", Just(String::new())]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_kept_and_chained(
        entries in prop::collection::vec(
            ((text(), text(), text(), text()), (text(), text(), text()), prop::option::of(text()), -1_000_000_i64..9_999_999_999),
            1..5,
        ),
        victim in any::<prop::sample::Index>(),
    ) {
        let dir = folder();
        let store = sample::open(&dir);
        let mut rows = Vec::new();
        for ((who, profile, account, region), (action, target, result), operation, millisecond) in entries {
            let at = contract::Timestamp::from_millisecond(millisecond).unwrap();
            let operation = operation.map(contract::OperationId);
            let new = NewAudit { at, who, profile, account, region, action, target, result, operation };
            let row = store.append_audit(&new).unwrap();
            prop_assert_eq!((&row.target, &row.operation, row.at), (&new.target, &new.operation, new.at));
            rows.insert(0, row);
        }
        prop_assert_eq!(&store.audit(0, 100).unwrap(), &rows);
        prop_assert_eq!(store.check_audit().unwrap().broken_at, None);

        // One character moves from one field to the next: the same letters in the same order, and yet found.
        let victim = victim.index(rows.len()) + 1;
        let raw = sample::raw(&store);
        raw.execute_batch(DROP_TRIGGERS).unwrap();
        raw.execute(
            "UPDATE audit SET action = action || 'x', target = target || char(0) WHERE sequence = ?1",
            [i64::try_from(victim).unwrap()],
        )
        .unwrap();
        prop_assert_eq!(store.check_audit().unwrap().broken_at, Some(victim as u64));
    }
}
