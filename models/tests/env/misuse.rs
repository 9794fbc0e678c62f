//! Names, the contract that all environments share, and what happens to those who break it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use models::Error;
use models::env::{Env, Environment};

#[test]
fn names_lead_to_environments_and_back() {
    for (name, env) in Env::NAMES {
        assert_eq!(Env::from_name(name).expect("a known name"), env);
        assert_eq!(serde_json::to_value(env).expect("a name"), name);
        assert_eq!(serde_json::from_value::<Env>(name.into()).expect("a known name"), env);
    }
}

#[test]
fn unknown_names_are_refused_with_the_nearest() {
    let table = [
        ("empty-7x7", "empty-5x5"),
        ("simple-crossing-s9n4", "simple-crossing-s9n1"),
        ("fourrooms", "four-rooms"),
        ("CartPole", "cartpole"),
        ("acrobat", "acrobot"),
    ];
    for (name, nearest) in table {
        let error = Env::from_name(name).expect_err("an unknown name");
        assert!(matches!(error, Error::Invalid { .. }), "{error:?}");
        let text = error.to_string();
        assert!(text.contains(&format!("{name}, but")), "{text}");
        assert!(text.ends_with(&format!("did you mean {nearest}?")), "{text}");
    }
}

#[test]
fn observations_have_the_promised_length_and_episodes_repeat() {
    for (name, which) in Env::NAMES {
        let (mut env, mut twin) = (which.make(), which.make());
        twin.reset(1);
        twin.step(0);
        for seed in [0, 5, u64::MAX] {
            let first = env.reset(seed);
            assert_eq!(first.len(), env.observation_len(), "{name}");
            assert_eq!(twin.reset(seed), first, "{name}, seed {seed}: episodes depend on the seed alone");
            for step in 0..30 {
                let action = step * step % env.n_actions();
                let transition = env.step(action);
                assert_eq!(transition.observation.len(), env.observation_len(), "{name}");
                assert_eq!(twin.step(action), transition, "{name}, seed {seed}, step {step}");
                assert_eq!(twin.frame(), env.frame(), "{name}, seed {seed}, step {step}");
                if transition.is_last() {
                    break;
                }
            }
        }
    }
}

/// The message of a step that must panic.
fn refusal(env: &mut (dyn Environment + Send), action: usize) -> String {
    let refused = catch_unwind(AssertUnwindSafe(|| env.step(action))).expect_err("a step against the rules");
    *refused.downcast::<String>().expect("a message with values")
}

#[test]
fn steps_against_the_rules_panic_with_their_values() {
    for (name, which) in Env::NAMES {
        let mut env = which.make();
        let n_actions = env.n_actions();
        let early = refusal(env.as_mut(), 0);
        assert!(early.contains("no episode is running") && early.contains("call reset"), "{name}: {early}");
        env.reset(0);
        let wrong = refusal(env.as_mut(), n_actions);
        assert!(
            wrong.starts_with(&format!("action {n_actions} is none of the {n_actions}")),
            "{name}: {wrong}"
        );
        let steps = (1..).find(|_| env.step(0).is_last()).expect("all episodes end");
        let late = refusal(env.as_mut(), 0);
        assert!(late.contains(&format!("after {steps} steps")), "{name}: {late}");
    }
}
