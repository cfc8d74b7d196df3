use std::ops::{Index, IndexMut};

/// It grows by pieces of so many places: nothing has to move, and little memory lies idle.
const PLACES_PER_CHUNK: u32 = 512;
/// So many of them have a value. The last place of each piece stays empty: for pieces whose length is just a power of two
/// mimalloc was measured to take up to a quarter more.
const VALUES_PER_CHUNK: usize = PLACES_PER_CHUNK as usize - 1;

/// Values that are known by their places.
pub struct ChunkedVec<T> {
    chunks: Vec<Vec<T>>,
    free: Vec<u32>,
}

impl<T> Default for ChunkedVec<T> {
    fn default() -> Self {
        Self { chunks: Vec::new(), free: Vec::new() }
    }
}

impl<T> ChunkedVec<T> {
    /// Adds a value; says where.
    pub fn add(&mut self, value: T) -> u32 {
        if let Some(place) = self.free.pop() {
            self[place] = value;
            return place;
        }
        let place = self.end();
        match self.chunks.last_mut() {
            Some(chunk) if chunk.len() < VALUES_PER_CHUNK => {
                if chunk.len() == chunk.capacity() {
                    chunk.reserve_exact(chunk.len().min(VALUES_PER_CHUNK - chunk.len()));
                }
                chunk.push(value);
            }
            _ => self.chunks.push(self.chunk(value)),
        }
        place
    }

    /// One more piece. The first alone grows, for of many things there are few.
    fn chunk(&self, first: T) -> Vec<T> {
        let mut chunk = Vec::with_capacity(if self.chunks.is_empty() { 1 } else { VALUES_PER_CHUNK });
        chunk.push(first);
        chunk
    }

    /// The first place that is not before this one.
    pub fn place_from(&self, place: u32) -> Option<u32> {
        let place = if chunk_and_offset(place).1 < VALUES_PER_CHUNK { place } else { place + 1 };
        (place < self.end()).then_some(place)
    }

    /// A later value may take this place. Until then the one that is there stays.
    pub fn free(&mut self, place: u32) {
        self.free.push(place);
    }

    /// How many values are in use.
    pub fn len(&self) -> usize {
        self.chunks.iter().map(Vec::len).sum::<usize>() - self.free.len()
    }

    /// All places are before it.
    pub fn end(&self) -> u32 {
        let end = match self.chunks.last() {
            Some(last) if last.len() < VALUES_PER_CHUNK => {
                (self.chunks.len() - 1) * PLACES_PER_CHUNK as usize + last.len()
            }
            _ => self.chunks.len() * PLACES_PER_CHUNK as usize,
        };
        // More than four thousand million values would not fit into memory.
        u32::try_from(end).unwrap_or(u32::MAX)
    }
}

/// The piece that a place is in, and where in it.
fn chunk_and_offset(place: u32) -> (usize, usize) {
    ((place / PLACES_PER_CHUNK) as usize, (place % PLACES_PER_CHUNK) as usize)
}

impl<T> Index<u32> for ChunkedVec<T> {
    type Output = T;

    fn index(&self, place: u32) -> &T {
        let (chunk, offset) = chunk_and_offset(place);
        &self.chunks[chunk][offset]
    }
}

impl<T> IndexMut<u32> for ChunkedVec<T> {
    fn index_mut(&mut self, place: u32) -> &mut T {
        let (chunk, offset) = chunk_and_offset(place);
        &mut self.chunks[chunk][offset]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stay_where_they_are_and_free_places_are_used_again() {
        let mut values = ChunkedVec::default();
        let count = 2 * PLACES_PER_CHUNK;
        let places: Vec<_> = (0..count).map(|value| values.add(value)).collect();
        let walked = std::iter::successors(values.place_from(0), |place| values.place_from(place + 1));
        assert!(walked.eq(places.iter().copied()));
        assert!(places.iter().zip(0..).all(|(place, value)| values[*place] == value));
        assert!(!places.contains(&(PLACES_PER_CHUNK - 1)));
        assert_eq!((values.len(), places.last()), (count as usize, Some(&(values.end() - 1))));
        values.free(7);
        assert_eq!(values.add(70), 7);
        assert_eq!((values[6], values[7]), (6, 70));
        let next = values.end();
        assert_eq!(values.add(71), next);
    }
}
