//! What can go wrong with a stored file, in words a person can act on.

use std::io;

/// Why a file could not be stored or read.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// No such file in this organisation.
    #[error("no such file is stored")]
    NotFound,
    /// The bytes are not those that were announced.
    #[error("the bytes have another hash than the announced one")]
    OtherBytes,
    /// More or fewer bytes came than were announced.
    #[error("more or fewer bytes came than were announced")]
    OtherSize,
    /// The sender broke off.
    #[error("the sender broke off")]
    Sender(#[source] io::Error),
    /// The wanted part lies outside the file.
    #[error("the wanted part lies outside the file of {size_bytes} bytes")]
    OutOfRange {
        /// Bytes of the whole file.
        size_bytes: u64,
    },
    /// The disk (or this user's share of it) is full.
    #[error("the disk is full")]
    DiskFull,
    /// The disk failed in another way.
    #[error("the disk failed")]
    Disk(#[source] io::Error),
}

impl BlobError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "FILE_NOT_FOUND",
            Self::OtherBytes => "FILE_OTHER_BYTES",
            Self::OtherSize => "FILE_OTHER_SIZE",
            Self::Sender(_) => "FILE_INCOMPLETE",
            Self::OutOfRange { .. } => "FILE_RANGE_OUTSIDE",
            Self::DiskFull => "DISK_FULL",
            Self::Disk(_) => "DISK_FAILED",
        }
    }

    /// What happened.
    #[must_use]
    pub fn sentence(&self) -> &'static str {
        match self {
            Self::NotFound => "This file is not stored here.",
            Self::OtherBytes => "The file changed on its way here, so it was not kept.",
            Self::OtherSize => "The file has another size than announced, so it was not kept.",
            Self::Sender(_) => "The file did not arrive completely, so it was not kept.",
            Self::OutOfRange { .. } => "The wanted part lies outside the file.",
            Self::DiskFull => "The server's disk is full, so the file was not kept.",
            Self::Disk(_) => "The server could not use its disk.",
        }
    }

    /// What to do next.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::NotFound | Self::OtherBytes | Self::OtherSize | Self::Sender(_) => {
                "Send the file again."
            }
            Self::OutOfRange { .. } => "Ask for the file from its beginning.",
            Self::DiskFull => {
                "Ask whoever runs the server to free space; then send the file again."
            }
            Self::Disk(_) => "Try again in a minute; if it stays, tell whoever runs the server.",
        }
    }
}

/// A failure of our own disk, told apart from a full one.
pub(crate) fn disk(error: io::Error) -> BlobError {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => BlobError::DiskFull,
        io::ErrorKind::NotFound => BlobError::NotFound,
        _ => BlobError::Disk(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn a_full_disk_is_told_apart_from_a_broken_one() {
        let mut full = std::fs::OpenOptions::new()
            .write(true)
            .open("/dev/full")
            .unwrap();
        let refused = full.write_all(b"x").unwrap_err();
        assert_eq!(disk(refused).code(), "DISK_FULL");
        let broken = io::Error::from(io::ErrorKind::PermissionDenied);
        assert_eq!(disk(broken).code(), "DISK_FAILED");
    }
}
