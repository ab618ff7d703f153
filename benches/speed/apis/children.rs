//! Forked children, which end when told to, or when this process does.

use std::os::fd::{AsRawFd, OwnedFd};

use sysvitals::Process;

pub struct Children {
    pids: Vec<i32>,
    open: Option<OwnedFd>,
}

impl Children {
    pub fn fork(count: usize) -> Self {
        let (end, open) = rustix::pipe::pipe().unwrap();
        let pids = (0..count).map(|_| fork(&end, &open)).collect();
        Self { pids, open: Some(open) }
    }

    pub fn processes(&self) -> Vec<Process> {
        self.pids.iter().map(|&pid| Process::new(pid).unwrap()).collect()
    }

    pub fn let_end(&mut self) {
        drop(self.open.take());
    }

    /// Ended, and not yet waited for.
    pub fn have_ended(&mut self) {
        self.let_end();
        for &pid in &self.pids {
            // SAFETY: the information is ours to write, and the status stays for others to ask.
            unsafe {
                let mut info = std::mem::zeroed();
                let flags = libc::WEXITED | libc::WNOWAIT;
                libc::waitid(libc::P_PID, pid.cast_unsigned(), &raw mut info, flags);
            }
        }
    }
}

impl Drop for Children {
    fn drop(&mut self) {
        self.let_end();
        for &pid in &self.pids {
            // SAFETY: null asks for no status; a child that was waited for is an error and no more.
            unsafe { libc::waitpid(pid, std::ptr::null_mut(), 0) };
        }
    }
}

fn fork(end: &OwnedFd, open: &OwnedFd) -> i32 {
    // SAFETY: the child does nothing but system calls.
    unsafe {
        let pid = libc::fork();
        assert!(pid >= 0, "fork: {}", std::io::Error::last_os_error());
        if pid == 0 {
            libc::close(open.as_raw_fd());
            let mut byte = 0u8;
            libc::read(end.as_raw_fd(), (&raw mut byte).cast(), 1);
            libc::_exit(0);
        }
        pid
    }
}
