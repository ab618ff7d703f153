use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex};

use super::{Attrs, OneShot, Pid, Process, ProcessInfo, Shared, lock};
use crate::env::Roots;
use crate::error::Result;

/// The processes seen so far, so that each keeps one [`Process`] from pass to pass (and with it the
/// sample that `cpu_percent` compares with).
///
/// [`process_iter`] uses one table for the whole program; a program that must not share it has its
/// own.
///
/// ```
/// use sysvitals::{Attr, ProcessTable, Value};
///
/// let table = ProcessTable::new();
/// for info in table.read([Attr::Name, Attr::Username].into())? {
///     if let Some(Value::Name(name)) = info.value(Attr::Name) {
///         println!("{} {}", info.process().pid(), name.display());
///     }
/// }
/// # Ok::<(), sysvitals::Error>(())
/// ```
///
/// A cheap handle: clones share the processes.
#[derive(Clone, Debug, Default)]
pub struct ProcessTable(Arc<Table>);

#[derive(Debug, Default)]
struct Table {
    roots: Roots,
    known: Mutex<BTreeMap<Pid, Process>>,
}

impl ProcessTable {
    /// An empty table of this host's processes.
    pub fn new() -> Self {
        Self::default()
    }

    pub(crate) fn with_roots(roots: &Roots) -> Self {
        Self(Arc::new(Table { roots: roots.clone(), known: Mutex::default() }))
    }

    /// The running processes, in the order of PIDs.
    ///
    /// A process that ends before its turn is left out.
    ///
    /// # Errors
    /// [`Os`](crate::ErrorKind::Os) where `/proc` cannot be listed.
    pub fn iter(&self) -> Result<ProcessIter> {
        Ok(ProcessIter(self.pass(Attrs::NONE)?))
    }

    /// The running processes with a set of attributes, each kernel file read at most once, in the
    /// order of PIDs.
    ///
    /// A process that ends before or while it is read is left out.
    ///
    /// # Errors
    /// [`Os`](crate::ErrorKind::Os) where `/proc` cannot be listed.
    pub fn read(&self, attrs: Attrs) -> Result<ProcessInfoIter> {
        Ok(ProcessInfoIter(self.pass(attrs)?))
    }

    /// Forgets every process.
    pub fn cache_clear(&self) {
        lock(&self.0.known).clear();
    }

    /// Forgets processes that are no longer running, and those whose PID was reused.
    fn pass(&self, attrs: Attrs) -> Result<Pass> {
        let pids = self.0.roots.pids()?;
        let mut known = lock(&self.0.known);
        known.retain(|pid, process| pids.binary_search(pid).is_ok() && !process.is_pid_reused());
        let known = known.clone();
        Ok(Pass {
            table: self.clone(),
            pids: pids.into_iter(),
            known,
            attrs,
            shared: Shared::new(&self.0.roots),
            buf: Vec::with_capacity(8192),
        })
    }
}

struct Pass {
    table: ProcessTable,
    pids: std::vec::IntoIter<Pid>,
    /// The table as it was when the pass began: concurrent passes do not disturb each other.
    known: BTreeMap<Pid, Process>,
    attrs: Attrs,
    shared: Shared,
    buf: Vec<u8>,
}

impl Pass {
    fn forget(&self, pid: Pid) {
        lock(&self.table.0.known).remove(&pid);
    }

    fn remember(&self, process: &Process) {
        lock(&self.table.0.known).insert(process.pid(), process.clone());
    }

    fn process(&mut self, pid: Pid) -> Option<Process> {
        if let Some(process) = self.known.remove(&pid) {
            return Some(process);
        }
        let process = self.table.0.roots.process(pid).ok()?;
        self.remember(&process);
        Some(process)
    }

    fn info(&mut self, pid: Pid) -> Option<ProcessInfo> {
        let info = match self.known.remove(&pid) {
            Some(process) => self.read_known(&process),
            None => self.discover(pid),
        };
        if info.is_none() {
            self.forget(pid);
        }
        info
    }

    fn read_known(&mut self, process: &Process) -> Option<ProcessInfo> {
        let buf = std::mem::take(&mut self.buf);
        let view = OneShot::planned(process, self.attrs.plan(), &self.shared, buf);
        // Where `stat` is read anyway, a PID that changed hands since the last pass is noticed.
        let reads_stat = self.attrs.plan().contains(crate::sys::process::Sources::STAT);
        if reads_stat && view.is_someone_else().unwrap_or(false) {
            self.buf = view.into_parts().1;
            return self.discover(process.pid());
        }
        ProcessInfo::read_view(view, self.attrs, &mut self.buf).ok()
    }

    fn discover(&mut self, pid: Pid) -> Option<ProcessInfo> {
        let buf = std::mem::take(&mut self.buf);
        let roots = &self.table.0.roots;
        let view = OneShot::discover(pid, roots, self.attrs.plan(), &self.shared, buf).ok()?;
        let info = ProcessInfo::read_view(view, self.attrs, &mut self.buf).ok()?;
        self.remember(info.process());
        Some(info)
    }
}

/// Iterator over the running processes; from [`ProcessTable::iter`] and [`process_iter`].
pub struct ProcessIter(Pass);

impl Iterator for ProcessIter {
    type Item = Process;

    fn next(&mut self) -> Option<Process> {
        loop {
            let pid = self.0.pids.next()?;
            if let Some(process) = self.0.process(pid) {
                return Some(process);
            }
        }
    }
}

/// Iterator over what was read of the running processes; from [`ProcessTable::read`].
pub struct ProcessInfoIter(Pass);

impl Iterator for ProcessInfoIter {
    type Item = ProcessInfo;

    fn next(&mut self) -> Option<ProcessInfo> {
        loop {
            let pid = self.0.pids.next()?;
            if let Some(info) = self.0.info(pid) {
                return Some(info);
            }
        }
    }
}

static TABLE: LazyLock<ProcessTable> = LazyLock::new(ProcessTable::new);

/// The running processes of this host, in the order of PIDs, each with one [`Process`] from call to
/// call.
///
/// [`process_iter_cache_clear`] forgets them.
///
/// # Errors
/// [`Os`](crate::ErrorKind::Os) where `/proc` cannot be listed.
pub fn process_iter() -> Result<ProcessIter> {
    TABLE.iter()
}

/// Forgets the processes that [`process_iter`] has seen.
pub fn process_iter_cache_clear() {
    TABLE.cache_clear();
}
