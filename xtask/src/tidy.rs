//! `cargo xtask tidy`: rules of the tree that no compiler knows.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path, PathBuf};

use anyhow::{Result, bail, ensure};
use xshell::cmd;

use crate::workspace::Workspace;

/// Captured or generated data, which is as it is.
const DATA_DIRS: &[&str] = &["fixtures", "seeds", "snapshots"];
const TEXT: &[&str] = &["rs", "py", "pyi", "md", "toml", "yml", "yaml", "ini", "json"];
const CODE: &[&str] = &["rs", "py", "pyi", "toml", "yml", "yaml"];
/// Packages outside the workspace, which may be unsafe, and may have lints of their own.
const OWN_WORKSPACES: &[&str] = &["benches/", "fuzz/"];
/// The system calls of the library's tests.
const TEST_CALLS: &str = "crates/sysvitals/tests/common/ns.rs";
/// The structs of Arrow's C interface, which C calls back.
const ARROW: &str = "crates/sysvitals-python/src/arrow.rs";

// Split, so that this file does not hold what it forbids.
const UNFINISHED: &[&str] = &[
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("XX", "X"),
    concat!("dbg", "!"),
    concat!("to", "do!"),
];

pub(crate) fn run(ws: &Workspace) -> Result<()> {
    let files = files(ws)?;
    let mut wrong = Vec::new();
    for (path, text) in &files {
        let at = |(line, what): (usize, String)| format!("{path}:{line}: {what}");
        wrong.extend(layout(path, text).into_iter().map(at));
        if has_extension(path, CODE) {
            wrong.extend(unfinished(text).into_iter().map(at));
        }
        if has_extension(path, &["rs"]) && !may_be_unsafe(path) {
            wrong.extend(unsafe_lines(text).into_iter().map(at));
        }
        if is_member_manifest(path) && !inherits_lints(text) {
            wrong.push(format!("{path}: the workspace's lints are not inherited"));
        }
    }
    wrong.extend(links(&ws.root, &files));

    for line in &wrong {
        eprintln!("{line}");
    }
    ensure!(wrong.is_empty(), "{} to put right", wrong.len());
    println!("tidy: {} files", files.len());
    Ok(())
}

/// The project's text files, by their path from the root with `/` between its parts.
fn files(ws: &Workspace) -> Result<Vec<(String, String)>> {
    let listed = cmd!(ws.sh, "git ls-files -z --cached --others --exclude-standard").quiet();
    let Ok(listed) = listed.read() else {
        bail!("`git ls-files` does not work here: tidy needs git and a clone");
    };
    let mut files = Vec::new();
    for path in listed.split('\0').filter(|path| has_extension(path, TEXT)) {
        if path.split('/').any(|part| DATA_DIRS.contains(&part)) {
            continue;
        }
        // A file that was deleted but not committed is still listed.
        if let Ok(text) = fs::read_to_string(ws.root.join(path)) {
            files.push((path.to_owned(), text));
        }
    }
    Ok(files)
}

fn has_extension(path: &str, wanted: &[&str]) -> bool {
    path.rsplit_once('.').is_some_and(|(_, extension)| wanted.contains(&extension))
}

fn numbered(text: &str) -> impl Iterator<Item = (usize, &str)> {
    (1..).zip(text.lines())
}

fn layout(path: &str, text: &str) -> Vec<(usize, String)> {
    let mut wrong = Vec::new();
    for (number, line) in numbered(text) {
        if line.ends_with([' ', '\t', '\r']) {
            wrong.push((number, "trailing whitespace".to_owned()));
        }
        if has_extension(path, &["rs"]) && line.contains('\t') {
            wrong.push((number, "tab".to_owned()));
        }
    }
    wrong
}

fn unfinished(text: &str) -> Vec<(usize, String)> {
    let mut wrong = Vec::new();
    for (number, line) in numbered(text) {
        for mark in UNFINISHED.iter().filter(|mark| has_word(line, mark)) {
            wrong.push((number, format!("unfinished: {mark}")));
        }
    }
    wrong
}

fn has_word(line: &str, word: &str) -> bool {
    let in_word = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(start, _)| {
        let before = line[..start].chars().next_back();
        let after = line[start + word.len()..].chars().next();
        !before.is_some_and(in_word) && !after.is_some_and(in_word)
    })
}

fn may_be_unsafe(path: &str) -> bool {
    let in_pal = path
        .strip_prefix("crates/")
        .and_then(|rest| rest.split_once('/'))
        .is_some_and(|(_, rest)| rest.starts_with("src/sys/pal/"));
    in_pal
        || path == TEST_CALLS
        || path == ARROW
        || OWN_WORKSPACES.iter().any(|dir| path.starts_with(dir))
}

/// The compiler denies unsafe code too, but only in what it compiles for this host, and a line
/// can switch that off.
fn unsafe_lines(text: &str) -> Vec<(usize, String)> {
    const FORMS: &[&str] = &["{", "fn", "impl", "extern", "trait", "("];
    let keyword = |line: &str| {
        line.match_indices("unsafe").any(|(start, word)| {
            let whole = !line[..start].ends_with(|c: char| c.is_alphanumeric() || c == '_');
            let rest = line[start + word.len()..].trim_start();
            let own_line = rest.is_empty() && line.trim() == word;
            whole && (own_line || FORMS.iter().any(|form| rest.starts_with(form)))
        })
    };
    let mut wrong = Vec::new();
    for (number, line) in numbered(text) {
        if line.trim_start().starts_with("//") {
            continue;
        }
        let strict = line.contains("deny(") || line.contains("forbid(");
        if keyword(line) || (has_word(line, concat!("unsafe", "_code")) && !strict) {
            wrong.push((number, "unsafe code outside crates/*/src/sys/pal/".to_owned()));
        }
    }
    wrong
}

fn is_member_manifest(path: &str) -> bool {
    path.ends_with("/Cargo.toml") && !OWN_WORKSPACES.iter().any(|dir| path.starts_with(dir))
}

fn inherits_lints(manifest: &str) -> bool {
    let mut lines = manifest.lines().skip_while(|line| line.trim() != "[lints]").skip(1);
    lines.next().is_some_and(|line| line.trim() == "workspace = true")
}

/// Every link of a page leads somewhere, and every page of `docs/` is led to.
fn links(root: &Path, files: &[(String, String)]) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut linked = BTreeSet::new();
    for (page, text) in files.iter().filter(|(path, _)| has_extension(path, &["md"])) {
        let folder = Path::new(page).parent().unwrap_or(Path::new(""));
        for (number, link) in relative_links(text) {
            let target = normal(&folder.join(&link));
            if !root.join(&target).exists() {
                wrong.push(format!("{page}:{number}: the link to {link} leads nowhere"));
            } else if page == "README.md" || page == "ARCHITECTURE.md" {
                linked.insert(target);
            }
        }
    }
    for (path, _) in files {
        let page = path.strip_prefix("docs/").filter(|name| !name.contains('/'));
        if page.is_some_and(|name| has_extension(name, &["md"]))
            && !linked.contains(Path::new(path))
        {
            wrong.push(format!("{path}: neither README.md nor ARCHITECTURE.md links to it"));
        }
    }
    wrong
}

/// The targets of inline links and of reference definitions, without their fragments.
fn relative_links(page: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut in_code = false;
    for (number, line) in numbered(page) {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
            continue;
        }
        if in_code {
            continue;
        }
        // Every second piece is between backquotes.
        let prose: Vec<&str> = line.split('`').step_by(2).collect();
        let prose = prose.join("`");
        let inline = prose.split("](").skip(1).filter_map(|rest| rest.split([')', ' ']).next());
        let definition = prose
            .strip_prefix('[')
            .and_then(|rest| rest.split_once("]: "))
            .and_then(|(_, target)| target.split_whitespace().next());
        for target in inline.chain(definition) {
            let target = target.trim_matches(['<', '>']);
            let path = target.split('#').next().unwrap_or_default();
            let elsewhere = target.contains("://") || target.starts_with("mailto:");
            if !path.is_empty() && !elsewhere {
                found.push((number, path.to_owned()));
            }
        }
    }
    found
}

/// The path without `.` and `..`, as far as its own parts allow.
fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if out.file_name().is_some() => {
                out.pop();
            }
            part => out.push(part),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(found: Vec<(usize, String)>) -> Vec<usize> {
        found.into_iter().map(|(line, _)| line).collect()
    }

    #[test]
    fn layout_sees_trailing_whitespace_and_tabs() {
        assert_eq!(lines(layout("a.rs", "a\nb \n\tc\nd\r\r\n")), [2, 3, 4]);
        assert_eq!(lines(layout("a.md", "\ta\n")), []);
    }

    #[test]
    fn unfinished_takes_whole_words_only() {
        for mark in UNFINISHED {
            assert_eq!(lines(unfinished(&format!("x\n// {mark} y"))), [2], "{mark}");
            assert_eq!(lines(unfinished(&format!("a{mark}"))), [], "{mark}");
        }
    }

    #[test]
    fn unsafe_is_seen_in_every_form() {
        let word = concat!("un", "safe");
        for code in
            ["X { f() }", "X fn f()", "X impl Send for A {}", "X", "#[X(no_mangle)]", "X{f()}"]
        {
            assert_eq!(lines(unsafe_lines(&code.replace('X', word))), [1], "{code}");
        }
        assert_eq!(lines(unsafe_lines(&format!("#![allow({word}_code)]"))), [1]);
        assert_eq!(lines(unsafe_lines(&format!("#![allow(\n    {word}_code,\n)]"))), [2]);
        assert_eq!(lines(unsafe_lines(&format!("#![forbid({word}_code)]"))), []);
        assert_eq!(lines(unsafe_lines(&format!("/// {word} {{}}"))), []);
        assert_eq!(lines(unsafe_lines(&format!("let an_{word} = {word}_count;"))), []);
    }

    #[test]
    fn unsafe_has_its_place() {
        assert!(may_be_unsafe("crates/sysvitals/src/sys/pal/linux.rs"));
        assert!(may_be_unsafe("crates/sysvitals-python/src/arrow.rs"));
        assert!(!may_be_unsafe("crates/sysvitals-python/src/process.rs"));
        assert!(may_be_unsafe("fuzz/fuzz_targets/stat.rs"));
        assert!(!may_be_unsafe("crates/sysvitals/src/sys/process/linux.rs"));
        assert!(!may_be_unsafe("crates/sysvitals/tests/sys/pal/linux.rs"));
    }

    #[test]
    fn lints_are_inherited_by_the_table_only() {
        assert!(inherits_lints("[package]\n\n[lints]\nworkspace = true\n"));
        assert!(!inherits_lints("[package]\nlicense.workspace = true\n"));
    }

    #[test]
    fn links_are_found_outside_code() {
        let page = "[a](one.md) [b](two.md#part \"title\") `[c](three.md)`\n\
                    ```\n[d](four.md)\n```\n\
                    [e]: five.md\n[f](#here) [g](https://example.org) [h](<six.md>)\n";
        let found: Vec<_> = relative_links(page);
        let found: Vec<_> = found.iter().map(|(line, link)| (*line, link.as_str())).collect();
        assert_eq!(found, [(1, "one.md"), (1, "two.md"), (5, "five.md"), (6, "six.md")]);
    }

    #[test]
    fn paths_are_made_normal() {
        assert_eq!(normal(Path::new("docs/../a/./b")), Path::new("a/b"));
        assert_eq!(normal(Path::new("../a")), Path::new("../a"));
    }
}
