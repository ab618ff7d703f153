//! Answers to Python objects.

use std::ffi::OsString;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyTuple};
use sysvitals::Value;
use sysvitals::net::Address;
use sysvitals::process::Environ;
use sysvitals::record::{FieldValue, Record};

use crate::types::{Enums, Sockets, Types, text};

type Object<'py> = PyResult<Bound<'py, PyAny>>;

/// A record as psutil's named tuple.
pub(crate) fn record<'py, R: Record>(py: Python<'py>, record: &R) -> Object<'py> {
    record_of(py, &Types::get(py)?.tuple_class(py, R::NAME)?, record)
}

/// Records as a list of named tuples.
pub(crate) fn records<'py, R: Record>(py: Python<'py>, records: &[R]) -> Object<'py> {
    let class = Types::get(py)?.tuple_class(py, R::NAME)?;
    let list = PyList::empty(py);
    for record in records {
        list.append(record_of(py, &class, record)?)?;
    }
    Ok(list.into_any())
}

/// A record as a named tuple whose class was looked up.
pub(crate) fn record_of<'py, R: Record>(
    py: Python<'py>,
    class: &Bound<'py, PyAny>,
    record: &R,
) -> Object<'py> {
    let types = Types::get(py)?;
    let mut values = Vec::with_capacity(R::FIELDS.len());
    for value in record.values() {
        values.push(field(py, types, value)?);
    }
    types.tuple(class, &PyTuple::new(py, values)?)
}

fn field<'py>(py: Python<'py>, types: &Types, value: FieldValue<'_>) -> Object<'py> {
    Ok(match value {
        FieldValue::None => py.None().into_bound(py),
        FieldValue::Bool(yes) => yes.into_pyobject(py)?.to_owned().into_any(),
        FieldValue::Uint(n) => n.into_pyobject(py)?.into_any(),
        FieldValue::Int(n) => n.into_pyobject(py)?.into_any(),
        FieldValue::Float(x) => x.into_pyobject(py)?.into_any(),
        FieldValue::Text(s) => text(py, s)?,
        FieldValue::Address(addr) => address(py, types, addr)?,
        FieldValue::Family(family) => Sockets::get(py)?.family(py, family),
        FieldValue::SocketType(kind) => Sockets::get(py)?.socket_type(py, kind)?,
        FieldValue::ConnectionStatus(status) => Enums::get(py)?.connection_status(py, status)?,
        FieldValue::IoClass(class) => Enums::get(py)?.io_class(py, class)?,
        FieldValue::Duplex(duplex) => Enums::get(py)?.duplex(py, duplex),
        FieldValue::BatteryTime(time) => Enums::get(py)?.battery_time(py, time)?,
        other => format!("{other:?}").into_pyobject(py)?.into_any(),
    })
}

fn address<'py>(py: Python<'py>, types: &Types, addr: &Address) -> Object<'py> {
    match addr {
        Address::None => Ok(PyTuple::empty(py).into_any()),
        Address::Inet(addr) => {
            let ip = addr.ip().to_string().into_pyobject(py)?.into_any();
            let port = addr.port().into_pyobject(py)?.into_any();
            let class = types.tuple_class(py, "addr")?;
            types.tuple(&class, &PyTuple::new(py, [ip, port])?)
        }
        Address::Unix(path) => text(py, path),
    }
}

pub(crate) fn strings<'py>(py: Python<'py>, strings: &[OsString]) -> Object<'py> {
    let list = PyList::empty(py);
    for string in strings {
        list.append(text(py, string)?)?;
    }
    Ok(list.into_any())
}

pub(crate) fn environ<'py>(py: Python<'py>, environ: &Environ) -> Object<'py> {
    let dict = PyDict::new(py);
    for (name, value) in environ {
        dict.set_item(text(py, name)?, text(py, value)?)?;
    }
    Ok(dict.into_any())
}

/// The exit code, or the negative signal number.
pub(crate) fn exit_code(status: ExitStatus) -> i32 {
    status.code().or_else(|| status.signal().map(|signal| -signal)).unwrap_or_default()
}

/// The value of an attribute.
pub(crate) fn value<'py>(py: Python<'py>, value: &Value) -> Object<'py> {
    Ok(match value {
        Value::Cmdline(v) => strings(py, v)?,
        Value::CpuAffinity(v) => v.into_pyobject(py)?.into_any(),
        Value::CpuNum(v) | Value::Nice(v) | Value::Pid(v) | Value::Ppid(v) => {
            v.into_pyobject(py)?.into_any()
        }
        Value::CpuPercent(v) | Value::CreateTime(v) | Value::MemoryPercent(v) => {
            v.into_pyobject(py)?.into_any()
        }
        Value::CpuTimes(v) => record(py, v)?,
        Value::Cwd(v) | Value::Exe(v) => text(py, v.as_os_str())?,
        Value::Environ(v) => environ(py, v)?,
        Value::Gids(v) => record(py, v)?,
        Value::IoCounters(v) => record(py, v)?,
        Value::Ionice(v) => record(py, v)?,
        Value::MemoryFootprint(v) => record(py, v)?,
        Value::MemoryInfo(v) => record(py, v)?,
        Value::MemoryInfoEx(v) => record(py, v.as_ref())?,
        Value::MemoryMaps(v) => records(py, v)?,
        Value::Name(v) | Value::Username(v) => text(py, v)?,
        Value::NetConnections(v) => records(py, v)?,
        Value::NumCtxSwitches(v) => record(py, v)?,
        Value::NumFds(v) => v.into_pyobject(py)?.into_any(),
        Value::NumThreads(v) => v.into_pyobject(py)?.into_any(),
        Value::OpenFiles(v) => records(py, v)?,
        Value::PageFaults(v) => record(py, v)?,
        Value::Status(v) => Enums::get(py)?.status(py, *v)?,
        Value::Terminal(v) => match v {
            Some(path) => text(py, path.as_os_str())?,
            None => py.None().into_bound(py),
        },
        Value::Threads(v) => records(py, v)?,
        Value::Uids(v) => record(py, v)?,
    })
}
