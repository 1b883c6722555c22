//! Databases inside a cluster: one for each test, copied from a template when there is one.

use std::fs::File;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context, Result, bail};

use super::{OWNER, Postgres};

/// Attempts to find a name that no earlier process with our number has used.
const NAME_ATTEMPTS: u32 = 100;

/// A database that lives as long as this value.
#[derive(Debug)]
pub struct TestDatabase<'a> {
    postgres: &'a Postgres,
    name: String,
}

impl TestDatabase<'_> {
    /// The address, as the owner role.
    #[must_use]
    pub fn url(&self) -> String {
        self.postgres.url(&self.name)
    }

    /// The name inside the cluster.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl Drop for TestDatabase<'_> {
    fn drop(&mut self) {
        let drop = format!("DROP DATABASE IF EXISTS \"{}\" WITH (FORCE)", self.name);
        let _ = self.postgres.sql("postgres", &drop);
    }
}

/// A template that every process of a run shares, made by whoever comes first.
#[derive(Debug)]
pub enum Template {
    /// It stands; copy it by this name.
    Ready(String),
    /// We came first: fill the database at `Unfilled::url`, then call `finish`.
    Unfilled(Unfilled),
}

/// A template that only we are filling; others wait. Dropping it unfinished leaves the work to the next.
#[derive(Debug)]
pub struct Unfilled {
    postgres: &'static Postgres,
    name: String,
    _lock: File,
}

impl Unfilled {
    /// Where to run the migrations.
    #[must_use]
    pub fn url(&self) -> String {
        self.postgres.url(&draft(&self.name))
    }

    /// Declares the template complete and returns its name. Every connection to it must be closed.
    ///
    /// # Errors
    /// When a connection is still open.
    pub fn finish(self) -> Result<String> {
        let rename = format!(
            "ALTER DATABASE \"{}\" RENAME TO \"{}\"",
            draft(&self.name),
            self.name
        );
        self.postgres.sql("postgres", &rename)?;
        Ok(self.name)
    }
}

impl Postgres {
    /// An empty database with a name of its own, or a copy of `template`.
    ///
    /// # Errors
    /// When the cluster does not answer or the template does not exist.
    pub fn database(&self, label: &str, template: Option<&str>) -> Result<TestDatabase<'_>> {
        static COUNTER: AtomicU32 = AtomicU32::new(0);
        check_name(label)?;
        for _ in 0..NAME_ATTEMPTS {
            let number = COUNTER.fetch_add(1, Ordering::Relaxed);
            let name = format!("{label}_{}_{number}", std::process::id());
            match self.create_database(&name, template) {
                Err(error) if error.to_string().contains("already exists") => {}
                other => {
                    return other.map(|()| TestDatabase {
                        postgres: self,
                        name,
                    });
                }
            }
        }
        bail!("no free database name for {label}")
    }

    /// A database of that very name, which stays until the cluster goes.
    ///
    /// # Errors
    /// When the name is taken or the template does not exist.
    pub fn create_database(&self, name: &str, template: Option<&str>) -> Result<()> {
        check_name(name)?;
        let template = template.unwrap_or("template1");
        check_name(template)?;
        let create = format!("CREATE DATABASE \"{name}\" OWNER {OWNER} TEMPLATE \"{template}\"");
        self.sql("postgres", &create).map(drop)
    }

    /// A database of that very name, made unless it is there.
    ///
    /// # Errors
    /// When the cluster does not answer.
    pub fn ensure_database(&self, name: &str) -> Result<()> {
        check_name(name)?;
        if self.exists(name)? {
            Ok(())
        } else {
            self.create_database(name, None)
        }
    }

    fn exists(&self, name: &str) -> Result<bool> {
        let find = format!("SELECT 1 FROM pg_database WHERE datname = '{name}'");
        Ok(!self.sql("postgres", &find)?.is_empty())
    }

    /// The template `name`, or the duty to fill it. Waits while another process is filling it.
    ///
    /// # Errors
    /// When the cluster does not answer.
    pub fn template(&'static self, name: &str) -> Result<Template> {
        check_name(name)?;
        // Beside the cluster, so that it goes when the cluster goes.
        let cluster = PathBuf::from(self.sql("postgres", "SHOW data_directory")?);
        let path = cluster.with_file_name(format!("{name}.lock"));
        let lock =
            File::create(&path).with_context(|| format!("cannot make {}", path.display()))?;
        lock.lock()?;
        if self.exists(name)? {
            return Ok(Template::Ready(name.to_owned()));
        }
        let draft = draft(name);
        self.sql(
            "postgres",
            &format!("DROP DATABASE IF EXISTS \"{draft}\" WITH (FORCE)"),
        )?;
        self.create_database(&draft, None)?;
        Ok(Template::Unfilled(Unfilled {
            postgres: self,
            name: name.to_owned(),
            _lock: lock,
        }))
    }
}

fn draft(name: &str) -> String {
    format!("{name}_draft")
}

/// Names are written into statements, so they are held to letters that need no quoting.
fn check_name(name: &str) -> Result<()> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if name.is_empty() || name.len() > 40 || !name.chars().all(plain) {
        bail!("`{name}` is not a database name: use up to 40 of a-z, 0-9 and _");
    }
    Ok(())
}
