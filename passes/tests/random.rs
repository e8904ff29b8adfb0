//! Random programs mean the same before and after the passes. Each runs in an interpreter of MIR: as generated, after the
//! passes of O0, and after each pass of O2 in turn, with the verifier and `arc::check` between them.

mod support;

use qi_mir::{Module, Phase, verify::verify};
use qi_passes::{arc, pipeline};
use support::{generate, interpret::Interpreter};

const PROGRAMS: u64 = 120;

#[test]
fn random_programs_keep_their_meaning() {
    let start = std::env::var("QI_SEED").ok().and_then(|it| it.parse().ok());
    let seeds = start.map_or(1..PROGRAMS, |seed: u64| seed..seed + 1);
    let mut finished = 0;
    for seed in seeds {
        // Shown when something below panics.
        eprintln!("seed {seed}");
        let module = generate::program(seed);
        verify(&module).unwrap_or_else(|finding| panic!("seed {seed}: {finding}\n{module}"));
        let Some(expected) = Interpreter::run(&module) else { continue };
        finished += 1;
        let mut optimized = module.clone();
        for pass in pipeline::PASSES {
            let before = optimized.to_string();
            (pass.run)(&mut optimized);
            compare(seed, pass.name, &before, &optimized, &expected);
        }
        let mut plain = module.clone();
        pipeline::run(&mut plain, pipeline::Level::O0, None);
        compare(seed, "O0", &module.to_string(), &plain, &expected);
    }
    assert!(finished > 0, "no program finished");
}

fn compare(seed: u64, pass: &str, before: &str, module: &Module, expected: &[String]) {
    let fail = |why: String| panic!("seed {seed}, after {pass}: {why}\nbefore:\n{before}\nafter:\n{module}");
    if let Err(finding) = verify(module) {
        fail(finding.to_string());
    }
    let facts = arc::ParamOwns::new(module);
    for func in module.functions.values().filter(|func| func.phase == Phase::Owned) {
        if let Err(finding) = arc::check::check(&module.types, &facts, func) {
            fail(format!("{}: {finding}", func.name));
        }
    }
    match Interpreter::run(module) {
        Some(found) if found == expected => {}
        Some(found) => fail(format!("expected {expected:?}\nfound    {found:?}")),
        None => fail("does not end".to_owned()),
    }
}
