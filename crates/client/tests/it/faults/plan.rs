//! Decides by a seed which request fails and how, independently of the order of the requests.

use std::fmt;

use group_dispatch_client::{BusinessCode, Error};

/// A kind of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// The connection is reset before the response.
    Reset,
    /// The connection ends in the middle of the response's head.
    HalfAHead,
    /// A page of a proxy with status 503.
    Page,
    /// Status 429 with `Retry-After: 0`.
    TooMany,
    /// Business code 517, with status 200.
    DatabaseError,
    /// The response arrives after the client's timeout.
    Slow,
    /// The connection ends before the end of the body by `content-length`.
    CutBody,
    /// The connection ends in the middle of a chunked body.
    CutChunks,
    /// JSON that ends early, with a `content-length` that fits it.
    CutJson,
    /// A body that is not JSON, with status 200.
    Garbage,
}

impl Fault {
    pub const ALL: [Self; 10] = [
        Self::Reset,
        Self::HalfAHead,
        Self::Page,
        Self::TooMany,
        Self::DatabaseError,
        Self::Slow,
        Self::CutBody,
        Self::CutChunks,
        Self::CutJson,
        Self::Garbage,
    ];

    /// Returns whether this error fits the failure.
    pub fn explains(self, error: &Error) -> bool {
        match self {
            Self::Reset | Self::HalfAHead | Self::CutBody | Self::CutChunks => {
                matches!(error, Error::Connection { .. })
            }
            Self::Page => matches!(error, Error::Http { status: 503, .. }),
            Self::TooMany => error.code() == Some(BusinessCode::TooManyRequests),
            Self::DatabaseError => {
                matches!(error, Error::Business { code: BusinessCode::DatabaseError, status: 200, .. })
            }
            Self::Slow => matches!(error, Error::Timeout { .. }),
            Self::CutJson => matches!(error, Error::Decode { is_cut: true, .. }),
            Self::Garbage => matches!(error, Error::Decode { is_cut: false, .. }),
        }
    }
}

/// How a successful response is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Good {
    AtOnce,
    /// In parts, with pauses in between.
    InPieces,
    /// At once, and then the connection is closed without notice.
    ThenClosed,
}

#[derive(Clone, Copy)]
pub struct Plan {
    pub seed: u64,
    /// From 0 to 1.
    pub failing: f64,
}

/// What happens to a request.
#[derive(Clone, Copy)]
pub struct Fate {
    pub outcome: Result<Good, Fault>,
    /// Where a response is cut, from 0 to 1.
    pub cut: f64,
}

impl Plan {
    /// Returns what happens to the n-th request of a call.
    pub fn fate(&self, call: u64, nth: usize) -> Fate {
        let mut random = fastrand::Rng::with_seed(mixed(mixed(mixed(self.seed) ^ call) ^ nth as u64));
        let outcome = if random.f64() < self.failing {
            Err(random.choice(Fault::ALL).unwrap_or(Fault::Reset))
        } else {
            Ok(random.choice([Good::AtOnce, Good::AtOnce, Good::InPieces, Good::ThenClosed]).unwrap_or(Good::AtOnce))
        };
        Fate { outcome, cut: random.f64() }
    }
}

/// Mixes a seed (the last step of SplitMix64), because neighboring seeds give similar sequences.
fn mixed(seed: u64) -> u64 {
    let seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let seed = (seed ^ (seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let seed = (seed ^ (seed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    seed ^ (seed >> 31)
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "seed {}, {:.0} % of the requests fail", self.seed, self.failing * 100.0)
    }
}
