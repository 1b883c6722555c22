//! The report for people.

use super::load::Load;
use super::memory::MB;
use super::report::{EngineFigures, Idle, Report};
use super::series::Series;
use super::table::{figure, table};

/// The whole report as text.
pub fn text(report: &Report) -> String {
    let machine = &report.machine;
    let source = &report.source;
    let mut parts = vec![format!(
        "{} cores of {}, {} MB; commit {}{}; {}; libsqlite3-sys {}\n",
        machine.cores,
        machine.cpu,
        machine.memory_mb,
        source.commit,
        if source.changed { " with changes" } else { "" },
        source.rustc,
        source.libsqlite3_sys,
    )];
    parts.push(binaries(report));
    parts.extend(report.engines.iter().map(engine));
    parts.push(aims(report));
    parts.extend(
        report
            .troubles
            .iter()
            .map(|trouble| format!("Not measured: {trouble}\n")),
    );
    parts.join("\n")
}

fn binaries(report: &Report) -> String {
    let rows: Vec<Vec<String>> = report
        .binaries
        .iter()
        .map(|binary| {
            vec![
                binary.name.clone(),
                figure(Some(binary.size_bytes as f64 / MB)),
            ]
        })
        .collect();
    table(&["program (release, stripped)", "MB"], &rows)
}

fn engine(figures: &EngineFigures) -> String {
    let version = figures
        .engine_version
        .as_deref()
        .unwrap_or("version unknown");
    let title = format!("== {} ({version})\n", figures.engine);
    [title, moments(figures), memory(figures), loads(figures)].join("\n")
}

/// Start-up and *bed clear*.
fn moments(figures: &EngineFigures) -> String {
    let mut rows = Vec::new();
    let mut add = |what: &str, series: &Series| {
        let (least, most) = series.range_ms();
        let numbers = [series.median_ms, least, most].map(|ms| figure(Some(ms)));
        let count = series.all_ms.len().to_string();
        rows.push([vec![what.to_owned()], numbers.to_vec(), vec![count]].concat());
    };
    if let Some(startup) = &figures.startup {
        if let Some(first) = Series::of(vec![startup.first_ms]) {
            add("first start to ready line", &first);
        }
        add("start to ready line", &startup.ready_line);
        add("start to /readyz 200", &startup.readyz);
    }
    if let Some(bed_clear) = &figures.bed_clear {
        add("bed clear to first G-code line", bed_clear);
    }
    table(&["moment", "median ms", "least", "most", "times"], &rows)
}

fn memory(figures: &EngineFigures) -> String {
    let mut rows = Vec::new();
    let mut add = |when: &str, idle: &Option<Idle>| {
        let Some(idle) = idle else { return };
        for (program, memory) in [("service", &idle.service), ("bridge", &idle.bridge)] {
            let numbers = [memory.rss_mb(), memory.pss_mb()].map(|mb| figure(Some(mb)));
            rows.push([vec![format!("{program} {when}")], numbers.to_vec()].concat());
        }
    };
    add("idle", &figures.idle);
    add("idle after all loads", &figures.idle_afterwards);
    table(&["memory", "RSS MB", "PSS MB"], &rows)
}

fn loads(figures: &EngineFigures) -> String {
    let reads = figures.reads.iter().map(|load| row(load, String::new()));
    let enqueues = figures.enqueues.iter().map(|enqueue| {
        let commits = figure(Some(enqueue.engine_commits_per_second));
        row(
            &enqueue.load,
            format!("{:.0} % of {commits}", enqueue.share * 100.0),
        )
    });
    let rows: Vec<Vec<String>> = reads.chain(enqueues).collect();
    let heading = [
        "call",
        "conns",
        "per s",
        "p50 ms",
        "p99 ms",
        "max ms",
        "errors",
        "bytes",
        "service s",
        "load s",
        "engine's commits/s",
    ];
    table(&heading, &rows)
}

fn row(load: &Load, commits: String) -> Vec<String> {
    let outcome = &load.outcome;
    vec![
        load.call.clone(),
        outcome.connections.to_string(),
        figure(Some(outcome.per_second)),
        figure(outcome.p50_ms),
        figure(outcome.p99_ms),
        figure(outcome.max_ms),
        outcome.errors.to_string(),
        figure(Some(outcome.bytes_per_answer)),
        figure(Some(load.service_cpu_s)),
        figure(Some(outcome.cpu_s)),
        commits,
    ]
}

fn aims(report: &Report) -> String {
    let rows: Vec<Vec<String>> = report
        .aims
        .iter()
        .map(|aim| {
            let verdict = match (aim.figure, aim.reached) {
                (_, true) => "reached",
                (Some(_), false) => "NOT reached",
                (None, false) => "NOT measured",
            };
            vec![
                format!("{} ({})", aim.aim, aim.engine),
                format!("{} {}", aim.at_most, aim.unit),
                figure(aim.figure),
                verdict.to_owned(),
            ]
        })
        .collect();
    table(&["aim", "at most", "figure", ""], &rows)
}
