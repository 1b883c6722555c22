//! The report for people: the pages.

use super::pages::PagesFigures;
use super::series::Series;
use super::table::{figure, table};

/// What was measured of them.
pub fn text(figures: &PagesFigures) -> String {
    [
        "== Pages (SQLite)\n".to_owned(),
        calls(figures),
        pages(figures),
    ]
    .join("\n")
}

fn calls(figures: &PagesFigures) -> String {
    let mut rows = Vec::new();
    let mut add = |what: &str, series: &Series| {
        let (least, most) = series.range_ms();
        let numbers = [series.median_ms, least, most].map(|ms| figure(Some(ms)));
        let count = series.all_ms.len().to_string();
        rows.push([vec![what.to_owned()], numbers.to_vec(), vec![count]].concat());
    };
    if let Some(overhead) = &figures.overhead {
        add("GET /healthz", &overhead.nothing);
        add("GET /api/me", &overhead.session);
        add("GET /v1/printers", &overhead.service);
        add("GET /api/print/printers", &overhead.gateway);
    }
    if let Some(upload) = &figures.upload {
        add("50 MB through the studio", &upload.studio);
        add("50 MB hashed and written", &upload.hash_and_write);
    }
    let mut text = table(&["call", "median ms", "least", "most", "times"], &rows);
    if let Some(overhead) = &figures.overhead {
        let added = figure(Some(overhead.added_ms));
        text.push_str(&format!("session and gateway add {added} ms to a call\n"));
    }
    text
}

fn pages(figures: &PagesFigures) -> String {
    let row = |page: &super::pages::PageFigures| {
        let numbers = [
            page.performance,
            page.accessibility,
            page.best_practices,
            page.lcp_ms,
            page.tbt_ms,
            page.cls,
            page.bytes / 1e3,
            page.script_gz_bytes as f64 / 1e3,
        ];
        let mut row = vec![page.page.clone()];
        row.extend(numbers.map(|number| figure(Some(number))));
        row.push(page.missed.join(" "));
        row
    };
    let rows: Vec<Vec<String>> = figures.pages.iter().map(row).collect();
    let heading = [
        "page (phone)",
        "perf.",
        "a11y",
        "best",
        "LCP ms",
        "TBT ms",
        "CLS",
        "kB",
        "script kB gz",
        "missed",
    ];
    let mut text = table(&heading, &rows);
    let lost: u32 = figures.pages.iter().map(|page| page.lost).sum();
    if lost > 0 {
        text.push_str(&format!(
            "{lost} rounds measured again: the browser had lost the beginning of its recording\n"
        ));
    }
    text
}
