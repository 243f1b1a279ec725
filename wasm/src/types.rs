//! The TypeScript types of what the functions give. `types.d.ts` is written from the Rust types by the tests below, as
//! are `npm/wasm/flags.json`, and `engine/roles.js` and `engine/vocabulary.js` of the page: the role of each kind of step, and what Rust names and draws first.

use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen(typescript_custom_section)]
const GENERATED: &str = include_str!("../types.d.ts");

#[wasm_bindgen(typescript_custom_section)]
const TRACK: &str = r#"
/**
 * What a simulation, a recording and a live source share: a stretch of records that can be looked at from any point.
 * A position is the number of records before it; a condition is a text such as `callback:read`, `crossing`,
 * `kind:received` or `in>=high and conn:3`.
 */
export interface Track {
  /** The first position that is there: 0, until a live source had to forget its oldest records. */
  readonly start: number;
  /** The last position: how many records there were in all. */
  readonly length: number;
  /** Everything that can be drawn at a position; one that is not there gives the nearest that is. */
  picture(position: number): Picture;
  /** One connection, by its number, as `picture` has it at a position; none where it is not there. */
  connection(position: number, number: number): ConnectionPicture | undefined;
  /** When the run of an engine that a position shows began, in microseconds: a server that was started anew counts from its own start. */
  began(position: number): number;
  /** The record that leads to a position. */
  record(position: number): StepRecord | undefined;
  /** The records after `from`, up to `to`. */
  records(from: number, to: number): StepRecord[];
  /** The nearest position after this one, but none beyond `to`, whose record matches the condition. */
  next(position: number, condition: string, to?: number): number | undefined;
  /** The nearest position before this one whose record matches the condition. */
  previous(position: number, condition: string): number | undefined;
  /** One connection from afar, in at most so many buckets. */
  series(connection: number, buckets: number, from?: number, to?: number): Bucket[];
  /** Everything as a file that `Recording` reads. */
  exportRecording(): string;
}
"#;

/// What the feature `study` adds to it.
#[cfg(feature = "study")]
#[wasm_bindgen(typescript_custom_section)]
const STUDY: &str = r#"
export interface Track {
  /** What a question about a connection, by its number, goes back to, as of a position. */
  why(position: number, connection: number, question: Question): Answer;
  /** The internal callbacks under way at a position, the outer first, and which way each took so far. */
  path(position: number): Walk[];
  /** Everything as a trace that Perfetto's viewer opens, under this title. */
  exportPerfetto(title: string): Uint8Array;
}
"#;

#[cfg(all(test, feature = "ts", not(target_arch = "wasm32")))]
mod tests {
    use bufferevent::recording::{
        Answer, ApplicationEvent, Because, Branch, Bucket, BufferMemory, BytePlace, CallbackKind,
        ChainPicture, Choice, ConnectionPicture, ConnectionView, Content, Counters, DirectionPicture, Ending,
        Entered, EventPicture, Hello, Internal, KernelPicture, LoopPicture, Names, PayloadPolicy, Picture,
        PictureView, Question, Reason, Run, Running, Station, Turn, Valve, Valves, Walk,
    };
    use bufferevent::sim::{Answer as RightAnswer, AsC, Asked, Failure, Misconception, Reached, Span};
    use bufferevent::{
        BufferName, Callback, Change, Closing, Connect, Dialect, Direction, Directions, Errno, EventFlags,
        EventName, FilterKind, Filtered, FlushMode, Handle, MarkName, PassEnd, Payload, ReadBound, Record,
        Role, Rule, Said, Step, SuspendBits, Tanks, Time, What,
    };
    use ts_rs::{Config, TS};

    use crate::dialects::DialectInfo;
    use crate::lesson::Repaired;
    use crate::mirror::LiveState;
    use crate::simulation::{BranchInfo, EffectInfo, MemoryInfo, ScenarioProblem};

    const HEAD: &str = "// Written from the Rust types; to write it anew:\n\
        // WRITE_TYPES=1 cargo test --package bufferevent-wasm --features ts types\n";

    fn declaration<T: TS>(config: &Config) -> String {
        let documentation = T::docs().unwrap_or_default();
        // A record is laid out beside its step; the step has a name.
        let step = Step::inline(config);
        let flattened = format!("({step})");
        let declaration = T::decl(config).replace(&flattened, "Step").replace(" | {", "\n  | {");
        format!("\n{}export {}\n", without_links(&documentation), without_links(&tidied(&declaration)))
    }

    /// The text of each link without its target, which is a path in Rust.
    fn without_links(text: &str) -> String {
        let mut plain = String::new();
        let mut rest = text;
        while let Some((before, target)) = rest.split_once("](") {
            let (text, label) = before.rsplit_once('[').expect("a link begins");
            plain.push_str(text);
            plain.push_str(label);
            rest = target.split_once(')').expect("a link ends").1;
        }
        plain + rest
    }

    /// Each documented field on lines of its own, indented.
    fn tidied(declaration: &str) -> String {
        let lines = declaration.replace("{ \n/**", "{\n/**").replace(", \n/**", ";\n/**");
        let lines = match lines.contains("/**") {
            true => lines.replace(", }", ";\n}"),
            false => lines.replace(", }", " }"),
        };
        let inside =
            |line: &str| !line.starts_with("type ") && !line.starts_with('}') && !line.starts_with("  |");
        let indented = |line: &str| if inside(line) { format!("  {line}\n") } else { format!("{line}\n") };
        let tidied: String = lines.lines().map(indented).collect();
        tidied.trim_end().to_owned()
    }

    macro_rules! declarations {
        ($config:expr, $($name:ty),* $(,)?) => {
            [$(declaration::<$name>($config)),*].concat()
        };
    }

    fn types() -> String {
        let config = Config::new().with_large_int("number");
        let declarations = declarations!(
            &config,
            Record,
            Step,
            Payload,
            EventName,
            BufferName,
            MarkName,
            ReadBound,
            Callback,
            Change,
            PassEnd,
            Direction,
            Directions,
            Dialect,
            Rule,
            Errno,
            EventFlags,
            What,
            SuspendBits,
            Handle,
            Tanks,
            Closing,
            Connect,
            FilterKind,
            Filtered,
            FlushMode,
            Time,
            PictureView<'static>,
            Names,
            LoopPicture,
            Station,
            Running,
            Entered,
            ApplicationEvent,
            EventPicture,
            ConnectionView<'static>,
            Valves,
            DirectionPicture,
            Valve,
            Ending,
            Content,
            Run,
            KernelPicture,
            Counters,
            MemoryInfo<'static>,
            BufferMemory,
            ChainPicture,
            Bucket,
            Question,
            CallbackKind,
            BytePlace,
            Answer,
            Because,
            Reason,
            Walk,
            Choice,
            Internal,
            Turn,
            Branch,
            PayloadPolicy,
            Hello,
            LiveState,
            Asked,
            RightAnswer,
            Misconception,
            Reached,
            Repaired,
            Failure,
            DialectInfo,
            BranchInfo<'static>,
            EffectInfo,
            ScenarioProblem,
            Said,
            AsC,
            Span,
        );
        format!("{HEAD}{declarations}")
    }

    fn roles() -> String {
        let role = |(kind, role): (&&str, &Role)| format!("  {kind}: \"{}\",\n", role.name());
        let roles: String = Step::KINDS.iter().zip(Step::ROLES).map(role).collect();
        format!(
            "{HEAD}\n/** What each kind of step is to whoever watches. */\n\
            export const ROLES = /** @type {{const}} */ ({{\n{roles}}});\n"
        )
    }

    /// A value as a constant of the page, of this type.
    fn constant(doc: &str, of: &str, name: &str, value: &impl serde::Serialize) -> String {
        let value = serde_json::to_string(value).expect("it can be written").replace(',', ", ");
        format!("\n/** {doc} */\nexport const {name} = /** @type {{{of}}} */ ({value});\n")
    }

    /// The names of an enum's variants, of which TypeScript is a union.
    fn variants<T: TS>(config: &Config) -> Vec<String> {
        T::inline(config).split('"').skip(1).step_by(2).map(str::to_owned).collect()
    }

    fn vocabulary() -> String {
        let mut picture = Picture::of_simulation();
        picture.connections.insert(1, ConnectionPicture { number: 1, ..ConnectionPicture::default() });
        let mut connection = serde_json::to_value(picture.view()).expect("it can be written");
        let connection = connection["connections"][0].take();
        let stations = variants::<Station>(&Config::new()).split_off(1);
        let errors = Errno::NAMED.map(|(_, name)| name);
        let what: Vec<_> = What::NAMED.iter().map(|(flag, name)| (flag.bits(), name)).collect();
        let causes: Vec<_> = EventFlags::NAMED
            .iter()
            .filter(|(flag, _)| *flag != EventFlags::PERSIST)
            .map(|(flag, name)| (flag.bits(), name))
            .collect();
        let blank = Picture::of_simulation();
        let of = |name: &str| format!("import(\"../types.js\").{name}");
        [
            constant("A simulation before its first record.", &of("Picture"), "BLANK_PICTURE", &blank.view()),
            constant(
                "A connection so far unknown.",
                &of("ConnectionPicture"),
                "BLANK_CONNECTION",
                &connection,
            ),
            constant("The stations of a pass, in their order.", "const", "STATIONS", &stations),
            constant("The errors that have a name.", "const", "ERRORS", &errors),
            constant("The flags of an event callback, by their numbers.", "const", "WHAT", &what),
            constant("What wakes an event, by the numbers.", "const", "CAUSES", &causes),
        ]
        .concat()
    }

    /// The flags of each word, for the package's constants.
    fn flags() -> String {
        macro_rules! named {
            ($word:ident) => {{
                let flags = $word::NAMED.iter().map(|(flag, name)| (name.to_uppercase(), flag.bits().into()));
                (stringify!($word).to_owned(), flags.collect::<serde_json::Map<_, _>>().into())
            }};
        }
        let words: serde_json::Map<_, _> =
            [named!(What), named!(EventFlags), named!(SuspendBits)].into_iter().collect();
        format!("{:#}\n", serde_json::Value::from(words))
    }

    /// A file, from the workspace's root, says this.
    fn assert_fresh(file: &str, text: &str) {
        let path = format!("{}/../{file}", env!("CARGO_MANIFEST_DIR"));
        if std::env::var_os("WRITE_TYPES").is_some() {
            std::fs::write(&path, text).expect("the workspace can be written");
        }
        let there = std::fs::read_to_string(&path).expect("it is part of the project");
        assert!(there == text, "{file} is stale: its first lines say how to write it");
    }

    #[test]
    fn types_are_those_of_the_rust_types() {
        assert_fresh("wasm/types.d.ts", &types());
    }

    #[test]
    fn types_of_the_page_give_each_kind_of_step_its_role() {
        assert_fresh("web/engine/roles.js", &roles());
    }

    #[test]
    fn types_of_the_page_have_the_words_and_the_first_picture_of_rust() {
        assert_fresh("web/engine/vocabulary.js", &format!("{HEAD}{}", vocabulary()));
    }

    #[test]
    fn types_of_flag_words_have_their_constants() {
        assert_fresh("npm/wasm/flags.json", &flags());
    }

    #[test]
    fn types_are_exact() {
        let types = types();
        for word in ["any", "bigint", "unknown"] {
            let found = |line: &&str| {
                let code = line.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '"');
                !line.trim_start().starts_with(['*', '/']) && code.into_iter().any(|it| it == word)
            };
            assert_eq!(types.lines().find(found), None, "{word}");
        }
    }
}
