//! The columns: psutil's attributes, their fields, and short usual names.

use std::cmp::Ordering;
use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::str::FromStr;

use sysvitals::process::{
    CpuTimes, CtxSwitches, Gids, IoCounters, IoPriority, MemoryFootprint, MemoryInfo, MemoryInfoEx,
    PageFaults, Uids,
};
use sysvitals::record::{FieldValue, Record};
use sysvitals::{Attr, Attrs, ProcessInfo, ProcessStatus, Value};

use crate::error::Error;
use crate::text;

/// What a column's values are: how they are shown, compared and written in a filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An identity: smallest first.
    Id,
    /// A count: largest first, as all that follow but text.
    Count,
    Percent,
    Bytes,
    Seconds,
    Moment,
    Text,
}

/// The value of a column for a process.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell {
    /// The kernel would not tell.
    Unreadable,
    /// There is none, as the terminal of a daemon.
    None,
    Int(i128),
    Float(f64),
    Text(OsString),
}

impl Cell {
    pub(crate) fn number(&self) -> Option<f64> {
        match self {
            Self::Int(value) => Some(*value as f64),
            Self::Float(value) => Some(*value),
            _ => None,
        }
    }

    pub(crate) fn is_known(&self) -> bool {
        !matches!(self, Self::Unreadable | Self::None)
    }

    fn os(text: impl AsRef<OsStr>) -> Self {
        Self::Text(text.as_ref().to_owned())
    }

    /// Smaller first; numbers before text.
    pub(crate) fn order(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Int(a), Self::Int(b)) => a.cmp(b),
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            _ => match (self.number(), other.number()) {
                (Some(a), Some(b)) => a.total_cmp(&b),
                (a, b) => b.is_some().cmp(&a.is_some()),
            },
        }
    }
}

#[derive(Clone, Copy)]
enum Source {
    Attr(Attr),
    Field(Attr, &'static str),
    Made(Attrs, fn(&ProcessInfo, f64) -> Cell),
}

struct Short {
    name: &'static str,
    kind: Kind,
    source: Source,
    about: &'static str,
}

const fn short(name: &'static str, kind: Kind, source: Source, about: &'static str) -> Short {
    Short { name, kind, source, about }
}

const SHORT: &[Short] = &[
    short("user", Kind::Text, Source::Attr(Attr::Username), "who runs it"),
    short("uid", Kind::Id, Source::Field(Attr::Uids, "real"), "real user ID"),
    short("gid", Kind::Id, Source::Field(Attr::Gids, "real"), "real group ID"),
    short("cpu", Kind::Percent, Source::Attr(Attr::CpuPercent), "CPU now, % of one CPU"),
    short("mem", Kind::Percent, Source::Attr(Attr::MemoryPercent), "resident memory, % of all"),
    short("rss", Kind::Bytes, Source::Field(Attr::MemoryInfo, "rss"), "resident memory"),
    short("vms", Kind::Bytes, Source::Field(Attr::MemoryInfo, "vms"), "virtual memory"),
    short("shared", Kind::Bytes, Source::Field(Attr::MemoryInfo, "shared"), "shareable memory"),
    short("peak", Kind::Bytes, Source::Field(Attr::MemoryInfoEx, "peak_rss"), "highest rss so far"),
    short("swap", Kind::Bytes, Source::Field(Attr::MemoryInfoEx, "swap"), "memory in swap"),
    short("uss", Kind::Bytes, Source::Field(Attr::MemoryFootprint, "uss"), "memory of its own"),
    short(
        "pss",
        Kind::Bytes,
        Source::Field(Attr::MemoryFootprint, "pss"),
        "memory, shared divided",
    ),
    short("thr", Kind::Count, Source::Attr(Attr::NumThreads), "number of threads"),
    short("fds", Kind::Count, Source::Attr(Attr::NumFds), "open file descriptors"),
    short("state", Kind::Text, Source::Made(only(Attr::Status), state), "state, one letter"),
    short("time", Kind::Seconds, Source::Made(only(Attr::CpuTimes), cpu_time), "CPU time so far"),
    short("started", Kind::Moment, Source::Attr(Attr::CreateTime), "when it began"),
    short("elapsed", Kind::Seconds, Source::Made(only(Attr::CreateTime), elapsed), "time since"),
    short("tty", Kind::Text, Source::Attr(Attr::Terminal), "terminal"),
    short("read", Kind::Bytes, Source::Field(Attr::IoCounters, "read_bytes"), "read from storage"),
    short("write", Kind::Bytes, Source::Field(Attr::IoCounters, "write_bytes"), "sent to storage"),
    short("last_cpu", Kind::Id, Source::Attr(Attr::CpuNum), "CPU it last ran on"),
    short(
        "command",
        Kind::Text,
        Source::Made(only(Attr::Cmdline).with(Attr::Name), command),
        "command line, or [name]",
    ),
];

const fn only(attr: Attr) -> Attrs {
    Attrs::NONE.with(attr)
}

fn state(info: &ProcessInfo, _: f64) -> Cell {
    match info.value(Attr::Status) {
        Some(Value::Status(status)) => Cell::Text(OsString::from(state_letter(*status))),
        _ => Cell::Unreadable,
    }
}

fn state_letter(status: ProcessStatus) -> String {
    use ProcessStatus as S;
    let letter = match status {
        S::Running => 'R',
        S::Sleeping => 'S',
        S::DiskSleep => 'D',
        S::Stopped => 'T',
        S::TracingStop => 't',
        S::Zombie => 'Z',
        S::Dead => 'X',
        S::WakeKill => 'K',
        S::Waking => 'W',
        S::Idle => 'I',
        S::Parked => 'P',
        S::Unknown(letter) => char::from(letter),
        S::Locked | S::Waiting | S::Suspended => '?',
    };
    letter.to_string()
}

fn cpu_time(info: &ProcessInfo, _: f64) -> Cell {
    match info.value(Attr::CpuTimes) {
        Some(Value::CpuTimes(times)) => Cell::Float(times.user + times.system),
        _ => Cell::Unreadable,
    }
}

fn elapsed(info: &ProcessInfo, now: f64) -> Cell {
    match info.value(Attr::CreateTime) {
        Some(Value::CreateTime(began)) => Cell::Float((now - began).max(0.0)),
        _ => Cell::Unreadable,
    }
}

fn command(info: &ProcessInfo, _: f64) -> Cell {
    match (info.value(Attr::Cmdline), info.value(Attr::Name)) {
        (Some(Value::Cmdline(args)), _) if !args.is_empty() => {
            Cell::Text(args.join(OsStr::new(" ")))
        }
        (_, Some(Value::Name(name))) => {
            let mut text = OsString::from("[");
            text.push(name);
            text.push("]");
            Cell::Text(text)
        }
        _ => Cell::Unreadable,
    }
}

/// A column that was asked for.
#[derive(Clone)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    source: Source,
}

impl Column {
    pub(crate) fn header(&self) -> String {
        match self.name.as_str() {
            "cpu" => "%CPU".into(),
            "mem" => "%MEM".into(),
            "state" => "S".into(),
            name => name.to_uppercase(),
        }
    }

    pub(crate) fn attrs(&self) -> Attrs {
        match self.source {
            Source::Attr(attr) | Source::Field(attr, _) => only(attr),
            Source::Made(attrs, _) => attrs,
        }
    }

    /// Whether the column may be shortened to what is left of a line.
    pub(crate) fn is_stretchy(&self) -> bool {
        self.is_command() || self.kind == Kind::Text && matches!(self.source, Source::Attr(_))
    }

    /// Whether its text begins with the program's path.
    pub(crate) fn is_command(&self) -> bool {
        matches!(self.name.as_str(), "command" | "cmdline")
    }

    pub(crate) fn is_user(&self) -> bool {
        matches!(self.source, Source::Attr(Attr::Username))
    }

    pub(crate) fn is_state(&self) -> bool {
        matches!(self.name.as_str(), "state" | "status")
    }

    pub(crate) fn cell(&self, info: &ProcessInfo, now: f64) -> Cell {
        match self.source {
            Source::Attr(attr) => info.value(attr).map_or(Cell::Unreadable, value_cell),
            Source::Field(attr, field) => info
                .value(attr)
                .and_then(|value| fields_of(value)?.into_iter().find(|(name, _)| *name == field))
                .map_or(Cell::Unreadable, |(_, value)| field_cell(value)),
            Source::Made(_, make) => make(info, now),
        }
    }

    /// For people.
    pub(crate) fn show(&self, cell: &Cell, now: f64) -> String {
        show(self.kind, cell, now)
    }

    /// For programs: whole bytes, plain seconds, full dates; nothing where there is nothing.
    pub(crate) fn raw(&self, cell: &Cell) -> String {
        match cell {
            Cell::Unreadable | Cell::None => String::new(),
            Cell::Int(value) => value.to_string(),
            Cell::Float(value) if self.name == "started" => text::moment_full(*value),
            Cell::Float(value) => format_float(*value),
            Cell::Text(value) => text::printable_os(value),
        }
    }
}

/// At most six decimals, so that 0.1 + 0.2 reads 0.3.
fn format_float(value: f64) -> String {
    let text = format!("{value:.6}");
    let text = text.trim_end_matches('0');
    text.strip_suffix('.').unwrap_or(text).to_owned()
}

fn show(kind: Kind, cell: &Cell, now: f64) -> String {
    match (cell, kind) {
        (Cell::Unreadable, _) => "?".into(),
        (Cell::None, _) => "-".into(),
        (Cell::Text(value), _) => text::printable_os(value),
        (Cell::Int(value), Kind::Bytes) => text::bytes(*value as f64),
        (Cell::Int(value), _) => value.to_string(),
        (Cell::Float(value), Kind::Percent) => format!("{value:.1}"),
        (Cell::Float(value), Kind::Seconds) => text::seconds(*value),
        (Cell::Float(value), Kind::Moment) => text::moment(*value, now),
        (Cell::Float(value), _) => format_float(*value),
    }
}

impl FromStr for Column {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        find(name).ok_or_else(|| Error::UnknownColumn { name: name.to_owned() })
    }
}

fn find(name: &str) -> Option<Column> {
    let column = |kind, source| Some(Column { name: name.to_owned(), kind, source });
    if let Some(short) = SHORT.iter().find(|short| short.name == name) {
        return column(short.kind, short.source);
    }
    if let Some((attr, field)) = name.split_once('.') {
        let attr = attr.parse().ok()?;
        let field = field_names(attr).iter().find(|known| **known == field)?;
        return column(field_kind(attr, field), Source::Field(attr, field));
    }
    let attr = name.parse().ok()?;
    column(attr_kind(attr), Source::Attr(attr))
}

/// Columns separated by commas; `all` is every attribute of psutil.
pub(crate) fn parse_list(list: &str) -> Result<Vec<Column>, Error> {
    let mut columns = Vec::new();
    for name in list.split(',').map(str::trim) {
        if name == "all" {
            columns.extend(Attr::ALL.iter().filter_map(|attr| find(attr.as_str())));
        } else {
            columns.push(name.parse()?);
        }
    }
    Ok(columns)
}

/// The known name that a mistyped one is nearest to.
pub(crate) fn nearest(name: &str) -> Option<&'static str> {
    let known = SHORT.iter().map(|short| short.name).chain(Attr::ALL.iter().map(|a| a.as_str()));
    known
        .map(|known| (distance(name, known), known))
        .filter(|(distance, _)| *distance <= 2 && *distance < name.len())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}

/// Levenshtein's.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut next = vec![i + 1];
        for ((y, above), diagonal) in b.iter().zip(row.iter().skip(1)).zip(&row) {
            let left = next.last().copied().unwrap_or_default();
            next.push((diagonal + usize::from(x != *y)).min(above + 1).min(left + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

/// The columns, for `--help`.
pub(crate) fn help() -> String {
    let mut help = String::from("Columns:\n");
    for short in SHORT {
        help += &format!("  {:<9} {}\n", short.name, short.about);
    }
    help += "  psutil's attributes, and ATTRIBUTE.FIELD for those with fields:\n";
    let mut line = String::from("   ");
    for attr in Attr::ALL {
        if line.len() + attr.as_str().len() > 76 {
            help += &format!("{line}\n");
            line = String::from("   ");
        }
        line += &format!(" {attr}");
    }
    help += &format!("{line}\n");
    help + "  Lists (threads, open_files, ...) show their length; --json has them in full.\n  \
            ? stands for what the kernel would not tell, - for what is not there."
}

fn attr_kind(attr: Attr) -> Kind {
    match attr {
        Attr::Pid | Attr::Ppid | Attr::CpuNum | Attr::Nice => Kind::Id,
        Attr::CpuPercent | Attr::MemoryPercent => Kind::Percent,
        Attr::CreateTime => Kind::Moment,
        Attr::Environ
        | Attr::MemoryMaps
        | Attr::NetConnections
        | Attr::NumFds
        | Attr::NumThreads
        | Attr::OpenFiles
        | Attr::Threads => Kind::Count,
        _ => Kind::Text,
    }
}

pub(crate) fn field_names(attr: Attr) -> &'static [&'static str] {
    match attr {
        Attr::CpuTimes => CpuTimes::FIELDS,
        Attr::Gids => Gids::FIELDS,
        Attr::IoCounters => IoCounters::FIELDS,
        Attr::Ionice => IoPriority::FIELDS,
        Attr::MemoryFootprint => MemoryFootprint::FIELDS,
        Attr::MemoryInfo => MemoryInfo::FIELDS,
        Attr::MemoryInfoEx => MemoryInfoEx::FIELDS,
        Attr::NumCtxSwitches => CtxSwitches::FIELDS,
        Attr::PageFaults => PageFaults::FIELDS,
        Attr::Uids => Uids::FIELDS,
        _ => &[],
    }
}

fn field_kind(attr: Attr, field: &str) -> Kind {
    match attr {
        Attr::CpuTimes => Kind::Seconds,
        Attr::MemoryFootprint | Attr::MemoryInfo | Attr::MemoryInfoEx => Kind::Bytes,
        Attr::IoCounters if !field.ends_with("count") => Kind::Bytes,
        Attr::Gids | Attr::Uids => Kind::Id,
        Attr::Ionice if field == "ioclass" => Kind::Text,
        _ => Kind::Count,
    }
}

/// Names and values of a record's fields.
pub(crate) fn fields<R: Record>(record: &R) -> Vec<(&'static str, FieldValue<'_>)> {
    R::FIELDS.iter().copied().zip(record.values()).collect()
}

pub(crate) fn fields_of(value: &Value) -> Option<Vec<(&'static str, FieldValue<'_>)>> {
    Some(match value {
        Value::CpuTimes(record) => fields(record),
        Value::Gids(record) => fields(record),
        Value::IoCounters(record) => fields(record),
        Value::Ionice(record) => fields(record),
        Value::MemoryFootprint(record) => fields(record),
        Value::MemoryInfo(record) => fields(record),
        Value::MemoryInfoEx(record) => fields(&**record),
        Value::NumCtxSwitches(record) => fields(record),
        Value::PageFaults(record) => fields(record),
        Value::Uids(record) => fields(record),
        _ => return None,
    })
}

fn field_cell(value: FieldValue<'_>) -> Cell {
    match value {
        FieldValue::Uint(value) => Cell::Int(value.into()),
        FieldValue::Int(value) => Cell::Int(value.into()),
        FieldValue::Float(value) => Cell::Float(value),
        FieldValue::Text(text) => Cell::os(text),
        FieldValue::IoClass(class) => Cell::os(class.as_str()),
        FieldValue::Family(family) => Cell::os(family.as_str()),
        FieldValue::ConnectionStatus(status) => Cell::os(status.as_str()),
        FieldValue::Address(address) => Cell::os(address.to_string()),
        _ => Cell::Unreadable,
    }
}

fn value_cell(value: &Value) -> Cell {
    let count = |count: usize| Cell::Int(count as i128);
    match value {
        Value::Cmdline(args) if args.is_empty() => Cell::None,
        Value::Cmdline(args) => Cell::Text(args.join(OsStr::new(" "))),
        Value::CpuAffinity(cpus) => Cell::os(ranges(cpus)),
        Value::CpuNum(value) | Value::Nice(value) | Value::Pid(value) | Value::Ppid(value) => {
            Cell::Int((*value).into())
        }
        Value::CpuPercent(value) | Value::CreateTime(value) | Value::MemoryPercent(value) => {
            Cell::Float(*value)
        }
        Value::Cwd(path) | Value::Exe(path) if path == Path::new("") => Cell::None,
        Value::Cwd(path) | Value::Exe(path) => Cell::os(path),
        Value::Environ(list) => count(list.len()),
        Value::MemoryMaps(list) => count(list.len()),
        Value::Name(name) | Value::Username(name) => Cell::os(name),
        Value::NetConnections(list) => count(list.len()),
        Value::NumFds(value) => count(*value),
        Value::NumThreads(value) => Cell::Int((*value).into()),
        Value::OpenFiles(list) => count(list.len()),
        Value::Status(status) => Cell::os(status.as_str()),
        Value::Terminal(None) => Cell::None,
        Value::Terminal(Some(path)) => Cell::os(path.strip_prefix("/dev/").unwrap_or(path)),
        Value::Threads(list) => count(list.len()),
        record => match fields_of(record) {
            Some(_) => Cell::Text(shown_fields(record).join(", ").into()),
            None => Cell::Unreadable,
        },
    }
}

/// `user 0:01.20` and so on, sizes and times for people.
pub(crate) fn shown_fields(value: &Value) -> Vec<String> {
    let attr = attr_of(value);
    let fields = fields_of(value).unwrap_or_default().into_iter();
    let shown = fields.map(|(name, value)| {
        let kind = attr.map_or(Kind::Count, |attr| field_kind(attr, name));
        format!("{name} {}", show(kind, &field_cell(value), 0.0))
    });
    shown.collect()
}

fn attr_of(value: &Value) -> Option<Attr> {
    Some(match value {
        Value::CpuTimes(_) => Attr::CpuTimes,
        Value::Gids(_) => Attr::Gids,
        Value::IoCounters(_) => Attr::IoCounters,
        Value::Ionice(_) => Attr::Ionice,
        Value::MemoryFootprint(_) => Attr::MemoryFootprint,
        Value::MemoryInfo(_) => Attr::MemoryInfo,
        Value::MemoryInfoEx(_) => Attr::MemoryInfoEx,
        Value::Uids(_) => Attr::Uids,
        _ => return None,
    })
}

/// An attribute's value for people.
pub(crate) fn show_value(attr: Attr, value: &Value, now: f64) -> String {
    show(attr_kind(attr), &value_cell(value), now)
}

/// `0-3,8`
fn ranges(numbers: &[usize]) -> String {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for &number in numbers {
        match runs.last_mut() {
            Some((_, end)) if *end + 1 == number => *end = number,
            _ => runs.push((number, number)),
        }
    }
    let shown = runs.into_iter().map(|(start, end)| match start == end {
        true => start.to_string(),
        false => format!("{start}-{end}"),
    });
    shown.collect::<Vec<_>>().join(",")
}

/// A column to sort by, and whether largest comes first.
#[derive(Clone)]
pub(crate) struct SortKey {
    pub(crate) column: Column,
    pub(crate) descending: bool,
}

impl SortKey {
    fn new(column: Column) -> Self {
        let descending = !matches!(column.kind, Kind::Id | Kind::Text);
        Self { column, descending }
    }

    /// What is not known comes last, whatever the direction.
    pub(crate) fn order(&self, a: &Cell, b: &Cell) -> Ordering {
        let order = a.order(b);
        let order = if self.descending { order.reverse() } else { order };
        b.is_known().cmp(&a.is_known()).then(order)
    }
}

/// `COL` in its natural order, `-COL` largest first, `+COL` smallest first; separated by commas.
pub(crate) fn parse_sort(list: &str) -> Result<Vec<SortKey>, Error> {
    list.split(',')
        .map(str::trim)
        .map(|name| match name.split_at_checked(1) {
            Some(("-", name)) => Ok(SortKey { column: name.parse()?, descending: true }),
            Some(("+", name)) => Ok(SortKey { column: name.parse()?, descending: false }),
            _ => Ok(SortKey::new(name.parse()?)),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_attribute_and_field_is_a_column() {
        for attr in Attr::ALL {
            assert_eq!(find(attr.as_str()).unwrap().attrs(), only(*attr));
            for field in field_names(*attr) {
                assert!(find(&format!("{attr}.{field}")).is_some());
            }
        }
        for short in SHORT {
            if let Source::Field(attr, field) = short.source {
                assert!(field_names(attr).contains(&field), "{}", short.name);
            }
            let shadows = short.name.parse::<Attr>().is_ok();
            assert!(!shadows, "{} hides an attribute", short.name);
        }
        assert_eq!(parse_list("all").unwrap().len(), Attr::ALL.len());
    }

    #[test]
    fn a_wrong_column_is_named() {
        let error = parse_list("pid,commnd").err().unwrap().to_string();
        assert!(error.contains("no column 'commnd'; did you mean 'command'?"), "{error}");
        assert!(parse_list("pid,,name").is_err());
        assert!(parse_list("memory_info.nope").is_err());
    }

    #[test]
    fn sort_directions() {
        let keys = parse_sort("cpu,-pid,+rss,user").unwrap();
        let directions: Vec<bool> = keys.iter().map(|key| key.descending).collect();
        assert_eq!(directions, [true, true, false, false]);
        let cpu = &keys[0];
        assert_eq!(cpu.order(&Cell::Float(2.0), &Cell::Float(1.0)), Ordering::Less);
        assert_eq!(cpu.order(&Cell::Float(0.0), &Cell::Unreadable), Ordering::Less);
        assert_eq!(keys[2].order(&Cell::Int(1), &Cell::Unreadable), Ordering::Less);
    }

    #[test]
    fn runs_of_cpus() {
        assert_eq!(ranges(&[0, 1, 2, 5, 7, 8]), "0-2,5,7-8");
        assert_eq!(ranges(&[]), "");
    }
}
