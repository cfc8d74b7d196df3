//! The body of a response, whole or cut.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use hyper::body::{Frame, SizeHint};

/// A body in one piece. One that is cut has the declared length of the whole, and breaks off.
pub struct Body {
    bytes: Option<Bytes>,
    length: u64,
    is_cut: bool,
}

impl Body {
    pub fn whole(bytes: Vec<u8>) -> Self {
        Self { length: bytes.len() as u64, bytes: Some(bytes.into()), is_cut: false }
    }

    /// Cuts the second half of a body.
    pub fn cut(bytes: Vec<u8>) -> Self {
        let whole = Bytes::from(bytes);
        Self { length: whole.len() as u64, bytes: Some(whole.slice(..whole.len() / 2)), is_cut: true }
    }
}

impl hyper::body::Body for Body {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let frame = match self.bytes.take() {
            Some(bytes) => Some(Ok(Frame::data(bytes))),
            None if self.is_cut => Some(Err(io::ErrorKind::ConnectionAborted.into())),
            None => None,
        };
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_none() && !self.is_cut
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.length)
    }
}
