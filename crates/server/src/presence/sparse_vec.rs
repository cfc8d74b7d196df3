use std::array;

/// Memory comes for so many places at a time.
const VALUES_PER_CHUNK: usize = 32;
/// And lists of pieces come for so many pieces.
const CHUNKS_PER_LIST: usize = 64;

type Chunk<T> = Box<[T; VALUES_PER_CHUNK]>;
type List<T> = Box<[Option<Chunk<T>>; CHUNKS_PER_LIST]>;

/// Values at places of which most may be without one: what lies at a high place takes hardly any memory for all before it.
pub struct SparseVec<T>(Vec<Option<List<T>>>);

impl<T> Default for SparseVec<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Default> SparseVec<T> {
    /// None where nothing near was asked for to be changed.
    pub fn get(&self, place: u32) -> Option<&T> {
        let (list, chunk, place) = parts(place);
        self.0.get(list)?.as_ref()?[chunk].as_ref()?.get(place)
    }

    pub fn get_or_default(&mut self, place: u32) -> &mut T {
        let (list, chunk, place) = parts(place);
        if self.0.len() <= list {
            self.0.resize_with(list + 1, || None);
        }
        let list = self.0[list].get_or_insert_with(|| Box::new(array::from_fn(|_| None)));
        let chunk = list[chunk].get_or_insert_with(|| Box::new(array::from_fn(|_| T::default())));
        &mut chunk[place]
    }
}

/// Which list, which piece of it, and where in that.
fn parts(place: u32) -> (usize, usize, usize) {
    let place = place as usize;
    (place / VALUES_PER_CHUNK / CHUNKS_PER_LIST, place / VALUES_PER_CHUNK % CHUNKS_PER_LIST, place % VALUES_PER_CHUNK)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_at_its_place_and_takes_memory_for_few_others() {
        let mut sparse = SparseVec::default();
        let places = [0, 31, 32, 2047, 2048, 1_000_000];
        for place in places {
            assert_ne!(sparse.get(place), Some(&place));
            *sparse.get_or_default(place) = place;
        }
        assert!(places.iter().skip(1).all(|place| sparse.get(*place) == Some(place)));
        assert_eq!((sparse.get(33), sparse.get(100), sparse.get(2_000_000)), (Some(&0), None, None));
        assert_eq!(sparse.0.iter().flatten().flat_map(|list| list.iter().flatten()).count(), 5);
    }
}
