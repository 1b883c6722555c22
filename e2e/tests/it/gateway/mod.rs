//! The print gateway before the real service: the same sentences hold in one process and over HTTP.

mod calls;
mod pages;
mod rig;
mod stream;

/// One test for each way from one body.
macro_rules! both_ways {
    ($(async fn $name:ident($seam:ident) $body:block)*) => {$(
        async fn $name($seam: crate::gateway::rig::Seam) $body

        mod $name {
            use crate::gateway::rig::{Seam, Way};

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn inside() {
                super::$name(Seam::by(Way::Inside).await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn over_http() {
                super::$name(Seam::by(Way::OverHttp).await).await;
            }
        }
    )*};
}
pub(crate) use both_ways;
