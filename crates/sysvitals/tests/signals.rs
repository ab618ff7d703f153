//! Signals and setters, with the tools of util-linux and procps as witnesses.
#![cfg(target_os = "linux")]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::sync::mpsc;

use common::ns::{self, Guard};
use sysvitals::process::{IoPriorityClass, RLIM_INFINITY, Resource};
use sysvitals::{ErrorKind, Process, ProcessStatus, Result, Roots, pid_exists, pids};

fn both() -> [Roots; 2] {
    [Roots::default(), Roots::default().without_pidfd()]
}

fn assert_kind<T: std::fmt::Debug>(result: Result<T>, kind: ErrorKind, naming: &str) {
    let error = result.unwrap_err();
    assert_eq!(error.kind(), kind, "{error}");
    assert!(error.to_string().contains(naming), "{naming} is not in: {error}");
}

fn has_status(process: &Process, status: ProcessStatus) {
    ns::until(status.as_str(), || process.status().unwrap() == status);
}

#[test]
fn each_signal_does_what_it_says() {
    for roots in both() {
        let mut child = Guard::sleep();
        let process = roots.process(child.pid()).unwrap();
        has_status(&process, ProcessStatus::Sleeping);
        process.send_signal(0).unwrap();
        process.suspend().unwrap();
        has_status(&process, ProcessStatus::Stopped);
        process.suspend().unwrap();
        process.resume().unwrap();
        has_status(&process, ProcessStatus::Sleeping);
        process.terminate().unwrap();
        assert_eq!(child.0.wait().unwrap().signal(), Some(libc::SIGTERM));

        for (signal, act) in [
            (libc::SIGKILL, Process::kill as fn(&Process) -> Result<()>),
            (libc::SIGUSR1, |p| p.send_signal(libc::SIGUSR1)),
            (64, |p| p.send_signal(64)),
        ] {
            let mut child = Guard::sleep();
            act(&roots.process(child.pid()).unwrap()).unwrap();
            assert_eq!(child.0.wait().unwrap().signal(), Some(signal));
        }
    }
}

#[test]
fn signals_out_of_range_touch_nothing() {
    for roots in both() {
        let mut child = Guard::sleep();
        let process = roots.process(child.pid()).unwrap();
        for signal in [-1, 65, 9999, i32::MAX, i32::MIN] {
            assert_kind(process.send_signal(signal), ErrorKind::InvalidInput, &signal.to_string());
        }
        process.send_signal(0).unwrap();
        assert!(child.0.try_wait().unwrap().is_none());
    }
}

#[test]
fn absurd_pids() {
    for roots in both() {
        for pid in [-1, -9999, i32::MIN] {
            assert_kind(roots.process(pid), ErrorKind::InvalidInput, &pid.to_string());
            assert!(!roots.pid_exists(pid));
        }
        for pid in [0, i32::MAX] {
            assert_kind(roots.process(pid), ErrorKind::NoSuchProcess, &pid.to_string());
            assert!(!roots.pid_exists(pid));
        }
    }
}

#[test]
fn a_zombie_takes_signals_and_the_gone_do_not() {
    for roots in both() {
        let mut child = Guard::sh("exit 3");
        let process = roots.process(child.pid()).unwrap();
        has_status(&process, ProcessStatus::Zombie);
        for signal in [0, libc::SIGTERM, libc::SIGSTOP, libc::SIGKILL] {
            process.send_signal(signal).unwrap();
        }
        process.set_nice(3).unwrap();
        assert_eq!(child.0.wait().unwrap().code(), Some(3));
        assert_kind(process.send_signal(0), ErrorKind::NoSuchProcess, &child.pid().to_string());
        assert_kind(process.set_nice(0), ErrorKind::NoSuchProcess, "no longer exists");
        assert_kind(process.kill(), ErrorKind::NoSuchProcess, "no longer exists");
    }
}

#[test]
fn the_id_of_a_thread() {
    let (tell, told) = mpsc::channel();
    let (stop, stopped) = mpsc::channel::<()>();
    let thread = std::thread::spawn(move || {
        tell.send(ns::gettid()).unwrap();
        let _ = stopped.recv();
    });
    let tid = told.recv().unwrap();
    for roots in both() {
        let process = roots.process(tid).unwrap();
        assert!(!pid_exists(tid));
        assert!(!pids().unwrap().contains(&tid));
        assert!(process.is_running());
        assert!(process.threads().is_ok());
        process.send_signal(0).unwrap();
        process.set_nice(process.nice().unwrap()).unwrap();
        process.set_cpu_affinity(&process.cpu_affinity().unwrap()).unwrap();
    }
    drop(stop);
    thread.join().unwrap();

    // And of a thread of another: a signal to it is one to its process.
    if !ns::needs(ns::has_program("python3"), "python3") {
        return;
    }
    for roots in both() {
        let script = "import threading, time\n\
                      threading.Thread(target=time.sleep, args=(600,)).start()\ntime.sleep(600)";
        let mut child = Guard::spawn(std::process::Command::new("python3").args(["-c", script]));
        let task = format!("/proc/{}/task", child.pid());
        ns::until("a second thread", || fs::read_dir(&task).is_ok_and(|dir| dir.count() == 2));
        let tid = fs::read_dir(&task)
            .unwrap()
            .filter_map(|entry| entry.unwrap().file_name().to_str()?.parse().ok())
            .find(|&tid: &i32| tid != child.pid())
            .unwrap();
        roots.process(tid).unwrap().kill().unwrap();
        assert_eq!(child.0.wait().unwrap().signal(), Some(libc::SIGKILL));
    }
}

#[test]
fn nobody_is_denied() {
    if ns::in_role("nobody") {
        for roots in both() {
            let init = roots.process(1).unwrap();
            let denied: [(&str, Result<()>); 7] = [
                ("signal 0", init.send_signal(0)),
                ("terminate", init.terminate()),
                ("nice", init.set_nice(5)),
                ("ionice", init.set_ionice(IoPriorityClass::Idle, 0)),
                ("rlimit", init.set_rlimit(Resource::Nofile, 10, 10)),
                ("cpu_affinity", init.set_cpu_affinity(&[0])),
                ("rlimit get", init.rlimit(Resource::Nofile).map(drop)),
            ];
            for (what, result) in denied {
                let error = result.expect_err(what);
                assert_eq!(error.kind(), ErrorKind::AccessDenied, "{what}: {error}");
                assert_eq!(error.pid(), Some(1));
                assert!(error.io_error().is_some(), "{what}: {error}");
            }
            // What is its own it may change, but not take more of.
            let child = Guard::sleep();
            let own = roots.process(child.pid()).unwrap();
            own.set_nice(5).unwrap();
            assert_kind(own.set_nice(0), ErrorKind::AccessDenied, "");
            let realtime = own.set_ionice(IoPriorityClass::RealTime, 0);
            assert_kind(realtime, ErrorKind::AccessDenied, "");
            own.set_rlimit(Resource::Nofile, 20, 20).unwrap();
            assert_kind(own.set_rlimit(Resource::Nofile, 20, 21), ErrorKind::AccessDenied, "");
        }
        return;
    }
    if ns::needs(ns::is_root(), "root, to become nobody") {
        ns::rerun_as_nobody("nobody_is_denied", "nobody");
    }
}

#[test]
fn nice_as_ps_sees_it() {
    if !ns::needs(ns::is_root(), "root, for negative nice values") {
        return;
    }
    for roots in both() {
        let child = Guard::sleep();
        let pid = child.pid().to_string();
        let process = roots.process(child.pid()).unwrap();
        for (value, seen) in [(7, 7), (-5, -5), (0, 0), (500, 19), (-500, -20), (-1, -1)] {
            process.set_nice(value).unwrap();
            assert_eq!(process.nice().unwrap(), seen);
            if ns::has_program("ps") {
                assert_eq!(ns::output("ps", &["-o", "ni=", "-p", &pid]), seen.to_string());
            }
        }
    }
}

#[test]
fn ionice_as_ionice_sees_it() {
    use IoPriorityClass::{BestEffort, Idle, None, RealTime, Unknown};
    for roots in both() {
        let child = Guard::sleep();
        let pid = child.pid().to_string();
        let process = roots.process(child.pid()).unwrap();
        process.set_ionice(BestEffort, 4).unwrap();
        for (class, value, naming) in [
            (BestEffort, 8, "8"),
            (RealTime, u32::MAX, "4294967295"),
            (Idle, 1, "IOPRIO_CLASS_IDLE"),
            (None, 7, "IOPRIO_CLASS_NONE"),
            (Unknown(9), 0, "9"),
            (Unknown(4), 0, "4"),
        ] {
            assert_kind(process.set_ionice(class, value), ErrorKind::InvalidInput, naming);
        }
        let now = process.ionice().unwrap();
        assert_eq!((now.ioclass, now.value), (BestEffort, 4));
        let mut cases = vec![(BestEffort, 0, "best-effort: prio 0"), (Idle, 0, "idle")];
        cases.push((BestEffort, 7, "best-effort: prio 7"));
        if ns::is_root() {
            cases.push((RealTime, 3, "realtime: prio 3"));
        }
        for (class, value, seen) in cases {
            process.set_ionice(class, value).unwrap();
            let now = process.ionice().unwrap();
            assert_eq!((now.ioclass, now.value), (class, value));
            if ns::has_program("ionice") {
                assert_eq!(ns::output("ionice", &["-p", &pid]), seen);
            }
        }
        process.set_ionice(None, 0).unwrap();
    }
}

#[test]
fn rlimit_as_prlimit_sees_it() {
    for roots in both() {
        let child = Guard::sleep();
        let pid = child.pid().to_string();
        let process = roots.process(child.pid()).unwrap();
        let before = process.rlimit(Resource::Nofile).unwrap();
        let absurd = process.set_rlimit(Resource::Nofile, 21, 20);
        assert_kind(absurd, ErrorKind::InvalidInput, "21 > 20");
        let absurd = process.set_rlimit(Resource::Nofile, RLIM_INFINITY, 20);
        assert_kind(absurd, ErrorKind::InvalidInput, "current limit exceeds maximum limit");
        assert_eq!(process.rlimit(Resource::Nofile).unwrap(), before);
        process.set_rlimit(Resource::Nofile, 20, 21).unwrap();
        assert_eq!(process.rlimit(Resource::Nofile).unwrap(), (20, 21));
        process.set_rlimit(Resource::Core, 0, process.rlimit(Resource::Core).unwrap().1).unwrap();
        if ns::has_program("prlimit") {
            let args = ["--pid", &pid, "--nofile", "--noheadings", "-o", "SOFT,HARD"];
            let seen = ns::output("prlimit", &args);
            assert_eq!(seen.split_whitespace().collect::<Vec<_>>(), ["20", "21"]);
        }
        for &resource in Resource::ALL {
            let (soft, hard) = process.rlimit(resource).unwrap();
            assert!(soft <= hard, "{resource:?}");
        }
    }
}

#[test]
fn affinity_as_taskset_sees_it() {
    for roots in both() {
        let child = Guard::sleep();
        let pid = child.pid().to_string();
        let process = roots.process(child.pid()).unwrap();
        let all = process.cpu_affinity().unwrap();
        let seen = || ns::output("taskset", &["-c", "-p", &pid]);
        for cpus in [&[9999][..], &[all[0], 9999], &[usize::MAX], &[9999, all[0]]] {
            let named = cpus.iter().max().unwrap().to_string();
            assert_kind(process.set_cpu_affinity(cpus), ErrorKind::InvalidInput, &named);
            assert_eq!(process.cpu_affinity().unwrap(), all);
        }
        let last = *all.last().unwrap();
        process.set_cpu_affinity(&[last, last]).unwrap();
        assert_eq!(process.cpu_affinity().unwrap(), [last]);
        if ns::has_program("taskset") {
            assert!(seen().ends_with(&format!(": {last}")), "{}", seen());
        }
        process.set_cpu_affinity(&[]).unwrap();
        assert_eq!(process.cpu_affinity().unwrap(), all);
    }
}

/// A tree that shows a process under the PID of a live one.
fn write_fixture(root: &Path, pid: i32, start: u64) {
    let dir = root.join(pid.to_string());
    fs::create_dir_all(&dir).unwrap();
    fs::write(dir.join("stat"), ns::stat_text(pid, "captured", 1, start)).unwrap();
    fs::write(dir.join("status"), format!("Name:\tcaptured\nTgid:\t{pid}\n")).unwrap();
    fs::write(root.join("stat"), "cpu  0 0 0 0\nbtime 1000000000\n").unwrap();
}

#[test]
fn a_captured_tree_cannot_reach_a_live_process() {
    for hidden in [false, true] {
        let mut child = Guard::sleep();
        let before = Process::new(child.pid()).unwrap();
        let facts = || {
            (
                before.nice().unwrap(),
                before.ionice().unwrap(),
                before.rlimit(Resource::Nofile).unwrap(),
                before.cpu_affinity().unwrap(),
            )
        };
        let old = facts();
        let dir = tempfile::tempdir().unwrap();
        // The pidfd proves more than a start time, which a capture of this machine has right.
        let start = ns::start_ticks(child.pid()) + u64::from(hidden) * 7;
        write_fixture(dir.path(), child.pid(), start);
        let mut roots = Roots::new(dir.path(), dir.path());
        if hidden {
            roots = roots.without_pidfd();
        }
        let captured = roots.process(child.pid()).unwrap();
        assert_eq!(captured.name().unwrap(), "captured");
        let refused: [Result<()>; 9] = [
            captured.kill(),
            captured.terminate(),
            captured.suspend(),
            captured.resume(),
            captured.send_signal(0),
            captured.set_nice(9),
            captured.set_ionice(IoPriorityClass::Idle, 0),
            captured.set_rlimit(Resource::Nofile, 1, 2),
            captured.set_cpu_affinity(&[0]),
        ];
        for result in refused {
            assert_kind(result, ErrorKind::NoSuchProcess, "PID namespace");
        }
        assert!(child.0.try_wait().unwrap().is_none());
        assert_ne!(ns::state(child.pid()), "T");
        assert_eq!(facts(), old);
        // Nor is its end, or a child's status, taken for that of the captured one.
        child.0.kill().unwrap();
        ns::until("a zombie", || ns::state(child.pid()) == "Z");
        let wait = captured.wait(Some(std::time::Duration::ZERO));
        assert_kind(wait, ErrorKind::TimeoutExpired, "0");
        assert_eq!(child.0.wait().unwrap().signal(), Some(libc::SIGKILL));
    }
}

#[test]
fn a_second_mount_of_our_own_proc() {
    let test = "a_second_mount_of_our_own_proc";
    if !ns::in_role("ns") {
        ns::rerun_in_namespaces(test, "ns", ns::PID_NS);
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    ns::mount("proc", "rw", dir.path());
    for without in [false, true] {
        let mut roots = Roots::new(dir.path(), "/sys");
        if without {
            roots = roots.without_pidfd();
        }
        let mut child = Guard::sleep();
        let process = roots.process(child.pid()).unwrap();
        assert_eq!(process, Process::new(child.pid()).unwrap());
        process.set_nice(4).unwrap();
        assert_eq!(process.nice().unwrap(), 4);
        process.set_cpu_affinity(&[0]).unwrap();
        assert_eq!(process.cpu_affinity().unwrap(), [0]);
        process.set_ionice(IoPriorityClass::Idle, 0).unwrap();
        assert_eq!(process.ionice().unwrap().ioclass, IoPriorityClass::Idle);
        process.set_rlimit(Resource::Nofile, 30, 30).unwrap();
        assert_eq!(process.rlimit(Resource::Nofile).unwrap(), (30, 30));
        process.suspend().unwrap();
        has_status(&process, ProcessStatus::Stopped);
        process.resume().unwrap();
        process.kill().unwrap();
        assert_eq!(child.0.wait().unwrap().signal(), Some(libc::SIGKILL));
        assert_kind(process.kill(), ErrorKind::NoSuchProcess, "");
        assert_eq!(process.wait(None).unwrap(), None);
    }
    ns::output("umount", &[dir.path().to_str().unwrap()]);
}
