//! `sysvitals.Snapshot`: the columns of a snapshot as Python objects, and as an Arrow stream.

use std::sync::Arc;

use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyDict, PyList, PyString, PyTuple};
use sysvitals::net::{AddressFamily, ConnectionStatus, SocketType};
use sysvitals::process::{Column, IoPriorityClass, List, ProcessStatus, Struct, Values};
use sysvitals::record::FieldType;
use sysvitals::{Attr, Attrs, ProcessTable};

use crate::arrow::{Stream, Table};
use crate::error::detached;
use crate::types::{Enums, Sockets, Types, text};

type Object<'py> = PyResult<Bound<'py, PyAny>>;

/// The running processes as a table: a column for each attribute, a row for each process.
///
/// It is a stream of one Arrow batch too (`__arrow_c_stream__`), which reads the columns where they
/// are, and may be asked for again and again.
#[pyclass(frozen, module = "sysvitals")]
pub(crate) struct Snapshot {
    table: Arc<Table>,
}

impl Snapshot {
    pub(crate) fn read(
        py: Python<'_>,
        table: &ProcessTable,
        attrs: Attrs,
        reasons: bool,
    ) -> PyResult<Self> {
        let table = detached(py, || {
            let snapshot = table.snapshot(attrs)?;
            let wanted = attrs.iter().filter(|&attr| reasons && attr != Attr::Pid);
            let reasons = wanted.map(|attr| (format!("{attr}_reason"), snapshot.reasons(attr)));
            let reasons = reasons.collect();
            Ok(Table { snapshot, reasons })
        })?;
        Ok(Self { table: Arc::new(table) })
    }
}

#[pymethods]
impl Snapshot {
    fn __len__(&self) -> usize {
        self.table.snapshot.len()
    }

    /// The names of the columns, sorted; the reason of an attribute follows the attribute.
    #[getter]
    fn columns(&self) -> Vec<&str> {
        self.table.columns().map(|(name, _)| name).collect()
    }

    /// The values of a column.
    fn __getitem__<'py>(&self, py: Python<'py>, key: &str) -> PyResult<Bound<'py, PyList>> {
        let column = self.table.columns().find(|(name, _)| *name == key);
        let (name, column) = column.ok_or_else(|| PyKeyError::new_err(key.to_owned()))?;
        let list = PyList::empty(py);
        for row in 0..column.len() {
            list.append(cell(py, name, column, row)?)?;
        }
        Ok(list)
    }

    /// The rows as dicts, with the values that `Process.as_dict` has.
    fn to_dicts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let dicts: Vec<_> = (0..self.__len__()).map(|_| PyDict::new(py)).collect();
        for (key, column) in self.table.columns() {
            let py_key = PyString::intern(py, key);
            for (row, dict) in dicts.iter().enumerate() {
                dict.set_item(&py_key, cell(py, key, column, row)?)?;
            }
        }
        PyList::new(py, dicts)
    }

    /// An iterator of the rows as dicts.
    fn __iter__<'py>(&self, py: Python<'py>) -> Object<'py> {
        Ok(self.to_dicts(py)?.try_iter()?.into_any())
    }

    fn __repr__(&self) -> String {
        let columns = self.columns().join(", ");
        format!("<sysvitals.Snapshot of {} processes: {columns}>", self.__len__())
    }

    /// The table as Arrow's C stream; a `requested_schema` is not followed.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        // The consumer casts what it wants otherwise, as the protocol lets it.
        let _ = requested_schema;
        let stream = Stream::new(Arc::clone(&self.table));
        PyCapsule::new_with_value(py, stream, c"arrow_array_stream")
    }
}

fn cell<'py>(py: Python<'py>, name: &str, column: &Column, row: usize) -> Object<'py> {
    if column.is_null(row) {
        return Ok(py.None().into_bound(py));
    }
    match (name, column.values()) {
        ("status", Values::Text(status)) => {
            let status = status.get(row);
            let known = ProcessStatus::ALL.iter().find(|known| known.as_str() == status);
            match known {
                Some(status) => Enums::get(py)?.status(py, *status),
                None => text(py, status),
            }
        }
        ("environ", Values::List(list)) => environ(py, list, row),
        (_, values) => plain(py, values, row),
    }
}

fn environ<'py>(py: Python<'py>, list: &List, row: usize) -> Object<'py> {
    let dict = PyDict::new(py);
    if let Values::Struct(variables) = list.items().values()
        && let [name, value] = variables.fields()
        && let (Values::Text(names), Values::Text(values)) =
            (name.column.values(), value.column.values())
    {
        for place in list.range(row) {
            dict.set_item(text(py, names.get(place))?, text(py, values.get(place))?)?;
        }
    }
    Ok(dict.into_any())
}

fn plain<'py>(py: Python<'py>, values: &Values, row: usize) -> Object<'py> {
    Ok(match values {
        Values::Int(numbers) => numbers.get(row).into_pyobject(py)?.into_any(),
        Values::Uint(numbers) => numbers.get(row).into_pyobject(py)?.into_any(),
        Values::Float(numbers) => numbers.get(row).into_pyobject(py)?.into_any(),
        Values::Text(texts) => text(py, texts.get(row))?,
        Values::List(list) => {
            let items = PyList::empty(py);
            for place in list.range(row) {
                items.append(plain(py, list.items().values(), place)?)?;
            }
            items.into_any()
        }
        Values::Struct(record) => named_tuple(py, record, row)?,
        other => format!("{other:?}").into_pyobject(py)?.into_any(),
    })
}

fn named_tuple<'py>(py: Python<'py>, record: &Struct, row: usize) -> Object<'py> {
    let types = Types::get(py)?;
    let class = types.tuple_class(py, record.name())?;
    let mut values = Vec::with_capacity(record.fields().len());
    for part in record.fields() {
        values.push(field(py, part.kind, &part.column, row)?);
    }
    types.tuple(&class, &PyTuple::new(py, values)?)
}

fn field<'py>(py: Python<'py>, kind: FieldType, column: &Column, row: usize) -> Object<'py> {
    if column.is_null(row) {
        return Ok(match kind {
            FieldType::Address => PyTuple::empty(py).into_any(),
            _ => py.None().into_bound(py),
        });
    }
    if let Values::Text(texts) = column.values()
        && let Some(name) = texts.get(row).to_str()
    {
        match kind {
            FieldType::Family => {
                let all = [AddressFamily::Unix, AddressFamily::Inet, AddressFamily::Inet6];
                let family = all.into_iter().find(|family| family.as_str() == name);
                return Ok(Sockets::get(py)?.family(py, family.unwrap_or(AddressFamily::Unspec)));
            }
            FieldType::SocketType => {
                let named = (0..16).map(SocketType).find(|kind| kind.name() == Some(name));
                if let Some(kind) = named.or_else(|| name.parse().ok().map(SocketType)) {
                    return Sockets::get(py)?.socket_type(py, kind);
                }
            }
            FieldType::ConnectionStatus => {
                let status = ConnectionStatus::ALL.iter().find(|status| status.as_str() == name);
                if let Some(status) = status {
                    return Enums::get(py)?.connection_status(py, *status);
                }
            }
            FieldType::IoClass => {
                let class = IoPriorityClass::ALL.iter().find(|class| class.as_str() == name);
                if let Some(class) = class {
                    return Enums::get(py)?.io_class(py, *class);
                }
            }
            _ => {}
        }
    }
    plain(py, column.values(), row)
}
