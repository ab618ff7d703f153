//! At a terminal: colours, fitting, asking, watching.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::process::{Child, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, Winsize, tcgetattr, tcsetwinsize};

use common::{Machine, Sleeper, command};

/// How long the command may take to say or do what is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// Ended with the test, should it still run.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

struct Terminal {
    master: File,
    slave: Option<OwnedFd>,
    child: Running,
    seen: String,
}

impl Terminal {
    fn start(columns: u16, rows: u16, args: &[&str]) -> Self {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let size = Winsize { ws_col: columns, ws_row: rows, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&master, size).unwrap();
        let path = ptsname(&master, Vec::new()).unwrap();
        let slave = File::options().read(true).write(true).open(path.to_str().unwrap()).unwrap();
        let slave = OwnedFd::from(slave);
        let io = || Stdio::from(slave.try_clone().unwrap());
        let child = command().args(args).stdin(io()).stdout(io()).stderr(io()).spawn().unwrap();
        let child = Running(child);
        Self { master: File::from(master), slave: Some(slave), child, seen: String::new() }
    }

    /// Adds to what was seen; false at the end.
    fn read(&mut self, until: Instant) -> bool {
        let mut fds = [PollFd::new(&self.master, PollFlags::IN)];
        let left = until.saturating_duration_since(Instant::now());
        let ready = poll(&mut fds, Some(&Timespec::try_from(left).unwrap())).unwrap();
        assert!(ready > 0, "no answer in {PATIENCE:?} after: {:?}", self.seen);
        let mut buf = [0; 4096];
        // EIO once nobody has the other side open.
        let count = self.master.read(&mut buf).unwrap_or(0);
        self.seen += &String::from_utf8_lossy(&buf[..count]);
        count > 0
    }

    /// Reads until the text appears.
    fn expect(&mut self, text: &str) {
        let until = Instant::now() + PATIENCE;
        while !self.seen.contains(text) {
            assert!(self.read(until), "{text:?} is not in: {:?}", self.seen);
        }
    }

    fn press(&mut self, keys: &str) {
        self.master.write_all(keys.as_bytes()).unwrap();
    }

    /// How it ended.
    fn ended(&mut self) -> ExitStatus {
        let until = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.0.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < until, "still running after: {:?}", self.seen);
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// What was shown until it ended, and how it ended.
    fn finish(mut self) -> (String, ExitStatus) {
        drop(self.slave.take());
        let until = Instant::now() + PATIENCE;
        while self.read(until) {}
        let status = self.ended();
        (self.seen, status)
    }
}

fn plain(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string().replace('\r', "")
}

#[test]
fn coloured_and_fitted() {
    let sleepers: Vec<Sleeper> = (0..12).map(|_| Sleeper::new()).collect();
    for (columns, rows) in [(80, 24), (200, 10), (40, 8), (12, 4), (1, 1)] {
        let (seen, status) = Terminal::start(columns, rows, &[]).finish();
        assert!(status.success());
        assert!(seen.contains("\x1b["), "{seen}");
        let seen = plain(&seen);
        for line in seen.lines() {
            assert!(line.chars().count() <= columns.into(), "{columns}: {line}");
        }
        if rows <= 10 && rows > 2 {
            assert_eq!(seen.lines().count(), usize::from(rows) - 1, "{seen}");
            assert!(seen.lines().last().unwrap().starts_with("… "), "{seen}");
        }
    }
    drop(sleepers);
}

#[test]
fn no_colour_if_it_is_not_wanted() {
    let (seen, _) = Terminal::start(80, 24, &["--color", "never"]).finish();
    assert!(!seen.contains('\x1b'), "{seen}");
}

#[test]
fn asks_before_several_and_takes_no_for_an_answer() {
    let mut children = [Sleeper::new(), Sleeper::new()];
    let pids = children.each_ref().map(Sleeper::pid);
    let args = ["terminate", pids[0].as_str(), pids[1].as_str()];

    let mut terminal = Terminal::start(80, 24, &args);
    terminal.expect("[y/N]");
    terminal.press("n\n");
    let (seen, status) = terminal.finish();
    assert_eq!(status.code(), Some(1));
    assert!(seen.contains("sleep 600") && seen.contains("nothing was done"), "{seen}");
    assert!(children.iter_mut().all(Sleeper::is_running));

    let mut terminal = Terminal::start(80, 24, &args);
    terminal.expect("terminate these 2 processes? [y/N]");
    terminal.press("y\n");
    let (_, status) = terminal.finish();
    assert!(status.success());
    assert!(children.iter_mut().all(|child| child.signal() == Some(15)));
}

#[test]
fn watching_ends_with_a_key_and_gives_the_terminal_back() {
    let raw = |terminal: &Terminal| {
        let modes = tcgetattr(terminal.slave.as_ref().unwrap()).unwrap().local_modes;
        !modes.contains(LocalModes::ICANON)
    };
    for key in ["q", "\x03"] {
        let args = ["ps", "--watch", "0.1", "--interval", "0.1"];
        let mut terminal = Terminal::start(80, 12, &args);
        terminal.expect("\x1b[?1049h");
        terminal.expect("q quits");
        assert!(raw(&terminal));
        terminal.press(key);
        terminal.expect("\x1b[?1049l");
        assert!(terminal.ended().success());
        assert!(!raw(&terminal));
        let (seen, _) = terminal.finish();
        assert!(seen.contains("\x1b[?25h"));
        let frame = seen.split("\x1b[H").nth(1).unwrap().split("\x1b[J").next().unwrap();
        assert!(plain(frame).lines().count() <= 12, "{frame}");
    }
}

#[test]
fn watching_ends_with_a_signal() {
    let mut terminal = Terminal::start(80, 12, &["ps", "--watch", "10", "--interval", "0.1"]);
    terminal.expect("q quits");
    let pid = terminal.child.0.id().to_string();
    assert!(command().args(["terminate", &pid]).output().unwrap().status.success());
    let (seen, status) = terminal.finish();
    assert!(status.success());
    assert!(seen.ends_with("\x1b[?25h\x1b[?1049l"), "{seen}");
}

#[test]
fn figures_are_watched_as_processes_are() {
    let machine = Machine::new();
    let args = machine.args(&["iostat", "--watch", "0.1"]);
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    for rows in [12, 3] {
        let mut terminal = Terminal::start(30, rows, &args);
        terminal.expect("\x1b[?1049h");
        terminal.expect("\x1b[J");
        terminal.press("q");
        assert!(terminal.ended().success());
        let (seen, _) = terminal.finish();
        let frame = seen.split("\x1b[H").nth(1).unwrap().split("\x1b[J").next().unwrap();
        let frame = plain(frame);
        let lines: Vec<&str> = frame.lines().collect();
        assert!(lines.iter().all(|line| line.chars().count() <= 30), "{frame}");
        if rows == 3 {
            assert_eq!(lines.len(), 3, "{frame}");
            assert_eq!(lines[2], "… 2 more lines");
        } else {
            assert!(lines[0].contains("every 0.1 s · q"), "{frame}");
            assert!(lines[1].starts_with("DISK "), "{frame}");
            assert_eq!(lines.len(), 4, "{frame}");
        }
    }
}

#[test]
fn a_watch_ends_after_its_rounds() {
    let machine = Machine::new();
    for command in ["free", "iostat"] {
        let args = machine.args(&[command, "--watch", "0.05", "--count", "2"]);
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let (seen, status) = Terminal::start(80, 24, &args).finish();
        assert!(status.success());
        assert_eq!(seen.matches("q quits").count(), 2, "{seen}");
        assert!(seen.ends_with("\x1b[?25h\x1b[?1049l"), "{seen}");
    }
}
