use std::ops::Deref;
use std::process::{Child, Command, ExitStatus};
use std::time::Duration;

use super::Process;
use crate::error::{Error, Result};

/// A child process that was spawned here: all of [`Process`], and the [`Child`] with its pipes.
///
/// Signals go the safe way of [`Process`]. The exit status belongs to the `Child`: both
/// [`wait`](Self::wait) and [`Child::wait`] give it, in any order.
///
/// ```
/// use std::process::Command;
/// use sysvitals::Popen;
///
/// let mut child = Popen::spawn(Command::new("sleep").arg("60"))?;
/// assert_eq!(child.name()?, "sleep");
/// child.terminate()?;
/// assert_eq!(child.wait(None)?.code(), None); // ended by a signal
/// # Ok::<(), sysvitals::Error>(())
/// ```
#[derive(Debug)]
pub struct Popen {
    process: Process,
    child: Child,
}

impl Popen {
    /// Spawns the command.
    ///
    /// # Errors
    /// [`Os`](crate::ErrorKind::Os) with the reason of [`Command::spawn`].
    pub fn spawn(command: &mut Command) -> Result<Self> {
        let child = command.spawn().map_err(|error| {
            Error::os(error).with_msg("cannot spawn").with_path(command.get_program())
        })?;
        let process = Process::from_child(&child)?;
        Ok(Self { process, child })
    }

    /// Waits for the child to end.
    ///
    /// # Errors
    /// [`TimeoutExpired`](crate::ErrorKind::TimeoutExpired);
    /// [`Os`](crate::ErrorKind::Os) where the status was collected behind the `Child`'s back.
    pub fn wait(&mut self, timeout: Option<Duration>) -> Result<ExitStatus> {
        let pid = self.process.pid();
        let os = |error| Error::os(error).with_pid(pid);
        if let Some(status) = self.child.try_wait().map_err(os)? {
            self.process.remember_exit(Some(status));
            return Ok(status);
        }
        self.process.wait(timeout)?;
        let status = self.child.wait().map_err(os)?;
        Ok(status)
    }

    /// The process.
    pub fn process(&self) -> &Process {
        &self.process
    }

    /// The child, for its pipes.
    pub fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// The child alone.
    pub fn into_child(self) -> Child {
        self.child
    }
}

impl Deref for Popen {
    type Target = Process;

    fn deref(&self) -> &Process {
        &self.process
    }
}
