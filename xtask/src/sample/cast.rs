//! The agents and accounts of the sample: invented ones of eleven countries, and those of the vendor's page.
//!
//! Agents' family names mean "sample" in their languages. Phone numbers are from the range that a country reserves for
//! fiction; if there is none, zeros follow the calling code, with which no subscriber's number begins.

use super::random::{HOUR, MINUTE, Random};

/// The account of the page's own record, which has no other event: so the page's request for it is answered as on the page.
pub const PAGE_RECORD_NUMBER: &str = "573125704139";

pub const PC: u32 = 1;
pub const MOBILE: u32 = 2;
pub const CLOUD: u32 = 3;

/// A support agent.
pub struct Agent {
    pub id: u64,
    pub login: String,
    pub name: String,
    /// When the shift begins, in seconds after midnight at UTC+8.
    pub shift: u64,
    /// Whether it works on Saturdays and Sundays too.
    pub weekends: bool,
}

/// A WhatsApp account.
pub struct Account {
    pub number: String,
    pub name: Option<&'static str>,
    pub country: &'static str,
    pub sources: &'static [u32],
    /// Its agent, as an index.
    pub agent: usize,
    /// The agent that has it from the fourth day on, where that is another.
    pub next_agent: Option<usize>,
    /// The day on which it is banned, counted from 0.
    pub banned: Option<u64>,
    /// Nothing ever interrupts it: an account of the page, which has to be online at the end.
    pub steady: bool,
}

impl Account {
    /// The agent that has the account on a day.
    pub fn agent_on(&self, day: u64) -> usize {
        self.next_agent.filter(|_| day >= 3).unwrap_or(self.agent)
    }
}

struct Country {
    /// As the vendor writes it: a name, in no language in particular.
    name: &'static str,
    /// What its agents' logins begin with.
    team: &'static str,
    /// What its numbers begin with, and how many digits follow.
    numbers: (&'static str, u32),
    /// The hour at which its working day begins, at UTC+8.
    morning: u64,
    agents: [&'static str; 5],
}

#[rustfmt::skip]
const COUNTRIES: [Country; 11] = [
    Country { name: "中国", team: "cn", numbers: ("860000000", 4), morning: 9,
        agents: ["王样例", "李样例", "赵样例", "孙样例", "周样例"] },
    Country { name: "Indonesia", team: "id", numbers: ("62000000", 4), morning: 10,
        agents: ["Budi Contoh", "Siti Contoh", "Agus Contoh", "Dewi Contoh", "Putri Contoh"] },
    Country { name: "印度", team: "in", numbers: ("91000000", 4), morning: 11,
        agents: ["Asha Namuna", "Ravi Namuna", "Meena Namuna", "Kiran Namuna", "Arjun Namuna"] },
    Country { name: "Deutschland", team: "de", numbers: ("4917139200", 2), morning: 15,
        agents: ["Lotte Beispiel", "Fritz Beispiel", "Jörg Beispiel", "Käthe Beispiel", "Uwe Beispiel"] },
    Country { name: "Nigeria", team: "ng", numbers: ("234000000", 4), morning: 16,
        agents: ["Ngozi Apẹẹrẹ", "Tunde Apẹẹrẹ", "Bisi Apẹẹrẹ", "Emeka Apẹẹrẹ", "Sade Apẹẹrẹ"] },
    Country { name: "Brasil", team: "br", numbers: ("55000000", 4), morning: 20,
        agents: ["Zé Exemplo", "Duda Exemplo", "Beto Exemplo", "Nanda Exemplo", "Tuca Exemplo"] },
    Country { name: "英国", team: "uk", numbers: ("447700900", 3), morning: 16,
        agents: ["Nell Specimen", "Alfie Specimen", "Poppy Specimen", "Archie Specimen", "Maisie Specimen"] },
    Country { name: "哥伦比亚", team: "co", numbers: ("57000000", 4), morning: 22,
        agents: ["Ana Ejemplo", "Pacho Ejemplo", "Luz Ejemplo", "Nico Ejemplo", "Flor Ejemplo"] },
    Country { name: "France", team: "fr", numbers: ("33639980", 3), morning: 15,
        agents: ["Léa Exemple", "Théo Exemple", "Zoé Exemple", "Loïc Exemple", "Inès Exemple"] },
    Country { name: "México", team: "mx", numbers: ("52000000", 4), morning: 23,
        agents: ["Lupita Muestra", "Memo Muestra", "Chela Muestra", "Nacho Muestra", "Paco Muestra"] },
    Country { name: "United States", team: "us", numbers: ("120255501", 2), morning: 21,
        agents: ["Jane Sample", "Buck Sample", "Daisy Sample", "Hank Sample", "Peggy Sample"] },
];

#[rustfmt::skip]
const NICKNAMES: [&str; 24] = [
    "mia", "leo", "小美", "阿明", "客服7", "ventas 2", "toko 88", "rani",
    "otto", "Suporte", "help desk", "lulu", "nina", "加油站", "tía Rosa", "kios pagi",
    "max", "Señor Taco", "orders", "बिक्री", "bébé mode", "SPAREPARTS 24/7", "☕ kopi", "zoe",
];

/// Where an account may be used; what is listed more often happens more often.
const SOURCES: [&[u32]; 7] = [&[PC], &[PC], &[MOBILE], &[MOBILE], &[MOBILE, PC], &[CLOUD], &[CLOUD]];

/// The page's agents, which come after the invented ones.
const PAGE_AGENTS: [(u64, &str); 3] = [(12, "u1"), (621_443, "lsl001"), (868_024, "202503101")];

/// Invented agents, without the page's.
const INVENTED: usize = 45;

/// Every agent; [`accounts`] refers to them by index.
pub fn agents(random: &mut Random) -> Vec<Agent> {
    let invented = (0..INVENTED).map(|index| {
        let country = &COUNTRIES[index % COUNTRIES.len()];
        let member = index / COUNTRIES.len();
        Agent {
            id: 700_101 + 13 * index as u64,
            login: format!("{}{:02}", country.team, member + 1),
            name: country.agents[member].to_owned(),
            shift: country.morning * HOUR + random.between(0, 3) * 30 * MINUTE,
            weekends: random.one_in(2),
        }
    });
    let mut agents: Vec<Agent> = invented.collect();
    agents.extend(PAGE_AGENTS.map(|(id, login)| Agent {
        id,
        login: login.to_owned(),
        name: login.to_owned(),
        // At work when the sample ends, because the page shows them online.
        shift: 13 * HOUR,
        weekends: true,
    }));
    agents
}

/// Every account.
pub fn accounts(random: &mut Random) -> Vec<Account> {
    let mut accounts = Vec::new();
    let mut given_out = [0; COUNTRIES.len()];
    for agent in 0..INVENTED {
        // Some agents have more accounts at one source than the ten that an answer shows.
        let busy = agent % 12 == 4;
        let most = if busy { 13 } else { 2 + usize::from(agent % 4 == 1) };
        for _ in 0..most {
            let home = agent % COUNTRIES.len();
            let country = if random.one_in(5) { random.index(COUNTRIES.len()) } else { home };
            let sources: &[u32] = match (busy, agent % 24) {
                (true, 4) => &[PC],
                (true, _) => &[MOBILE],
                (false, _) => random.pick(&SOURCES),
            };
            let nth = accounts.len();
            // To the next agent of the same team, whose shift is about the same.
            let next_agent = (nth % 20 == 9).then_some(agent + COUNTRIES.len()).filter(|&next| next < INVENTED);
            let banned = (nth % 11 == 6 && sources.len() == 1).then(|| random.between(1, 4));
            accounts.push(Account {
                number: number(&COUNTRIES[country], &mut given_out[country]),
                name: nickname(random),
                country: COUNTRIES[country].name,
                sources,
                agent,
                next_agent,
                banned,
                steady: false,
            });
        }
    }
    accounts.extend([
        page_account(0, "861821371272", Some("jack"), "中国", &[MOBILE]),
        page_account(1, "234567892", Some("zhang"), "Nigeria", &[PC]),
        page_account(1, PAGE_RECORD_NUMBER, Some(""), "哥伦比亚", &[]),
        page_account(2, "8618217331411", None, "中国", &[PC]),
        page_account(2, "8618217331412", None, "中国", &[CLOUD]),
        page_account(2, "8618217331413", Some("chen"), "中国", &[PC]),
    ]);
    accounts
}

/// An account that the page shows, with the agent and at the source where it is online in the page's examples.
fn page_account(
    agent: usize,
    number: &str,
    name: Option<&'static str>,
    country: &'static str,
    sources: &'static [u32],
) -> Account {
    Account {
        number: number.to_owned(),
        name,
        country,
        sources,
        agent: INVENTED + agent,
        next_agent: None,
        banned: None,
        steady: true,
    }
}

/// A country's next number. 37 shares no factor with 10, so none comes twice before all have come.
fn number(country: &Country, given_out: &mut u32) -> String {
    let (start, digits) = country.numbers;
    let end = (*given_out * 37 + 11) % 10_u32.pow(digits);
    *given_out += 1;
    format!("{start}{end:0width$}", width = digits as usize)
}

/// Some accounts have no name, and of those some say so with an empty one.
fn nickname(random: &mut Random) -> Option<&'static str> {
    match random.between(1, 10) {
        1 => None,
        2 => Some(""),
        _ => Some(random.pick(&NICKNAMES)),
    }
}
