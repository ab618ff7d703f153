//! The Python classes that answers are made of, looked up once.

use std::ffi::OsStr;
use std::sync::{Mutex, PoisonError};

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyString, PyTuple, PyType};
use sysvitals::Attr;
use sysvitals::net::{AddressFamily, ConnectionStatus, NicDuplex, SocketType};
use sysvitals::process::{IoPriorityClass, ProcessStatus};
use sysvitals::sensors::BatteryTime;

/// The classes and enum members that [`sysvitals`] answers turn into.
pub(crate) struct Types {
    tuple_new: Py<PyAny>,
    pub(crate) no_such_process: Py<PyType>,
    pub(crate) zombie_process: Py<PyType>,
    pub(crate) access_denied: Py<PyType>,
    pub(crate) timeout_expired: Py<PyType>,
    pub(crate) parse_error: Py<PyType>,
}

static TYPES: PyOnceLock<Types> = PyOnceLock::new();

impl Types {
    pub(crate) fn get(py: Python<'_>) -> PyResult<&'static Self> {
        TYPES.get_or_try_init(py, || Self::load(py))
    }

    fn load(py: Python<'_>) -> PyResult<Self> {
        // The package has imported it: an error can be raised where no file can be opened.
        let exceptions = py.import("sysvitals._exceptions")?;
        let exception = |name: &str| -> PyResult<Py<PyType>> {
            Ok(exceptions.getattr(name)?.cast_into::<PyType>()?.unbind())
        };
        Ok(Self {
            tuple_new: py.get_type::<PyTuple>().getattr("__new__")?.unbind(),
            no_such_process: exception("NoSuchProcess")?,
            zombie_process: exception("ZombieProcess")?,
            access_denied: exception("AccessDenied")?,
            timeout_expired: exception("TimeoutExpired")?,
            parse_error: exception("_ParseError")?,
        })
    }

    /// The class of a named tuple, which is looked up once.
    pub(crate) fn tuple_class<'py>(
        &self,
        py: Python<'py>,
        name: &'static str,
    ) -> PyResult<Bound<'py, PyAny>> {
        static CLASSES: Mutex<Vec<(&str, Py<PyAny>)>> = Mutex::new(Vec::new());
        let find = |classes: &[(&str, Py<PyAny>)]| {
            let class = classes.iter().find(|(known, _)| *known == name);
            class.map(|(_, class)| class.bind(py).clone())
        };
        if let Some(class) = find(&CLASSES.lock().unwrap_or_else(PoisonError::into_inner)) {
            return Ok(class);
        }
        // Without the lock: Python code runs here.
        let class = py.import("sysvitals._ntuples")?.getattr(name)?;
        let mut classes = CLASSES.lock().unwrap_or_else(PoisonError::into_inner);
        if find(&classes).is_none() {
            classes.push((name, class.clone().unbind()));
        }
        Ok(class)
    }

    /// A named tuple: `tuple.__new__(class, values)`, which skips the class's own constructor.
    pub(crate) fn tuple<'py>(
        &self,
        class: &Bound<'py, PyAny>,
        values: &Bound<'py, PyTuple>,
    ) -> PyResult<Bound<'py, PyAny>> {
        self.tuple_new.bind(class.py()).call1((class, values))
    }
}

/// The enums of this package, imported when a member is first told of.
pub(crate) struct Enums {
    statuses: Vec<Py<PyAny>>,
    connection_statuses: Vec<Py<PyAny>>,
    io_priority: Py<PyAny>,
    duplexes: [Py<PyAny>; 3],
    time_unknown: Py<PyAny>,
    time_unlimited: Py<PyAny>,
}

static ENUMS: PyOnceLock<Enums> = PyOnceLock::new();

impl Enums {
    pub(crate) fn get(py: Python<'_>) -> PyResult<&'static Self> {
        ENUMS.get_or_try_init(py, || {
            let enums = py.import("sysvitals._enums")?;
            let status = enums.getattr("ProcessStatus")?;
            let connection_status = enums.getattr("ConnectionStatus")?;
            let duplex = enums.getattr("NicDuplex")?;
            let time = enums.getattr("BatteryTime")?;
            Ok(Self {
                statuses: ProcessStatus::ALL
                    .iter()
                    .map(|member| Ok(status.call1((member.as_str(),))?.unbind()))
                    .collect::<PyResult<_>>()?,
                connection_statuses: ConnectionStatus::ALL
                    .iter()
                    .map(|member| Ok(connection_status.call1((member.as_str(),))?.unbind()))
                    .collect::<PyResult<_>>()?,
                io_priority: enums.getattr("ProcessIOPriority")?.unbind(),
                duplexes: [
                    duplex.getattr("NIC_DUPLEX_FULL")?.unbind(),
                    duplex.getattr("NIC_DUPLEX_HALF")?.unbind(),
                    duplex.getattr("NIC_DUPLEX_UNKNOWN")?.unbind(),
                ],
                time_unknown: time.getattr("POWER_TIME_UNKNOWN")?.unbind(),
                time_unlimited: time.getattr("POWER_TIME_UNLIMITED")?.unbind(),
            })
        })
    }

    pub(crate) fn status<'py>(
        &self,
        py: Python<'py>,
        status: ProcessStatus,
    ) -> PyResult<Bound<'py, PyAny>> {
        let place = ProcessStatus::ALL.iter().position(|&known| known == status);
        match place.and_then(|place| self.statuses.get(place)) {
            Some(member) => Ok(member.bind(py).clone()),
            None => Ok(status.as_str().into_pyobject(py)?.into_any()),
        }
    }

    pub(crate) fn connection_status<'py>(
        &self,
        py: Python<'py>,
        status: ConnectionStatus,
    ) -> PyResult<Bound<'py, PyAny>> {
        let place = ConnectionStatus::ALL.iter().position(|&known| known == status);
        match place.and_then(|place| self.connection_statuses.get(place)) {
            Some(member) => Ok(member.bind(py).clone()),
            None => Ok(status.as_str().into_pyobject(py)?.into_any()),
        }
    }

    pub(crate) fn io_class<'py>(
        &self,
        py: Python<'py>,
        class: IoPriorityClass,
    ) -> PyResult<Bound<'py, PyAny>> {
        member_or_number(py, &self.io_priority, class.as_raw())
    }

    pub(crate) fn duplex<'py>(&self, py: Python<'py>, duplex: NicDuplex) -> Bound<'py, PyAny> {
        let [full, half, unknown] = &self.duplexes;
        match duplex {
            NicDuplex::Full => full,
            NicDuplex::Half => half,
            NicDuplex::Unknown => unknown,
        }
        .bind(py)
        .clone()
    }

    pub(crate) fn battery_time<'py>(
        &self,
        py: Python<'py>,
        time: BatteryTime,
    ) -> PyResult<Bound<'py, PyAny>> {
        Ok(match time {
            BatteryTime::Seconds(seconds) => seconds.into_pyobject(py)?.into_any(),
            BatteryTime::Unknown => self.time_unknown.bind(py).clone(),
            BatteryTime::Unlimited => self.time_unlimited.bind(py).clone(),
        })
    }
}

/// The enum member of a number, or the number where it has none.
fn member_or_number<'py>(
    py: Python<'py>,
    class: &Py<PyAny>,
    number: u32,
) -> PyResult<Bound<'py, PyAny>> {
    match class.bind(py).call1((number,)) {
        Ok(member) => Ok(member),
        Err(_) => Ok(number.into_pyobject(py)?.into_any()),
    }
}

/// The enums of Python's `socket`, which is imported when a connection is first told of.
pub(crate) struct Sockets {
    families: [Py<PyAny>; 5],
    stream: Py<PyAny>,
    dgram: Py<PyAny>,
    kind: Py<PyAny>,
}

static SOCKETS: PyOnceLock<Sockets> = PyOnceLock::new();

impl Sockets {
    pub(crate) fn get(py: Python<'_>) -> PyResult<&'static Self> {
        SOCKETS.get_or_try_init(py, || {
            let socket = py.import("socket")?;
            let family = socket.getattr("AddressFamily")?;
            let kind = socket.getattr("SocketKind")?;
            Ok(Self {
                families: [
                    family.getattr("AF_UNSPEC")?.unbind(),
                    family.getattr("AF_UNIX")?.unbind(),
                    family.getattr("AF_INET")?.unbind(),
                    family.getattr("AF_INET6")?.unbind(),
                    family.getattr("AF_PACKET")?.unbind(),
                ],
                stream: kind.getattr("SOCK_STREAM")?.unbind(),
                dgram: kind.getattr("SOCK_DGRAM")?.unbind(),
                kind: kind.unbind(),
            })
        })
    }

    pub(crate) fn family<'py>(&self, py: Python<'py>, family: AddressFamily) -> Bound<'py, PyAny> {
        let [unspec, unix, inet, inet6, packet] = &self.families;
        match family {
            AddressFamily::Unix => unix,
            AddressFamily::Inet => inet,
            AddressFamily::Inet6 => inet6,
            AddressFamily::Packet => packet,
            _ => unspec,
        }
        .bind(py)
        .clone()
    }

    pub(crate) fn socket_type<'py>(
        &self,
        py: Python<'py>,
        kind: SocketType,
    ) -> PyResult<Bound<'py, PyAny>> {
        match kind {
            SocketType::STREAM => Ok(self.stream.bind(py).clone()),
            SocketType::DGRAM => Ok(self.dgram.bind(py).clone()),
            SocketType(other) => member_or_number(py, &self.kind, other),
        }
    }
}

/// The name of an attribute, interned: the keys of all dicts are the same objects.
pub(crate) fn attr_name<'py>(py: Python<'py>, attr: Attr) -> Bound<'py, PyString> {
    static NAMES: [PyOnceLock<Py<PyString>>; Attr::ALL.len()] =
        [const { PyOnceLock::new() }; Attr::ALL.len()];
    let intern = || PyString::intern(py, attr.as_str());
    match NAMES.get(attr as usize) {
        Some(name) => name.get_or_init(py, || intern().unbind()).bind(py).clone(),
        None => intern(),
    }
}

/// Bytes of the kernel as `str`, undecodable ones as surrogates.
pub(crate) fn text<'py>(py: Python<'py>, text: &OsStr) -> PyResult<Bound<'py, PyAny>> {
    Ok(text.into_pyobject(py)?.into_any())
}
