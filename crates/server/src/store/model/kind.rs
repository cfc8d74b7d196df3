use std::collections::HashMap;

use arcstr::ArcStr;
use group_dispatch_types::{AccountStatus, StatusDetail};

use crate::event::StatusEvent;

/// What an event says besides who, when and where. Events differ in little here, so that each kind is kept once.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Kind {
    pub status: AccountStatus,
    pub detail_status: StatusDetail,
    pub country_code: ArcStr,
}

impl Kind {
    pub fn is_online(&self) -> bool {
        self.status == AccountStatus::Online
    }
}

/// The place of a kind among [`Kinds`].
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct KindIndex(u32);

/// Every kind that was met.
#[derive(Default)]
pub struct Kinds {
    kinds: Vec<Kind>,
    places: HashMap<Kind, KindIndex>,
}

impl Kinds {
    pub fn get(&self, index: KindIndex) -> &Kind {
        &self.kinds[index.0 as usize]
    }

    pub fn of(&mut self, event: &StatusEvent) -> KindIndex {
        self.place(Kind {
            status: event.status,
            detail_status: event.detail_status,
            country_code: event.country_code.as_str().into(),
        })
    }

    pub fn place(&mut self, kind: Kind) -> KindIndex {
        *self.places.entry(kind).or_insert_with_key(|kind| {
            // More than four thousand million kinds would not fit into memory.
            let index = KindIndex(u32::try_from(self.kinds.len()).unwrap_or(u32::MAX));
            self.kinds.push(kind.clone());
            index
        })
    }
}
