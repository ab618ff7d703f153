use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::thread;
use std::time::{Duration, Instant};

use rustix::io::Errno;

use crate::error::{Error, Result};
use crate::process::Process;
use crate::sys::pal::{self, Reaped};

/// Called when a signal has broken a sleep; may end the wait.
pub(crate) type Interrupted<'a> = dyn FnMut() -> Result<()> + 'a;

/// How long a wait that no descriptor can end sleeps: doubled from the first to the second.
const FIRST_SLEEP: Duration = Duration::from_micros(100);
const LAST_SLEEP: Duration = Duration::from_millis(40);

/// How many descriptors a wait for more processes than there are descriptors leaves free.
const SPARE: usize = 32;

/// Waits for one process: its status if it was our child, None if it was not (any longer).
pub(crate) fn wait(
    process: &Process,
    timeout: Option<Duration>,
    interrupted: &mut Interrupted<'_>,
) -> Result<Option<ExitStatus>> {
    let deadline = Deadline::after(timeout);
    let mut waiter = Waiter::new(process);
    let mut sleep = FIRST_SLEEP;
    loop {
        if let Some(end) = waiter.check()? {
            return Ok(end);
        }
        let Some(left) = deadline.left() else {
            return Err(Error::timeout_expired(timeout.unwrap_or_default(), process.pid()));
        };
        if waiter.pidfd.is_none() {
            thread::sleep(left.map_or(sleep, |left| left.min(sleep)));
            sleep = (sleep * 2).min(LAST_SLEEP);
            interrupted()?;
        } else {
            poll(&mut [&mut waiter], left, &mut sleep, interrupted)?;
        }
    }
}

/// Waits for many processes with one `poll(2)` over all their pidfds, calling `ended` for each as
/// it ends; returns at the deadline, or as soon as none is left.
pub(crate) fn wait_all(
    processes: &[Process],
    timeout: Option<Duration>,
    mut ended: impl FnMut(usize) -> Result<()>,
    interrupted: &mut Interrupted<'_>,
) -> Result<()> {
    let deadline = Deadline::after(timeout);
    let mut waiters: Vec<_> = processes.iter().map(Waiter::new).enumerate().collect();
    if waiters.iter().any(|(_, waiter)| waiter.starved) {
        // Looking at `/proc`, and whoever else runs in this program, need descriptors too.
        for (_, waiter) in waiters.iter_mut().rev().filter(|(_, w)| w.pidfd.is_some()).take(SPARE) {
            waiter.pidfd = None;
        }
    }
    let mut sleep = FIRST_SLEEP;
    loop {
        let mut failed = None;
        waiters.retain_mut(|(index, waiter)| {
            if failed.is_some() || !waiter.due() {
                return true;
            }
            match waiter.check() {
                Ok(None) => true,
                Ok(Some(_)) => {
                    failed = ended(*index).err();
                    false
                }
                Err(error) => {
                    failed = Some(error);
                    true
                }
            }
        });
        if let Some(error) = failed {
            return Err(error);
        }
        let Some(left) = deadline.left() else { return Ok(()) };
        if waiters.is_empty() {
            return Ok(());
        }
        let mut all: Vec<_> = waiters.iter_mut().map(|(_, waiter)| waiter).collect();
        poll(&mut all, left, &mut sleep, interrupted)?;
    }
}

struct Deadline(Option<Instant>);

impl Deadline {
    fn after(timeout: Option<Duration>) -> Self {
        // A deadline that no clock reaches is none.
        Self(timeout.and_then(|timeout| Instant::now().checked_add(timeout)))
    }

    /// None once it is over; else the time left, None for no deadline at all.
    fn left(&self) -> Option<Option<Duration>> {
        match self.0 {
            None => Some(None),
            Some(deadline) => match deadline.saturating_duration_since(Instant::now()) {
                Duration::ZERO => None,
                left => Some(Some(left)),
            },
        }
    }
}

struct Waiter<'p> {
    process: &'p Process,
    pidfd: Option<OwnedFd>,
    /// There was no descriptor left for a pidfd.
    starved: bool,
    /// The pidfd has told that the process exited, but somebody else's wait is still due.
    exited: bool,
    /// There may be news since the last check.
    due: bool,
}

impl<'p> Waiter<'p> {
    fn new(process: &'p Process) -> Self {
        let uses_pidfd = process.roots().uses_pidfd() && process.roots().is_default();
        let pidfd = if uses_pidfd { pal::pidfd_open(process.pid()) } else { Err(Errno::NOSYS) };
        let starved = matches!(pidfd, Err(Errno::MFILE | Errno::NFILE));
        Self { process, pidfd: pidfd.ok(), starved, exited: false, due: true }
    }

    /// Without a pidfd, or for a zombie on kernels before 6.9, nothing tells but a look.
    fn due(&mut self) -> bool {
        std::mem::take(&mut self.due) || self.pidfd.is_none() || self.exited
    }

    /// `Some` once the process is no more: reaped by this call, or gone.
    fn check(&self) -> Result<Option<Option<ExitStatus>>> {
        self.process.settle(|| self.look())
    }

    fn look(&self) -> Result<Option<Option<ExitStatus>>> {
        let process = self.process;
        if !process.is_there() {
            return Ok(Some(None));
        }
        if process.roots().is_default() {
            let pidfd = pal::borrow(self.pidfd.as_ref());
            match pal::try_wait(process.pid(), pidfd, process.is_borrowed_child()) {
                Ok(Reaped::Status(raw)) => return Ok(Some(Some(ExitStatus::from_raw(raw)))),
                Ok(Reaped::Running | Reaped::NotChild) => {}
                Err(errno) => return Err(Error::os(errno.into()).with_pid(process.pid())),
            }
        }
        Ok(None)
    }
}

/// Sleeps until a pidfd has news, or the time is over, or it is time to look at those that none can
/// tell of.
fn poll(
    waiters: &mut [&mut Waiter<'_>],
    left: Option<Duration>,
    sleep: &mut Duration,
    interrupted: &mut Interrupted<'_>,
) -> Result<()> {
    let look = waiters.iter().any(|waiter| waiter.pidfd.is_none() || waiter.exited);
    let timeout = if look { Some(left.map_or(*sleep, |left| left.min(*sleep))) } else { left };
    let news = {
        let fds: Vec<_> = waiters
            .iter()
            .filter_map(|waiter| Some((waiter.pidfd.as_ref()?.as_fd(), waiter.exited)))
            .collect();
        match pal::poll(&fds, timeout) {
            Ok(news) => news,
            Err(Errno::INTR) => return interrupted(),
            // More descriptors than RLIMIT_NOFILE: poll(2) refuses them together.
            Err(Errno::INVAL | Errno::NOMEM) => {
                thread::sleep(timeout.unwrap_or(LAST_SLEEP).min(LAST_SLEEP));
                vec![true; fds.len()]
            }
            Err(errno) => return Err(Error::os(errno.into())),
        }
    };
    if look {
        *sleep = (*sleep * 2).min(LAST_SLEEP);
    }
    let with_pidfd = waiters.iter_mut().filter(|waiter| waiter.pidfd.is_some());
    for (waiter, news) in with_pidfd.zip(news) {
        if news {
            waiter.due = true;
            if !waiter.exited {
                waiter.exited = true;
                *sleep = FIRST_SLEEP;
            }
        }
    }
    Ok(())
}
