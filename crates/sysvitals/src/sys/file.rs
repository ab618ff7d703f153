//! Whole files and folders of the kernel's, where a path is all that is needed.

use std::ffi::OsString;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use crate::error::{Error, Result};
use crate::sys::pal;

/// A file that the kernel hands over whole when the buffer is large enough.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>> {
    let mut text = Vec::with_capacity(4096);
    pal::with_path(path.as_os_str().as_bytes(), b"", |path| pal::read_record(path, &mut text))
        .map_err(|errno| Error::os(errno.into()).with_path(path))?;
    Ok(text)
}

/// A file that the kernel hands over in pieces, a record or some at a time.
pub(crate) fn read_to_end(path: &Path) -> Result<Vec<u8>> {
    let mut text = Vec::with_capacity(16384);
    pal::with_path(path.as_os_str().as_bytes(), b"", |path| pal::read_to_end(path, &mut text))
        .map_err(|errno| Error::os(errno.into()).with_path(path))?;
    Ok(text)
}

/// What was read, or None where there is no such file or folder.
pub(crate) fn if_there<T>(result: Result<T>) -> Result<Option<T>> {
    match result {
        Err(error) if failed_with(&error, io::ErrorKind::NotFound) => Ok(None),
        result => result.map(Some),
    }
}

pub(crate) fn failed_with(error: &Error, kind: io::ErrorKind) -> bool {
    error.io_error().is_some_and(|error| error.kind() == kind)
}

/// The names in a folder, sorted.
pub(crate) fn names(folder: &Path) -> Result<Vec<OsString>> {
    let failed = |error| Error::os(error).with_path(folder);
    let mut names = Vec::new();
    for entry in folder.read_dir().map_err(failed)? {
        names.push(entry.map_err(failed)?.file_name());
    }
    names.sort_unstable();
    Ok(names)
}
