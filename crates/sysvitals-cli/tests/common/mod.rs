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

    /// `sleep` by a link of another name, in this folder.
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

/// The `proc` and `sys` of a machine with two CPUs, a disk, an interface, sockets, a battery.
pub(crate) struct Machine(tempfile::TempDir);

impl Machine {
    pub(crate) fn new() -> Self {
        let machine = Self(tempfile::tempdir().unwrap());
        for (path, content) in MACHINE {
            machine.write(path, content);
        }
        // Process 10 holds the listening socket.
        let fds = machine.0.path().join("proc/10/fd");
        std::fs::create_dir_all(&fds).unwrap();
        std::os::unix::fs::symlink("socket:[1001]", fds.join("3")).unwrap();
        machine
    }

    pub(crate) fn write(&self, path: &str, content: &str) {
        let path = self.0.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    pub(crate) fn rename(&self, from: &str, to: &str) {
        std::fs::rename(self.0.path().join(from), self.0.path().join(to)).unwrap();
    }

    pub(crate) fn remove(&self, path: &str) {
        std::fs::remove_file(self.0.path().join(path)).unwrap();
    }

    /// The command's arguments, and this machine's roots.
    pub(crate) fn args(&self, args: &[&str]) -> Vec<String> {
        let root = |name: &str| self.0.path().join(name).to_str().unwrap().to_owned();
        let mut all: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
        all.extend(["--proc".into(), root("proc"), "--sys".into(), root("sys")]);
        all
    }

    pub(crate) fn run(&self, args: &[&str]) -> Output {
        command().args(self.args(args)).output().unwrap()
    }

    pub(crate) fn output(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert!(output.status.success(), "{args:?}: {output:?}");
        assert_eq!(text(&output.stderr), "", "{args:?}");
        text(&output.stdout)
    }

    pub(crate) fn json(&self, args: &[&str]) -> Json {
        serde_json::from_str(&self.output(args)).unwrap()
    }
}

const MACHINE: &[(&str, &str)] = &[
    (
        "proc/stat",
        "cpu  100 0 50 800 10 0 5 0 0 0\ncpu0 50 0 25 400 5 0 5 0 0 0\n\
         cpu1 50 0 25 400 5 0 0 0 0 0\nintr 6789 1 2\nctxt 12345\nbtime 1700000000\n\
         processes 99\nprocs_running 1\nprocs_blocked 0\nsoftirq 1011 1 2\n",
    ),
    (
        "proc/cpuinfo",
        "processor\t: 0\nphysical id\t: 0\ncpu cores\t: 2\ncpu MHz\t\t: 2400.000\n\n\
         processor\t: 1\nphysical id\t: 0\ncpu cores\t: 2\ncpu MHz\t\t: 1200.000\n\n",
    ),
    (
        "proc/meminfo",
        "MemTotal:       16000000 kB\nMemFree:         2000000 kB\nMemAvailable:   12000000 kB\n\
         Buffers:          100000 kB\nCached:          5000000 kB\nActive:          3000000 kB\n\
         Inactive:        1000000 kB\nSwapTotal:       4000000 kB\nSwapFree:        3000000 kB\n\
         Shmem:             50000 kB\nSlab:             400000 kB\nSReclaimable:     300000 kB\n",
    ),
    ("proc/vmstat", "pswpin 1\npswpout 2\n"),
    (
        "proc/diskstats",
        "   8       0 sda 100 5 2048 300 200 10 4096 600 0 1500 900\n   \
            8       1 sda1 10 0 16 30 20 1 32 60 0 0 90\n",
    ),
    (
        "proc/net/dev",
        "Inter-|   Receive                                                |  Transmit\n \
         face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs \
         drop fifo colls carrier compressed\n    \
         lo:    1000      10    0    0    0     0          0         0     1000      10    0    0    \
         0     0       0          0\n  \
         eth0: 5000000     400    1    2    0     0          0         0   300000     200    3    4    \
         0     0       0          0\n",
    ),
    (
        "proc/net/tcp",
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  \
         timeout inode\n   \
         0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 \
         1001 1 0000000000000000 100 0 0 10 0\n   \
         1: 0100007F:A1B2 0100007F:1F90 01 00000000:00000000 00:00000000 00000000     0        0 \
         1002 1 0000000000000000 100 0 0 10 0\n",
    ),
    ("proc/net/tcp6", "  sl  local_address remote_address st\n"),
    (
        "proc/net/udp",
        "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  \
         timeout inode ref pointer drops\n  \
         100: 00000000:0044 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 \
         1003 2 0000000000000000 0\n",
    ),
    ("proc/net/udp6", "  sl  local_address remote_address st\n"),
    ("proc/net/unix", "Num       RefCount Protocol Flags    Type St Inode Path\n"),
    ("proc/self/mounts", "proc /proc proc rw 0 0\n/dev/sda1 / ext4 rw,relatime 0 0\n"),
    ("proc/filesystems", "nodev\tproc\n\text4\n"),
    ("proc/10/stat", SERVER),
    ("proc/10/comm", "server\n"),
    ("sys/class/hwmon/hwmon0/name", "coretemp\n"),
    ("sys/class/hwmon/hwmon0/temp1_label", "Package id 0\n"),
    ("sys/class/hwmon/hwmon0/temp1_input", "55000\n"),
    ("sys/class/hwmon/hwmon0/temp1_max", "80000\n"),
    ("sys/class/hwmon/hwmon0/temp1_crit", "100000\n"),
    ("sys/class/hwmon/hwmon1/name", "thinkpad\n"),
    ("sys/class/hwmon/hwmon1/fan1_input", "2400\n"),
    ("sys/class/power_supply/BAT0/energy_now", "30000000\n"),
    ("sys/class/power_supply/BAT0/energy_full", "40000000\n"),
    ("sys/class/power_supply/BAT0/power_now", "10000000\n"),
    ("sys/class/power_supply/BAT0/status", "Discharging\n"),
];

const SERVER: &str = "10 (server) S 1 10 10 0 -1 4194560 10 0 2 0 150 50 0 0 20 0 3 0 100 1048576 100 \
                      18446744073709551615 0 0 0 0 0 0 0 0 0 0 0 0 17 1 0 0 0 0 0 0 0 0 0 0 0 0 0\n";
