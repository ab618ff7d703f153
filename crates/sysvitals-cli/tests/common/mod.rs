//! The command as its users run it.
#![allow(dead_code, reason = "each test file uses its part")]

use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value as Json;

pub(crate) fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sysvitals"));
    command.env_remove("NO_COLOR").env_remove("SYSVITALS_PROC").env("TERM", "xterm-256color");
    command.stdin(Stdio::null());
    command
}

pub(crate) fn run(args: &[&str]) -> Output {
    command().args(args).output().unwrap()
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// What it prints when all is well.
pub(crate) fn output(args: &[&str]) -> String {
    let output = run(args);
    assert!(output.status.success(), "{args:?}: {output:?}");
    text(&output.stdout)
}

/// What it complains of, with this exit code.
pub(crate) fn complaint(args: &[&str], code: i32) -> String {
    let output = run(args);
    assert_eq!(output.status.code(), Some(code), "{args:?}: {output:?}");
    text(&output.stderr)
}

pub(crate) fn json(args: &[&str]) -> Json {
    serde_json::from_str(&output(args)).unwrap()
}

/// A child that sleeps under a name of its own; ended with the test.
pub(crate) struct Sleeper(Child);

impl Sleeper {
    pub(crate) fn new() -> Self {
        Self(Command::new("sleep").arg("600").spawn().unwrap())
    }

    /// A copy of `sleep` with another name, in this folder.
    pub(crate) fn named(folder: &Path, name: &str) -> Self {
        let program = folder.join(name);
        if !program.exists() {
            std::os::unix::fs::symlink(which_sleep(), &program).unwrap();
        }
        Self(Command::new(program).arg("600").spawn().unwrap())
    }

    pub(crate) fn pid(&self) -> String {
        self.0.id().to_string()
    }

    /// The signal that ended it, once it has ended.
    pub(crate) fn signal(&mut self) -> Option<i32> {
        use std::os::unix::process::ExitStatusExt;
        self.0.wait().unwrap().signal()
    }

    pub(crate) fn is_running(&mut self) -> bool {
        self.0.try_wait().unwrap().is_none()
    }
}

impl Drop for Sleeper {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn which_sleep() -> &'static str {
    ["/usr/bin/sleep", "/bin/sleep"].into_iter().find(|path| Path::new(path).exists()).unwrap()
}

/// A `/proc` with three processes: init, its child with a hostile name, and a kernel thread.
pub(crate) fn fixture() -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    let write = |path: &str, content: &[u8]| {
        let path = root.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    };
    write("stat", b"cpu  1 2 3 4 5 6 7 8 9 10\nbtime 1700000000\n");
    write("meminfo", b"MemTotal:       1000000 kB\n");
    write("uptime", b"1000.00 900.00\n");
    let process = |pid: i32, ppid: i32, name: &[u8], cmdline: &[u8], rss_pages: u64, uid: u32| {
        let mut stat = format!("{pid} (").into_bytes();
        stat.extend_from_slice(name);
        stat.extend_from_slice(
            format!(
                ") S {ppid} {pid} {pid} 0 -1 4194560 10 0 2 0 150 50 0 0 20 0 3 0 100 1048576 \
                 {rss_pages} 18446744073709551615 0 0 0 0 0 0 0 0 0 0 0 0 17 1 0 0 0 0 0 0 0 0 0 0 \
                 0 0 0\n"
            )
            .as_bytes(),
        );
        write(&format!("{pid}/stat"), &stat);
        let mut status = b"Name:\t".to_vec();
        status.extend_from_slice(name);
        status.extend_from_slice(
            format!(
                "\nState:\tS (sleeping)\nTgid:\t{pid}\nPid:\t{pid}\nPPid:\t{ppid}\nUid:\t{uid}\t{uid}\t\
                 {uid}\t{uid}\nGid:\t{uid}\t{uid}\t{uid}\t{uid}\nThreads:\t3\n\
                 voluntary_ctxt_switches:\t7\nnonvoluntary_ctxt_switches:\t2\n"
            )
            .as_bytes(),
        );
        write(&format!("{pid}/status"), &status);
        write(&format!("{pid}/statm"), format!("256 {rss_pages} 50 10 0 60 0\n").as_bytes());
        write(&format!("{pid}/cmdline"), cmdline);
    };
    process(1, 0, b"init", b"/sbin/init\0splash\0", 100, 0);
    process(2, 0, b"kthreadd", b"", 0, 0);
    process(42, 1, b"ev\x1b[31mil\xff", b"/opt/ev\x1b[2Jil\xff\0two\nlines\0", 2000, 4242);
    root
}
