//! Reading tokens in order, and expressions among them.

use super::expression::{self, DEEPEST, Expr, SIGN, rank, too_deep};
use super::token::{Kind, Place, Token, tokens};
use crate::Error;

/// A position in a list of tokens.
pub(super) struct Cursor {
    tokens: Vec<Token>,
    at: usize,
}

/// Names an expression may use: the arguments of a gate and the inputs of the program.
#[derive(Clone, Copy)]
pub(super) struct Scope<'a> {
    pub(super) arguments: &'a [String],
    pub(super) inputs: &'a [String],
}

impl Cursor {
    pub(super) fn new(text: &str) -> Result<Self, Error> {
        Ok(Self { tokens: tokens(text)?, at: 0 })
    }

    pub(super) fn kind(&self) -> &Kind {
        &self.tokens[self.at].kind
    }

    pub(super) fn place(&self) -> Place {
        self.tokens[self.at].place
    }

    /// Number of tokens read so far.
    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// Kinds of the tokens from `start` to here.
    pub(super) fn since(&self, start: usize) -> impl Iterator<Item = &Kind> {
        self.tokens[start..self.at].iter().map(|token| &token.kind)
    }

    /// The current token; the end is never passed.
    pub(super) fn next(&mut self) -> Token {
        let token = self.tokens[self.at].clone();
        self.at = (self.at + 1).min(self.tokens.len() - 1);
        token
    }

    /// Reads a symbol if it comes next.
    pub(super) fn accept(&mut self, symbol: &'static str) -> bool {
        let found = *self.kind() == Kind::Symbol(symbol);
        if found {
            self.next();
        }
        found
    }

    pub(super) fn expect(&mut self, symbol: &'static str) -> Result<(), Error> {
        match self.accept(symbol) {
            true => Ok(()),
            false => Err(self.expected(&format!("'{symbol}'"))),
        }
    }

    pub(super) fn name(&mut self) -> Result<(String, Place), Error> {
        let Kind::Name(name) = self.kind().clone() else { return Err(self.expected("a name")) };
        Ok((name, self.next().place))
    }

    pub(super) fn number(&mut self) -> Result<f64, Error> {
        let value = match *self.kind() {
            Kind::Integer(value) => value as f64,
            Kind::Real(value) => value,
            Kind::Name(_) | Kind::Text(_) | Kind::Symbol(_) | Kind::End => {
                return Err(self.expected("a number"));
            }
        };
        self.next();
        Ok(value)
    }

    /// A number in brackets, if brackets come next.
    pub(super) fn index(&mut self) -> Result<Option<(usize, Place)>, Error> {
        if !self.accept("[") {
            return Ok(None);
        }
        let place = self.place();
        let Kind::Integer(value) = *self.kind() else { return Err(self.expected("a whole number")) };
        self.next();
        self.expect("]")?;
        Ok(Some((value, place)))
    }

    /// Names with commas between them.
    pub(super) fn names(&mut self) -> Result<Vec<String>, Error> {
        let mut names = vec![self.name()?.0];
        while self.accept(",") {
            let (name, place) = self.name()?;
            if names.contains(&name) {
                return Err(place.error(format!("'{name}' is listed twice")));
            }
            names.push(name);
        }
        Ok(names)
    }

    pub(super) fn expected(&self, what: &str) -> Error {
        self.place().error(format!("expected {what}, found {}", self.kind().describe()))
    }

    /// Expressions in parentheses, if these come next.
    pub(super) fn arguments(&mut self, scope: Scope) -> Result<Vec<Expr>, Error> {
        if !self.accept("(") || self.accept(")") {
            return Ok(Vec::new());
        }
        let mut list = vec![self.expression(scope, 0, 0)?];
        while self.accept(",") {
            list.push(self.expression(scope, 0, 0)?);
        }
        self.expect(")")?;
        Ok(list)
    }

    /// An expression of operators that bind tighter than `above`.
    fn expression(&mut self, scope: Scope, above: u8, depth: usize) -> Result<Expr, Error> {
        if depth > DEEPEST {
            return Err(too_deep(self.place()));
        }
        let mut left = self.operand(scope, depth)?;
        let mut chain = 0;
        while let Some((op, rank)) = rank(self.kind()).filter(|(_, rank)| *rank > above) {
            let place = self.next().place;
            let tighter = if ["^", "**"].contains(&op) { rank - 1 } else { rank }; // powers group to the right
            let right = self.expression(scope, tighter, depth + 1)?;
            left = Expr::binary(op, left, right);
            chain += usize::from(!matches!(left, Expr::Number(_)));
            if chain > DEEPEST {
                return Err(too_deep(place));
            }
        }
        Ok(left)
    }

    fn operand(&mut self, scope: Scope, depth: usize) -> Result<Expr, Error> {
        if self.accept("-") {
            return Ok(Expr::Call("-", Box::new(self.expression(scope, SIGN, depth + 1)?)));
        }
        if self.accept("+") {
            return self.expression(scope, SIGN, depth + 1);
        }
        if self.accept("(") {
            let inner = self.expression(scope, 0, depth + 1)?;
            self.expect(")")?;
            return Ok(inner);
        }
        match self.kind() {
            Kind::Integer(_) | Kind::Real(_) => self.number().map(Expr::Number),
            Kind::Name(_) => {
                let (name, place) = self.name()?;
                self.named(&name, place, scope, depth)
            }
            Kind::Text(_) | Kind::Symbol(_) | Kind::End => Err(self.expected("an angle")),
        }
    }

    fn named(&mut self, name: &str, place: Place, scope: Scope, depth: usize) -> Result<Expr, Error> {
        if let Some(k) = scope.arguments.iter().position(|known| known == name) {
            return Ok(Expr::Argument(k));
        }
        if let Some(index) = scope.inputs.iter().position(|known| known == name) {
            return Ok(Expr::Input(index));
        }
        if let Some(value) = expression::constant(name) {
            return Ok(Expr::Number(value));
        }
        let Some(function) = expression::function(name) else {
            return Err(place.error(format!("'{name}' is no parameter, constant or function known here")));
        };
        self.expect("(")?;
        let inner = self.expression(scope, 0, depth + 1)?;
        self.expect(")")?;
        Ok(Expr::Call(function, Box::new(inner)))
    }
}
