//! A small body that holds much costs no more memory than the limit allows. The allocator counts all of this process, so
//! that no other test may stand in this file.
#![allow(clippy::unwrap_used, missing_docs)]

#[path = "it/common/mod.rs"]
mod common;

use std::io::Write;

use common::{envelope, start};
use flate2::{Compression, write::GzEncoder};
use peak_alloc::PeakAlloc;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

#[tokio::test]
async fn a_bomb_costs_no_more_memory_than_the_limit() {
    let server = start().await;
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let zeros = vec![b' '; 1 << 20];
    for _ in 0..48 {
        encoder.write_all(&zeros).unwrap();
    }
    let bomb = encoder.finish().unwrap();
    assert!(bomb.len() < 64 * 1024, "{}", bomb.len());
    // The first request makes what stays.
    for _ in 0..2 {
        ALLOCATOR.reset_peak_usage();
        let before = ALLOCATOR.current_usage_as_mb();
        let request = server.request("queryUserStatus", bomb.clone()).header("content-encoding", "gzip");
        let (status, answer) = envelope(request.send().await.unwrap()).await;
        assert_eq!((status.as_u16(), &answer["code"]), (413, &413.into()));
        let took = ALLOCATOR.peak_usage_as_mb() - before;
        assert!(took < 4.0, "{took} MB");
    }
}
