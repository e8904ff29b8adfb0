//! `include/qi_runtime.h` says what `src/c_api` says. `UPDATE_EXPECT=1 cargo test -p qi-runtime --test header` renews it.

use std::path::Path;

/// Topics in the order of the header.
const TOPICS: [&str; 7] = ["state", "memory", "text", "tasks", "coroutines", "channels", "timers"];

#[test]
fn header_is_fresh() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let config = cbindgen::Config::from_file(root.join("cbindgen.toml")).expect("a valid configuration");
    let mut builder = cbindgen::Builder::new().with_config(config);
    for topic in TOPICS {
        builder = builder.with_src(root.join(format!("src/c_api/{topic}.rs")));
    }
    let mut made = Vec::new();
    builder.generate().expect("the C API can be expressed in C").write(&mut made);
    let made = String::from_utf8(made).expect("headers are UTF-8");
    let path = root.join("include/qi_runtime.h");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&path, &made).expect("the header can be written");
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == made, "{} is stale: UPDATE_EXPECT=1 cargo test -p qi-runtime --test header", path.display());
}
