use fluxprint_domain::Timestamp;
use fluxprint_domain::id::{AttemptId, OrganisationId, SessionId};
use fluxprint_store::ServiceStore;

#[test]
fn a_call_may_be_made_from_any_thread() {
    fn sendable<T: Send>(_: T) {}
    async fn call(store: ServiceStore) {
        let org = OrganisationId::new(Timestamp(0), 0);
        let attempts = store.attempts(org);
        let (id, session) = (
            AttemptId::new(Timestamp(0), 0),
            SessionId::new(Timestamp(0), 0),
        );
        let _ = attempts.issue_start(id, session, "x", Timestamp(0)).await;
    }
    let _ = |store| sendable(call(store));
}
