use std::future::Future;

use bufferevent::recording::{Picture, Recording};
use bufferevent::sim::{Scenario, Simulation};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;

fn kept(file: &mut Vec<u8>) -> Kept<&mut Vec<u8>> {
    Kept { path: PathBuf::new(), recording: RecordingWriter::new(file).unwrap() }
}

#[test]
fn a_gap_is_counted_in_the_file_and_said_to_the_person() {
    let simulation = Simulation::new(Scenario::tutorial(), Vec::<Record>::new());
    let records = simulation.observer().clone();
    let (mut output, mut file) = (Vec::new(), Vec::new());
    let recording = Some(kept(&mut file));
    let mut sink = Sink::new(false, &mut output, recording, Watched::All);
    let mut viewer = Viewer::new();
    let mut say = |message: &ServerMessage| {
        let heard = viewer.hear(&serde_json::to_vec(message).unwrap()).unwrap();
        sink.take(heard, &viewer).unwrap();
    };
    let mut picture = Box::<Picture>::default();
    say(&ServerMessage::Snapshot { picture: picture.clone(), more: false });
    say(&ServerMessage::Gap { lost: 7, at_least: false });
    picture.seq = 7;
    say(&ServerMessage::Snapshot { picture, more: false });
    let records: Vec<_> =
        records.into_iter().map(|record| Record { seq: record.seq + 7, ..record }).collect();
    say(&ServerMessage::Records { records: records.clone() });
    drop(sink);

    assert!(String::from_utf8(output).unwrap().contains("\n7 records were lost\n"));
    let imported = Recording::import(&file[..]).unwrap();
    assert_eq!(imported.damage, None);
    assert_eq!(imported.recording.len(), records.len());
    assert_eq!(imported.recording.end().lost, 7);
}

#[test]
fn several_bufferevents_of_a_program_have_their_names_in_the_lines_and_in_the_file() {
    let scenario = r#"{"format":2,"dialect":"2.1","bufferevents":{"client":{"pair_with":"server"},"server":{}},
        "timers":{"tick":{"after_ms":5,"do":[[{"write":"x","of":"client"}]]}},"script":[{"advance_ms":5},{"turn":2}]}"#;
    let mut simulation = Simulation::new(Scenario::from_json(scenario).unwrap(), Vec::<Record>::new());
    let names = simulation.names();
    while simulation.run_step() {}
    let (mut output, mut file) = (Vec::new(), Vec::new());
    let recording = Some(kept(&mut file));
    let mut sink = Sink::new(false, &mut output, recording, Watched::All);
    let mut viewer = Viewer::new();
    let records = simulation.observer().clone();
    for message in [
        ServerMessage::Snapshot {
            picture: Box::new(Picture::default().with_names(names.clone())),
            more: false,
        },
        ServerMessage::Records { records },
    ] {
        let heard = viewer.hear(&serde_json::to_vec(&message).unwrap()).unwrap();
        sink.take(heard, &viewer).unwrap();
    }
    drop(sink);

    let output = String::from_utf8(output).unwrap();
    for part in ["conn 1 client ", "conn 2 server ", ":tick"] {
        assert!(output.contains(part), "{part} is not in\n{output}");
    }
    assert_eq!(Recording::import(&file[..]).unwrap().recording.end().names, names);
}

#[test]
fn an_address_is_looked_at_before_anybody_is_asked() {
    for good in ["ws://127.0.0.1:8080/ws", "ws://localhost/ws", "ws://[::1]/ws", "ws://[::1]:1/ws"] {
        assert_eq!(address(good), Ok(good.to_owned()));
    }
    for (bad, why) in [
        ("ws://127.0.0.1:99999/ws", "\"99999\" is no port"),
        ("ws://[::1]:70000/ws", "\"70000\" is no port"),
        ("ws://127.0.0.1:/ws", "\"\" is no port"),
        ("http://127.0.0.1:8080/", "http:// is not spoken"),
        ("wss://127.0.0.1:8080/ws", "wss:// is not spoken"),
        ("127.0.0.1:8080", "expected ws://"),
        ("ws://a b/ws", "expected ws://"),
        ("", "expected ws://"),
    ] {
        let said = address(bad).unwrap_err();
        assert!(said.contains(why), "{bad}: {said}");
    }
}

/// How it ends, in virtual time, with a server that does this with whoever comes.
async fn watched<F: Future<Output = ()> + Send + 'static>(
    serve: impl FnOnce(TcpStream) -> F + Send + 'static,
) -> Result<(), String> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}/ws", listener.local_addr().unwrap());
    tokio::spawn(async move { serve(listener.accept().await.unwrap().0).await });
    let mut sink = Sink::<_, Vec<u8>>::new(false, Vec::new(), None, Watched::All);
    let followed = async { follow(&url, connect(&url).await?, &mut sink).await };
    followed.await.map_err(|error| error.to_string().replace(&url, "URL"))
}

/// The same with a server that has shaken hands and then sends these bytes.
async fn told(bytes: &'static [u8]) -> Result<(), String> {
    watched(async |stream| {
        let mut stream = shaken(stream).await;
        stream.write_all(bytes).await.unwrap();
        stream.shutdown().await.unwrap();
        // A close with something unread would be a reset.
        while stream.read(&mut [0; 1024]).await.is_ok_and(|bytes| bytes > 0) {}
    })
    .await
}

async fn shaken(stream: TcpStream) -> TcpStream {
    tokio_tungstenite::accept_async(stream).await.unwrap().into_inner()
}

#[tokio::test]
async fn a_server_that_ends_in_order_is_no_failure() {
    assert_eq!(told(b"\x88\x02\x03\xe9").await, Ok(()), "1001");
    assert_eq!(told(b"\x88\x02\x03\xe8").await, Ok(()), "1000");
}

#[tokio::test]
async fn a_server_that_breaks_off_or_breaks_the_protocol_is_a_failure_and_said() {
    let broke = "URL: the server broke the protocol: ";
    for (bytes, said) in [
        (&b""[..], "URL: the connection was lost"),
        (b"\x81\x7e\x01\x00half a fra", "URL: the connection was lost"),
        (b"\x88\x00", "URL: the connection was lost: the server closed it without a code"),
        (b"\x88\x02\x03\xf3", "URL: the connection was lost: the server closed it with code 1011"),
        (b"\x82\x03abc", broke),
        (b"\x81\x83abcd\0\0\0", broke),
        (b"\x81\x01\xff", broke),
    ] {
        let ended = told(bytes).await.unwrap_err();
        assert!(if said == broke { ended.starts_with(said) } else { ended == said }, "{bytes:?}: {ended}");
    }
    let reset = watched(async |stream| shaken(stream).await.set_zero_linger().unwrap()).await.unwrap_err();
    assert!(reset.starts_with("URL: the connection was lost: "), "{reset}");
}

#[tokio::test]
async fn what_a_server_says_does_nothing_to_the_terminal() {
    let bad = [
        told(b"\x88\x0b\x03\xf5\x1b]0;mine\x07").await,
        told(b"\x81\x11{\"kind\":\"\x1b[2J\"}\n").await,
        watched(async |mut stream| {
            let _ = stream.read(&mut [0; 4096]).await.unwrap();
            let refusal = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 8\r\n\r\n\x1b[2Jboo!";
            stream.write_all(refusal).await.unwrap();
        })
        .await,
    ];
    for said in bad.map(Result::unwrap_err) {
        assert!(said.chars().all(|char| !char.is_control()), "{said:?}");
    }
}

/// How it ends where this is all that a server says to the handshake.
async fn answered(answer: &'static [u8]) -> String {
    let ended = watched(async move |mut stream| {
        let _ = stream.read(&mut [0; 4096]).await.unwrap();
        // Whoever has heard enough closes.
        let _ = stream.write_all(answer).await;
    });
    ended.await.unwrap_err()
}

#[tokio::test]
async fn what_is_no_handshake_is_said_in_our_words() {
    for (answer, said) in [
        (&b""[..], "it closed the connection before it had answered"),
        (b"220 mail.example ESMTP\r\n\r\n", "its answer is not HTTP"),
        (b"HTTP/1.1 101 Switching Protocols\r\n\r\n", "its answer is no handshake of a WebSocket"),
        (&[b'x'; 300_000], "its answer is not HTTP"),
    ] {
        assert_eq!(answered(answer).await, format!("cannot watch URL: {said}"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_says_nothing_is_waited_for_so_long() {
    let (begun, never) = (tokio::time::Instant::now(), std::future::pending::<()>);
    let mute = watched(async move |stream| {
        never().await;
        drop(stream);
    });
    assert_eq!(mute.await, Err("cannot watch URL: it did not answer within 10 seconds".into()));
    assert_eq!(begun.elapsed().as_secs(), 10);
    let silent = watched(async move |stream| {
        let _stream = shaken(stream).await;
        never().await;
    });
    assert_eq!(silent.await, Err("URL: the server did not say what it is within 10 seconds".into()));
    let only_there = watched(async move |stream| {
        let mut stream = shaken(stream).await;
        while stream.write_all(b"\x89\x00").await.is_ok() {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    });
    assert_eq!(only_there.await, Err("URL: the server did not say what it is within 10 seconds".into()));
    let greets = watched(async move |stream| {
        let mut stream = shaken(stream).await;
        let hello =
            br#"{"kind":"hello","schema":1,"engine":"9","source":"x","dialect":"1.4","payload":"head"}"#;
        stream.write_all(&[0x81, hello.len() as u8]).await.unwrap();
        stream.write_all(hello).await.unwrap();
        never().await;
    });
    assert_eq!(greets.await, Err("URL: the connection was lost: nothing came for 60 seconds".into()));
}

/// Watches nobody: what is wrong with the file is said, or that there is no server.
fn recorded_to(path: &Path) -> String {
    let config = WatchConfig {
        watch: "ws://127.0.0.1:1/ws".into(),
        connection: Vec::new(),
        json: false,
        record: Some(path.to_owned()),
    };
    let publish = PublishConfig::default();
    run(&config, &publish, Vec::new(), std::future::pending()).unwrap_err().to_string()
}

#[test]
fn a_file_that_is_there_is_not_lost_and_without_a_server_none_is_made() {
    let folder = std::env::temp_dir().join(format!("kept-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let (kept, new) = (folder.join("kept.jsonl"), folder.join("new.jsonl"));
    fs::write(&kept, "what was recorded before\n").unwrap();
    let said = recorded_to(&kept);
    assert!(said.starts_with("cannot record to ") && said.contains("would be lost: remove it"), "{said}");
    assert!(Kept::create(&kept).is_err(), "written by somebody else while the server was asked");
    assert_eq!(fs::read_to_string(&kept).unwrap(), "what was recorded before\n");
    let said = recorded_to(&new);
    assert!(said.starts_with("cannot watch ws://"), "{said}");
    assert!(!new.exists(), "nothing was heard that could be in it");
    fs::write(&new, "").unwrap();
    assert!(Kept::create(&new).is_ok(), "an empty file has nothing to lose");
    fs::remove_dir_all(&folder).unwrap();
}

/// Has room for so many bytes.
struct Disk(usize);

impl Write for Disk {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.checked_sub(bytes.len()).ok_or(io::ErrorKind::StorageFull)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn what_cannot_be_kept_or_printed_is_named() {
    let picture = || Heard::Snapshot(Box::default());
    let mut printing = Sink::<_, Vec<u8>>::new(false, Disk(0), None, Watched::All);
    let said = printing.take(picture(), &Viewer::new()).unwrap_err().to_string();
    assert!(said.starts_with("cannot print what is watched: "), "{said}");
    let recording = RecordingWriter::new(Disk(1000)).unwrap();
    let kept = Kept { path: "a/file".into(), recording };
    let mut keeping = Sink::new(false, Vec::new(), Some(kept), Watched::All);
    let ends = (0..100).map(|_| keeping.take(picture(), &Viewer::new()));
    let said = ends.filter_map(Result::err).next().unwrap().to_string();
    assert!(said.starts_with("cannot record to a/file: "), "{said}");
}
