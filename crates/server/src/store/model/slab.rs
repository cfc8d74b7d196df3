use std::ops::{Index, IndexMut};

/// It grows by pieces of so many values: nothing has to move, and little memory lies idle.
const PIECE: usize = 4096;

/// Values that are known by their places.
pub struct Slab<T> {
    pieces: Vec<Vec<T>>,
    free: Vec<u32>,
}

impl<T> Default for Slab<T> {
    fn default() -> Self {
        Self { pieces: Vec::new(), free: Vec::new() }
    }
}

impl<T> Slab<T> {
    /// Adds a value; says where.
    pub fn add(&mut self, value: T) -> u32 {
        if let Some(place) = self.free.pop() {
            self[place] = value;
            return place;
        }
        let place = self.end();
        match self.pieces.last_mut() {
            Some(piece) if piece.len() < PIECE => piece.push(value),
            _ => self.pieces.push(vec![value]),
        }
        place
    }

    /// A later value may take this place. Until then the one that is there stays.
    pub fn free(&mut self, place: u32) {
        self.free.push(place);
    }

    /// How many values are in use.
    pub fn len(&self) -> usize {
        self.end() as usize - self.free.len()
    }

    /// All places are before it.
    pub fn end(&self) -> u32 {
        let last = self.pieces.last().map_or(0, Vec::len);
        // More than four thousand million values would not fit into memory.
        u32::try_from(self.pieces.len().saturating_sub(1) * PIECE + last).unwrap_or(u32::MAX)
    }
}

impl<T> Index<u32> for Slab<T> {
    type Output = T;

    fn index(&self, place: u32) -> &T {
        &self.pieces[place as usize / PIECE][place as usize % PIECE]
    }
}

impl<T> IndexMut<u32> for Slab<T> {
    fn index_mut(&mut self, place: u32) -> &mut T {
        &mut self.pieces[place as usize / PIECE][place as usize % PIECE]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stay_where_they_are_and_free_places_are_used_again() {
        let mut slab = Slab::default();
        let count = 2 * u32::try_from(PIECE).unwrap_or_default() + 1;
        for value in 0..count {
            assert_eq!(slab.add(value), value);
        }
        assert_eq!(slab.end(), count);
        slab.free(7);
        assert_eq!(slab.add(70), 7);
        assert_eq!((slab[6], slab[7], slab[count - 1]), (6, 70, count - 1));
        assert_eq!(slab.add(71), count);
    }
}
