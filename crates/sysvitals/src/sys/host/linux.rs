use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use crate::env::Roots;
use crate::error::{Error, Result};
use crate::host::User;
use crate::parse;
use crate::sys::{file, pal};

/// `btime` of `PROC/stat`, seconds since the epoch.
pub(crate) fn boot_time(roots: &Roots) -> Result<f64> {
    let path = roots.proc().join("stat");
    let seconds = parse::btime(&file::read(&path)?).map_err(|error| Error::parse(error, path))?;
    Ok(seconds as f64)
}

/// `MemTotal` of `PROC/meminfo`, bytes.
pub(crate) fn total_memory(roots: &Roots) -> Result<u64> {
    let path = roots.proc().join("meminfo");
    parse::mem_total(&file::read(&path)?).map_err(|error| Error::parse(error, path))
}

/// The CPUs that are online: the `cpuN` rows of `PROC/stat`.
pub(crate) fn online_cpus(roots: &Roots) -> Result<Vec<usize>> {
    Ok(parse::cpu_rows(&file::read(&roots.proc().join("stat"))?))
}

/// The user's name in the password database, or the number as text where there is none.
pub(crate) fn user_name(uid: u32) -> OsString {
    pal::user_name(uid).unwrap_or_else(|| OsString::from(uid.to_string()))
}

/// Where glibc gives the times in a `utmp` record 64 bits.
const WIDE_UTMP: bool =
    cfg!(any(target_arch = "aarch64", target_arch = "s390x", target_arch = "loongarch64"));

pub(crate) fn users() -> Result<Vec<User>> {
    users_in(Path::new("/var/run/utmp"), Path::new("/run/systemd/sessions"))
}

fn users_in(utmp: &Path, sessions: &Path) -> Result<Vec<User>> {
    match file::if_there(file::read(utmp))? {
        Some(records) => Ok(parse::utmp(&records, WIDE_UTMP).into_iter().map(logged_in).collect()),
        None => session_users(sessions),
    }
}

fn logged_in(login: parse::Login) -> User {
    User {
        name: login.user,
        terminal: Some(login.line).filter(|line| !line.is_empty()),
        host: Some(host(Some(login.host))),
        started: login.seconds as f64,
        pid: Some(login.pid),
    }
}

/// No host, and the machine's own display, are this machine.
fn host(name: Option<OsString>) -> OsString {
    match name {
        Some(name) if !name.is_empty() && name != ":0" && name != ":0.0" => name,
        _ => "localhost".into(),
    }
}

/// The users by their sessions, in the order they came.
fn session_users(folder: &Path) -> Result<Vec<User>> {
    let names = file::if_there(file::names(folder))?.unwrap_or_default();
    let mut users = Vec::new();
    for name in names {
        // A file that is not yet written, and a FIFO whose closing ends the session.
        if name.as_bytes().starts_with(b".") || name.as_bytes().ends_with(b".ref") {
            continue;
        }
        let path = folder.join(name);
        // None for a session that has ended meanwhile.
        let Some(text) = file::if_there(file::read(&path))? else { continue };
        let session = parse::session(&text).map_err(|error| Error::parse(error, path))?;
        users.extend(session.map(|session| User {
            name: session.user,
            terminal: session.tty,
            host: Some(host(session.remote_host)),
            // Whole seconds, as in `utmp`.
            started: (session.realtime / 1_000_000) as f64,
            pid: session.leader,
        }));
    }
    users.sort_by(|a, b| a.started.total_cmp(&b.started));
    Ok(users)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use std::fs;

    use super::*;
    use crate::{ErrorKind, Pid};

    /// A `USER_PROCESS` record of this machine's `utmp`.
    fn record(pid: i32, line: &str, user: &str, host: &str, seconds: u32) -> Vec<u8> {
        let mut record = vec![0; if WIDE_UTMP { 400 } else { 384 }];
        record[..2].copy_from_slice(&7i16.to_ne_bytes());
        record[4..8].copy_from_slice(&pid.to_ne_bytes());
        for (at, field) in [(8, line), (44, user), (76, host)] {
            record[at..at + field.len()].copy_from_slice(field.as_bytes());
        }
        if WIDE_UTMP {
            record[344..352].copy_from_slice(&i64::from(seconds).to_ne_bytes());
        } else {
            record[340..344].copy_from_slice(&seconds.to_ne_bytes());
        }
        record
    }

    fn user(name: &str, terminal: Option<&str>, host: &str, started: f64, pid: Pid) -> User {
        User {
            name: name.into(),
            terminal: terminal.map(Into::into),
            host: Some(host.into()),
            started,
            pid: Some(pid),
        }
    }

    #[test]
    fn users_of_utmp() {
        let dir = tempfile::tempdir().unwrap();
        let (utmp, sessions) = (dir.path().join("utmp"), dir.path().join("sessions"));
        assert!(users_in(&utmp, &sessions).unwrap().is_empty());
        fs::write(
            &utmp,
            [
                record(1, "pts/0", "ann", "10.0.0.1", 1_700_000_000),
                vec![0; if WIDE_UTMP { 400 } else { 384 }],
                record(2, "tty1", "bob", "", 1_700_000_001),
                record(3, "", "eve", ":0", 1_700_000_002),
                record(4, ":1", "dan", ":0.0", 1_700_000_003),
                record(5, "tty2", "half", "", 1)[..300].to_vec(),
            ]
            .concat(),
        )
        .unwrap();
        // The file is enough where there is one.
        fs::create_dir(&sessions).unwrap();
        fs::write(sessions.join("1"), "nonsense REALTIME=x\nREALTIME=x\n").unwrap();
        assert_eq!(
            users_in(&utmp, &sessions).unwrap(),
            [
                user("ann", Some("pts/0"), "10.0.0.1", 1_700_000_000.0, 1),
                user("bob", Some("tty1"), "localhost", 1_700_000_001.0, 2),
                user("eve", None, "localhost", 1_700_000_002.0, 3),
                user("dan", Some(":1"), "localhost", 1_700_000_003.0, 4),
            ]
        );
        fs::remove_file(&utmp).unwrap();
        fs::create_dir(&utmp).unwrap();
        assert_eq!(users_in(&utmp, &sessions).unwrap_err().kind(), ErrorKind::Os);
    }

    #[test]
    fn users_of_systemd() {
        let dir = tempfile::tempdir().unwrap();
        let none = dir.path().join("utmp");
        let write = |name: &str, text: &str| fs::write(dir.path().join(name), text).unwrap();
        write("12", "USER=ann\nCLASS=user\nTTY=pts/0\nREMOTE_HOST=h\nLEADER=7\nREALTIME=2999999\n");
        write("3", "USER=bob\nCLASS=user\nSTATE=online\nLEADER=8\nREALTIME=3000000\n");
        write("4", "USER=eve\nCLASS=user\nSTATE=closing\nREALTIME=4000000\n");
        write("c1", "USER=gdm\nCLASS=greeter\nREALTIME=1000000\n");
        write(".#5abc", "USER=half\nCLASS=user\nREALT");
        write("3.ref", "no session");
        assert_eq!(
            users_in(&none, dir.path()).unwrap(),
            [user("ann", Some("pts/0"), "h", 2.0, 7), user("bob", None, "localhost", 3.0, 8)]
        );
        write("5", "USER=x\nCLASS=user\nREALTIME=soon\n");
        let error = users_in(&none, dir.path()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Parse);
        assert!(error.to_string().ends_with("5: invalid REALTIME 'soon'"), "{error}");
    }
}
