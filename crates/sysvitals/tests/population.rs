//! Who counts as a process, and that none is lost: threads, first threads that have ended, zombies,
//! and the table that holds them all.
#![cfg(target_os = "linux")]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;

use common::ns::{self, Guard};
use sysvitals::{Attrs, ErrorKind, Process, ProcessStatus, ProcessTable, Roots};

#[test]
fn no_process_is_lost_for_an_attribute() {
    let sleepers: Vec<_> = (0..4).map(|_| Guard::sleep()).collect();
    let stopped = Guard::sleep();
    ns::kill(stopped.pid(), libc::SIGSTOP);
    let mut zombie = Command::new("true").spawn().unwrap();
    ns::until("a zombie", || ns::state(ns::pid_of(&zombie)) == "Z");
    let mut mine: BTreeSet<i32> = sleepers.iter().map(Guard::pid).collect();
    mine.extend([ns::pid_of(&zombie), stopped.pid(), 1, Process::current().pid()]);

    let table = ProcessTable::new();
    for pass in 0..3 {
        let found: Vec<i32> =
            table.read(Attrs::ALL).unwrap().map(|info| info.process().pid()).collect();
        assert!(found.is_sorted());
        let found = found.into_iter().collect();
        assert!(mine.is_subset(&found), "pass {pass}: {:?} are lost", mine.difference(&found));
    }
    zombie.wait().unwrap();
}

#[test]
fn a_thread_is_no_process_and_yet_can_be_looked_at() {
    let (to_main, from_thread) = mpsc::channel();
    let (to_thread, from_main) = mpsc::channel::<()>();
    let thread = thread::spawn(move || {
        ns::name_thread(c"a) b (c");
        to_main.send(ns::gettid()).unwrap();
        from_main.recv().unwrap_err();
    });
    let tid = from_thread.recv().unwrap();
    assert!(!sysvitals::pid_exists(tid));
    assert!(sysvitals::pids().unwrap().binary_search(&tid).is_err());

    let me = Process::current();
    let process = Process::new(tid).unwrap();
    assert_eq!(process.name().unwrap(), "a) b (c");
    assert_eq!(process.ppid().unwrap(), me.ppid().unwrap());
    assert_eq!(process.exe().unwrap(), me.exe().unwrap());
    assert!(process.is_running());
    assert_ne!(process, me);
    for (attr, answer) in process.as_dict(Attrs::ALL).unwrap().iter() {
        assert!(answer.is_ok(), "{attr}: {answer:?}");
    }
    assert!(me.threads().unwrap().iter().any(|thread| thread.id == tid));
    drop(to_thread);
    thread.join().unwrap();
}

/// The kernel shows a process whose first thread has ended as a zombie, with all its threads.
#[test]
fn the_first_thread_has_ended() {
    const SCRIPT: &str = "import ctypes, threading, time\n\
        threading.Thread(target=time.sleep, args=(600,)).start()\n\
        ctypes.CDLL(None).syscall(ctypes.c_long(EXIT), ctypes.c_long(0))\n";
    if !ns::needs(ns::has_program("python3"), "python3") {
        return;
    }
    let script = SCRIPT.replace("EXIT", &libc::SYS_exit.to_string());
    let child = Guard::spawn(Command::new("python3").args(["-c", &script]).stderr(Stdio::null()));
    ns::until("the first thread's end", || ns::state(child.pid()) == "Z");

    let process = Process::new(child.pid()).unwrap();
    assert_eq!(process.status().unwrap(), ProcessStatus::Zombie);
    assert_eq!(process.threads().unwrap().len(), 2);
    assert_eq!(process.num_threads().unwrap(), 2);
    assert_eq!(process.cmdline().unwrap_err().kind(), ErrorKind::ZombieProcess);
    assert!(process.is_running());
    assert!(sysvitals::pid_exists(child.pid()));
    process.as_dict(Attrs::ALL).unwrap();
    process.kill().unwrap();
    assert_eq!(process.wait(None).unwrap().unwrap().to_string(), "signal: 9 (SIGKILL)");
}

#[test]
fn a_thread_that_ends_is_left_out_whatever_the_first_one_does() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("7");
    let stat = |pid: i32, state: &str| ns::stat_text(pid, "x", 1, 100).replacen(" S ", state, 1);
    fs::create_dir_all(folder.join("task/7")).unwrap();
    fs::create_dir_all(folder.join("task/8")).unwrap();
    fs::create_dir_all(folder.join("task/9")).unwrap();
    fs::write(folder.join("task/7/stat"), stat(7, " Z ")).unwrap();
    fs::write(folder.join("task/9/stat"), stat(9, " S ")).unwrap();
    let roots = Roots::new(dir.path(), "/sys");
    for state in [" S ", " Z "] {
        fs::write(folder.join("stat"), stat(7, state)).unwrap();
        let threads = roots.process(7).unwrap().threads().unwrap();
        assert_eq!(threads.iter().map(|thread| thread.id).collect::<Vec<_>>(), [7, 9], "{state}");
    }
}
