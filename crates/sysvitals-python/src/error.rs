//! The crate's error to psutil's exceptions.

use pyo3::exceptions::{PyNotImplementedError, PyOSError, PyValueError};
use pyo3::prelude::*;
use sysvitals::{Error, ErrorKind};

use crate::types::{Types, text};

/// psutil's exception for an error, with the operating system's as its cause.
pub(crate) fn to_python(py: Python<'_>, error: &Error) -> PyErr {
    build(py, error).unwrap_or_else(|failure| failure)
}

fn build(py: Python<'_>, error: &Error) -> PyResult<PyErr> {
    let types = Types::get(py)?;
    let name = error.name().map(|name| text(py, name)).transpose()?;
    let exception = match error.kind() {
        ErrorKind::NoSuchProcess => {
            let class = types.no_such_process.bind(py);
            PyErr::from_value(class.call1((error.pid(), name, error.message()))?)
        }
        ErrorKind::ZombieProcess => {
            let class = types.zombie_process.bind(py);
            PyErr::from_value(class.call1((error.pid(), name, error.ppid()))?)
        }
        ErrorKind::AccessDenied => {
            let class = types.access_denied.bind(py);
            PyErr::from_value(class.call1((error.pid(), name))?)
        }
        ErrorKind::TimeoutExpired => {
            let class = types.timeout_expired.bind(py);
            let seconds = error.timeout().unwrap_or_default().as_secs_f64();
            PyErr::from_value(class.call1((seconds, error.pid(), name))?)
        }
        ErrorKind::InvalidInput => PyValueError::new_err(error.message()),
        ErrorKind::Unsupported => PyNotImplementedError::new_err(error.message()),
        ErrorKind::Parse => {
            let class = types.parse_error.bind(py);
            PyErr::from_value(class.call1((error.to_string(),))?)
        }
        _ => {
            return Ok(
                os_error(py, error)?.unwrap_or_else(|| PyOSError::new_err(error.to_string()))
            );
        }
    };
    if let Some(cause) = os_error(py, error)? {
        exception.set_cause(py, Some(cause));
    }
    Ok(exception)
}

/// `OSError(errno, strerror, path)`, which Python turns into its subclass for the number.
pub(crate) fn os_error(py: Python<'_>, error: &Error) -> PyResult<Option<PyErr>> {
    let Some(errno) = error.io_error().and_then(std::io::Error::raw_os_error) else {
        return Ok(None);
    };
    let message = py.import("os")?.call_method1("strerror", (errno,))?;
    let class = py.get_type::<PyOSError>();
    let value = match error.path() {
        Some(path) => class.call1((errno, message, text(py, path.as_os_str())?))?,
        None => class.call1((errno, message))?,
    };
    Ok(Some(PyErr::from_value(value)))
}

/// Runs `read` without the GIL, and raises its error.
pub(crate) fn detached<T: Send>(
    py: Python<'_>,
    read: impl FnOnce() -> sysvitals::Result<T> + Send,
) -> PyResult<T> {
    py.detach(read).map_err(|error| to_python(py, &error))
}
