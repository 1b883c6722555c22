//! The uploads folder: files and what OctoPrint remembers about them, kept over a `kill -9`.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha1::{Digest, Sha1};

use super::machine::{Ending, PrintFile};

/// What is remembered about one file beside its bytes.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Remembered {
    /// SHA-1 of the bytes that arrived, lower-case hex.
    pub sha1: String,
    /// The uploader's own JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub userdata: Option<Value>,
    /// Prints so far; absent before the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prints: Option<Prints>,
}

/// The print counters of a file.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Prints {
    /// Prints that came to their end.
    pub success: u64,
    /// Prints that did not.
    pub failure: u64,
    /// The latest of both.
    pub last: Option<LastPrint>,
    /// Durations of the successful ones, machine seconds.
    #[serde(default)]
    pub durations_s: Vec<f64>,
}

/// The latest print of a file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LastPrint {
    /// When it ended, seconds since 1970.
    pub date_s: f64,
    /// Whether it came to its end.
    pub success: bool,
    /// How long it took, only after a success.
    pub print_time_s: Option<f64>,
}

impl Prints {
    /// Average and latest duration, once there is one.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "fewer than 2^52 prints")]
    pub fn times_s(&self) -> Option<(f64, f64)> {
        let last = *self.durations_s.last()?;
        Some((
            self.durations_s.iter().sum::<f64>() / self.durations_s.len() as f64,
            last,
        ))
    }
}

/// The uploads of one OctoPrint, in `<base>/uploads`, with `<base>/metadata.json` beside it.
#[derive(Debug)]
pub struct StoredFiles {
    base: PathBuf,
    remembered: BTreeMap<String, Remembered>,
}

impl StoredFiles {
    /// Opens the folder, made when missing.
    ///
    /// # Errors
    /// When the folder cannot be made or its metadata cannot be read.
    pub fn open(base: &Path) -> io::Result<Self> {
        fs::create_dir_all(base.join("uploads"))?;
        let remembered = match fs::read(base.join("metadata.json")) {
            Ok(bytes) => serde_json::from_slice(&bytes)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => BTreeMap::new(),
            Err(error) => return Err(error),
        };
        Ok(Self {
            base: base.to_owned(),
            remembered,
        })
    }

    /// Where uploads arrive before they are moved into place.
    #[must_use]
    pub fn arrivals(&self) -> PathBuf {
        self.base.clone()
    }

    /// The place of a stored file on disk.
    #[must_use]
    pub fn on_disk(&self, path: &str) -> PathBuf {
        self.base.join("uploads").join(path)
    }

    /// Whether this path is a stored file.
    #[must_use]
    pub fn has(&self, path: &str) -> bool {
        is_clean(path) && self.on_disk(path).is_file()
    }

    /// Moves an arrived upload to its place. Other bytes under a known name are a new file to
    /// OctoPrint: counters and userdata of the old one are forgotten.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn take_in(
        &mut self,
        arrived: &Path,
        path: &str,
        userdata: Option<Value>,
    ) -> io::Result<()> {
        let place = self.on_disk(path);
        if let Some(folder) = place.parent() {
            fs::create_dir_all(folder)?;
        }
        let sha1 = sha1_hex(&fs::read(arrived)?);
        fs::rename(arrived, &place)?;
        let remembered = self.remembered.entry(path.to_owned()).or_default();
        if remembered.sha1 != sha1 {
            *remembered = Remembered {
                sha1,
                ..Remembered::default()
            };
        }
        if userdata.is_some() {
            remembered.userdata = userdata;
        }
        self.save()
    }

    /// Whether this path is a folder with uploads.
    #[must_use]
    pub fn has_folder(&self, path: &str) -> bool {
        is_clean(path) && self.on_disk(path).is_dir()
    }

    /// Forgets a file, or a folder with all that is in it.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn remove(&mut self, path: &str) -> io::Result<()> {
        let place = self.on_disk(path);
        if place.is_dir() {
            fs::remove_dir_all(place)?
        } else {
            fs::remove_file(place)?
        }
        self.remembered.retain(|name, _| !is_in(name, path));
        self.save()
    }

    /// Counts a print that ended at `date_s`.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn count(&mut self, ending: &Ending, date_s: f64) -> io::Result<()> {
        let Some(remembered) = self.remembered.get_mut(&ending.path) else {
            return Ok(());
        };
        let prints = remembered.prints.get_or_insert_default();
        let print_time_s = ending.success.then_some(ending.print_time_s);
        if let Some(print_time_s) = print_time_s {
            prints.success += 1;
            prints.durations_s.push(print_time_s);
        } else {
            prints.failure += 1;
        }
        prints.last = Some(LastPrint {
            date_s,
            success: ending.success,
            print_time_s,
        });
        self.save()
    }

    /// What is remembered about a file.
    #[must_use]
    pub fn remembered(&self, path: &str) -> Remembered {
        self.remembered.get(path).cloned().unwrap_or_default()
    }

    /// The file as the machine needs it.
    ///
    /// # Errors
    /// When it is not there.
    pub fn print_file(&self, path: &str) -> io::Result<PrintFile> {
        let found = fs::metadata(self.on_disk(path))?;
        Ok(PrintFile {
            path: path.to_owned(),
            size_bytes: found.len(),
            date_s: modified_s(&found),
            print_times_s: self
                .remembered(path)
                .prints
                .and_then(|prints| prints.times_s()),
        })
    }

    /// The bytes of a stored file.
    ///
    /// # Errors
    /// When it is not there.
    pub fn bytes(&self, path: &str) -> io::Result<Vec<u8>> {
        fs::read(self.on_disk(path))
    }

    /// The names in a folder (`""` is the top), folders with a closing slash, in order.
    ///
    /// # Errors
    /// When the folder is not there.
    pub fn names(&self, folder: &str) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(self.on_disk(folder))? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            names.push(if entry.file_type()?.is_dir() {
                format!("{name}/")
            } else {
                name
            });
        }
        names.sort();
        Ok(names)
    }

    /// Modification time of a stored file or folder, whole seconds since 1970.
    ///
    /// # Errors
    /// When it is not there.
    pub fn date_s(&self, path: &str) -> io::Result<i64> {
        fs::metadata(self.on_disk(path)).map(|found| modified_s(&found))
    }

    fn save(&self) -> io::Result<()> {
        let fresh = self.base.join("metadata.json.new");
        fs::write(&fresh, serde_json::to_vec_pretty(&self.remembered)?)?;
        fs::rename(fresh, self.base.join("metadata.json"))
    }
}

/// A path that stays inside the uploads folder.
#[must_use]
pub fn is_clean(path: &str) -> bool {
    !path.is_empty()
        && path
            .split('/')
            .all(|part| !part.is_empty() && part != "." && part != "..")
}

/// Whether `file` is `path` or lies below it.
#[must_use]
pub fn is_in(file: &str, path: &str) -> bool {
    file.strip_prefix(path)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn modified_s(found: &fs::Metadata) -> i64 {
    let since = found
        .modified()
        .ok()
        .and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok());
    since
        .and_then(|since| i64::try_from(since.as_secs()).ok())
        .unwrap_or_default()
}

fn sha1_hex(bytes: &[u8]) -> String {
    Sha1::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
