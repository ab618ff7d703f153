//! A child that was spawned here, and the pipes to it.
#![cfg(test)]
#![cfg(target_os = "linux")]

mod common;

use std::fs;
use std::io::{ErrorKind as IoKind, Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use common::ns;
use sysvitals::process::IoPriorityClass;
use sysvitals::{ErrorKind, Popen, Process, ProcessStatus, wait_procs};

fn sleep() -> Popen {
    Popen::spawn(Command::new("sleep").arg("600").stdin(Stdio::null())).unwrap()
}

fn sh(script: &str) -> Popen {
    Popen::spawn(Command::new("sh").args(["-c", script]).stdin(Stdio::null())).unwrap()
}

/// The end of a test, which the child does not outlive.
fn end(mut popen: Popen) {
    popen.kill().unwrap();
    assert_eq!(popen.wait(Some(ns::LONG)).unwrap().signal(), Some(libc::SIGKILL));
}

#[test]
fn spawn_keeps_the_reason_and_the_program() {
    let dir = tempfile::tempdir().unwrap();
    let text = dir.path().join("text");
    fs::write(&text, "no program").unwrap();
    let missing = dir.path().join("missing");
    let below = text.join("below");
    let cases = [
        (text.as_path(), IoKind::PermissionDenied, libc::EACCES),
        (missing.as_path(), IoKind::NotFound, libc::ENOENT),
        (below.as_path(), IoKind::NotADirectory, libc::ENOTDIR),
        (Path::new("no-program-of-this-name"), IoKind::NotFound, libc::ENOENT),
    ];
    for (program, kind, number) in cases {
        let error = Popen::spawn(Command::new(program).env("PATH", dir.path())).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Os, "{error}");
        assert_eq!(error.path(), Some(program));
        assert_eq!(error.pid(), None);
        let reason = error.io_error().unwrap();
        assert_eq!((reason.kind(), reason.raw_os_error()), (kind, Some(number)));
        let expected = format!("cannot spawn: {}: {reason}", program.display());
        assert_eq!(error.to_string(), expected);
        assert!(std::error::Error::source(&error).is_some());
    }
    let error = Popen::spawn(Command::new("true").current_dir(&missing)).unwrap_err();
    assert_eq!(error.io_error().unwrap().kind(), IoKind::NotFound);
    assert_eq!(error.path(), Some(Path::new("true")));
}

#[test]
fn all_of_a_process() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path().canonicalize().unwrap();
    let mut command = Command::new("sleep");
    command.arg("600").env_clear().env("KEY", "value").current_dir(&dir).stdin(Stdio::null());
    // Found by the PATH of the caller.
    command.env("PATH", std::env::var_os("PATH").unwrap());
    let mut popen = Popen::spawn(&mut command).unwrap();
    let pid = popen.pid();
    assert_eq!(popen.child().id().cast_signed(), pid);
    assert_eq!(popen.cmdline().unwrap(), ["sleep", "600"]);
    assert_eq!(popen.cwd().unwrap(), dir);
    assert_eq!(popen.ppid().unwrap(), std::process::id().cast_signed());
    assert_eq!(popen.parent().unwrap(), Some(Process::current()));
    assert_eq!(*popen, Process::new(pid).unwrap());
    assert!(popen.is_running());
    assert!(Process::current().children(false).unwrap().contains(&popen));
    assert!(popen.environ().unwrap().iter().any(|(key, value)| key == "KEY" && value == "value"));
    assert_eq!(popen.oneshot().num_threads().unwrap(), 1);
    popen.set_ionice(IoPriorityClass::Idle, 0).unwrap();
    assert_eq!(popen.ionice().unwrap().ioclass, IoPriorityClass::Idle);
    assert!(popen.process().is_same_handle(&popen.process().clone()));
    assert_eq!(popen.returncode(), None);
    end(popen);
}

#[test]
fn stop_go_on_end() {
    let mut popen = sleep();
    popen.suspend().unwrap();
    ns::until("it stops", || popen.status().unwrap() == ProcessStatus::Stopped);
    // A stop is no end.
    let error = popen.wait(Some(Duration::ZERO)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TimeoutExpired, "{error}");
    assert_eq!(error.pid(), Some(popen.pid()));
    popen.resume().unwrap();
    ns::until("it goes on", || popen.status().unwrap() == ProcessStatus::Sleeping);
    popen.send_signal(libc::SIGUSR1).unwrap();
    let status = popen.wait(Some(ns::LONG)).unwrap();
    assert_eq!((status.code(), status.signal()), (None, Some(libc::SIGUSR1)));
    assert!(popen.to_string().contains(&format!("exitcode=-{}", libc::SIGUSR1)), "{}", *popen);
    end(sleep());
}

#[test]
fn a_zombie_may_be_signalled_until_it_is_collected() {
    let mut popen = sh("exit 3");
    ns::until("it ends", || popen.status().unwrap() == ProcessStatus::Zombie);
    assert!(popen.is_running());
    popen.terminate().unwrap();
    assert_eq!(popen.wait(Some(Duration::ZERO)).unwrap().code(), Some(3));
    for act in [Process::terminate, Process::kill, Process::suspend, Process::resume] {
        let error = act(&popen).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NoSuchProcess, "{error}");
        assert_eq!(error.pid(), Some(popen.pid()));
    }
    assert!(!popen.is_running());
    assert_eq!(popen.name().unwrap_err().kind(), ErrorKind::NoSuchProcess);
}

#[test]
fn signals_after_the_child_was_collected_by_itself() {
    let mut popen = sh("exit 3");
    assert_eq!(popen.child().wait().unwrap().code(), Some(3));
    let error = popen.terminate().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoSuchProcess, "{error}");
    assert_eq!(popen.wait(None).unwrap().code(), Some(3));
}

#[test]
fn both_pipes() {
    let mut command = Command::new("cat");
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut popen = Popen::spawn(&mut command).unwrap();
    let mut stdin = popen.child().stdin.take().unwrap();
    let mut stdout = popen.child().stdout.take().unwrap();
    stdin.write_all(b"there and ").unwrap();
    let mut text = vec![0; 10];
    stdout.read_exact(&mut text).unwrap();
    assert_eq!(popen.name().unwrap(), "cat");
    assert!(popen.num_fds().unwrap() >= 3);
    stdin.write_all(b"back").unwrap();
    drop(stdin);
    stdout.read_to_end(&mut text).unwrap();
    assert_eq!(text, b"there and back");
    assert!(popen.wait(Some(ns::LONG)).unwrap().success());
}

#[test]
fn output_of_the_child_alone() {
    let mut command = Command::new("sh");
    command.args(["-c", "cat; echo err >&2; exit 5"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut popen = Popen::spawn(&mut command).unwrap();
    popen.child().stdin.take().unwrap().write_all(b"out").unwrap();
    let output = popen.into_child().wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(5));
    assert_eq!((output.stdout.as_slice(), output.stderr.as_slice()), (&b"out"[..], &b"err\n"[..]));
}

#[test]
fn the_child_outlives_the_popen() {
    let popen = sleep();
    let process = popen.process().clone();
    let mut child = popen.into_child();
    assert!(process.is_running());
    process.terminate().unwrap();
    // The handle still leaves the status to the child.
    let seen = process.wait(Some(ns::LONG)).unwrap().unwrap();
    assert_eq!(child.wait().unwrap(), seen);
    assert_eq!(seen.signal(), Some(libc::SIGTERM));
    assert!(!process.is_running());
}

#[test]
fn among_the_many_that_are_waited_for() {
    let mut popens: Vec<_> = (0..3).map(|code| sh(&format!("exit {code}"))).collect();
    let all = popens.iter().map(|popen| popen.process().clone());
    let (gone, alive) = wait_procs(all, Some(ns::LONG), |_| ()).unwrap();
    assert_eq!((gone.len(), alive.len()), (3, 0));
    for (code, popen) in popens.iter_mut().enumerate() {
        assert_eq!(popen.wait(None).unwrap().code(), Some(code as i32));
        assert_eq!(popen.child().wait().unwrap().code(), Some(code as i32));
    }
}
