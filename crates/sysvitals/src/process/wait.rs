use std::collections::HashSet;
use std::io;
use std::process::ExitStatus;
use std::time::Duration;

use super::{Process, lock};
use crate::error::{Error, Result};
use crate::sys;

impl Process {
    /// Waits for the process to end: its exit status if it was our child, None if it was not, or if
    /// somebody else collected the status.
    ///
    /// The status of a child is collected, unless a [`std::process::Child`] owns it (see
    /// [`from_child`](Self::from_child)). The first answer is kept and given again. For another's
    /// child the wait ends when its parent has collected it. The wait sleeps on a pidfd; before
    /// Linux 5.3 it looks again after at most 40 ms.
    ///
    /// # Errors
    /// [`TimeoutExpired`](crate::ErrorKind::TimeoutExpired); a timeout of zero asks without
    /// waiting.
    pub fn wait(&self, timeout: Option<Duration>) -> Result<Option<ExitStatus>> {
        self.wait_interruptible(timeout, || Ok(()))
    }

    /// As [`wait`](Self::wait), asking `interrupted` when a signal has broken the sleep whether to
    /// go on.
    ///
    /// # Errors
    /// As [`wait`](Self::wait), and [`Os`](crate::ErrorKind::Os) with the error of `interrupted`.
    pub fn wait_interruptible(
        &self,
        timeout: Option<Duration>,
        mut interrupted: impl FnMut() -> io::Result<()>,
    ) -> Result<Option<ExitStatus>> {
        if let Some(exit) = self.0.exit.get() {
            return Ok(*exit);
        }
        sys::wait::wait(self, timeout, &mut || interrupted().map_err(Error::os))
            .map_err(|error| error.with_name(self.known_name()))
    }

    /// Looks whether the process has ended, and keeps the answer before another thread can look:
    /// that one would find the process gone, and no status.
    pub(crate) fn settle(
        &self,
        look: impl FnOnce() -> Result<Option<Option<ExitStatus>>>,
    ) -> Result<Option<Option<ExitStatus>>> {
        let _settling = lock(&self.0.settling);
        if let Some(exit) = self.returncode() {
            return Ok(Some(exit));
        }
        Ok(look()?.map(|exit| self.remember_exit(exit)))
    }

    pub(super) fn remember_exit(&self, exit: Option<ExitStatus>) -> Option<ExitStatus> {
        if exit.is_none() || !self.is_borrowed_child() {
            self.mark_gone();
        }
        *self.0.exit.get_or_init(|| exit)
    }

    /// What [`wait`](Self::wait) has found: None before it has, else its answer.
    pub fn returncode(&self) -> Option<Option<ExitStatus>> {
        self.0.exit.get().copied()
    }
}

/// Waits for many processes at once: those that ended, in the order in which they did, and those
/// that have not when the timeout expires.
///
/// `ended` is called for each as it ends, in the calling thread. All pidfds are in
/// one `epoll(7)` set: the cost of an exit does not grow with the number of the others.
///
/// ```
/// use std::time::Duration;
/// use sysvitals::{Process, wait_procs};
///
/// let children = Process::current().children(true)?;
/// for child in &children {
///     child.terminate()?;
/// }
/// let (gone, alive) = wait_procs(children, Some(Duration::from_secs(3)), |child| {
///     println!("{child} ended: {:?}", child.returncode());
/// })?;
/// for child in alive {
///     child.kill()?;
/// }
/// # Ok::<(), sysvitals::Error>(())
/// ```
///
/// # Errors
/// [`Os`](crate::ErrorKind::Os) where the kernel refuses to wait at all.
pub fn wait_procs(
    processes: impl IntoIterator<Item = Process>,
    timeout: Option<Duration>,
    mut ended: impl FnMut(&Process),
) -> Result<(Vec<Process>, Vec<Process>)> {
    let ended = |process: &Process| {
        ended(process);
        Ok(())
    };
    wait_procs_interruptible(processes, timeout, ended, || Ok(()))
}

/// As [`wait_procs`], ending early with the first error of `ended` or of `interrupted`, which is
/// called when a signal has broken the sleep.
///
/// # Errors
/// As [`wait_procs`], and [`Os`](crate::ErrorKind::Os) with the error of a callback.
pub fn wait_procs_interruptible(
    processes: impl IntoIterator<Item = Process>,
    timeout: Option<Duration>,
    mut ended: impl FnMut(&Process) -> io::Result<()>,
    mut interrupted: impl FnMut() -> io::Result<()>,
) -> Result<(Vec<Process>, Vec<Process>)> {
    let mut seen = HashSet::new();
    let processes: Vec<Process> =
        processes.into_iter().filter(|process| seen.insert(process.clone())).collect();
    let mut gone = Vec::new();
    let mut is_gone = vec![false; processes.len()];
    let mut end = |index: usize, process: &Process| {
        if let Some(flag) = is_gone.get_mut(index) {
            *flag = true;
        }
        gone.push(process.clone());
        ended(process).map_err(Error::os)
    };
    let mut waiting = Vec::with_capacity(processes.len());
    let mut places = Vec::with_capacity(processes.len());
    for (index, process) in processes.iter().enumerate() {
        if process.returncode().is_some() {
            end(index, process)?;
        } else {
            waiting.push(process.clone());
            places.push(index);
        }
    }
    let end_waiting = |place: usize| match (waiting.get(place), places.get(place)) {
        (Some(process), Some(&index)) => end(index, process),
        _ => Ok(()),
    };
    sys::wait::wait_all(&waiting, timeout, end_waiting, &mut || interrupted().map_err(Error::os))?;
    let alive = processes
        .into_iter()
        .zip(is_gone)
        .filter_map(|(process, is_gone)| (!is_gone).then_some(process))
        .collect();
    Ok((gone, alive))
}
