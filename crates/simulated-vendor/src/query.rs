//! The five queries, and how the vendor answers each, well or badly.

mod moment;

use fastrand::Rng;
use group_dispatch_types::{
    GetLatestOnlineWhatsAccountRequest, NoParameters, OnlineAccount, OnlineAgent, QueryUserStatusLogRequest,
    QueryUserStatusRequest, QueryWhatsAppInfoRequest, Source, SourceGroup, UserId, WhatsAppNumber,
};

pub use self::moment::Moment;
use self::sealed::Answered;
use crate::{faults::Element, reply::Place, sources::SOURCES};

/// A request of one of the five account queries.
pub trait Query: Answered {}

impl<Q: Answered> Query for Q {}

pub mod sealed {
    use fastrand::Rng;
    use group_dispatch_types::{Request, Source};

    use super::Moment;
    use crate::{faults::Element, reply::Place};

    /// What the simulation needs of a query.
    pub trait Answered: Request {
        /// Answers without faults.
        fn answer(&self, moment: &Moment<'_>) -> Self::Data;

        /// Returns the sources about which the vendor may lie in the answer, each with how many accounts are online there.
        fn online(&self, _: &Self::Data) -> Vec<(Source, usize)> {
            Vec::new()
        }

        /// Removes accounts of a source from the answer, until `kept` are left.
        fn lose(&self, _: &mut Self::Data, _: Source, _kept: usize) {}

        /// Removes a random element from the answer. Returns where it was; `None` if there is none.
        fn leave_out(_: &mut Self::Data, random: &mut Rng) -> Option<Place>;

        /// Removes an element from the answer wherever it is, and adds where it was.
        fn leave_out_element(_: &mut Self::Data, _: Element, _: &mut Vec<Place>) {}
    }
}

impl Answered for QueryUserStatusRequest {
    fn answer(&self, moment: &Moment<'_>) -> Vec<OnlineAgent> {
        let login = filter(self.user_name.as_deref());
        let agents = moment.agents(self.user_id, login);
        let named = agents.filter_map(|agent| moment.online_agent(agent, self.source));
        named
            .map(|agent| OnlineAgent {
                agent_account: agent.agent_account,
                user_id: agent.user_id,
                whats_app_list: agent.whats_app_list,
            })
            .collect()
    }

    fn online(&self, data: &Self::Data) -> Vec<(Source, usize)> {
        let is_filtered = self.user_id.is_some() || filter(self.user_name.as_deref()).is_some();
        let online = data.iter().map(|agent| agent.whats_app_list.len()).sum();
        if is_filtered { Vec::new() } else { vec![(self.source, online)] }
    }

    fn lose(&self, data: &mut Self::Data, _: Source, kept: usize) {
        lose(data, kept, |agent| &mut agent.whats_app_list);
    }

    fn leave_out(data: &mut Self::Data, random: &mut Rng) -> Option<Place> {
        leave_out("", data, random, |agent| &mut agent.whats_app_list)
    }

    fn leave_out_element(data: &mut Self::Data, element: Element, places: &mut Vec<Place>) {
        leave_out_element(
            "",
            data,
            element,
            |agent| (agent.user_id, &mut agent.whats_app_list),
            |account| account.whats_app,
            places,
        );
    }
}

impl Answered for NoParameters {
    fn answer(&self, moment: &Moment<'_>) -> Vec<SourceGroup> {
        let group = |source| SourceGroup {
            source,
            list: moment.agents(None, None).filter_map(|agent| moment.online_agent(agent, source)).collect(),
        };
        vec![group(Source::Pc), group(Source::Mobile)]
    }

    fn online(&self, data: &Self::Data) -> Vec<(Source, usize)> {
        let online = |group: &SourceGroup| group.list.iter().map(|agent| agent.whats_app_list.len()).sum();
        data.iter().map(|group| (group.source, online(group))).collect()
    }

    fn lose(&self, data: &mut Self::Data, source: Source, kept: usize) {
        for group in data.iter_mut().filter(|group| group.source == source) {
            lose(&mut group.list, kept, |agent| &mut agent.whats_app_list);
        }
    }

    fn leave_out(data: &mut Self::Data, random: &mut Rng) -> Option<Place> {
        let first = random.usize(0..2);
        let mut order = [first, 1 - first].into_iter();
        order.find_map(|group| {
            let agents = &mut data.get_mut(group)?.list;
            leave_out(&format!("/{group}/list"), agents, random, |agent| &mut agent.whats_app_list)
        })
    }

    fn leave_out_element(data: &mut Self::Data, element: Element, places: &mut Vec<Place>) {
        for (number, group) in data.iter_mut().enumerate() {
            leave_out_element(
                &format!("/{number}/list"),
                &mut group.list,
                element,
                |agent| (agent.user_id, &mut agent.whats_app_list),
                |account| account.whats_app,
                places,
            );
        }
    }
}

impl Answered for QueryWhatsAppInfoRequest {
    fn answer(&self, moment: &Moment<'_>) -> Self::Data {
        match self.source {
            Some(source) => moment.location(self.whatsapp.into(), &[source]),
            None => moment.location(self.whatsapp.into(), &SOURCES[..2]),
        }
    }

    /// An object that can't be read is an error and not an answer (D42).
    fn leave_out(_: &mut Self::Data, _: &mut Rng) -> Option<Place> {
        None
    }
}

impl Answered for QueryUserStatusLogRequest {
    fn answer(&self, moment: &Moment<'_>) -> Self::Data {
        let login = filter(self.agent_account.as_deref());
        moment.logs(self.source, login, self.whats_app)
    }

    fn leave_out(data: &mut Self::Data, random: &mut Rng) -> Option<Place> {
        leave_out("", data, random, |agent| &mut agent.whats_app_list)
    }

    fn leave_out_element(data: &mut Self::Data, element: Element, places: &mut Vec<Place>) {
        leave_out_element(
            "",
            data,
            element,
            |agent| (agent.user_id, &mut agent.whats_app_list),
            |record| record.whats_app,
            places,
        );
    }
}

impl Answered for GetLatestOnlineWhatsAccountRequest {
    fn answer(&self, moment: &Moment<'_>) -> Self::Data {
        moment.agents(self.user_id, None).filter_map(|agent| moment.recent_accounts(agent, self.source)).collect()
    }

    fn leave_out(data: &mut Self::Data, random: &mut Rng) -> Option<Place> {
        leave_out("", data, random, |agent| &mut agent.whats_app_list)
    }

    fn leave_out_element(data: &mut Self::Data, element: Element, places: &mut Vec<Place>) {
        leave_out_element(
            "",
            data,
            element,
            |agent| (agent.user_id, &mut agent.whats_app_list),
            |account| account.whats_app,
            places,
        );
    }
}

/// An empty filter is no filter.
fn filter(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !text.is_empty())
}

/// Removes accounts until `kept` are left, and agents that have none then.
fn lose<A>(agents: &mut Vec<A>, kept: usize, list: impl Fn(&mut A) -> &mut Vec<OnlineAccount>) {
    let mut left = kept;
    agents.retain_mut(|agent| {
        let accounts = list(agent);
        accounts.truncate(left);
        left -= accounts.len();
        !accounts.is_empty()
    });
}

/// Removes a random agent or, more often, a random element of its list. Returns where it was; `None` if there is no agent.
/// `path` is the JSON pointer of the agents.
fn leave_out<A, E>(
    path: &str,
    agents: &mut Vec<A>,
    random: &mut Rng,
    list: impl Fn(&mut A) -> &mut Vec<E>,
) -> Option<Place> {
    if agents.is_empty() {
        return None;
    }
    let agent = random.usize(0..agents.len());
    let elements = list(&mut agents[agent]);
    if elements.is_empty() || random.u8(0..4) == 0 {
        agents.remove(agent);
        return Some(Place { list: path.to_owned(), index: agent });
    }
    let index = random.usize(0..elements.len());
    elements.remove(index);
    Some(Place { list: format!("{path}/{agent}/whatsAppList"), index })
}

/// Removes an element wherever it is, and adds where it was. `path` is the JSON pointer of the agents.
fn leave_out_element<A, E>(
    path: &str,
    agents: &mut Vec<A>,
    element: Element,
    list: impl for<'a> Fn(&'a mut A) -> (UserId, &'a mut Vec<E>),
    number: impl Fn(&E) -> WhatsAppNumber,
    places: &mut Vec<Place>,
) {
    let mut index = 0;
    while let Some(agent) = agents.get_mut(index) {
        let (user_id, elements) = list(agent);
        if element == Element::Agent(user_id) {
            agents.remove(index);
            places.push(Place { list: path.to_owned(), index });
            continue;
        }
        while let Some(rank) = elements.iter().position(|one| element == Element::Account(number(one))) {
            elements.remove(rank);
            places.push(Place { list: format!("{path}/{index}/whatsAppList"), index: rank });
        }
        index += 1;
    }
}
