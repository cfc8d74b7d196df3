use std::array;

use hashbrown::HashMap;

/// Memory comes for so many places at a time.
const PLACES: u32 = 32;

/// Values at places of which most may be without one: what lies at a high place takes no memory for all before it.
pub struct Sparse<T>(HashMap<u32, Box<[T; PLACES as usize]>>);

impl<T> Default for Sparse<T> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<T: Default> Sparse<T> {
    /// None where nothing near was asked for to be changed.
    pub fn get(&self, place: u32) -> Option<&T> {
        self.0.get(&(place / PLACES))?.get((place % PLACES) as usize)
    }

    pub fn get_or_default(&mut self, place: u32) -> &mut T {
        let piece = self.0.entry(place / PLACES).or_insert_with(|| Box::new(array::from_fn(|_| T::default())));
        &mut piece[(place % PLACES) as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_at_its_place_and_takes_memory_for_few_others() {
        let mut sparse = Sparse::default();
        let places = [0, 31, 32, 511, 512, 1_000_000];
        for place in places {
            assert_ne!(sparse.get(place), Some(&place));
            *sparse.get_or_default(place) = place;
        }
        assert!(places.iter().skip(1).all(|place| sparse.get(*place) == Some(place)));
        assert_eq!((sparse.get(33), sparse.get(100), sparse.get(2_000_000)), (Some(&0), None, None));
        assert_eq!(sparse.0.len(), 5);
    }
}
