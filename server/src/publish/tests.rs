//! What a publisher does in an orderly folder; `hostile` has the others.

mod hostile;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use bufferevent::recording::{Recording, ServerMessage};
use bufferevent::sim::{Experiment, Scenario};

use super::*;
use crate::publish::FORMAT;

/// A folder that is gone with the test.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Self {
        static LAST: AtomicU64 = AtomicU64::new(0);
        let number = LAST.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("publish-{}-{number}", std::process::id()));
        Self(path)
    }

    fn config(&self) -> PublishConfig {
        PublishConfig { publish: Some(self.0.clone()), ..PublishConfig::default() }
    }

    fn index(&self) -> Index {
        serde_json::from_slice(&std::fs::read(self.0.join(INDEX)).unwrap()).unwrap()
    }

    /// The names of everything that a reader may ask for.
    fn files(&self) -> HashSet<String> {
        let files =
            std::fs::read_dir(&self.0).unwrap().map(|it| it.unwrap().file_name().into_string().unwrap());
        files.filter(|name| name.contains(".json") && name != INDEX).collect()
    }

    /// What a reader has who begins with the oldest that is there.
    fn read(&self) -> Recording {
        let mut segments = Vec::new();
        let index = self.index();
        let (mut older, mut later) = (index.older, vec![index.segments]);
        while let Some(chapter) = older.and_then(|name| std::fs::read(self.0.join(name)).ok()) {
            let chapter: Chapter = serde_json::from_slice(&chapter).unwrap();
            older = chapter.older;
            later.push(chapter.segments);
        }
        later.into_iter().rev().for_each(|list| segments.extend(list));
        let mut recording = Recording::default();
        for Segment { name, .. } in segments {
            if let Ok(text) = std::fs::read(self.0.join(name)) {
                assert_eq!(recording.append_file(&*text).unwrap(), None);
            }
        }
        recording
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A publisher with the viewer that hears for it, in virtual time.
struct Lab {
    publisher: Publisher,
    viewer: Viewer,
    now: Instant,
    told: Vec<String>,
}

impl Lab {
    fn open(config: &PublishConfig) -> Self {
        let now = Instant::now();
        let publisher = Publisher::open(config, now).unwrap().unwrap();
        let mut lab = Self { publisher, viewer: Viewer::new(), now, told: Vec::new() };
        lab.say(
            r#"{"kind":"hello","schema":1,"engine":"0.1.0","source":"00","dialect":"1.4","payload":"full"}"#,
        );
        lab
    }

    fn say(&mut self, message: &str) {
        let heard = self.viewer.hear(message.as_bytes()).unwrap();
        self.told.extend(self.publisher.take(&heard, &self.viewer, self.now));
    }

    fn message(&mut self, message: &ServerMessage) {
        self.say(&serde_json::to_string(message).unwrap());
    }

    fn snapshot(&mut self, picture: &Picture) {
        self.message(&ServerMessage::Snapshot { picture: Box::new(picture.clone()), more: false });
    }

    fn records(&mut self, records: &[Record]) {
        self.message(&ServerMessage::Records { records: records.to_vec() });
    }

    /// Time passes, a tick at a time.
    fn pass(&mut self, time: Duration) {
        let until = self.now + time;
        while self.now < until {
            self.now += crate::publish::TICK;
            self.told.extend(self.publisher.tick(self.now));
        }
    }
}

const SECOND: Duration = Duration::from_secs(1);

fn tutorial() -> (Vec<Record>, Picture) {
    let experiment = Experiment::new(Scenario::tutorial());
    let mut end = experiment.recording().end().clone();
    // Which chains a buffer has, a simulation alone knows.
    end.connections.values_mut().for_each(|connection| connection.memory = None);
    (experiment.recording().records().cloned().collect(), end)
}

fn is_pinned(path: &Path) -> bool {
    let content = std::fs::read(path).unwrap();
    let name = path.file_name().unwrap().to_str().unwrap();
    let digest = <sha2::Sha256 as sha2::Digest>::digest(&content);
    name.starts_with(&digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect::<String>())
}

#[test]
fn segments_are_one_recording_and_each_begins_with_what_those_before_lead_to() {
    let (scratch, (records, end)) = (Scratch::new(), tutorial());
    let mut lab = Lab::open(&scratch.config());
    lab.snapshot(&Picture::of_simulation());
    for portion in records.chunks(16) {
        lab.records(portion);
        lab.pass(6 * SECOND);
    }
    let index = scratch.index();
    assert_eq!(index.segments.len(), records.len().div_ceil(16));
    assert!(index.segments.windows(2).all(|two| two[0].last == two[1].after), "{index:?}");
    assert!(scratch.files().iter().all(|name| is_pinned(&scratch.0.join(name))));
    assert_eq!(scratch.read().end(), &end);
    for Segment { name, after, last, .. } in &index.segments {
        let text = std::fs::read(scratch.0.join(name)).unwrap();
        let alone = Recording::import(&*text).unwrap().recording;
        assert_eq!((alone.start().seq, alone.end().seq), (*after, *last));
    }
}

#[test]
fn a_first_picture_is_there_after_a_second_though_nothing_happens_and_silence_has_a_beat() {
    let scratch = Scratch::new();
    let mut lab = Lab::open(&scratch.config());
    assert_eq!((scratch.index().segments, scratch.index().hello), (vec![], None));
    lab.snapshot(&tutorial().1);
    lab.pass(SECOND);
    let before = scratch.index();
    assert_eq!(before.segments.len(), 1);
    assert!(before.hello.is_some());
    lab.pass(25 * SECOND);
    let after = scratch.index();
    assert_eq!(
        (after.segments.len(), after.beat),
        (1, before.beat + 2),
        "nothing new is written but the beat"
    );
}

#[test]
fn a_segment_is_finished_by_its_size_whatever_the_time() {
    let (scratch, (records, _)) = (Scratch::new(), tutorial());
    let mut lab = Lab::open(&scratch.config());
    lab.snapshot(&Picture::default());
    let mut seq = 0;
    let many = records.iter().cycle().take(20_000).cloned().map(|record| {
        seq += 1;
        Record { seq, ..record }
    });
    many.collect::<Vec<_>>().chunks(100).for_each(|portion| lab.records(portion));
    let segments = scratch.index().segments;
    assert!(segments.len() > 2, "{}", segments.len());
    assert!(segments.iter().all(|it| it.bytes < 2 * SEGMENT_BYTES as u64));
}

#[test]
fn past_the_limit_the_oldest_go_and_the_list_stays_short() {
    let (scratch, (records, _)) = (Scratch::new(), tutorial());
    let config = PublishConfig { publish_max_bytes: 50_000, ..scratch.config() };
    let mut lab = Lab::open(&config);
    lab.snapshot(&Picture::of_simulation());
    for round in 0..3 {
        let later = |it: &Record| Record { time: it.time + round * SECOND, ..it.clone() };
        for portion in records.chunks(8) {
            lab.records(&portion.iter().map(later).collect::<Vec<_>>());
            lab.pass(6 * SECOND);
        }
        // Numbers begin anew, as after a gap.
        lab.viewer = Viewer::new();
        lab.say(
            r#"{"kind":"hello","schema":1,"engine":"0.1.0","source":"00","dialect":"1.4","payload":"full"}"#,
        );
        lab.snapshot(&Picture::of_simulation());
    }
    lab.pass(6 * SECOND);
    let (index, files) = (scratch.index(), scratch.files());
    let size = |name: &String| std::fs::metadata(scratch.0.join(name)).unwrap().len();
    let bytes: u64 = files.iter().map(size).sum();
    assert!(index.dropped > 0 && index.segments.len() <= 2 * CHAPTER, "{}", index.dropped);
    assert!((25_000..=50_000).contains(&bytes), "{bytes}");
    assert_eq!(lab.publisher.bytes, bytes, "what is counted is what is there");
    assert!(index.older.is_some_and(|name| files.contains(name.as_str())));
    let recording = scratch.read();
    assert!(recording.len() > records.len(), "{}", recording.len());
    assert_eq!(recording.end().connections.len(), 0, "the last begins anew");
}

#[test]
fn after_a_crash_the_next_run_goes_on_and_what_nobody_finds_is_swept() {
    let (scratch, (records, end)) = (Scratch::new(), tutorial());
    let (half, rest) = records.split_at(records.len() / 2);
    let mut lab = Lab::open(&scratch.config());
    lab.snapshot(&Picture::of_simulation());
    lab.records(half);
    lab.pass(6 * SECOND);
    lab.records(&rest[..3]);
    // Killed: nothing says goodbye, and a segment is there that no index has.
    drop(lab);
    let orphan = "0123456789abcdef0123456789abcdef.jsonl";
    std::fs::write(scratch.0.join(orphan), "half a seg").unwrap();
    std::fs::write(scratch.0.join("notes.txt"), "somebody's").unwrap();

    let mut lab = Lab::open(&scratch.config());
    lab.snapshot(&end);
    lab.pass(SECOND);
    let index = scratch.index();
    assert_eq!((index.run, index.ended), (2, false));
    assert_eq!(index.segments.iter().map(|it| it.run).collect::<Vec<_>>(), [1, 2]);
    assert!(!scratch.0.join(orphan).exists() && scratch.0.join("notes.txt").exists());
    let recording = scratch.read();
    assert_eq!((recording.len(), recording.end()), (half.len(), &end));
}

#[test]
fn an_end_writes_what_there_is_and_says_so() {
    let (scratch, (records, end)) = (Scratch::new(), tutorial());
    let mut lab = Lab::open(&scratch.config());
    lab.snapshot(&Picture::of_simulation());
    lab.records(&records);
    lab.publisher.end(lab.now).unwrap();
    assert!(scratch.index().ended);
    assert_eq!(scratch.read().end(), &end);
}

#[test]
fn an_end_that_cannot_be_written_says_so_and_what_is_missing_and_what_was_written_stays() {
    let (scratch, (records, _)) = (Scratch::new(), tutorial());
    let mut lab = Lab::open(&scratch.config());
    lab.snapshot(&Picture::of_simulation());
    let (first, later) = records.split_at(10);
    lab.records(first);
    lab.pass(SECOND * 6);
    // A file stands where the folder was.
    let away = Scratch(scratch.0.with_extension("away"));
    std::fs::rename(&scratch.0, &away.0).unwrap();
    std::fs::write(&scratch.0, "").unwrap();
    lab.records(later);
    let problem = lab.publisher.end(lab.now).unwrap_err().to_string();
    std::fs::remove_file(&scratch.0).unwrap();
    let missing = later.len();
    let told = format!("; that it has ended is not written there, and {missing} records are missing");
    assert!(problem.starts_with("cannot publish to ") && problem.ends_with(&told), "{problem}");
    assert!(!away.index().ended);
    assert_eq!(away.read().len(), first.len());
}

#[test]
fn two_cannot_publish_to_one_folder_and_what_is_none_of_ours_is_left_alone() {
    let scratch = Scratch::new();
    let lab = Lab::open(&scratch.config());
    let refused = |scratch: &Scratch| {
        Publisher::open(&scratch.config(), Instant::now()).map(drop).unwrap_err().to_string()
    };
    assert!(refused(&scratch).ends_with("another program does"), "{}", refused(&scratch));
    drop(lab);
    for (other, reason) in [
        (r#"{"name":"web app"}"#.to_owned(), "missing field `publication`"),
        (serde_json::to_string(&Index { format: FORMAT + 1, ..Index::new(9) }).unwrap(), "its format is 2"),
        (serde_json::to_string(&Index { schema: 7, ..Index::new(9) }).unwrap(), "its schema is 7"),
    ] {
        std::fs::write(scratch.0.join(INDEX), &other).unwrap();
        assert!(refused(&scratch).contains(reason), "{}", refused(&scratch));
        assert_eq!(std::fs::read_to_string(scratch.0.join(INDEX)).unwrap(), other);
    }
}

#[test]
fn what_cannot_be_written_is_said_once_and_counted_and_what_comes_later_goes_on() {
    let (scratch, (records, end)) = (Scratch::new(), tutorial());
    let mut lab = Lab::open(&scratch.config());
    lab.snapshot(&Picture::of_simulation());
    let (first, later) = records.split_at(10);
    lab.records(first);
    lab.pass(SECOND * 6);
    // As a full disk: nothing can be written there.
    let away = scratch.0.with_extension("away");
    std::fs::rename(&scratch.0, &away).unwrap();
    let (lost, rest) = later.split_at(20);
    lost.chunks(10).for_each(|portion| {
        lab.records(portion);
        lab.pass(SECOND * 6);
    });
    assert_eq!(lab.told.len(), 1, "{:?}", lab.told);
    assert!(lab.told[0].contains("what is not written is lost"), "{:?}", lab.told);
    std::fs::rename(&away, &scratch.0).unwrap();
    lab.records(rest);
    lab.pass(SECOND * 6);
    assert!(lab.told[1].ends_with("20 records are missing so far"), "{:?}", lab.told);
    let recording = scratch.read();
    assert_eq!((recording.len(), recording.end().lost), (records.len() - 20, 20));
    assert_eq!(recording.end().connections, end.connections);
}
