//! Serves the page at <http://127.0.0.1:3000/>.

use std::time::Duration;

use group_dispatch_client::Client;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let page = online_page::router(&Client::from_env()?, Duration::from_secs(5));
    let listener = TcpListener::bind("127.0.0.1:3000").await?;
    println!("http://{}/", listener.local_addr()?);
    axum::serve(listener, page).await?;
    Ok(())
}
