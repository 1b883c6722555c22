//! Everything that is measured on one engine, in an order in which nothing disturbs the next: first
//! what is idle, then what reads, last what fills the queue.

use std::fmt::Display;
use std::thread;
use std::time::Duration;

use anyhow::Result;
use serde_json::Value;

use super::choices::Choices;
use super::memory::Memory;
use super::product::{Product, Site};
use super::report::{EngineFigures, Enqueue, Idle};
use super::{commit_rate, cpu, load, postgres, rounds, seed, startup};

/// What is read, and with how many connections.
const READS: [(&str, usize); 4] = [
    ("/v1/jobs", 16),
    ("/v1/jobs", 64),
    ("/v1/printers", 16),
    ("/v1/printers", 64),
];
/// With how many connections jobs are made.
const ENQUEUES: [usize; 2] = [1, 16];

/// Measures one engine. What goes wrong is written to `troubles`, and the rest is measured.
pub fn measure(
    engine: &'static str,
    site: &Site,
    choices: &Choices,
    troubles: &mut Vec<String>,
) -> EngineFigures {
    let mut figures = EngineFigures {
        engine,
        others_busy_pct: cpu::busy_pct().ok(),
        bed_clear_what: rounds::WHAT,
        ..EngineFigures::default()
    };
    let mut trouble = |what: &str, error: &dyn Display| {
        println!("   {what} failed: {error}");
        troubles.push(format!("{engine}, {what}: {error}"));
    };
    println!("── {engine}: start-up");
    match startup::measure(site, choices.starts) {
        Ok(startup) => figures.startup = Some(startup),
        Err(error) => trouble("start-up", &format!("{error:#}")),
    }
    match Product::start(site) {
        Ok(mut product) => {
            let mut run = Run {
                choices,
                figures: &mut figures,
                trouble: &mut trouble,
            };
            run.everything(&mut product);
        }
        Err(error) => trouble("the product", &format!("{error:#}")),
    }
    figures
}

/// The measurements of a running product.
struct Run<'a> {
    choices: &'a Choices,
    figures: &'a mut EngineFigures,
    trouble: &'a mut dyn FnMut(&str, &dyn Display),
}

impl Run<'_> {
    fn everything(&mut self, product: &mut Product) {
        self.figures.idle = self.step("idle", |run| idle(product, run.choices.idle));
        let jobs = self.choices.jobs;
        let Some(body) = self.step("seed", |_| seeded(product, jobs)) else {
            return;
        };
        self.figures.jobs = jobs;
        for (path, connections) in READS {
            let what = format!("GET {path}, {connections} connections");
            let load_s = self.choices.load_s;
            let load = self.step(&what, |_| load::read(product, path, connections, load_s));
            self.figures.reads.extend(load);
        }
        self.figures.bed_clear =
            self.step("bed clear", |run| rounds::measure(product, run.choices));
        for connections in ENQUEUES {
            let what = format!("POST /v1/jobs, {connections} connections");
            let made = self.step(&what, |run| run.enqueue(product, &body, connections));
            self.figures.enqueues.extend(made);
        }
        if !self.choices.quick {
            let idle = self.step("idle afterwards", |run| idle(product, run.choices.idle));
            self.figures.idle_afterwards = idle;
        }
    }

    fn step<T>(&mut self, what: &str, work: impl FnOnce(&mut Self) -> Result<T>) -> Option<T> {
        println!("── {}: {what}", self.figures.engine);
        match work(self) {
            Ok(done) => Some(done),
            Err(error) => {
                (self.trouble)(what, &format!("{error:#}"));
                None
            }
        }
    }

    /// The engine's own rate is measured just before, so that both see the same disk.
    fn enqueue(&mut self, product: &Product, body: &Value, connections: usize) -> Result<Enqueue> {
        let (folder, seconds) = (product.site.data.folder(), self.choices.commits_s);
        let commits = match &product.site.database {
            Some(database) => {
                let version = postgres::sql(database, "SHOW server_version")?;
                self.figures.engine_version = Some(version);
                commit_rate::postgres(folder, database, connections, seconds)?
            }
            None => {
                let (rate, version) = commit_rate::sqlite(folder, seconds)?;
                self.figures.engine_version = Some(format!("{version} in python3"));
                rate
            }
        };
        let load = load::enqueue(product, body, connections, self.choices.load_s)?;
        Ok(Enqueue {
            share: load.outcome.per_second / commits,
            load,
            engine_commits_per_second: commits,
        })
    }
}

fn seeded(product: &mut Product, jobs: usize) -> Result<Value> {
    let body = seed::seed(product, jobs)?;
    if let Some(database) = &product.site.database {
        postgres::analyze(database)?;
    }
    Ok(body)
}

fn idle(product: &Product, rest: Duration) -> Result<Idle> {
    thread::sleep(rest);
    Ok(Idle {
        after_s: rest.as_secs_f64(),
        service: Memory::of(product.pid("fluxprint")?)?,
        bridge: Memory::of(product.pid("bridge")?)?,
    })
}
