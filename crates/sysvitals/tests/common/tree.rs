//! A `/proc` built in a temporary folder: file by file, or unpacked from a text.
//!
//! The text is a list of entries, their paths relative to the root (`proc/...`, `sys/...`):
//!
//! ```text
//! # A comment, before the first entry.
//! @file proc/1/stat
//! the lines as they are, until the next entry
//! @raw proc/1/cmdline
//! /sbin/init\0--system\0
//! @link proc/1/exe -> /usr/sbin/init
//! @dir proc/1/fd
//! ```
//!
//! Paths, targets and what follows `@raw` know `\0`, `\n`, `\\` and `\xff`; the line ends after
//! `@raw` do not count. `{root}` in a target is the temporary folder.
#![allow(dead_code)]

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use sysvitals::Roots;

pub(crate) struct Tree(tempfile::TempDir);

impl Tree {
    pub(crate) fn new() -> Self {
        // In memory where that can be had: a tree is thousands of small files.
        let dir = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
        fs::create_dir(dir.path().join("proc")).unwrap();
        fs::create_dir(dir.path().join("sys")).unwrap();
        Self(dir)
    }

    /// `tests/fixtures/NAME.tree`
    pub(crate) fn fixture(name: &str) -> Self {
        Self::unpack(&fixture_text(name))
    }

    pub(crate) fn unpack(text: &[u8]) -> Self {
        let tree = Self::new();
        for entry in entries(text) {
            let path = tree.root().join(OsStr::from_bytes(&entry.path));
            match entry.content {
                Content::File(bytes) => put(&path, &bytes),
                Content::Link(target) => {
                    fs::create_dir_all(path.parent().unwrap()).unwrap();
                    symlink(tree.expand(&target), path).unwrap();
                }
                Content::Dir => fs::create_dir_all(path).unwrap(),
            }
        }
        tree
    }

    fn expand(&self, target: &[u8]) -> PathBuf {
        match target.strip_prefix(b"{root}/") {
            Some(rest) => self.root().join(OsStr::from_bytes(rest)),
            None => PathBuf::from(OsStr::from_bytes(target)),
        }
    }

    pub(crate) fn root(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn roots(&self) -> Roots {
        Roots::new(self.root().join("proc"), self.root().join("sys"))
    }

    /// `PROC/file`
    pub(crate) fn at(&self, file: impl AsRef<Path>) -> PathBuf {
        self.root().join("proc").join(file)
    }

    pub(crate) fn write(&self, file: impl AsRef<Path>, bytes: impl AsRef<[u8]>) {
        put(&self.at(file), bytes.as_ref());
    }

    pub(crate) fn read(&self, file: impl AsRef<Path>) -> Vec<u8> {
        fs::read(self.at(file)).unwrap()
    }

    pub(crate) fn link(&self, file: impl AsRef<Path>, target: impl AsRef<Path>) {
        let path = self.at(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        self.remove(&path);
        symlink(target, path).unwrap();
    }

    /// Removes a file, a link or a folder, if it is there.
    pub(crate) fn remove(&self, file: impl AsRef<Path>) {
        let path = self.at(file);
        if fs::remove_file(&path).is_err() {
            let _ = fs::remove_dir_all(&path);
        }
    }

    /// A process with `stat`, `status` and `statm` alone.
    pub(crate) fn process(&self, pid: i32, ppid: i32, comm: &[u8], start: u64) {
        self.write(format!("{pid}/stat"), stat_line(pid, comm, b'S', ppid, start));
        let status =
            format!("Name:\tx\nTgid:\t{pid}\nUid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\nThreads:\t1\n");
        self.write(format!("{pid}/status"), status);
        self.write(format!("{pid}/statm"), "0 0 0 0 0 0 0\n");
    }
}

pub(crate) fn stat_line(pid: i32, comm: &[u8], state: u8, ppid: i32, start: u64) -> Vec<u8> {
    let head = format!("{pid} (");
    let tail = format!(
        ") {} {ppid} 1 1 0 -1 0 1 2 3 4 5 6 7 8 20 0 1 0 {start} 0 0 {}\n",
        char::from(state),
        ["0"; 28].join(" ")
    );
    [head.as_bytes(), comm, tail.as_bytes()].concat()
}

pub(crate) fn fixture_text(name: &str) -> Vec<u8> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    fs::read(fixtures.join(format!("{name}.tree"))).unwrap()
}

fn put(path: &Path, bytes: &[u8]) {
    // A file that is cut to be written anew is written to the disk at once by some file systems.
    let _ = fs::remove_file(path);
    if fs::write(path, bytes).is_err() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

pub(crate) struct Entry {
    pub(crate) path: Vec<u8>,
    pub(crate) content: Content,
}

pub(crate) enum Content {
    File(Vec<u8>),
    Link(Vec<u8>),
    Dir,
}

pub(crate) fn entries(text: &[u8]) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut raw = false;
    for line in text.split_inclusive(|&b| b == b'\n') {
        let bare = line.strip_suffix(b"\n").unwrap_or(line);
        let (kind, rest) = match bare.iter().position(|&b| b == b' ') {
            Some(space) if bare.starts_with(b"@") => (&bare[..space], &bare[space + 1..]),
            _ => {
                if let Some(Entry { content: Content::File(bytes), .. }) = entries.last_mut() {
                    bytes.extend(if raw { unescape(bare) } else { line.to_vec() });
                }
                continue;
            }
        };
        raw = kind == b"@raw";
        let (path, content) = match kind {
            b"@file" | b"@raw" => (rest, Content::File(Vec::new())),
            b"@dir" => (rest, Content::Dir),
            b"@link" => {
                let arrow = rest.windows(4).position(|four| four == b" -> ").unwrap();
                (&rest[..arrow], Content::Link(unescape(&rest[arrow + 4..])))
            }
            other => panic!("no such entry: {}", other.escape_ascii()),
        };
        entries.push(Entry { path: unescape(path), content });
    }
    entries
}

fn unescape(text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [first, tail @ ..] = rest {
        rest = tail;
        if *first != b'\\' {
            bytes.push(*first);
            continue;
        }
        let [kind, tail @ ..] = rest else { panic!("a lone backslash") };
        rest = tail;
        bytes.push(match kind {
            b'0' => 0,
            b'n' => b'\n',
            b'\\' => b'\\',
            b'x' => {
                let (digits, tail) = rest.split_at(2);
                rest = tail;
                u8::from_str_radix(std::str::from_utf8(digits).unwrap(), 16).unwrap()
            }
            other => panic!("no such escape: {}", other.escape_ascii()),
        });
    }
    bytes
}
