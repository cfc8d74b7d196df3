//! Indices of what a tenant's index stores: four bytes each in place of a pointer, and a type for each kind.

/// An agent, in [`Agents`](super::agents::Agents).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AgentIndex(pub u32);

impl AgentIndex {
    pub const FIRST: Self = Self(0);
    pub const LAST: Self = Self(u32::MAX);
}

/// An account at one source, in [`Accounts`](super::accounts::Accounts).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct AccountIndex(pub u32);

/// An event at one source, in [`EventRings`](super::event_ring::EventRings).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct EventIndex(pub u32);

/// A kind of event, in [`EventKinds`](super::event_kind::EventKinds).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct KindIndex(pub u32);
