//! What a program's command line is asked for: help, and what packagers want, its manual page and what completes its flags in
//! a shell.

use std::env;
use std::io::{self, Write};

use clap::{Arg, Command, CommandFactory, Parser, ValueEnum};
use clap_complete::Shell;

/// The flag that each of the programs has for it.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct Generate {
    /// Print the manual page, or the completions of a shell, and nothing else
    #[arg(long, value_name = "WHAT", exclusive = true)]
    pub generate: Option<Generated>,
}

/// What can be printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Generated {
    /// The manual page; `man -l FILE` shows it
    Man,
    /// Completions for bash
    Bash,
    /// Completions for elvish
    Elvish,
    /// Completions for fish
    Fish,
    /// Completions for PowerShell
    #[value(name = "powershell")]
    PowerShell,
    /// Completions for zsh
    Zsh,
}

/// What the command line says. Ends the process where it asks for help or the version, or makes no sense: with what could not
/// be printed for an error, too, and `failed` for the exit status of that.
#[must_use]
pub fn parse<P: Parser>(failed: i32) -> P {
    let command = with_variables_that_say_something(P::command());
    let parsed = command.try_get_matches().and_then(|matches| P::from_arg_matches(&matches));
    let asked = match parsed {
        Ok(program) => return program,
        Err(asked) => asked.format(&mut P::command()),
    };
    let printed = asked.print().and_then(|()| io::stdout().flush());
    match printed {
        Err(error) if !asked.use_stderr() && error.kind() != io::ErrorKind::BrokenPipe => {
            let name = P::command().get_name().to_owned();
            // A closed standard error must not turn this into a panic.
            let _ = writeln!(io::stderr(), "{name}: cannot write: {error}");
            std::process::exit(failed);
        }
        _ => std::process::exit(asked.exit_code()),
    }
}

/// A variable of the environment that is empty is as good as none, and so is each where a flag stands alone.
fn with_variables_that_say_something(command: Command) -> Command {
    let is_empty = |arg: &Arg| arg.get_env().and_then(env::var_os).is_some_and(|value| value.is_empty());
    let alone = env::args_os().any(|arg| arg.to_string_lossy().starts_with("--generate"));
    command.mut_args(|arg| if alone || is_empty(&arg) { arg.env(None::<&str>) } else { arg })
}

/// Prints it for the program whose command line `P` is. Whoever has read enough of it may close the output.
///
/// # Errors
/// What the output says.
pub fn print<P: CommandFactory>(what: Generated, output: &mut impl Write) -> io::Result<()> {
    match write::<P>(what, output).and_then(|()| output.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

fn write<P: CommandFactory>(what: Generated, output: &mut impl Write) -> io::Result<()> {
    let mut command = P::command();
    let shell = match what {
        // What an optional group of flags asks for it asks for only with the others: no program has a flag that must be.
        Generated::Man => {
            return clap_mangen::Man::new(command.mut_args(|it| it.required(false))).render(output);
        }
        Generated::Bash => Shell::Bash,
        Generated::Elvish => Shell::Elvish,
        Generated::Fish => Shell::Fish,
        Generated::PowerShell => Shell::PowerShell,
        Generated::Zsh => Shell::Zsh,
    };
    let name = command.get_name().to_owned();
    // Into memory first: where the output fails it would panic.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, name, &mut script);
    output.write_all(&script)
}
