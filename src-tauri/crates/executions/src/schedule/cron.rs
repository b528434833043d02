//! The six fields of `cron(minutes hours day-of-month month day-of-week year)`.
//!
//! Unlike Unix cron: Sunday is 1, one of the two day fields is `?`, and there are `L`, `W` and `#`. A range may run over
//! the end of its field (`FRI-MON`, `22-2`), as Quartz reads it, whose grammar this is.

use super::shown;
use jiff::civil::{Date, DateTime, Time};

#[derive(Debug, Clone)]
pub(super) struct Cron {
    minutes: Vec<i8>,
    hours: Vec<i8>,
    days: Vec<Day>,
    months: Vec<i8>,
    years: Vec<i16>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Day {
    Any,
    /// Of the month, from 1.
    Of(i8),
    /// `L`, `L-3`: so many days before the last.
    Last(i8),
    /// `15W`: the Monday to Friday nearest to it in the same month.
    Near(i8),
    /// `LW`.
    LastWorking,
    /// From Sunday, 0.
    Weekday(i8),
    /// `6#3`: the third Friday.
    Nth(i8, i8),
    /// `6L`: the last Friday.
    LastWeekday(i8),
}

struct Field {
    name: &'static str,
    least: i16,
    most: i16,
    /// Three letters each, for `least` and on.
    names: &'static str,
}

const MINUTES: Field = Field { name: "minutes", least: 0, most: 59, names: "" };
const HOURS: Field = Field { name: "hours", least: 0, most: 23, names: "" };
const MONTH_DAYS: Field = Field { name: "day of month", least: 1, most: 31, names: "" };
const MONTHS: Field = Field { name: "month", least: 1, most: 12, names: "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC" };
const WEEK_DAYS: Field = Field { name: "day of week", least: 1, most: 7, names: "SUNMONTUEWEDTHUFRISAT" };
const YEARS: Field = Field { name: "year", least: 1970, most: 2199, names: "" };

impl Cron {
    /// Reads what stands between the brackets.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let upper = text.to_ascii_uppercase();
        let fields: Vec<&str> = upper.split_whitespace().collect();
        let [minutes, hours, day, month, weekday, year] = fields.as_slice() else {
            return Err(format!("cron({}) has {} fields: six are needed", shown(text), fields.len()));
        };
        let days = match (*day, *weekday) {
            ("?", "?") => return Err("cron: only one of day of month and day of week can be ?".to_owned()),
            (_, "?") => list(day, &MONTH_DAYS, month_day)?,
            ("?", _) => list(weekday, &WEEK_DAYS, week_day)?,
            _ => return Err("cron: one of day of month and day of week must be ?".to_owned()),
        };
        Ok(Self {
            minutes: small(MINUTES.numbers(minutes)?),
            hours: small(HOURS.numbers(hours)?),
            days,
            months: small(MONTHS.numbers(month)?),
            years: YEARS.numbers(year)?,
        })
    }

    /// All its times on the wall from `from` to `to`, both included, in order. Lazy: years are the outermost loop, and the
    /// last is 2199, so both ends come to an end.
    pub(super) fn moments(&self, from: DateTime, to: DateTime) -> impl DoubleEndedIterator<Item = DateTime> + '_ {
        let month = |at: DateTime| (at.year(), at.month());
        self.years
            .iter()
            .filter(move |year| (from.year()..=to.year()).contains(*year))
            .flat_map(|year| self.months.iter().map(|month| (*year, *month)))
            .filter(move |at| (month(from)..=month(to)).contains(at))
            .flat_map(|(year, month)| self.dates(year, month))
            .filter(move |date| (from.date()..=to.date()).contains(date))
            .flat_map(|date| self.times().map(move |time| date.to_datetime(time)))
            .filter(move |at| (from..=to).contains(at))
    }

    fn times(&self) -> impl DoubleEndedIterator<Item = Time> + '_ {
        let minutes = |hour: i8| self.minutes.iter().filter_map(move |minute| Time::new(hour, *minute, 0, 0).ok());
        self.hours.iter().flat_map(move |hour| minutes(*hour))
    }

    fn dates(&self, year: i16, month: i8) -> std::vec::IntoIter<Date> {
        let Ok(first) = Date::new(year, month, 1) else { return Vec::new().into_iter() };
        let last = first.last_of_month();
        let mut dates: Vec<Date> = (1..=last.day()).filter_map(|day| Date::new(year, month, day).ok()).collect();
        dates.retain(|date| self.days.iter().any(|day| day.holds(*date, last)));
        dates.into_iter()
    }
}

/// From Sunday, 0.
fn weekday(date: Date) -> i8 {
    date.weekday().to_sunday_zero_offset()
}

impl Day {
    fn holds(self, date: Date, last: Date) -> bool {
        let (day, end) = (date.day(), last.day());
        match self {
            Self::Any => true,
            Self::Of(of) => day == of,
            Self::Last(before) => day == end - before,
            Self::Near(of) => of <= end && day == working(date, of, end),
            Self::LastWorking => day == working(date, end, end),
            Self::Weekday(of) => weekday(date) == of,
            Self::Nth(of, nth) => weekday(date) == of && (day - 1) / 7 + 1 == nth,
            Self::LastWeekday(of) => weekday(date) == of && day + 7 > end,
        }
    }
}

/// The day from Monday to Friday that is nearest to day `of` in the month of `date`, and never in another month.
fn working(date: Date, of: i8, end: i8) -> i8 {
    let shift = weekday(date) + (of - date.day()).rem_euclid(7);
    match shift.rem_euclid(7) {
        6 if of == 1 => 3,
        6 => of - 1,
        0 if of == end => of - 2,
        0 => of + 1,
        _ => of,
    }
}

fn small(numbers: Vec<i16>) -> Vec<i8> {
    numbers.into_iter().filter_map(|number| i8::try_from(number).ok()).collect()
}

fn list(text: &str, field: &Field, special: impl Fn(&str) -> Option<Result<Day, String>>) -> Result<Vec<Day>, String> {
    let mut days = Vec::new();
    for item in text.split(',') {
        if let Some(day) = special(item) {
            days.push(day?);
        } else {
            let weekday = field.names == WEEK_DAYS.names;
            let day = |number: i8| if weekday { Day::Weekday(number - 1) } else { Day::Of(number) };
            days.extend(small(field.numbers(item)?).into_iter().map(day));
        }
    }
    Ok(days)
}

fn month_day(item: &str) -> Option<Result<Day, String>> {
    let wrong = || Err(MONTH_DAYS.wrong(item));
    match item {
        "*" => return Some(Ok(Day::Any)),
        "L" => return Some(Ok(Day::Last(0))),
        "LW" | "WL" => return Some(Ok(Day::LastWorking)),
        _ => {}
    }
    if let Some(before) = item.strip_prefix("L-") {
        return Some(before.parse().ok().filter(|n| (0..=30).contains(n)).map_or_else(wrong, |n| Ok(Day::Last(n))));
    }
    let near = item.strip_suffix('W')?;
    Some(near.parse().ok().filter(|n| (1..=31).contains(n)).map_or_else(wrong, |n| Ok(Day::Near(n))))
}

fn week_day(item: &str) -> Option<Result<Day, String>> {
    let number =
        |text: &str| WEEK_DAYS.number(text).and_then(|n| i8::try_from(n - 1).map_err(|_| WEEK_DAYS.wrong(text)));
    match item {
        "*" => return Some(Ok(Day::Any)),
        // Alone it is the last day of the week.
        "L" => return Some(Ok(Day::Weekday(6))),
        _ => {}
    }
    if let Some((day, nth)) = item.split_once('#') {
        let nth = nth.parse().ok().filter(|n| (1..=5).contains(n)).ok_or_else(|| WEEK_DAYS.wrong(item));
        return Some(nth.and_then(|nth| Ok(Day::Nth(number(day)?, nth))));
    }
    item.strip_suffix('L').map(|day| number(day).map(Day::LastWeekday))
}

impl Field {
    fn wrong(&self, text: &str) -> String {
        format!("cron: `{}` is not a value of the field {}", shown(text), self.name)
    }

    fn number(&self, text: &str) -> Result<i16, String> {
        let named = || {
            let at = (text.len() == 3 && text.is_ascii())
                .then(|| self.names.as_bytes().chunks(3).position(|n| n == text.as_bytes()));
            at.flatten().and_then(|at| i16::try_from(at).ok()).map(|at| at + self.least)
        };
        let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let number = if digits { text.parse().ok() } else { named() };
        number.filter(|number| (self.least..=self.most).contains(number)).ok_or_else(|| self.wrong(text))
    }

    /// The values of `*`, `1,5`, `1-5`, `0/15`, `MON-FRI`, in order and once each.
    fn numbers(&self, text: &str) -> Result<Vec<i16>, String> {
        let mut all = Vec::new();
        for item in text.split(',') {
            let (range, step) = match item.split_once('/') {
                Some((range, step)) => (range, Some(step)),
                None => (item, None),
            };
            let every = match step {
                None => 1,
                Some(step) => step.parse::<usize>().ok().filter(|step| *step > 0).ok_or_else(|| self.wrong(item))?,
            };
            let values: Vec<i16> = match (range, range.split_once('-')) {
                ("*", _) => (self.least..=self.most).collect(),
                // `/15` is `0/15`.
                ("", _) if step.is_some() => (self.least..=self.most).collect(),
                (_, Some((from, to))) => {
                    let (from, to) = (self.number(from)?, self.number(to)?);
                    if from <= to {
                        (from..=to).collect()
                    } else if self.most > 100 {
                        return Err(self.wrong(item));
                    } else {
                        (from..=self.most).chain(self.least..=to).collect()
                    }
                }
                (one, None) => {
                    let from = self.number(one)?;
                    if step.is_some() { (from..=self.most).collect() } else { vec![from] }
                }
            };
            all.extend(values.into_iter().step_by(every));
        }
        all.sort_unstable();
        all.dedup();
        Ok(all)
    }
}
