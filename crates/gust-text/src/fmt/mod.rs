//! `fmt.Sprint`, `fmt.Sprintln` and `fmt.Sprintf` over the values of templates, with Go's verbs, flags and complaints.

mod compound;
mod verb;

use crate::template::Val;
use verb::Spec;

/// `fmt.Sprint`: a space between two operands of which neither is a string.
pub fn sprint(args: &[Val<'_>]) -> String {
    let mut out = String::new();
    let mut after_string = true;
    for arg in args {
        let is_string = matches!(arg, Val::Str(_));
        if !is_string && !after_string {
            out.push(' ');
        }
        compound::print(&mut out, &Spec::default(), 'v', arg, 0);
        after_string = is_string;
    }
    out
}

/// `fmt.Sprintln`.
pub fn sprintln(args: &[Val<'_>]) -> String {
    let mut out = String::new();
    for (i, arg) in args.iter().enumerate() {
        if i > 0 {
            out.push(' ');
        }
        compound::print(&mut out, &Spec::default(), 'v', arg, 0);
    }
    out.push('\n');
    out
}

/// `fmt.Sprintf`.
pub fn sprintf(format: &str, args: &[Val<'_>]) -> String {
    let mut printer = Printf {
        out: String::new(),
        rest: format,
        args,
        next: 0,
        good: true,
        reordered: false,
        after_index: false,
    };
    printer.run();
    printer.out
}

/// No width and no precision is greater, as in Go; it also bounds what a format can make us allocate.
const MAX_NUMBER: i64 = 1_000_000;

struct Printf<'a, 'v> {
    out: String,
    rest: &'a str,
    args: &'a [Val<'v>],
    next: usize,
    /// The current verb's argument number makes sense.
    good: bool,
    /// Some argument was named by its number, so that none can be called extra.
    reordered: bool,
    /// The last thing read was `[n]`.
    after_index: bool,
}

impl Printf<'_, '_> {
    fn run(&mut self) {
        while let Some((text, after)) = self.rest.split_once('%') {
            self.out.push_str(text);
            self.rest = after;
            if !self.directive() {
                return self.extra();
            }
        }
        self.out.push_str(self.rest);
        self.extra();
    }

    /// One verb with all that stands before it; false at the end of the format.
    fn directive(&mut self) -> bool {
        (self.good, self.after_index) = (true, false);
        let mut spec = self.flags();
        self.index();
        self.width(&mut spec);
        self.precision(&mut spec);
        if !self.after_index {
            self.index();
        }
        let mut chars = self.rest.chars();
        let Some(verb) = chars.next() else {
            self.out.push_str("%!(NOVERB)");
            return false;
        };
        self.rest = chars.as_str();
        match self.args.get(self.next) {
            _ if verb == '%' => self.out.push('%'),
            _ if !self.good => self.out.push_str(&format!("%!{verb}(BADINDEX)")),
            None => self.out.push_str(&format!("%!{verb}(MISSING)")),
            Some(arg) => {
                if verb == 'v' {
                    spec.sharp_v = std::mem::take(&mut spec.sharp);
                    spec.plus_v = std::mem::take(&mut spec.plus);
                }
                compound::print(&mut self.out, &spec, verb, arg, 0);
                self.next += 1;
            }
        }
        true
    }

    fn flags(&mut self) -> Spec {
        let mut spec = Spec::default();
        loop {
            match self.rest.as_bytes().first() {
                Some(b'#') => spec.sharp = true,
                Some(b'0') => spec.zero = true,
                Some(b'+') => spec.plus = true,
                Some(b'-') => spec.minus = true,
                Some(b' ') => spec.space = true,
                _ => return spec,
            }
            self.rest = &self.rest[1..];
        }
    }

    fn take(&mut self, c: char) -> bool {
        let rest = self.rest.strip_prefix(c);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn number(&mut self) -> Option<usize> {
        let len = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        let (digits, rest) = self.rest.split_at(len);
        let value = digits.parse::<i64>().ok().filter(|n| *n <= MAX_NUMBER * 10);
        if value.is_none() && len > 0 {
            // Absurdly long: Go gives up on the format.
            self.rest = "";
            return None;
        }
        self.rest = rest;
        value.and_then(|n| usize::try_from(n).ok())
    }

    /// `[n]`: the argument that comes next.
    fn index(&mut self) {
        let Some(rest) = self.rest.strip_prefix('[') else {
            return;
        };
        self.reordered = true;
        let Some((digits, after)) = rest.split_once(']') else {
            self.good = false;
            self.rest = rest;
            return;
        };
        self.rest = after;
        match digits.parse::<usize>() {
            Ok(n) if (1..=self.args.len()).contains(&n) => {
                self.next = n - 1;
                self.after_index = true;
            }
            _ => self.good = false,
        }
    }

    /// `*`: an integer argument.
    fn star(&mut self) -> Option<i64> {
        let value = match self.args.get(self.next) {
            Some(Val::Int(n)) => Some(*n),
            Some(Val::Uint(n)) => i64::try_from(*n).ok(),
            Some(Val::Byte(n)) => Some(i64::from(*n)),
            _ => None,
        };
        self.next += usize::from(self.next < self.args.len());
        self.after_index = false;
        value.filter(|n| (-MAX_NUMBER..=MAX_NUMBER).contains(n))
    }

    fn width(&mut self, spec: &mut Spec) {
        if self.take('*') {
            match self.star() {
                Some(n) => {
                    spec.width = usize::try_from(n.unsigned_abs()).ok();
                    if n < 0 {
                        (spec.minus, spec.zero) = (true, false);
                    }
                }
                None => self.out.push_str("%!(BADWIDTH)"),
            }
        } else {
            spec.width = self.number();
            if self.after_index && spec.width.is_some() {
                self.good = false;
            }
        }
    }

    fn precision(&mut self, spec: &mut Spec) {
        if self.rest.len() < 2 || !self.take('.') {
            return;
        }
        if self.after_index {
            self.good = false;
        }
        self.after_index = false;
        self.index();
        if self.take('*') {
            match self.star() {
                Some(n) if n >= 0 => spec.precision = usize::try_from(n).ok(),
                _ => self.out.push_str("%!(BADPREC)"),
            }
        } else {
            spec.precision = Some(self.number().unwrap_or(0));
        }
    }

    /// Arguments that no verb used.
    fn extra(&mut self) {
        let Some(extra) = self
            .args
            .get(self.next..)
            .filter(|extra| !extra.is_empty() && !self.reordered)
        else {
            return;
        };
        self.out.push_str("%!(EXTRA ");
        for (i, arg) in extra.iter().enumerate() {
            if i > 0 {
                self.out.push_str(", ");
            }
            self.out.push_str(&arg.type_name());
            if !matches!(arg, Val::Invalid) {
                self.out.push('=');
                compound::print(&mut self.out, &Spec::default(), 'v', arg, 0);
            }
        }
        self.out.push(')');
    }
}
