use super::ParseError;
use super::text::{Words, cut, invalid, skip_blanks, take_i64, take_u64};
use memchr::{memchr, memrchr};

/// `/proc/[pid]/stat` (and `/proc/[pid]/task/[tid]/stat`), in the kernel's units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stat {
    /// Command name between the first `(` and the last `)`, at most 15 bytes (63 for kernel threads).
    pub comm: Vec<u8>,
    /// State letter (`R`, `S`, `D`, `Z`, ...).
    pub state: u8,
    /// Parent process ID.
    pub ppid: i32,
    /// Process group.
    pub pgrp: i32,
    /// Session.
    pub session: i32,
    /// Controlling terminal's device number; 0 for none.
    pub tty_nr: i32,
    /// Foreground process group of the terminal.
    pub tpgid: i32,
    /// Kernel flags (`PF_*`).
    pub flags: u64,
    /// Minor page faults.
    pub minflt: u64,
    /// Minor page faults of waited-for children.
    pub cminflt: u64,
    /// Major page faults.
    pub majflt: u64,
    /// Major page faults of waited-for children.
    pub cmajflt: u64,
    /// User time, clock ticks.
    pub utime: u64,
    /// System time, clock ticks.
    pub stime: u64,
    /// User time of waited-for children, clock ticks.
    pub cutime: u64,
    /// System time of waited-for children, clock ticks.
    pub cstime: u64,
    /// Kernel scheduling priority.
    pub priority: i64,
    /// Nice value.
    pub nice: i64,
    /// Threads in the process.
    pub num_threads: u64,
    /// Start time since boot, clock ticks.
    pub starttime: u64,
    /// Virtual memory, bytes.
    pub vsize: u64,
    /// Resident set, pages.
    pub rss: u64,
    /// CPU last run on; None on kernels whose line is shorter.
    pub processor: Option<i32>,
    /// Block I/O delays, clock ticks; None on kernels whose line is shorter.
    pub delayacct_blkio_ticks: Option<u64>,
}

/// Reads `/proc/[pid]/stat`.
pub fn stat(text: &[u8]) -> Result<Stat, ParseError> {
    let (comm, rest) = split_comm(text).ok_or_else(|| invalid(b"comm", text))?;
    let [b' ', state, rest @ ..] = rest else {
        return Err(invalid(b"state", rest));
    };
    let mut fields = Fields(rest);
    // Struct fields are evaluated in the order written, which is the kernel's.
    Ok(Stat {
        comm: comm.to_vec(),
        state: *state,
        ppid: fields.i32("ppid")?,
        pgrp: fields.i32("pgrp")?,
        session: fields.i32("session")?,
        tty_nr: fields.i32("tty_nr")?,
        tpgid: fields.i32("tpgid")?,
        flags: fields.u64("flags")?,
        minflt: fields.u64("minflt")?,
        cminflt: fields.u64("cminflt")?,
        majflt: fields.u64("majflt")?,
        cmajflt: fields.u64("cmajflt")?,
        utime: fields.u64("utime")?,
        stime: fields.u64("stime")?,
        cutime: fields.signed_count("cutime")?,
        cstime: fields.signed_count("cstime")?,
        priority: fields.i64("priority")?,
        nice: fields.i64("nice")?,
        num_threads: fields.u64("num_threads")?,
        starttime: {
            fields.skip(1); // itrealvalue
            fields.u64("starttime")?
        },
        vsize: fields.u64("vsize")?,
        rss: fields.signed_count("rss")?,
        processor: {
            fields.skip(14); // rsslim to exit_signal
            if fields.at_end() { None } else { Some(fields.i32("processor")?) }
        },
        delayacct_blkio_ticks: {
            fields.skip(2); // rt_priority, policy
            if fields.at_end() { None } else { Some(fields.u64("delayacct_blkio_ticks")?) }
        },
    })
}

/// The last `)` ends the name: the kernel prints it raw, and all that follows are numbers.
fn split_comm(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let (_, after_open) = cut(text, memchr(b'(', text)?);
    Some(cut(after_open, memrchr(b')', after_open)?))
}

/// The fields that follow the state, each behind a space.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    #[inline]
    fn at_end(&mut self) -> bool {
        self.0 = skip_blanks(self.0);
        matches!(self.0, [] | [b'\n', ..])
    }

    /// Leaves the space after the next `count` fields in front. The long run of addresses before
    /// `processor` is a third of the line: it is counted eight bytes at a time.
    #[inline]
    fn skip(&mut self, count: u32) {
        let mut left = count + 1;
        let mut rest = self.0;
        while let Some((chunk, tail)) = rest.split_first_chunk::<8>() {
            let spaces = count_spaces(*chunk);
            if spaces >= left {
                break;
            }
            left -= spaces;
            rest = tail;
        }
        while let [b, tail @ ..] = rest {
            left -= u32::from(*b == b' ');
            if left == 0 {
                break;
            }
            rest = tail;
        }
        self.0 = rest;
    }

    #[inline]
    fn take<T>(
        &mut self,
        name: &'static str,
        number: impl FnOnce(&'a [u8]) -> Option<(T, &'a [u8])>,
    ) -> Result<T, ParseError> {
        let text = skip_blanks(self.0);
        match number(text) {
            Some((n, rest @ ([] | [b' ' | b'\n', ..]))) => {
                self.0 = rest;
                Ok(n)
            }
            _ => Err(bad_field(name, text)),
        }
    }

    #[inline]
    fn u64(&mut self, name: &'static str) -> Result<u64, ParseError> {
        self.take(name, take_u64)
    }

    #[inline]
    fn i64(&mut self, name: &'static str) -> Result<i64, ParseError> {
        self.take(name, take_i64)
    }

    #[inline]
    fn i32(&mut self, name: &'static str) -> Result<i32, ParseError> {
        self.take(name, |text| {
            let (n, rest) = take_i64(text)?;
            Some((i32::try_from(n).ok()?, rest))
        })
    }

    /// A count that the kernel prints with a sign. It only ever counts what has been used, so one
    /// below zero is a slip of its accounting and stands for none; failing would cost the caller
    /// every other field.
    #[inline]
    fn signed_count(&mut self, name: &'static str) -> Result<u64, ParseError> {
        match self.0 {
            [b' ', b'-', ..] => self.i64(name).map(|_| 0),
            _ => self.u64(name),
        }
    }
}

#[inline]
fn count_spaces(chunk: [u8; 8]) -> u32 {
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    let differs = u64::from_ne_bytes(chunk) ^ 0x2020_2020_2020_2020;
    // The top bit of each byte is left clear where the byte differs, and moved down to be summed.
    let spaces = !(((differs & LOW) + LOW) | differs | LOW) >> 7;
    (spaces.wrapping_mul(0x0101_0101_0101_0101) >> 56) as u32
}

#[cold]
fn bad_field(name: &'static str, text: &[u8]) -> ParseError {
    match Words(text).next() {
        Some(word) => invalid(name.as_bytes(), word),
        None => ParseError::new(format!("{name} missing")),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// Field i (from 1, after the state) holds i x 100.
    fn line(comm: &str, fields: usize) -> String {
        let mut line = format!("7 ({comm}) S");
        for i in 1..fields {
            line.push_str(&format!(" {}", i * 100));
        }
        line.push('\n');
        line
    }

    #[test]
    fn numbered_fields() {
        let stat = stat(line("a) (b", 50).as_bytes()).unwrap();
        assert_eq!(stat.comm, b"a) (b");
        assert_eq!(stat.state, b'S');
        assert_eq!((stat.ppid, stat.pgrp, stat.session), (100, 200, 300));
        assert_eq!((stat.tty_nr, stat.tpgid, stat.flags), (400, 500, 600));
        assert_eq!((stat.minflt, stat.cminflt), (700, 800));
        assert_eq!((stat.majflt, stat.cmajflt), (900, 1000));
        assert_eq!((stat.utime, stat.stime), (1100, 1200));
        assert_eq!((stat.cutime, stat.cstime), (1300, 1400));
        assert_eq!((stat.priority, stat.nice, stat.num_threads), (1500, 1600, 1700));
        assert_eq!((stat.starttime, stat.vsize, stat.rss), (1900, 2000, 2100));
        assert_eq!(stat.processor, Some(3600));
        assert_eq!(stat.delayacct_blkio_ticks, Some(3900));
    }

    #[test]
    fn short_lines() {
        let read = |fields| stat(line("a", fields).as_bytes());
        assert_eq!(read(37).unwrap().processor, Some(3600));
        assert_eq!(read(37).unwrap().delayacct_blkio_ticks, None);
        assert_eq!(read(39).unwrap().delayacct_blkio_ticks, None);
        assert_eq!(read(40).unwrap().delayacct_blkio_ticks, Some(3900));
        assert_eq!(read(36).unwrap().processor, None);
        assert_eq!(read(22).unwrap().rss, 2100);
        assert_eq!(read(21).unwrap_err().to_string(), "rss missing");
        assert_eq!(read(1).unwrap_err().to_string(), "ppid missing");
    }

    #[test]
    fn any_state_letter() {
        for state in *b"RSDTtZXxKWIPQ" {
            let line = line("a", 50).replacen('S', &char::from(state).to_string(), 1);
            assert_eq!(stat(line.as_bytes()).unwrap().state, state);
        }
    }

    #[test]
    fn hostile_names() {
        for comm in ["", ")", "(", " ", "a\nb", "R 1 2 3", ") R 1 2 3", "((()))", "x) S 1"] {
            assert_eq!(stat(line(comm, 50).as_bytes()).unwrap().comm, comm.as_bytes());
        }
    }

    #[test]
    fn signs() {
        let text = b"1 (a) R 0 -1 -1 0 -1 0 0 0 0 0 0 0 -5 -6 -100 -20 1 0 1 1 -3";
        let stat = stat(text).unwrap();
        assert_eq!((stat.pgrp, stat.tpgid), (-1, -1));
        assert_eq!((stat.cutime, stat.cstime, stat.rss), (0, 0, 0));
        assert_eq!((stat.priority, stat.nice), (-100, -20));
    }

    #[test]
    fn skipped_fields_may_hold_anything() {
        let text = line("a", 50).replace(" 1800 ", " x ").replace(" 2200 ", " 1e9 ");
        assert!(stat(text.as_bytes()).is_ok());
    }

    #[test]
    fn malformed() {
        let error = |text: &str| stat(text.as_bytes()).unwrap_err().to_string();
        assert_eq!(error(""), "invalid comm ''");
        assert_eq!(error("1 (a"), "invalid comm '1 (a'");
        assert_eq!(error("1 )a("), "invalid comm '1 )a('");
        assert_eq!(error("1 (a)"), "invalid state ''");
        assert_eq!(error("1 (a) "), "invalid state ''");
        assert_eq!(error("1 (a) S x"), "invalid ppid 'x'");
        assert_eq!(error("1 (a) S 2147483648"), "invalid ppid '2147483648'");
        let utime = |with| error(&line("a", 50).replace(" 1100 ", with));
        assert_eq!(utime(" -1 "), "invalid utime '-1'");
        assert_eq!(utime(" 11.5 "), "invalid utime '11.5'");
        assert_eq!(utime(" 18446744073709551616 "), "invalid utime '18446744073709551616'");
        assert_eq!(
            error(&line("a", 50).replace(" 3900 ", " ? ")),
            "invalid delayacct_blkio_ticks '?'"
        );
    }
}
