//! What an attribute costs in system calls: its own files and no others, each opened, read and closed
//! once.
#![cfg(target_os = "linux")]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File};
use std::path::Path;

use common::ns::{self, Guard};
use sysvitals::{Attr, Attrs, Process};

/// The attributes that a process viewer asks for.
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

/// An open that fails, for strace to print.
fn mark(name: &str) {
    File::open(format!("/mark/{name}")).unwrap_err();
}

fn between(name: &str, act: impl FnOnce()) {
    mark(name);
    act();
    mark("end");
}

/// What happened to a file between two marks.
#[derive(Debug, Default, PartialEq)]
struct Use {
    opens: usize,
    reads: usize,
    closes: usize,
}

const ONCE: Use = Use { opens: 1, reads: 1, closes: 1 };

type Uses = BTreeMap<String, Use>;

/// The files that the thread that made the marks used, by section.
fn uses(trace: &str) -> HashMap<String, Uses> {
    let mut sections: HashMap<String, Uses> = HashMap::new();
    let mut open: HashMap<u32, String> = HashMap::new();
    let mut section: Option<(String, &str)> = None;
    let mut broken_off: HashMap<&str, &str> = HashMap::new();
    for line in trace.lines() {
        let (thread, call) = line.split_once(' ').unwrap();
        let call = call.trim_start();
        // Where threads make calls at the same time, strace tells of one in two lines.
        if let Some(begin) = call.strip_suffix("<unfinished ...>") {
            broken_off.insert(thread, begin);
            continue;
        }
        let call = match call.strip_prefix("<... ").and_then(|rest| rest.split_once(" resumed>")) {
            Some((_, end)) => format!("{}{end}", broken_off.remove(thread).unwrap_or_default()),
            None => call.to_owned(),
        };
        if let Some(name) = call.split("\"/mark/").nth(1) {
            let name = name.split('"').next().unwrap();
            section = (name != "end").then(|| (name.to_owned(), thread));
            if section.is_some() {
                sections.entry(name.to_owned()).or_default();
                open.clear();
            }
            continue;
        }
        let Some((name, marked)) = &section else { continue };
        if *marked != thread {
            continue;
        }
        let files = sections.get_mut(name).unwrap();
        let fd_of = |call: &str| {
            let digits = call.split(['(', ')', ',']).nth(1).unwrap();
            digits.parse::<u32>().unwrap()
        };
        if call.starts_with("open") {
            let path = call.split('"').nth(1).unwrap().to_owned();
            let result = call.rsplit_once("= ").unwrap().1;
            files.entry(path.clone()).or_default().opens += 1;
            if let Ok(fd) = result.trim().parse() {
                open.insert(fd, path);
            }
        } else if call.starts_with("read(")
            && let Some(path) = open.get(&fd_of(&call))
        {
            files.get_mut(path).unwrap().reads += 1;
        } else if call.starts_with("close(")
            && let Some(path) = open.remove(&fd_of(&call))
        {
            files.get_mut(&path).unwrap().closes += 1;
        }
    }
    sections
}

/// Runs a test again under strace and gives what it used; None, and why printed, without strace.
fn traced(test: &str) -> Option<HashMap<String, Uses>> {
    if !ns::needs(ns::has_program("strace"), "strace") {
        return None;
    }
    let probe = std::process::Command::new("strace").args(["-o", "/dev/null", "true"]).output();
    if !ns::needs(probe.unwrap().status.success(), "ptrace") {
        return None;
    }
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("trace");
    let calls = "trace=open,openat,read,pread64,close";
    let wrapper = ["strace", "-f", "-qq", "-e", calls, "-o", file.to_str().unwrap()];
    ns::rerun_under(test, "traced", &wrapper);
    Some(uses(&fs::read_to_string(file).unwrap()))
}

fn traced_role() -> bool {
    ns::in_role("traced")
}

/// A child that is no longer in its first clock tick, when telling who it is takes a second look.
fn settled_child() -> Guard {
    let child = Guard::sleep();
    ns::until("sleep has begun", || {
        fs::read_link(format!("/proc/{}/exe", child.pid()))
            .is_ok_and(|exe| exe != std::env::current_exe().unwrap())
    });
    ns::next_tick();
    ns::next_tick();
    child
}

type Files<'a> = BTreeMap<&'a str, &'a Use>;

/// The files of each process, by their names in its folder, and the others of `/proc`.
fn in_proc(uses: &Uses) -> (BTreeMap<i32, Files<'_>>, Files<'_>) {
    let mut of_processes = BTreeMap::<i32, Files<'_>>::new();
    let mut others = Files::new();
    for (path, used) in uses {
        let Some(path) = path.strip_prefix("/proc/") else { continue };
        match path.split_once('/').map(|(pid, file)| (pid.parse(), file)) {
            Some((Ok(pid), file)) => {
                of_processes.entry(pid).or_default().insert(file, used);
            }
            _ => {
                others.insert(path, used);
            }
        }
    }
    (of_processes, others)
}

fn once(files: &[&'static str]) -> Files<'static> {
    files.iter().map(|&file| (file, &ONCE)).collect()
}

fn password_file_opens(uses: &Uses) -> usize {
    uses.get("/etc/passwd").map_or(0, |used| used.opens)
}

#[test]
fn twelve_attributes_are_one_read_of_four_files() {
    const TEST: &str = "twelve_attributes_are_one_read_of_four_files";
    if traced_role() {
        let child = settled_child();
        let process = Process::new(child.pid()).unwrap();
        between("dict", || {
            let info = process.as_dict(TWELVE.into()).unwrap();
            assert!(info.iter().all(|(_, answer)| answer.is_ok()));
        });
        return;
    }
    let Some(sections) = traced(TEST) else { return };
    let (of_processes, others) = in_proc(&sections["dict"]);
    let files: Vec<_> = of_processes.values().collect();
    assert_eq!(files, [&once(&["cmdline", "io", "stat", "status"])]);
    assert_eq!(others, once(&["stat"]));
    assert_eq!(password_file_opens(&sections["dict"]), 1);
}

#[test]
fn each_attribute_alone_keeps_to_its_own_files() {
    const TEST: &str = "each_attribute_alone_keeps_to_its_own_files";
    if traced_role() {
        let child = settled_child();
        let process = Process::new(child.pid()).unwrap();
        for &attr in Attr::ALL {
            between(attr.as_str(), || {
                process.as_dict(Attrs::from([attr])).unwrap();
            });
        }
        return;
    }
    let Some(sections) = traced(TEST) else { return };
    for &attr in Attr::ALL {
        let (of_processes, others) = in_proc(&sections[attr.as_str()]);
        let files: Vec<&str> = of_processes
            .values()
            .flat_map(|files| files.keys().copied())
            .filter(|file| !Path::new(file).starts_with("fdinfo"))
            .collect();
        let expected: &[&str] = match attr {
            Attr::Pid | Attr::Nice | Attr::Ionice | Attr::CpuAffinity => &[],
            // Links, which are not opened.
            Attr::Exe | Attr::Cwd => &[],
            Attr::Cmdline => &["cmdline"],
            Attr::Environ => &["environ"],
            Attr::IoCounters => &["io"],
            Attr::MemoryFootprint => &["smaps_rollup"],
            Attr::MemoryInfo | Attr::MemoryPercent => &["statm"],
            Attr::MemoryInfoEx => &["status"],
            Attr::MemoryMaps => &["smaps"],
            // Whether the process is still there is asked last.
            Attr::NetConnections | Attr::OpenFiles => &["fd", "stat"],
            Attr::NumFds => &["fd"],
            Attr::Threads => &["stat", "task"],
            Attr::Gids | Attr::Uids | Attr::Username | Attr::NumThreads | Attr::NumCtxSwitches => {
                &["status"]
            }
            Attr::CpuNum
            | Attr::CpuPercent
            | Attr::CpuTimes
            | Attr::CreateTime
            | Attr::Name
            | Attr::PageFaults
            | Attr::Ppid
            | Attr::Status
            | Attr::Terminal => &["stat"],
        };
        let files: Vec<_> = files.into_iter().filter(|file| !file.starts_with("task/")).collect();
        assert!(
            files == expected || (attr == Attr::CreateTime && files.is_empty()),
            "{attr}: {files:?}"
        );
        let others: Vec<&str> = others.into_keys().collect();
        match attr {
            Attr::CreateTime => assert_eq!(others, ["stat"]),
            Attr::MemoryPercent => assert_eq!(others, ["meminfo"]),
            _ => assert!(others.is_empty(), "{attr}: {others:?}"),
        }
    }
}
