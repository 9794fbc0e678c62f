//! From text to tokens that know where they stand.

use std::iter::Peekable;
use std::str::Chars;

use crate::Error;

/// Line and column of a character, both counted from one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Place {
    pub(super) line: usize,
    pub(super) column: usize,
}

/// What a token is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    Name(String),
    Integer(usize),
    Real(f64),
    Text(String),
    Symbol(&'static str),
    End,
}

/// A token in its place.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) place: Place,
}

impl Place {
    /// An error here.
    pub(super) fn error(self, what: impl Into<String>) -> Error {
        Error::Qasm { line: self.line, column: self.column, what: what.into() }
    }
}

impl Kind {
    /// The token as a reader knows it.
    pub(super) fn describe(&self) -> String {
        match self {
            Kind::Name(name) => format!("'{name}'"),
            Kind::Integer(value) => format!("'{value}'"),
            Kind::Real(value) => format!("'{value}'"),
            Kind::Text(text) => format!("\"{text}\""),
            Kind::Symbol(symbol) => format!("'{symbol}'"),
            Kind::End => "the end of the text".into(),
        }
    }
}

/// Longer ones first, so that they are not read as two.
const SYMBOLS: [&str; 28] = [
    "->", "==", "**", "!=", "<=", ">=", "&&", "||", ";", ",", "(", ")", "[", "]", "{", "}", "+", "-", "*",
    "/", "^", "=", "<", ">", "@", ":", "!", "%",
];

/// The tokens of a text, the end last.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, Error> {
    let mut reader = Reader { rest: text.chars().peekable(), place: Place { line: 1, column: 1 } };
    let mut tokens = Vec::new();
    loop {
        reader.skip_blanks()?;
        let place = reader.place;
        let kind = reader.token()?;
        let end = kind == Kind::End;
        tokens.push(Token { kind, place });
        if end {
            return Ok(tokens);
        }
    }
}

struct Reader<'a> {
    rest: Peekable<Chars<'a>>,
    place: Place,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<char> {
        let c = self.rest.next()?;
        match c {
            '\n' => self.place = Place { line: self.place.line + 1, column: 1 },
            _ => self.place.column += 1,
        }
        Some(c)
    }

    /// What comes after the next character.
    fn second(&self) -> Option<char> {
        self.rest.clone().nth(1)
    }

    fn take_while(&mut self, accept: impl Fn(char) -> bool) -> String {
        let mut taken = String::new();
        while let Some(&c) = self.rest.peek().filter(|&&c| accept(c)) {
            taken.push(c);
            self.next();
        }
        taken
    }

    fn skip_blanks(&mut self) -> Result<(), Error> {
        loop {
            let second = self.second();
            match (self.rest.peek(), second) {
                (Some(c), _) if c.is_whitespace() => _ = self.next(),
                (Some('/'), Some('/')) => _ = self.take_while(|c| c != '\n'),
                (Some('/'), Some('*')) => self.skip_block()?,
                _ => return Ok(()),
            }
        }
    }

    fn skip_block(&mut self) -> Result<(), Error> {
        let start = self.place;
        self.next();
        self.next();
        while let Some(c) = self.next() {
            if c == '*' && self.rest.peek() == Some(&'/') {
                self.next();
                return Ok(());
            }
        }
        Err(start.error("a comment without end; close it with */"))
    }

    fn token(&mut self) -> Result<Kind, Error> {
        let place = self.place;
        let Some(&c) = self.rest.peek() else { return Ok(Kind::End) };
        if c.is_alphabetic() || c == '_' {
            return Ok(Kind::Name(self.take_while(|c| c.is_alphanumeric() || c == '_')));
        }
        if c.is_ascii_digit() || (c == '.' && self.second().is_some_and(|c| c.is_ascii_digit())) {
            return self.number();
        }
        if c == '"' {
            self.next();
            let text = self.take_while(|c| c != '"' && c != '\n');
            return match self.next() {
                Some('"') => Ok(Kind::Text(text)),
                _ => Err(place.error("a text without end; close it with a quote")),
            };
        }
        let pair: String = [Some(c), self.second()].into_iter().flatten().collect();
        match SYMBOLS.into_iter().find(|symbol| pair.starts_with(symbol)) {
            Some(symbol) => {
                symbol.chars().for_each(|_| _ = self.next());
                Ok(Kind::Symbol(symbol))
            }
            None => Err(place.error(format!("the character '{c}' has no meaning here"))),
        }
    }

    fn number(&mut self) -> Result<Kind, Error> {
        let place = self.place;
        let mut text = self.take_while(|c| c.is_ascii_digit());
        let whole = text.clone();
        if self.rest.peek() == Some(&'.') {
            text.push('.');
            self.next();
            text += &self.take_while(|c| c.is_ascii_digit());
        }
        if self.rest.peek().is_some_and(|c| "eE".contains(*c)) {
            let sign = self.second().filter(|c| "+-".contains(*c));
            let digits = if sign.is_some() { self.rest.clone().nth(2) } else { self.second() };
            if digits.is_some_and(|c| c.is_ascii_digit()) {
                self.next();
                text.push('e');
                text.extend(sign.and_then(|_| self.next()));
                text += &self.take_while(|c| c.is_ascii_digit());
            }
        }
        if text == whole {
            let value = text.parse().map_err(|_| place.error(format!("the number {text} is too large")))?;
            return Ok(Kind::Integer(value));
        }
        text.parse().map(Kind::Real).map_err(|_| place.error(format!("'{text}' is not a number")))
    }
}
