//! Property test: the store answers like its model.

use std::sync::atomic::{AtomicU64, Ordering};

use group_dispatch_server::{ApiKey, TenantId, event::StatusEvent, store::Store};
use group_dispatch_types::Source;
use proptest::{collection::vec, prelude::*, test_runner::TestRunner};

use super::{
    fixture::*,
    model::{self, Model},
};

#[tokio::test]
async fn a_store_answers_by_its_definition() {
    let store = empty().await;
    let next = AtomicU64::new(1);
    let runtime = tokio::runtime::Handle::current();
    let strategy = prop_oneof![
        // A few events tie and repeat; of many, the answers contain the latest only.
        vec(vec(model::event(), 1..12), 1..5),
        vec(vec(model::event(), 100..200), 1..4),
    ];
    // Each case asks some 200 questions.
    let config = ProptestConfig { cases: ProptestConfig::default().cases / 4, ..ProptestConfig::default() };
    let check = move || {
        TestRunner::new(config).run(&strategy, |batches| {
            let tenant = tenant(next.fetch_add(1, Ordering::Relaxed));
            runtime.block_on(agrees_with_model(&store, tenant, batches))
        })
    };
    tokio::task::spawn_blocking(check).await.unwrap().unwrap();
}

async fn agrees_with_model(
    store: &Store,
    tenant: TenantId,
    batches: Vec<Vec<model::Event>>,
) -> Result<(), TestCaseError> {
    store.add_tenant(tenant, ApiKey::new("key")).await.unwrap();
    let mut model = Model::default();
    for batch in batches {
        let batch: Vec<_> = batch.into_iter().map(StatusEvent::from).collect();
        let expected = model.append(&batch);
        prop_assert_eq!(store.append(tenant, batch).await.unwrap(), expected);
        // The answer is cached as far as it did not change.
        prop_assert_eq!(store.groups(tenant), model.groups());
    }
    let accounts = model::ACCOUNTS.map(|number| Some(account(number)));
    for filter in model::filters() {
        for source in [Source::Pc, Source::Mobile, Source::Cloud] {
            let answer = store.online_agents(tenant, source, &filter);
            prop_assert_eq!(answer, model.online_agents(source, &filter));
            let answer = store.recent_accounts(tenant, source, &filter);
            prop_assert_eq!(answer, model.recent_accounts(source, &filter));
            for account in accounts.into_iter().chain([None]) {
                let answer = store.status_log(tenant, source, &filter, account);
                prop_assert_eq!(answer, model.status_log(source, &filter, account));
            }
        }
    }
    let both = vec![Source::Pc, Source::Mobile];
    for sources in [both, vec![Source::Mobile], vec![Source::Cloud, Source::from(7)]] {
        for account in accounts.into_iter().flatten() {
            let answer = store.locate(tenant, account, &sources);
            prop_assert_eq!(answer, model.account_location(account, &sources));
        }
    }
    Ok(())
}
