//! The one error of this crate.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::Pid;
use crate::parse::ParseError;

/// What went wrong, as psutil divides it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The process does not exist, no longer exists, or its PID now belongs to another process.
    NoSuchProcess,
    /// The process has exited and waits for its parent: the kernel no longer has the answer.
    ZombieProcess,
    /// The kernel refused for want of privilege.
    AccessDenied,
    /// A wait reached its deadline.
    TimeoutExpired,
    /// An argument is outside what the call accepts; nothing was touched (psutil's `ValueError`).
    InvalidInput,
    /// This kernel does not provide the answer (psutil's `NotImplementedError`).
    Unsupported,
    /// The kernel's text could not be read.
    Parse,
    /// Any other failure of the operating system; see [`Error::io_error`].
    Os,
}

/// An error, with the process it is about and the reason the kernel gave.
///
/// One machine word wide, so that a `Result` of a small value stays small.
///
/// ```
/// use sysvitals::{ErrorKind, Process};
///
/// let error = Process::new(i32::MAX).unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::NoSuchProcess);
/// assert_eq!(error.pid(), Some(i32::MAX));
/// assert_eq!(error.to_string(), "process PID not found (pid=2147483647)");
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    msg: Option<String>,
    pid: Option<Pid>,
    ppid: Option<Pid>,
    name: Option<OsString>,
    path: Option<PathBuf>,
    timeout: Option<Duration>,
    source: Option<Source>,
}

enum Source {
    Io(io::Error),
    Parse(ParseError),
}

impl Error {
    #[cold]
    pub(crate) fn new(kind: ErrorKind) -> Self {
        Self(Box::new(Inner {
            kind,
            msg: None,
            pid: None,
            ppid: None,
            name: None,
            path: None,
            timeout: None,
            source: None,
        }))
    }

    #[cold]
    pub(crate) fn invalid(msg: impl Into<String>) -> Self {
        Self::new(ErrorKind::InvalidInput).with_msg(msg)
    }

    #[cold]
    pub(crate) fn no_such_process(pid: Pid) -> Self {
        Self::new(ErrorKind::NoSuchProcess).with_pid(pid)
    }

    #[cold]
    pub(crate) fn access_denied(pid: Pid) -> Self {
        Self::new(ErrorKind::AccessDenied).with_pid(pid)
    }

    #[cold]
    pub(crate) fn unsupported(msg: impl Into<String>) -> Self {
        Self::new(ErrorKind::Unsupported).with_msg(msg)
    }

    #[cold]
    pub(crate) fn os(source: io::Error) -> Self {
        Self::new(ErrorKind::Os).with_source(source)
    }

    #[cold]
    pub(crate) fn parse(source: ParseError, path: impl Into<PathBuf>) -> Self {
        let mut error = Self::new(ErrorKind::Parse).with_path(path);
        error.0.source = Some(Source::Parse(source));
        error
    }

    #[cold]
    pub(crate) fn timeout_expired(timeout: Duration, pid: Pid) -> Self {
        Self::new(ErrorKind::TimeoutExpired).with_pid(pid).with_timeout(timeout)
    }

    pub(crate) fn with_timeout(mut self, timeout: Duration) -> Self {
        self.0.timeout = Some(timeout);
        self
    }

    pub(crate) fn with_msg(mut self, msg: impl Into<String>) -> Self {
        self.0.msg = Some(msg.into());
        self
    }

    pub(crate) fn with_pid(mut self, pid: Pid) -> Self {
        self.0.pid = Some(pid);
        self
    }

    pub(crate) fn with_ppid(mut self, ppid: Pid) -> Self {
        self.0.ppid = Some(ppid);
        self
    }

    pub(crate) fn with_name(mut self, name: Option<OsString>) -> Self {
        if self.0.name.is_none() {
            self.0.name = name;
        }
        self
    }

    pub(crate) fn with_path(mut self, path: impl Into<PathBuf>) -> Self {
        self.0.path = Some(path.into());
        self
    }

    pub(crate) fn with_source(mut self, source: io::Error) -> Self {
        self.0.source = Some(Source::Io(source));
        self
    }

    /// The kind, for matching.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The process it is about.
    pub fn pid(&self) -> Option<Pid> {
        self.0.pid
    }

    /// The parent of a zombie process.
    pub fn ppid(&self) -> Option<Pid> {
        self.0.ppid
    }

    /// The process name, where it had been read before the failure.
    pub fn name(&self) -> Option<&OsStr> {
        self.0.name.as_deref()
    }

    /// The file that was being read.
    pub fn path(&self) -> Option<&Path> {
        self.0.path.as_deref()
    }

    /// The timeout that expired.
    pub fn timeout(&self) -> Option<Duration> {
        self.0.timeout
    }

    /// The message without the process it is about.
    pub fn message(&self) -> String {
        if let Some(msg) = &self.0.msg {
            return msg.clone();
        }
        match self.0.kind {
            ErrorKind::NoSuchProcess => "process no longer exists".into(),
            ErrorKind::ZombieProcess => "PID still exists but it's a zombie".into(),
            ErrorKind::AccessDenied => "access denied".into(),
            ErrorKind::TimeoutExpired => {
                let seconds = self.0.timeout.unwrap_or_default().as_secs_f64();
                format!("timeout after {seconds} seconds")
            }
            ErrorKind::InvalidInput => "invalid input".into(),
            ErrorKind::Unsupported => "not supported by this kernel".into(),
            ErrorKind::Parse => "unreadable kernel text".into(),
            ErrorKind::Os => "operating system error".into(),
        }
    }

    /// The operating system's error behind this one.
    pub fn io_error(&self) -> Option<&io::Error> {
        match &self.0.source {
            Some(Source::Io(error)) => Some(error),
            _ => None,
        }
    }

    /// True for [`ErrorKind::NoSuchProcess`] and [`ErrorKind::ZombieProcess`], which psutil derives
    /// from it.
    pub fn is_no_such_process(&self) -> bool {
        matches!(self.0.kind, ErrorKind::NoSuchProcess | ErrorKind::ZombieProcess)
    }

    pub(crate) fn raw_os_error(&self) -> Option<i32> {
        self.io_error().and_then(io::Error::raw_os_error)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message())?;
        let mut separator = " (";
        if let Some(pid) = self.0.pid {
            write!(f, "{separator}pid={pid}")?;
            separator = ", ";
        }
        if let Some(ppid) = self.0.ppid {
            write!(f, "{separator}ppid={ppid}")?;
            separator = ", ";
        }
        if let Some(name) = &self.0.name {
            write!(f, "{separator}name={name:?}")?;
            separator = ", ";
        }
        if separator == ", " {
            f.write_str(")")?;
        }
        if let Some(path) = &self.0.path {
            write!(f, ": {}", path.display())?;
        }
        match &self.0.source {
            Some(Source::Io(error)) => write!(f, ": {error}"),
            Some(Source::Parse(error)) => write!(f, ": {error}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {self}", self.0.kind)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0.source {
            Some(Source::Io(error)) => Some(error),
            Some(Source::Parse(error)) => Some(error),
            None => None,
        }
    }
}

/// `Result` with this crate's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;
