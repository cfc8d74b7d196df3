use std::array;

/// Memory comes for so many places at a time.
const PLACES: usize = 32;

/// Values at places of which most may be without one: what lies at a high place does not take the memory of all before it.
pub struct Sparse<T>(Vec<Option<Box<[T; PLACES]>>>);

impl<T> Default for Sparse<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Default> Sparse<T> {
    /// None where nothing near was asked for to be changed.
    pub fn get(&self, place: u32) -> Option<&T> {
        let place = place as usize;
        let piece = self.0.get(place / PLACES)?.as_ref()?;
        piece.get(place % PLACES)
    }

    pub fn get_or_default(&mut self, place: u32) -> &mut T {
        let place = place as usize;
        if self.0.len() <= place / PLACES {
            self.0.resize_with(place / PLACES + 1, || None);
        }
        let piece = self.0[place / PLACES].get_or_insert_with(|| Box::new(array::from_fn(|_| T::default())));
        &mut piece[place % PLACES]
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
        assert_eq!(sparse.0.iter().flatten().count(), 5);
    }
}
