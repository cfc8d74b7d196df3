//! The status of an account, and the events that change it.

open_code! {
    /// The status of a WhatsApp account (page, `status`; D10).
    AccountStatus,
    "a status: 10 (online), 20 (disconnected), 30 (offline) or 40 (banned)",
    "The status of a WhatsApp account. Readers accept codes that are not listed (D10).",
    example 10 {
        Online = 10, "online", "Online";
        Disconnected = 20, "disconnected", "Disconnected";
        Offline = 30, "offline", "Offline";
        Banned = 40, "banned", "Banned";
    }
}

open_code! {
    /// What happened to a WhatsApp account: the vendor's "behavior type" (page, `detailStatus`; D10).
    StatusDetail,
    "a behavior code, such as 12 (pc-online)",
    "What happened to a WhatsApp account (the vendor's \"behavior type\"). Readers accept codes that are not listed (D10).",
    example 12 {
        PcQrLogin = 11, "pc-qr-login", "Logged in on PC by QR code";
        PcOnline = 12, "pc-online", "Came online on PC";
        MobileOnline = 13, "mobile-online", "Came online on mobile";
        PcDisconnected = 21, "pc-disconnected", "Disconnected on PC";
        MobileDisconnected = 22, "mobile-disconnected", "Disconnected on mobile";
        PcAccountClosed = 31, "pc-account-closed", "Offline: the customer service account was closed on PC";
        PcClientClosed = 32, "pc-client-closed", "Offline: the client was closed on PC";
        PcMonitorOffline = 33, "pc-monitor-offline", "Offline: triggered by monitoring on PC";
        MobileDeleted = 34, "mobile-deleted", "Offline: deleted on mobile";
        MobileExited = 35, "mobile-exited", "Offline: the user left on mobile";
        MobileMonitorOffline = 36, "mobile-monitor-offline", "Offline: triggered by monitoring on mobile";
        MobileAbnormalOffline = 37, "mobile-abnormal-offline", "Offline: abnormal end on mobile";
        PcBanned = 41, "pc-banned", "Banned on PC";
        MobileBanned = 42, "mobile-banned", "Banned on mobile";
        PermanentlyBanned = 43, "permanently-banned", "Marked by the system as permanently banned";
    }
}

impl StatusDetail {
    /// Returns the status of an account after this event, or `None` for an unknown code.
    ///
    /// An event's own `status` need not agree: the page's example pairs status 20 with detail 42 (D10).
    #[must_use]
    pub const fn status(self) -> Option<AccountStatus> {
        match self.code() {
            11..=13 => Some(AccountStatus::Online),
            21..=22 => Some(AccountStatus::Disconnected),
            31..=37 => Some(AccountStatus::Offline),
            41..=43 => Some(AccountStatus::Banned),
            _ => None,
        }
    }
}
