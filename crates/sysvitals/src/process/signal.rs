use super::Process;
use crate::error::Result;
use crate::sys::{control, pal};

impl Process {
    /// Sends a signal, by number; 0 asks whether one could be sent.
    ///
    /// `pidfd_open(2)`, the start time of `/proc/[pid]/stat`, then `pidfd_send_signal(2)`: no other
    /// process can be hit. Before Linux 5.3, and for a thread's ID, the start time is verified just
    /// before `kill(2)`.
    ///
    /// ```
    /// # use sysvitals::Process;
    /// let child = std::process::Command::new("sleep").arg("60").spawn()?;
    /// let process = Process::from_child(&child)?;
    /// process.send_signal(15)?;
    /// # let mut child = child; child.wait()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # References
    /// [pidfd_send_signal(2)](https://man7.org/linux/man-pages/man2/pidfd_send_signal.2.html)
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a number outside 0 to 64,
    /// [`NoSuchProcess`](crate::ErrorKind::NoSuchProcess) where the process is gone or its PID was
    /// reused, [`AccessDenied`](crate::ErrorKind::AccessDenied) for another user's process.
    pub fn send_signal(&self, signal: i32) -> Result<()> {
        control::send_signal(self, signal)
    }

    /// Stops the process with SIGSTOP.
    ///
    /// # Errors
    /// As [`send_signal`](Self::send_signal).
    pub fn suspend(&self) -> Result<()> {
        self.send_signal(pal::SIGSTOP)
    }

    /// Lets a stopped process go on with SIGCONT.
    ///
    /// # Errors
    /// As [`send_signal`](Self::send_signal).
    pub fn resume(&self) -> Result<()> {
        self.send_signal(pal::SIGCONT)
    }

    /// Asks the process to end with SIGTERM.
    ///
    /// # Errors
    /// As [`send_signal`](Self::send_signal).
    pub fn terminate(&self) -> Result<()> {
        self.send_signal(pal::SIGTERM)
    }

    /// Ends the process with SIGKILL.
    ///
    /// # Errors
    /// As [`send_signal`](Self::send_signal).
    pub fn kill(&self) -> Result<()> {
        self.send_signal(pal::SIGKILL)
    }
}
