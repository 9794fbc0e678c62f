//! Angles as expressions: what a text may say, and the linear functions of parameters that circuits can hold.

use std::f64::consts::{E, PI, TAU};

use super::token::{Kind, Place};

/// An expression over the arguments of a gate and the inputs of a program.
#[derive(Clone, Debug)]
pub(super) enum Expr {
    Number(f64),
    /// Argument of the gate in whose body the expression stands.
    Argument(usize),
    /// Parameter of the circuit.
    Input(usize),
    Binary(&'static str, Box<Expr>, Box<Expr>),
    Call(&'static str, Box<Expr>),
}

/// `constant + Σ scale · params[index]`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Linear {
    pub(super) constant: f64,
    pub(super) terms: Vec<(usize, f64)>,
}

/// A name and what it means.
type Function = (&'static str, fn(f64) -> f64);

/// One-argument functions by name.
const FUNCTIONS: [Function; 14] = [
    ("-", |x| -x),
    ("sin", f64::sin),
    ("cos", f64::cos),
    ("tan", f64::tan),
    ("exp", f64::exp),
    ("ln", f64::ln),
    ("log", f64::ln),
    ("sqrt", f64::sqrt),
    ("asin", f64::asin),
    ("acos", f64::acos),
    ("atan", f64::atan),
    ("arcsin", f64::asin),
    ("arccos", f64::acos),
    ("arctan", f64::atan),
];

/// The name of a function as the table has it.
pub(super) fn function(name: &str) -> Option<&'static str> {
    FUNCTIONS.iter().map(|(known, _)| *known).find(|&known| known == name)
}

/// Named constants.
pub(super) fn constant(name: &str) -> Option<f64> {
    match name {
        "pi" | "π" => Some(PI),
        "tau" | "τ" => Some(TAU),
        "euler" | "ℇ" => Some(E),
        _ => None,
    }
}

impl Linear {
    pub(super) fn number(constant: f64) -> Self {
        Self { constant, terms: Vec::new() }
    }

    pub(super) fn scaled(&self, factor: f64) -> Self {
        let terms = self.terms.iter().map(|&(index, scale)| (index, scale * factor)).collect();
        Self { constant: self.constant * factor, terms }
    }

    fn plus(mut self, other: &Self) -> Self {
        self.constant += other.constant;
        for &(index, scale) in &other.terms {
            match self.terms.iter_mut().find(|(known, _)| *known == index) {
                Some((_, sum)) => *sum += scale,
                None => self.terms.push((index, scale)),
            }
        }
        self
    }

    fn is_number(&self) -> bool {
        self.terms.is_empty()
    }
}

impl Expr {
    /// An operation on two expressions; on two numbers it is carried out.
    pub(super) fn binary(op: &'static str, left: Expr, right: Expr) -> Expr {
        if let (&Expr::Number(a), &Expr::Number(b)) = (&left, &right)
            && let Ok(value) = binary(op, Linear::number(a), &Linear::number(b))
        {
            return Expr::Number(value.constant);
        }
        Expr::Binary(op, Box::new(left), Box::new(right))
    }

    /// The value for the given arguments of the gate around it; `Err` says why there is none.
    pub(super) fn value(&self, arguments: &[Linear]) -> Result<Linear, String> {
        let value = match self {
            Expr::Number(value) => Linear::number(*value),
            Expr::Argument(k) => arguments[*k].clone(),
            Expr::Input(index) => Linear { constant: 0.0, terms: vec![(*index, 1.0)] },
            Expr::Binary(op, left, right) => binary(op, left.value(arguments)?, &right.value(arguments)?)?,
            Expr::Call("-", inner) => inner.value(arguments)?.scaled(-1.0),
            Expr::Call(name, inner) => {
                let inner = inner.value(arguments)?;
                let function = FUNCTIONS.iter().find(|(known, _)| known == name);
                match function.filter(|_| inner.is_number()) {
                    Some((_, function)) => Linear::number(function(inner.constant)),
                    None => return Err(nonlinear(name)),
                }
            }
        };
        let mut numbers = value.terms.iter().map(|(_, scale)| *scale).chain([value.constant]);
        match numbers.find(|x| !x.is_finite()) {
            Some(x) => Err(format!("the angle is {x}; give a finite number")),
            None => Ok(value),
        }
    }
}

fn binary(op: &str, left: Linear, right: &Linear) -> Result<Linear, String> {
    let power = ["^", "**"].contains(&op);
    match op {
        "+" => Ok(left.plus(right)),
        "-" => Ok(left.plus(&right.scaled(-1.0))),
        "*" if right.is_number() => Ok(left.scaled(right.constant)),
        "*" if left.is_number() => Ok(right.scaled(left.constant)),
        "/" if left.is_number() && right.is_number() => Ok(Linear::number(left.constant / right.constant)),
        "/" if right.is_number() => Ok(left.scaled(right.constant.recip())),
        _ if power && left.is_number() && right.is_number() => {
            Ok(Linear::number(left.constant.powf(right.constant)))
        }
        _ => Err(nonlinear(op)),
    }
}

fn nonlinear(what: &str) -> String {
    format!("'{what}' makes the angle no linear function of the parameters; circuits hold linear ones alone")
}

/// Binary operators with their rank; a higher one binds tighter.
pub(super) fn rank(kind: &Kind) -> Option<(&'static str, u8)> {
    match kind {
        Kind::Symbol(symbol @ ("+" | "-")) => Some((symbol, 1)),
        Kind::Symbol(symbol @ ("*" | "/")) => Some((symbol, 2)),
        Kind::Symbol(symbol @ ("^" | "**")) => Some((symbol, 4)),
        Kind::Symbol(_) | Kind::Name(_) | Kind::Integer(_) | Kind::Real(_) | Kind::Text(_) | Kind::End => {
            None
        }
    }
}

/// Rank of the sign: `-2^2` is `-(2^2)`, and `-2*3` is `(-2)*3`.
pub(super) const SIGN: u8 = 3;

/// Deepest nesting of an expression.
pub(super) const DEEPEST: usize = 32;

/// The error for deeper ones.
pub(super) fn too_deep(place: Place) -> crate::Error {
    place.error(format!("the expression is nested more than {DEEPEST} deep; write it in parts"))
}
