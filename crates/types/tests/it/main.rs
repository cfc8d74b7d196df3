//! The tests of the types: their forms on the wire and as text.

mod decisions;
mod page_examples;
mod rate_limits;
mod signing;
mod text_forms;
mod times;
mod whatsapp_numbers;
mod wire_forms;
