//! `cargo xtask dist`: the Python package as it is published.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::python::Venv;
use crate::workspace::Workspace;

/// The oldest glibc that the wheel runs on: 2.17.
const MANYLINUX: &str = "manylinux2014";
/// What the sdist must hold, and what it must not.
const NEEDED: &[&str] = &[
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "crates/sysvitals/src/lib.rs",
    "crates/sysvitals-python/src/lib.rs",
    "pyproject.toml",
    "python/sysvitals/__init__.py",
    "python/sysvitals/__init__.pyi",
    "python/sysvitals/py.typed",
];
const UNWANTED: &[&str] = &["tests", "benches", "fuzz", "xtask", "target", "__pycache__"];

const LIST: &str = "import sys, tarfile; print(*tarfile.open(sys.argv[1]).getnames(), sep='\\n')";
const TRY: &str = "
import importlib.util, sys
import sysvitals as psutil

folder = importlib.util.find_spec('sysvitals').submodule_search_locations[0]
assert folder.startswith(sys.prefix), folder
with psutil.Popen([sys.executable, '-c', 'input()'], stdin=-1) as child:
    assert child.name() and child.memory_info().rss > 0 and child.parent() == psutil.Process()
    assert child in psutil.process_iter(['name', 'memory_info'])
    child.terminate()
    assert child.wait(timeout=10) == -15
psutil.install_as_psutil()
import psutil as installed
assert installed is psutil
print(psutil.__sysvitals_version__, folder)
";

pub(crate) fn run(ws: &Workspace) -> Result<()> {
    for licence in ["LICENSE", "README.md"] {
        ws.require_file(licence)?;
    }
    let venv = Venv::ready(ws)?;
    let out = ws.target.join("dist");
    if out.exists() {
        fs::remove_dir_all(&out)?;
    }

    build_wheel(ws, &venv, &out)?;
    venv.maturin(ws).arg("sdist").arg("--out").arg(&out).run()?;
    let wheel = built(&out, ".whl")?;
    let sdist = built(&out, ".tar.gz")?;

    check_sdist(ws, &venv, &sdist)?;
    venv.python(ws)
        .args(["-m", "twine", "check", "--strict"])
        .args([&wheel, &sdist])
        .env("NO_COLOR", "1")
        .run()?;
    for package in [&wheel, &sdist] {
        try_out(ws, package)?;
    }
    println!("{}\n{}", wheel.display(), sdist.display());
    Ok(())
}

fn build_wheel(ws: &Workspace, venv: &Venv, out: &Path) -> Result<()> {
    let mut build = venv
        .maturin(ws)
        .args(["build", "--release", "--strip", "--locked", "--out"])
        .arg(out)
        .env("CARGO_ENCODED_RUSTFLAGS", without_folders(ws)?);
    if cfg!(all(target_os = "linux", target_env = "gnu")) {
        // Zig links against the symbols of an older glibc than this machine's.
        build = build
            .args(["--zig", "--compatibility", MANYLINUX])
            .env("CARGO_ZIGBUILD_PYTHON_PATH", venv.python_path());
    }
    Ok(build.run()?)
}

/// Compiler flags that keep this machine's folders out of what panics and debuggers show.
fn without_folders(ws: &Workspace) -> Result<OsString> {
    let cargo_home = match env::var_os("CARGO_HOME") {
        Some(dir) => PathBuf::from(dir),
        None => env::home_dir().context("there is no home directory")?.join(".cargo"),
    };
    let mut flags = OsString::new();
    for (folder, name) in [(cargo_home.as_path(), "/cargo"), (ws.root.as_path(), "/sysvitals")] {
        if !flags.is_empty() {
            flags.push("\x1f");
        }
        flags.push("--remap-path-prefix=");
        flags.push(folder);
        flags.push("=");
        flags.push(name);
    }
    Ok(flags)
}

/// The one file in `dir` with this ending.
fn built(dir: &Path, ending: &str) -> Result<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if path.to_string_lossy().ends_with(ending) {
            found.push(path);
        }
    }
    ensure!(found.len() == 1, "{} files *{ending} in {}", found.len(), dir.display());
    found.pop().context("no file")
}

fn check_sdist(ws: &Workspace, venv: &Venv, sdist: &Path) -> Result<()> {
    let names = venv.python(ws).args(["-c", LIST]).arg(sdist).quiet().read()?;
    let names: Vec<&str> = names.lines().filter_map(|name| Some(name.split_once('/')?.1)).collect();
    for needed in NEEDED {
        ensure!(names.contains(needed), "the sdist lacks {needed}");
    }
    for name in names {
        let unwanted = name.split('/').any(|part| UNWANTED.contains(&part));
        ensure!(!unwanted, "the sdist holds {name}");
    }
    Ok(())
}

/// Installs the package where nothing else is, and uses it.
fn try_out(ws: &Workspace, package: &Path) -> Result<()> {
    let venv = Venv::empty(ws, ws.target.join("dist-venv"))?;
    venv.python(ws)
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
        .arg(package)
        .run()?;
    venv.python(ws).args(["-I", "-c", TRY]).quiet().run().context("the package does not work")?;
    venv.python(ws).args(["-I", "-m", "sysvitals"]).run()?;
    Ok(())
}
