use super::ParseError;
use super::text::{cut, invalid, os_string, split_line, take_i64, take_u64};
use memchr::memchr;
use std::ffi::OsString;

/// A session of a user, as `systemd-logind` keeps it in `/run/systemd/sessions/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The user's name.
    pub user: OsString,
    /// The terminal, without `/dev/`.
    pub tty: Option<OsString>,
    /// Where from.
    pub remote_host: Option<OsString>,
    /// When it began, microseconds since the epoch.
    pub realtime: u64,
    /// The login process.
    pub leader: Option<i32>,
}

/// Reads the file of a session; None where it is none of a user, or is ending.
pub fn session(text: &[u8]) -> Result<Option<Session>, ParseError> {
    let (mut class, mut state) = (None, None);
    let (mut user, mut tty, mut remote_host) = (None, None, None);
    let (mut realtime, mut leader) = (None, None);
    let mut rest = text;
    while !rest.is_empty() {
        let (line, tail) = split_line(rest);
        rest = tail;
        let Some(equals) = memchr(b'=', line) else { continue };
        let (key, value) = cut(line, equals);
        if value.is_empty() {
            continue;
        }
        match key {
            b"CLASS" => class = Some(value),
            b"STATE" => state = Some(value),
            b"USER" => user = Some(value),
            b"TTY" => tty = Some(value),
            b"REMOTE_HOST" => remote_host = Some(value),
            b"REALTIME" => match take_u64(value) {
                Some((time, [])) => realtime = Some(time),
                _ => return Err(invalid(key, value)),
            },
            b"LEADER" => match take_i64(value) {
                Some((pid, [])) => {
                    leader = Some(i32::try_from(pid).map_err(|_| invalid(key, value))?);
                }
                _ => return Err(invalid(key, value)),
            },
            _ => {}
        }
    }
    // `user-early` is root's since systemd 256, `user-light` one without a service manager.
    let of_user =
        matches!(class, Some(b"user" | b"user-early" | b"user-light" | b"user-early-light"));
    if !of_user || state == Some(b"closing") {
        return Ok(None);
    }
    let missing = |key| ParseError::new(format!("line '{key}' not found"));
    Ok(Some(Session {
        user: os_string(user.ok_or_else(|| missing("USER"))?),
        tty: tty.map(os_string),
        remote_host: remote_host.map(os_string),
        realtime: realtime.ok_or_else(|| missing("REALTIME"))?,
        leader,
    }))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const SSH: &str = "# This is private data. Do not parse.\nUID=1000\nUSER=ann\nACTIVE=1\n\
        IS_DISPLAY=0\nSTATE=active\nREMOTE=1\nTYPE=tty\nORIGINAL_TYPE=tty\nCLASS=user\n\
        SCOPE=session-2.scope\nFIFO=/run/systemd/sessions/2.ref\nREMOTE_HOST=10.0.0.1\n\
        SERVICE=sshd\nTTY=pts/0\nLEADER=1234\nAUDIT=2\nREALTIME=1700000000123456\n\
        MONOTONIC=55\n";

    fn read(text: &str) -> Result<Option<Session>, ParseError> {
        session(text.as_bytes())
    }

    #[test]
    fn of_a_user() {
        let expected = Session {
            user: "ann".into(),
            tty: Some("pts/0".into()),
            remote_host: Some("10.0.0.1".into()),
            realtime: 1_700_000_000_123_456,
            leader: Some(1234),
        };
        assert_eq!(read(SSH).unwrap(), Some(expected.clone()));
        let early = SSH.replace("CLASS=user", "CLASS=user-early");
        assert_eq!(read(&early).unwrap(), Some(expected));
        let session = read("USER=a\nCLASS=user\nTTY=\nREALTIME=1").unwrap().unwrap();
        assert_eq!((session.tty, session.remote_host, session.leader), (None, None, None));
    }

    #[test]
    fn of_none() {
        for (from, to) in [
            ("CLASS=user", "CLASS=greeter"),
            ("CLASS=user", "CLASS=manager"),
            ("CLASS=user", "CLASS=user-incomplete"),
            ("CLASS=user", "CLASS="),
            ("STATE=active", "STATE=closing"),
        ] {
            assert_eq!(read(&SSH.replace(from, to)).unwrap(), None, "{to}");
        }
        assert_eq!(read("").unwrap(), None);
    }

    #[test]
    fn hostile() {
        let error = |text: &str| read(text).unwrap_err().to_string();
        assert_eq!(error("LEADER=4294967296\n"), "invalid LEADER '4294967296'");
        assert_eq!(error("LEADER=1 2\n"), "invalid LEADER '1 2'");
        assert_eq!(error("REALTIME=soon\n"), "invalid REALTIME 'soon'");
        assert_eq!(error("CLASS=user\nREALTIME=1\n"), "line 'USER' not found");
        assert_eq!(error("CLASS=user\nUSER=a\n"), "line 'REALTIME' not found");
        assert_eq!(session(b"=\n==\n\xff=\xff\nUSER").unwrap(), None);
    }
}
