//! What a round asks about all agents, and what it asks instead where that fails.

use group_dispatch_types::Source;

use super::{Mirror, SOURCES};
use crate::question::Question;

/// The sources of queryAllOlWhatsAppInfo.
const NAMED_SOURCES: [Source; 2] = [Source::Pc, Source::Mobile];

impl Mirror {
    /// Returns what a round asks about all agents.
    pub(super) fn questions(&mut self, now: i64) -> Vec<Question> {
        self.refused.retain(|(_, until)| *until > now);
        let mut questions = vec![Question::AllOnline];
        if self.is_refused(Question::AllOnline) {
            questions.extend(NAMED_SOURCES.map(Question::OnlineAt));
        }
        questions.push(Question::OnlineAt(Source::Cloud));
        questions.extend(SOURCES.map(|source| Question::Log { source, whats_app: None }));
        questions.retain(|question| !self.is_refused(*question));
        questions
    }

    /// Asks for each source of which queryAllOlWhatsAppInfo gave no whole answer, next in this round.
    pub(super) fn ask_each_source(&mut self) {
        for source in NAMED_SOURCES.into_iter().rev() {
            let question = Question::OnlineAt(source);
            let is_refused = self.is_refused(question);
            let Some(round) = &mut self.round else { return };
            if !is_refused && !round.seen.contains_key(&source) {
                round.questions.push_front(question);
            }
        }
    }

    fn is_refused(&self, question: Question) -> bool {
        self.refused.iter().any(|(refused, _)| *refused == question)
    }
}
