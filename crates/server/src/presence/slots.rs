//! Slots: where a [`ChunkedVec`](super::chunked_vec::ChunkedVec) has a value. Four bytes each instead of a pointer, and a
//! type for each kind of value.

/// An agent, in [`Agents`](super::agents::Agents).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AgentSlot(pub u32);

impl AgentSlot {
    pub const FIRST: Self = Self(0);
    pub const LAST: Self = Self(u32::MAX);
}

/// An account at one source, in [`Accounts`](super::accounts::Accounts).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountSlot(pub u32);

/// An event at one source, in [`EventRings`](super::event_ring::EventRings).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct EventSlot(pub u32);

/// A kind of event, in [`EventKinds`](super::event_kind::EventKinds).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct KindSlot(pub u32);
