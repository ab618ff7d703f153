//! What can go wrong, and the exit codes.

use std::fmt;
use std::io;
use std::process::ExitCode;

use sysvitals::ErrorKind;

/// The exit codes; `cli::EXIT_CODES` tells them to the user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum Exit {
    Done = 0,
    Failed = 1,
    Usage = 2,
    Denied = 3,
    TimedOut = 124,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

#[derive(Debug)]
pub(crate) enum Error {
    UnknownColumn { name: String },
    BadTerm { term: String, reason: String },
    BadPattern { pattern: String, reason: String },
    BadPid { text: String },
    BadSeconds { text: String, reason: &'static str },
    NoBranches,
    Unconfirmed { verb: &'static str, count: usize },
    UnknownCommand { name: String },
    NoMatch { what: String },
    Process(sysvitals::Error),
    Output(io::Error),
    Terminal(io::Error),
}

impl Error {
    pub(crate) fn exit(&self) -> Exit {
        match self {
            // Who reads us has seen enough.
            Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => Exit::Done,
            Self::Output(_) | Self::Terminal(_) | Self::NoMatch { .. } => Exit::Failed,
            Self::Process(error) => exit_of(error),
            _ => Exit::Usage,
        }
    }

    /// Says it on the error stream, and gives the exit code.
    pub(crate) fn report(&self) -> Exit {
        let exit = self.exit();
        if exit != Exit::Done {
            complain(self);
        }
        exit
    }
}

/// A line on the error stream; one that nobody can read is no further failure.
pub(crate) fn complain(message: impl fmt::Display) {
    use io::Write;
    let _ = writeln!(io::stderr(), "sysvitals: {message}");
}

pub(crate) fn exit_of(error: &sysvitals::Error) -> Exit {
    match error.kind() {
        ErrorKind::AccessDenied => Exit::Denied,
        ErrorKind::InvalidInput => Exit::Usage,
        ErrorKind::TimeoutExpired => Exit::TimedOut,
        _ => Exit::Failed,
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownColumn { name } => {
                write!(f, "no column '{}'", name.escape_debug())?;
                if let Some(known) = crate::columns::nearest(name) {
                    write!(f, "; did you mean '{known}'?")?;
                }
                f.write_str(" ('sysvitals ps --help' lists them)")
            }
            Self::BadTerm { term, reason } => {
                write!(f, "bad filter term '{}': {reason}", term.escape_debug())
            }
            Self::BadPattern { pattern, reason } => {
                write!(f, "bad pattern '{}': {reason}", pattern.escape_debug())
            }
            Self::BadPid { text } => {
                write!(f, "'{}' is no PID; they are 1 to 4194304", text.escape_debug())
            }
            Self::BadSeconds { text, reason } => {
                write!(f, "bad number of seconds '{}': {reason}", text.escape_debug())
            }
            Self::NoBranches => {
                f.write_str("--tree draws its branches in column command, cmdline or name: add one")
            }
            Self::Unconfirmed { verb, count } => write!(
                f,
                "{count} processes to {verb} and nobody to ask; nothing was done (--yes goes ahead)"
            ),
            Self::UnknownCommand { name } => {
                write!(f, "no command '{}'", name.escape_debug())
            }
            Self::NoMatch { what } => write!(f, "no process matches {what}"),
            Self::Process(error) => write!(f, "{}", crate::text::printable(&error.to_string())),
            Self::Output(error) => write!(f, "cannot write: {error}"),
            Self::Terminal(error) => write!(f, "cannot use the terminal: {error}"),
        }
    }
}

impl std::error::Error for Error {}

impl From<sysvitals::Error> for Error {
    fn from(error: sysvitals::Error) -> Self {
        Self::Process(error)
    }
}

pub(crate) type Result<T, E = Error> = std::result::Result<T, E>;
