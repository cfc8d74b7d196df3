//! A session: an account at a source.

use fastrand::Rng;
use group_dispatch_types::{Source, StatusDetail};

use crate::random::Random;

/// An account at a source.
pub struct Session {
    /// The account's index.
    pub account: u32,
    pub source: Source,
    /// The index of the agent that has it.
    pub agent: u32,
    pub is_online: bool,
    /// A banned account does nothing more.
    pub is_banned: bool,
    /// Counts what happened, by which a planned change is recognized that something else came before.
    pub changes: u32,
    /// The latest record: its second by the vendor's clock, and when it reaches the log.
    pub latest: (i64, i64),
}

/// The codes of what can happen at a source; what is listed more often happens more often.
struct Codes {
    online: &'static [StatusDetail],
    disconnected: &'static [StatusDetail],
    offline: &'static [StatusDetail],
    departed: StatusDetail,
    banned: StatusDetail,
}

const PC: Codes = Codes {
    online: &[StatusDetail::PcOnline, StatusDetail::PcOnline, StatusDetail::PcQrLogin],
    disconnected: &[StatusDetail::PcDisconnected],
    offline: &[StatusDetail::PcClientClosed, StatusDetail::PcClientClosed, StatusDetail::PcAccountClosed],
    departed: StatusDetail::PcMonitorOffline,
    banned: StatusDetail::PcBanned,
};
const MOBILE: Codes = Codes {
    online: &[StatusDetail::MobileOnline],
    disconnected: &[StatusDetail::MobileDisconnected],
    offline: &[StatusDetail::MobileExited, StatusDetail::MobileAbnormalOffline, StatusDetail::MobileDeleted],
    departed: StatusDetail::MobileMonitorOffline,
    banned: StatusDetail::MobileBanned,
};

impl Session {
    pub const fn new(account: u32, source: Source, agent: u32) -> Self {
        Self { account, source, agent, is_online: false, is_banned: false, changes: 0, latest: (i64::MIN, i64::MIN) }
    }

    /// A cloud computer runs the PC client (D33).
    fn codes(&self) -> &'static Codes {
        if self.source == Source::Mobile { &MOBILE } else { &PC }
    }

    /// Returns a code for coming online.
    pub fn login(&self, random: &mut Rng) -> StatusDetail {
        random.pick(self.codes().online)
    }

    /// Returns a code for going offline, or else for being disconnected.
    pub fn end(&self, leaves: bool, random: &mut Rng) -> StatusDetail {
        random.pick(if leaves { self.codes().offline } else { self.codes().disconnected })
    }

    /// Returns the code for going offline with all others of the source.
    pub fn departed(&self) -> StatusDetail {
        self.codes().departed
    }

    /// Returns a code for a ban.
    pub fn banned(&self, random: &mut Rng) -> StatusDetail {
        if random.chance(0.2) { StatusDetail::PermanentlyBanned } else { self.codes().banned }
    }
}
