//! What `cargo metadata` says about packages and the edges between them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

/// The part of the answer that the rules read.
#[derive(Debug, Deserialize)]
pub struct Metadata {
    /// Every package of the graph.
    pub packages: Vec<Package>,
    /// The ids of our own.
    pub workspace_members: BTreeSet<String>,
    resolve: Resolve,
}

/// One package.
#[derive(Debug, Deserialize)]
pub struct Package {
    /// Unique.
    pub id: String,
    /// As in its manifest.
    pub name: String,
    /// The native library it is the only one to link.
    pub links: Option<String>,
    /// What is compiled from it.
    pub targets: Vec<Target>,
}

/// One crate of a package.
#[derive(Debug, Deserialize)]
pub struct Target {
    /// The path of its first file.
    pub src_path: String,
}

#[derive(Debug, Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Debug, Deserialize)]
struct Node {
    id: String,
    deps: Vec<NodeDep>,
}

#[derive(Debug, Deserialize)]
struct NodeDep {
    pkg: String,
    dep_kinds: Vec<DepKind>,
}

#[derive(Debug, Deserialize)]
struct DepKind {
    kind: Option<String>,
}

/// Who depends on whom, by package name.
#[derive(Debug, Default, Clone)]
pub struct Graph {
    /// Edges of the programs themselves (and of their build scripts).
    pub normal: BTreeMap<String, BTreeSet<String>>,
    /// Edges that only tests have.
    pub dev: BTreeMap<String, BTreeSet<String>>,
    /// The packages of this workspace.
    pub ours: BTreeSet<String>,
}

impl Metadata {
    /// Asks cargo.
    pub fn read(root: &Path) -> Result<Self> {
        let output = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()))
            .current_dir(root)
            .args(["metadata", "--format-version", "1"])
            .output()
            .context("cannot run cargo metadata")?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "cargo metadata: {said}");
        serde_json::from_slice(&output.stdout).context("cargo metadata is not what it was")
    }

    /// Our own packages.
    pub fn members(&self) -> impl Iterator<Item = &Package> {
        self.packages
            .iter()
            .filter(|package| self.workspace_members.contains(&package.id))
    }

    /// The edges by name.
    pub fn graph(&self) -> Graph {
        let names: BTreeMap<&str, &str> = self
            .packages
            .iter()
            .map(|p| (p.id.as_str(), p.name.as_str()))
            .collect();
        let name = |id: &str| names.get(id).copied().unwrap_or_default().to_owned();
        let mut graph = Graph {
            ours: self.members().map(|p| p.name.clone()).collect(),
            ..Graph::default()
        };
        for node in &self.resolve.nodes {
            for dep in &node.deps {
                let is_dev = |kind: &DepKind| kind.kind.as_deref() == Some("dev");
                if dep.dep_kinds.iter().any(is_dev) {
                    graph
                        .dev
                        .entry(name(&node.id))
                        .or_default()
                        .insert(name(&dep.pkg));
                }
                if !dep.dep_kinds.iter().all(is_dev) {
                    graph
                        .normal
                        .entry(name(&node.id))
                        .or_default()
                        .insert(name(&dep.pkg));
                }
            }
        }
        graph
    }
}

impl Graph {
    /// What a package names itself.
    pub fn direct(&self, from: &str) -> BTreeSet<&str> {
        self.normal
            .get(from)
            .into_iter()
            .flatten()
            .map(String::as_str)
            .collect()
    }

    /// What only its tests name.
    pub fn direct_dev(&self, from: &str) -> BTreeSet<&str> {
        self.dev
            .get(from)
            .into_iter()
            .flatten()
            .map(String::as_str)
            .collect()
    }

    /// Everything that is compiled into it.
    pub fn reach<'a>(&'a self, from: &'a str) -> BTreeSet<&'a str> {
        let mut seen = BTreeSet::new();
        let mut open = vec![from];
        while let Some(next) = open.pop() {
            open.extend(
                self.direct(next)
                    .into_iter()
                    .filter(|name| seen.insert(*name)),
            );
        }
        seen
    }
}
