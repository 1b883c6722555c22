//! The report for people.

use super::load::Load;
use super::memory::MB;
use super::report::{EngineFigures, Idle, Report};
use super::series::Series;
use super::shown_pages;
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
    parts.push(shown_pages::text(&report.pages));
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
    let others = match figures.others_busy_pct {
        Some(pct) => format!("others kept the cores {pct:.0} % busy just before"),
        None => "nobody knows how busy the machine was just before".to_owned(),
    };
    let title = format!("== {} ({version}); {others}\n", figures.engine);
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
        "all s",
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
        figure(Some(load.machine_cpu_s)),
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

#[cfg(test)]
mod tests {
    use super::super::aims::judge;
    use super::super::machine::{Machine, Source};
    use super::super::memory::Memory;
    use super::super::pages::PagesFigures;
    use super::super::report::Binary;
    use super::*;

    fn report() -> Report {
        let memory = |rss_bytes| Memory {
            rss_bytes,
            pss_bytes: rss_bytes / 2,
        };
        let idle = Idle {
            after_s: 10.0,
            service: memory(41_000_000),
            bridge: memory(9_000_000),
        };
        let figures = EngineFigures {
            engine: "SQLite",
            others_busy_pct: Some(12.3),
            idle: Some(idle),
            bed_clear: Series::of(vec![70.0, 60.0, 50.0]),
            ..EngineFigures::default()
        };
        Report {
            date: "2026-01-31T12:00:00Z".to_owned(),
            quick: true,
            source: Source {
                commit: "abc".to_owned(),
                changed: true,
                rustc: "rustc 1".to_owned(),
                libsqlite3_sys: "0".to_owned(),
            },
            machine: Machine::here(std::path::Path::new("/")),
            binaries: vec![Binary {
                name: "fluxprint".to_owned(),
                size_bytes: 12_345_678,
            }],
            aims: judge(&figures),
            pages: PagesFigures::default(),
            engines: vec![figures],
            troubles: vec!["SQLite, seed: no slicer".to_owned()],
        }
    }

    /// The line that begins so, without the spaces between its columns.
    fn line(text: &str, beginning: &str) -> String {
        let line = text
            .lines()
            .find(|line| line.starts_with(beginning))
            .unwrap();
        line.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn what_falls_short_and_what_is_missing_is_said() {
        let text = text(&report());
        assert!(text.contains("commit abc with changes"), "{text}");
        assert!(text.contains("others kept the cores 12 % busy"), "{text}");
        assert_eq!(line(&text, "fluxprint "), "fluxprint 12.3");
        assert_eq!(
            line(&text, "bed clear"),
            "bed clear to first G-code line 60.0 50.0 70.0 3"
        );
        assert_eq!(
            line(&text, "all in one idle, resident"),
            "all in one idle, resident (SQLite) 40 MB 41.0 NOT reached"
        );
        assert_eq!(
            line(&text, "bridge idle, resident"),
            "bridge idle, resident (SQLite) 15 MB 9.00 reached"
        );
        assert_eq!(
            line(&text, "all in one ready"),
            "all in one ready (SQLite) 1000 ms – NOT measured"
        );
        assert_eq!(
            line(&text, "Not measured"),
            "Not measured: SQLite, seed: no slicer"
        );
    }

    #[test]
    fn the_file_holds_every_figure_raw() {
        let json = serde_json::to_value(report()).unwrap();
        let at = |path: &str| json.pointer(path).unwrap().clone();
        assert_eq!(
            at("/engines/0/bed_clear/all_ms"),
            serde_json::json!([70.0, 60.0, 50.0])
        );
        assert_eq!(at("/engines/0/idle/service/rss_bytes"), 41_000_000);
        assert_eq!(at("/aims/0/reached"), false);
        assert_eq!(at("/machine/cores"), report().machine.cores);
    }
}
