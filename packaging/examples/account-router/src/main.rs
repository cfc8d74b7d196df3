//! Prints who answers a customer.

use account_router::route;
use group_dispatch_client::Client;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let account = std::env::args().nth(1).ok_or("expected the customer's phone number")?;
    println!("{}", route(&Client::from_env()?, &account).await?);
    Ok(())
}
