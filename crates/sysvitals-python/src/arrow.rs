//! A snapshot as an Arrow stream: the structs of Arrow's C interfaces, which point into the
//! snapshot's own columns.
//!
//! The only unsafe code of this package: C calls back, and pointers cross. Every array and schema
//! owns what it points at, in `private_data`, and gives it back in `release`; so the consumer may
//! move children out, drop them in any order, on any thread, with or without the GIL.
//!
//! References: [C data interface](https://arrow.apache.org/docs/format/CDataInterface.html),
//! [C stream interface](https://arrow.apache.org/docs/format/CStreamInterface.html).
#![allow(unsafe_code)]

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::ptr::{null, null_mut};
use std::sync::Arc;

use sysvitals::Snapshot;
use sysvitals::process::{Column, Values};

/// What a stream is made of: the snapshot, and the reason columns if they were asked for.
pub(crate) struct Table {
    pub(crate) snapshot: Snapshot,
    pub(crate) reasons: Vec<(String, Column)>,
}

impl Table {
    /// Names and columns, the reason of an attribute after the attribute.
    pub(crate) fn columns(&self) -> impl Iterator<Item = (&str, &Column)> {
        self.snapshot.columns().flat_map(|(attr, column)| {
            let name = attr.as_str();
            let reason = self.reasons.iter().find(move |(reason, _)| {
                reason.strip_suffix("_reason").is_some_and(|of| of == name)
            });
            let reason = reason.map(|(name, column)| (name.as_str(), column));
            std::iter::once((name, column)).chain(reason)
        })
    }
}

#[repr(C)]
struct Schema {
    format: *const c_char,
    name: *const c_char,
    metadata: *const c_char,
    flags: i64,
    n_children: i64,
    children: *mut *mut Schema,
    dictionary: *mut Schema,
    release: Option<unsafe extern "C" fn(*mut Schema)>,
    private_data: *mut c_void,
}

#[repr(C)]
struct Array {
    length: i64,
    null_count: i64,
    offset: i64,
    n_buffers: i64,
    n_children: i64,
    buffers: *mut *const c_void,
    children: *mut *mut Array,
    dictionary: *mut Array,
    release: Option<unsafe extern "C" fn(*mut Array)>,
    private_data: *mut c_void,
}

/// `ArrowArrayStream`, released when it is dropped unless a consumer has taken it over.
#[repr(C)]
pub(crate) struct Stream {
    get_schema: Option<unsafe extern "C" fn(*mut Stream, *mut Schema) -> c_int>,
    get_next: Option<unsafe extern "C" fn(*mut Stream, *mut Array) -> c_int>,
    get_last_error: Option<unsafe extern "C" fn(*mut Stream) -> *const c_char>,
    release: Option<unsafe extern "C" fn(*mut Stream)>,
    private_data: *mut c_void,
}

// SAFETY: what the pointers lead to is owned by the stream alone, and is itself Send.
unsafe impl Send for Stream {}

const NULLABLE: i64 = 2;

struct SchemaOwner {
    _name: CString,
    children: Box<[*mut Schema]>,
}

struct ArrayOwner {
    _table: Arc<Table>,
    /// Texts in which something was replaced.
    _own: Option<Lossy>,
    buffers: Box<[*const c_void]>,
    children: Box<[*mut Array]>,
}

struct Lossy {
    offsets: Vec<i64>,
    bytes: Vec<u8>,
}

struct StreamOwner {
    table: Arc<Table>,
    is_read: bool,
}

impl Schema {
    fn new(format: &'static CStr, name: &str, flags: i64, children: Vec<Self>) -> Self {
        let children = children.into_iter().map(|child| Box::into_raw(Box::new(child))).collect();
        let name = CString::new(name).unwrap_or_default();
        let name_ptr = name.as_ptr();
        let owner = Box::leak(Box::new(SchemaOwner { _name: name, children }));
        Self {
            format: format.as_ptr(),
            name: name_ptr,
            metadata: null(),
            flags,
            n_children: owner.children.len() as i64,
            children: owner.children.as_mut_ptr(),
            dictionary: null_mut(),
            release: Some(release_schema),
            private_data: std::ptr::from_mut(owner).cast(),
        }
    }

    fn of(name: &str, column: &Column) -> Self {
        let (format, children) = match column.values() {
            Values::Int(_) => (c"l", Vec::new()),
            Values::Uint(_) => (c"L", Vec::new()),
            Values::Float(_) => (c"g", Vec::new()),
            Values::Text(_) => (c"U", Vec::new()),
            Values::List(list) => (c"+L", vec![Self::of("item", list.items())]),
            Values::Struct(record) => {
                let fields = record.fields().iter();
                (c"+s", fields.map(|field| Self::of(field.name, &field.column)).collect())
            }
            // Not reached: the crate has no other.
            _ => (c"n", Vec::new()),
        };
        Self::new(format, name, NULLABLE, children)
    }

    fn of_table(table: &Table) -> Self {
        let children = table.columns().map(|(name, column)| Self::of(name, column)).collect();
        Self::new(c"+s", "", 0, children)
    }
}

impl Array {
    fn new(
        table: &Arc<Table>,
        (length, nulls): (usize, usize),
        buffers: Vec<*const c_void>,
        own: Option<Lossy>,
        children: Vec<Self>,
    ) -> Self {
        let children = children.into_iter().map(|child| Box::into_raw(Box::new(child))).collect();
        let owner = Box::leak(Box::new(ArrayOwner {
            _table: Arc::clone(table),
            _own: own,
            buffers: buffers.into(),
            children,
        }));
        Self {
            length: length as i64,
            null_count: nulls as i64,
            offset: 0,
            n_buffers: owner.buffers.len() as i64,
            n_children: owner.children.len() as i64,
            buffers: owner.buffers.as_mut_ptr(),
            children: owner.children.as_mut_ptr(),
            dictionary: null_mut(),
            release: Some(release_array),
            private_data: std::ptr::from_mut(owner).cast(),
        }
    }

    /// The column must be one of the table's: the array points into it, and keeps the table.
    fn of(table: &Arc<Table>, column: &Column) -> Self {
        let valid = column.validity().map_or(null(), |bits| bits.as_ptr().cast());
        let size = (column.len(), column.null_count());
        let new = |buffers: Vec<*const c_void>, own, children| {
            Self::new(table, size, buffers, own, children)
        };
        match column.values() {
            Values::Int(numbers) => new(vec![valid, numbers.as_ptr().cast()], None, vec![]),
            Values::Uint(numbers) => new(vec![valid, numbers.as_ptr().cast()], None, vec![]),
            Values::Float(numbers) => new(vec![valid, numbers.as_ptr().cast()], None, vec![]),
            Values::Text(text) if text.is_utf8() => {
                let buffers = [text.offsets().as_ptr().cast(), text.bytes().as_ptr().cast()];
                new([&[valid], &buffers[..]].concat(), None, vec![])
            }
            Values::Text(text) => {
                let mut lossy = Lossy { offsets: vec![0], bytes: Vec::new() };
                for row in 0..column.len() {
                    lossy.bytes.extend_from_slice(text.get(row).to_string_lossy().as_bytes());
                    lossy.offsets.push(lossy.bytes.len() as i64);
                }
                let buffers = [lossy.offsets.as_ptr().cast(), lossy.bytes.as_ptr().cast()];
                new([&[valid], &buffers[..]].concat(), Some(lossy), vec![])
            }
            Values::List(list) => {
                let items = Self::of(table, list.items());
                new(vec![valid, list.offsets().as_ptr().cast()], None, vec![items])
            }
            Values::Struct(record) => {
                let fields = record.fields().iter();
                let fields = fields.map(|field| Self::of(table, &field.column)).collect();
                new(vec![valid], None, fields)
            }
            // Not reached: the crate has no other.
            _ => new(vec![], None, vec![]),
        }
    }

    fn of_table(table: &Arc<Table>) -> Self {
        let children = table.columns().map(|(_, column)| Self::of(table, column)).collect();
        Self::new(table, (table.snapshot.len(), 0), vec![null()], None, children)
    }

    /// What `get_next` gives at the end.
    fn released() -> Self {
        Self {
            length: 0,
            null_count: 0,
            offset: 0,
            n_buffers: 0,
            n_children: 0,
            buffers: null_mut(),
            children: null_mut(),
            dictionary: null_mut(),
            release: None,
            private_data: null_mut(),
        }
    }
}

impl Stream {
    /// One batch, all columns.
    pub(crate) fn new(table: Arc<Table>) -> Self {
        let owner = Box::new(StreamOwner { table, is_read: false });
        Self {
            get_schema: Some(get_schema),
            get_next: Some(get_next),
            get_last_error: Some(get_last_error),
            release: Some(release_stream),
            private_data: Box::into_raw(owner).cast(),
        }
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        if let Some(release) = self.release {
            // SAFETY: not released yet; a consumer that takes a stream over clears `release`.
            unsafe { release(self) }
        }
    }
}

/// # Safety
/// `schema` was made by `Schema::new`, and was not released.
unsafe extern "C" fn release_schema(schema: *mut Schema) {
    // SAFETY: as the caller says; the children are ours unless their `release` was cleared.
    unsafe {
        let owner = Box::from_raw((*schema).private_data.cast::<SchemaOwner>());
        for &child in &owner.children {
            let mut child = Box::from_raw(child);
            if let Some(release) = child.release {
                release(&mut *child);
            }
        }
        (*schema).release = None;
    }
}

/// # Safety
/// `array` was made by `Array::new`, and was not released.
unsafe extern "C" fn release_array(array: *mut Array) {
    // SAFETY: as the caller says; the children are ours unless their `release` was cleared.
    unsafe {
        let owner = Box::from_raw((*array).private_data.cast::<ArrayOwner>());
        for &child in &owner.children {
            let mut child = Box::from_raw(child);
            if let Some(release) = child.release {
                release(&mut *child);
            }
        }
        (*array).release = None;
    }
}

/// # Safety
/// `stream` was made by `Stream::new`, and was not released.
unsafe extern "C" fn release_stream(stream: *mut Stream) {
    // SAFETY: as the caller says.
    unsafe {
        drop(Box::from_raw((*stream).private_data.cast::<StreamOwner>()));
        (*stream).release = None;
    }
}

/// # Safety
/// `stream` was not released; `out` can be written to.
unsafe extern "C" fn get_schema(stream: *mut Stream, out: *mut Schema) -> c_int {
    // SAFETY: as the caller says.
    unsafe {
        let owner = &*(*stream).private_data.cast::<StreamOwner>();
        out.write(Schema::of_table(&owner.table));
    }
    0
}

/// # Safety
/// `stream` was not released and no other call on it is running; `out` can be written to.
unsafe extern "C" fn get_next(stream: *mut Stream, out: *mut Array) -> c_int {
    // SAFETY: as the caller says.
    unsafe {
        let owner = &mut *(*stream).private_data.cast::<StreamOwner>();
        let is_end = std::mem::replace(&mut owner.is_read, true);
        out.write(if is_end { Array::released() } else { Array::of_table(&owner.table) });
    }
    0
}

/// # Safety
/// None is asked for: nothing fails.
unsafe extern "C" fn get_last_error(_: *mut Stream) -> *const c_char {
    null()
}
