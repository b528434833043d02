//! Texts of strangers stay in their places, and secrets stay behind.

use super::{
    csv, page, read,
    samples::{compared, each},
};
use crate::exports::Told;
use contract::executions::Difference;

const EVIL: [&str; 6] = [
    "</td></tr></table><script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "--></style><svg onload=alert(1)>",
    "]]>&lt;b&gt;",
    "=HYPERLINK(\"http://evil.example\";\"a\")",
    "a,b\r\n\"c\"",
];

/// The tags of a document, but for those of its pictures, whose texts may be cut.
fn tags(document: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = document;
    while let Some((before, after)) = rest.split_once("<svg xmlns") {
        found.extend(before.split('<').skip(1).map(|piece| piece.split('>').next().unwrap_or_default().to_owned()));
        rest = after.split_once("</svg>").unwrap().1;
    }
    found.extend(rest.split('<').skip(1).map(|piece| piece.split('>').next().unwrap_or_default().to_owned()));
    found
}

#[test]
fn no_text_gets_out_of_its_place_in_a_document() {
    for evil in EVIL {
        for (told, plain) in each(evil).iter().zip(&each("plain")) {
            let (document, plain) = (page(told), page(plain));
            assert_eq!(tags(&document), tags(&plain), "{evil}");
            for word in ["<script", "<img", "<svg onload", "<b>", " href=", "url(", "@import"] {
                assert!(!document.contains(word), "{word} of {evil}");
            }
            assert!(document.contains("default-src 'none'") && document.contains("class=\"chart-"), "{document}");
        }
    }
}

#[test]
fn a_sheet_reads_back_and_holds_no_formula() {
    for evil in EVIL.into_iter().chain(["+cmd|' /C calc'!A0", "-2+3", "@SUM(1)"]) {
        for told in &each(evil) {
            let rows = read(&csv(told));
            let width = rows[0].len();
            assert!(rows.len() > 8 && rows.iter().all(|row| row.len() == width), "{evil}");
            for cell in rows.iter().flatten().filter(|cell| cell.starts_with(['=', '+', '-', '@'])) {
                assert!(cell.parse::<f64>().is_ok(), "{cell}");
            }
        }
    }
}

#[test]
fn secrets_stay_behind() {
    let mut told = compared("plain");
    told.comparison.differences = vec![Difference {
        what: "Environment".into(),
        place: "DB_PASSWORD".into(),
        then: Some("hunter2-and-more".into()),
        now: Some("hunter2-and-others".into()),
        at: None,
    }];
    told.comparison.metrics[0].words = "connect --password hunter2-and-more".into();
    let told = Told::Comparison(Box::new(told));
    let (csv, document) = (csv(&told), page(&told));
    assert!(document.contains("DB_PASSWORD") && csv.contains("DB_PASSWORD"));
    assert!(!document.contains("hunter2") && !csv.contains("hunter2"), "{csv}");
}
