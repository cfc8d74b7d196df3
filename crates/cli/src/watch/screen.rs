//! The screen of a terminal, and its keys.

use anyhow::Context;
use crossterm::event::{Event, EventStream, KeyCode, KeyEvent, KeyModifiers};
use futures_util::StreamExt;
use ratatui::DefaultTerminal;

use super::{Observer, view::View};

pub async fn run(mut observer: Observer) -> anyhow::Result<()> {
    let mut view = View::new(&observer.service.url);
    let mut screen = Screen::open()?;
    let mut events = EventStream::new();
    loop {
        screen.0.draw(|frame| view.render(frame)).context("cannot draw on the terminal")?;
        tokio::select! {
            news = observer.next() => {
                let present = observer.watch.present().into_iter().filter(|group| observer.is_watched(group.source));
                let doubted = observer.watch.doubted().collect();
                view.take(&observer.now(), news?, present.collect(), doubted);
            }
            // Without events, the terminal is gone.
            event = events.next() => match event.transpose().context("cannot read the terminal")? {
                Some(Event::Key(key)) if key.is_press() => match key.code {
                    _ if leaves(key) => return Ok(()),
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

fn leaves(key: KeyEvent) -> bool {
    let is_interrupt = key.code == KeyCode::Char('c') && key.modifiers.contains(KeyModifiers::CONTROL);
    is_interrupt || matches!(key.code, KeyCode::Char('q') | KeyCode::Esc)
}

/// The terminal, taken over until this is dropped; a panic gives it back as well.
struct Screen(DefaultTerminal);

impl Screen {
    fn open() -> anyhow::Result<Self> {
        // By itself it would look at NO_COLOR alone.
        crossterm::style::force_color_output(anstream::stdout().current_choice() != anstream::ColorChoice::Never);
        Ok(Self(ratatui::try_init().context("cannot take over the terminal; --output text prints lines")?))
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let _ = ratatui::try_restore();
    }
}
