use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use super::{Attr, Attrs, Environ, MemoryInfoEx, OneShot, Pid, ProcessStatus};
use crate::error::{ErrorKind, Result};
use crate::net::Address;
use crate::record::{FieldType, FieldValue, Record};

/// The running processes as a table: one [`Column`] for each attribute, one row for each process,
/// in the order of PIDs.
///
/// From [`snapshot`](crate::snapshot), [`ProcessTable::snapshot`](crate::ProcessTable::snapshot) and
/// [`Roots::snapshot`](crate::Roots::snapshot). A cell that could not be read is null, and
/// [`reason`](Self::reason) tells why.
///
/// ```
/// use sysvitals::process::Values;
/// use sysvitals::{Attr, snapshot};
///
/// let snapshot = snapshot([Attr::Pid, Attr::Name].into())?;
/// if let Some(Values::Text(names)) = snapshot.column(Attr::Name).map(|column| column.values()) {
///     for row in 0..snapshot.len() {
///         println!("{:?}", names.get(row));
///     }
/// }
/// # Ok::<(), sysvitals::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    len: usize,
    columns: Vec<(Attr, Column)>,
    /// Of the cells that could not be read, by row.
    reasons: Vec<(usize, Attr, ErrorKind)>,
}

impl Snapshot {
    pub(super) fn new(attrs: Attrs) -> Self {
        let columns = attrs.iter().map(|attr| (attr, attr.column())).collect();
        Self { len: 0, columns, reasons: Vec::new() }
    }

    /// Adds a row.
    pub(super) fn push(&mut self, view: &OneShot<'_>) {
        for (attr, column) in &mut self.columns {
            match view.get(*attr) {
                Ok(value) => value.add_to(column),
                Err(error) => {
                    column.push_null();
                    self.reasons.push((self.len, *attr, error.kind()));
                }
            }
        }
        self.len += 1;
    }

    /// Adds the rows of another snapshot of the same attributes.
    pub(super) fn append(&mut self, other: Self) {
        for ((_, column), (_, more)) in self.columns.iter_mut().zip(other.columns) {
            column.append(more);
        }
        let before = self.len;
        self.reasons
            .extend(other.reasons.into_iter().map(|(row, attr, kind)| (before + row, attr, kind)));
        self.len += other.len;
    }

    /// How many processes there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The attributes and their columns, in the order of the names.
    pub fn columns(&self) -> impl ExactSizeIterator<Item = (Attr, &Column)> {
        self.columns.iter().map(|(attr, column)| (*attr, column))
    }

    /// The column of an attribute; None if it was not asked.
    pub fn column(&self, attr: Attr) -> Option<&Column> {
        let place = self.columns.binary_search_by_key(&attr, |(known, _)| *known).ok()?;
        self.columns.get(place).map(|(_, column)| column)
    }

    /// Why a cell could not be read; None where it was, or was not asked.
    ///
    /// [`NoSuchProcess`](ErrorKind::NoSuchProcess) is the answer for a process that ended while its
    /// row was read. A null without a reason is psutil's None: a process without a terminal.
    pub fn reason(&self, row: usize, attr: Attr) -> Option<ErrorKind> {
        let place = self.reasons.binary_search_by_key(&(row, attr), |(r, a, _)| (*r, *a)).ok()?;
        self.reasons.get(place).map(|(_, _, kind)| *kind)
    }

    /// [`reason`](Self::reason) of each row of an attribute, as a column of text: the names of
    /// [`ErrorKind`].
    pub fn reasons(&self, attr: Attr) -> Column {
        let mut column = Column::text();
        for (row, _, kind) in self.reasons.iter().filter(|(_, of, _)| *of == attr) {
            while column.len() < *row {
                column.push_null();
            }
            column.push_text(format!("{kind:?}").as_bytes());
        }
        while column.len() < self.len {
            column.push_null();
        }
        column
    }
}

/// One attribute of many processes: values, and which of them are null.
///
/// The layout is Arrow's, so that it can be handed over without a copy.
///
/// # References
/// [Arrow columnar format](https://arrow.apache.org/docs/format/Columnar.html)
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    values: Values,
    len: usize,
    nulls: usize,
    /// A bit for each row, set where there is a value; empty while there is no null.
    valid: Vec<u8>,
}

/// The values of a [`Column`]; of a null row they mean nothing.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Values {
    /// Signed numbers.
    Int(Vec<i64>),
    /// Counts and sizes.
    Uint(Vec<u64>),
    /// Seconds and percentages.
    Float(Vec<f64>),
    /// Names and paths; the names of enum members.
    Text(Text),
    /// Several values for each row.
    List(List),
    /// Records, a column for each field.
    Struct(Struct),
}

/// Texts, one after the other.
#[derive(Clone, Debug, PartialEq)]
pub struct Text {
    offsets: Vec<i64>,
    bytes: Vec<u8>,
    utf8: bool,
}

/// Lists, one after the other.
#[derive(Clone, Debug, PartialEq)]
pub struct List {
    offsets: Vec<i64>,
    items: Box<Column>,
}

/// Records by field.
#[derive(Clone, Debug, PartialEq)]
pub struct Struct {
    name: &'static str,
    fields: Vec<Field>,
}

/// A field of a [`Struct`].
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// psutil's name for it.
    pub name: &'static str,
    /// What it is in the record.
    pub kind: FieldType,
    /// Its values.
    pub column: Column,
}

fn offset(len: usize) -> i64 {
    // A Vec is never longer than isize::MAX.
    len.cast_signed() as i64
}

/// Where a row begins and ends; nothing where there is no such row.
fn range(offsets: &[i64], row: usize) -> std::ops::Range<usize> {
    let place = |row| offsets.get(row).and_then(|&offset| usize::try_from(offset).ok());
    match (place(row), row.checked_add(1).and_then(place)) {
        (Some(start), Some(end)) => start..end,
        _ => 0..0,
    }
}

fn append_offsets(offsets: &mut Vec<i64>, more: &[i64]) {
    let base = offsets.last().copied().unwrap_or_default();
    offsets.extend(more.iter().skip(1).map(|offset| base + offset));
}

impl Text {
    /// The bytes of a row, as the kernel has them; empty where there is no such row.
    pub fn get(&self, row: usize) -> &OsStr {
        OsStr::from_bytes(self.bytes.get(range(&self.offsets, row)).unwrap_or_default())
    }

    /// Where each row begins in [`bytes`](Self::bytes), and the end of the last.
    pub fn offsets(&self) -> &[i64] {
        &self.offsets
    }

    /// All texts, one after the other.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether all rows are UTF-8.
    pub fn is_utf8(&self) -> bool {
        self.utf8
    }
}

impl List {
    /// The places of a row's items; none where there is no such row.
    pub fn range(&self, row: usize) -> std::ops::Range<usize> {
        range(&self.offsets, row)
    }

    /// Where each row begins in [`items`](Self::items), and the end of the last.
    pub fn offsets(&self) -> &[i64] {
        &self.offsets
    }

    /// All items, one after the other.
    pub fn items(&self) -> &Column {
        &self.items
    }
}

impl Struct {
    /// psutil's name for the tuple.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The fields, in psutil's order.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }
}

impl Column {
    fn new(values: Values) -> Self {
        Self { values, len: 0, nulls: 0, valid: Vec::new() }
    }

    fn text() -> Self {
        Self::new(Values::Text(Text { offsets: vec![0], bytes: Vec::new(), utf8: true }))
    }

    fn list(items: Self) -> Self {
        Self::new(Values::List(List { offsets: vec![0], items: Box::new(items) }))
    }

    fn of_fields(
        name: &'static str,
        fields: impl Iterator<Item = (&'static str, FieldType)>,
    ) -> Self {
        let field = |(name, kind)| Field { name, kind, column: Self::of_field(kind) };
        Self::new(Values::Struct(Struct { name, fields: fields.map(field).collect() }))
    }

    fn of_field(kind: FieldType) -> Self {
        match kind {
            FieldType::Bool | FieldType::Uint => Self::new(Values::Uint(Vec::new())),
            FieldType::Int | FieldType::BatteryTime => Self::new(Values::Int(Vec::new())),
            FieldType::Float => Self::new(Values::Float(Vec::new())),
            FieldType::Address => Self::of_fields(
                "addr",
                [("ip", FieldType::Text), ("port", FieldType::Uint)].into_iter(),
            ),
            FieldType::Text
            | FieldType::Family
            | FieldType::SocketType
            | FieldType::ConnectionStatus
            | FieldType::IoClass
            | FieldType::Duplex => Self::text(),
        }
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// How many rows are null.
    pub fn null_count(&self) -> usize {
        self.nulls
    }

    /// Whether a row is null; true where there is no such row.
    pub fn is_null(&self, row: usize) -> bool {
        if self.nulls == 0 {
            return row >= self.len;
        }
        self.valid.get(row / 8).is_none_or(|byte| byte >> (row % 8) & 1 == 0)
    }

    /// A bit for each row, the lowest of a byte first, set where there is a value; None where no row
    /// is null.
    pub fn validity(&self) -> Option<&[u8]> {
        (self.nulls > 0).then_some(&self.valid)
    }

    /// The values.
    pub fn values(&self) -> &Values {
        &self.values
    }

    fn mark(&mut self, is_valid: bool) {
        if !is_valid && self.nulls == 0 {
            self.valid = vec![0xff; self.len / 8];
            if !self.len.is_multiple_of(8) {
                self.valid.push((1 << (self.len % 8)) - 1);
            }
        }
        self.nulls += usize::from(!is_valid);
        if self.nulls > 0 {
            if self.len.is_multiple_of(8) {
                self.valid.push(0);
            }
            if let Some(last) = self.valid.last_mut() {
                *last |= u8::from(is_valid) << (self.len % 8);
            }
        }
        self.len += 1;
    }

    fn push_null(&mut self) {
        match &mut self.values {
            Values::Int(numbers) => numbers.push(0),
            Values::Uint(numbers) => numbers.push(0),
            Values::Float(numbers) => numbers.push(0.0),
            Values::Text(text) => text.offsets.push(offset(text.bytes.len())),
            Values::List(list) => list.offsets.push(offset(list.items.len)),
            Values::Struct(record) => {
                record.fields.iter_mut().for_each(|field| field.column.push_null());
            }
        }
        self.mark(false);
    }

    fn push_int(&mut self, number: i64) {
        let Values::Int(numbers) = &mut self.values else { return self.push_null() };
        numbers.push(number);
        self.mark(true);
    }

    fn push_uint(&mut self, number: u64) {
        let Values::Uint(numbers) = &mut self.values else { return self.push_null() };
        numbers.push(number);
        self.mark(true);
    }

    fn push_float(&mut self, number: f64) {
        let Values::Float(numbers) = &mut self.values else { return self.push_null() };
        numbers.push(number);
        self.mark(true);
    }

    fn push_text(&mut self, bytes: &[u8]) {
        let Values::Text(text) = &mut self.values else { return self.push_null() };
        text.utf8 = text.utf8 && std::str::from_utf8(bytes).is_ok();
        text.bytes.extend_from_slice(bytes);
        text.offsets.push(offset(text.bytes.len()));
        self.mark(true);
    }

    fn push_list<T>(&mut self, items: &[T], push: impl Fn(&mut Self, &T)) {
        let Values::List(list) = &mut self.values else { return self.push_null() };
        items.iter().for_each(|item| push(&mut list.items, item));
        list.offsets.push(offset(list.items.len));
        self.mark(true);
    }

    fn push_fields<'a>(&mut self, values: impl Iterator<Item = FieldValue<'a>>) {
        let Values::Struct(record) = &mut self.values else { return self.push_null() };
        for (field, value) in record.fields.iter_mut().zip(values) {
            field.column.push_field(value);
        }
        self.mark(true);
    }

    fn push_field(&mut self, value: FieldValue<'_>) {
        match value {
            FieldValue::None | FieldValue::Address(Address::None) => self.push_null(),
            FieldValue::Bool(yes) => self.push_uint(u64::from(yes)),
            FieldValue::Uint(number) => self.push_uint(number),
            FieldValue::Int(number) => self.push_int(number),
            FieldValue::Float(number) => self.push_float(number),
            FieldValue::Text(text) => self.push_text(text.as_bytes()),
            FieldValue::Address(Address::Inet(addr)) => {
                let ip = addr.ip().to_string();
                let port = FieldValue::Uint(u64::from(addr.port()));
                self.push_fields([FieldValue::Text(OsStr::new(&ip)), port].into_iter());
            }
            FieldValue::Address(Address::Unix(path)) => {
                self.push_fields([FieldValue::Text(path), FieldValue::None].into_iter());
            }
            FieldValue::Family(family) => self.push_text(family.as_str().as_bytes()),
            FieldValue::SocketType(kind) => match kind.name() {
                Some(name) => self.push_text(name.as_bytes()),
                None => self.push_text(kind.0.to_string().as_bytes()),
            },
            FieldValue::ConnectionStatus(status) => self.push_text(status.as_str().as_bytes()),
            FieldValue::IoClass(class) => self.push_text(class.as_str().as_bytes()),
            // No attribute of a process has these.
            FieldValue::Duplex(_) | FieldValue::BatteryTime(_) => self.push_null(),
        }
    }

    fn append(&mut self, other: Self) {
        let (len, nulls) = (self.len, self.nulls);
        if nulls > 0 || other.nulls > 0 {
            (0..other.len).for_each(|row| self.mark(!other.is_null(row)));
        }
        self.len = len + other.len;
        self.nulls = nulls + other.nulls;
        match (&mut self.values, other.values) {
            (Values::Int(numbers), Values::Int(more)) => numbers.extend(more),
            (Values::Uint(numbers), Values::Uint(more)) => numbers.extend(more),
            (Values::Float(numbers), Values::Float(more)) => numbers.extend(more),
            (Values::Text(text), Values::Text(more)) => {
                append_offsets(&mut text.offsets, &more.offsets);
                text.bytes.extend(more.bytes);
                text.utf8 = text.utf8 && more.utf8;
            }
            (Values::List(list), Values::List(more)) => {
                append_offsets(&mut list.offsets, &more.offsets);
                list.items.append(*more.items);
            }
            (Values::Struct(record), Values::Struct(more)) => {
                for (field, more) in record.fields.iter_mut().zip(more.fields) {
                    field.column.append(more.column);
                }
            }
            _ => {}
        }
    }
}

/// What an attribute's value is in a column.
pub(super) trait Cell {
    fn column() -> Column;
    fn add_to(&self, column: &mut Column);
}

macro_rules! cells {
    ($($type:ty = $column:expr, |$self:ident, $into:ident| $push:expr;)*) => {
        $(impl Cell for $type {
            fn column() -> Column {
                $column
            }

            fn add_to(&self, $into: &mut Column) {
                let $self = self;
                $push;
            }
        })*
    };
}

cells! {
    Pid = Column::new(Values::Int(Vec::new())), |v, c| c.push_int(i64::from(*v));
    u64 = Column::new(Values::Uint(Vec::new())), |v, c| c.push_uint(*v);
    usize = Column::new(Values::Uint(Vec::new())), |v, c| c.push_uint(*v as u64);
    f64 = Column::new(Values::Float(Vec::new())), |v, c| c.push_float(*v);
    OsString = Column::text(), |v, c| c.push_text(v.as_bytes());
    PathBuf = Column::text(), |v, c| c.push_text(v.as_os_str().as_bytes());
    ProcessStatus = Column::text(), |v, c| c.push_text(v.as_str().as_bytes());
    Option<PathBuf> = Column::text(), |v, c| match v {
        Some(path) => path.add_to(c),
        None => c.push_null(),
    };
    Box<MemoryInfoEx> = MemoryInfoEx::column(), |v, c| v.as_ref().add_to(c);
    Vec<OsString> = Column::list(OsString::column()), |v, c| c.push_list(v, |c, v| v.add_to(c));
    Vec<usize> = Column::list(usize::column()), |v, c| c.push_list(v, |c, v| v.add_to(c));
    Environ = Column::list(Column::of_fields(
        "environ",
        [("name", FieldType::Text), ("value", FieldType::Text)].into_iter(),
    )), |v, c| c.push_list(v, |c, (name, value)| {
        c.push_fields([FieldValue::Text(name), FieldValue::Text(value)].into_iter());
    });
}

impl<R: Record> Cell for R {
    fn column() -> Column {
        let fields = R::FIELDS.iter().copied().zip(R::TYPES.iter().copied());
        Column::of_fields(R::NAME, fields)
    }

    fn add_to(&self, column: &mut Column) {
        column.push_fields(self.values());
    }
}

impl<R: Record> Cell for Vec<R> {
    fn column() -> Column {
        Column::list(R::column())
    }

    fn add_to(&self, column: &mut Column) {
        column.push_list(self, |column, record| record.add_to(column));
    }
}

/// The running processes of this host with a set of attributes, as a table; it shares the processes
/// of [`process_iter`](crate::process::process_iter).
///
/// See [`ProcessTable::snapshot`](crate::ProcessTable::snapshot).
///
/// # Errors
/// [`Os`](ErrorKind::Os) where `/proc` cannot be listed.
pub fn snapshot(attrs: Attrs) -> Result<Snapshot> {
    super::iter::TABLE.snapshot(attrs)
}

#[cfg(test)]
mod tests {
    use super::*;

    type Row = Option<Vec<OsString>>;

    fn rows(count: usize, is_null: impl Fn(usize) -> bool) -> Vec<Row> {
        let text = |row: usize, place| OsString::from("x".repeat((row + place) % 5));
        let row = |row| (!is_null(row)).then(|| (0..row % 4).map(|i| text(row, i)).collect());
        (0..count).map(row).collect()
    }

    fn column(rows: &[Row]) -> Column {
        let mut column = Vec::<OsString>::column();
        for row in rows {
            match row {
                Some(texts) => texts.add_to(&mut column),
                None => column.push_null(),
            }
        }
        column
    }

    fn read(column: &Column) -> Vec<Row> {
        let Values::List(list) = column.values() else { panic!("{column:?}") };
        let Values::Text(texts) = list.items().values() else { panic!("{list:?}") };
        let row = |row| list.range(row).map(|place| texts.get(place).to_owned()).collect();
        (0..column.len()).map(|place| (!column.is_null(place)).then(|| row(place))).collect()
    }

    #[test]
    fn parts_put_together_are_the_whole() {
        let patterns: [fn(usize) -> bool; 5] =
            [|_| false, |_| true, |row| row % 3 == 0, |row| row == 17, |row| row > 8];
        for is_null in patterns {
            for count in [0, 1, 7, 8, 9, 16, 40] {
                let rows = rows(count, is_null);
                let whole = column(&rows);
                assert_eq!(read(&whole), rows);
                assert_eq!(whole.null_count(), rows.iter().filter(|row| row.is_none()).count());
                assert_eq!(whole.validity().is_none(), whole.null_count() == 0);
                for at in 0..=count {
                    let (first, second) = rows.split_at(at);
                    let mut sum = column(first);
                    sum.append(column(second));
                    assert_eq!(sum, whole, "{count} rows in two at {at}");
                }
            }
        }
    }

    #[test]
    fn a_row_that_is_not_there_is_null_and_empty() {
        let column = column(&rows(3, |_| false));
        assert!(column.is_null(3) && column.is_null(usize::MAX));
        let Values::List(list) = column.values() else { panic!("{column:?}") };
        assert!(list.range(3).is_empty() && list.range(usize::MAX).is_empty());
    }

    #[test]
    fn bytes_stay_bytes() {
        let mut column = OsString::column();
        for bytes in [&b"caf\xc3\xa9"[..], b"caf\xe9", b""] {
            OsStr::from_bytes(bytes).to_os_string().add_to(&mut column);
        }
        let Values::Text(text) = column.values() else { panic!("{column:?}") };
        assert_eq!(text.get(1).as_bytes(), b"caf\xe9");
        assert!(!text.is_utf8());
    }
}
