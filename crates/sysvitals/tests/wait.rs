//! Waiting: for one process and for many, our children and others'.
#![cfg(target_os = "linux")]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::fs;
use std::io::{Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use common::ns::{self, Forked, Guard};
use sysvitals::process::wait_procs_interruptible;
use sysvitals::{ErrorKind, Popen, Process, Roots, wait_procs};

const SOON: Duration = Duration::from_millis(200);

/// Tests that fork may not run beside one that counts, or limits, what this program has.
static ALONE: Mutex<()> = Mutex::new(());

fn alone() -> std::sync::MutexGuard<'static, ()> {
    ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn both() -> [Roots; 2] {
    [Roots::default(), Roots::default().without_pidfd()]
}

fn assert_timeout<T: std::fmt::Debug>(result: sysvitals::Result<T>, timeout: Duration) {
    let error = result.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimeoutExpired, "{error}");
    assert_eq!(error.timeout(), Some(timeout));
}

#[test]
fn exit_codes_and_signals() {
    for roots in both() {
        for (code, timeout) in [(0, None), (7, Some(ns::LONG)), (255, Some(Duration::MAX))] {
            let child = ns::fork(|| code);
            let process = roots.process(child).unwrap();
            let exit = process.wait(timeout).unwrap().unwrap();
            assert_eq!(exit.code(), Some(code));
            assert!(!process.is_running());
            // Asked again, it knows.
            assert_eq!(process.wait(Some(Duration::ZERO)).unwrap(), Some(exit));
            assert_eq!(process.returncode(), Some(Some(exit)));
            assert!(process.to_string().contains(&format!("exitcode={code}")), "{process}");
        }
        for signal in [libc::SIGTERM, libc::SIGKILL, 50] {
            let child = ns::fork_idle();
            let process = roots.process(child).unwrap();
            process.send_signal(signal).unwrap();
            let exit = process.wait(None).unwrap().unwrap();
            assert_eq!(exit.signal(), Some(signal));
            assert_eq!(exit.code(), None);
            assert!(process.to_string().contains(&format!("exitcode=-{signal}")), "{process}");
        }
    }
}

#[test]
fn a_stopped_child_has_not_ended() {
    for roots in both() {
        let child = ns::fork_idle();
        let process = roots.process(child).unwrap();
        process.suspend().unwrap();
        ns::until("stopped", || ns::state(child) == "T");
        assert_timeout(process.wait(Some(Duration::from_millis(30))), Duration::from_millis(30));
        process.resume().unwrap();
        process.kill().unwrap();
        assert_eq!(process.wait(None).unwrap().unwrap().signal(), Some(libc::SIGKILL));
    }
}

#[test]
fn already_collected() {
    for roots in both() {
        let child = ns::fork(|| 9);
        let process = roots.process(child).unwrap();
        assert_eq!(ns::reap(child), 9);
        assert_eq!(process.wait(Some(ns::LONG)).unwrap(), None);
        assert_eq!(process.wait(None).unwrap(), None);
        assert_eq!(process.returncode(), Some(None));
    }
}

#[test]
fn timeouts() {
    for roots in both() {
        let child = Guard::sleep();
        let process = roots.process(child.pid()).unwrap();
        for timeout in [Duration::ZERO, Duration::from_micros(500), SOON] {
            let start = Instant::now();
            assert_timeout(process.wait(Some(timeout)), timeout);
            assert!(start.elapsed() >= timeout, "{:?} < {timeout:?}", start.elapsed());
        }
        // A timeout is no answer to keep.
        assert_eq!(process.returncode(), None);
        assert!(process.is_running());
    }
}

/// A process of which we are no parent: `sh` starts it and tells its PID.
fn grandchild(script: &str) -> (Guard, i32) {
    use std::io::{BufRead, BufReader};
    let mut shell = Guard(
        Command::new("sh")
            .args(["-c", script])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap(),
    );
    let mut line = String::new();
    BufReader::new(shell.0.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    (shell, line.trim().parse().unwrap())
}

/// Lets the shell go on from `read`.
fn tell(shell: &mut Guard) {
    shell.0.stdin.as_mut().unwrap().write_all(b"\n").unwrap();
}

#[test]
fn another_ones_child() {
    for roots in both() {
        // The shell collects it when told to.
        let (mut shell, pid) = grandchild("sleep 600 & echo $!; read x; wait; read x");
        let process = roots.process(pid).unwrap();
        assert_timeout(process.wait(Some(Duration::ZERO)), Duration::ZERO);
        process.kill().unwrap();
        tell(&mut shell);
        assert_eq!(process.wait(Some(ns::LONG)).unwrap(), None);
        assert!(!process.is_running());
    }
}

/// A child of a child of ours, which collects it when told to.
struct Other {
    _parent: Forked,
    pid: i32,
    collect: std::io::PipeWriter,
}

impl Other {
    fn new(f: impl FnOnce() -> i32) -> Self {
        let (mut pid, say) = std::io::pipe().unwrap();
        let (told, collect) = std::io::pipe().unwrap();
        let parent = Forked::new(|| {
            let child = ns::fork(f);
            let _ = rustix::io::write(&say, &child.to_ne_bytes());
            let _ = rustix::io::read(&told, &mut [0; 1]);
            ns::reap(child);
            ns::pause()
        });
        let mut bytes = [0; 4];
        pid.read_exact(&mut bytes).unwrap();
        Self { _parent: parent, pid: i32::from_ne_bytes(bytes), collect }
    }

    fn collect(&mut self) {
        self.collect.write_all(b"!").unwrap();
    }
}

/// A zombie is there until its parent collects it, and no timeout is served twice.
#[test]
fn another_ones_zombie() {
    for roots in both() {
        let other = Other::new(ns::pause);
        let process = roots.process(other.pid).unwrap();
        process.kill().unwrap();
        ns::until("a zombie", || ns::state(other.pid) == "Z");
        assert!(process.is_running());
        let start = Instant::now();
        assert_timeout(process.wait(Some(Duration::ZERO)), Duration::ZERO);
        assert_timeout(process.wait(Some(SOON)), SOON);
        assert!(start.elapsed() >= SOON);
        let (gone, alive) = wait_procs([process.clone()], Some(SOON), |_| panic!()).unwrap();
        assert!(gone.is_empty());
        assert_eq!(alive, [process]);

        // Becomes a zombie while we wait: part of the time is left, not all of it.
        let other = Other::new(|| {
            std::thread::sleep(Duration::from_millis(2_000));
            0
        });
        let process = roots.process(other.pid).unwrap();
        let start = Instant::now();
        let timeout = Duration::from_secs(3);
        assert_timeout(process.wait(Some(timeout)), timeout);
        let took = start.elapsed();
        assert!(took >= timeout && took < timeout + Duration::from_millis(1_800), "{took:?}");
    }
}

#[test]
fn a_zombie_collected_while_we_wait() {
    for roots in both() {
        let mut other = Other::new(ns::pause);
        let process = roots.process(other.pid).unwrap();
        process.kill().unwrap();
        std::thread::scope(|scope| {
            let waiter = scope.spawn(|| process.wait(Some(ns::LONG)));
            std::thread::sleep(SOON);
            assert!(!waiter.is_finished());
            other.collect();
            assert_eq!(waiter.join().unwrap().unwrap(), None);
        });
    }
}

#[test]
fn a_borrowed_child_keeps_its_status() {
    let mut child = Guard::sh("exit 5");
    let process = Process::from_child(&child.0).unwrap();
    assert_eq!(process.wait(None).unwrap().unwrap().code(), Some(5));
    assert_eq!(process.wait(Some(Duration::ZERO)).unwrap().unwrap().code(), Some(5));
    assert_eq!(ns::state(child.pid()), "Z");
    assert_eq!(child.0.wait().unwrap().code(), Some(5));
    assert!(!process.is_running());

    let mut child = Guard::sh("exit 6");
    let process = Process::from_child(&child.0).unwrap();
    assert_eq!(child.0.wait().unwrap().code(), Some(6));
    assert_eq!(process.wait(None).unwrap(), None);
    assert!(Process::from_child(&child.0).unwrap_err().is_no_such_process());

    // Without being told so, the status goes to whoever asks first.
    let mut child = Guard::sh("exit 8");
    let process = Process::new(child.pid()).unwrap();
    assert_eq!(process.wait(None).unwrap().unwrap().code(), Some(8));
    assert!(child.0.wait().is_err());
}

#[test]
fn popen_in_either_order() {
    let mut popen = Popen::spawn(Command::new("sh").args(["-c", "exit 4"])).unwrap();
    assert_eq!(popen.wait(Some(ns::LONG)).unwrap().code(), Some(4));
    assert_eq!(popen.wait(None).unwrap().code(), Some(4));
    assert_eq!(popen.child().wait().unwrap().code(), Some(4));
    assert!(!popen.is_running());
    assert_eq!(popen.kill().unwrap_err().kind(), ErrorKind::NoSuchProcess);
    assert_eq!(popen.set_nice(1).unwrap_err().kind(), ErrorKind::NoSuchProcess);
    assert!(popen.process().to_string().contains("exitcode=4"), "{}", popen.process());

    let mut popen = Popen::spawn(Command::new("sh").args(["-c", "exit 4"])).unwrap();
    assert_eq!(popen.child().wait().unwrap().code(), Some(4));
    assert_eq!(popen.wait(None).unwrap().code(), Some(4));
    assert_eq!(popen.returncode().unwrap().unwrap().code(), Some(4));

    let mut popen = Popen::spawn(Command::new("sh").args(["-c", "exit 4"])).unwrap();
    assert_eq!(popen.process().wait(None).unwrap().unwrap().code(), Some(4));
    assert_eq!(popen.wait(Some(Duration::ZERO)).unwrap().code(), Some(4));
    assert_eq!(popen.into_child().wait().unwrap().code(), Some(4));

    let mut popen = Popen::spawn(Command::new("sleep").arg("600")).unwrap();
    assert_timeout(popen.wait(Some(SOON)), SOON);
    popen.terminate().unwrap();
    assert_eq!(popen.wait(None).unwrap().signal(), Some(libc::SIGTERM));
}

#[test]
fn popen_of_nothing() {
    let error = Popen::spawn(&mut Command::new("/nonexistent/program")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Os);
    assert!(error.to_string().contains("/nonexistent/program"), "{error}");
    assert_eq!(error.io_error().unwrap().kind(), std::io::ErrorKind::NotFound);
}

#[test]
fn many_threads_wait_for_one() {
    for roots in both() {
        for _ in 0..40 {
            let child = ns::fork_idle();
            let process = roots.process(child).unwrap();
            std::thread::scope(|scope| {
                let waiters: Vec<_> =
                    (0..8).map(|_| scope.spawn(|| process.wait(Some(ns::LONG)))).collect();
                process.terminate().unwrap();
                for waiter in waiters {
                    let exit = waiter.join().unwrap().unwrap();
                    assert_eq!(exit.unwrap().signal(), Some(libc::SIGTERM));
                }
            });
        }
    }
}

/// Children that end differently, once their turn comes; the last answer is how.
fn mixed(roots: &Roots, count: i32) -> Vec<(Process, i32)> {
    (0..count)
        .map(|i| {
            let end = if i % 3 == 0 { -libc::SIGTERM } else { i % 200 };
            let pid = ns::fork(|| {
                std::thread::sleep(Duration::from_millis(i as u64 % 40));
                if end < 0 { ns::pause() } else { end }
            });
            (roots.process(pid).unwrap(), end)
        })
        .collect()
}

#[test]
fn many_children() {
    let _alone = alone();
    for roots in both() {
        let children = mixed(&roots, 200);
        for (child, end) in &children {
            if *end < 0 {
                child.terminate().unwrap();
            }
        }
        let mut called = Vec::new();
        let me = std::thread::current().id();
        let processes: Vec<_> = children.iter().map(|(process, _)| process.clone()).collect();
        let (gone, alive) = wait_procs(processes, Some(ns::LONG), |process| {
            assert_eq!(std::thread::current().id(), me);
            assert!(process.returncode().is_some());
            called.push(process.clone());
        })
        .unwrap();
        assert!(alive.is_empty());
        assert_eq!(gone.len(), 200);
        // The order of the callbacks is that of the answer, and each came once.
        assert_eq!(called, gone);
        for (child, end) in &children {
            assert_eq!(called.iter().filter(|process| *process == child).count(), 1);
            let exit = child.returncode().unwrap().unwrap();
            let seen = exit.code().unwrap_or_else(|| -exit.signal().unwrap());
            assert_eq!(seen, *end);
        }
    }
}

#[test]
fn callbacks_come_in_the_order_of_exits() {
    for roots in both() {
        let children: Vec<_> = (0..4).map(|_| roots.process(ns::fork_idle()).unwrap()).collect();
        let order = [2, 0, 3, 1];
        let mut called = Vec::new();
        children[order[0]].kill().unwrap();
        wait_procs(children.clone(), Some(ns::LONG), |process| {
            let place = children.iter().position(|child| child == process).unwrap();
            called.push(place);
            // The next one may end only now.
            if let Some(&next) = order.get(called.len()) {
                children[next].kill().unwrap();
            }
        })
        .unwrap();
        assert_eq!(called, order);
    }
}

#[test]
fn survivors_duplicates_and_none() {
    for roots in both() {
        let never = |_: &Process| panic!("called");
        let none: Vec<Process> = Vec::new();
        assert_eq!(wait_procs(none.clone(), None, never).unwrap(), (none.clone(), none.clone()));
        let zero = Some(Duration::ZERO);
        assert_eq!(wait_procs(none.clone(), zero, never).unwrap(), (none.clone(), none));

        let ends = roots.process(ns::fork(|| 3)).unwrap();
        let lives = roots.process(ns::fork_idle()).unwrap();
        let waited = roots.process(ns::fork(|| 4)).unwrap();
        waited.wait(None).unwrap();
        let gone_before = roots.process(ns::fork(|| 5)).unwrap();
        ns::reap(gone_before.pid());
        let again = roots.process(ends.pid()).unwrap();
        let list = [&lives, &ends, &waited, &gone_before, &again, &lives, &waited];
        let mut calls = 0;
        let timeout = Some(Duration::from_millis(500));
        let (mut gone, alive) =
            wait_procs(list.map(Clone::clone), timeout, |_| calls += 1).unwrap();
        gone.sort_by_key(Process::pid);
        let mut expected = vec![ends.clone(), waited.clone(), gone_before.clone()];
        expected.sort_by_key(Process::pid);
        assert_eq!(gone, expected);
        assert_eq!(alive, std::slice::from_ref(&lives));
        assert_eq!(calls, 3);
        assert_eq!(ends.returncode().unwrap().unwrap().code(), Some(3));
        assert_eq!(waited.returncode().unwrap().unwrap().code(), Some(4));
        assert_eq!(gone_before.returncode().unwrap(), None);

        let start = Instant::now();
        let (gone, alive) = wait_procs([lives.clone()], zero, |_| ()).unwrap();
        assert!(gone.is_empty() && alive.len() == 1);
        assert!(start.elapsed() < Duration::from_secs(5));
        ns::end(lives.pid());
    }
}

#[test]
fn callbacks_may_end_the_wait() {
    let children: Vec<_> = (0..3).map(|_| Process::new(ns::fork(|| 0)).unwrap()).collect();
    let mut calls = 0;
    let error = wait_procs_interruptible(
        children.clone(),
        None,
        |_| {
            calls += 1;
            Err(std::io::Error::other("enough"))
        },
        || Ok(()),
    )
    .unwrap_err();
    assert_eq!(calls, 1);
    assert!(error.to_string().contains("enough"), "{error}");
    let (gone, alive) = wait_procs(children, Some(ns::LONG), |_| ()).unwrap();
    assert_eq!((gone.len(), alive.len()), (3, 0));
    // The status that the failing callback was told of is not lost.
    assert!(gone.iter().all(|process| process.returncode().unwrap().unwrap().success()));
}

/// More processes than descriptors: children, and processes of which we are no parent.
#[test]
fn more_processes_than_descriptors() {
    let test = "more_processes_than_descriptors";
    if !ns::in_role("limited") {
        let _alone = alone();
        ns::rerun_under(test, "limited", &[]);
        return;
    }
    ns::limit_descriptors(64);
    for roots in both() {
        let children: Vec<_> = (0..100)
            .map(|i| {
                roots
                    .process(ns::fork(|| {
                        std::thread::sleep(Duration::from_millis(100));
                        i
                    }))
                    .unwrap()
            })
            .collect();
        let (mut shell, _) = grandchild(
            "i=0; while [ $i -lt 100 ]; do sleep 600 & p=\"$p $!\"; i=$((i+1)); done; echo $$; \
             read x; kill $p; wait; read x",
        );
        let parent = Process::new(shell.pid()).unwrap();
        let others: Vec<_> = parent
            .children(false)
            .unwrap()
            .iter()
            .map(|child| roots.process(child.pid()).unwrap())
            .collect();
        assert_eq!(others.len(), 100);
        tell(&mut shell);
        let all = children.iter().chain(&others).cloned();
        let (gone, alive) = wait_procs(all, Some(ns::LONG), |_| {
            // There is a descriptor left for those who are called.
            fs::read("/proc/self/stat").unwrap();
        })
        .unwrap();
        assert_eq!((gone.len(), alive.len()), (200, 0));
        for (i, child) in children.iter().enumerate() {
            assert_eq!(child.returncode().unwrap().unwrap().code(), Some(i as i32));
        }
        assert!(others.iter().all(|other| other.returncode() == Some(None)));
    }
}

/// A wait for 300 processes costs one look at each and one `poll`, however long they stay, and not
/// a loop of small waits.
#[test]
fn one_poll_for_all() {
    let test = "one_poll_for_all";
    if ns::in_role("polls") {
        let children: Vec<_> = (0..300).map(|_| Process::new(ns::fork_idle()).unwrap()).collect();
        // Marks in the trace where the wait begins and ends.
        let mark = || drop(fs::metadata("/nonexistent-mark"));
        let waits = format!("/proc/self/task/{}/syscall", ns::gettid());
        std::thread::scope(|scope| {
            scope.spawn(|| {
                if fs::read(&waits).is_ok() {
                    let polls = format!("{} ", libc::SYS_ppoll);
                    ns::until("a poll", || fs::read_to_string(&waits).unwrap().starts_with(&polls));
                } else {
                    std::thread::sleep(Duration::from_secs(10));
                }
                std::thread::sleep(Duration::from_millis(300));
                children[150].kill().unwrap();
            });
            mark();
            let enough = |_: &Process| Err(std::io::Error::other("enough"));
            wait_procs_interruptible(children.clone(), None, enough, || Ok(())).unwrap_err();
            mark();
        });
        assert_eq!(children[150].returncode().unwrap().unwrap().signal(), Some(libc::SIGKILL));
        for child in children.iter().filter(|child| child.returncode().is_none()) {
            ns::end(child.pid());
        }
        return;
    }
    let _alone = alone();
    let dir = tempfile::tempdir().unwrap();
    let trace = dir.path().join("trace");
    let trace = trace.to_str().unwrap();
    let usable = ns::has_program("strace")
        && Command::new("strace")
            .args(["-o", trace, "true"])
            .output()
            .is_ok_and(|output| output.status.success());
    if !ns::needs(usable, "strace") {
        return;
    }
    ns::rerun_under(test, "polls", &["strace", "-f", "-o", trace]);
    let text = fs::read_to_string(trace).unwrap();
    let marks: Vec<_> =
        text.lines().enumerate().filter(|(_, line)| line.contains("nonexistent-mark")).collect();
    assert_eq!(marks.len(), 2);
    let thread = marks[0].1.split(' ').next().unwrap();
    let waiting: Vec<_> = text
        .lines()
        .take(marks[1].0)
        .skip(marks[0].0 + 1)
        .filter(|line| line.starts_with(&format!("{thread} ")) && !line.contains("resumed>"))
        .collect();
    let polls = waiting.iter().filter(|line| line.contains("poll(")).count();
    eprintln!("{} system calls, {polls} of them poll, for 300 processes", waiting.len());
    assert_eq!(polls, 1, "{waiting:#?}");
    assert!(waiting.len() < 300 * 20, "{}", waiting.len());
}
