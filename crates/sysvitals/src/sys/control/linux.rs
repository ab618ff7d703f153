use std::ffi::OsStr;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;

use rustix::io::Errno;

use crate::env::Roots;
use crate::error::{Error, ErrorKind, Result};
use crate::process::{IoPriority, IoPriorityClass, Process, Resource};
use crate::sys::{host, pal};

/// A process held by its pidfd, proven to be the one that was looked at.
///
/// While the pidfd is held a signal can reach no other process. Without one (before Linux 5.3, out
/// of descriptors, or a thread's ID) the proof comes just before the act.
struct Held {
    pidfd: Option<OwnedFd>,
}

fn hold(process: &Process) -> Result<Held> {
    let pid = process.pid();
    let pidfd = if process.roots().uses_pidfd() {
        match pal::pidfd_open(pid) {
            Ok(pidfd) => Some(pidfd),
            Err(Errno::SRCH) if process.roots().is_default() => {
                process.mark_gone();
                return Err(gone(process));
            }
            // Of two processes within one clock tick only a pidfd tells which one it is.
            Err(errno) if process.identity().pidfs.is_some() => {
                return Err(classify(process, errno));
            }
            // EINVAL and ENOENT: the ID of a thread. The others: no descriptor to be had, or a
            // seccomp filter that does not know the call.
            Err(_) => None,
        }
    } else {
        None
    };
    if process.roots().is_default() {
        our_proc(process)?;
    } else {
        same_process_here(process.roots(), process, pidfd.as_ref())?;
    }
    process.verify(pal::borrow(pidfd.as_ref()).and_then(pal::pidfs_inode))?;
    Ok(Held { pidfd })
}

/// Proves that the PIDs in `/proc` are those of our PID namespace: a process that was unshared from
/// its parent's may still see the parent's `/proc`.
fn our_proc(process: &Process) -> Result<()> {
    let own = std::process::id().to_string();
    match pal::with_path(b"/proc/self", b"", pal::read_link) {
        Ok(link) if link != own.as_bytes() => Err(not_here(process)),
        // Without `/proc` nobody could have been looked at.
        _ => Ok(()),
    }
}

fn not_here(process: &Process) -> Error {
    Error::no_such_process(process.pid())
        .with_path(process.roots().proc())
        .with_msg("the process is not of this PID namespace, and cannot be acted on")
}

fn gone(process: &Process) -> Error {
    Error::no_such_process(process.pid()).with_name(process.known_name())
}

/// Proves that the PID under injected roots is the process that system calls mean by it: the PID
/// that the other procfs shows for our pidfd, or without one the same start time in `/proc`.
fn same_process_here(roots: &Roots, process: &Process, pidfd: Option<&OwnedFd>) -> Result<()> {
    let pid = process.pid();
    let same = match pidfd {
        Some(pidfd) => {
            let mut text = Vec::new();
            let path = roots.proc_file(&format!("self/fdinfo/{}", pidfd.as_raw_fd()));
            pal::with_path(&path, b"", |path| pal::read_record(path, &mut text)).is_ok()
                && text.split(|&b| b == b'\n').any(|line| {
                    line.strip_prefix(b"Pid:").is_some_and(|value| {
                        value.trim_ascii() == OsStr::new(&pid.to_string()).as_bytes()
                    })
                })
        }
        None => {
            let here = Process::new(pid).ok();
            here.is_some_and(|here| here.identity().same(&process.identity()) == Some(true))
        }
    };
    if same { Ok(()) } else { Err(not_here(process)) }
}

/// Turns the refusal of a system call on the process into an error.
fn classify(process: &Process, errno: Errno) -> Error {
    let error = match errno {
        Errno::PERM | Errno::ACCESS => Error::access_denied(process.pid()),
        Errno::SRCH => {
            process.mark_gone();
            Error::no_such_process(process.pid())
        }
        _ => Error::new(ErrorKind::Os).with_pid(process.pid()),
    };
    error.with_name(process.known_name()).with_source(errno.into())
}

pub(crate) fn send_signal(process: &Process, signal: i32) -> Result<()> {
    if !(0..=64).contains(&signal) {
        return Err(Error::invalid(format!("invalid signal number {signal}"))
            .with_pid(process.pid())
            .with_source(Errno::INVAL.into()));
    }
    let held = hold(process)?;
    match pal::borrow(held.pidfd.as_ref()) {
        Some(pidfd) => pal::pidfd_send_signal(pidfd, signal),
        None => pal::kill(process.pid(), signal),
    }
    .map_err(|errno| classify(process, errno))
}

/// Calls that take a PID, between two proofs that it is the process: if the second fails, the PID
/// changed hands while it was set, and the caller learns of it.
fn bracket<T>(process: &Process, act: impl FnOnce() -> pal::SysResult<T>) -> Result<T> {
    let held = hold(process)?;
    // The last look is a single system call, to leave as little time as can be for a change of
    // hands.
    if let Some(pidfd) = pal::borrow(held.pidfd.as_ref())
        && pal::pidfd_send_signal(pidfd, 0) == Err(Errno::SRCH)
    {
        return Err(classify(process, Errno::SRCH));
    }
    let value = act().map_err(|errno| classify(process, errno))?;
    process.verify(None)?;
    Ok(value)
}

/// Reads by a system call; through injected roots only from a process proven to be the same here.
fn read<T>(process: &Process, act: impl FnOnce() -> pal::SysResult<T>) -> Result<T> {
    if !process.roots().is_default() {
        match hold(process) {
            // It is there, but a system call would ask of another.
            Err(error) if error.kind() == ErrorKind::NoSuchProcess && process.is_there() => {
                return Err(Error::unsupported(
                    "the process is not of this PID namespace, and system calls cannot ask for it",
                )
                .with_pid(process.pid())
                .with_name(process.known_name())
                .with_path(process.roots().proc()));
            }
            held => drop(held?),
        }
    }
    act().map_err(|errno| classify(process, errno))
}

pub(crate) fn nice(process: &Process) -> Result<i32> {
    read(process, || pal::nice(process.pid()))
}

pub(crate) fn set_nice(process: &Process, value: i32) -> Result<()> {
    bracket(process, || pal::set_nice(process.pid(), value))
}

/// The class stands above bit 13 of an I/O priority.
const IOPRIO_CLASS_SHIFT: u32 = 13;

pub(crate) fn ionice(process: &Process) -> Result<IoPriority> {
    let raw = read(process, || pal::ioprio(process.pid()))?;
    Ok(IoPriority {
        ioclass: IoPriorityClass::from_raw(raw >> IOPRIO_CLASS_SHIFT),
        value: raw & ((1 << IOPRIO_CLASS_SHIFT) - 1),
    })
}

pub(crate) fn set_ionice(process: &Process, class: IoPriorityClass, value: u32) -> Result<()> {
    let name = class.as_str();
    match class {
        IoPriorityClass::Unknown(raw) => {
            return Err(Error::invalid(format!("invalid ioclass {raw}; choose between 0 and 3")));
        }
        IoPriorityClass::None | IoPriorityClass::Idle if value != 0 => {
            return Err(Error::invalid(format!("{name} ioclass accepts no value (got {value})")));
        }
        _ if value > 7 => {
            return Err(Error::invalid(format!("value not in 0-7 range (got {value})")));
        }
        _ => {}
    }
    let raw = class.as_raw() << IOPRIO_CLASS_SHIFT | value;
    bracket(process, || pal::set_ioprio(process.pid(), raw))
}

pub(crate) fn rlimit(process: &Process, resource: Resource) -> Result<(u64, u64)> {
    read(process, || pal::prlimit(process.pid(), resource.as_raw(), None))
}

pub(crate) fn set_rlimit(
    process: &Process,
    resource: Resource,
    soft: u64,
    hard: u64,
) -> Result<()> {
    if soft > hard {
        return Err(Error::invalid(format!(
            "current limit exceeds maximum limit ({soft} > {hard})"
        )));
    }
    bracket(process, || pal::prlimit(process.pid(), resource.as_raw(), Some((soft, hard))))
        .map(drop)
}

pub(crate) fn cpu_affinity(process: &Process) -> Result<Vec<usize>> {
    read(process, || pal::affinity(process.pid()))
}

pub(crate) fn set_cpu_affinity(process: &Process, cpus: &[usize]) -> Result<()> {
    let mut online = Vec::new();
    // Those that the process has are there.
    let has = pal::affinity(process.pid()).unwrap_or_default();
    if cpus.is_empty() || cpus.iter().any(|cpu| !has.contains(cpu)) {
        online = host::online_cpus(&Roots::default())?;
        if let Some(cpu) = cpus.iter().find(|cpu| !online.contains(cpu)) {
            return Err(Error::invalid(format!("invalid CPU {cpu}; choose between {online:?}"))
                .with_pid(process.pid()));
        }
    }
    // The kernel cuts the mask to what the cpuset of the process grants.
    let wanted = if cpus.is_empty() { &online } else { cpus };
    match bracket(process, || pal::set_affinity(process.pid(), wanted)) {
        Err(error) if error.raw_os_error() == Some(libc::EINVAL) => {
            Err(Error::invalid(format!("CPUs {cpus:?} are not eligible for this process"))
                .with_pid(process.pid()))
        }
        other => other,
    }
}

pub(crate) fn pidfd(process: &Process) -> Result<OwnedFd> {
    match hold(process)?.pidfd {
        Some(pidfd) => Ok(pidfd),
        None => match pal::pidfd_open(process.pid()) {
            Err(errno @ (Errno::NOSYS | Errno::INVAL | Errno::NOENT)) => {
                Err(Error::unsupported("the kernel gives no pidfd for this PID")
                    .with_pid(process.pid())
                    .with_source(errno.into()))
            }
            Err(errno) => Err(classify(process, errno)),
            // A pidfd was to be had only after the proof, and proves nothing.
            Ok(_) => Err(gone(process)),
        },
    }
}
