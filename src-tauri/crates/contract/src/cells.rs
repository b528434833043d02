//! Cells of a table as text: every CSV and TSV that the program writes, core or window, is made of these.
//!
//! Names and keys come from strangers, and a spreadsheet runs a cell that begins like a formula ("CSV Injection", OWASP). Such
//! a value is kept as text by an apostrophe; a number with its sign is none.

use std::borrow::Cow;

/// By RFC 4180: quoted where it must be.
pub fn csv(value: &str) -> String {
    let value = no_formula(value);
    if value.contains(['"', ',', '\n', '\r']) { quoted(&value) } else { value.into_owned() }
}

/// For the clipboard: a tab or a line break inside becomes a space, as spreadsheets expect. They take away quotes around a
/// pasted cell, and might find a formula within.
pub fn tsv(value: &str) -> String {
    let value = no_formula(value).replace(['\t', '\n', '\r'], " ");
    if value.starts_with('"') { quoted(&value) } else { value }
}

fn quoted(value: &str) -> String {
    format!("\"{}\"", value.replace('"', "\"\""))
}

fn no_formula(value: &str) -> Cow<'_, str> {
    // The wide signs are those of East Asian keyboards: some spreadsheets take them for the narrow ones.
    let begins = value.starts_with(['=', '@', '\t', '\r', '\n', '＝', '＠', '＋', '－']);
    let signed = value.starts_with(['+', '-']) && value.parse::<f64>().is_err();
    if begins || signed { Cow::Owned(format!("'{value}")) } else { Cow::Borrowed(value) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn csv_quotes_what_it_must() {
        let cells = ["a,b", "say \"hi\"", "two\nlines", "plain", ""].map(csv);
        assert_eq!(cells, ["\"a,b\"", "\"say \"\"hi\"\"\"", "\"two\nlines\"", "plain", ""]);
    }

    #[test]
    fn a_pasted_cell_stays_one_cell() {
        assert_eq!(["a\tb", "two\nlines", "say \"hi\""].map(tsv), ["a b", "two lines", "say \"hi\""]);
        assert_eq!(tsv("\"=1+1\""), "\"\"\"=1+1\"\"\"", "without the outer quotes it is what it was");
    }

    #[test]
    fn nothing_is_a_formula() {
        for sign in ["=", "@", "+", "-", "\t", "\r", "\n", "＝", "＠", "＋", "－"] {
            let evil = format!("{sign}cmd|' /C calc'!A0");
            let (one, other) = (csv(&evil), tsv(&evil));
            assert!(one.trim_start_matches('"').starts_with('\''), "{one:?}");
            assert!(other.starts_with('\''), "{other:?}");
        }
        for number in ["+1", "-2.5", "-1e-9", "3"] {
            assert_eq!((csv(number), tsv(number)), (number.to_owned(), number.to_owned()));
        }
        assert_eq!(csv("a=b"), "a=b");
    }
}
