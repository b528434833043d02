//! Rows, and the view of them that the window sees.

use super::{AnyTable, FieldSpec, Filter, Moment, Value, copy};
use contract::{
    Notice, SetId, Timestamp,
    sets::{CopyFormat, Field, FilterError, RowWindow, Rows, Section, SetState, Sort, ViewSet},
};
use std::{borrow::Cow, cmp::Ordering, collections::HashMap, ops::Range};

/// A row of a result set.
pub trait Record: Clone + Send + 'static {
    /// What can be named. The first field identifies a row on the clipboard.
    const FIELDS: &'static [FieldSpec];
    /// Unique in the set.
    fn id(&self) -> &str;
    /// What it can be found by besides.
    fn is_also(&self, _id: &str) -> bool {
        false
    }
    /// The value of `FIELDS[field]`.
    fn value(&self, field: usize) -> Value<'_>;
    /// The set's own order; equal rows stay as they came.
    fn natural(&self, _other: &Self) -> Ordering {
        Ordering::Equal
    }
    fn rows(rows: Vec<Self>) -> Rows;
    /// What the columns are called on the clipboard. Rows whose columns are not known before bring their own.
    fn headings(_rows: &[Self]) -> Vec<Cow<'_, str>> {
        Self::FIELDS.iter().map(|field| Cow::Borrowed(field.name)).collect()
    }
    /// The value of a column on the clipboard.
    fn written(&self, column: usize) -> Cow<'_, str> {
        self.value(column).written()
    }
}

/// See the module above.
#[derive(Debug)]
pub struct Table<R: Record> {
    id: SetId,
    rows: Vec<R>,
    positions: HashMap<String, usize>,
    /// Positions in `rows`, filtered and sorted.
    view: Vec<u32>,
    fresh: bool,
    filter: Filter,
    filter_errors: Vec<FilterError>,
    sort: Option<(usize, bool)>,
    notices: Vec<Notice>,
    complete: bool,
    as_of: Timestamp,
    revision: u64,
    /// Positions in `view` that were read last.
    sight: Range<u64>,
}

impl<R: Record> Table<R> {
    pub fn new(id: SetId, as_of: Timestamp) -> Self {
        Self {
            id,
            rows: Vec::new(),
            positions: HashMap::new(),
            view: Vec::new(),
            fresh: true,
            filter: Filter::default(),
            filter_errors: Vec::new(),
            sort: None,
            notices: Vec::new(),
            complete: false,
            as_of,
            revision: 0,
            sight: 0..0,
        }
    }

    /// A row whose identity is there already replaces it: a listing that goes on while the folder changes may repeat.
    pub fn append(&mut self, rows: Vec<R>) {
        for row in rows {
            if self.positions.contains_key(row.id()) {
                self.replace(row);
            } else {
                self.positions.insert(row.id().to_owned(), self.rows.len());
                self.rows.push(row);
            }
        }
        self.stale();
    }

    pub fn replace(&mut self, row: R) {
        if let Some(slot) = self.positions.get(row.id()).and_then(|position| self.rows.get_mut(*position)) {
            *slot = row;
            self.stale();
        }
    }

    pub fn set_all(&mut self, rows: Vec<R>) {
        self.rows.clear();
        self.positions.clear();
        self.append(rows);
    }

    pub fn rows_by_id(&self) -> HashMap<String, R> {
        self.rows.iter().map(|row| (row.id().to_owned(), row.clone())).collect()
    }

    pub fn notice(&mut self, notice: Notice) {
        if !self.notices.contains(&notice) {
            self.notices.push(notice);
        }
    }

    /// Puts these in place of all: what could be read again is not said any more.
    pub fn set_notices(&mut self, notices: Vec<Notice>) {
        self.notices = notices;
        self.revision += 1;
    }

    pub fn finish(&mut self, as_of: Timestamp) {
        self.complete = true;
        self.as_of = as_of;
    }

    fn stale(&mut self) {
        self.fresh = false;
        self.revision += 1;
    }

    fn refresh(&mut self) {
        if self.fresh {
            return;
        }
        let rows = &self.rows;
        let filter = &self.filter;
        self.view.clear();
        self.view.extend(
            rows.iter()
                .zip(0_u32..)
                .filter(|(row, _)| filter.passes(R::FIELDS, |field| row.value(field)))
                .map(|(_, position)| position),
        );
        let at = |position: u32| rows.get(position as usize);
        match self.sort {
            None => self.view.sort_by(|one, two| match (at(*one), at(*two)) {
                (Some(one), Some(two)) => one.natural(two),
                _ => Ordering::Equal,
            }),
            Some((field, descending)) => {
                // Keys once, not at every comparison.
                let mut keyed: Vec<(Value<'_>, u32)> = self
                    .view
                    .iter()
                    .map(|position| (at(*position).map_or(Value::Missing, |row| row.value(field)), *position))
                    .collect();
                keyed.sort_by(|(one, _), (two, _)| one.order(two, descending));
                let sorted: Vec<u32> = keyed.into_iter().map(|(_, position)| position).collect();
                self.view = sorted;
            }
        }
        self.fresh = true;
    }

    /// Identities of the rows that were asked for last, as the view is now.
    pub fn in_sight(&mut self) -> Vec<String> {
        self.refresh();
        let rows = self.sight.clone().map_while(|position| self.shown(position));
        rows.map(|row| row.id().to_owned()).collect()
    }

    /// Of a view that is fresh.
    fn sections(&self) -> Vec<Section> {
        let Some((field, _)) = self.sort else { return Vec::new() };
        let Some(nameless) = R::FIELDS.get(field).and_then(|field| field.sections) else { return Vec::new() };
        let mut sections: Vec<Section> = Vec::new();
        let rows = self.view.iter().filter_map(|position| self.rows.get(*position as usize));
        for (from, row) in (0_u64..).zip(rows) {
            let title = match row.value(field) {
                Value::Missing => Cow::Borrowed(nameless),
                value => value.written(),
            };
            match sections.last_mut() {
                Some(last) if last.title == title => last.rows += 1,
                _ => sections.push(Section { title: title.into_owned(), from, rows: 1 }),
            }
        }
        sections
    }

    fn shown(&self, position: u64) -> Option<&R> {
        let position = self.view.get(usize::try_from(position).ok()?)?;
        self.rows.get(*position as usize)
    }
}

impl<R: Record> AnyTable for Table<R> {
    fn state(&mut self) -> SetState {
        self.refresh();
        SetState {
            set: self.id,
            total: self.rows.len() as u64,
            shown: self.view.len() as u64,
            complete: self.complete,
            as_of: self.as_of,
            notices: self.notices.clone(),
            filter_errors: self.filter_errors.clone(),
            fields: R::FIELDS
                .iter()
                .map(|field| Field {
                    name: field.name.to_owned(),
                    kind: field.kind,
                    values: field.values.iter().map(|value| (*value).to_owned()).collect(),
                })
                .collect(),
            sections: self.sections(),
            revision: self.revision,
        }
    }

    fn view(&mut self, view: &ViewSet, moment: &Moment) -> SetState {
        let (filter, errors) = Filter::read(&view.filter, R::FIELDS, moment);
        self.filter = filter;
        self.filter_errors = errors;
        self.sort = view.sort.as_ref().and_then(|Sort { by, descending }| {
            R::FIELDS.iter().position(|field| field.name == by).map(|field| (field, *descending))
        });
        self.stale();
        self.state()
    }

    fn rows(&mut self, from: u64, to: u64) -> RowWindow {
        self.refresh();
        self.sight = from..to;
        let rows = (from..to).map_while(|position| self.shown(position).cloned()).collect();
        RowWindow { from, revision: self.revision, rows: R::rows(rows) }
    }

    fn find(&mut self, id: &str) -> Option<u64> {
        self.refresh();
        let known = self.positions.get(id).copied();
        let position = known.or_else(|| self.rows.iter().position(|row| row.is_also(id)))?;
        let position = u32::try_from(position).ok()?;
        self.view.iter().position(|shown| *shown == position).map(|at| at as u64)
    }

    fn copy(&mut self, ids: &[String], format: CopyFormat) -> (String, u64) {
        self.refresh();
        let headings = R::headings(&self.rows);
        let columns = headings.len();
        let mut text = copy::line(headings.into_iter(), format);
        let mut count = 0;
        let wanted: std::collections::HashSet<&str> = ids.iter().map(String::as_str).collect();
        for row in (0..self.view.len() as u64).filter_map(|position| self.shown(position)) {
            if wanted.is_empty() || wanted.contains(row.id()) {
                text.push_str(&copy::line((0..columns).map(|column| row.written(column)), format));
                count += 1;
            }
        }
        (text, count)
    }
}
