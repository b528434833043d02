//! Confusion matrices of evaluations, as tables of a document and as rows of a sheet.

use super::{exact, figure, sheet::Sheet};
use crate::incident::report::{Block, Span, Table, code, strong, text};
use contract::models::{ConfusionMatrix, version_words};
use std::collections::{HashMap, HashSet};

/// A true class, and the one that its rows were predicted to be of.
type Pair<'a> = (&'a str, &'a str);

/// A table for each matrix, by the number of its version; nothing where no file has one.
pub(super) fn blocks(all: &[(u32, Option<&ConfusionMatrix>)]) -> Vec<Block> {
    if all.iter().all(|(_, matrix)| matrix.is_none()) {
        return Vec::new();
    }
    let mut blocks = vec![Block::Line(vec![text("A row for each true class, a column for each predicted one.")])];
    blocks.extend(all.iter().map(|(version, matrix)| match matrix {
        Some(matrix) => Block::Table(table(*version, matrix)),
        None => {
            Block::Line(vec![text(format!("The evaluation of {} has no confusion matrix.", version_words(*version)))])
        }
    }));
    blocks
}

fn table(version: u32, matrix: &ConfusionMatrix) -> Table {
    let title = if version == 0 { "Model package".to_owned() } else { format!("Version {version}") };
    let mut head = vec![title.as_str()];
    head.extend(matrix.classes.iter().map(String::as_str));
    head.push("Support");
    let rows = matrix.classes.iter().zip(&matrix.counts).enumerate().map(|(at, (class, row))| {
        // Rows of this true class; not known where a cell is not there.
        let support: Option<f64> = row.iter().copied().sum();
        let mut cells = vec![code(class)];
        cells.extend(row.iter().enumerate().map(|(place, count)| {
            let words = share(*count, support);
            if place == at { strong(words) } else { text(words) }
        }));
        cells.push(text(figure(support)));
        cells
    });
    let rows: Vec<Vec<Span>> = rows.collect();
    Table::new(&head, rows)
}

/// `91.0 % (364)`: classes of few rows are read beside those of many.
fn share(count: Option<f64>, support: Option<f64>) -> String {
    match (count, support.filter(|support| *support > 0.0)) {
        (Some(count), Some(support)) => format!("{:.1} % ({})", count / support * 100.0, figure(Some(count))),
        (count, _) => figure(count),
    }
}

/// A row for each pair of classes, with its count on either side.
pub(super) fn rows(sheet: &mut Sheet, left: Option<&ConfusionMatrix>, right: Option<&ConfusionMatrix>) {
    let (left, right) = (cells(left), cells(right));
    let on_left: HashMap<Pair<'_>, Option<f64>> = left.iter().copied().collect();
    let on_right: HashSet<Pair<'_>> = right.iter().map(|(pair, _)| *pair).collect();
    let both = right.iter().map(|(pair, count)| (*pair, on_left.get(pair).copied().flatten(), *count));
    // Classes that the other version does not know.
    let rest = left.iter().filter(|(pair, _)| !on_right.contains(pair)).map(|(pair, count)| (*pair, *count, None));
    for ((class, predicted), left, right) in both.chain(rest) {
        sheet.row(&[
            ("section", "confusion"),
            ("name", &format!("{class} predicted as {predicted}")),
            ("left", &exact(left)),
            ("right", &exact(right)),
        ]);
    }
}

fn cells(matrix: Option<&ConfusionMatrix>) -> Vec<(Pair<'_>, Option<f64>)> {
    let Some(ConfusionMatrix { classes, counts }) = matrix else { return Vec::new() };
    let of = classes.iter().zip(counts).flat_map(|(class, row)| {
        classes.iter().zip(row).map(move |(predicted, count)| ((class.as_str(), predicted.as_str()), *count))
    });
    of.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix(classes: &[&str], counts: &[&[Option<f64>]]) -> ConfusionMatrix {
        ConfusionMatrix {
            classes: classes.iter().map(|class| (*class).to_owned()).collect(),
            counts: counts.iter().map(|row| row.to_vec()).collect(),
        }
    }

    #[test]
    fn a_cell_is_a_share_of_its_row() {
        assert_eq!(share(Some(364.0), Some(400.0)), "91.0 % (364)");
        assert_eq!(share(Some(5.0), None), "5");
        assert_eq!((share(None, Some(3.0)), share(Some(0.0), Some(0.0))), ("–".to_owned(), "0".to_owned()));
    }

    #[test]
    fn each_version_has_its_table_or_a_word() {
        let told = matrix(&["bronze", "gold"], &[&[Some(8.0), Some(2.0)], &[None, Some(3.0)]]);
        assert!(blocks(&[(1, None), (2, None)]).is_empty());
        let blocks = blocks(&[(1, None), (2, Some(&told))]);
        let said = format!("{blocks:?}");
        assert_eq!(blocks.len(), 3, "{said}");
        for words in ["version 1 has no confusion matrix", "80.0 % (8)", "20.0 % (2)", "Support"] {
            assert!(said.contains(words), "{words} is missing in {said}");
        }
        let Some(Block::Table(table)) = blocks.last() else { panic!("{said}") };
        assert!(table.head.len() == 4 && table.rows.iter().all(|row| row.len() == 4), "{said}");
    }

    #[test]
    fn a_pair_of_classes_is_one_row_with_both_sides() {
        let before = matrix(&["a", "c"], &[&[Some(7.0), Some(1.0)], &[Some(2.0), Some(5.0)]]);
        let after = matrix(&["a", "b"], &[&[Some(9.0), None], &[Some(0.5), Some(4.0)]]);
        let mut sheet = Sheet::new(&["section", "name", "left", "right"]);
        rows(&mut sheet, Some(&before), Some(&after));
        let wanted = "section,name,left,right\r\n\
            confusion,a predicted as a,7,9\r\n\
            confusion,a predicted as b,,\r\n\
            confusion,b predicted as a,,0.5\r\n\
            confusion,b predicted as b,,4\r\n\
            confusion,a predicted as c,1,\r\n\
            confusion,c predicted as a,2,\r\n\
            confusion,c predicted as c,5,\r\n";
        assert_eq!(sheet.csv(), wanted);
    }
}
