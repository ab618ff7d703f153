//! The handle behind `sysvitals.Process`, and the functions over many processes.

use std::collections::HashMap;
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use pyo3::exceptions::PyValueError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use sysvitals::process::{IoPriorityClass, ProcessInfoIter, ProcessIter, Resource};
use sysvitals::{
    Attr, Attrs, ConnectionKind, ErrorKind, OneShot, Pid, Process, ProcessInfo, ProcessTable,
    Result,
};

use crate::convert;
use crate::error::{detached, os_error, to_python};
use crate::roots::roots;
use crate::snapshot::Snapshot;
use crate::types::{attr_name, text};

type Object<'py> = PyResult<Bound<'py, PyAny>>;

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Handle>()?;
    module.add_class::<Table>()?;
    module.add_class::<Pass>()?;
    module.add_class::<Snapshot>()?;
    module.add_function(wrap_pyfunction!(pids, module)?)?;
    module.add_function(wrap_pyfunction!(pid_exists, module)?)?;
    module.add_function(wrap_pyfunction!(wait_all, module)?)?;
    #[cfg(target_env = "gnu")]
    {
        module.add_function(wrap_pyfunction!(heap_info, module)?)?;
        module.add_function(wrap_pyfunction!(heap_trim, module)?)?;
    }
    Ok(())
}

#[pyfunction]
fn pids(py: Python<'_>, procfs: PathBuf) -> PyResult<Vec<Pid>> {
    detached(py, || roots(procfs).pids())
}

#[pyfunction]
fn pid_exists(py: Python<'_>, procfs: PathBuf, pid: Pid) -> bool {
    py.detach(|| roots(procfs).pid_exists(pid))
}

#[cfg(target_env = "gnu")]
#[pyfunction]
fn heap_info(py: Python<'_>) -> Object<'_> {
    convert::record(py, &sysvitals::heap_info())
}

#[cfg(target_env = "gnu")]
#[pyfunction]
fn heap_trim(py: Python<'_>) {
    py.detach(sysvitals::heap_trim);
}

/// Seconds as a wait takes them; more than a `Duration` holds is for ever.
pub(crate) fn timeout(seconds: Option<f64>) -> PyResult<Option<Duration>> {
    let Some(seconds) = seconds else { return Ok(None) };
    if seconds.is_nan() || seconds < 0.0 {
        return Err(PyValueError::new_err(format!(
            "timeout must be positive or zero (got {seconds})"
        )));
    }
    Ok(Duration::try_from_secs_f64(seconds).ok())
}

/// Lets Python handle a signal that has broken a sleep; its exception ends the wait.
fn check_signals(raised: &Mutex<Option<PyErr>>) -> std::io::Result<()> {
    Python::attach(|py| py.check_signals()).map_err(|error| {
        *raised.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
        std::io::ErrorKind::Interrupted.into()
    })
}

/// Raises what Python raised during a wait, else the wait's own error.
fn raise<T>(py: Python<'_>, raised: &Mutex<Option<PyErr>>, result: Result<T>) -> PyResult<T> {
    match raised.lock().unwrap_or_else(PoisonError::into_inner).take() {
        Some(error) => Err(error),
        None => result.map_err(|error| to_python(py, &error)),
    }
}

/// Waits for all the handles, calling `ended(index)` for each as its process ends.
#[pyfunction]
fn wait_all(
    py: Python<'_>,
    handles: Vec<Bound<'_, Handle>>,
    seconds: Option<f64>,
    ended: Py<PyAny>,
) -> PyResult<()> {
    let timeout = timeout(seconds)?;
    let processes: Vec<Process> =
        handles.iter().map(|handle| handle.get().process.clone()).collect();
    let mut by_pid: HashMap<Pid, Vec<usize>> = HashMap::new();
    for (index, process) in processes.iter().enumerate() {
        by_pid.entry(process.pid()).or_default().push(index);
    }
    let raised = Mutex::new(None);
    let result = py.detach(|| {
        let call = |process: &Process| {
            let same = |index: &&usize| {
                processes.get(**index).is_some_and(|known| known.is_same_handle(process))
            };
            let index = by_pid.get(&process.pid()).and_then(|known| known.iter().find(same));
            Python::attach(|py| ended.call1(py, (index,))).map(drop).map_err(|error| {
                *raised.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                std::io::ErrorKind::Interrupted.into()
            })
        };
        sysvitals::process::wait_procs_interruptible(processes.clone(), timeout, call, || {
            check_signals(&raised)
        })
    });
    raise(py, &raised, result).map(drop)
}

/// The processes of `process_iter`.
#[pyclass(frozen, module = "sysvitals._native")]
struct Table {
    table: ProcessTable,
    #[pyo3(get)]
    procfs: OsString,
}

#[pymethods]
impl Table {
    #[new]
    fn py_new(procfs: PathBuf) -> Self {
        Self { table: roots(procfs.clone()).process_table(), procfs: procfs.into_os_string() }
    }

    /// An iterator of `Process` objects: those in `known` (by PID) that are still the same, else
    /// what `make(handle)` makes. `_prefetch` is what was read, None where no names are given.
    fn read(
        &self,
        py: Python<'_>,
        names: Option<Vec<String>>,
        ad_value: Py<PyAny>,
        by_name: bool,
        known: Py<PyDict>,
        make: Py<PyAny>,
    ) -> PyResult<Pass> {
        let attrs = names.map(attrs_of).transpose()?;
        let pass = detached(py, || match attrs {
            Some(attrs) => self.table.read(attrs).map(Rows::Infos),
            None => self.table.iter().map(Rows::Processes),
        })?;
        Ok(Pass { rows: Mutex::new(pass), ad_value, by_name, known, make })
    }

    fn snapshot(&self, py: Python<'_>, names: Vec<String>, reasons: bool) -> PyResult<Snapshot> {
        Snapshot::read(py, &self.table, attrs_of(names)?, reasons)
    }
}

enum Rows {
    Infos(ProcessInfoIter),
    Processes(ProcessIter),
}

/// One pass over the processes.
#[pyclass(frozen, module = "sysvitals._native")]
struct Pass {
    rows: Mutex<Rows>,
    ad_value: Py<PyAny>,
    by_name: bool,
    known: Py<PyDict>,
    make: Py<PyAny>,
}

impl Pass {
    fn object<'py>(&self, py: Python<'py>, process: Process) -> Object<'py> {
        if let Some(object) = self.known.bind(py).get_item(process.pid())? {
            let handle = object.getattr(intern!(py, "_handle"))?.cast_into::<Handle>()?;
            if handle.get().process.is_same_handle(&process) {
                return Ok(object);
            }
        }
        self.make.bind(py).call1((Handle::new(process),))
    }
}

#[pymethods]
impl Pass {
    fn __iter__(pass: PyRef<'_, Self>) -> PyRef<'_, Self> {
        pass
    }

    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let info_row = |info: ProcessInfo| (info.process().clone(), Some(info));
        // What has been read is no reason to let another thread have the GIL.
        let ready = match self.rows.try_lock().as_deref_mut() {
            Ok(Rows::Infos(infos)) => infos.next_ready().map(info_row),
            Ok(Rows::Processes(processes)) => processes.next_known().map(|known| (known, None)),
            Err(_) => None,
        };
        let row = match ready {
            Some(row) => Some(row),
            None => {
                py.detach(|| match &mut *self.rows.lock().unwrap_or_else(PoisonError::into_inner) {
                    Rows::Infos(infos) => infos.next().map(info_row),
                    Rows::Processes(processes) => processes.next().map(|process| (process, None)),
                })
            }
        };
        let Some((process, info)) = row else { return Ok(None) };
        let values = match info {
            Some(info) => Some(dict(py, info, self.ad_value.bind(py), self.by_name)?),
            None => None,
        };
        let object = self.object(py, process)?;
        object.setattr(intern!(py, "_prefetch"), values)?;
        object.setattr(intern!(py, "_ad_value"), &self.ad_value)?;
        Ok(Some(object))
    }
}

/// A process, and the view of its `oneshot()` while one is open.
#[pyclass(frozen, weakref, module = "sysvitals._native")]
struct Handle {
    process: Process,
    /// Boxed: most handles never have one.
    view: Mutex<Option<Box<OneShot<'static>>>>,
}

impl Handle {
    fn new(process: Process) -> Self {
        Self { process, view: Mutex::new(None) }
    }

    fn view(&self) -> MutexGuard<'_, Option<Box<OneShot<'static>>>> {
        self.view.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads through the open view, or a new one, without the GIL.
    fn read<T: Send>(
        &self,
        py: Python<'_>,
        read: impl FnOnce(&OneShot<'_>) -> Result<T> + Send,
    ) -> PyResult<T> {
        detached(py, || {
            let open = self.view();
            if let Some(view) = &*open {
                return read(view);
            }
            // Other threads need not wait for a reading that shares nothing with theirs.
            drop(open);
            read(&self.process.oneshot())
        })
    }

    fn attr<'py>(&self, py: Python<'py>, attr: Attr) -> Object<'py> {
        let value = self.read(py, |view| view.get(attr))?;
        convert::value(py, &value)
    }
}

fn attrs_of(names: Vec<String>) -> PyResult<Attrs> {
    // The Python side has validated the names.
    names
        .iter()
        .map(|name| name.parse::<Attr>())
        .collect::<Result<_>>()
        .map_err(|error| PyValueError::new_err(error.message()))
}

/// What `as_dict` answers: `ad_value` where denied or a zombie, no key where the kernel does not
/// provide it (unless it was asked for by name).
fn dict<'py>(
    py: Python<'py>,
    info: ProcessInfo,
    ad_value: &Bound<'py, PyAny>,
    by_name: bool,
) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    for (attr, answer) in info {
        match answer {
            Ok(value) => dict.set_item(attr_name(py, attr), convert::value(py, &value)?)?,
            Err(error) => match error.kind() {
                ErrorKind::AccessDenied | ErrorKind::ZombieProcess => {
                    dict.set_item(attr_name(py, attr), ad_value)?;
                }
                ErrorKind::Unsupported if !by_name => {}
                _ => return Err(to_python(py, &error)),
            },
        }
    }
    Ok(dict)
}

#[pymethods]
impl Handle {
    #[new]
    fn py_new(py: Python<'_>, procfs: PathBuf, pid: Pid) -> PyResult<Self> {
        Ok(Self::new(detached(py, || roots(procfs).process(pid))?))
    }

    /// A child that was reaped before it could be looked at.
    #[staticmethod]
    fn gone(procfs: PathBuf, pid: Pid) -> Self {
        Self::new(Process::gone(pid, &roots(procfs)))
    }

    #[getter]
    fn pid(&self) -> Pid {
        self.process.pid()
    }

    fn oneshot_enter(&self) {
        *self.view() = Some(Box::new(self.process.clone().into_oneshot()));
    }

    fn oneshot_exit(&self) {
        *self.view() = None;
    }

    /// True, or False where the other is a different process.
    fn same(&self, other: &Self) -> bool {
        self.process == other.process
    }

    #[getter]
    fn known_name<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.process.known_name().map(|name| text(py, &name)).transpose()
    }

    #[getter]
    fn known_create_time(&self) -> Option<f64> {
        self.process.known_create_time()
    }

    fn is_running(&self, py: Python<'_>) -> bool {
        py.detach(|| self.process.is_running())
    }

    #[getter]
    fn pid_reused(&self) -> bool {
        self.process.is_pid_reused()
    }

    fn as_dict<'py>(
        &self,
        py: Python<'py>,
        names: Vec<String>,
        ad_value: &Bound<'py, PyAny>,
        by_name: bool,
    ) -> PyResult<Bound<'py, PyDict>> {
        let attrs = attrs_of(names)?;
        let info = detached(py, || self.process.as_dict(attrs))?;
        dict(py, info, ad_value, by_name)
    }

    fn cmdline<'py>(&self, py: Python<'py>) -> Object<'py> {
        self.attr(py, Attr::Cmdline)
    }

    fn cpu_num<'py>(&self, py: Python<'py>) -> Object<'py> {
        self.attr(py, Attr::CpuNum)
    }

    /// Always read anew: within `oneshot()` two samples must differ.
    fn cpu_percent(&self, py: Python<'_>) -> PyResult<f64> {
        detached(py, || self.process.cpu_percent(None))
    }

    fn cpu_times<'py>(&self, py: Python<'py>) -> Object<'py> {
        self.attr(py, Attr::CpuTimes)
    }

    fn create_time<'py>(&self, py: Python<'py>) -> Object<'py> {
        self.attr(py, Attr::CreateTime)
    }

    fn cwd<'py>(&self, py: Python<'py>) -> Object<'py> {
        self.attr(py, Attr::Cwd)
    }

    fn environ<'py>(&self, py: Python<'py>) -> Object<'py> {
        self.attr(py, Attr::Environ)
    }

    fn exe<'py>(&self, py: Python<'py>) -> Object<'py> {
        self.attr(py, Attr::Exe)
    }

    fn gids<'py>(&self, py: Python<'py>) -> Object<'py> {
        self.attr(py, Attr::Gids)
    }

    fn io_counters<'py>(&self, py: Python<'py>) -> Object<'py> {
        self.attr(py, Attr::IoCounters)
    }

    fn memory_footprint<'py>(&self, py: Python<'py>) -> Object<'py> {
        self.attr(py, Attr::MemoryFootprint)
    }

    fn memory_info<'py>(&self, py: Python<'py>) -> Object<'py> {
        self.attr(py, Attr::MemoryInfo)
    }

    fn memory_info_ex<'py>(&self, py: Python<'py>) -> Object<'py> {
        self.attr(py, Attr::MemoryInfoEx)
    }

    fn memory_maps<'py>(&self, py: Python<'py>, grouped: bool) -> Object<'py> {
        if grouped {
            return self.attr(py, Attr::MemoryMaps);
        }
        convert::records(py, &self.read(py, |view| view.memory_maps())?)
    }

    fn memory_percent(&self, py: Python<'_>, memtype: &str) -> PyResult<f64> {
        let memtype = memtype.parse().map_err(|error| to_python(py, &error))?;
        self.read(py, |view| view.memory_percent(memtype))
    }

    fn name<'py>(&self, py: Python<'py>) -> Object<'py> {
        self.attr(py, Attr::Name)
    }

    fn net_connections<'py>(&self, py: Python<'py>, kind: &str) -> Object<'py> {
        let kind: ConnectionKind = kind.parse().map_err(|error| to_python(py, &error))?;
        convert::records(py, &self.read(py, |view| view.net_connections(kind))?)
    }

    fn num_ctx_switches<'py>(&self, py: Python<'py>) -> Object<'py> {
        self.attr(py, Attr::NumCtxSwitches)
    }

    fn num_fds<'py>(&self, py: Python<'py>) -> Object<'py> {
        self.attr(py, Attr::NumFds)
    }

    fn num_threads<'py>(&self, py: Python<'py>) -> Object<'py> {
        self.attr(py, Attr::NumThreads)
    }

    fn open_files<'py>(&self, py: Python<'py>) -> Object<'py> {
        self.attr(py, Attr::OpenFiles)
    }

    fn page_faults<'py>(&self, py: Python<'py>) -> Object<'py> {
        self.attr(py, Attr::PageFaults)
    }

    fn ppid(&self, py: Python<'_>) -> PyResult<Pid> {
        self.read(py, |view| view.ppid())
    }

    fn status<'py>(&self, py: Python<'py>) -> Object<'py> {
        self.attr(py, Attr::Status)
    }

    fn terminal<'py>(&self, py: Python<'py>) -> Object<'py> {
        self.attr(py, Attr::Terminal)
    }

    fn threads<'py>(&self, py: Python<'py>) -> Object<'py> {
        self.attr(py, Attr::Threads)
    }

    fn uids<'py>(&self, py: Python<'py>) -> Object<'py> {
        self.attr(py, Attr::Uids)
    }

    fn username<'py>(&self, py: Python<'py>) -> Object<'py> {
        self.attr(py, Attr::Username)
    }

    /// Always read anew: an open view may hold the value from before a `set_nice`.
    fn nice(&self, py: Python<'_>) -> PyResult<i32> {
        detached(py, || self.process.nice())
    }

    fn set_nice(&self, py: Python<'_>, value: i32) -> PyResult<()> {
        detached(py, || self.process.set_nice(value))
    }

    fn ionice<'py>(&self, py: Python<'py>) -> Object<'py> {
        self.attr(py, Attr::Ionice)
    }

    fn set_ionice(&self, py: Python<'_>, ioclass: u32, value: u32) -> PyResult<()> {
        detached(py, || self.process.set_ionice(IoPriorityClass::from_raw(ioclass), value))
    }

    fn rlimit(&self, py: Python<'_>, resource: u32) -> PyResult<(u64, u64)> {
        self.read(py, |view| view.rlimit(Resource::from_raw(resource)?))
    }

    fn set_rlimit(&self, py: Python<'_>, resource: u32, soft: u64, hard: u64) -> PyResult<()> {
        detached(py, || self.process.set_rlimit(Resource::from_raw(resource)?, soft, hard))
    }

    fn cpu_affinity<'py>(&self, py: Python<'py>) -> Object<'py> {
        self.attr(py, Attr::CpuAffinity)
    }

    fn set_cpu_affinity(&self, py: Python<'_>, cpus: Vec<usize>) -> PyResult<()> {
        detached(py, || self.process.set_cpu_affinity(&cpus))
    }

    fn send_signal(&self, py: Python<'_>, signal: i32) -> PyResult<()> {
        let result = py.detach(|| self.process.send_signal(signal));
        result.map_err(|error| match error.kind() {
            // psutil hands the number to the kernel, and raises its EINVAL.
            ErrorKind::InvalidInput => os_error(py, &error)
                .map_or_else(|failure| failure, |os| os.unwrap_or_else(|| to_python(py, &error))),
            _ => to_python(py, &error),
        })
    }

    /// The exit code, the negative signal, or None.
    fn wait(&self, py: Python<'_>, seconds: Option<f64>) -> PyResult<Option<i32>> {
        let timeout = timeout(seconds)?;
        let raised = Mutex::new(None);
        let result =
            py.detach(|| self.process.wait_interruptible(timeout, || check_signals(&raised)));
        Ok(raise(py, &raised, result)?.map(convert::exit_code))
    }

    /// True once `wait` has found an end, whether with a status or without.
    #[getter]
    fn waited(&self) -> bool {
        self.process.returncode().is_some()
    }

    fn parent(&self, py: Python<'_>) -> PyResult<Option<Self>> {
        Ok(detached(py, || self.process.parent())?.map(Self::new))
    }

    fn parents(&self, py: Python<'_>) -> PyResult<Vec<Self>> {
        let parents = detached(py, || self.process.parents())?;
        Ok(parents.into_iter().map(Self::new).collect())
    }

    fn children(&self, py: Python<'_>, recursive: bool) -> PyResult<Vec<Self>> {
        let children = detached(py, || self.process.children(recursive))?;
        Ok(children.into_iter().map(Self::new).collect())
    }
}
