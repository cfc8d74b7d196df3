//! Keeps the generated values short.

use proptest::{collection::SizeRange, option::Probability, string::StringParam};

/// Parameters of `Arbitrary` that keep lists short. Lists of up to 100 elements on two levels would take minutes, and might
/// exceed the contract's `maxItems`, which the types do not enforce.
pub trait Small {
    fn small() -> Self;
}

impl Small for SizeRange {
    fn small() -> Self {
        (0..=3).into()
    }
}

impl Small for StringParam {
    fn small() -> Self {
        Self::default()
    }
}

impl Small for Probability {
    fn small() -> Self {
        Self::default()
    }
}

macro_rules! small_tuples {
    ($($($part:ident)*;)*) => {
        $(impl<$($part: Small),*> Small for ($($part,)*) {
            fn small() -> Self {
                ($($part::small(),)*)
            }
        })*
    };
}

impl Small for () {
    fn small() -> Self {}
}

small_tuples! {
    A;
    A B;
    A B C;
    A B C D;
    A B C D E;
    A B C D E F;
    A B C D E F G;
    A B C D E F G H;
    A B C D E F G H I;
    A B C D E F G H I J;
}
