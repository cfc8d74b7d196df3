//! Response bodies: [`Chunks`], bytes in several parts that are sent as one, and [`ResponseBody`], which hyper sends.
//!
//! hyper writes all chunks with one system call if they come as one buffer, and each with a call of its own if they come as
//! frames: so [`Chunks`] is a [`Buf`].
//!
//! Pays for: queryAllOlWhatsAppInfo at 0.90 of the bare limit. With a frame for each chunk
//! `cargo xtask bench --quick --only all_online` measures 0.50 to 0.60 of the limit instead of 0.87 to 0.95 (in turns, on a busy
//! machine).

use std::{
    convert::Infallible,
    io::IoSlice,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use axum::{
    Error,
    body::{Body, Bytes},
};
use bytes::Buf;
use http_body::{Frame, SizeHint};
use smallvec::SmallVec;

use super::permits::Permit;

/// Bytes in several parts. While they are not sent completely they can hold a permit.
#[derive(Clone, Default)]
pub struct Chunks {
    /// The chunks that are still to be sent, the next one last; none is empty.
    reversed: SmallVec<[Bytes; 1]>,
    remaining: usize,
    permit: Option<Arc<Permit>>,
}

impl FromIterator<Bytes> for Chunks {
    fn from_iter<I: IntoIterator<Item = Bytes>>(chunks: I) -> Self {
        // Filtered after that, so that memory for all of them is allocated at once.
        let mut reversed: SmallVec<[Bytes; 1]> = chunks.into_iter().collect();
        reversed.retain(|chunk| !chunk.is_empty());
        reversed.reverse();
        let remaining = reversed.iter().map(Bytes::len).sum();
        Self { reversed, remaining, permit: None }
    }
}

impl Chunks {
    /// Holds a permit until all bytes are sent.
    pub fn hold(&mut self, permit: Permit) {
        self.permit = Some(Arc::new(permit));
    }
}

impl Buf for Chunks {
    fn remaining(&self) -> usize {
        self.remaining
    }

    fn chunk(&self) -> &[u8] {
        self.reversed.last().map_or(&[], |chunk| chunk)
    }

    fn chunks_vectored<'a>(&'a self, slices: &mut [IoSlice<'a>]) -> usize {
        let chunks = slices.iter_mut().zip(self.reversed.iter().rev());
        chunks.map(|(slice, chunk)| *slice = IoSlice::new(chunk)).count()
    }

    fn advance(&mut self, count: usize) {
        debug_assert!(count <= self.remaining, "advance past the end");
        self.remaining = self.remaining.saturating_sub(count);
        let mut count = count;
        while let Some(chunk) = self.reversed.last_mut().filter(|_| count > 0) {
            if chunk.len() > count {
                return chunk.advance(count);
            }
            count -= chunk.len();
            self.reversed.pop();
        }
    }
}

/// For axum's servers, one chunk a frame.
impl http_body::Body for Chunks {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        /// A server drops a body once it has its bytes, long before they are sent: so the bytes hold the permit.
        struct Held(Bytes, #[expect(dead_code, reason = "it is held")] Option<Arc<Permit>>);

        impl AsRef<[u8]> for Held {
            fn as_ref(&self) -> &[u8] {
                &self.0
            }
        }

        let next = self.reversed.pop();
        self.remaining -= next.as_ref().map_or(0, Bytes::len);
        let held = |chunk| Bytes::from_owner(Held(chunk, self.permit.clone()));
        Poll::Ready(next.map(|chunk| Ok(Frame::data(held(chunk)))))
    }

    fn is_end_stream(&self) -> bool {
        self.reversed.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.remaining as u64)
    }
}

/// The body of a response as hyper gets it.
pub enum ResponseBody {
    /// Chunks, until hyper takes them.
    Chunks(Option<Chunks>),
    /// The body that one of axum's handlers made.
    Axum(Body),
}

impl From<Chunks> for ResponseBody {
    fn from(chunks: Chunks) -> Self {
        Self::Chunks(Some(chunks).filter(Chunks::has_remaining))
    }
}

/// For axum's servers.
impl From<ResponseBody> for Body {
    fn from(body: ResponseBody) -> Self {
        match body {
            ResponseBody::Chunks(chunks) => Self::new(chunks.unwrap_or_default()),
            ResponseBody::Axum(body) => body,
        }
    }
}

impl http_body::Body for ResponseBody {
    type Data = Chunks;
    type Error = Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Chunks>, Error>>> {
        match self.get_mut() {
            Self::Chunks(chunks) => Poll::Ready(chunks.take().map(|chunks| Ok(Frame::data(chunks)))),
            Self::Axum(body) => {
                Pin::new(body).poll_frame(cx).map_ok(|frame| frame.map_data(|bytes| Chunks::from_iter([bytes])))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Chunks(chunks) => chunks.is_none(),
            Self::Axum(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Chunks(chunks) => SizeHint::with_exact(chunks.as_ref().map_or(0, Chunks::remaining) as u64),
            Self::Axum(body) => body.size_hint(),
        }
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
        /// However many bytes are taken at a time, and however many chunks are seen at once.
        #[test]
        fn chunks_are_read_as_the_whole(
            chunks in vec(vec(any::<u8>(), 0..20), 0..10),
            taken in vec(1..50_usize, 1..20),
            seen in 1..5_usize,
        ) {
            let whole = chunks.concat();
            let mut left: Chunks = chunks.into_iter().map(Bytes::from).collect();
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
