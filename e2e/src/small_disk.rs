//! A small disk of its own for the service's data: memory mounted where only the service sees it.
//!
//! The mount lies in a namespace of the service's process, so nothing on the machine changes and
//! nothing has to be cleaned up. Without root a user namespace gives the right to mount; the service
//! itself then runs in a second one, as the user it was started by, because its own sandbox has to
//! work too.

use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::Command;

/// Mounts $2 with $1 bytes, shows the keys of $3 in it, and becomes the rest.
const AS_ROOT: &str = r#"set -e
mount -t tmpfs -o "size=$1,mode=0700" tmpfs "$2"
mkdir -m 0700 "$2/keys"
mount --bind "$3" "$2/keys"
shift 3
exec "$@""#;

/// The same as a user: the rest is run as $4 with group $5 again.
const AS_USER: &str = r#"set -e
mount -t tmpfs -o "size=$1,mode=0700" tmpfs "$2"
mkdir -m 0700 "$2/keys"
mount --bind "$3" "$2/keys"
user=$4 group=$5
shift 5
exec unshare --user --map-user="$user" --map-group="$group" "$@""#;

/// The beginning of a command that runs `program` with a disk of `size_bytes` mounted at `place`,
/// in which the folder `keys` is the one outside.
pub fn command(
    size_bytes: u64,
    place: &Path,
    keys: &Path,
    program: &Path,
) -> std::io::Result<Command> {
    let us = std::fs::metadata("/proc/self")?;
    let mut command = Command::new("unshare");
    let as_root = us.uid() == 0;
    if !as_root {
        command.args(["--user", "--map-root-user"]);
    }
    let script = if as_root { AS_ROOT } else { AS_USER };
    command.args(["--mount", "sh", "-c", script, "sh", &size_bytes.to_string()]);
    command.arg(place).arg(keys);
    if !as_root {
        command.args([us.uid().to_string(), us.gid().to_string()]);
    }
    command.arg(program);
    Ok(command)
}
