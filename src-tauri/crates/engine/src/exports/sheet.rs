//! A table for spreadsheets and programs: one head, and a row for everything, by section.

use crate::incident::report::Said;
use contract::charts::{Chart, ChartTable, Scale, ScaleKind};

/// See the module. Texts are masked; a cell that a spreadsheet would take for a formula is kept as text.
#[derive(Debug)]
pub struct Sheet {
    table: ChartTable,
}

impl Sheet {
    pub fn new(head: &[&str]) -> Self {
        Self { table: ChartTable { head: head.iter().map(|name| (*name).to_owned()).collect(), rows: Vec::new() } }
    }

    /// `cells`: column and text; columns that are not told stay empty.
    pub fn row(&mut self, cells: &[(&str, &str)]) {
        let cell = |head: &String| {
            let told = cells.iter().find(|(column, _)| column == head).map(|(_, text)| *text);
            told.map(|text| Said::of(text).line()).unwrap_or_default()
        };
        let row = self.table.head.iter().map(cell).collect();
        self.table.rows.push(row);
    }

    /// What a chart shows, a row for each cell of its table: the row's name, the column, the value.
    pub fn chart(&mut self, chart: &Chart) {
        let heads = chart.table.head.iter().skip(1);
        for row in &chart.table.rows {
            let Some(name) = row.first() else { continue };
            for (head, value) in heads.clone().zip(row.iter().skip(1)).filter(|(_, value)| !value.is_empty()) {
                self.row(&[("section", &chart.caption), ("name", name), ("kind", head), ("value", value)]);
            }
        }
    }

    /// The points of a chart of curves, a row each: the curve, the place across, the value. Of a chart of bars nothing: it has
    /// names at one of its axes, and its numbers are rows of their own.
    pub fn points(&mut self, chart: &Chart) {
        let is_of_names = |scale: &Scale| matches!(scale.kind, ScaleKind::Category { .. });
        if is_of_names(&chart.x) || is_of_names(&chart.y) {
            return;
        }
        for row in &chart.table.rows {
            let [curve, at, value] = row.as_slice() else { continue };
            self.row(&[("section", &chart.caption), ("name", curve), ("at", at), ("value", value)]);
        }
    }

    pub fn csv(&self) -> String {
        self.table.csv()
    }
}
