//! At a terminal: colours, fitting, asking, watching.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::process::{Child, ExitStatus, Stdio};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, Winsize, tcgetattr, tcsetwinsize};

use common::{Sleeper, command};

struct Terminal {
    master: File,
    slave: OwnedFd,
    child: Child,
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
        Self { master: File::from(master), slave, child, seen: String::new() }
    }

    /// Reads until the text appears.
    fn expect(&mut self, text: &str) {
        let mut buf = [0; 4096];
        while !self.seen.contains(text) {
            let count = self.master.read(&mut buf).unwrap();
            self.seen += &String::from_utf8_lossy(&buf[..count]);
        }
    }

    fn press(&mut self, keys: &str) {
        self.master.write_all(keys.as_bytes()).unwrap();
    }

    /// What was shown until it ended, and how it ended.
    fn finish(mut self) -> (String, ExitStatus) {
        drop(self.slave);
        let mut buf = [0; 4096];
        while let Ok(count @ 1..) = self.master.read(&mut buf) {
            self.seen += &String::from_utf8_lossy(&buf[..count]);
        }
        (self.seen, self.child.wait().unwrap())
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
        let modes = tcgetattr(terminal.slave.as_fd()).unwrap().local_modes;
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
        assert!(terminal.child.wait().unwrap().success());
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
    let pid = terminal.child.id().to_string();
    assert!(command().args(["terminate", &pid]).output().unwrap().status.success());
    let (seen, status) = terminal.finish();
    assert!(status.success());
    assert!(seen.ends_with("\x1b[?25h\x1b[?1049l"), "{seen}");
}
