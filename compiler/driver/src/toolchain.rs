//! Where the parts of an installed or freshly built Qi are: runtime libraries, standard library, explanations.
//! Looks beside the executable (`target/…`), in `../lib/qi` (an installation), then in the source checkout.

use crate::failure::Failure;
use std::path::{Path, PathBuf};

#[derive(Debug)]
pub struct Toolchain {
    pub executable: PathBuf,
    /// Folder of the standard library's sources.
    pub std: PathBuf,
    /// Folder of the pages of `qic explain`.
    pub pages: PathBuf,
    /// Folder of qi_runtime.h.
    pub include: PathBuf,
    library: Option<PathBuf>,
}

impl Toolchain {
    pub fn find() -> Self {
        let executable = std::env::current_exe().and_then(|it| it.canonicalize()).unwrap_or_default();
        let home = std::env::var_os("QI_HOME").map(PathBuf::from);
        let roots = roots(&executable, home.as_deref());
        let folder = |names: &[&str]| {
            roots
                .iter()
                .flat_map(|root| names.iter().map(move |name| root.join(name)))
                .find(|it| it.is_dir())
                .unwrap_or_default()
        };
        let beside = executable.parent().unwrap_or(Path::new(""));
        let library = std::iter::once(beside)
            .chain(roots.iter().map(PathBuf::as_path))
            .find(|it| it.join("libqi_runtime.a").is_file())
            .map(Path::to_path_buf);
        Self {
            std: folder(&["qi-std"]),
            pages: folder(&["docs/错误"]),
            include: folder(&["runtime/include", "../../include"]),
            executable,
            library,
        }
    }

    /// Folder that holds `libqi_runtime.a` and `libqi_runtime.so`.
    pub fn library(&self) -> Result<&Path, Failure> {
        self.library.as_deref().ok_or_else(|| {
            Failure::new("E0907", "找不到运行时 libqi_runtime.a", "cannot find the runtime library libqi_runtime.a")
                .with_note(
                    "在源码目录里运行 ./x build，或用环境变量 QI_HOME 指出安装目录",
                    "run ./x build in the source tree, or set QI_HOME to the installation",
                )
        })
    }

    /// Changes whenever the compiler or the runtime was rebuilt.
    pub fn identity(&self) -> String {
        let library = self.library.as_deref().unwrap_or(Path::new(""));
        [self.executable.clone(), library.join("libqi_runtime.a")]
            .iter()
            .map(|path| match path.metadata().and_then(|it| Ok((it.len(), it.modified()?))) {
                Ok((length, time)) => {
                    format!("{length}-{:?};", time.duration_since(std::time::UNIX_EPOCH).unwrap_or_default())
                }
                Err(_) => "-;".into(),
            })
            .collect()
    }
}

/// Folders that may hold `qi-std`, in order of preference.
fn roots(executable: &Path, home: Option<&Path>) -> Vec<PathBuf> {
    let mut roots = Vec::new();
    roots.extend(home.map(Path::to_path_buf));
    let beside = executable.parent().unwrap_or(Path::new("/"));
    roots.push(beside.join("../lib/qi"));
    roots.extend(beside.ancestors().take(4).map(Path::to_path_buf));
    // A target folder outside the checkout: where this compiler was built.
    roots.push(Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."));
    roots.into_iter().filter_map(|it| it.canonicalize().ok()).collect()
}
