use std::borrow::Cow;
use std::ffi::OsString;
use std::fmt;
use std::ops::{BitOr, Sub};
use std::path::PathBuf;
use std::str::FromStr;

use super::snapshot::{Cell, Column};
use super::{
    CpuTimes, CtxSwitches, Environ, Gids, IoCounters, IoPriority, MemoryFootprint, MemoryInfo,
    MemoryInfoEx, MemoryMapGrouped, MemoryType, OneShot, OpenFile, PageFaults, Pid, Process,
    ProcessStatus, Shared, Thread, Uids,
};
use crate::error::{Error, ErrorKind, Result};
use crate::net::{Connection, ConnectionKind};
use crate::sys::process::Sources;

macro_rules! attrs {
    ($($variant:ident = $name:literal: $type:ty, |$view:ident| $read:expr;)*) => {
        /// An attribute of a process: one of the names that psutil's `as_dict` accepts.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Attr {
            $(#[doc = concat!("`", $name, "`")] $variant,)*
        }

        /// The value of an [`Attr`].
        #[derive(Clone, Debug, PartialEq)]
        pub enum Value {
            $(#[doc = concat!("[`Attr::", stringify!($variant), "`]")] $variant($type),)*
        }

        impl Attr {
            /// Every attribute, in the order of the names.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// psutil's name for it.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }

            fn read(self, view: &OneShot<'_>) -> Result<Value> {
                match self {
                    $(Self::$variant => {
                        let $view = view;
                        $read.map(Value::$variant)
                    })*
                }
            }

            /// An empty column of its values.
            pub(super) fn column(self) -> Column {
                match self {
                    $(Self::$variant => <$type as Cell>::column(),)*
                }
            }
        }

        impl Value {
            pub(super) fn add_to(&self, column: &mut Column) {
                match self {
                    $(Self::$variant(value) => Cell::add_to(value, column),)*
                }
            }
        }
    };
}

attrs! {
    Cmdline = "cmdline": Vec<OsString>, |v| v.cmdline();
    CpuAffinity = "cpu_affinity": Vec<usize>, |v| v.cpu_affinity();
    CpuNum = "cpu_num": i32, |v| v.cpu_num();
    CpuPercent = "cpu_percent": f64, |v| v.cpu_percent();
    CpuTimes = "cpu_times": CpuTimes, |v| v.cpu_times();
    CreateTime = "create_time": f64, |v| v.create_time();
    Cwd = "cwd": PathBuf, |v| v.cwd();
    Environ = "environ": Environ, |v| v.environ();
    Exe = "exe": PathBuf, |v| v.exe();
    Gids = "gids": Gids, |v| v.gids();
    IoCounters = "io_counters": IoCounters, |v| v.io_counters();
    Ionice = "ionice": IoPriority, |v| v.ionice();
    MemoryFootprint = "memory_footprint": MemoryFootprint, |v| v.memory_footprint();
    MemoryInfo = "memory_info": MemoryInfo, |v| v.memory_info();
    MemoryInfoEx = "memory_info_ex": Box<MemoryInfoEx>, |v| v.memory_info_ex().map(Box::new);
    MemoryMaps = "memory_maps": Vec<MemoryMapGrouped>, |v| v.memory_maps_grouped();
    MemoryPercent = "memory_percent": f64, |v| v.memory_percent(MemoryType::Rss);
    Name = "name": OsString, |v| v.name();
    NetConnections = "net_connections": Vec<Connection>,
        |v| v.net_connections(ConnectionKind::Inet);
    Nice = "nice": i32, |v| v.nice();
    NumCtxSwitches = "num_ctx_switches": CtxSwitches, |v| v.num_ctx_switches();
    NumFds = "num_fds": usize, |v| v.num_fds();
    NumThreads = "num_threads": u64, |v| v.num_threads();
    OpenFiles = "open_files": Vec<OpenFile>, |v| v.open_files();
    PageFaults = "page_faults": PageFaults, |v| v.page_faults();
    Pid = "pid": Pid, |v| Ok(v.process().pid());
    Ppid = "ppid": Pid, |v| v.ppid();
    Status = "status": ProcessStatus, |v| v.status();
    Terminal = "terminal": Option<PathBuf>, |v| v.terminal();
    Threads = "threads": Vec<Thread>, |v| v.threads();
    Uids = "uids": Uids, |v| v.uids();
    Username = "username": OsString, |v| v.username();
}

impl fmt::Display for Attr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Attr {
    type Err = Error;

    /// # Errors
    /// [`InvalidInput`](ErrorKind::InvalidInput) naming the text.
    fn from_str(text: &str) -> Result<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|attr| attr.as_str() == text)
            .ok_or_else(|| Error::invalid(format!("invalid attr name '{}'", text.escape_debug())))
    }
}

/// A set of [`Attr`]s.
///
/// ```
/// use sysvitals::{Attr, Attrs};
///
/// let attrs: Attrs = "pid,name,cpu_times".parse()?;
/// assert!(attrs.contains(Attr::Name));
/// let quick = Attrs::ALL - Attrs::from([Attr::MemoryMaps, Attr::MemoryFootprint]);
/// assert_eq!(quick.len(), Attrs::ALL.len() - 2);
/// assert_eq!("nam".parse::<Attrs>().unwrap_err().to_string(), "invalid attr name 'nam'");
/// # Ok::<(), sysvitals::Error>(())
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Attrs(u64);

impl Attrs {
    /// No attribute.
    pub const NONE: Self = Self(0);
    /// Every attribute.
    pub const ALL: Self = Self((1 << Attr::ALL.len()) - 1);

    /// Whether the set has the attribute.
    pub const fn contains(self, attr: Attr) -> bool {
        self.0 >> attr as u64 & 1 == 1
    }

    /// The set with the attribute.
    #[must_use]
    pub const fn with(self, attr: Attr) -> Self {
        Self(self.0 | 1 << attr as u64)
    }

    /// How many attributes the set has.
    pub const fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// Whether the set has none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The attributes, in the order of the names.
    pub fn iter(self) -> impl Iterator<Item = Attr> {
        Attr::ALL.iter().copied().filter(move |&attr| self.contains(attr))
    }

    fn any(self, attrs: &[Attr]) -> bool {
        attrs.iter().any(|&attr| self.contains(attr))
    }

    /// The files that some attribute can only be read from; what can be had from several is then
    /// taken from these.
    pub(crate) fn plan(self) -> Sources {
        let mut plan = Sources::default();
        if self.any(&[
            Attr::Name,
            Attr::Ppid,
            Attr::Status,
            Attr::CpuTimes,
            Attr::CpuPercent,
            Attr::CpuNum,
            Attr::PageFaults,
            Attr::Terminal,
        ]) {
            plan = plan.union(Sources::STAT);
        }
        if self.any(&[
            Attr::Uids,
            Attr::Gids,
            Attr::Username,
            Attr::NumCtxSwitches,
            Attr::MemoryInfoEx,
        ]) {
            plan = plan.union(Sources::STATUS);
        }
        if self.contains(Attr::Cmdline) {
            plan = plan.union(Sources::CMDLINE);
        }
        plan
    }
}

impl fmt::Debug for Attrs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(Attr::as_str)).finish()
    }
}

impl FromIterator<Attr> for Attrs {
    fn from_iter<I: IntoIterator<Item = Attr>>(attrs: I) -> Self {
        attrs.into_iter().fold(Self::NONE, Self::with)
    }
}

impl<const N: usize> From<[Attr; N]> for Attrs {
    fn from(attrs: [Attr; N]) -> Self {
        attrs.into_iter().collect()
    }
}

impl BitOr for Attrs {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl Sub for Attrs {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}

impl FromStr for Attrs {
    type Err = Error;

    /// Reads names separated by commas.
    ///
    /// # Errors
    /// [`InvalidInput`](ErrorKind::InvalidInput) naming those that are none.
    fn from_str(text: &str) -> Result<Self> {
        let mut attrs = Self::NONE;
        let mut unknown = Vec::new();
        for name in text.split(',').map(str::trim).filter(|name| !name.is_empty()) {
            match name.parse() {
                Ok(attr) => attrs = attrs.with(attr),
                Err(_) => unknown.push(format!("'{}'", name.escape_debug())),
            }
        }
        match unknown.as_slice() {
            [] => Ok(attrs),
            [name] => Err(Error::invalid(format!("invalid attr name {name}"))),
            names => Err(Error::invalid(format!("invalid attr names {}", names.join(", ")))),
        }
    }
}

/// What was read of a process: an answer or an error for each attribute asked.
#[derive(Debug)]
pub struct ProcessInfo {
    process: Process,
    values: Vec<(Attr, Result<Value>)>,
}

impl ProcessInfo {
    pub(crate) fn read(process: &Process, attrs: Attrs, shared: &Shared) -> Result<Self> {
        let view = OneShot::planned(process, attrs.plan(), shared, Vec::new());
        let values = read_all(&view, attrs)?;
        Ok(Self { process: process.clone(), values })
    }

    /// As [`read`](Self::read), with a buffer that goes from process to process.
    pub(crate) fn read_view(view: OneShot<'_>, attrs: Attrs, buf: &mut Vec<u8>) -> Result<Self> {
        let values = read_all(&view, attrs);
        let (process, used) = view.into_parts();
        *buf = used;
        Ok(Self { process: Cow::into_owned(process), values: values? })
    }

    /// The process.
    pub fn process(&self) -> &Process {
        &self.process
    }

    /// The answer for an attribute; None if it was not asked.
    pub fn get(&self, attr: Attr) -> Option<&Result<Value>> {
        // The answers are in the order of the attributes.
        let place = self.values.binary_search_by_key(&attr, |(known, _)| *known).ok()?;
        self.values.get(place).map(|(_, value)| value)
    }

    /// The value of an attribute; None if it was not asked or could not be read.
    pub fn value(&self, attr: Attr) -> Option<&Value> {
        self.get(attr)?.as_ref().ok()
    }

    /// Attributes and answers, in the order of the names.
    pub fn iter(&self) -> impl Iterator<Item = (Attr, &Result<Value>)> {
        self.values.iter().map(|(attr, value)| (*attr, value))
    }
}

impl IntoIterator for ProcessInfo {
    type Item = (Attr, Result<Value>);
    type IntoIter = std::vec::IntoIter<Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.values.into_iter()
    }
}

impl OneShot<'_> {
    /// The value of an attribute.
    ///
    /// # Errors
    /// As the getter of that name.
    pub fn get(&self, attr: Attr) -> Result<Value> {
        attr.read(self)
    }
}

fn read_all(view: &OneShot<'_>, attrs: Attrs) -> Result<Vec<(Attr, Result<Value>)>> {
    let mut values = Vec::with_capacity(attrs.len());
    for attr in attrs.iter() {
        match attr.read(view) {
            // The process is gone: what was read before is of no use to anyone.
            Err(error) if error.kind() == ErrorKind::NoSuchProcess => return Err(error),
            answer => values.push((attr, answer)),
        }
    }
    Ok(values)
}
