//! Whatever a log holds, nothing panics, and how it is handed over does not change the answer.

use crate::generator::{failures, job};
use crate::jobs::{records, scan};
use proptest::prelude::*;
use triage::{Catalogue, Facts, FileId, Role, Scan, Scanner, Source, templates};

fn parts() -> impl Strategy<Value = Vec<u8>> {
    let words = prop_oneof![
        Just(b"26/01/01 10:00:00 ERROR Executor: ".to_vec()),
        Just(b"java.lang.OutOfMemoryError: Java heap space\n".to_vec()),
        Just(b"Traceback (most recent call last):\n".to_vec()),
        Just(b"Caused by: ".to_vec()),
        Just(b"Last 4096 bytes of stderr :\n".to_vec()),
        Just(b"Container killed by YARN for exceeding memory limits. 9.1 GB of ".to_vec()),
        Just(b"executor 7 on ip-1: Exit status: 137\n".to_vec()),
        Just(b"\x1b[31m\xff\xfe\r\n".to_vec()),
        proptest::collection::vec(any::<u8>(), 0..80),
    ];
    proptest::collection::vec(words, 0..40).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn nothing_panics(bytes in parts(), state in "[A-Z_]{0,10}", fact in ".{0,80}") {
        let mut all = scan(FileId(0), Source { role: Role::Driver, ..Source::default() }, &bytes);
        all.merge(scan(FileId(1), Source { role: Role::Executor { id: None }, ..Source::default() }, &bytes));
        let facts = Facts {
            state: Some(state),
            texts: vec![triage::Fact { name: "x".to_owned(), text: fact }],
            ..Facts::default()
        };
        let baseline = templates::templates(records(FileId(0), &bytes));
        let _ = Catalogue::builtin().report(&all, &facts, Some(&baseline));
        let _ = triage::trace::trace(&String::from_utf8_lossy(&bytes));
        let _ = triage::catalogue::draft_from_line(&String::from_utf8_lossy(&bytes));
        let text = String::from_utf8_lossy(&bytes);
        let (_, _) = Catalogue::from_files(&[("x.toml", &text)]);
    }

    #[test]
    fn the_order_of_files_and_the_size_of_batches_do_not_matter(which in 0_usize..68, seed in 0_u64..50, swap in any::<bool>()) {
        let failures = failures();
        let job = job(&failures[which % failures.len()].1, seed);
        let expected = format!("{:?}", job.report());
        let mut files: Vec<_> = (0..).zip(&job.files).collect();
        if swap {
            files.reverse();
        }
        let mut all = Scan::default();
        for (id, (role, host, text)) in files {
            let source = Source { role: role.clone(), host: host.clone(), ..Source::default() };
            let mut scanner = Scanner::new(Catalogue::builtin(), FileId(id), source);
            for batch in records(FileId(id), text.as_bytes()).chunks(1 + usize::try_from(seed).unwrap() % 7) {
                for record in batch {
                    scanner.offer(record);
                }
            }
            let part = scanner.finish();
            let mut other = part.clone();
            other.merge(all);
            all = other;
        }
        let report = Catalogue::builtin().report(&all, &job.facts, None);
        prop_assert_eq!(format!("{report:?}"), expected);
    }
}
