use std::collections::HashSet;
use std::process::ExitStatus;
use std::time::Duration;

use super::Process;
use crate::error::Result;
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
        if let Some(exit) = self.0.exit.get() {
            return Ok(*exit);
        }
        let exit =
            sys::wait::wait(self, timeout).map_err(|error| error.with_name(self.known_name()))?;
        Ok(self.remember_exit(exit))
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
/// `ended` is called for each as it ends, in the calling thread. All pidfds are polled together:
/// the cost of an exit does not grow by sleeping in turns on the others.
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
    let mut seen = HashSet::new();
    let processes: Vec<Process> =
        processes.into_iter().filter(|process| seen.insert(process.clone())).collect();
    let mut gone = Vec::new();
    let mut is_gone = vec![false; processes.len()];
    let mut end = |index: usize, process: &Process| {
        ended(process);
        if let Some(flag) = is_gone.get_mut(index) {
            *flag = true;
        }
        gone.push(process.clone());
    };
    let mut waiting = Vec::with_capacity(processes.len());
    let mut places = Vec::with_capacity(processes.len());
    for (index, process) in processes.iter().enumerate() {
        if process.returncode().is_some() {
            end(index, process);
        } else {
            waiting.push(process.clone());
            places.push(index);
        }
    }
    sys::wait::wait_all(&waiting, timeout, |place, exit| {
        if let (Some(process), Some(&index)) = (waiting.get(place), places.get(place)) {
            process.remember_exit(exit);
            end(index, process);
        }
    })?;
    let alive = processes
        .into_iter()
        .zip(is_gone)
        .filter_map(|(process, is_gone)| (!is_gone).then_some(process))
        .collect();
    Ok((gone, alive))
}
