//! What is counted, in the text form of Prometheus (OpenMetrics).

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

/// Upper ends of the classes of answering times, in seconds.
const SECONDS: [f64; 9] = [0.001, 0.005, 0.01, 0.025, 0.1, 0.5, 1.0, 5.0, 30.0];

/// A call as it is counted. No label comes from a caller: their number is bounded.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Call {
    method: &'static str,
    path: &'static str,
    status: u16,
}

/// The counters of the service.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    calls: Family<Call, Counter>,
    seconds: Histogram,
    turned_away: Counter,
    bridges: Gauge,
    viewers: Gauge,
}

impl Default for Metrics {
    fn default() -> Self {
        let metrics = Self {
            registry: Registry::with_prefix("fluxprint"),
            calls: Family::default(),
            seconds: Histogram::new(SECONDS),
            turned_away: Counter::default(),
            bridges: Gauge::default(),
            viewers: Gauge::default(),
        };
        metrics.registered()
    }
}

impl Metrics {
    fn registered(mut self) -> Self {
        let registry = &mut self.registry;
        registry.register("http_calls", "Calls answered", self.calls.clone());
        registry.register(
            "http_seconds",
            "Seconds until the answer",
            self.seconds.clone(),
        );
        registry.register("http_turned_away", "Calls shed", self.turned_away.clone());
        registry.register(
            "bridges_connected",
            "Bridges connected now",
            self.bridges.clone(),
        );
        registry.register(
            "camera_viewers",
            "Who looks through cameras now",
            self.viewers.clone(),
        );
        self
    }

    /// Counts an answered call.
    pub fn called(&self, method: &'static str, path: &'static str, status: u16, ms: u64) {
        self.calls
            .get_or_create(&Call {
                method,
                path,
                status,
            })
            .inc();
        self.seconds
            .observe(std::time::Duration::from_millis(ms).as_secs_f64());
    }

    /// Counts a call that was shed.
    pub fn turned_away(&self) {
        self.turned_away.inc();
    }

    /// All of it, with the numbers of bridges connected and of viewers of cameras now.
    #[must_use]
    pub fn text(&self, bridges_connected: usize, camera_viewers: usize) -> String {
        let figure = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        self.bridges.set(figure(bridges_connected));
        self.viewers.set(figure(camera_viewers));
        let mut text = String::new();
        // Writing into a String does not fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}
