//! Which links lead back, in which row each state stands, and which states are the main column.
//!
//! Rows are longest-path: a state stands below everything that leads to it, and as high as that allows.

use super::links::{Link, Plan};
use super::per::Per;
use contract::executions::EdgeKind;

#[derive(Debug, Default)]
pub(super) struct Layers {
    /// For each link: it leads back to where the way came from.
    pub(super) back: Per<bool>,
    pub(super) row: Per<usize>,
    /// What orders a row before its lines do: a walk from the start, what goes on along the main column in the middle of its
    /// siblings.
    pub(super) met: Per<usize>,
    /// On the way from the start to the happiest end.
    pub(super) main: Per<bool>,
    /// Where that way goes on, for each state of the column.
    pub(super) onward: Per<Option<usize>>,
    /// No way from the start leads here.
    pub(super) lost: Per<bool>,
}

pub(super) fn layers(plan: &Plan) -> Layers {
    let count = plan.items.len();
    let mut out: Per<Vec<usize>> = Per::new(count);
    for (number, link) in plan.links.iter().enumerate() {
        if link.kind != EdgeKind::Retry {
            out.add(link.from, number);
        }
    }
    // Loops that can be entered at one place alone are cut at the same link whatever the order; for the others the order of
    // the text is what the author thought of as forward.
    for from in 0..count {
        let forward = |number: &usize| plan.links.get(*number).map(|link| (link.to <= from, link.to));
        out.change(from, |numbers| numbers.sort_by_key(forward));
    }
    let (walk, reached) = Walk::over(plan, &out);
    let (back, done) = (walk.back, walk.done);

    let mut row: Per<usize> = Per::new(count);
    let mut best: Per<(bool, usize)> = Per::new(count);
    let mut onward: Per<Option<usize>> = Per::new(count);
    let ahead = |from: usize| {
        let links = out.list(from).iter().filter(|number| !back.at(**number));
        links.filter_map(|number| plan.links.get(*number))
    };
    // `done` is children first; the other way round it is a topological order.
    for from in done.iter().rev() {
        for link in ahead(*from) {
            row.set(link.to, row.at(link.to).max(row.at(*from) + 1));
        }
    }
    for from in &done {
        let mut top = (!plan.items.at(*from).fails, 0);
        let mut chosen = None;
        for link in ahead(*from).filter(|link| link.kind != EdgeKind::Catch) {
            let (happy, length) = best.at(link.to);
            if chosen.is_none() || (happy, length + 1) > top {
                top = (happy, length + 1);
                chosen = Some(link.to);
            }
        }
        best.set(*from, top);
        onward.set(*from, chosen);
    }
    let mut main = Per::new(count);
    let mut at = (count > 0).then_some(plan.start);
    while let Some(number) = at {
        main.set(number, true);
        at = onward.at(number);
    }
    let mut lost = Per::new(count);
    for number in done.iter().skip(reached) {
        lost.set(*number, true);
    }
    for from in 0..count {
        let beside = |number: &usize| {
            !back.at(*number) && plan.links.get(*number).is_some_and(|link| link.kind != EdgeKind::Catch)
        };
        let on = |number: &usize| plan.links.get(*number).map(|link| link.to) == onward.at(from);
        out.change(from, |numbers| middle(numbers, beside, on));
    }
    let met = Walk::over(plan, &out).0.met;
    Layers { back, row, met, main, onward, lost }
}

/// Puts the link that the main column follows (`on`) between those whose states stand beside it; they stay in the order of
/// the text.
fn middle(numbers: &mut Vec<usize>, beside: impl Fn(&usize) -> bool, on: impl Fn(&usize) -> bool) {
    numbers.sort_unstable();
    // The first ones are those beside; a Catch or a way back comes after them.
    let (mut first, mut rest): (Vec<usize>, Vec<usize>) = numbers.iter().partition(|number| beside(number));
    if let Some(place) = first.iter().position(on) {
        let number = first.remove(place);
        first.insert(first.len() / 2, number);
    }
    first.append(&mut rest);
    *numbers = first;
}

#[derive(Clone, Copy, Default, PartialEq)]
enum Mark {
    #[default]
    New,
    Open,
    Done,
}

/// Depth first, without recursion: a chain of ten thousand states is as good as any.
struct Walk<'a> {
    out: &'a Per<Vec<usize>>,
    links: &'a [Link],
    back: Per<bool>,
    mark: Per<Mark>,
    met: Per<usize>,
    seen: usize,
    done: Vec<usize>,
}

impl<'a> Walk<'a> {
    /// From the start, then from whatever that has not reached; and how many the start has reached.
    fn over(plan: &'a Plan, out: &'a Per<Vec<usize>>) -> (Self, usize) {
        let count = plan.items.len();
        let mut walk = Self {
            out,
            links: &plan.links,
            back: Per::new(plan.links.len()),
            mark: Per::new(count),
            met: Per::new(count),
            seen: 0,
            done: Vec::with_capacity(count),
        };
        walk.from(plan.start);
        let reached = walk.done.len();
        for root in 0..count {
            walk.from(root);
        }
        (walk, reached)
    }

    fn from(&mut self, root: usize) {
        let mut open: Vec<(usize, usize)> = Vec::new();
        self.enter(root, &mut open);
        while let Some((at, next)) = open.last_mut() {
            let at = *at;
            let Some(number) = self.out.list(at).get(*next).copied() else {
                self.mark.set(at, Mark::Done);
                self.done.push(at);
                open.pop();
                continue;
            };
            *next += 1;
            let Some(to) = self.links.get(number).map(|link| link.to) else { continue };
            if self.mark.at(to) == Mark::Open {
                self.back.set(number, true);
            } else {
                self.enter(to, &mut open);
            }
        }
    }

    fn enter(&mut self, number: usize, open: &mut Vec<(usize, usize)>) {
        if number < self.mark.len() && self.mark.at(number) == Mark::New {
            self.mark.set(number, Mark::Open);
            self.met.set(number, self.seen);
            self.seen += 1;
            open.push((number, 0));
        }
    }
}
