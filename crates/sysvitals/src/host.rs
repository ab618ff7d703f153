//! Facts of the machine: when it was booted, who is logged in.

use std::ffi::OsString;

use crate::Pid;
use crate::env::Roots;
use crate::error::Result;
use crate::record::record;
use crate::sys;

record! {
    /// A login session.
    pub struct User = "suser" {
        /// User name.
        name: OsString,
        /// Terminal, without `/dev/`: `pts/0`.
        terminal: Option<OsString>,
        /// Where from; `localhost` for this machine.
        host: Option<OsString>,
        /// When it began, seconds since the epoch.
        started: f64,
        /// The process that logged the user in.
        pid: Option<Pid>,
    }
}

/// When the machine was booted, seconds since the epoch; moves with the system clock.
///
/// Reads: `btime` of `/proc/stat`.
///
/// # Errors
/// [`Os`](crate::ErrorKind::Os) or [`Parse`](crate::ErrorKind::Parse) where the file cannot be read.
///
/// # References
/// [proc_stat(5)](https://man7.org/linux/man-pages/man5/proc_stat.5.html)
pub fn boot_time() -> Result<f64> {
    Roots::default().boot_time()
}

/// Who is logged in.
///
/// Reads: `/var/run/utmp`, or `/run/systemd/sessions` where there is no such file.
///
/// # Errors
/// [`Os`](crate::ErrorKind::Os) where what is there cannot be read. A machine without either has no
/// users.
///
/// # References
/// [utmp(5)](https://man7.org/linux/man-pages/man5/utmp.5.html),
/// [sd-login(3)](https://www.freedesktop.org/software/systemd/man/latest/sd-login.html)
pub fn users() -> Result<Vec<User>> {
    sys::host::users()
}

impl Roots {
    /// [`boot_time`] of this `/proc`.
    ///
    /// # Errors
    /// As [`boot_time`].
    pub fn boot_time(&self) -> Result<f64> {
        sys::host::boot_time(self)
    }
}

/// A number of bytes for people: 1024-based, one decimal, `9.8K`.
pub fn bytes2human(n: f64) -> String {
    let mut value = n;
    let mut units = ["B", "K", "M", "G", "T", "P", "E", "Z", "Y"].into_iter();
    let mut unit = units.next().unwrap_or_default();
    while value.abs() >= 1024.0
        && let Some(next) = units.next()
    {
        value /= 1024.0;
        unit = next;
    }
    let text = if value.is_nan() { "nan".into() } else { format!("{value:.1}") };
    format!("{text}{unit}")
}
