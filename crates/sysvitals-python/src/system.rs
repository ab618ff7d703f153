//! The functions that tell of the machine.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use pyo3::prelude::*;
use pyo3::types::PyDict;
use sysvitals::record::Record;
use sysvitals::{ConnectionKind, ErrorKind};

use crate::convert;
use crate::error::{detached, to_python};
use crate::process::timeout;
use crate::roots::{self, roots};
use crate::types::{Types, text};

type Object<'py> = PyResult<Bound<'py, PyAny>>;

/// How long Python waits for a dead mount before it looks for signals.
const PATIENCE: Duration = Duration::from_millis(100);

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    macro_rules! functions {
        ($($name:ident)*) => { $(module.add_function(wrap_pyfunction!($name, module)?)?;)* };
    }
    functions! {
        boot_time cpu_count cpu_freq cpu_percent cpu_stats cpu_times cpu_times_percent
        disk_io_counters disk_io_counters_cache_clear disk_partitions disk_usage disk_usage_fd
        disk_usage_timeout net_connections net_if_addrs net_if_stats net_io_counters
        net_io_counters_cache_clear sensors_battery sensors_fans sensors_temperatures
        start_cpu_percent swap_memory users virtual_memory
    }
    Ok(())
}

/// A dict of records by name.
fn by_name<'py, R: Record>(py: Python<'py>, rows: &[(OsString, R)]) -> Object<'py> {
    let dict = PyDict::new(py);
    let class = Types::get(py)?.tuple_class(py, R::NAME)?;
    for (name, row) in rows {
        dict.set_item(text(py, name)?, convert::record_of(py, &class, row)?)?;
    }
    Ok(dict.into_any())
}

/// A dict of lists of records by name.
fn lists_by_name<'py, R: Record>(py: Python<'py>, rows: &[(OsString, Vec<R>)]) -> Object<'py> {
    let dict = PyDict::new(py);
    for (name, rows) in rows {
        dict.set_item(text(py, name)?, convert::records(py, rows)?)?;
    }
    Ok(dict.into_any())
}

fn optional<'py, R: Record>(py: Python<'py>, row: Option<&R>) -> Object<'py> {
    match row {
        Some(row) => convert::record(py, row),
        None => Ok(py.None().into_bound(py)),
    }
}

// --- processors

#[pyfunction]
fn cpu_times<'py>(py: Python<'py>, procfs: PathBuf, percpu: bool) -> Object<'py> {
    if percpu {
        return convert::records(py, &detached(py, || roots(procfs).cpu_times_percpu())?);
    }
    convert::record(py, &detached(py, || roots(procfs).cpu_times())?)
}

/// Since the last call of this thread; Python sleeps between two calls for an interval, since it
/// can be woken by a signal.
#[pyfunction]
fn cpu_percent<'py>(py: Python<'py>, procfs: PathBuf, percpu: bool) -> Object<'py> {
    if percpu {
        let percents = detached(py, || roots(procfs).cpu_percent_percpu(None))?;
        return Ok(percents.into_pyobject(py)?.into_any());
    }
    let percent = detached(py, || roots(procfs).cpu_percent(None))?;
    Ok(percent.into_pyobject(py)?.into_any())
}

/// Takes the samples that the first calls of this thread compare with. Where that fails, they will
/// say so.
#[pyfunction]
fn start_cpu_percent(py: Python<'_>) {
    py.detach(sysvitals::start_cpu_percent);
}

/// As `cpu_percent`.
#[pyfunction]
fn cpu_times_percent<'py>(py: Python<'py>, procfs: PathBuf, percpu: bool) -> Object<'py> {
    if percpu {
        let rows = detached(py, || roots(procfs).cpu_times_percent_percpu(None))?;
        return convert::records(py, &rows);
    }
    convert::record(py, &detached(py, || roots(procfs).cpu_times_percent(None))?)
}

#[pyfunction]
fn cpu_count(py: Python<'_>, procfs: PathBuf, logical: bool) -> Option<usize> {
    py.detach(|| {
        let roots = roots(procfs);
        if logical { roots.cpu_count() } else { roots.cpu_count_cores() }
    })
}

#[pyfunction]
fn cpu_stats<'py>(py: Python<'py>, procfs: PathBuf) -> Object<'py> {
    convert::record(py, &detached(py, || roots(procfs).cpu_stats())?)
}

#[pyfunction]
fn cpu_freq<'py>(py: Python<'py>, procfs: PathBuf, percpu: bool) -> Object<'py> {
    if percpu {
        return convert::records(py, &detached(py, || roots(procfs).cpu_freq_percpu())?);
    }
    optional(py, detached(py, || roots(procfs).cpu_freq())?.as_ref())
}

// --- memory

/// A tuple, and the warning that belongs to it.
#[pyfunction]
fn virtual_memory<'py>(
    py: Python<'py>,
    procfs: PathBuf,
) -> PyResult<(Bound<'py, PyAny>, Option<String>)> {
    let memory = detached(py, || roots(procfs).virtual_memory())?;
    Ok((convert::record(py, &memory)?, memory.warning()))
}

/// A tuple, and the warning that belongs to it.
#[pyfunction]
fn swap_memory<'py>(
    py: Python<'py>,
    procfs: PathBuf,
) -> PyResult<(Bound<'py, PyAny>, Option<String>)> {
    let memory = detached(py, || roots(procfs).swap_memory())?;
    Ok((convert::record(py, &memory)?, memory.warning()))
}

// --- disks

#[pyfunction]
fn disk_partitions<'py>(py: Python<'py>, procfs: PathBuf, all: bool) -> Object<'py> {
    convert::records(py, &detached(py, || roots(procfs).disk_partitions(all))?)
}

#[pyfunction]
fn disk_usage<'py>(py: Python<'py>, path: PathBuf) -> Object<'py> {
    convert::record(py, &detached(py, || sysvitals::disk_usage(path))?)
}

#[pyfunction]
fn disk_usage_fd(py: Python<'_>, fd: i32) -> Object<'_> {
    convert::record(py, &detached(py, || sysvitals::disk::disk_usage_raw_fd(fd))?)
}

#[pyfunction]
fn disk_usage_timeout<'py>(py: Python<'py>, path: PathBuf, seconds: f64) -> Object<'py> {
    let limit = timeout(Some(seconds))?.unwrap_or(Duration::MAX);
    let start = Instant::now();
    loop {
        let left = limit.saturating_sub(start.elapsed());
        // The thread that waits for the mount stays, and the next turn waits for its answer.
        let result = py.detach(|| sysvitals::disk_usage_timeout(&path, left.min(PATIENCE)));
        match result {
            Ok(usage) => return convert::record(py, &usage),
            Err(error) if error.kind() != ErrorKind::TimeoutExpired => {
                return Err(to_python(py, &error));
            }
            Err(_) if left <= PATIENCE => {
                let class = Types::get(py)?.timeout_expired.bind(py);
                return Err(PyErr::from_value(class.call1((seconds,))?));
            }
            Err(_) => py.check_signals()?,
        }
    }
}

#[pyfunction]
fn disk_io_counters<'py>(
    py: Python<'py>,
    procfs: PathBuf,
    perdisk: bool,
    nowrap: bool,
) -> Object<'py> {
    if perdisk {
        return by_name(py, &detached(py, || roots(procfs).disk_io_counters_perdisk(nowrap))?);
    }
    optional(py, detached(py, || roots(procfs).disk_io_counters(nowrap))?.as_ref())
}

#[pyfunction]
fn disk_io_counters_cache_clear(py: Python<'_>) {
    py.detach(|| roots::all().iter().for_each(sysvitals::Roots::disk_io_counters_cache_clear));
}

// --- network

#[pyfunction]
fn net_connections<'py>(py: Python<'py>, procfs: PathBuf, kind: &str) -> Object<'py> {
    let kind: ConnectionKind = kind.parse().map_err(|error| to_python(py, &error))?;
    convert::records(py, &detached(py, || roots(procfs).net_connections(kind))?)
}

#[pyfunction]
fn net_io_counters<'py>(
    py: Python<'py>,
    procfs: PathBuf,
    pernic: bool,
    nowrap: bool,
) -> Object<'py> {
    if pernic {
        return by_name(py, &detached(py, || roots(procfs).net_io_counters_pernic(nowrap))?);
    }
    optional(py, detached(py, || roots(procfs).net_io_counters(nowrap))?.as_ref())
}

#[pyfunction]
fn net_io_counters_cache_clear(py: Python<'_>) {
    py.detach(|| roots::all().iter().for_each(sysvitals::Roots::net_io_counters_cache_clear));
}

#[pyfunction]
fn net_if_addrs(py: Python<'_>) -> Object<'_> {
    lists_by_name(py, &detached(py, sysvitals::net_if_addrs)?)
}

#[pyfunction]
fn net_if_stats(py: Python<'_>) -> Object<'_> {
    by_name(py, &detached(py, sysvitals::net_if_stats)?)
}

// --- sensors

#[pyfunction]
fn sensors_temperatures<'py>(py: Python<'py>, procfs: PathBuf, fahrenheit: bool) -> Object<'py> {
    let mut chips = detached(py, || roots(procfs).sensors_temperatures())?;
    if fahrenheit {
        for reading in chips.iter_mut().flat_map(|(_, readings)| readings) {
            *reading = reading.to_fahrenheit();
        }
    }
    lists_by_name(py, &chips)
}

#[pyfunction]
fn sensors_fans<'py>(py: Python<'py>, procfs: PathBuf) -> Object<'py> {
    lists_by_name(py, &detached(py, || roots(procfs).sensors_fans())?)
}

#[pyfunction]
fn sensors_battery<'py>(py: Python<'py>, procfs: PathBuf) -> Object<'py> {
    optional(py, detached(py, || roots(procfs).sensors_battery())?.as_ref())
}

// --- the host

#[pyfunction]
fn boot_time(py: Python<'_>, procfs: PathBuf) -> PyResult<f64> {
    detached(py, || roots(procfs).boot_time())
}

#[pyfunction]
fn users(py: Python<'_>) -> Object<'_> {
    convert::records(py, &detached(py, sysvitals::users)?)
}
