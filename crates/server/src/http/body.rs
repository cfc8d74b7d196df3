//! The body of an answer on its way out.

pub mod pieces;

use std::{
    io::IoSlice,
    pin::Pin,
    task::{Context, Poll},
};

use axum::{
    Error,
    body::{Body, Bytes},
    response::Response,
};
use bytes::Buf;
use http_body::{Frame, SizeHint};

use self::pieces::Pieces;
use super::permits::Place;

/// A body as hyper is given it.
pub enum Outgoing {
    /// Any body.
    Body(Body),
    /// A long one, until hyper takes it.
    Pieces(Option<Pieces>),
}

impl Outgoing {
    /// Handlers give a long body beside their response's own: as axum's it would come to hyper piece by piece.
    pub fn of(mut response: Response) -> Response<Self> {
        let pieces: Option<Pieces> = response.extensions_mut().remove();
        response.map(|body| if pieces.is_some() { Self::Pieces(pieces) } else { Self::Body(body) })
    }

    /// A long answer keeps its place among the few until it is sent.
    pub fn hold(&mut self, place: Place) {
        if let Self::Pieces(Some(pieces)) = self {
            pieces.hold(place);
        }
    }
}

/// For who serves with axum.
impl From<Outgoing> for Body {
    fn from(outgoing: Outgoing) -> Self {
        match outgoing {
            Outgoing::Body(body) => body,
            Outgoing::Pieces(pieces) => pieces.map_or_else(Body::empty, Body::new),
        }
    }
}

impl http_body::Body for Outgoing {
    type Data = Data;
    type Error = Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Data>, Error>>> {
        match self.get_mut() {
            Self::Body(body) => Pin::new(body).poll_frame(cx).map_ok(|frame| frame.map_data(Data::Bytes)),
            Self::Pieces(pieces) => Poll::Ready(pieces.take().map(|pieces| Ok(Frame::data(Data::Pieces(pieces))))),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Body(body) => body.is_end_stream(),
            Self::Pieces(pieces) => pieces.is_none(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Body(body) => body.size_hint(),
            Self::Pieces(pieces) => SizeHint::with_exact(pieces.as_ref().map_or(0, Pieces::remaining) as u64),
        }
    }
}

/// What of a body is sent at once.
pub enum Data {
    Bytes(Bytes),
    Pieces(Pieces),
}

impl Buf for Data {
    fn remaining(&self) -> usize {
        match self {
            Self::Bytes(bytes) => bytes.remaining(),
            Self::Pieces(pieces) => pieces.remaining(),
        }
    }

    fn chunk(&self) -> &[u8] {
        match self {
            Self::Bytes(bytes) => bytes.chunk(),
            Self::Pieces(pieces) => pieces.chunk(),
        }
    }

    fn chunks_vectored<'a>(&'a self, slices: &mut [IoSlice<'a>]) -> usize {
        match self {
            Self::Bytes(bytes) => bytes.chunks_vectored(slices),
            Self::Pieces(pieces) => pieces.chunks_vectored(slices),
        }
    }

    fn advance(&mut self, count: usize) {
        match self {
            Self::Bytes(bytes) => bytes.advance(count),
            Self::Pieces(pieces) => pieces.advance(count),
        }
    }
}
