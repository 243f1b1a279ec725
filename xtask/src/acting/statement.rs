//! What a statement of the engine does: whether it records, may change something, or keeps count beside.

use syn::visit::{self, Visit};
use syn::{Block, Expr, ExprMethodCall, Member, Pat, Stmt};

/// The methods that record and do nothing else.
const RECORDERS: [&str; 15] = [
    "note",
    "record",
    "record_callback_due",
    "record_edit",
    "record_event",
    "record_given",
    "record_high_mark",
    "record_pass",
    "record_read",
    "record_removed",
    "record_taken",
    "record_wanted_event",
    "record_wanted_high_mark",
    "record_write",
    "record_written",
];

/// The methods that record for their caller, and then go on.
const ANNOUNCERS: [&str; 2] = ["input_drained", "output_written"];

/// Methods that only look: a `let` of these changes nothing.
const LOOKERS: [&str; 31] = [
    "about",
    "active_count",
    "as_micros",
    "callback",
    "contains",
    "defers_callbacks",
    "event_name",
    "filter",
    "functions",
    "gather",
    "get",
    "is_connecting",
    "is_watched",
    "is_zero",
    "len",
    "map",
    "map_or",
    "micros",
    "min",
    "now",
    "number",
    "offered",
    "payload_limit",
    "peek",
    "private",
    "rules",
    "run",
    "seen_by_peer",
    "tanks",
    "then",
    "unwrap_or_default",
];

/// Methods and fields of those that keep count, memory or the ends of a buffer beside what happens.
const BOOKKEEPERS: [&str; 16] = [
    "close_own_end",
    "copyout_from",
    "filter_hears",
    "give_back_handles",
    "give_to",
    "in_pass",
    "last_trigger",
    "note_preemption",
    "note_transfer",
    "recorder",
    "say",
    "set_owner",
    "take_from",
    "totals",
    "trace",
    "turn_to",
];

/// Which statements of a block do nothing but record.
pub(super) fn recording(stmts: &[Stmt]) -> Vec<bool> {
    let mut records: Vec<bool> = stmts.iter().map(only_records).collect();
    // A name that only recording statements read exists for them; from the end, since such a name may make another.
    for at in (0..stmts.len()).rev() {
        let Stmt::Local(local) = &stmts[at] else { continue };
        let names = names_of(&local.pat);
        let calls = local.init.as_ref().is_some_and(|init| acts(&init.expr));
        let read: Vec<usize> = (at + 1..stmts.len()).filter(|later| reads(&stmts[*later], &names)).collect();
        records[at] = !calls && !names.is_empty() && !read.is_empty() && read.iter().all(|it| records[*it]);
    }
    records
}

fn only_records(stmt: &Stmt) -> bool {
    match stmt {
        Stmt::Expr(expr, _) => expr_only_records(expr),
        _ => false,
    }
}

fn expr_only_records(expr: &Expr) -> bool {
    match expr {
        Expr::MethodCall(call) => is_recorder(call),
        Expr::If(it) => {
            let other = |other: &(_, Box<Expr>)| expr_only_records(&other.1);
            !acts(&it.cond)
                && block_only_records(&it.then_branch)
                && it.else_branch.as_ref().is_none_or(other)
        }
        Expr::Block(it) => block_only_records(&it.block),
        Expr::ForLoop(it) => !acts(&it.expr) && block_only_records(&it.body),
        _ => false,
    }
}

fn is_recorder(call: &ExprMethodCall) -> bool {
    RECORDERS.contains(&call.method.to_string().as_str())
        && !matches!(&*call.receiver, Expr::Field(field) if is_named(&field.member, "ready"))
}

fn is_named(member: &Member, name: &str) -> bool {
    matches!(member, Member::Named(ident) if ident == name)
}

fn block_only_records(block: &Block) -> bool {
    !block.stmts.is_empty() && recording(&block.stmts).into_iter().all(|records| records)
}

/// Whether evaluating it may change something that matters to what is recorded.
pub(super) fn acts(expr: &Expr) -> bool {
    let mut visitor = Acts { acts: false, keeps_books: false };
    visitor.visit_expr(expr);
    visitor.acts && !visitor.keeps_books
}

pub(super) fn acts_in(stmt: &Stmt) -> bool {
    let mut visitor = Acts { acts: false, keeps_books: false };
    visitor.visit_stmt(stmt);
    visitor.acts && !visitor.keeps_books
}

pub(super) fn keeps_books(stmt: &Stmt) -> bool {
    let mut visitor = Acts { acts: false, keeps_books: false };
    visitor.visit_stmt(stmt);
    visitor.keeps_books
}

struct Acts {
    acts: bool,
    keeps_books: bool,
}

impl<'ast> Visit<'ast> for Acts {
    fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
        let name = call.method.to_string();
        self.acts |= !LOOKERS.contains(&name.as_str());
        self.keeps_books |= BOOKKEEPERS.contains(&name.as_str());
        visit::visit_expr_method_call(self, call);
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        if let Expr::Path(path) = &*call.func
            && let Some(last) = path.path.segments.last()
        {
            let name = last.ident.to_string();
            // With a capital it makes a value.
            self.acts |= name.starts_with(char::is_lowercase) && !LOOKERS.contains(&name.as_str());
        }
        visit::visit_expr_call(self, call);
    }

    fn visit_expr_field(&mut self, field: &'ast syn::ExprField) {
        self.keeps_books |= BOOKKEEPERS.iter().any(|name| is_named(&field.member, name));
        visit::visit_expr_field(self, field);
    }

    fn visit_expr_assign(&mut self, assign: &'ast syn::ExprAssign) {
        self.acts = true;
        visit::visit_expr_assign(self, assign);
    }

    fn visit_expr_binary(&mut self, binary: &'ast syn::ExprBinary) {
        // `+=` and its kind.
        self.acts |= matches!(
            binary.op,
            syn::BinOp::AddAssign(_) | syn::BinOp::SubAssign(_) | syn::BinOp::BitOrAssign(_)
        );
        visit::visit_expr_binary(self, binary);
    }
}

fn names_of(pat: &Pat) -> Vec<String> {
    struct Names(Vec<String>);
    impl<'ast> Visit<'ast> for Names {
        fn visit_pat_ident(&mut self, pat: &'ast syn::PatIdent) {
            self.0.push(pat.ident.to_string());
            visit::visit_pat_ident(self, pat);
        }
    }
    let mut visitor = Names(Vec::new());
    visitor.visit_pat(pat);
    visitor.0
}

fn reads(stmt: &Stmt, names: &[String]) -> bool {
    struct Reads<'a>(&'a [String], bool);
    impl<'ast> Visit<'ast> for Reads<'_> {
        fn visit_ident(&mut self, ident: &'ast proc_macro2::Ident) {
            self.1 |= self.0.iter().any(|name| ident == name);
        }
        // The arguments of a macro are read, too.
        fn visit_macro(&mut self, it: &'ast syn::Macro) {
            let text = it.tokens.to_string();
            self.1 |= self
                .0
                .iter()
                .any(|name| text.split(|c: char| !c.is_alphanumeric() && c != '_').any(|it| it == name));
        }
    }
    let mut visitor = Reads(names, false);
    visitor.visit_stmt(stmt);
    visitor.1
}

/// The lines of the recording calls in a statement, those in blocks inside it too, as
/// [`Location::caller`](std::panic::Location::caller) gives them: that of the method's name.
pub(super) fn recorder_calls(stmt: &Stmt) -> Vec<usize> {
    Calls::of(|calls| calls.visit_stmt(stmt))
}

pub(super) struct Calls(Vec<usize>);

impl Calls {
    pub(super) fn of(visit: impl FnOnce(&mut Self)) -> Vec<usize> {
        let mut calls = Self(Vec::new());
        visit(&mut calls);
        calls.0
    }
}

impl<'ast> Visit<'ast> for Calls {
    fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
        if is_recorder(call) || ANNOUNCERS.contains(&call.method.to_string().as_str()) {
            self.0.push(call.method.span().start().line);
        }
        visit::visit_expr_method_call(self, call);
    }
}
