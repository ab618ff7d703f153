//! What is done with Python, in an environment of its own: tests, checks, documentation.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use xshell::{Cmd, cmd};

use crate::workspace::{Workspace, works};

const REQUIREMENTS: &str = "python/requirements-dev.txt";
/// Large, and not built for every machine: tests that lack one of them are skipped.
const ARROW: &str = "python/requirements-arrow.txt";
const OLDEST: (u32, u32) = (3, 9);

pub(crate) fn run(ws: &Workspace, filter: Option<&str>) -> Result<()> {
    let venv = Venv::ready(ws)?;
    // What the tests import or run is built here, before pytest.
    let command = build_command(ws)?;
    venv.build_package(ws)?;

    let _bin = ws.sh.push_env("SYSVITALS_BIN", command);
    let only = filter.map(|filter| ["-k", filter]).into_iter().flatten();
    let pytest = venv
        .python(ws)
        .args(["-m", "pytest", "-c", "python/pytest.ini", "python/tests"])
        .args(only);
    match exit_code(pytest)? {
        0 => Ok(()),
        // No test has that name: the Rust tests may.
        5 if filter.is_some() => Ok(()),
        code => bail!("pytest exited with code {code}"),
    }
}

/// An interpreter that has both psutil and the package.
pub(crate) fn for_bench(ws: &Workspace) -> Result<PathBuf> {
    let venv = Venv::ready(ws)?;
    venv.build_package(ws)?;
    Ok(venv.python)
}

/// The style of the Python files, and the documentation's links.
pub(crate) fn check(ws: &Workspace) -> Result<()> {
    let venv = Venv::ready(ws)?;
    venv.python(ws).args(["-m", "ruff", "check", "--no-cache", "python", "benches"]).run()?;
    venv.python(ws)
        .args(["-m", "ruff", "format", "--no-cache", "--check", "python", "benches"])
        .run()?;
    let site = ws.target.join("site");
    venv.python(ws)
        .args(["-m", "mkdocs", "build", "--quiet", "--strict"])
        .arg("--site-dir")
        .arg(site)
        .run()?;
    Ok(())
}

fn build_command(ws: &Workspace) -> Result<PathBuf> {
    cmd!(ws.sh, "cargo build --release -p sysvitals-cli").run()?;
    Ok(ws.target.join("release").join(format!("sysvitals{}", std::env::consts::EXE_SUFFIX)))
}

fn exit_code(command: Cmd<'_>) -> Result<i32> {
    let shown = command.to_string();
    eprintln!("$ {shown}");
    let status = std::process::Command::from(command).status()?;
    status.code().with_context(|| format!("`{shown}` was killed"))
}

pub(crate) struct Venv {
    dir: PathBuf,
    python: PathBuf,
}

impl Venv {
    /// The environment in `target/venv`, made anew when the requirements or the Python changed.
    pub(crate) fn ready(ws: &Workspace) -> Result<Self> {
        let venv = Self::at(ws.target.join("venv"));

        let requirements = ws.root.join(REQUIREMENTS);
        let requirements = fs::read_to_string(&requirements)
            .with_context(|| format!("cannot read {REQUIREMENTS}"))?;
        let arrow = fs::read_to_string(ws.root.join(ARROW))
            .with_context(|| format!("cannot read {ARROW}"))?;
        let wanted = format!("# {}\n{requirements}{arrow}", base_python(ws)?);
        let stamp = venv.dir.join("sysvitals-requirements.txt");
        if fs::read_to_string(&stamp).is_ok_and(|found| found == wanted)
            && works(venv.python(ws).arg("--version"))
        {
            return Ok(venv);
        }

        create(ws, &venv.dir)?;
        venv.python(ws)
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
            .args(["-r", REQUIREMENTS])
            .run()
            .context("the Python test requirements could not be installed")?;
        for package in arrow.lines().filter(|line| !line.starts_with('#')) {
            let install = venv
                .python(ws)
                .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
                .args(["--only-binary", ":all:", package]);
            if let Err(error) = install.run() {
                eprintln!("{package} is left out, and its tests are skipped: {error}");
            }
        }
        fs::write(&stamp, wanted)?;
        Ok(venv)
    }

    /// A new environment with nothing in it.
    pub(crate) fn empty(ws: &Workspace, dir: PathBuf) -> Result<Self> {
        create(ws, &dir)?;
        Ok(Self::at(dir))
    }

    fn at(dir: PathBuf) -> Self {
        let python = dir.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
        Self { dir, python }
    }

    pub(crate) fn python<'sh>(&self, ws: &'sh Workspace) -> Cmd<'sh> {
        ws.sh.cmd(&self.python)
    }

    pub(crate) fn maturin<'sh>(&self, ws: &'sh Workspace) -> Cmd<'sh> {
        self.python(ws).args(["-m", "maturin"]).env("VIRTUAL_ENV", &self.dir)
    }

    /// The interpreter, as something that other programs are told of.
    pub(crate) fn python_path(&self) -> &Path {
        &self.python
    }

    /// Installs the package so that it is read where it lies, `python/`, with its native module.
    fn build_package(&self, ws: &Workspace) -> Result<()> {
        self.maturin(ws).args(["develop", "--release", "--quiet"]).run()?;
        Ok(())
    }
}

/// Version and place of the Python that the environment is made from.
fn base_python(ws: &Workspace) -> Result<String> {
    let show = "import sys; print(*sys.version_info[:2], sys.version.split()[0], sys.prefix)";
    let Ok(shown) = cmd!(ws.sh, "python3 -c {show}").quiet().ignore_stderr().read() else {
        bail!("python3 does not run: install Python 3.9 or newer, e.g. `apt-get install python3`");
    };
    let mut words = shown.splitn(3, ' ');
    let version = words.next().zip(words.next());
    let version =
        version.and_then(|(major, minor)| Some((major.parse().ok()?, minor.parse().ok()?)));
    match version {
        Some(version) if version >= OLDEST => Ok(words.collect()),
        _ => bail!("python3 is too old for the tests ({shown}): they need 3.9 or newer"),
    }
}

fn create(ws: &Workspace, dir: &Path) -> Result<()> {
    let make = || works(cmd!(ws.sh, "python3 -m venv --clear {dir}"));
    if make() {
        return Ok(());
    }
    if ws.apt_install("python3-venv") && make() {
        return Ok(());
    }
    bail!("`python3 -m venv` does not work: install it, e.g. `apt-get install python3-venv`")
}
