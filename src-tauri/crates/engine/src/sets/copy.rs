//! Rows as text for the clipboard.

use contract::{cells, sets::CopyFormat};

/// One line, its values as [`contract::cells`] writes them.
pub(super) fn line<'a>(values: impl Iterator<Item = std::borrow::Cow<'a, str>>, format: CopyFormat) -> String {
    let written: Vec<String> = values
        .map(|value| match format {
            CopyFormat::Tsv => cells::tsv(&value),
            CopyFormat::Csv => cells::csv(&value),
        })
        .collect();
    match format {
        CopyFormat::Tsv => written.join("\t") + "\n",
        CopyFormat::Csv => written.join(",") + "\r\n",
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
