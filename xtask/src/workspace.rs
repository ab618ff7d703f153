//! Where the project is, and which tools are at hand.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use xshell::{Cmd, Shell, cmd};

pub(crate) struct Workspace {
    /// A shell whose current directory is the root of the workspace.
    pub(crate) sh: Shell,
    pub(crate) root: PathBuf,
    /// Where a path given on the command line starts from.
    pub(crate) started_in: PathBuf,
    pub(crate) target: PathBuf,
}

impl Workspace {
    pub(crate) fn open() -> Result<Self> {
        let started_in = env::current_dir()?;
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .context("xtask is not inside the workspace")?
            .to_path_buf();
        let target = match env::var_os("CARGO_TARGET_DIR") {
            Some(dir) => started_in.join(dir),
            None => root.join("target"),
        };
        let sh = Shell::new()?;
        sh.change_dir(&root);
        // Absolute, since the shell need not be where the variable was set.
        sh.set_var("CARGO_TARGET_DIR", &target);
        Ok(Self { sh, root, started_in, target })
    }

    pub(crate) fn require_file(&self, path: &str) -> Result<()> {
        if self.root.join(path).exists() {
            return Ok(());
        }
        bail!("{path} is not in this tree")
    }

    /// Fails with one line that says what to install, if `command` does not run.
    pub(crate) fn require(&self, command: Cmd<'_>, install: &str) -> Result<()> {
        let shown = command.to_string();
        if works(command) {
            return Ok(());
        }
        bail!("`{shown}` does not work: {install}")
    }

    /// Installs a Debian package where that needs no question: as root, with apt.
    pub(crate) fn apt_install(&self, package: &str) -> bool {
        let root = cmd!(self.sh, "id -u").quiet().read().is_ok_and(|uid| uid == "0");
        if !root || !works(cmd!(self.sh, "apt-get --version")) {
            return false;
        }
        let _env = self.sh.push_env("DEBIAN_FRONTEND", "noninteractive");
        cmd!(self.sh, "apt-get update -qq").run().is_ok()
            && cmd!(self.sh, "apt-get install -y -qq --no-install-recommends {package}")
                .run()
                .is_ok()
    }
}

pub(crate) fn works(command: Cmd<'_>) -> bool {
    command.quiet().ignore_stdout().ignore_stderr().run().is_ok()
}
