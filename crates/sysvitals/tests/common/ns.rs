//! Children, roles and namespaces: what the tests need of the kernel beyond `std`.
#![allow(dead_code, unsafe_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

pub(crate) const ROLE: &str = "SYSVITALS_TEST_ROLE";
pub(crate) const NOBODY: u32 = 65534;

/// A wait that is only ever reached when something is broken.
pub(crate) const LONG: Duration = Duration::from_secs(30);

pub(crate) fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Prints why a test does nothing; false for the caller to return on.
pub(crate) fn needs(have: bool, what: &str) -> bool {
    if !have {
        eprintln!("skipped: needs {what}");
    }
    have
}

pub(crate) fn has_program(name: &str) -> bool {
    std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|dir| dir.join(name).is_file()))
}

/// The part of a test that this process was started again for.
pub(crate) fn role() -> Option<String> {
    std::env::var(ROLE).ok()
}

pub(crate) fn in_role(name: &str) -> bool {
    role().as_deref() == Some(name)
}

pub(crate) fn rerun_args(test: &str) -> [String; 5] {
    let args = [test, "--exact", "--nocapture", "--include-ignored", "--test-threads=1"];
    args.map(str::to_owned)
}

fn check(test: &str, output: &Output) {
    let text = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    eprint!("{errors}");
    assert!(output.status.success(), "{test}: {:?}\n{text}", output.status);
    assert!(text.contains("1 passed"), "{test} is no test: {text}");
}

/// Runs one test of this binary again, in new namespaces; false (and why, printed) where there are
/// none to be had.
pub(crate) fn rerun_in_namespaces(test: &str, role: &str, flags: &[&str]) -> bool {
    let unshare = || {
        let mut unshare = Command::new("unshare");
        if !is_root() {
            unshare.args(["--user", "--map-root-user"]);
        }
        unshare.args(flags);
        unshare
    };
    match unshare().arg("true").output() {
        Ok(output) if output.status.success() => {}
        Ok(output) => {
            eprintln!("skipped: unshare: {}", String::from_utf8_lossy(&output.stderr).trim());
            return false;
        }
        Err(error) => {
            eprintln!("skipped: unshare: {error}");
            return false;
        }
    }
    let output = unshare()
        .arg(std::env::current_exe().unwrap())
        .args(rerun_args(test))
        .env(ROLE, role)
        .output()
        .unwrap();
    check(test, &output);
    true
}

/// A PID namespace of its own with its `/proc`.
pub(crate) const PID_NS: &[&str] =
    &["--pid", "--fork", "--kill-child", "--mount", "--propagation", "private", "--mount-proc"];

/// Runs one test of this binary again with a wrapper such as `["strace", "-f"]`.
pub(crate) fn rerun_under(test: &str, role: &str, wrapper: &[&str]) {
    let mut args = wrapper.iter().map(ToString::to_string).collect::<Vec<_>>();
    args.push(std::env::current_exe().unwrap().to_str().unwrap().to_owned());
    args.extend(rerun_args(test));
    let output = Command::new(&args[0]).args(&args[1..]).env(ROLE, role).output().unwrap();
    check(test, &output);
}

/// Runs one test of this binary again as the user nobody.
pub(crate) fn rerun_as_nobody(test: &str, role: &str) {
    // The folder of this binary may be closed to others.
    let dir = tempfile::tempdir().unwrap();
    let exe = dir.path().join("test");
    // A copy made here could still be open for writing in a child that another test forks.
    let copied = Command::new("cp").arg(std::env::current_exe().unwrap()).arg(&exe).status();
    assert!(copied.unwrap().success());
    open_to_all(dir.path());
    let mut command = Command::new(exe);
    command.args(rerun_args(test)).env(ROLE, role).current_dir("/").uid(NOBODY).gid(NOBODY);
    check(test, &command.output().unwrap());
}

pub(crate) fn open_to_all(path: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// Forks a child that runs `f` and exits with its answer.
///
/// `f` must keep to what a child of a threaded program may do: no locks, no allocation.
pub(crate) fn fork(f: impl FnOnce() -> i32) -> i32 {
    // SAFETY: the child only calls `f`, which keeps to async-signal-safe calls, and `_exit`.
    match unsafe { libc::fork() } {
        0 => {
            // SAFETY: plain numbers; ends a child that a failing test leaves behind.
            unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) };
            let code = f();
            // SAFETY: ends the child.
            unsafe { libc::_exit(code) }
        }
        -1 => panic!("fork: {}", io::Error::last_os_error()),
        pid => pid,
    }
}

pub(crate) fn pause() -> i32 {
    loop {
        // SAFETY: no arguments.
        unsafe { libc::pause() };
    }
}

/// A child that does nothing until a signal ends it.
pub(crate) fn fork_idle() -> i32 {
    fork(pause)
}

/// How `waitpid(2)` tells that a child ended: its exit code, or minus the signal.
pub(crate) fn reap(pid: i32) -> i32 {
    let mut status = 0;
    loop {
        // SAFETY: `status` is live.
        if unsafe { libc::waitpid(pid, &raw mut status, 0) } == pid {
            break;
        }
        let error = io::Error::last_os_error();
        assert_eq!(error.kind(), io::ErrorKind::Interrupted, "waitpid({pid}): {error}");
    }
    if libc::WIFEXITED(status) { libc::WEXITSTATUS(status) } else { -libc::WTERMSIG(status) }
}

pub(crate) fn kill(pid: i32, signal: i32) {
    assert!(pid > 0);
    // SAFETY: plain numbers.
    let result = unsafe { libc::kill(pid, signal) };
    assert_eq!(result, 0, "kill({pid}): {}", io::Error::last_os_error());
}

/// Ends an own child and tells what it ended of.
pub(crate) fn end(pid: i32) -> i32 {
    kill(pid, libc::SIGKILL);
    reap(pid)
}

/// Forks such that the child gets this PID; None where something else took it meanwhile. Works in
/// the PID namespace whose init or owner we are.
pub(crate) fn fork_as(pid: i32, f: impl FnOnce() -> i32) -> Option<i32> {
    fs::write("/proc/sys/kernel/ns_last_pid", (pid - 1).to_string()).unwrap();
    let child = fork(f);
    if child == pid {
        return Some(child);
    }
    end(child);
    None
}

/// A field of `/proc/[pid]/stat`, counted from 1 as in proc_pid_stat(5); from the third on.
pub(crate) fn stat_field(pid: i32, number: usize) -> Option<String> {
    let text = fs::read(format!("/proc/{pid}/stat")).ok()?;
    let text = String::from_utf8_lossy(&text).into_owned();
    let (_, rest) = text.rsplit_once(") ")?;
    rest.split_whitespace().nth(number - 3).map(str::to_owned)
}

pub(crate) fn state(pid: i32) -> String {
    stat_field(pid, 3).unwrap_or_default()
}

pub(crate) fn start_ticks(pid: i32) -> u64 {
    stat_field(pid, 22).unwrap().parse().unwrap()
}

/// A `/proc/[pid]/stat` with nothing but names and dates.
pub(crate) fn stat_text(pid: i32, name: &str, ppid: i32, start: u64) -> String {
    let mut fields = vec!["0".to_owned(); 52];
    fields[0] = pid.to_string();
    fields[1] = format!("({name})");
    fields[2] = "S".to_owned();
    fields[3] = ppid.to_string();
    fields[21] = start.to_string();
    fields.join(" ")
}

/// Waits for something that is bound to happen.
pub(crate) fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + LONG;
    while !is_so() {
        assert!(Instant::now() < deadline, "never: {what}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// A clock tick later than any process that has begun has begun.
pub(crate) fn next_tick() {
    std::thread::sleep(Duration::from_millis(25));
}

pub(crate) fn pid_of(child: &Child) -> i32 {
    child.id().cast_signed()
}

/// A child that is killed and reaped when the test is done with it.
pub(crate) struct Guard(pub(crate) Child);

impl Guard {
    pub(crate) fn spawn(command: &mut Command) -> Self {
        Self(command.stdin(Stdio::null()).spawn().unwrap())
    }

    pub(crate) fn sleep() -> Self {
        Self::spawn(Command::new("sleep").arg("600"))
    }

    pub(crate) fn sh(script: &str) -> Self {
        Self::spawn(Command::new("sh").args(["-c", script]))
    }

    pub(crate) fn pid(&self) -> i32 {
        pid_of(&self.0)
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A [`fork`] that is killed and reaped when the test is done with it.
pub(crate) struct Forked(pub(crate) i32);

impl Forked {
    pub(crate) fn new(f: impl FnOnce() -> i32) -> Self {
        Self(fork(f))
    }
}

impl Drop for Forked {
    fn drop(&mut self) {
        end(self.0);
    }
}

/// The trimmed output of a program.
pub(crate) fn output(program: &str, args: &[&str]) -> String {
    let output = Command::new(program).args(args).output().unwrap();
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

pub(crate) fn mount(kind: &str, options: &str, target: &std::path::Path) {
    fs::create_dir_all(target).unwrap();
    let options = std::ffi::CString::new(options).unwrap();
    let flags = rustix::mount::MountFlags::empty();
    rustix::mount::mount(kind, target, kind, flags, options.as_c_str()).unwrap();
}

pub(crate) fn unmount(target: &std::path::Path) {
    rustix::mount::unmount(target, rustix::mount::UnmountFlags::DETACH).unwrap();
}

/// Has a listener keep a connection in `SYN_RECV` until its first bytes come.
pub(crate) fn defer_accept(listener: &std::net::TcpListener, seconds: libc::c_int) {
    use std::os::fd::AsRawFd;
    // SAFETY: the option is an int, which is live.
    let result = unsafe {
        libc::setsockopt(
            listener.as_raw_fd(),
            libc::IPPROTO_TCP,
            libc::TCP_DEFER_ACCEPT,
            (&raw const seconds).cast(),
            size_of_val(&seconds) as libc::socklen_t,
        )
    };
    assert_eq!(result, 0, "setsockopt: {}", io::Error::last_os_error());
}

/// Lowers the limit of open descriptors of this process.
pub(crate) fn limit_descriptors(soft: u64) {
    let mut limit = rustix::process::getrlimit(rustix::process::Resource::Nofile);
    limit.current = Some(soft);
    rustix::process::setrlimit(rustix::process::Resource::Nofile, limit).unwrap();
}

pub(crate) fn gettid() -> i32 {
    rustix::thread::gettid().as_raw_nonzero().get()
}

/// Names the calling thread, whatever bytes it is; the kernel keeps 15.
pub(crate) fn name_thread(name: &std::ffi::CStr) {
    rustix::thread::set_name(name).unwrap();
}

/// `/proc/thread-self` ticks of user time, read by hand.
pub(crate) fn user_ticks(pid: i32, tid: i32) -> u64 {
    let text = fs::read(format!("/proc/{pid}/task/{tid}/stat")).unwrap();
    let text = String::from_utf8_lossy(&text).into_owned();
    let rest = text.rsplit_once(") ").unwrap().1;
    rest.split_whitespace().nth(11).unwrap().parse().unwrap()
}

/// Makes this process the one that orphans among its descendants go to.
pub(crate) fn adopt_orphans() {
    // SAFETY: plain numbers.
    let result = unsafe { libc::prctl(libc::PR_SET_CHILD_SUBREAPER, 1) };
    assert_eq!(result, 0);
}
