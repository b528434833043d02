//! Rows as text for the clipboard.

use contract::sets::CopyFormat;

/// One line. CSV by RFC 4180; in TSV a tab or line break inside a value becomes a space, as spreadsheets expect. In both
/// a value that a spreadsheet would run as a formula is kept as text by an apostrophe: keys come from strangers.
pub(super) fn line<'a>(values: impl Iterator<Item = std::borrow::Cow<'a, str>>, format: CopyFormat) -> String {
    let cells: Vec<String> = values.map(|value| cell(&value, format)).collect();
    match format {
        CopyFormat::Tsv => cells.join("\t") + "\n",
        CopyFormat::Csv => cells.join(",") + "\r\n",
    }
}

fn cell(value: &str, format: CopyFormat) -> String {
    let formula =
        value.starts_with(['=', '@', '\t', '\r']) || (value.starts_with(['+', '-']) && value.parse::<f64>().is_err());
    let value = if formula { format!("'{value}") } else { value.to_owned() };
    match format {
        CopyFormat::Tsv => value.replace(['\t', '\n', '\r'], " "),
        CopyFormat::Csv if value.contains(['"', ',', '\n', '\r']) => format!("\"{}\"", value.replace('"', "\"\"")),
        CopyFormat::Csv => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(values: &[&str], format: CopyFormat) -> String {
        line(values.iter().map(|value| (*value).into()), format)
    }

    #[test]
    fn csv_quotes_what_it_must() {
        assert_eq!(
            written(&["a,b", "say \"hi\"", "two\nlines", "plain"], CopyFormat::Csv),
            "\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\",plain\r\n"
        );
    }

    #[test]
    fn tsv_keeps_one_line_per_row() {
        assert_eq!(written(&["a\tb", "two\nlines"], CopyFormat::Tsv), "a b\ttwo lines\n");
    }

    #[test]
    fn a_key_is_never_a_formula() {
        assert_eq!(
            written(&["=cmd|' /C calc'!A0", "@x", "+1", "-2.5", "-x"], CopyFormat::Csv),
            "'=cmd|' /C calc'!A0,'@x,+1,-2.5,'-x\r\n"
        );
    }
}
