//! A service on this machine that fails as planned. It is written by hand, because HTTP libraries can't violate HTTP.

use std::{
    collections::HashMap,
    io,
    sync::{Arc, Mutex},
    time::Duration,
};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use super::plan::{Fate, Fault, Good, Plan};

/// The header that names the call of a request.
pub const CALL: &str = "x-call";
/// The account of call 0. Each call has the next number.
pub const FIRST_ACCOUNT: u64 = 8_618_200_000_000;

/// What happened to the requests of each call, in the order of arrival.
pub type Log = HashMap<u64, Vec<Result<Good, Fault>>>;

pub struct Server {
    pub address: String,
    plan: Plan,
    log: Mutex<Log>,
}

impl Server {
    pub async fn start(plan: Plan) -> Arc<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let server = Arc::new(Self { address, plan, log: Mutex::default() });
        let serving = Arc::clone(&server);
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                let server = Arc::clone(&serving);
                // Clients cancel requests, which is not an error.
                tokio::spawn(async move { server.serve(connection).await.ok() });
            }
        });
        server
    }

    pub fn log(&self) -> Log {
        self.log.lock().unwrap().clone()
    }

    fn fate(&self, call: u64) -> Fate {
        let mut log = self.log.lock().unwrap();
        let requests = log.entry(call).or_default();
        let fate = self.plan.fate(call, requests.len());
        requests.push(fate.outcome);
        fate
    }

    async fn serve(&self, mut connection: TcpStream) -> io::Result<()> {
        connection.set_nodelay(true)?;
        while let Some(request) = Request::read(&mut connection).await? {
            let fate = self.fate(request.call);
            let body = envelope(200, data(&request.operation, request.about())).to_string();
            match fate.outcome {
                Ok(Good::AtOnce) => connection.write_all(&whole(200, "", &body)).await?,
                Ok(Good::InPieces) => {
                    let answer = whole(200, "", &body);
                    for piece in answer.chunks(answer.len() / 3 + 1) {
                        connection.write_all(piece).await?;
                        tokio::time::sleep(Duration::from_millis(2)).await;
                    }
                }
                Ok(Good::ThenClosed) => return connection.write_all(&whole(200, "", &body)).await,
                Err(Fault::Reset) => return connection.set_zero_linger(),
                Err(Fault::HalfAHead) => return connection.write_all(&whole(200, "", &body)[..20]).await,
                Err(Fault::Page) => connection.write_all(&whole(503, "", "<html>come back later</html>")).await?,
                Err(Fault::TooMany) => connection.write_all(&whole(429, "retry-after: 0\r\n", "slower")).await?,
                Err(Fault::DatabaseError) => {
                    let refusal = envelope(517, Value::Null).to_string();
                    connection.write_all(&whole(200, "", &refusal)).await?;
                }
                Err(Fault::Slow) => {
                    // Until the client has closed. A late response must not do any harm.
                    while connection.read(&mut [0; 64]).await? > 0 {}
                    return connection.write_all(&whole(200, "", &body)).await;
                }
                Err(Fault::CutBody) => {
                    let answer = whole(200, "", &body);
                    let end = answer.len() - cut(&body, fate.cut).len().max(1);
                    return connection.write_all(&answer[..end]).await;
                }
                Err(Fault::CutChunks) => {
                    let part = cut(&body, fate.cut);
                    connection.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").await?;
                    if !part.is_empty() {
                        let size = format!("{:x}\r\n", part.len());
                        connection.write_all(&[size.as_bytes(), part, b"\r\n"].concat()).await?;
                    }
                    return Ok(());
                }
                Err(Fault::CutJson) => connection.write_all(&whole(200, "", cut(&body, fate.cut))).await?,
                Err(Fault::Garbage) => connection.write_all(&whole(200, "", "}{ \u{1}garbage")).await?,
            }
        }
        Ok(())
    }
}

/// Returns a start of a text that is shorter than it and may be empty. It may end within a character.
fn cut(text: &str, at: f64) -> &[u8] {
    &text.as_bytes()[..(text.len() as f64 * at) as usize]
}

fn whole(status: u16, headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    [format!("HTTP/1.1 {status} X\r\n{headers}content-length: {}\r\n\r\n", body.len()).as_bytes(), body].concat()
}

fn envelope(code: u16, data: Value) -> Value {
    json!({ "code": code, "message": "x", "data": data })
}

/// Returns the data of an operation for the agent with this id.
pub fn data(operation: &str, id: u64) -> Value {
    let (login, number) = (format!("agent-{id}"), (FIRST_ACCOUNT + id).to_string());
    let account = json!({ "whatsApp": number, "name": format!("name-{id}") });
    let agent = |of: Value| {
        let mut agent = json!({ "userId": id, "agentAccount": login, "whatsAppList": vec![of; 12] });
        if operation == "queryAllOlWhatsAppInfo" {
            agent["userName"] = json!(login);
        }
        agent
    };
    match operation {
        "queryUserStatus" => json!([agent(account)]),
        "queryAllOlWhatsAppInfo" => {
            json!([{ "source": 1, "list": [agent(account)] }, { "source": 2, "list": [] }])
        }
        "queryWhatsAppInfo" => {
            json!({ "userId": id.to_string(), "agentAccount": login, "source": 2, "whatsApp": number })
        }
        "queryUserStatusLog" => json!([agent(json!({
            "whatsApp": number, "name": "x", "countryCode": "哥伦比亚", "createTime": "2024-07-08 19:25:31",
            "detailStatus": 12, "source": 1, "status": 10,
        }))]),
        _ => json!([agent(json!({ "whatsApp": number, "name": "x", "status": 10 }))]),
    }
}

struct Request {
    call: u64,
    operation: String,
    request: Value,
}

impl Request {
    /// Reads the next request, or returns `None` if the client has closed the connection.
    async fn read(connection: &mut TcpStream) -> io::Result<Option<Self>> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            match connection.read_u8().await {
                Ok(byte) => head.push(byte),
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
                Err(error) => return Err(error),
            }
        }
        let head = String::from_utf8(head).map_err(io::Error::other)?;
        let header = |name: &str| -> u64 {
            let values = head.lines().filter_map(|line| line.split_once(": "));
            values
                .filter(|(other, _)| other.eq_ignore_ascii_case(name))
                .find_map(|(_, value)| value.parse().ok())
                .unwrap()
        };
        let mut body = vec![0; usize::try_from(header("content-length")).unwrap()];
        connection.read_exact(&mut body).await?;
        let path = head.split(' ').nth(1).unwrap();
        let operation = path.rsplit('/').next().unwrap().to_owned();
        Ok(Some(Self { call: header(CALL), operation, request: serde_json::from_slice(&body)? }))
    }

    /// Returns the id of the agent that is queried. One operation queries no agent; then it is the call's number.
    fn about(&self) -> u64 {
        let request = &self.request;
        let by_account = || Some(request["whatsapp"].as_u64()? - FIRST_ACCOUNT);
        let by_login = || request["agentAccount"].as_str()?.strip_prefix("agent-")?.parse().ok();
        request["userId"].as_u64().or_else(by_account).or_else(by_login).unwrap_or(self.call)
    }
}
