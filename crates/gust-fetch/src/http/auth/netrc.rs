//! The .netrc file: logins and passwords by machine.

#[derive(Debug, Default, Clone, PartialEq)]
pub(super) struct NetrcLine {
    pub(super) machine: String,
    pub(super) login: String,
    pub(super) password: String,
}

/// The machines of a .netrc file that have both a login and a password.
pub(super) fn parse_netrc(text: &str) -> Vec<NetrcLine> {
    let mut lines = Vec::new();
    let mut current = NetrcLine::default();
    let mut in_macro = false;
    for line in text.split('\n') {
        if in_macro {
            in_macro = !line.is_empty();
            continue;
        }
        let fields: Vec<&str> = line.split_whitespace().collect();
        let pairs = fields.chunks_exact(2);
        let odd = pairs.remainder().first().copied();
        for pair in pairs {
            let value = pair[1].to_owned();
            match pair[0] {
                "machine" => {
                    current = NetrcLine {
                        machine: value,
                        ..NetrcLine::default()
                    }
                }
                "login" => current.login = value,
                "password" => current.password = value,
                "macdef" => in_macro = true,
                _ => {}
            }
            if !(current.machine.is_empty()
                || current.login.is_empty()
                || current.password.is_empty())
            {
                lines.push(std::mem::take(&mut current));
            }
        }
        if odd == Some("default") {
            break;
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn logins(text: &str) -> Vec<String> {
        let lines = parse_netrc(text);
        let shown = |l: NetrcLine| format!("{}:{}@{}", l.login, l.password, l.machine);
        lines.into_iter().map(shown).collect()
    }

    #[test]
    fn machines_need_a_login_and_a_password() {
        let one_line = "machine code.example login ann password one";
        assert_eq!(logins(one_line), ["ann:one@code.example"]);
        let many_lines = "machine code.example\r\n\tpassword one\n\n  login ann\n";
        assert_eq!(logins(many_lines), ["ann:one@code.example"]);
        assert!(
            logins("machine code.example login ann\nmachine b.example password two").is_empty()
        );
        assert!(logins("login ann password one").is_empty());
        assert!(logins("").is_empty());
    }

    #[test]
    fn netrc_macros_are_skipped_and_the_default_ends_it() {
        let text = "machine a.example login ann password one account x\n\
                    macdef init\n  machine b.example login bob password two\n\n\
                    machine c.example login cid password three\n\
                    default\n login dan password four\n\
                    machine e.example login eve password five\n";
        assert_eq!(logins(text), ["ann:one@a.example", "cid:three@c.example"]);
        // Both stand there; which one counts is decided by who reads the list.
        let twice =
            "machine a.example login ann password one\nmachine a.example login bob password two";
        assert_eq!(logins(twice).len(), 2);
    }
}
