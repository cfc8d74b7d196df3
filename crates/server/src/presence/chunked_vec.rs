use std::ops::{Index, IndexMut};

/// It grows by pieces of so many places: nothing has to move, and little memory lies idle.
const PLACES: u32 = 512;
/// So many of them have a value. The last place of each piece stays empty: for pieces whose length is just a power of two
/// mimalloc was measured to take up to a quarter more.
const VALUES: usize = PLACES as usize - 1;

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
            Some(piece) if piece.len() < VALUES => {
                if piece.len() == piece.capacity() {
                    piece.reserve_exact(piece.len().min(VALUES - piece.len()));
                }
                piece.push(value);
            }
            _ => self.pieces.push(self.piece(value)),
        }
        place
    }

    /// One more piece. The first alone grows, for of many things there are few.
    fn piece(&self, first: T) -> Vec<T> {
        let mut piece = Vec::with_capacity(if self.pieces.is_empty() { 1 } else { VALUES });
        piece.push(first);
        piece
    }

    /// The first place that is not before this one.
    pub fn place_from(&self, place: u32) -> Option<u32> {
        let place = if piece_and_offset(place).1 < VALUES { place } else { place + 1 };
        (place < self.end()).then_some(place)
    }

    /// A later value may take this place. Until then the one that is there stays.
    pub fn free(&mut self, place: u32) {
        self.free.push(place);
    }

    /// How many values are in use.
    pub fn len(&self) -> usize {
        self.pieces.iter().map(Vec::len).sum::<usize>() - self.free.len()
    }

    /// All places are before it.
    pub fn end(&self) -> u32 {
        let end = match self.pieces.last() {
            Some(last) if last.len() < VALUES => (self.pieces.len() - 1) * PLACES as usize + last.len(),
            _ => self.pieces.len() * PLACES as usize,
        };
        // More than four thousand million values would not fit into memory.
        u32::try_from(end).unwrap_or(u32::MAX)
    }
}

/// The piece that a place is in, and where in it.
fn piece_and_offset(place: u32) -> (usize, usize) {
    ((place / PLACES) as usize, (place % PLACES) as usize)
}

impl<T> Index<u32> for Slab<T> {
    type Output = T;

    fn index(&self, place: u32) -> &T {
        let (piece, offset) = piece_and_offset(place);
        &self.pieces[piece][offset]
    }
}

impl<T> IndexMut<u32> for Slab<T> {
    fn index_mut(&mut self, place: u32) -> &mut T {
        let (piece, offset) = piece_and_offset(place);
        &mut self.pieces[piece][offset]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stay_where_they_are_and_free_places_are_used_again() {
        let mut slab = Slab::default();
        let count = 2 * PLACES;
        let places: Vec<_> = (0..count).map(|value| slab.add(value)).collect();
        let walked = std::iter::successors(slab.place_from(0), |place| slab.place_from(place + 1));
        assert!(walked.eq(places.iter().copied()));
        assert!(places.iter().zip(0..).all(|(place, value)| slab[*place] == value));
        assert!(!places.contains(&(PLACES - 1)));
        assert_eq!((slab.len(), places.last()), (count as usize, Some(&(slab.end() - 1))));
        slab.free(7);
        assert_eq!(slab.add(70), 7);
        assert_eq!((slab[6], slab[7]), (6, 70));
        let next = slab.end();
        assert_eq!(slab.add(71), next);
    }
}
