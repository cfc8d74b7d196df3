//! Which request fails, and how: by a seed alone, in whatever order the requests come.

use std::fmt;

use group_dispatch_client::{BusinessCode, Error};

/// A way to fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// The connection is reset before anything is answered.
    Reset,
    /// The connection ends in the middle of the answer's head.
    HalfAHead,
    /// A page of a proxy with status 503.
    Page,
    /// Status 429, and leave to come again at once.
    TooMany,
    /// Business code 517, with status 200.
    DatabaseError,
    /// The answer comes after the client has given up.
    Slow,
    /// The connection ends before as much has come as `content-length` says.
    CutBody,
    /// The connection ends in the middle of a chunked body.
    CutChunks,
    /// JSON that ends early, and a `content-length` that fits it.
    CutJson,
    /// Something that is no JSON, with status 200.
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

    /// Whether this is how the fault is to be told.
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

/// How a good answer is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Good {
    AtOnce,
    /// In pieces, with the connection busy in between.
    InPieces,
    /// And then the connection is closed, although nothing said so.
    ThenClosed,
}

#[derive(Clone, Copy)]
pub struct Plan {
    pub seed: u64,
    /// From 0 to 1.
    pub failing: f64,
}

/// What becomes of one request.
#[derive(Clone, Copy)]
pub struct Fate {
    pub outcome: Result<Good, Fault>,
    /// Where to cut what is cut, from 0 to 1.
    pub cut: f64,
}

impl Plan {
    /// What becomes of the n-th request of a call.
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

/// Neighbouring seeds give sequences alike; mixed they don't (the last step of SplitMix64).
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
