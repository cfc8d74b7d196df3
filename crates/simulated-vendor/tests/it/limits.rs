//! The limit of requests, and how they are counted.

use std::time::Duration;

use group_dispatch_simulated_vendor::{Failure, Faults, Reply, Scenario, Vendor};
use group_dispatch_types::{NoParameters, Operation, QueryUserStatusRequest, Source};

#[test]
fn an_endpoint_allows_fifty_requests_in_any_second() {
    let faults = Faults { requests_per_second: Some(50), ..Faults::NONE };
    let mut vendor = Vendor::new(Scenario { faults, ..Scenario::small(1) });
    let start = vendor.scenario().start;
    let limited = |reply: Reply<_>| match reply.result {
        Ok(_) => false,
        Err(failure) => {
            assert_eq!(failure, Failure::TooManyRequests { retry_after: Duration::from_secs(1) });
            true
        }
    };
    let mut rejected = 0;
    for request in 0..120 {
        // 60 a second.
        rejected += u64::from(limited(vendor.ask(start + request * 1000 / 60, &NoParameters)));
    }
    let counted = vendor.requests(Operation::QueryAllOlWhatsAppInfo);
    assert_eq!((counted.total, counted.rejected), (120, rejected));
    assert_eq!((counted.most_in_a_second, counted.most_in_a_minute), (60, 120));
    assert!((18..=21).contains(&rejected), "{rejected}");
    // Each endpoint has a limit of its own.
    let request = QueryUserStatusRequest { source: Source::Pc, user_id: None, user_name: None };
    assert!(vendor.ask(start + 2000, &request).result.is_ok());
    assert_eq!(vendor.requests(Operation::QueryUserStatus).total, 1);
    assert_eq!(vendor.requests(Operation::QueryUserStatusLog).total, 0);
    // The truth is no request.
    vendor.truth(start + 2000, &NoParameters);
    assert_eq!(vendor.requests(Operation::QueryAllOlWhatsAppInfo), counted);
}
