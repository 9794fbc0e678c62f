//! The statements of a program, one after the other, into the ops of a circuit.

use std::collections::{BTreeMap, BTreeSet};

use super::cursor::{Cursor, Scope};
use super::expression::Linear;
use super::gates::{Gates, Step, Target};
use super::prelude::PRELUDE;
use super::token::{Kind, Place, tokens};
use super::{ImportReport, export};
use crate::unchecked::Unchecked;
use crate::{Circuit, Error, PauliString};

/// What a gate may still do to a qubit.
#[derive(Clone, Copy, PartialEq)]
enum Use {
    Fresh,
    Used,
    Measured,
}

/// Everything declared so far.
pub(super) struct Program {
    cursor: Cursor,
    gates: Gates,
    own_gates: BTreeSet<String>,
    qubits: BTreeMap<String, (usize, usize)>, // first, length
    bits: BTreeMap<String, usize>,
    uses: Vec<Use>,
    report: ImportReport,
}

/// Statements of the language that no circuit can hold.
const REFUSED: [&str; 22] = [
    "if", "else", "for", "while", "switch", "def", "cal", "defcal", "box", "let", "const", "int", "uint",
    "float", "angle", "bool", "complex", "array", "duration", "stretch", "delay", "extern",
];

/// Modifiers of gates.
const MODIFIERS: [&str; 4] = ["inv", "ctrl", "negctrl", "pow"];

impl Program {
    /// A program that knows the standard gates.
    pub(super) fn new(text: &str) -> Result<Self, Error> {
        let mut program = Self {
            cursor: Cursor::new(PRELUDE)?,
            gates: Gates::default(),
            own_gates: BTreeSet::new(),
            qubits: BTreeMap::new(),
            bits: BTreeMap::new(),
            uses: Vec::new(),
            report: ImportReport::default(),
        };
        program.statements()?;
        program.own_gates.clear();
        program.cursor = Cursor::new(text)?;
        Ok(program)
    }

    /// Reads to the end.
    pub(super) fn run(mut self) -> Result<(Circuit, ImportReport), Error> {
        self.version()?;
        self.statements()?;
        self.report.measured = self.uses.iter().filter(|state| **state == Use::Measured).count();
        let (n_qubits, n_params) = (self.uses.len(), self.report.params.len());
        let circuit = Unchecked { n_qubits, n_params, ops: self.gates.ops }.try_into()?;
        Ok((circuit, self.report))
    }

    /// `OPENQASM 2.0;`, which may be missing.
    fn version(&mut self) -> Result<(), Error> {
        if *self.cursor.kind() != Kind::Name("OPENQASM".into()) {
            return Ok(());
        }
        self.cursor.next();
        let place = self.cursor.place();
        let version = self.cursor.number()?;
        if ![2.0, 3.0].contains(&version.floor()) {
            return Err(place.error(format!("version {version:?} of OpenQASM is not known; give 2.0 or 3.0")));
        }
        self.cursor.expect(";")
    }

    fn statements(&mut self) -> Result<(), Error> {
        while *self.cursor.kind() != Kind::End {
            let (word, place) = self.cursor.name()?;
            self.statement(&word, place)?;
        }
        Ok(())
    }

    fn statement(&mut self, word: &str, place: Place) -> Result<(), Error> {
        match word {
            "include" => self.include(),
            "qreg" | "qubit" | "creg" | "bit" => self.register(word),
            "input" => self.input(),
            "gate" | "opaque" => self.gate(word == "gate"),
            "barrier" => self.barrier(),
            "measure" => self.measure(),
            "reset" => self.reset(),
            _ if REFUSED.contains(&word) => {
                Err(place.error(format!("'{word}' has no place in a circuit of gates; remove it")))
            }
            _ if MODIFIERS.contains(&word) => {
                Err(place.error(format!("the modifier '{word} @' is not supported; define the gate")))
            }
            _ if self.bits.contains_key(word) => self.assignment(word, place),
            _ => self.call(word, place),
        }
    }

    fn include(&mut self) -> Result<(), Error> {
        let place = self.cursor.place();
        let Kind::Text(file) = self.cursor.kind().clone() else {
            return Err(self.cursor.expected("a file in quotes"));
        };
        if !["qelib1.inc", "stdgates.inc"].contains(&file.as_str()) {
            let what = format!("\"{file}\" is not included; paste it, or take qelib1.inc or stdgates.inc");
            return Err(place.error(what));
        }
        self.cursor.next();
        self.cursor.expect(";")
    }

    /// `qreg q[3];` or `qubit[3] q;`, and the same for bits.
    fn register(&mut self, word: &str) -> Result<(), Error> {
        let before = self.cursor.index()?;
        let (name, place) = self.cursor.name()?;
        let size = if word.ends_with("reg") { self.cursor.index()? } else { before };
        self.cursor.expect(";")?;
        if word.ends_with("reg") && (before.is_some() || size.is_none()) {
            return Err(place.error(format!("register '{name}' has no size; write {word} {name}[n]")));
        }
        let length = size.map_or(1, |(length, _)| length);
        self.check_new(&name, place)?;
        if length == 0 {
            return Err(place.error(format!("register '{name}' has size 0; it has to be 1 or more")));
        }
        if word.starts_with('q') {
            let (first, limit) = (self.uses.len(), PauliString::MAX_QUBITS);
            let total = first.saturating_add(length);
            if total > limit {
                return Err(place.error(format!("{total} qubits are declared; the limit is {limit}")));
            }
            self.qubits.insert(name.clone(), (first, length));
            self.uses.resize(total, Use::Fresh);
            self.report.registers.push((name, length));
        } else {
            self.bits.insert(name, length);
        }
        Ok(())
    }

    fn check_new(&self, name: &str, place: Place) -> Result<(), Error> {
        let known = self.qubits.contains_key(name)
            || self.bits.contains_key(name)
            || self.report.params.iter().any(|other| other == name);
        if known { Err(place.error(format!("'{name}' is declared twice"))) } else { Ok(()) }
    }

    /// `input float[64] theta;`: a parameter.
    fn input(&mut self) -> Result<(), Error> {
        let (kind, place) = self.cursor.name()?;
        if !["float", "angle"].contains(&kind.as_str()) {
            return Err(
                place.error(format!("inputs of type '{kind}' are not supported; give a float or angle"))
            );
        }
        self.cursor.index()?;
        let (name, place) = self.cursor.name()?;
        self.check_new(&name, place)?;
        self.report.params.push(name);
        self.cursor.expect(";")
    }

    fn gate(&mut self, has_body: bool) -> Result<(), Error> {
        let start = self.cursor.position() - 1;
        let (name, place) = self.cursor.name()?;
        let mut arguments = Vec::new();
        if self.cursor.accept("(") && !self.cursor.accept(")") {
            arguments = self.cursor.names()?;
            self.cursor.expect(")")?;
        }
        let qubits = self.cursor.names()?;
        if !self.own_gates.insert(name.clone()) {
            return Err(place.error(format!("gate '{name}' is defined twice")));
        }
        let arity = (arguments.len(), qubits.len());
        if !has_body {
            self.cursor.expect(";")?;
            return self.gates.define(&name, arity, None, place);
        }
        let body = self.body(&arguments, &qubits)?;
        if self.is_ours(&name, start)? {
            return Ok(());
        }
        self.gates.define(&name, arity, Some(body), place)
    }

    /// True for a definition that this library writes for an op of its own: the op is taken instead.
    fn is_ours(&self, name: &str, start: usize) -> Result<bool, Error> {
        let Some(text) = export::definition(name) else { return Ok(false) };
        let ours = tokens(&text)?;
        let ours = ours[..ours.len() - 1].iter().map(|token| &token.kind);
        Ok(self.cursor.since(start).eq(ours))
    }

    fn body(&mut self, arguments: &[String], qubits: &[String]) -> Result<Vec<Step>, Error> {
        self.cursor.expect("{")?;
        let mut steps = Vec::new();
        while !self.cursor.accept("}") {
            let (word, place) = self.cursor.name()?;
            if word == "barrier" {
                self.cursor.names()?;
                self.cursor.expect(";")?;
                continue;
            }
            let target = self.target(&word, place)?;
            let scope = Scope { arguments, inputs: &[] };
            let values = self.cursor.arguments(scope)?;
            let names =
                if *self.cursor.kind() == Kind::Symbol(";") { vec![] } else { self.cursor.names()? };
            let known = names.iter().map(|name| qubits.iter().position(|known| known == name).ok_or(name));
            let on = known.collect::<Result<Vec<_>, _>>();
            let on = on.map_err(|name| place.error(format!("'{name}' is no qubit of this gate")))?;
            self.gates.check(&word, &target, (values.len(), on.len()), place)?;
            self.cursor.expect(";")?;
            steps.push(Step { target, arguments: values, qubits: on, place });
        }
        Ok(steps)
    }

    fn target(&self, name: &str, place: Place) -> Result<Target, Error> {
        let unknown = || place.error(format!("gate '{name}' is not known; define it before its first use"));
        self.gates.find(name).ok_or_else(unknown)
    }

    fn barrier(&mut self) -> Result<(), Error> {
        if *self.cursor.kind() != Kind::Symbol(";") {
            self.operands()?;
        }
        self.report.barriers += 1;
        self.cursor.expect(";")
    }

    /// `measure q -> c;` or `measure q;`.
    fn measure(&mut self) -> Result<(), Error> {
        let qubits = self.operand()?;
        if self.cursor.accept("->") {
            let (name, place) = self.cursor.name()?;
            let single = self.cursor.index()?;
            self.check_bits(&name, place, single, qubits.len())?;
        }
        qubits.into_iter().for_each(|q| self.uses[q] = Use::Measured);
        self.cursor.expect(";")
    }

    /// `c = measure q;`.
    fn assignment(&mut self, name: &str, place: Place) -> Result<(), Error> {
        let single = self.cursor.index()?;
        self.cursor.expect("=")?;
        let (word, at) = self.cursor.name()?;
        if word != "measure" {
            return Err(at.error("bits can hold measurements alone; write c = measure q"));
        }
        let qubits = self.operand()?;
        self.check_bits(name, place, single, qubits.len())?;
        qubits.into_iter().for_each(|q| self.uses[q] = Use::Measured);
        self.cursor.expect(";")
    }

    fn check_bits(
        &self,
        name: &str,
        place: Place,
        single: Option<(usize, Place)>,
        n_qubits: usize,
    ) -> Result<(), Error> {
        let Some(&length) = self.bits.get(name) else {
            return Err(place.error(format!("'{name}' is no register of bits; declare it")));
        };
        match single {
            Some((k, at)) if k >= length => {
                Err(at.error(format!("bit {k} is outside register '{name}' of {length}")))
            }
            Some(_) if n_qubits != 1 => Err(place.error(format!("{n_qubits} qubits do not fit one bit"))),
            None if n_qubits != length => {
                Err(place.error(format!("{n_qubits} qubits do not fit the {length} bits of '{name}'")))
            }
            _ => Ok(()),
        }
    }

    /// Allowed at the start, where it does nothing.
    fn reset(&mut self) -> Result<(), Error> {
        let place = self.cursor.place();
        match self.operand()?.iter().all(|&q| self.uses[q] == Use::Fresh) {
            true => self.cursor.expect(";"),
            false => Err(place.error("a reset after the first gate is no unitary step; remove it")),
        }
    }

    fn call(&mut self, name: &str, place: Place) -> Result<(), Error> {
        let target = self.target(name, place)?;
        let scope = Scope { arguments: &[], inputs: &self.report.params };
        let values = self.cursor.arguments(scope)?;
        let values = values.iter().map(|expr| expr.value(&[]));
        let values: Vec<Linear> = values.collect::<Result<_, String>>().map_err(|what| place.error(what))?;
        let operands = if *self.cursor.kind() == Kind::Symbol(";") { Vec::new() } else { self.operands()? };
        self.cursor.expect(";")?;
        self.gates.check(name, &target, (values.len(), operands.len()), place)?;
        let lengths = || operands.iter().map(Vec::len).filter(|length| *length != 1);
        let repeats = lengths().next().unwrap_or(1);
        if lengths().any(|length| length != repeats) {
            let lengths: Vec<usize> = operands.iter().map(Vec::len).collect();
            return Err(place.error(format!("registers of sizes {lengths:?} do not go together")));
        }
        for k in 0..repeats {
            let qubits: Vec<usize> = operands.iter().map(|list| list[k % list.len()]).collect();
            self.touch(&qubits, place)?;
            self.gates.call(&target, &values, &qubits, place)?;
        }
        Ok(())
    }

    /// Checks that a gate can act here.
    fn touch(&mut self, qubits: &[usize], place: Place) -> Result<(), Error> {
        for (k, &q) in qubits.iter().enumerate() {
            if qubits[..k].contains(&q) {
                return Err(place.error(format!("qubit {q} appears twice; give each once")));
            }
            if self.uses[q] == Use::Measured {
                let what = format!("a gate on qubit {q} after its measurement; measure at the end alone");
                return Err(place.error(what));
            }
            self.uses[q] = Use::Used;
        }
        Ok(())
    }

    /// Operands with commas between them.
    fn operands(&mut self) -> Result<Vec<Vec<usize>>, Error> {
        let mut list = vec![self.operand()?];
        while self.cursor.accept(",") {
            list.push(self.operand()?);
        }
        Ok(list)
    }

    /// A register or one of its qubits.
    fn operand(&mut self) -> Result<Vec<usize>, Error> {
        let (name, place) = self.cursor.name()?;
        let Some(&(first, length)) = self.qubits.get(&name) else {
            return Err(place.error(format!("'{name}' is no register of qubits; declare it")));
        };
        match self.cursor.index()? {
            None => Ok((first..first + length).collect()),
            Some((k, _)) if k < length => Ok(vec![first + k]),
            Some((k, at)) => Err(at.error(format!("qubit {k} is outside register '{name}' of {length}"))),
        }
    }
}
