use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex};

use super::{Attrs, OneShot, Pid, Process, ProcessInfo, Shared, Snapshot, lock};
use crate::env::Roots;
use crate::error::Result;
use crate::sys::process::Sources;
use crate::sys::threads::{in_chunks, threads};

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
    /// A process that ends before or while it is read is left out. Where there are many (128), they
    /// are read some hundreds at a time on several threads, which end before the first of them is
    /// returned: one per CPU, 8 at most, or as many as the environment variable `SYSVITALS_THREADS`
    /// says if that is fewer.
    ///
    /// # Errors
    /// [`Os`](crate::ErrorKind::Os) where `/proc` cannot be listed.
    pub fn read(&self, attrs: Attrs) -> Result<ProcessInfoIter> {
        Ok(ProcessInfoIter::new(self.pass(attrs)?))
    }

    /// The running processes with a set of attributes as a table, in the order of PIDs.
    ///
    /// A process that ends before its `stat` is read has no row; of one that ends later, what was
    /// not read is null. Reads on several threads, as [`read`](Self::read) does.
    ///
    /// # Errors
    /// [`Os`](crate::ErrorKind::Os) where `/proc` cannot be listed.
    pub fn snapshot(&self, attrs: Attrs) -> Result<Snapshot> {
        let mut pass = self.pass(attrs)?;
        pass.plan = pass.plan.union(Sources::STAT);
        let pids = pass.pids.as_slice();
        let parts = in_chunks(pids, pass.threads, |pids, buf| {
            let mut part = Snapshot::new(attrs);
            let add = |&pid| (pid, pass.row(pid, buf, &mut part));
            let met: Vec<_> = pids.iter().map(add).collect();
            (met, part)
        });
        let mut all = Snapshot::new(attrs);
        for (met, part) in parts {
            pass.settle(met.iter().map(|(pid, process)| (*pid, process.as_ref())));
            all.append(part);
        }
        Ok(all)
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
            threads: threads(pids.len()),
            pids: pids.into_iter(),
            known,
            attrs,
            plan: attrs.plan(),
            shared: Shared::new(&self.0.roots),
        })
    }
}

struct Pass {
    table: ProcessTable,
    threads: usize,
    pids: std::vec::IntoIter<Pid>,
    /// The table as it was when the pass began: concurrent passes do not disturb each other.
    known: BTreeMap<Pid, Process>,
    attrs: Attrs,
    plan: Sources,
    shared: Shared,
}

impl Pass {
    fn process(&self, pid: Pid) -> Option<Process> {
        if let Some(process) = self.known.get(&pid) {
            return Some(process.clone());
        }
        let process = self.table.0.roots.process(pid).ok()?;
        lock(&self.table.0.known).insert(pid, process.clone());
        Some(process)
    }

    /// Remembers the processes that were met, and forgets those that are gone.
    fn settle<'a>(&self, met: impl Iterator<Item = (Pid, Option<&'a Process>)>) {
        let is_known = |pid, process| {
            self.known.get(&pid).is_some_and(|known: &Process| known.is_same_handle(process))
        };
        let mut table = lock(&self.table.0.known);
        for (pid, process) in met {
            match process {
                None => drop(table.remove(&pid)),
                Some(process) if is_known(pid, process) => {}
                Some(process) => drop(table.insert(pid, process.clone())),
            }
        }
    }

    /// A view of the process that has the PID now; None where there is none.
    fn view(&self, pid: Pid, buf: &mut Vec<u8>) -> Option<OneShot<'_>> {
        if let Some(process) = self.known.get(&pid) {
            let view = OneShot::planned(process, self.plan, &self.shared, std::mem::take(buf));
            // Where `stat` is read anyway, a PID that changed hands since the last pass is noticed.
            if !self.plan.contains(Sources::STAT) || !view.is_someone_else().unwrap_or(false) {
                return Some(view);
            }
            *buf = view.into_parts().1;
        }
        let roots = &self.table.0.roots;
        OneShot::discover(pid, roots, self.plan, &self.shared, std::mem::take(buf)).ok()
    }

    fn info(&self, pid: Pid, buf: &mut Vec<u8>) -> Option<ProcessInfo> {
        ProcessInfo::read_view(self.view(pid, buf)?, self.attrs, buf).ok()
    }

    /// Adds the row of a process; None where it is gone.
    fn row(&self, pid: Pid, buf: &mut Vec<u8>, into: &mut Snapshot) -> Option<Process> {
        let view = self.view(pid, buf)?;
        // A known process has been looked at by now too, and has gone where that has failed so.
        let is_gone = view.start_ticks().is_err_and(|error| error.is_no_such_process());
        if !is_gone {
            into.push(&view);
        }
        let (process, used) = view.into_parts();
        *buf = used;
        (!is_gone).then(|| process.into_owned())
    }
}

/// Iterator over the running processes; from [`ProcessTable::iter`] and [`process_iter`].
pub struct ProcessIter(Pass);

impl ProcessIter {
    /// The next process, if it is one that was seen before and needs no reading.
    #[doc(hidden)]
    pub fn next_known(&mut self) -> Option<Process> {
        let known = self.0.known.get(self.0.pids.as_slice().first()?)?.clone();
        self.0.pids.next();
        Some(known)
    }
}

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
pub struct ProcessInfoIter {
    pass: Pass,
    /// Read and not yet asked for: at most a [`BLOCK`].
    ready: std::vec::IntoIter<ProcessInfo>,
    buf: Vec<u8>,
}

/// How many processes several threads read before the caller has the first.
const BLOCK: usize = 512;

impl ProcessInfoIter {
    fn new(pass: Pass) -> Self {
        Self { pass, ready: Vec::new().into_iter(), buf: Vec::with_capacity(8192) }
    }

    /// The next answer, if it has been read already.
    #[doc(hidden)]
    pub fn next_ready(&mut self) -> Option<ProcessInfo> {
        self.ready.next()
    }

    /// Reads the next processes on several threads.
    fn read_block(&mut self) {
        let pids = self.pass.pids.as_slice();
        let (block, _) = pids.split_at(pids.len().min(BLOCK));
        let read = in_chunks(block, self.pass.threads, |pids, buf| {
            pids.iter().map(|&pid| (pid, self.pass.info(pid, buf))).collect::<Vec<_>>()
        });
        let met = read.iter().flatten();
        self.pass.settle(met.map(|(pid, info)| (*pid, info.as_ref().map(ProcessInfo::process))));
        let infos: Vec<_> = read.into_iter().flatten().filter_map(|(_, info)| info).collect();
        self.ready = infos.into_iter();
        self.pass.pids.nth(block.len().saturating_sub(1));
    }
}

impl Iterator for ProcessInfoIter {
    type Item = ProcessInfo;

    fn next(&mut self) -> Option<ProcessInfo> {
        loop {
            if let Some(info) = self.ready.next() {
                return Some(info);
            }
            if self.pass.threads > 1 && self.pass.pids.len() > 1 {
                self.read_block();
                continue;
            }
            let pid = self.pass.pids.next()?;
            let info = self.pass.info(pid, &mut self.buf);
            self.pass.settle([(pid, info.as_ref().map(ProcessInfo::process))].into_iter());
            if info.is_some() {
                return info;
            }
        }
    }
}

pub(super) static TABLE: LazyLock<ProcessTable> = LazyLock::new(ProcessTable::new);

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
