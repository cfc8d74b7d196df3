use std::array;

/// Memory comes for so many places at a time.
const PLACES: usize = 32;
/// So many such pieces are listed together.
const PIECES: usize = 64;

type Piece<T> = Box<[T; PLACES]>;
type Pieces<T> = Box<[Option<Piece<T>>; PIECES]>;

/// Values at places of which most may be without one: what lies at a high place takes hardly any memory for all before it.
pub struct Sparse<T>(Vec<Option<Pieces<T>>>);

impl<T> Default for Sparse<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Default> Sparse<T> {
    /// None where nothing near was asked for to be changed.
    pub fn get(&self, place: u32) -> Option<&T> {
        let (pieces, piece, place) = parts(place);
        self.0.get(pieces)?.as_ref()?[piece].as_ref()?.get(place)
    }

    pub fn get_or_default(&mut self, place: u32) -> &mut T {
        let (pieces, piece, place) = parts(place);
        if self.0.len() <= pieces {
            self.0.resize_with(pieces + 1, || None);
        }
        let pieces = self.0[pieces].get_or_insert_with(|| Box::new(array::from_fn(|_| None)));
        let piece = pieces[piece].get_or_insert_with(|| Box::new(array::from_fn(|_| T::default())));
        &mut piece[place]
    }
}

/// Which pieces, which of them, and where in it.
fn parts(place: u32) -> (usize, usize, usize) {
    let place = place as usize;
    (place / PLACES / PIECES, place / PLACES % PIECES, place % PLACES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_at_its_place_and_takes_memory_for_few_others() {
        let mut sparse = Sparse::default();
        let places = [0, 31, 32, 2047, 2048, 1_000_000];
        for place in places {
            assert_ne!(sparse.get(place), Some(&place));
            *sparse.get_or_default(place) = place;
        }
        assert!(places.iter().skip(1).all(|place| sparse.get(*place) == Some(place)));
        assert_eq!((sparse.get(33), sparse.get(100), sparse.get(2_000_000)), (Some(&0), None, None));
        assert_eq!(sparse.0.iter().flatten().flat_map(|pieces| pieces.iter().flatten()).count(), 5);
    }
}
