//! Who a process is: equality, what handles share, how they show themselves, and the tables that
//! keep them.
#![cfg(test)]
#![cfg(target_os = "linux")]

mod common;
#[path = "common/tree.rs"]
mod files;

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::process::Command;

use common::ns::{self, Guard};
use files::{Tree, stat_line};
use sysvitals::{
    Attr, ErrorKind, Pid, Popen, Process, ProcessStatus, ProcessTable, Value, process_iter,
    process_iter_cache_clear,
};

fn find(table: &ProcessTable, pid: Pid) -> Option<Process> {
    table.iter().unwrap().find(|process| process.pid() == pid)
}

fn busy() -> Guard {
    Guard::sh("while :; do :; done")
}

/// `sleep` itself, and not yet the program that is about to become it.
fn asleep(child: &Guard) -> Process {
    let process = Process::new(child.pid()).unwrap();
    ns::until("it sleeps", || {
        process.name().unwrap() == "sleep" && process.status().unwrap() == ProcessStatus::Sleeping
    });
    // Without a name that is already known.
    Process::new(child.pid()).unwrap()
}

/// A local time as `date` has it; None, and why, where it cannot tell.
fn date(epoch: f64, format: &str) -> Option<String> {
    let output = Command::new("date").args(["-d", &format!("@{}", epoch as i64), format]).output();
    let output = output.ok().filter(|output| output.status.success());
    ns::needs(output.is_some(), "date -d @SECONDS");
    Some(String::from_utf8(output?.stdout).unwrap().trim().to_owned())
}

#[test]
fn equal_and_hashed_alike() {
    let (first, second) = (Guard::sleep(), Guard::sleep());
    let a = Process::new(first.pid()).unwrap();
    let b = Process::new(first.pid()).unwrap();
    let other = Process::new(second.pid()).unwrap();
    let hasher = RandomState::new();
    assert_eq!(a, b);
    assert_eq!(a, a.clone());
    assert_ne!(a, other);
    assert_eq!(hasher.hash_one(&a), hasher.hash_one(&b));
    assert!(!a.is_same_handle(&b));
    assert!(a.is_same_handle(&a.clone()));
    let set: HashSet<_> = [a.clone(), b.clone(), other.clone(), a.clone()].into();
    assert_eq!(set.len(), 2);
    assert!(set.contains(&b) && set.contains(&other));
    // What is kept has no part in it.
    a.create_time().unwrap();
    a.name().unwrap();
    assert_eq!(a, b);
    drop(first);
    assert!(!a.is_running());
    assert_eq!(a, b);
    assert_eq!(hasher.hash_one(&a), hasher.hash_one(&b));
    assert_eq!(Process::current(), Process::new(std::process::id().cast_signed()).unwrap());
}

#[test]
fn another_with_the_same_pid() {
    let tree = Tree::new();
    tree.process(7, 1, b"first", 5);
    let first = tree.roots().process(7).unwrap();
    tree.process(7, 1, b"second", 6);
    let second = tree.roots().process(7).unwrap();
    assert_ne!(first, second);
    let set: HashSet<_> = [first.clone(), second.clone()].into();
    assert_eq!(set.len(), 2);
    assert!(!first.is_pid_reused());
    assert!(!first.is_running() && first.is_pid_reused());
    assert!(second.is_running());
    // Gone is gone.
    tree.process(7, 1, b"first", 5);
    assert!(!first.is_running());
    assert_eq!(first, tree.roots().process(7).unwrap());
    assert_eq!(first.to_string(), "Process(pid=7, status='terminated + PID reused')");
}

#[test]
fn a_zombie_is_running_until_it_is_reaped() {
    let pid = ns::fork(|| 0);
    let process = Process::new(pid).unwrap();
    ns::until("it ends", || process.status().unwrap() == ProcessStatus::Zombie);
    assert!(process.is_running());
    assert_eq!(process, Process::new(pid).unwrap());
    ns::reap(pid);
    assert!(!process.is_running());
    assert!(!process.is_running());
    assert!(!process.is_pid_reused());
}

#[test]
fn clones_share_what_is_kept() {
    let child = busy();
    let process = Process::new(child.pid()).unwrap();
    let (clone, other) = (process.clone(), Process::new(child.pid()).unwrap());
    assert_eq!((clone.known_name(), clone.known_create_time()), (None, None));
    let name = process.name().unwrap();
    let time = process.create_time().unwrap();
    assert_eq!((clone.known_name(), clone.known_create_time()), (Some(name), Some(time)));
    assert_eq!((other.known_name(), other.known_create_time()), (None, None));

    assert_eq!(process.cpu_percent(None).unwrap(), 0.0);
    works(&other);
    assert!(clone.cpu_percent(None).unwrap() > 0.0);
    assert_eq!(other.cpu_percent(None).unwrap(), 0.0);

    let pid = ns::fork(|| 7);
    let process = Process::new(pid).unwrap();
    let clone = process.clone();
    assert_eq!(process.wait(Some(ns::LONG)).unwrap().unwrap().code(), Some(7));
    assert_eq!(clone.returncode().unwrap().unwrap().code(), Some(7));
    assert_eq!(clone.wait(None).unwrap().unwrap().code(), Some(7));
    assert!(!clone.is_running());
}

/// Until it has used ten ticks from now on.
fn works(process: &Process) {
    let used = || process.cpu_times().map(|times| times.user + times.system).unwrap();
    let before = used();
    ns::until("it works", || used() >= before + 0.1);
}

#[test]
fn shown_while_it_lives() {
    let child = Guard::sleep();
    let process = asleep(&child);
    let pid = process.pid();
    let expected = format!("Process(pid={pid}, name='sleep', status='sleeping')");
    assert_eq!(process.to_string(), expected);
    assert_eq!(format!("{process:?}"), expected);
    assert_eq!(format!("{process:#?}"), expected);

    let started = process.create_time().unwrap();
    let text = process.to_string();
    let (head, tail) = text.rsplit_once(", started='").unwrap();
    assert_eq!(format!("{head})"), expected);
    let shape: String = tail.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    assert_eq!(shape, "00:00:00')");
    if let Some(time) = date(started, "+%H:%M:%S") {
        assert_eq!(tail, format!("{time}')"));
    }

    let child = busy();
    let process = Process::new(child.pid()).unwrap();
    works(&process);
    ns::until("it runs", || {
        process.to_string() == format!("Process(pid={}, name='sh', status='running')", child.pid())
    });
}

#[test]
fn shown_when_it_is_no_more() {
    let child = Guard::sleep();
    let (known, unknown) = (asleep(&child), asleep(&child));
    let pid = known.pid();
    known.name().unwrap();
    drop(child);
    assert_eq!(unknown.to_string(), format!("Process(pid={pid}, status='terminated')"));
    let expected = format!("Process(pid={pid}, name='sleep', status='terminated')");
    assert_eq!(known.to_string(), expected);
    assert_eq!(format!("{known:?}"), expected);

    for code in [0, 7] {
        let process = Process::new(ns::fork(move || code)).unwrap();
        process.wait(Some(ns::LONG)).unwrap();
        let pid = process.pid();
        let expected = format!("Process(pid={pid}, status='terminated', exitcode={code})");
        assert_eq!(process.to_string(), expected);
    }
    let process = Process::new(ns::fork_idle()).unwrap();
    process.terminate().unwrap();
    process.wait(Some(ns::LONG)).unwrap();
    let pid = process.pid();
    // Its name was not asked for, unless an error had to tell it.
    let text = process.to_string();
    assert!(text.starts_with(&format!("Process(pid={pid}, ")), "{text}");
    assert!(text.ends_with("status='terminated', exitcode=-15)"), "{text}");
}

#[test]
fn shown_as_a_zombie() {
    let mut popen = Popen::spawn(Command::new("sh").args(["-c", "exit 3"])).unwrap();
    ns::until("it ends", || popen.status().unwrap() == ProcessStatus::Zombie);
    let pid = popen.pid();
    assert_eq!(popen.to_string(), format!("Process(pid={pid}, name='sh', status='zombie')"));
    // Known to have ended, and left to the child.
    popen.process().wait(Some(ns::LONG)).unwrap();
    let expected = format!("Process(pid={pid}, name='sh', status='zombie', exitcode=3)");
    assert_eq!(popen.to_string(), expected);
    popen.wait(None).unwrap();
    let expected = format!("Process(pid={pid}, name='sh', status='terminated', exitcode=3)");
    assert_eq!(popen.to_string(), expected);
}

#[test]
fn shown_with_the_date_after_a_day() {
    let tree = Tree::new();
    tree.process(7, 1, b"old", 0);
    tree.write("stat", "btime 1000000000\n");
    let process = tree.roots().process(7).unwrap();
    assert_eq!(process.to_string(), "Process(pid=7, name='old', status='sleeping')");
    assert_eq!(process.create_time().unwrap(), 1e9);
    let text = process.to_string();
    assert!(text.contains(", started='2001-09-"), "{text}");
    if let Some(time) = date(1e9, "+%Y-%m-%d %H:%M:%S") {
        let expected = format!("Process(pid=7, name='old', status='sleeping', started='{time}')");
        assert_eq!(text, expected);
    }
    tree.write("7/stat", stat_line(7, b"old", b'Z', 1, 0));
    assert!(process.to_string().contains("status='zombie'"), "{process}");
    tree.remove("7");
    assert!(process.to_string().contains("name='old', status='terminated', started="), "{process}");
}

/// The clock dates a process, and does not tell who it is.
#[test]
fn a_step_of_the_clock() {
    let tree = Tree::new();
    tree.process(7, 1, b"x", 500);
    tree.write("stat", "cpu  1 2 3 4 5 6 7 8 9 10\nbtime 1700000000\n");
    let before = tree.roots().process(7).unwrap();
    let time = before.create_time().unwrap();
    let table = tree.roots().process_table();
    let listed = find(&table, 7).unwrap();
    tree.write("stat", "cpu  1 2 3 4 5 6 7 8 9 10\nbtime 1700003600\n");
    let after = tree.roots().process(7).unwrap();
    assert_eq!(before, after);
    assert_eq!(HashSet::from([before.clone(), after.clone()]).len(), 1);
    assert_eq!(after.create_time().unwrap() - time, 3600.0);
    assert_eq!(before.create_time().unwrap(), time);
    assert!(before.is_running() && !before.is_pid_reused());
    assert!(find(&table, 7).unwrap().is_same_handle(&listed));
    // Nor does it make a child older than its parent.
    tree.process(8, 7, b"y", 500);
    assert_eq!(before.children(true).unwrap().len(), 1);
    assert_eq!(before.children(true).unwrap()[0].parent().unwrap(), Some(before));
}

#[test]
fn create_time_as_ps_has_it() {
    let child = Guard::sleep();
    let pid = child.pid().to_string();
    let lstart = Command::new("ps").env("LC_ALL", "C").args(["-o", "lstart=", "-p", &pid]).output();
    let lstart = lstart.ok().filter(|output| output.status.success());
    if !ns::needs(lstart.is_some(), "ps -o lstart=") {
        return;
    }
    let text = String::from_utf8(lstart.unwrap().stdout).unwrap();
    let date = Command::new("date").env("LC_ALL", "C").args(["-d", text.trim(), "+%s"]).output();
    let date = date.ok().filter(|output| output.status.success());
    if !ns::needs(date.is_some(), "date -d TEXT") {
        return;
    }
    let seconds = String::from_utf8(date.unwrap().stdout).unwrap().trim().parse::<f64>().unwrap();
    let time = Process::new(child.pid()).unwrap().create_time().unwrap();
    assert!((time - seconds).abs() <= 2.0, "{time} {seconds}");
}

#[test]
fn a_table_keeps_its_processes() {
    let child = busy();
    let pid = child.pid();
    let other = Guard::sleep();
    let table = ProcessTable::new();
    let first = find(&table, pid).unwrap();
    let kept = find(&table, other.pid()).unwrap();
    assert!(find(&table, pid).unwrap().is_same_handle(&first));
    assert!(find(&table.clone(), pid).unwrap().is_same_handle(&first));
    assert!(!find(&ProcessTable::new(), pid).unwrap().is_same_handle(&first));
    let read = table.read([Attr::Name].into()).unwrap();
    let read = read.into_iter().find(|info| info.process().pid() == pid).unwrap();
    assert!(read.process().is_same_handle(&first));

    table.cache_clear();
    let second = find(&table, pid).unwrap();
    assert!(!second.is_same_handle(&first));
    assert_eq!(second, first);
    assert!(find(&table, pid).unwrap().is_same_handle(&second));
    let third = find(&table, other.pid()).unwrap();
    assert!(!third.is_same_handle(&kept));

    drop(child);
    assert!(find(&table, pid).is_none_or(|now| now != first));
    assert!(find(&table, other.pid()).unwrap().is_same_handle(&third));
}

#[test]
fn cpu_percent_from_pass_to_pass() {
    let child = busy();
    let witness = Process::new(child.pid()).unwrap();
    let table = ProcessTable::new();
    let pass = || {
        let mut pass = table.read([Attr::CpuPercent].into()).unwrap();
        let info = pass.find(|info| info.process().pid() == child.pid()).unwrap();
        let Some(&Value::CpuPercent(percent)) = info.value(Attr::CpuPercent) else {
            panic!("{:?}", info.value(Attr::CpuPercent))
        };
        percent
    };
    assert_eq!(pass(), 0.0);
    works(&witness);
    assert!(pass() > 0.0);
    table.cache_clear();
    assert_eq!(pass(), 0.0);
    // An iterator's handles have the same memory.
    works(&witness);
    assert!(find(&table, child.pid()).unwrap().cpu_percent(None).unwrap() > 0.0);
}

#[test]
fn a_table_forgets() {
    let tree = Tree::new();
    tree.write("stat", "btime 1700000000\n");
    for pid in [7, 8, 9] {
        tree.process(pid, 1, b"x", 5);
    }
    let table = tree.roots().process_table();
    let pids = || table.iter().unwrap().map(|process| process.pid()).collect::<Vec<_>>();
    let first: Vec<_> = table.iter().unwrap().collect();
    assert_eq!(pids(), [7, 8, 9]);

    tree.remove("8");
    assert_eq!(pids(), [7, 9]);
    tree.process(8, 1, b"x", 5);
    let again = find(&table, 8).unwrap();
    assert_eq!(again, first[1]);
    assert!(!again.is_same_handle(&first[1]));

    // A plain pass does not look who has the PID; the look of whoever holds it is heeded.
    tree.process(7, 1, b"y", 6);
    assert!(find(&table, 7).unwrap().is_same_handle(&first[0]));
    assert!(!first[0].is_running());
    let successor = find(&table, 7).unwrap();
    assert_ne!(successor, first[0]);
    assert_eq!(successor.name().unwrap(), "y");

    // One that reads `stat` sees it by itself.
    tree.process(9, 1, b"z", 6);
    let info = table.read([Attr::Name].into()).unwrap().last().unwrap();
    assert_ne!(*info.process(), first[2]);
    assert!(find(&table, 9).unwrap().is_same_handle(info.process()));

    // A pass that is under way does not bring back what ended after it began.
    let mut pass = table.iter().unwrap();
    assert_eq!(pass.next().unwrap().pid(), 7);
    table.cache_clear();
    tree.remove("9");
    assert_eq!(pass.next().unwrap().pid(), 8);
    assert_eq!(pids(), [7, 8]);
    let error = tree.roots().process(9).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoSuchProcess);
}

#[test]
fn the_table_of_the_program() {
    let child = Guard::sleep();
    let find = |pid| process_iter().unwrap().find(|process| process.pid() == pid);
    let all: Vec<_> = process_iter().unwrap().map(|process| process.pid()).collect();
    assert!(all.is_sorted());
    assert!(all.contains(&child.pid()) && all.contains(&std::process::id().cast_signed()));
    let first = find(child.pid()).unwrap();
    assert_eq!(first, Process::new(child.pid()).unwrap());
    assert!(find(child.pid()).unwrap().is_same_handle(&first));
    process_iter_cache_clear();
    let second = find(child.pid()).unwrap();
    assert_eq!(second, first);
    assert!(!second.is_same_handle(&first));
    let pid = child.pid();
    drop(child);
    assert!(find(pid).is_none_or(|now| now != first));
}
