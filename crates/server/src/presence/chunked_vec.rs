//! A vector that grows by chunks, and reuses the slots of freed values.
//!
//! Accounts, events, agents and kinds are stored in it, and known by their slots.
//!
//! Pays for: at most 130 bytes per account. With a `Vec` in its place `cargo test -p group-dispatch-server --test memory`
//! measures 121 bytes per account instead of 111, and more for the numbers of accounts just above a power of two.

use std::ops::{Index, IndexMut};

/// Values per chunk. Not a power of two, for which mimalloc takes up to a quarter more memory.
const VALUES_PER_CHUNK: u32 = 511;

/// See the [module](self).
pub struct ChunkedVec<T> {
    /// All but the last are full.
    chunks: Vec<Vec<T>>,
    free: Vec<u32>,
}

impl<T> Default for ChunkedVec<T> {
    fn default() -> Self {
        Self { chunks: Vec::new(), free: Vec::new() }
    }
}

impl<T> ChunkedVec<T> {
    /// Stores a value and returns its slot: a freed one, or else [`end`](Self::end).
    pub fn add(&mut self, value: T) -> u32 {
        if let Some(slot) = self.free.pop() {
            self[slot] = value;
            return slot;
        }
        let slot = self.end();
        match self.chunks.last_mut().filter(|chunk| chunk.len() < VALUES_PER_CHUNK as usize) {
            Some(chunk) => {
                if chunk.len() == chunk.capacity() {
                    chunk.reserve_exact(chunk.len().min(VALUES_PER_CHUNK as usize - chunk.len()));
                }
                chunk.push(value);
            }
            None => {
                // Only the first chunk grows: most tenants have few values.
                let mut chunk = Vec::with_capacity(if self.chunks.is_empty() { 1 } else { VALUES_PER_CHUNK as usize });
                chunk.push(value);
                self.chunks.push(chunk);
            }
        }
        slot
    }

    /// Lets a later value have this slot. The value stays until then.
    pub fn free(&mut self, slot: u32) {
        self.free.push(slot);
    }

    /// Returns how many values are in use.
    pub fn len(&self) -> usize {
        self.end() as usize - self.free.len()
    }

    /// Returns the slot after the last one.
    pub fn end(&self) -> u32 {
        let full = self.chunks.len().saturating_sub(1) * VALUES_PER_CHUNK as usize;
        // Memory ends before four billion values do.
        u32::try_from(full + self.chunks.last().map_or(0, Vec::len)).unwrap_or(u32::MAX)
    }
}

impl<T> Index<u32> for ChunkedVec<T> {
    type Output = T;

    fn index(&self, slot: u32) -> &T {
        &self.chunks[(slot / VALUES_PER_CHUNK) as usize][(slot % VALUES_PER_CHUNK) as usize]
    }
}

impl<T> IndexMut<u32> for ChunkedVec<T> {
    fn index_mut(&mut self, slot: u32) -> &mut T {
        &mut self.chunks[(slot / VALUES_PER_CHUNK) as usize][(slot % VALUES_PER_CHUNK) as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keep_their_indices_and_freed_indices_are_reused() {
        let mut values = ChunkedVec::default();
        let count = 2 * VALUES_PER_CHUNK + 2;
        let slots: Vec<_> = (0..count).map(|value| values.add(value)).collect();
        assert!(slots.iter().copied().eq(0..count));
        assert!(slots.iter().all(|slot| values[*slot] == *slot));
        assert_eq!((values.len(), values.end()), (count as usize, count));
        values.free(7);
        assert_eq!(values.len(), count as usize - 1);
        assert_eq!(values.add(70), 7);
        assert_eq!((values[6], values[7]), (6, 70));
        assert_eq!(values.add(71), count);
    }
}
