use std::cell::Cell;
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
            poll(&mut waiter, left, &mut sleep, interrupted)?;
        }
    }
}

/// Waits for many processes with one `epoll(7)` set of all their pidfds, calling `ended` for each as
/// it ends; returns at the deadline, or as soon as none is left.
pub(crate) fn wait_all(
    processes: &[Process],
    timeout: Option<Duration>,
    mut ended: impl FnMut(usize) -> Result<()>,
    interrupted: &mut Interrupted<'_>,
) -> Result<()> {
    let deadline = Deadline::after(timeout);
    // Without a descriptor for it there is none for pidfds either.
    let mut epoll = pal::Epoll::new().ok();
    let mut waiters: Vec<_> = processes.iter().map(|p| Some(Waiter::new(p))).collect();
    if waiters.iter().flatten().any(|waiter| waiter.starved) {
        // Looking at `/proc`, and whoever else runs in this program, need descriptors too.
        let with_pidfd = waiters.iter_mut().rev().flatten().filter(|w| w.pidfd.is_some());
        for waiter in with_pidfd.take(SPARE) {
            waiter.pidfd = None;
        }
    }
    let mut left_over = waiters.len();
    let mut due: Vec<usize> = (0..waiters.len()).collect();
    // Those of whom only a look can tell: without a pidfd, or a zombie that another has to wait for,
    // whose end a pidfd tells since Linux 6.9.
    let mut untold: Vec<usize> = Vec::new();
    let mut sleep = FIRST_SLEEP;
    loop {
        for index in due.drain(..) {
            let Some(place) = waiters.get_mut(index) else { continue };
            let Some(waiter) = place else { continue };
            if waiter.check()?.is_some() {
                *place = None;
                left_over -= 1;
                ended(index)?;
                continue;
            }
            if !waiter.added {
                waiter.added = true;
                waiter.pidfd = waiter.pidfd.take().filter(|pidfd| {
                    epoll.as_ref().is_some_and(|epoll| epoll.add(pidfd.as_fd(), index).is_ok())
                });
            }
            if !waiter.untold && (waiter.pidfd.is_none() || waiter.exited) {
                waiter.untold = true;
                untold.push(index);
                sleep = FIRST_SLEEP;
            }
        }
        let Some(left) = deadline.left() else { return Ok(()) };
        if left_over == 0 {
            return Ok(());
        }
        untold.retain(|&index| waiters.get(index).is_some_and(Option::is_some));
        let timeout = if untold.is_empty() {
            left
        } else {
            due.extend(&untold);
            let pause = sleep;
            sleep = (sleep * 2).min(LAST_SLEEP);
            Some(left.map_or(pause, |left| left.min(pause)))
        };
        let Some(epoll) = &mut epoll else {
            thread::sleep(timeout.unwrap_or(LAST_SLEEP));
            interrupted()?;
            continue;
        };
        let news: Vec<usize> = match epoll.wait(timeout) {
            Ok(news) => news.collect(),
            Err(Errno::INTR) => {
                interrupted()?;
                continue;
            }
            Err(errno) => return Err(Error::os(errno.into())),
        };
        for index in news {
            let Some(Some(waiter)) = waiters.get_mut(index) else { continue };
            if let (false, Some(pidfd)) = (waiter.exited, &waiter.pidfd) {
                waiter.exited = true;
                epoll.hangup_only(pidfd.as_fd(), index).map_err(|errno| Error::os(errno.into()))?;
            }
            due.push(index);
        }
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
    /// The pidfd is in the set, if there is one: a process that has ended already needs none.
    added: bool,
    /// The pidfd has told that the process exited, but somebody else's wait is still due.
    exited: bool,
    /// Only a look can tell of the end.
    untold: bool,
    verified: Cell<bool>,
}

impl<'p> Waiter<'p> {
    fn new(process: &'p Process) -> Self {
        let uses_pidfd = process.roots().uses_pidfd() && process.roots().is_default();
        let pidfd = if uses_pidfd { pal::pidfd_open(process.pid()) } else { Err(Errno::NOSYS) };
        let starved = matches!(pidfd, Err(Errno::MFILE | Errno::NFILE));
        Self {
            process,
            pidfd: pidfd.ok(),
            starved,
            added: false,
            exited: false,
            untold: false,
            verified: Cell::new(false),
        }
    }

    /// `Some` once the process is no more: reaped by this call, or gone.
    fn check(&self) -> Result<Option<Option<ExitStatus>>> {
        self.process.settle(|| self.look())
    }

    fn look(&self) -> Result<Option<Option<ExitStatus>>> {
        let process = self.process;
        // A pidfd held while the process was found there is the process for good.
        let verified = self.verified.get();
        if !verified && !process.is_there() {
            return Ok(Some(None));
        }
        self.verified.set(self.pidfd.is_some());
        if process.roots().is_default() {
            let pidfd = pal::borrow(self.pidfd.as_ref());
            match pal::try_wait(process.pid(), pidfd, process.is_borrowed_child()) {
                Ok(Reaped::Status(raw)) => return Ok(Some(Some(ExitStatus::from_raw(raw)))),
                Ok(Reaped::Running | Reaped::NotChild) => {}
                Err(errno) => return Err(Error::os(errno.into()).with_pid(process.pid())),
            }
        }
        Ok((verified && !process.is_there()).then_some(None))
    }
}

/// Sleeps until the pidfd has news, or the time is over, or it is time to look at a zombie, of which
/// no pidfd tells before Linux 6.9.
fn poll(
    waiter: &mut Waiter<'_>,
    left: Option<Duration>,
    sleep: &mut Duration,
    interrupted: &mut Interrupted<'_>,
) -> Result<()> {
    let Some(pidfd) = &waiter.pidfd else { return Ok(()) };
    let timeout =
        if waiter.exited { Some(left.map_or(*sleep, |left| left.min(*sleep))) } else { left };
    let news = match pal::poll(&[(pidfd.as_fd(), waiter.exited)], timeout) {
        Ok(news) => news.contains(&true),
        Err(Errno::INTR) => return interrupted(),
        // RLIMIT_NOFILE is below the one descriptor.
        Err(Errno::INVAL | Errno::NOMEM) => {
            thread::sleep(timeout.unwrap_or(LAST_SLEEP).min(LAST_SLEEP));
            true
        }
        Err(errno) => return Err(Error::os(errno.into())),
    };
    if waiter.exited {
        *sleep = (*sleep * 2).min(LAST_SLEEP);
    }
    if news && !waiter.exited {
        waiter.exited = true;
        *sleep = FIRST_SLEEP;
    }
    Ok(())
}
