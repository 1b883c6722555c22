//! `Upload-Metadata`: what a caller says about a file before it comes.

use super::refusal::Refused;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use fluxprint_domain::id::ProjectId;

/// Pairs that are looked at.
const PAIRS_MAX: usize = 16;

/// What is said about a file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Metadata {
    /// What it is called, as it was typed.
    pub name: String,
    /// Where it goes; `None` for something that is no project's id.
    pub project: Option<ProjectId>,
}

/// Reads pairs of a key and a base64 value, parted by commas. Keys of others are let be.
///
/// # Errors
/// [`Refused::Metadata`] for another form, a key said twice, or one of ours missing.
pub(super) fn read(text: &str) -> Result<Metadata, Refused> {
    let (mut name, mut project) = (None, None);
    if text.split(',').count() > PAIRS_MAX {
        return Err(Refused::Metadata);
    }
    for pair in text.split(',') {
        let (key, value) = pair.trim().split_once(' ').unwrap_or((pair.trim(), ""));
        let place = match key {
            "filename" => &mut name,
            "project" => &mut project,
            _ => continue,
        };
        let value = STANDARD.decode(value.trim()).ok();
        let value = value.and_then(|bytes| String::from_utf8(bytes).ok());
        let value = value.ok_or(Refused::Metadata)?;
        if place.replace(value).is_some() {
            return Err(Refused::Metadata);
        }
    }
    let (name, project) = name.zip(project).ok_or(Refused::Metadata)?;
    Ok(Metadata {
        name,
        project: project.parse().ok(),
    })
}

/// The same for the way back: what was kept of it.
pub(super) fn write(name: &str, project: ProjectId) -> String {
    let project = STANDARD.encode(project.to_string());
    format!("filename {},project {project}", STANDARD.encode(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use fluxprint_domain::Timestamp;

    #[test]
    fn what_is_written_is_read_back() {
        let project = ProjectId::new(Timestamp(1), 2);
        let read = read(&write("Löwe 🦁.stl", project)).unwrap();
        assert_eq!(
            (read.name.as_str(), read.project),
            ("Löwe 🦁.stl", Some(project))
        );
    }

    #[test]
    fn keys_of_others_are_let_be_and_ours_come_once_and_whole() {
        let ok = "filetype bW9kZWwvc3Rs, filename YS5zdGw=,is_confidential,project cHJqX3g=";
        let project = None;
        let name = "a.stl".to_owned();
        assert_eq!(read(ok), Ok(Metadata { name, project }));
        for wrong in [
            "",
            "filename YS5zdGw=",
            "project cHJqX3g=",
            "filename YS5zdGw=,filename YS5zdGw=,project cHJqX3g=",
            "filename !!!,project cHJqX3g=",
            "filename /w==,project cHJqX3g=",
            "FILENAME YS5zdGw=,project cHJqX3g=",
        ] {
            assert_eq!(read(wrong), Err(Refused::Metadata), "{wrong:?}");
        }
        let many = format!("filename YS5zdGw=,project cHJqX3g={}", ",x eA==".repeat(20));
        assert_eq!(read(&many), Err(Refused::Metadata));
    }
}
