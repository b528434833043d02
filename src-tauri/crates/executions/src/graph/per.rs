//! A value for each vertex, row or link, by its number. The numbers are the layout's own; a number that is not there reads as
//! the default, so a slip in the layout makes an ugly drawing and not a crash.

#[derive(Debug, Clone, Default)]
pub(super) struct Per<T>(Vec<T>);

impl<T: Clone + Default> Per<T> {
    pub(super) fn new(count: usize) -> Self {
        Self(vec![T::default(); count])
    }

    pub(super) fn of(values: Vec<T>) -> Self {
        Self(values)
    }

    pub(super) fn set(&mut self, number: usize, value: T) {
        if let Some(slot) = self.0.get_mut(number) {
            *slot = value;
        }
    }

    /// Adds one and returns its number.
    pub(super) fn push(&mut self, value: T) -> usize {
        self.0.push(value);
        self.0.len() - 1
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn iter(&self) -> std::slice::Iter<'_, T> {
        self.0.iter()
    }

    pub(super) fn change(&mut self, number: usize, with: impl FnOnce(&mut T)) {
        if let Some(slot) = self.0.get_mut(number) {
            with(slot);
        }
    }
}

impl<T: Copy + Default> Per<T> {
    pub(super) fn at(&self, number: usize) -> T {
        self.0.get(number).copied().unwrap_or_default()
    }
}

impl<T> Per<Vec<T>> {
    pub(super) fn list(&self, number: usize) -> &[T] {
        self.0.get(number).map(Vec::as_slice).unwrap_or_default()
    }

    pub(super) fn add(&mut self, number: usize, value: T) {
        if let Some(list) = self.0.get_mut(number) {
            list.push(value);
        }
    }
}

/// A count as a length. Beyond 65,535 it is no length of ours any more.
pub(super) fn px(count: usize) -> f32 {
    f32::from(u16::try_from(count).unwrap_or(u16::MAX))
}
