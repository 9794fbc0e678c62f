//! Gates that a program may call: ops of circuits, and definitions made of them.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::expression::{Expr, Linear};
use super::token::Place;
use crate::{Angle, Error, Gate, Op, Pauli, PauliString};

/// Deepest nesting of gate definitions.
const DEEPEST: usize = 64;

/// Most steps of one program, after all definitions are resolved.
const MOST_STEPS: usize = 1 << 22;

/// What a name of a gate stands for.
#[derive(Clone, Debug)]
pub(super) enum Target {
    /// A constant gate.
    Named(Gate),
    /// A rotation with these factors, one per qubit.
    Rotation(Vec<Pauli>),
    /// `e^{il}` on the state in which all qubits, at least one, are one.
    Phase,
    /// `e^{ig}` on every state.
    GlobalPhase,
    /// A definition, by position.
    Defined(usize),
}

/// A call inside a definition.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) target: Target,
    pub(super) arguments: Vec<Expr>,
    pub(super) qubits: Vec<usize>,
    pub(super) place: Place,
}

/// A gate definition.
#[derive(Clone, Debug)]
pub(super) struct Definition {
    pub(super) name: String,
    pub(super) n_arguments: usize,
    pub(super) n_qubits: usize,
    /// Absent where a gate is declared and its body is not given.
    pub(super) body: Option<Rc<[Step]>>,
    depth: usize,
    n_steps: usize,
}

/// All gates that are known, and what calls of them have come to.
#[derive(Default)]
pub(super) struct Gates {
    definitions: Vec<Definition>,
    names: BTreeMap<String, usize>,
    n_steps: usize,
    /// The circuit so far.
    pub(super) ops: Vec<Op>,
}

impl Gates {
    /// Adds a definition; one of the same name is no longer visible to what comes later.
    pub(super) fn define(
        &mut self,
        name: &str,
        arity: (usize, usize),
        body: Option<Vec<Step>>,
        place: Place,
    ) -> Result<(), Error> {
        let (mut depth, mut n_steps) = (1, 1);
        for step in body.iter().flatten() {
            if let Target::Defined(at) = step.target {
                depth = depth.max(1 + self.definitions[at].depth);
            }
            n_steps = self.cost(&step.target, step.qubits.len()).saturating_add(n_steps);
        }
        if depth > DEEPEST {
            return Err(place.error(format!("gate '{name}' is nested more than {DEEPEST} deep")));
        }
        let (name, (n_arguments, n_qubits)) = (name.to_string(), arity);
        let body = body.map(Rc::from);
        self.names.insert(name.clone(), self.definitions.len());
        self.definitions.push(Definition { name, n_arguments, n_qubits, body, depth, n_steps });
        Ok(())
    }

    /// The gate of a name.
    pub(super) fn find(&self, name: &str) -> Option<Target> {
        if let Some(&at) = self.names.get(name) {
            return Some(Target::Defined(at));
        }
        if let Some(gate) = Gate::NAMED.into_iter().find(|gate| gate.name() == name) {
            return Some(Target::Named(gate));
        }
        match name {
            "half_x" => Some(Target::Named(Gate::Sx)),
            "half_x_dg" => Some(Target::Named(Gate::Sxdg)),
            "mcphase" => Some(Target::Phase),
            "gphase" => Some(Target::GlobalPhase),
            "rx" | "ry" | "rz" => factors(&name[1..]).map(Target::Rotation),
            _ => factors(name.strip_prefix("pauli_")?).map(Target::Rotation),
        }
    }

    /// Refuses a call with a wrong number of arguments or qubits.
    pub(super) fn check(
        &self,
        name: &str,
        target: &Target,
        (n_arguments, n_qubits): (usize, usize),
        place: Place,
    ) -> Result<(), Error> {
        let (arguments, qubits) = match target {
            Target::Named(gate) => (0, gate.arity()),
            Target::Rotation(factors) => (1, factors.len()),
            Target::Phase => (1, n_qubits.max(1)),
            Target::GlobalPhase => (1, 0),
            Target::Defined(at) => (self.definitions[*at].n_arguments, self.definitions[*at].n_qubits),
        };
        let count = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
        let wrong = |expected, got, what| {
            let (expected, got) = (count(expected, what), count(got, what));
            Err(place.error(format!("gate '{name}' takes {expected}, but {got} were given")))
        };
        match (arguments == n_arguments, qubits == n_qubits) {
            (false, _) => wrong(arguments, n_arguments, "angle"),
            (_, false) => wrong(qubits, n_qubits, "qubit"),
            _ => Ok(()),
        }
    }

    /// Appends the ops of a call.
    pub(super) fn call(
        &mut self,
        target: &Target,
        arguments: &[Linear],
        qubits: &[usize],
        place: Place,
    ) -> Result<(), Error> {
        self.n_steps = self.n_steps.saturating_add(self.cost(target, qubits.len()));
        if self.n_steps > MOST_STEPS {
            return Err(place.error(format!("the program has more than {MOST_STEPS} steps; split it")));
        }
        self.append(target, arguments, qubits, place)
    }

    /// Steps of a call on `n_qubits`.
    fn cost(&self, target: &Target, n_qubits: usize) -> usize {
        match target {
            Target::Defined(at) => self.definitions[*at].n_steps,
            Target::Phase => 1 << n_qubits.min(usize::BITS as usize - 2),
            Target::Named(_) | Target::Rotation(_) | Target::GlobalPhase => 1,
        }
    }

    fn append(
        &mut self,
        target: &Target,
        arguments: &[Linear],
        qubits: &[usize],
        place: Place,
    ) -> Result<(), Error> {
        match target {
            Target::Named(gate) => self.ops.push(Op::Gate(gate.clone(), qubits.to_vec())),
            Target::Rotation(factors) => {
                let factors: Vec<_> = qubits.iter().copied().zip(factors.iter().copied()).collect();
                self.rotate(PauliString::new(&factors), &arguments[0]);
            }
            Target::Phase => self.phase(qubits, &arguments[0]),
            Target::GlobalPhase => self.rotate(PauliString::default(), &arguments[0].scaled(-2.0)),
            Target::Defined(at) => return self.expand(*at, arguments, qubits, place),
        }
        Ok(())
    }

    fn expand(
        &mut self,
        at: usize,
        arguments: &[Linear],
        qubits: &[usize],
        place: Place,
    ) -> Result<(), Error> {
        let definition = &self.definitions[at];
        let Some(body) = definition.body.clone() else {
            return Err(place.error(format!("gate '{}' is declared without a body", definition.name)));
        };
        for step in body.iter() {
            let values = step.arguments.iter().map(|expr| expr.value(arguments));
            let values: Vec<Linear> =
                values.collect::<Result<_, String>>().map_err(|what| step.place.error(what))?;
            let qubits: Vec<usize> = step.qubits.iter().map(|&k| qubits[k]).collect();
            self.append(&step.target, &values, &qubits, place)?;
        }
        Ok(())
    }

    /// One rotation for the constant, one for each parameter of the angle.
    fn rotate(&mut self, string: PauliString, angle: &Linear) {
        if angle.constant != 0.0 || angle.terms.is_empty() {
            self.ops.push(Op::Rotation(string, Angle::Const(angle.constant)));
        }
        for &(index, scale) in &angle.terms {
            self.ops.push(Op::Rotation(string, Angle::Param { index, scale }));
        }
    }

    /// `exp(i l Π (1 - Z_q)/2)` as commuting rotations, one for each set of qubits.
    fn phase(&mut self, qubits: &[usize], angle: &Linear) {
        let share = 2f64.powi(1 - qubits.len() as i32);
        for set in 1..1usize << qubits.len() {
            let members = qubits.iter().enumerate().filter(|(k, _)| set >> k & 1 == 1);
            let factors: Vec<_> = members.map(|(_, &q)| (q, Pauli::Z)).collect();
            let sign = if factors.len() % 2 == 1 { share } else { -share };
            self.rotate(PauliString::new(&factors), &angle.scaled(sign));
        }
    }
}

/// Factors from letters `x`, `y`, `z`, at least one.
fn factors(letters: &str) -> Option<Vec<Pauli>> {
    let factor = |c| match c {
        'x' => Some(Pauli::X),
        'y' => Some(Pauli::Y),
        'z' => Some(Pauli::Z),
        _ => None,
    };
    letters.chars().map(factor).collect::<Option<Vec<_>>>().filter(|factors| !factors.is_empty())
}
