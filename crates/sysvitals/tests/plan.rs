//! What a set of attributes opens, as `strace` sees it.
#![cfg(test)]
#![cfg(target_os = "linux")]

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fs::{self, File};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use sysvitals::{Attr, Attrs, Pid, Process, ProcessTable, Value};

/// Set in the copy of this program that is traced.
const TRACED: &str = "SYSVITALS_TEST_TRACED";
/// Paths that are not there: opening one marks a place in the trace.
const BEGIN: &str = "/nonexistent/sysvitals/begin";
const END: &str = "/nonexistent/sysvitals/end";
/// What the traced program prints its children after, and how many users it met.
const CHILDREN: &str = "children:";
const USERS: &str = "users:";

const TWELVE: [Attr; 12] = [
    Attr::Pid,
    Attr::Name,
    Attr::Ppid,
    Attr::Username,
    Attr::Status,
    Attr::CpuTimes,
    Attr::MemoryInfo,
    Attr::IoCounters,
    Attr::NumThreads,
    Attr::Nice,
    Attr::CreateTime,
    Attr::Cmdline,
];

/// Children that are killed in the end.
struct Children(Vec<Child>);

impl Children {
    /// Older than two clock ticks: a younger process is looked at twice, to tell it from others.
    fn sleeping(count: usize) -> Self {
        let sleep = || Command::new("sleep").arg("100000").stdin(Stdio::null()).spawn().unwrap();
        let children = Self((0..count).map(|_| sleep()).collect());
        for pid in children.pids() {
            let process = Process::new(pid).unwrap();
            while process.name().unwrap() != "sleep" {
                thread::sleep(Duration::from_millis(1));
            }
        }
        thread::sleep(Duration::from_millis(100));
        let pids: Vec<_> = children.pids().map(|pid| pid.to_string()).collect();
        println!("{CHILDREN}{}", pids.join(","));
        children
    }

    fn pids(&self) -> impl Iterator<Item = Pid> {
        self.0.iter().map(|child| child.id().cast_signed())
    }

    fn first(&self) -> Process {
        Process::new(self.pids().next().unwrap()).unwrap()
    }
}

impl Drop for Children {
    fn drop(&mut self) {
        for child in &mut self.0 {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn descriptors() -> usize {
    fs::read_dir("/proc/self/fd").unwrap().count()
}

/// Runs what is to be traced between two marks.
fn marked<T>(what: impl FnOnce() -> T) -> T {
    let before = descriptors();
    let _ = File::open(BEGIN);
    let result = what();
    let _ = File::open(END);
    assert_eq!(descriptors(), before, "a descriptor was kept");
    result
}

/// How often each path was opened, and the children that the traced program had.
struct Trace {
    opened: BTreeMap<String, usize>,
    children: Vec<Pid>,
    text: String,
}

impl Trace {
    fn told(&self, what: &str) -> &str {
        told(&self.text, what).unwrap()
    }

    /// The opened files of a process, by name, with how often.
    fn of(&self, pid: Pid) -> Vec<(&str, usize)> {
        let prefix = format!("/proc/{pid}/");
        let files = self.opened.iter();
        files.filter_map(|(path, &n)| Some((path.strip_prefix(&prefix)?, n))).collect()
    }

    fn count(&self, path: &str) -> usize {
        self.opened.get(path).copied().unwrap_or(0)
    }

    /// What was opened outside `/proc`.
    fn elsewhere(&self) -> Vec<&str> {
        self.opened.keys().map(String::as_str).filter(|path| !path.starts_with("/proc")).collect()
    }
}

/// Runs a test once more under `strace`; None in that run, and where there is no `strace`.
fn traced(test: &str, body: impl FnOnce()) -> Option<Trace> {
    if env::var_os(TRACED).is_some() {
        body();
        return None;
    }
    let dir = tempfile::tempdir().unwrap();
    let log = dir.path().join("trace");
    let strace = || {
        let mut command = Command::new("strace");
        command.args(["-f", "-s", "4096", "-e", "trace=open,openat", "-o"]).arg(&log);
        command
    };
    let works = strace().arg("true").output();
    if !works.as_ref().is_ok_and(|output| output.status.success()) {
        println!("skipped: strace does not work here: {works:?}");
        return None;
    }
    let output = strace()
        .arg(env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env(TRACED, "1")
        .env("SYSVITALS_THREADS", "1")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}{errors}");
    let children = told(&text, CHILDREN).unwrap_or_else(|| panic!("no such test: {test}: {text}"));
    let children = children.split(',').map(|pid| pid.parse().unwrap()).collect();
    Some(Trace { opened: between_marks(&log), children, text: text.into_owned() })
}

fn told<'t>(text: &'t str, what: &str) -> Option<&'t str> {
    text.lines().find_map(|line| Some(line.split_once(what)?.1))
}

/// The paths opened by the thread that set the marks.
fn between_marks(log: &Path) -> BTreeMap<String, usize> {
    let log = fs::read(log).unwrap();
    let log = String::from_utf8_lossy(&log);
    let calls: Vec<(&str, &str)> = log
        .lines()
        .filter_map(|line| {
            let (thread, call) = line.split_once(' ')?;
            let call = call.trim_start();
            let call = call.strip_prefix("openat(").or_else(|| call.strip_prefix("open("))?;
            Some((thread, call.split('"').nth(1)?))
        })
        .collect();
    let mark = |mark: &str| {
        let places: Vec<_> =
            calls.iter().enumerate().filter(|(_, (_, path))| *path == mark).collect();
        assert_eq!(places.len(), 1, "{mark}");
        (places[0].0, places[0].1.0)
    };
    let ((begin, thread), (end, _)) = (mark(BEGIN), mark(END));
    let mut opened = BTreeMap::new();
    for (_, path) in calls[begin + 1..end].iter().filter(|(by, _)| *by == thread) {
        *opened.entry((*path).to_owned()).or_insert(0) += 1;
    }
    opened
}

/// Looking a user up may read more than the one file.
fn assert_only_users(paths: &[&str]) {
    let stray: Vec<_> = paths
        .iter()
        .filter(|path| {
            let users = ["/etc/passwd", "/etc/nsswitch.conf", "/etc/ld.so", "libnss", "nscd"];
            let library = path.contains(".so");
            !(library || users.iter().any(|part| path.contains(part)))
        })
        .collect();
    assert!(stray.is_empty(), "{stray:?}");
}

#[test]
fn twelve_attributes_of_a_process() {
    let Some(trace) = traced("twelve_attributes_of_a_process", || {
        let children = Children::sleeping(1);
        let process = children.first();
        let info = marked(|| process.as_dict(TWELVE.into())).unwrap();
        for (attr, answer) in info.iter() {
            assert!(answer.is_ok(), "{attr}: {answer:?}");
        }
        assert_eq!(info.iter().count(), TWELVE.len());
    }) else {
        return;
    };
    let child = trace.children[0];
    assert_eq!(trace.of(child), [("cmdline", 1), ("io", 1), ("stat", 1), ("status", 1)]);
    assert_eq!(trace.count("/proc/stat"), 1);
    let in_proc = trace.opened.keys().filter(|path| path.starts_with("/proc")).count();
    assert_eq!(in_proc, 5, "{:?}", trace.opened);
    assert_only_users(&trace.elsewhere());
}

#[test]
fn twelve_attributes_of_every_process() {
    let Some(trace) = traced("twelve_attributes_of_every_process", || {
        let children = Children::sleeping(20);
        let table = ProcessTable::new();
        let infos: Vec<_> = marked(|| table.read(TWELVE.into()).unwrap().collect());
        for pid in children.pids() {
            let info = infos.iter().find(|info| info.process().pid() == pid).unwrap();
            assert!(info.iter().all(|(_, answer)| answer.is_ok()), "{info:?}");
        }
        let users = infos.iter().filter_map(|info| match info.value(Attr::Username)? {
            Value::Username(name) => Some(name),
            _ => None,
        });
        println!("{USERS}{}", users.collect::<BTreeSet<_>>().len());
    }) else {
        return;
    };
    for &child in &trace.children {
        assert_eq!(trace.of(child), [("cmdline", 1), ("io", 1), ("stat", 1), ("status", 1)]);
    }
    assert_eq!(trace.count("/proc/stat"), 1);
    assert_eq!(trace.count("/proc") + trace.count("/proc/"), 1, "the list of processes");
    assert!(trace.count("/etc/passwd") <= trace.told(USERS).parse().unwrap());
    assert_only_users(&trace.elsewhere());
}

#[test]
fn a_second_sweep_reads_no_more() {
    let Some(trace) = traced("a_second_sweep_reads_no_more", || {
        let _children = Children::sleeping(5);
        let table = ProcessTable::new();
        let first = table.read(TWELVE.into()).unwrap().count();
        assert!(first > 5);
        marked(|| table.read(TWELVE.into()).unwrap().count());
    }) else {
        return;
    };
    for &child in &trace.children {
        assert_eq!(trace.of(child), [("cmdline", 1), ("io", 1), ("stat", 1), ("status", 1)]);
    }
    assert!(trace.count("/proc/stat") <= 1);
}

#[test]
fn a_view_reads_each_file_once() {
    let Some(trace) = traced("a_view_reads_each_file_once", || {
        let children = Children::sleeping(1);
        let process = children.first();
        marked(|| {
            let view = process.oneshot();
            for _ in 0..2 {
                view.name().unwrap();
                view.ppid().unwrap();
                view.cpu_times().unwrap();
                view.status().unwrap();
            }
        });
    }) else {
        return;
    };
    let child = trace.children[0];
    assert_eq!(trace.opened, BTreeMap::from([(format!("/proc/{child}/stat"), 1)]));
}

#[test]
fn a_view_shares_three_files() {
    let Some(trace) = traced("a_view_shares_three_files", || {
        let children = Children::sleeping(1);
        let process = children.first();
        marked(|| {
            let view = process.oneshot();
            for _ in 0..2 {
                view.cpu_num().unwrap();
                view.page_faults().unwrap();
                view.cpu_percent().unwrap();
                view.uids().unwrap();
                view.gids().unwrap();
                view.num_ctx_switches().unwrap();
                view.memory_info().unwrap();
                view.memory_info_ex().unwrap();
            }
        });
    }) else {
        return;
    };
    let files = trace.of(trace.children[0]);
    assert!(files.iter().all(|(_, times)| *times == 1), "{files:?}");
    let names: Vec<_> = files.iter().map(|(file, _)| *file).collect();
    assert!(names == ["stat", "statm", "status"] || names == ["stat", "status"], "{names:?}");
}

#[test]
fn one_getter_reads_one_file() {
    let Some(trace) = traced("one_getter_reads_one_file", || {
        let children = Children::sleeping(1);
        let process = children.first();
        marked(|| process.as_dict(Attrs::from([Attr::NumThreads]))).unwrap();
    }) else {
        return;
    };
    assert_eq!(trace.opened.len(), 1, "{:?}", trace.opened);
    assert_eq!(trace.opened.values().sum::<usize>(), 1);
}
