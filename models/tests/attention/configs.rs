//! Settings: names, files, limits.

use models::attention::{AttentionConfig, nearest};

#[test]
fn every_name_leads_to_its_operator_and_back() {
    for &name in AttentionConfig::NAMES {
        let config = AttentionConfig::from_name(name).unwrap();
        assert_eq!(config.name(), name);
        let text = serde_json::to_string(&config).unwrap();
        assert_eq!(serde_json::from_str::<AttentionConfig>(&text).unwrap(), config, "{text}");
        let attention = config.build(4, 8, 0).unwrap();
        assert_eq!(attention.initial_params().len(), attention.n_params());
    }
}

#[test]
fn a_kind_alone_is_enough() {
    for (json, name) in [
        (r#"{"kind": "softmax"}"#, "softmax"),
        (r#"{"kind": "norm-softmax", "spread": "sigma2"}"#, "norm-softmax-sigma2"),
        (r#"{"kind": "sinkhorn"}"#, "sinkhorn"),
        (r#"{"kind": "qr"}"#, "qr"),
        (r#"{"kind": "identity"}"#, "identity"),
    ] {
        assert_eq!(
            serde_json::from_str::<AttentionConfig>(json).unwrap(),
            AttentionConfig::from_name(name).unwrap()
        );
    }
}

#[test]
fn unknown_settings_are_refused() {
    for name in AttentionConfig::NAMES {
        let mut value = serde_json::to_value(AttentionConfig::from_name(name).unwrap()).unwrap();
        value["iteration"] = 3.into();
        let error = serde_json::from_value::<AttentionConfig>(value).unwrap_err().to_string();
        assert!(error.contains("iteration"), "{name}: {error}");
    }
}

#[test]
fn settings_outside_their_range_are_refused() {
    for (json, named) in [
        (r#"{"kind": "softmax", "scale": {"fixed": 0.0}}"#, "scale"),
        (r#"{"kind": "birkhoff", "scale": {"fixed": -1.0}}"#, "scale"),
        (r#"{"kind": "norm-softmax", "min_spread": 0.0}"#, "min_spread"),
        (r#"{"kind": "sinkhorn", "iterations": 0}"#, "iterations"),
        (r#"{"kind": "sinkhorn-naive", "iterations": 0}"#, "iterations"),
        (r#"{"kind": "qr", "noise": -1.0}"#, "noise"),
        (r#"{"kind": "qr", "min_pivot": 0.0}"#, "min_pivot"),
        (r#"{"kind": "orthostochastic", "s": 0}"#, "s of"),
        (r#"{"kind": "orthostochastic", "initial": -0.1}"#, "initial"),
    ] {
        let config: AttentionConfig = serde_json::from_str(json).unwrap();
        let error = config.build(4, 8, 0).unwrap_err().to_string();
        assert!(error.contains(named) && error.contains("must be"), "{json}: {error}");
    }
    for (tokens, head_dim) in [(0, 8), (1, 8), (4, 0)] {
        for name in AttentionConfig::NAMES {
            assert!(AttentionConfig::from_name(name).unwrap().build(tokens, head_dim, 0).is_err());
        }
    }
}

#[test]
fn mistyped_names_get_the_nearest() {
    for (typed, meant) in [
        ("softmx", "softmax"),
        ("Sinkhorn", "sinkhorn"),
        ("norm-softmax-sigma-2", "norm-softmax-sigma2"),
        ("rq", "qr"),
        ("birkhof", "birkhoff"),
    ] {
        let error = AttentionConfig::from_name(typed).unwrap_err().to_string();
        assert!(error.contains(&format!("did you mean {meant}?")), "{error}");
    }
    assert_eq!(nearest("abc", &["xyz", "abd", "abcd"]), "abd");
}
