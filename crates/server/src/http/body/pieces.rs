//! Bytes that lie in several places and are sent as one.

use std::{
    collections::VecDeque,
    convert::Infallible,
    io::IoSlice,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use axum::body::Bytes;
use bytes::Buf;
use http_body::{Body, Frame, SizeHint};

use crate::http::permits::Place;

/// Pieces, of which none is empty, that follow each other.
#[derive(Clone)]
pub struct Pieces {
    pieces: VecDeque<Bytes>,
    /// How many bytes are still to come.
    left: usize,
    held: Option<Arc<Place>>,
}

impl FromIterator<Bytes> for Pieces {
    fn from_iter<I: IntoIterator<Item = Bytes>>(pieces: I) -> Self {
        let pieces: VecDeque<_> = pieces.into_iter().filter(|piece| !piece.is_empty()).collect();
        let left = pieces.iter().map(Bytes::len).sum();
        Self { pieces, left, held: None }
    }
}

impl Pieces {
    /// Holds on to a place until all bytes are sent.
    pub fn hold(&mut self, place: Place) {
        self.held = Some(Arc::new(place));
    }
}

/// For hyper, which sends many pieces in one call if they come as one buffer, and one by one otherwise.
impl Buf for Pieces {
    fn remaining(&self) -> usize {
        self.left
    }

    fn chunk(&self) -> &[u8] {
        self.pieces.front().map_or(&[], |piece| piece)
    }

    fn chunks_vectored<'a>(&'a self, slices: &mut [IoSlice<'a>]) -> usize {
        let pieces = slices.iter_mut().zip(&self.pieces);
        pieces.map(|(slice, piece)| *slice = IoSlice::new(piece)).count()
    }

    fn advance(&mut self, count: usize) {
        debug_assert!(count <= self.left, "no more is taken than there is");
        self.left = self.left.saturating_sub(count);
        let mut count = count;
        while let Some(piece) = self.pieces.front_mut().filter(|_| count > 0) {
            if piece.len() > count {
                return piece.advance(count);
            }
            count -= piece.len();
            self.pieces.pop_front();
        }
    }
}

/// For others, piece by piece.
impl Body for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let next = self.pieces.pop_front();
        self.left -= next.as_ref().map_or(0, Bytes::len);
        let held = |bytes| Bytes::from_owner(Held { bytes, _place: self.held.clone() });
        Poll::Ready(next.map(|piece| Ok(Frame::data(held(piece)))))
    }

    fn is_end_stream(&self) -> bool {
        self.pieces.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left as u64)
    }
}

/// A server lets go of a body as soon as it has its bytes, long before they are sent: so it is the bytes that hold on to
/// the place.
struct Held {
    bytes: Bytes,
    _place: Option<Arc<Place>>,
}

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use futures_util::FutureExt;
    use http_body_util::BodyExt;
    use proptest::{collection::vec, prelude::*};

    use super::*;

    proptest! {
        /// However much of them is taken at a time, and seen of them at once.
        #[test]
        fn pieces_are_read_as_the_whole(
            pieces in vec(vec(any::<u8>(), 0..20), 0..10),
            taken in vec(1..50_usize, 1..20),
            seen in 1..5_usize,
        ) {
            let whole = pieces.concat();
            let mut left: Pieces = pieces.into_iter().map(Bytes::from).collect();
            let body = left.clone().collect().now_or_never().unwrap().unwrap();
            prop_assert_eq!(body.to_bytes(), &whole);
            let mut read = Vec::new();
            for taken in taken.into_iter().cycle() {
                let mut slices = vec![IoSlice::new(&[]); seen];
                let count = left.chunks_vectored(&mut slices);
                let visible: Vec<u8> = slices[..count].iter().flat_map(|slice| slice.iter().copied()).collect();
                prop_assert!(visible.starts_with(left.chunk()));
                prop_assert_eq!(left.remaining(), whole.len() - read.len());
                if visible.is_empty() {
                    break;
                }
                let taken = taken.min(visible.len());
                read.extend_from_slice(&visible[..taken]);
                left.advance(taken);
            }
            prop_assert_eq!(read, whole);
        }
    }
}
