//! The sign that a server will stop soon: `/readyz` fails from then on, and everything is still served.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering::Relaxed},
};

/// Whether a server is draining. Clones share it: a program keeps one, begins the draining, and lets the `stop` of
/// [`serve`](crate::serve) complete when load balancers have noticed.
#[derive(Clone, Debug, Default)]
pub struct Draining(Arc<AtomicBool>);

impl Draining {
    /// Makes `/readyz` fail from now on.
    pub fn begin(&self) {
        self.0.store(true, Relaxed);
    }

    /// Returns whether it has begun.
    #[must_use]
    pub fn has_begun(&self) -> bool {
        self.0.load(Relaxed)
    }
}
