//! The screen of `watch`: draws the view, and handles keys.

use anyhow::Context;
use crossterm::event::{Event, EventStream, KeyCode, KeyEvent, KeyModifiers};
use futures_util::StreamExt;
use ratatui::DefaultTerminal;

use super::{
    observer::Observer,
    view::{Known, View},
};

pub async fn run(mut observer: Observer) -> anyhow::Result<()> {
    let mut view = View::new(&observer.address());
    let mut screen = Screen::open()?;
    let mut events = EventStream::new();
    loop {
        screen.0.draw(|frame| view.render(frame)).context("cannot draw on the terminal")?;
        tokio::select! {
            response = observer.next() => {
                let known = Known {
                    online: observer.online(),
                    doubted: observer.doubted(),
                    stale_age: observer.stale_age(),
                };
                let response = response?.map(|changes| changes.into_iter().map(|(change, _)| change).collect());
                view.update(&observer.now(), response, known);
            }
            // The end of the events means that the terminal is closed.
            event = events.next() => match event.transpose().context("cannot read the terminal")? {
                Some(Event::Key(key)) if key.is_press() => match key.code {
                    _ if is_quit(key) => return Ok(()),
                    KeyCode::Up | KeyCode::Char('k') => view.scroll(-1),
                    KeyCode::Down | KeyCode::Char('j') => view.scroll(1),
                    KeyCode::PageUp => view.scroll_pages(-1),
                    KeyCode::PageDown | KeyCode::Char(' ') => view.scroll_pages(1),
                    _ => {}
                },
                Some(_) => {}
                None => return Ok(()),
            },
        }
    }
}

fn is_quit(key: KeyEvent) -> bool {
    let is_interrupt = key.code == KeyCode::Char('c') && key.modifiers.contains(KeyModifiers::CONTROL);
    is_interrupt || matches!(key.code, KeyCode::Char('q') | KeyCode::Esc)
}

/// Takes over the terminal. Restores it when dropped, also after a panic.
struct Screen(DefaultTerminal);

impl Screen {
    fn open() -> anyhow::Result<Self> {
        // Without this, crossterm would respect only NO_COLOR.
        crossterm::style::force_color_output(anstream::stdout().current_choice() != anstream::ColorChoice::Never);
        Ok(Self(ratatui::try_init().context("cannot take over the terminal; --output text prints lines")?))
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let _ = ratatui::try_restore();
    }
}
