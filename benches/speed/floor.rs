//! The kernel's own price: open, read, close, and nothing done with the bytes.

use std::ffi::{CStr, CString};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::fs::{CWD, Mode, OFlags, RawDir};

/// Whence the files are opened.
#[derive(Clone, Copy)]
pub enum From {
    /// `/proc/PID/file`
    Absolute,
    /// `PID/file`, relative to an open `/proc`
    Proc,
    /// `file`, relative to `/proc/PID`, which is opened and closed once a process
    Pid,
}

pub struct Floor {
    scratch: Scratch,
    entries: Box<[MaybeUninit<u8>; 32 * 1024]>,
    proc: OwnedFd,
}

impl Floor {
    pub fn new() -> Self {
        Self {
            scratch: Scratch { buf: Box::new([0; 8192]), path: Vec::new() },
            entries: Box::new([MaybeUninit::uninit(); 32 * 1024]),
            proc: open(CWD, c"/proc", OFlags::DIRECTORY).unwrap(),
        }
    }

    pub fn numbers(&mut self, dir: &str) -> Vec<i32> {
        let path = CString::new(dir).unwrap();
        let mut numbers = Vec::new();
        // A process may have ended since.
        let Ok(fd) = open(CWD, &path, OFlags::DIRECTORY) else { return numbers };
        let mut dir = RawDir::new(fd, &mut self.entries[..]);
        while let Some(entry) = dir.next() {
            let entry = entry.unwrap();
            numbers.extend(entry.file_name().to_str().ok().and_then(|s| s.parse::<i32>().ok()));
        }
        numbers
    }

    /// Every process: how many there were.
    pub fn sweep(&mut self, files: &[&CStr], from: From) -> usize {
        let mut pids = self.numbers("/proc");
        pids.sort_unstable();
        for &pid in &pids {
            match from {
                From::Absolute => self.scratch.files(CWD, &format!("/proc/{pid}/"), files),
                From::Proc => self.scratch.files(self.proc.as_fd(), &format!("{pid}/"), files),
                From::Pid => {
                    let path = CString::new(format!("/proc/{pid}")).unwrap();
                    if let Ok(dir) = open(CWD, &path, OFlags::DIRECTORY | OFlags::PATH) {
                        self.scratch.files(dir.as_fd(), "", files);
                    }
                }
            }
        }
        pids.len()
    }

    /// One file, to its end where `whole`.
    pub fn file(&mut self, path: &CStr, whole: bool) {
        if !whole {
            read(CWD, path, &mut self.scratch.buf[..]);
        } else if let Ok(fd) = open(CWD, path, OFlags::empty()) {
            while rustix::io::read(&fd, &mut self.scratch.buf[..]).is_ok_and(|n| n > 0) {}
        }
    }

    pub fn link(&mut self, path: &CStr) {
        let _ = rustix::fs::readlinkat_raw(CWD, path, &mut self.entries[..4096]);
    }

    /// The links of a folder of descriptors, each read.
    pub fn links(&mut self, dir: &str) {
        let path = CString::new(dir).unwrap();
        let Ok(fd) = open(CWD, &path, OFlags::DIRECTORY) else { return };
        let mut target = [MaybeUninit::uninit(); 4096];
        let mut dir = RawDir::new(&fd, &mut self.entries[..]);
        while let Some(Ok(entry)) = dir.next() {
            let _ = rustix::fs::readlinkat_raw(&fd, entry.file_name(), &mut target);
        }
    }
}

struct Scratch {
    buf: Box<[u8; 8192]>,
    path: Vec<u8>,
}

impl Scratch {
    fn files(&mut self, dir: BorrowedFd<'_>, prefix: &str, files: &[&CStr]) {
        self.path.clear();
        self.path.extend_from_slice(prefix.as_bytes());
        for file in files {
            self.path.truncate(prefix.len());
            self.path.extend_from_slice(file.to_bytes_with_nul());
            let path = CStr::from_bytes_with_nul(&self.path).unwrap();
            read(dir, path, &mut self.buf[..]);
        }
    }
}

fn open(dir: impl AsFd, path: &CStr, flags: OFlags) -> rustix::io::Result<OwnedFd> {
    rustix::fs::openat(dir, path, flags | OFlags::CLOEXEC, Mode::empty())
}

fn read(dir: BorrowedFd<'_>, path: &CStr, buf: &mut [u8]) {
    if let Ok(fd) = open(dir, path, OFlags::empty()) {
        let _ = std::hint::black_box(rustix::io::read(&fd, buf));
    }
}
