use super::text::{Words, os_string, skip_blanks, whole_u64};
use std::ffi::OsString;

/// A row of `/proc/[pid]/mounts`, its escapes decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    /// What is mounted.
    pub device: OsString,
    /// Where.
    pub mountpoint: OsString,
    /// File system type.
    pub fstype: OsString,
    /// Mount options, joined by commas.
    pub opts: OsString,
}

/// Reads `/proc/[pid]/mounts` or `/etc/mtab` as `getmntent(3)` does: blank lines and comments are no
/// rows, what a short line lacks is empty, and an autofs mount that asks to be ignored is ignored.
///
/// # References
/// [proc_pid_mounts(5)](https://man7.org/linux/man-pages/man5/proc_pid_mounts.5.html)
pub fn mounts(text: &[u8]) -> Vec<Mount> {
    let mut mounts = Vec::new();
    for line in text.split(|&b| b == b'\n') {
        let mut rest = skip_blanks(line);
        if matches!(rest, [] | [b'#', ..]) {
            continue;
        }
        let mut field = || {
            let end = rest.iter().position(|b| matches!(b, b' ' | b'\t')).unwrap_or(rest.len());
            let (field, tail) = rest.split_at_checked(end).unwrap_or((rest, &[]));
            rest = skip_blanks(tail);
            field
        };
        let (device, mountpoint, fstype, opts) = (field(), field(), field(), field());
        if fstype == b"autofs" && opts.split(|&b| b == b',').any(|opt| opt == b"ignore") {
            continue;
        }
        mounts.push(Mount {
            device: decoded(device),
            mountpoint: decoded(mountpoint),
            fstype: decoded(fstype),
            opts: decoded(opts),
        });
    }
    mounts
}

/// A blank, a backslash or a `#` is written in octal: `\040`.
fn decoded(field: &[u8]) -> OsString {
    if !field.contains(&b'\\') {
        return os_string(field);
    }
    let mut bytes = Vec::with_capacity(field.len());
    let mut rest = field;
    while let [first, tail @ ..] = rest {
        let (byte, tail) = match rest {
            [b'\\', a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', tail @ ..] => {
                (((a - b'0') << 6) | ((b - b'0') << 3) | (c - b'0'), tail)
            }
            [b'\\', b'\\', tail @ ..] => (b'\\', tail),
            _ => (*first, tail),
        };
        bytes.push(byte);
        rest = tail;
    }
    os_string(&bytes)
}

/// The types in `/proc/filesystems` that need a device.
///
/// # References
/// [proc_filesystems(5)](https://man7.org/linux/man-pages/man5/proc_filesystems.5.html)
pub fn filesystems(text: &[u8]) -> Vec<OsString> {
    text.split(|&b| b == b'\n')
        .filter_map(|line| Words(line).next())
        .filter(|&word| word != b"nodev")
        .map(os_string)
        .collect()
}

/// The file system types in `/proc/[pid]/mountinfo`.
///
/// # References
/// [proc_pid_mountinfo(5)](https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html)
pub fn mountinfo_types(text: &[u8]) -> Vec<OsString> {
    // Any number of optional fields, then a hyphen, then the type.
    text.split(|&b| b == b'\n')
        .filter_map(|line| Words(line).skip(6).skip_while(|&word| word != b"-").nth(1))
        .map(decoded)
        .collect()
}

/// The name that `/proc/partitions` has for a block device.
///
/// # References
/// [proc_partitions(5)](https://man7.org/linux/man-pages/man5/proc_partitions.5.html)
pub fn partition_name(text: &[u8], major: u32, minor: u32) -> Option<OsString> {
    text.split(|&b| b == b'\n').find_map(|line| {
        let mut words = Words(line);
        let is_it = whole_u64(words.next()?)? == u64::from(major)
            && whole_u64(words.next()?)? == u64::from(minor);
        words.nth(1).filter(|_| is_it).map(os_string)
    })
}

/// The name in a device's `uevent` file.
pub fn uevent_devname(text: &[u8]) -> Option<OsString> {
    text.split(|&b| b == b'\n')
        .find_map(|line| line.strip_prefix(b"DEVNAME="))
        .map(|name| os_string(name.trim_ascii()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn mount(device: &str, mountpoint: &str, fstype: &str, opts: &str) -> Mount {
        Mount {
            device: device.into(),
            mountpoint: mountpoint.into(),
            fstype: fstype.into(),
            opts: opts.into(),
        }
    }

    #[test]
    fn rows() {
        let text =
            b"# comment\n\n   \n/dev/sda1 / ext4 rw,relatime 0 0\n \t tmpfs\t/run  tmpfs rw 0 0\n\
            short\n/dev/b /b xfs ro";
        let rows = [
            mount("/dev/sda1", "/", "ext4", "rw,relatime"),
            mount("tmpfs", "/run", "tmpfs", "rw"),
            mount("short", "", "", ""),
            mount("/dev/b", "/b", "xfs", "ro"),
        ];
        assert_eq!(mounts(text), rows);
        assert_eq!(mounts(b""), []);
    }

    #[test]
    fn escapes() {
        let rows = mounts(br"/dev/a\043 /a\040b\011c\012d\134e\\f\400\08\1\ ext4 rw,x=\054 0 0");
        assert_eq!(rows, [mount("/dev/a#", "/a b\tc\nd\\e\\f\\400\\08\\1\\", "ext4", "rw,x=,")]);
        // What an escape decodes to is not decoded again.
        assert_eq!(mounts(br"d /\134040 t o")[0], mount("d", r"/\040", "t", "o"));
    }

    #[test]
    fn ignored_autofs() {
        let text = b"a /a autofs rw,ignore 0 0\nb /b autofs rw,ignored 0 0\nc /c ext4 ignore 0 0\n";
        let left = mounts(text).into_iter().map(|mount| mount.device).collect::<Vec<_>>();
        assert_eq!(left, ["b", "c"]);
    }

    #[test]
    fn types() {
        let text = b"nodev\tsysfs\nnodev\tzfs\n\text4\n\tfuseblk\n\n \nxfs";
        assert_eq!(filesystems(text), ["ext4", "fuseblk", "xfs"]);
        let text = b"22 1 0:21 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n\
            23 22 0:22 / /sys rw - sysfs sysfs rw\n\
            24 22 0:23 / /- rw shared:2 master:1 - fuse.sshfs a:/ rw\nshort line\n25 22 0:1 / / rw -\n";
        assert_eq!(mountinfo_types(text), ["ext4", "sysfs", "fuse.sshfs"]);
    }

    #[test]
    fn devices() {
        let text = b"major minor  #blocks  name\n\n   8        0  500107608 sda\n   8        1     524288 sda1\n\
            104        0       1024 cciss/c0d0\n8 2\n";
        assert_eq!(partition_name(text, 8, 1).unwrap(), "sda1");
        assert_eq!(partition_name(text, 104, 0).unwrap(), "cciss/c0d0");
        assert_eq!(partition_name(text, 8, 2), None);
        assert_eq!(partition_name(text, 1, 8), None);
        let uevent = b"MAJOR=8\nMINOR=1\nDEVNAME=sda1\nDEVTYPE=partition\n";
        assert_eq!(uevent_devname(uevent).unwrap(), "sda1");
        assert_eq!(uevent_devname(b"MAJOR=8\nXDEVNAME=a\n"), None);
    }
}
