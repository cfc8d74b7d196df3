//! Who there is: agents and WhatsApp accounts, and their names at any time.
//!
//! Everybody is invented. Of the numbers, zeros follow the calling code, with which no subscriber's number begins.

use std::collections::HashMap;

use fastrand::Rng;
use group_dispatch_types::{UserId, WhatsAppNumber};

use super::timeline::Timeline;
use crate::{
    random::{Random, numbers},
    scenario::Scenario,
};

/// A support agent.
pub struct Agent {
    pub id: UserId,
    pub names: Timeline<AgentNames>,
}

/// What an agent is called.
pub struct AgentNames {
    pub login: String,
    pub name: String,
}

/// A WhatsApp account.
pub struct Account {
    pub number: WhatsAppNumber,
    pub profile: Timeline<Profile>,
}

/// What an account is called, and where it is from.
#[derive(Clone)]
pub struct Profile {
    pub nickname: Option<String>,
    pub country: &'static str,
}

/// Countries with their calling codes.
const COUNTRIES: [(&str, u64); 6] =
    [("中国", 86), ("Indonesia", 62), ("哥伦比亚", 57), ("Nigeria", 234), ("Brasil", 55), ("英国", 44)];
const NICKNAMES: [&str; 8] = ["mia", "leo", "小美", "ventas", "toko", "Señor Taco", "बिक्री", "☕ kopi"];
const AGENT_NAMES: [&str; 6] = ["王样例", "Budi Contoh", "Asha Namuna", "Ana Ejemplo", "Léa Exemple", "Jane Sample"];

/// Everybody.
pub struct Cast {
    /// By id.
    pub agents: Vec<Agent>,
    pub accounts: Vec<Account>,
    by_login: HashMap<String, u32>,
    by_number: HashMap<WhatsAppNumber, u32>,
    random: Rng,
    /// Names that were given out. Each is new, so that none is mistaken for an old one.
    names: u64,
}

impl Cast {
    pub fn new(scenario: &Scenario) -> Self {
        let mut cast = Self {
            agents: Vec::new(),
            accounts: Vec::new(),
            by_login: HashMap::new(),
            by_number: HashMap::new(),
            random: numbers(scenario.seed, *b"cast    "),
            names: 0,
        };
        for index in 0..scenario.agents {
            let names = AgentNames { login: cast.login(index), name: cast.agent_name() };
            cast.agents.push(Agent { id: UserId::from(700_101 + 13 * index), names: Timeline::always(names) });
        }
        cast
    }

    /// Adds an account with a number that nobody had. Returns its index.
    pub fn add_account(&mut self) -> u32 {
        let index = self.accounts.len() as u32;
        let (country, code) = COUNTRIES[index as usize % COUNTRIES.len()];
        // 37 shares no factor with the numbers, so that none comes twice, and their order is not that of the accounts.
        let number = code * 1_000_000_000 + u64::from(index) * 37 % 1_000_000;
        let number = WhatsAppNumber::new(number).unwrap_or(WhatsAppNumber::MAX);
        let profile = Profile { nickname: self.nickname(), country };
        self.accounts.push(Account { number, profile: Timeline::always(profile) });
        self.by_number.insert(number, index);
        index
    }

    /// Gives an agent another login account, another name, or both.
    pub fn rename_agent(&mut self, agent: u32, at: i64) {
        let what = self.random.u8(0..3);
        let (login, name) = ((what != 1).then(|| self.login(agent)), (what != 0).then(|| self.agent_name()));
        let names = &mut self.agents[agent as usize].names;
        let Some(AgentNames { login: old_login, name: old_name }) = names.last() else { return };
        let names_now =
            AgentNames { login: login.unwrap_or(old_login.clone()), name: name.unwrap_or(old_name.clone()) };
        names.set(at, names_now);
    }

    /// Gives an account another nickname or, more rarely, another country.
    pub fn rename_account(&mut self, account: u32, at: i64) {
        let Some(mut profile) = self.accounts[account as usize].profile.last().cloned() else { return };
        if self.random.chance(0.8) {
            profile.nickname = self.nickname();
        } else {
            profile.country = self.random.pick(&COUNTRIES).0;
        }
        self.accounts[account as usize].profile.set(at, profile);
    }

    /// Returns the agent that has a login account at a time.
    pub fn agent_by_login(&self, login: &str, at: i64) -> Option<u32> {
        let agent = *self.by_login.get(login)?;
        (self.agents[agent as usize].names.at(at)?.login == login).then_some(agent)
    }

    pub fn agent_by_id(&self, id: UserId) -> Option<u32> {
        self.agents.binary_search_by_key(&id, |agent| agent.id).ok().map(|index| index as u32)
    }

    pub fn account_by_number(&self, number: WhatsAppNumber) -> Option<u32> {
        self.by_number.get(&number).copied()
    }

    /// Gives out a new login account.
    fn login(&mut self, agent: u32) -> String {
        self.names += 1;
        let login = format!("cs{agent:03}x{}", self.names);
        self.by_login.insert(login.clone(), agent);
        login
    }

    fn agent_name(&mut self) -> String {
        self.names += 1;
        format!("{} {}", self.random.pick(&AGENT_NAMES), self.names)
    }

    /// Some accounts have no nickname, and of those some say so with an empty one.
    fn nickname(&mut self) -> Option<String> {
        self.names += 1;
        match self.random.u8(0..10) {
            0 => None,
            1 => Some(String::new()),
            _ => Some(format!("{} {}", self.random.pick(&NICKNAMES), self.names)),
        }
    }
}
