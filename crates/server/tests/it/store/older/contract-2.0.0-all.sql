-- Written by version 0.1.0 of the server (contract 2.0.0), as store/upgraded.rs has it: migrations 1 to 3.
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE tenant (
    -- Never reused: a tenant that is removed and added again is another tenant.
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id INTEGER NOT NULL UNIQUE,
    api_key TEXT NOT NULL,
    -- How many events it has in the log.
    events INTEGER NOT NULL DEFAULT 0
, feed_order_seq INTEGER NOT NULL DEFAULT 0) STRICT;
INSERT INTO tenant VALUES(1,500766,'key of 500766',192,0);
INSERT INTO tenant VALUES(2,-1,'key of 18446744073709551615',48,0);
CREATE TABLE removed_tenant (number INTEGER PRIMARY KEY) STRICT;
CREATE TABLE log (
    -- The number of the last event, which may be deleted already.
    last_seq INTEGER NOT NULL DEFAULT 0,
    tenants_version INTEGER NOT NULL DEFAULT 1,
    segments_version INTEGER NOT NULL DEFAULT 1
, is_whole INTEGER NOT NULL DEFAULT 1) STRICT;
INSERT INTO log VALUES(240,3,1,1);
CREATE TABLE status_event (
    seq INTEGER PRIMARY KEY,
    tenant INTEGER NOT NULL,
    -- Unix epoch milliseconds.
    at INTEGER NOT NULL,
    source INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    whatsapp INTEGER NOT NULL,
    status INTEGER NOT NULL,
    detail_status INTEGER NOT NULL,
    event_id TEXT,
    agent_account TEXT NOT NULL,
    user_name TEXT,
    name TEXT,
    country_code TEXT NOT NULL
) STRICT;
INSERT INTO status_event VALUES(1,1,1720398122000,3,12,8618217331410,10,11,'event-0','agent5',NULL,'','Colombia');
INSERT INTO status_event VALUES(2,1,2035758267000,1,12,8618217331406,40,41,NULL,'agent5','李 "li"',NULL,'');
INSERT INTO status_event VALUES(3,1,1720398083000,7,7,8618217331400,77,99,NULL,'agent0',NULL,replace('jack\n2','\n',char(10)),'Colombia');
INSERT INTO status_event VALUES(4,1,2035757480000,1,10,8618217331408,40,43,'event-3','agent3',NULL,replace('jack\n3','\n',char(10)),'');
INSERT INTO status_event VALUES(5,2,1720400156000,1,7,8618217331407,40,41,NULL,'agent0',NULL,'','');
INSERT INTO status_event VALUES(6,1,2035759565000,3,7,8618217331403,20,21,NULL,'agent0','李 "li"',NULL,'');
INSERT INTO status_event VALUES(7,1,1720398094000,1,12,8618217331410,40,41,'event-6','agent5','李 "li"','','Colombia');
INSERT INTO status_event VALUES(8,1,2035759141000,2,9,8618217331400,30,37,NULL,'agent2','李 "li"','','');
INSERT INTO status_event VALUES(9,1,1720398385000,1,7,8618217331411,77,99,NULL,'agent0',NULL,'','Colombia');
INSERT INTO status_event VALUES(10,2,2035756836000,7,7,8618217331400,20,21,'event-9','agent0','李 "li"','','');
INSERT INTO status_event VALUES(11,1,1720398783000,3,10,8618217331402,10,13,NULL,'agent3',NULL,NULL,'Colombia');
INSERT INTO status_event VALUES(12,1,2035758374000,7,7,8618217331411,10,11,NULL,'agent0','李 "li"',NULL,'哥伦比亚');
INSERT INTO status_event VALUES(13,1,1720398494000,7,11,8618217331401,30,37,'event-12','agent4',NULL,'','哥伦比亚');
INSERT INTO status_event VALUES(14,1,2035759843000,7,11,8618217331410,77,99,NULL,'agent4',NULL,NULL,'');
INSERT INTO status_event VALUES(15,2,1720398512000,3,8,8618217331406,10,12,NULL,'agent1','李 "li"',NULL,'哥伦比亚');
INSERT INTO status_event VALUES(16,1,2035758965000,2,12,8618217331400,10,11,'event-15','agent5','李 "li"',NULL,'哥伦比亚');
INSERT INTO status_event VALUES(17,1,1720399172000,7,11,8618217331403,77,99,NULL,'agent4','李 "li"',replace('jack\n16','\n',char(10)),'Colombia');
INSERT INTO status_event VALUES(18,1,2035756849000,1,9,8618217331406,10,12,NULL,'agent2','李 "li"','','哥伦比亚');
INSERT INTO status_event VALUES(19,1,1720398304000,3,12,8618217331408,40,43,'event-18','agent5','李 "li"',replace('jack\n18','\n',char(10)),'哥伦比亚');
INSERT INTO status_event VALUES(20,2,2035759907000,7,12,8618217331406,10,12,NULL,'agent5','李 "li"',NULL,'Colombia');
INSERT INTO status_event VALUES(21,1,1720397414000,3,12,8618217331408,10,13,NULL,'agent5',NULL,replace('jack\n20','\n',char(10)),'');
INSERT INTO status_event VALUES(22,1,2035758619000,1,11,8618217331402,77,99,'event-21','agent4','李 "li"',NULL,'');
INSERT INTO status_event VALUES(23,1,1720399057000,2,9,8618217331409,20,21,NULL,'agent2','李 "li"','','Colombia');
INSERT INTO status_event VALUES(24,1,2035757026000,3,7,8618217331409,40,41,NULL,'agent0','李 "li"','','');
INSERT INTO status_event VALUES(25,2,1720400146000,3,7,8618217331409,10,11,'event-24','agent0','李 "li"',NULL,'Colombia');
INSERT INTO status_event VALUES(26,1,2035758193000,2,12,8618217331404,10,11,NULL,'agent5','李 "li"','','Colombia');
INSERT INTO status_event VALUES(27,1,1720398753000,1,8,8618217331400,10,13,NULL,'agent1',NULL,'','Colombia');
INSERT INTO status_event VALUES(28,1,2035758615000,1,9,8618217331409,40,41,'event-27','agent2',NULL,'','哥伦比亚');
INSERT INTO status_event VALUES(29,1,1720400211000,1,9,8618217331400,30,37,NULL,'agent2','李 "li"','','哥伦比亚');
INSERT INTO status_event VALUES(30,2,2035759612000,3,8,8618217331411,20,21,NULL,'agent1','李 "li"','','Colombia');
INSERT INTO status_event VALUES(31,1,1720399473000,1,11,8618217331408,30,37,'event-30','agent4','李 "li"',replace('jack\n30','\n',char(10)),'哥伦比亚');
INSERT INTO status_event VALUES(32,1,2035758188000,2,7,8618217331402,40,43,NULL,'agent0',NULL,replace('jack\n31','\n',char(10)),'哥伦比亚');
INSERT INTO status_event VALUES(33,1,1720398424000,7,8,8618217331400,20,21,NULL,'agent1',NULL,NULL,'哥伦比亚');
INSERT INTO status_event VALUES(34,1,2035759778000,1,11,8618217331411,10,12,'event-33','agent4',NULL,NULL,'');
INSERT INTO status_event VALUES(35,2,1720398597000,7,8,8618217331404,10,13,NULL,'agent1',NULL,NULL,'');
INSERT INTO status_event VALUES(36,1,2035756965000,3,7,8618217331401,30,31,NULL,'agent0',NULL,replace('jack\n35','\n',char(10)),'');
INSERT INTO status_event VALUES(37,1,1720396801000,3,11,8618217331409,10,12,'event-36','agent4','李 "li"',replace('jack\n36','\n',char(10)),'');
INSERT INTO status_event VALUES(38,1,2035760396000,3,9,8618217331405,20,21,NULL,'agent2','李 "li"',NULL,'哥伦比亚');
INSERT INTO status_event VALUES(39,1,1720399381000,1,10,8618217331400,40,43,NULL,'agent3','李 "li"',replace('jack\n38','\n',char(10)),'哥伦比亚');
INSERT INTO status_event VALUES(40,2,2035757012000,3,8,8618217331406,40,43,'event-39','agent1','李 "li"',NULL,'Colombia');
INSERT INTO status_event VALUES(41,1,1720397410000,2,10,8618217331410,77,99,NULL,'agent3',NULL,NULL,'Colombia');
INSERT INTO status_event VALUES(42,1,2035759704000,7,12,8618217331402,20,21,NULL,'agent5','李 "li"',replace('jack\n41','\n',char(10)),'');
INSERT INTO status_event VALUES(43,1,1720396940000,3,11,8618217331406,77,99,'event-42','agent4',NULL,'','哥伦比亚');
INSERT INTO status_event VALUES(44,1,2035759773000,7,12,8618217331402,30,37,NULL,'agent5','李 "li"',replace('jack\n43','\n',char(10)),'Colombia');
INSERT INTO status_event VALUES(45,2,1720398634000,2,11,8618217331402,20,21,NULL,'agent4',NULL,'','');
INSERT INTO status_event VALUES(46,1,2035758596000,1,12,8618217331401,20,21,'event-45','agent5','李 "li"',replace('jack\n45','\n',char(10)),'哥伦比亚');
INSERT INTO status_event VALUES(47,1,1720399608000,1,12,8618217331402,10,11,NULL,'agent5','李 "li"',replace('jack\n46','\n',char(10)),'');
INSERT INTO status_event VALUES(48,1,2035760305000,3,8,8618217331406,40,43,NULL,'agent1','李 "li"','','Colombia');
INSERT INTO status_event VALUES(49,1,1720397064000,2,10,8618217331403,10,12,'event-48','agent3','李 "li"',NULL,'');
INSERT INTO status_event VALUES(50,2,2035758699000,1,12,8618217331410,77,99,NULL,'agent5','李 "li"','','');
INSERT INTO status_event VALUES(51,1,1720398317000,3,9,8618217331411,10,13,NULL,'agent2',NULL,NULL,'哥伦比亚');
INSERT INTO status_event VALUES(52,1,2035757038000,3,9,8618217331407,30,37,'event-51','agent2',NULL,replace('jack\n51','\n',char(10)),'哥伦比亚');
INSERT INTO status_event VALUES(53,1,1720397210000,3,10,8618217331410,40,41,NULL,'agent3',NULL,replace('jack\n52','\n',char(10)),'Colombia');
INSERT INTO status_event VALUES(54,1,2035758077000,2,11,8618217331400,30,31,NULL,'agent4',NULL,replace('jack\n53','\n',char(10)),'Colombia');
INSERT INTO status_event VALUES(55,2,1720397664000,3,12,8618217331405,10,11,'event-54','agent5',NULL,'','Colombia');
INSERT INTO status_event VALUES(56,1,2035760394000,2,7,8618217331407,77,99,NULL,'agent0','李 "li"',replace('jack\n55','\n',char(10)),'');
INSERT INTO status_event VALUES(57,1,1720398031000,3,11,8618217331408,40,43,NULL,'agent4','李 "li"','','Colombia');
INSERT INTO status_event VALUES(58,1,2035757652000,1,10,8618217331407,40,41,'event-57','agent3','李 "li"','','Colombia');
INSERT INTO status_event VALUES(59,1,1720399451000,1,11,8618217331410,40,41,NULL,'agent4','李 "li"',replace('jack\n58','\n',char(10)),'Colombia');
INSERT INTO status_event VALUES(60,2,2035758229000,1,10,8618217331401,30,37,NULL,'agent3','李 "li"',NULL,'Colombia');
INSERT INTO status_event VALUES(61,1,1720399200000,7,11,8618217331400,10,13,'event-60','agent4',NULL,NULL,'');
INSERT INTO status_event VALUES(62,1,2035758955000,3,8,8618217331405,40,43,NULL,'agent1','李 "li"',NULL,'');
INSERT INTO status_event VALUES(63,1,1720400259000,1,12,8618217331406,40,43,NULL,'agent5',NULL,NULL,'');
INSERT INTO status_event VALUES(64,1,2035760226000,2,9,8618217331400,40,41,'event-63','agent2',NULL,'','');
INSERT INTO status_event VALUES(65,2,1720399849000,7,8,8618217331400,10,11,NULL,'agent1',NULL,replace('jack\n64','\n',char(10)),'');
INSERT INTO status_event VALUES(66,1,2035758996000,1,12,8618217331400,30,31,NULL,'agent5','李 "li"','','哥伦比亚');
INSERT INTO status_event VALUES(67,1,1720397016000,2,8,8618217331400,77,99,'event-66','agent1','李 "li"',NULL,'哥伦比亚');
INSERT INTO status_event VALUES(68,1,2035760075000,3,8,8618217331411,10,13,NULL,'agent1',NULL,NULL,'哥伦比亚');
INSERT INTO status_event VALUES(69,1,1720400249000,3,11,8618217331406,10,13,NULL,'agent4','李 "li"',NULL,'哥伦比亚');
INSERT INTO status_event VALUES(70,2,2035757907000,3,9,8618217331408,40,43,'event-69','agent2',NULL,NULL,'Colombia');
INSERT INTO status_event VALUES(71,1,1720399019000,3,7,8618217331410,10,11,NULL,'agent0','李 "li"','','哥伦比亚');
INSERT INTO status_event VALUES(72,1,2035757311000,3,9,8618217331403,10,13,NULL,'agent2',NULL,NULL,'Colombia');
INSERT INTO status_event VALUES(73,1,1720400357000,3,11,8618217331401,10,13,'event-72','agent4',NULL,'','');
INSERT INTO status_event VALUES(74,1,2035759236000,1,12,8618217331407,10,12,NULL,'agent5',NULL,NULL,'哥伦比亚');
INSERT INTO status_event VALUES(75,2,1720397011000,2,9,8618217331401,30,37,NULL,'agent2','李 "li"',NULL,'哥伦比亚');
INSERT INTO status_event VALUES(76,1,2035760240000,3,10,8618217331404,10,11,'event-75','agent3',NULL,replace('jack\n75','\n',char(10)),'Colombia');
INSERT INTO status_event VALUES(77,1,1720396868000,3,8,8618217331404,20,21,NULL,'agent1',NULL,NULL,'');
INSERT INTO status_event VALUES(78,1,2035759463000,2,11,8618217331410,30,31,NULL,'agent4',NULL,'','哥伦比亚');
INSERT INTO status_event VALUES(79,1,1720399862000,1,8,8618217331401,30,37,'event-78','agent1','李 "li"','','');
INSERT INTO status_event VALUES(80,2,2035758359000,7,10,8618217331408,40,41,NULL,'agent3','李 "li"',replace('jack\n79','\n',char(10)),'');
INSERT INTO status_event VALUES(81,1,1720398746000,1,8,8618217331404,10,11,NULL,'agent1',NULL,replace('jack\n80','\n',char(10)),'');
INSERT INTO status_event VALUES(82,1,2035760341000,7,9,8618217331403,40,41,'event-81','agent2','李 "li"','','哥伦比亚');
INSERT INTO status_event VALUES(83,1,1720398717000,7,9,8618217331404,30,37,NULL,'agent2','李 "li"',replace('jack\n82','\n',char(10)),'Colombia');
INSERT INTO status_event VALUES(84,1,2035760142000,7,10,8618217331401,10,12,NULL,'agent3','李 "li"',replace('jack\n83','\n',char(10)),'哥伦比亚');
INSERT INTO status_event VALUES(85,2,1720399637000,1,10,8618217331408,40,41,'event-84','agent3',NULL,'','Colombia');
INSERT INTO status_event VALUES(86,1,2035759895000,7,10,8618217331408,10,13,NULL,'agent3',NULL,NULL,'Colombia');
INSERT INTO status_event VALUES(87,1,1720399659000,7,10,8618217331409,30,31,NULL,'agent3','李 "li"',NULL,'Colombia');
INSERT INTO status_event VALUES(88,1,2035758165000,3,10,8618217331409,10,12,'event-87','agent3','李 "li"',NULL,'');
INSERT INTO status_event VALUES(89,1,1720397567000,7,7,8618217331403,30,37,NULL,'agent0',NULL,'','');
INSERT INTO status_event VALUES(90,2,2035760068000,1,9,8618217331404,77,99,NULL,'agent2','李 "li"',replace('jack\n89','\n',char(10)),'');
INSERT INTO status_event VALUES(91,1,1720399287000,1,10,8618217331410,30,31,'event-90','agent3','李 "li"',NULL,'哥伦比亚');
INSERT INTO status_event VALUES(92,1,2035758986000,3,7,8618217331402,10,13,NULL,'agent0','李 "li"','','Colombia');
INSERT INTO status_event VALUES(93,1,1720397415000,1,12,8618217331401,10,12,NULL,'agent5',NULL,'','哥伦比亚');
INSERT INTO status_event VALUES(94,1,2035758909000,1,10,8618217331402,10,13,'event-93','agent3',NULL,NULL,'Colombia');
INSERT INTO status_event VALUES(95,2,1720399677000,1,11,8618217331400,20,21,NULL,'agent4',NULL,'','哥伦比亚');
INSERT INTO status_event VALUES(96,1,2035758629000,3,9,8618217331404,10,11,NULL,'agent2',NULL,NULL,'');
INSERT INTO status_event VALUES(97,1,1720400366000,7,12,8618217331411,30,37,'event-96','agent5',NULL,NULL,'哥伦比亚');
INSERT INTO status_event VALUES(98,1,2035759750000,3,8,8618217331404,10,12,NULL,'agent1','李 "li"',replace('jack\n97','\n',char(10)),'Colombia');
INSERT INTO status_event VALUES(99,1,1720399478000,3,10,8618217331407,10,13,NULL,'agent3','李 "li"',NULL,'哥伦比亚');
INSERT INTO status_event VALUES(100,2,2035757359000,7,8,8618217331406,10,13,'event-99','agent1','李 "li"','','哥伦比亚');
INSERT INTO status_event VALUES(101,1,1720396807000,2,9,8618217331409,30,31,NULL,'agent2','李 "li"',NULL,'Colombia');
INSERT INTO status_event VALUES(102,1,2035757100000,2,10,8618217331400,10,11,NULL,'agent3','李 "li"',NULL,'哥伦比亚');
INSERT INTO status_event VALUES(103,1,1720399116000,7,12,8618217331404,10,12,'event-102','agent5','李 "li"','','');
INSERT INTO status_event VALUES(104,1,2035759517000,1,9,8618217331402,40,41,NULL,'agent2','李 "li"',replace('jack\n103','\n',char(10)),'哥伦比亚');
INSERT INTO status_event VALUES(105,2,1720398694000,1,12,8618217331407,10,11,NULL,'agent5',NULL,replace('jack\n104','\n',char(10)),'');
INSERT INTO status_event VALUES(106,1,2035758342000,3,12,8618217331410,10,12,'event-105','agent5',NULL,replace('jack\n105','\n',char(10)),'Colombia');
INSERT INTO status_event VALUES(107,1,1720397723000,3,9,8618217331404,10,11,NULL,'agent2','李 "li"',replace('jack\n106','\n',char(10)),'哥伦比亚');
INSERT INTO status_event VALUES(108,1,2035757058000,7,9,8618217331402,40,41,NULL,'agent2',NULL,replace('jack\n107','\n',char(10)),'哥伦比亚');
INSERT INTO status_event VALUES(109,1,1720399376000,3,8,8618217331410,77,99,'event-108','agent1',NULL,replace('jack\n108','\n',char(10)),'');
INSERT INTO status_event VALUES(110,2,2035760360000,7,7,8618217331405,20,21,NULL,'agent0','李 "li"',replace('jack\n109','\n',char(10)),'哥伦比亚');
INSERT INTO status_event VALUES(111,1,1720397945000,1,7,8618217331406,10,13,NULL,'agent0',NULL,NULL,'Colombia');
INSERT INTO status_event VALUES(112,1,2035757329000,7,11,8618217331401,20,21,'event-111','agent4','李 "li"',NULL,'哥伦比亚');
INSERT INTO status_event VALUES(113,1,1720397725000,7,10,8618217331400,10,13,NULL,'agent3','李 "li"',NULL,'哥伦比亚');
INSERT INTO status_event VALUES(114,1,2035758010000,1,10,8618217331405,20,21,NULL,'agent3','李 "li"','','哥伦比亚');
INSERT INTO status_event VALUES(115,2,1720398109000,1,7,8618217331401,10,11,'event-114','agent0','李 "li"','','');
INSERT INTO status_event VALUES(116,1,2035758565000,2,10,8618217331405,40,43,NULL,'agent3',NULL,NULL,'哥伦比亚');
INSERT INTO status_event VALUES(117,1,1720397732000,3,12,8618217331401,10,12,NULL,'agent5','李 "li"','','');
INSERT INTO status_event VALUES(118,1,2035758254000,2,8,8618217331409,30,31,'event-117','agent1','李 "li"','','Colombia');
INSERT INTO status_event VALUES(119,1,1720399231000,7,10,8618217331409,77,99,NULL,'agent3',NULL,NULL,'哥伦比亚');
INSERT INTO status_event VALUES(120,2,2035758173000,2,12,8618217331408,10,13,NULL,'agent5','李 "li"',NULL,'');
INSERT INTO status_event VALUES(121,1,1720396807000,3,9,8618217331400,20,21,'event-120','agent2',NULL,replace('jack\n120','\n',char(10)),'Colombia');
INSERT INTO status_event VALUES(122,1,2035758412000,1,11,8618217331406,10,12,NULL,'agent4',NULL,NULL,'Colombia');
INSERT INTO status_event VALUES(123,1,1720399310000,3,12,8618217331401,10,11,NULL,'agent5',NULL,'','');
INSERT INTO status_event VALUES(124,1,2035759719000,2,12,8618217331406,10,12,'event-123','agent5','李 "li"',replace('jack\n123','\n',char(10)),'Colombia');
INSERT INTO status_event VALUES(125,2,1720399683000,7,11,8618217331404,40,41,NULL,'agent4','李 "li"',replace('jack\n124','\n',char(10)),'Colombia');
INSERT INTO status_event VALUES(126,1,2035759860000,3,8,8618217331406,30,37,NULL,'agent1','李 "li"','','哥伦比亚');
INSERT INTO status_event VALUES(127,1,1720399546000,1,11,8618217331404,10,11,'event-126','agent4','李 "li"','','');
INSERT INTO status_event VALUES(128,1,2035756866000,2,9,8618217331400,20,21,NULL,'agent2','李 "li"','','');
INSERT INTO status_event VALUES(129,1,1720399066000,2,9,8618217331402,77,99,NULL,'agent2',NULL,replace('jack\n128','\n',char(10)),'Colombia');
INSERT INTO status_event VALUES(130,2,2035758977000,7,10,8618217331407,10,12,'event-129','agent3','李 "li"',NULL,'Colombia');
INSERT INTO status_event VALUES(131,1,1720396886000,1,11,8618217331407,10,13,NULL,'agent4',NULL,replace('jack\n130','\n',char(10)),'');
INSERT INTO status_event VALUES(132,1,2035759616000,7,7,8618217331410,77,99,NULL,'agent0','李 "li"',replace('jack\n131','\n',char(10)),'');
INSERT INTO status_event VALUES(133,1,1720399786000,7,11,8618217331400,30,37,'event-132','agent4','李 "li"',NULL,'哥伦比亚');
INSERT INTO status_event VALUES(134,1,2035759253000,2,8,8618217331410,30,37,NULL,'agent1',NULL,replace('jack\n133','\n',char(10)),'哥伦比亚');
INSERT INTO status_event VALUES(135,2,1720397557000,3,11,8618217331405,40,41,NULL,'agent4','李 "li"',NULL,'哥伦比亚');
INSERT INTO status_event VALUES(136,1,2035759334000,3,12,8618217331410,20,21,'event-135','agent5',NULL,'','哥伦比亚');
INSERT INTO status_event VALUES(137,1,1720397713000,3,10,8618217331400,20,21,NULL,'agent3','李 "li"',replace('jack\n136','\n',char(10)),'Colombia');
INSERT INTO status_event VALUES(138,1,2035757921000,2,8,8618217331408,10,12,NULL,'agent1','李 "li"',NULL,'');
INSERT INTO status_event VALUES(139,1,1720396967000,2,12,8618217331408,30,37,'event-138','agent5','李 "li"',replace('jack\n138','\n',char(10)),'哥伦比亚');
INSERT INTO status_event VALUES(140,2,2035758154000,7,11,8618217331403,20,21,NULL,'agent4',NULL,NULL,'');
INSERT INTO status_event VALUES(141,1,1720399372000,1,11,8618217331405,77,99,NULL,'agent4',NULL,replace('jack\n140','\n',char(10)),'哥伦比亚');
INSERT INTO status_event VALUES(142,1,2035757508000,7,7,8618217331404,10,12,'event-141','agent0','李 "li"','','哥伦比亚');
INSERT INTO status_event VALUES(143,1,1720399953000,7,9,8618217331403,10,11,NULL,'agent2','李 "li"',replace('jack\n142','\n',char(10)),'哥伦比亚');
INSERT INTO status_event VALUES(144,1,2035758672000,2,8,8618217331407,30,31,NULL,'agent1','李 "li"',NULL,'');
INSERT INTO status_event VALUES(145,2,1720397921000,3,10,8618217331405,40,43,'event-144','agent3',NULL,replace('jack\n144','\n',char(10)),'Colombia');
INSERT INTO status_event VALUES(146,1,2035759100000,3,11,8618217331405,30,37,NULL,'agent4',NULL,replace('jack\n145','\n',char(10)),'Colombia');
INSERT INTO status_event VALUES(147,1,1720397830000,1,11,8618217331404,30,37,NULL,'agent4',NULL,'','哥伦比亚');
INSERT INTO status_event VALUES(148,1,2035758094000,7,9,8618217331403,40,43,'event-147','agent2','李 "li"','','');
INSERT INTO status_event VALUES(149,1,1720400384000,3,9,8618217331400,40,43,NULL,'agent2',NULL,replace('jack\n148','\n',char(10)),'哥伦比亚');
INSERT INTO status_event VALUES(150,2,2035757539000,7,11,8618217331411,77,99,NULL,'agent4','李 "li"',NULL,'Colombia');
INSERT INTO status_event VALUES(151,1,1720397851000,2,7,8618217331400,40,41,'event-150','agent0',NULL,'','');
INSERT INTO status_event VALUES(152,1,2035756933000,7,10,8618217331404,30,31,NULL,'agent3','李 "li"','','Colombia');
INSERT INTO status_event VALUES(153,1,1720398354000,1,12,8618217331408,30,37,NULL,'agent5','李 "li"','','');
INSERT INTO status_event VALUES(154,1,2035756874000,2,9,8618217331410,10,11,'event-153','agent2',NULL,replace('jack\n153','\n',char(10)),'哥伦比亚');
INSERT INTO status_event VALUES(155,2,1720397025000,3,12,8618217331407,10,12,NULL,'agent5',NULL,NULL,'哥伦比亚');
INSERT INTO status_event VALUES(156,1,2035759502000,7,11,8618217331408,40,43,NULL,'agent4',NULL,replace('jack\n155','\n',char(10)),'哥伦比亚');
INSERT INTO status_event VALUES(157,1,1720396899000,2,8,8618217331403,10,12,'event-156','agent1','李 "li"',NULL,'哥伦比亚');
INSERT INTO status_event VALUES(158,1,2035759480000,2,12,8618217331409,10,13,NULL,'agent5','李 "li"',NULL,'哥伦比亚');
INSERT INTO status_event VALUES(159,1,1720397778000,3,8,8618217331409,77,99,NULL,'agent1',NULL,NULL,'哥伦比亚');
INSERT INTO status_event VALUES(160,2,2035757438000,1,9,8618217331404,40,41,'event-159','agent2',NULL,replace('jack\n159','\n',char(10)),'');
INSERT INTO status_event VALUES(161,1,1720399311000,1,10,8618217331405,10,12,NULL,'agent3','李 "li"','','');
INSERT INTO status_event VALUES(162,1,2035759181000,7,7,8618217331405,30,31,NULL,'agent0','李 "li"',replace('jack\n161','\n',char(10)),'Colombia');
INSERT INTO status_event VALUES(163,1,1720400368000,7,7,8618217331401,20,21,'event-162','agent0',NULL,NULL,'');
INSERT INTO status_event VALUES(164,1,2035758347000,7,9,8618217331409,10,13,NULL,'agent2',NULL,replace('jack\n163','\n',char(10)),'哥伦比亚');
INSERT INTO status_event VALUES(165,2,1720400240000,2,11,8618217331404,77,99,NULL,'agent4','李 "li"',NULL,'哥伦比亚');
INSERT INTO status_event VALUES(166,1,2035757632000,2,7,8618217331407,10,12,'event-165','agent0',NULL,NULL,'Colombia');
INSERT INTO status_event VALUES(167,1,1720399474000,7,7,8618217331403,10,13,NULL,'agent0',NULL,replace('jack\n166','\n',char(10)),'');
INSERT INTO status_event VALUES(168,1,2035759967000,7,8,8618217331410,10,11,NULL,'agent1',NULL,NULL,'');
INSERT INTO status_event VALUES(169,1,1720397306000,3,11,8618217331406,30,37,'event-168','agent4',NULL,NULL,'');
INSERT INTO status_event VALUES(170,2,2035757721000,3,11,8618217331405,20,21,NULL,'agent4','李 "li"',NULL,'哥伦比亚');
INSERT INTO status_event VALUES(171,1,1720399104000,2,8,8618217331408,30,31,NULL,'agent1','李 "li"',replace('jack\n170','\n',char(10)),'Colombia');
INSERT INTO status_event VALUES(172,1,2035757365000,1,9,8618217331408,30,37,'event-171','agent2',NULL,replace('jack\n171','\n',char(10)),'Colombia');
INSERT INTO status_event VALUES(173,1,1720399865000,3,7,8618217331408,10,12,NULL,'agent0',NULL,'','Colombia');
INSERT INTO status_event VALUES(174,1,2035759185000,2,12,8618217331409,30,37,NULL,'agent5','李 "li"',NULL,'Colombia');
INSERT INTO status_event VALUES(175,2,1720400123000,7,9,8618217331400,40,43,'event-174','agent2','李 "li"',replace('jack\n174','\n',char(10)),'Colombia');
INSERT INTO status_event VALUES(176,1,2035758303000,1,11,8618217331409,10,13,NULL,'agent4',NULL,NULL,'哥伦比亚');
INSERT INTO status_event VALUES(177,1,1720398122000,7,12,8618217331408,10,11,NULL,'agent5','李 "li"',NULL,'');
INSERT INTO status_event VALUES(178,1,2035759036000,1,7,8618217331401,10,13,'event-177','agent0',NULL,NULL,'哥伦比亚');
INSERT INTO status_event VALUES(179,1,1720399292000,7,8,8618217331402,30,37,NULL,'agent1',NULL,'','');
INSERT INTO status_event VALUES(180,2,2035759373000,1,10,8618217331407,10,12,NULL,'agent3','李 "li"','','哥伦比亚');
INSERT INTO status_event VALUES(181,1,1720398390000,3,8,8618217331403,30,31,'event-180','agent1','李 "li"',NULL,'');
INSERT INTO status_event VALUES(182,1,2035757188000,1,10,8618217331401,30,37,NULL,'agent3',NULL,'','Colombia');
INSERT INTO status_event VALUES(183,1,1720396857000,1,8,8618217331403,10,12,NULL,'agent1',NULL,'','');
INSERT INTO status_event VALUES(184,1,2035759563000,2,12,8618217331407,20,21,'event-183','agent5',NULL,'','Colombia');
INSERT INTO status_event VALUES(185,2,1720398605000,3,7,8618217331400,40,43,NULL,'agent0',NULL,NULL,'哥伦比亚');
INSERT INTO status_event VALUES(186,1,2035756928000,3,7,8618217331409,30,37,NULL,'agent0',NULL,NULL,'哥伦比亚');
INSERT INTO status_event VALUES(187,1,1720398047000,3,8,8618217331400,77,99,'event-186','agent1','李 "li"',NULL,'哥伦比亚');
INSERT INTO status_event VALUES(188,1,2035760144000,7,10,8618217331402,40,43,NULL,'agent3',NULL,'','');
INSERT INTO status_event VALUES(189,1,1720398349000,3,7,8618217331402,10,11,NULL,'agent0',NULL,'','哥伦比亚');
INSERT INTO status_event VALUES(190,2,2035759735000,3,11,8618217331406,20,21,'event-189','agent4','李 "li"','','Colombia');
INSERT INTO status_event VALUES(191,1,1720399823000,2,12,8618217331411,40,43,NULL,'agent5',NULL,replace('jack\n190','\n',char(10)),'哥伦比亚');
INSERT INTO status_event VALUES(192,1,2035758234000,2,12,8618217331400,30,37,NULL,'agent5','李 "li"',replace('jack\n191','\n',char(10)),'哥伦比亚');
INSERT INTO status_event VALUES(193,1,1720396951000,7,12,8618217331405,30,31,'event-192','agent5','李 "li"',NULL,'Colombia');
INSERT INTO status_event VALUES(194,1,2035759837000,1,11,8618217331409,10,11,NULL,'agent4',NULL,NULL,'哥伦比亚');
INSERT INTO status_event VALUES(195,2,1720399499000,1,11,8618217331408,20,21,NULL,'agent4',NULL,NULL,'哥伦比亚');
INSERT INTO status_event VALUES(196,1,2035757427000,7,7,8618217331411,40,43,'event-195','agent0',NULL,replace('jack\n195','\n',char(10)),'哥伦比亚');
INSERT INTO status_event VALUES(197,1,1720399798000,3,9,8618217331406,10,13,NULL,'agent2','李 "li"',replace('jack\n196','\n',char(10)),'Colombia');
INSERT INTO status_event VALUES(198,1,2035757906000,2,7,8618217331409,10,11,NULL,'agent0','李 "li"',replace('jack\n197','\n',char(10)),'');
INSERT INTO status_event VALUES(199,1,1720397822000,3,10,8618217331400,40,41,'event-198','agent3','李 "li"','','哥伦比亚');
INSERT INTO status_event VALUES(200,2,2035759082000,7,8,8618217331410,30,37,NULL,'agent1',NULL,replace('jack\n199','\n',char(10)),'');
INSERT INTO status_event VALUES(201,1,1720397721000,7,11,8618217331411,20,21,NULL,'agent4','李 "li"','','哥伦比亚');
INSERT INTO status_event VALUES(202,1,2035758931000,1,10,8618217331401,30,31,'event-201','agent3','李 "li"',replace('jack\n201','\n',char(10)),'哥伦比亚');
INSERT INTO status_event VALUES(203,1,1720400352000,3,10,8618217331407,10,12,NULL,'agent3','李 "li"','','Colombia');
INSERT INTO status_event VALUES(204,1,2035758984000,1,8,8618217331406,40,43,NULL,'agent1',NULL,replace('jack\n203','\n',char(10)),'哥伦比亚');
INSERT INTO status_event VALUES(205,2,1720398653000,7,7,8618217331409,40,43,'event-204','agent0',NULL,'','哥伦比亚');
INSERT INTO status_event VALUES(206,1,2035758939000,3,9,8618217331407,40,43,NULL,'agent2','李 "li"',NULL,'哥伦比亚');
INSERT INTO status_event VALUES(207,1,1720399144000,7,11,8618217331411,40,41,NULL,'agent4','李 "li"','','Colombia');
INSERT INTO status_event VALUES(208,1,2035757435000,7,8,8618217331409,40,41,'event-207','agent1','李 "li"',replace('jack\n207','\n',char(10)),'Colombia');
INSERT INTO status_event VALUES(209,1,1720398682000,1,7,8618217331406,30,37,NULL,'agent0',NULL,'','');
INSERT INTO status_event VALUES(210,2,2035759812000,2,10,8618217331402,40,41,NULL,'agent3','李 "li"',replace('jack\n209','\n',char(10)),'Colombia');
INSERT INTO status_event VALUES(211,1,1720398945000,1,12,8618217331401,77,99,'event-210','agent5','李 "li"',NULL,'');
INSERT INTO status_event VALUES(212,1,2035758172000,3,7,8618217331407,40,43,NULL,'agent0','李 "li"',replace('jack\n211','\n',char(10)),'哥伦比亚');
INSERT INTO status_event VALUES(213,1,1720398669000,3,8,8618217331403,30,37,NULL,'agent1','李 "li"','','Colombia');
INSERT INTO status_event VALUES(214,1,2035757662000,1,9,8618217331406,10,13,'event-213','agent2',NULL,replace('jack\n213','\n',char(10)),'哥伦比亚');
INSERT INTO status_event VALUES(215,2,1720398256000,1,12,8618217331404,30,37,NULL,'agent5',NULL,'','哥伦比亚');
INSERT INTO status_event VALUES(216,1,2035759802000,7,7,8618217331410,10,12,NULL,'agent0',NULL,NULL,'Colombia');
INSERT INTO status_event VALUES(217,1,1720397261000,7,10,8618217331407,20,21,'event-216','agent3','李 "li"',replace('jack\n216','\n',char(10)),'哥伦比亚');
INSERT INTO status_event VALUES(218,1,2035758734000,1,8,8618217331400,10,11,NULL,'agent1',NULL,NULL,'');
INSERT INTO status_event VALUES(219,1,1720398873000,2,10,8618217331404,10,12,NULL,'agent3',NULL,'','哥伦比亚');
INSERT INTO status_event VALUES(220,2,2035759136000,7,9,8618217331405,40,41,'event-219','agent2','李 "li"','','Colombia');
INSERT INTO status_event VALUES(221,1,1720398876000,3,7,8618217331402,40,41,NULL,'agent0',NULL,replace('jack\n220','\n',char(10)),'Colombia');
INSERT INTO status_event VALUES(222,1,2035760155000,2,12,8618217331409,10,11,NULL,'agent5',NULL,replace('jack\n221','\n',char(10)),'');
INSERT INTO status_event VALUES(223,1,1720397334000,2,11,8618217331403,40,43,'event-222','agent4','李 "li"',NULL,'');
INSERT INTO status_event VALUES(224,1,2035760251000,3,9,8618217331407,40,43,NULL,'agent2',NULL,'','Colombia');
INSERT INTO status_event VALUES(225,2,1720397843000,3,10,8618217331402,10,11,NULL,'agent3','李 "li"','','哥伦比亚');
INSERT INTO status_event VALUES(226,1,2035759020000,3,11,8618217331400,77,99,'event-225','agent4','李 "li"',replace('jack\n225','\n',char(10)),'');
INSERT INTO status_event VALUES(227,1,1720398766000,2,12,8618217331410,40,41,NULL,'agent5',NULL,NULL,'');
INSERT INTO status_event VALUES(228,1,2035757643000,2,11,8618217331408,40,43,NULL,'agent4',NULL,NULL,'哥伦比亚');
INSERT INTO status_event VALUES(229,1,1720397810000,2,8,8618217331403,10,11,'event-228','agent1',NULL,'','');
INSERT INTO status_event VALUES(230,2,2035758862000,2,9,8618217331407,30,31,NULL,'agent2','李 "li"',replace('jack\n229','\n',char(10)),'Colombia');
INSERT INTO status_event VALUES(231,1,1720398606000,2,11,8618217331404,10,13,NULL,'agent4',NULL,replace('jack\n230','\n',char(10)),'Colombia');
INSERT INTO status_event VALUES(232,1,2035759951000,7,11,8618217331402,20,21,'event-231','agent4',NULL,replace('jack\n231','\n',char(10)),'Colombia');
INSERT INTO status_event VALUES(233,1,1720399358000,1,12,8618217331401,10,12,NULL,'agent5',NULL,replace('jack\n232','\n',char(10)),'Colombia');
INSERT INTO status_event VALUES(234,1,2035757487000,1,10,8618217331408,10,13,NULL,'agent3',NULL,replace('jack\n233','\n',char(10)),'Colombia');
INSERT INTO status_event VALUES(235,2,1720399790000,7,8,8618217331404,40,41,'event-234','agent1',NULL,replace('jack\n234','\n',char(10)),'Colombia');
INSERT INTO status_event VALUES(236,1,2035757318000,2,9,8618217331403,10,11,NULL,'agent2',NULL,replace('jack\n235','\n',char(10)),'哥伦比亚');
INSERT INTO status_event VALUES(237,1,1720398166000,1,11,8618217331403,30,37,NULL,'agent4',NULL,NULL,'哥伦比亚');
INSERT INTO status_event VALUES(238,1,2035758179000,2,10,8618217331411,20,21,'event-237','agent3',NULL,'','');
INSERT INTO status_event VALUES(239,1,1720400303000,7,11,8618217331411,77,99,NULL,'agent4',NULL,replace('jack\n238','\n',char(10)),'Colombia');
INSERT INTO status_event VALUES(240,2,2035758822000,3,9,8618217331407,30,31,NULL,'agent2','李 "li"',NULL,'哥伦比亚');
CREATE TABLE segment (
    number INTEGER PRIMARY KEY,
    first_seq INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    -- The earliest time of its events.
    earliest INTEGER NOT NULL,
    -- The filter of its keys.
    bloom_filter BLOB NOT NULL
) STRICT;
CREATE TABLE segment_keys (
    segment INTEGER NOT NULL REFERENCES segment,
    -- The first key of the block.
    first BLOB NOT NULL,
    -- The sorted keys, concatenated.
    keys BLOB NOT NULL,
    PRIMARY KEY (segment, first)
) STRICT;
CREATE TABLE saved (
    generation INTEGER PRIMARY KEY AUTOINCREMENT,
    parts INTEGER NOT NULL DEFAULT 0,
    last_seq INTEGER NOT NULL,
    is_whole INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE saved_part (
    generation INTEGER NOT NULL REFERENCES saved ON DELETE CASCADE,
    place INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (generation, place)
) STRICT;
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('tenant',2);
CREATE TRIGGER tenant_added AFTER INSERT ON tenant
BEGIN UPDATE log SET tenants_version = tenants_version + 1; END;
CREATE TRIGGER tenant_removed AFTER DELETE ON tenant
BEGIN UPDATE log SET tenants_version = tenants_version + 1; END;
CREATE TRIGGER key_replaced AFTER UPDATE OF api_key ON tenant
BEGIN UPDATE log SET tenants_version = tenants_version + 1; END;
CREATE TRIGGER segment_added AFTER INSERT ON segment
BEGIN UPDATE log SET segments_version = segments_version + 1; END;
CREATE TRIGGER segment_removed AFTER DELETE ON segment
BEGIN UPDATE log SET segments_version = segments_version + 1; END;
COMMIT;
PRAGMA application_id = 1198682180;
PRAGMA user_version = 3;
