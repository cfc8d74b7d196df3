-- Written by version 0.1.0 of the server (contract 2.0.0), as store/upgraded.rs has it: migrations 1 and 2.
SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;
CREATE SCHEMA group_dispatch;
CREATE SEQUENCE group_dispatch.event_seq
    START WITH 1
    INCREMENT BY 256
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
SET default_tablespace = '';
SET default_table_access_method = heap;
CREATE TABLE group_dispatch.migration (
    version integer NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);
CREATE TABLE group_dispatch.named_event (
    tenant bigint NOT NULL,
    key uuid NOT NULL
);
CREATE TABLE group_dispatch.origin (
    base bigint NOT NULL
);
CREATE TABLE group_dispatch.removed_tenant (
    number bigint NOT NULL,
    partition oid DEFAULT 0 NOT NULL,
    page bigint DEFAULT 0 NOT NULL
);
CREATE TABLE group_dispatch.retired_partition (
    name text NOT NULL,
    page bigint DEFAULT 0 NOT NULL
);
CREATE TABLE group_dispatch.saved_part (
    generation bigint NOT NULL,
    place bigint NOT NULL,
    bytes bytea NOT NULL
);
ALTER TABLE ONLY group_dispatch.saved_part ALTER COLUMN bytes SET STORAGE EXTERNAL;
CREATE TABLE group_dispatch.saved_state (
    generation bigint NOT NULL,
    "position" bigint NOT NULL,
    parts bigint,
    CONSTRAINT saved_state_parts_check CHECK ((parts >= 0))
);
ALTER TABLE group_dispatch.saved_state ALTER COLUMN generation ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME group_dispatch.saved_state_generation_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE group_dispatch.status_event (
    at bigint NOT NULL,
    seq bigint NOT NULL,
    xact bigint NOT NULL,
    tenant bigint NOT NULL,
    user_id bigint NOT NULL,
    whatsapp bigint NOT NULL,
    source integer NOT NULL,
    status integer NOT NULL,
    detail_status integer NOT NULL,
    agent_account text NOT NULL,
    country_code text NOT NULL,
    event_id text,
    user_name text,
    name text,
    key uuid NOT NULL
)
PARTITION BY RANGE (at);
CREATE TABLE group_dispatch.status_event_663 (
    at bigint NOT NULL,
    seq bigint NOT NULL,
    xact bigint NOT NULL,
    tenant bigint NOT NULL,
    user_id bigint NOT NULL,
    whatsapp bigint NOT NULL,
    source integer NOT NULL,
    status integer NOT NULL,
    detail_status integer NOT NULL,
    agent_account text NOT NULL,
    country_code text NOT NULL,
    event_id text,
    user_name text,
    name text,
    key uuid NOT NULL
);
CREATE TABLE group_dispatch.status_event_elsewhen (
    at bigint NOT NULL,
    seq bigint NOT NULL,
    xact bigint NOT NULL,
    tenant bigint NOT NULL,
    user_id bigint NOT NULL,
    whatsapp bigint NOT NULL,
    source integer NOT NULL,
    status integer NOT NULL,
    detail_status integer NOT NULL,
    agent_account text NOT NULL,
    country_code text NOT NULL,
    event_id text,
    user_name text,
    name text,
    key uuid NOT NULL
);
CREATE TABLE group_dispatch.tally (
    tenant bigint NOT NULL,
    share integer NOT NULL,
    events bigint NOT NULL
)
WITH (fillfactor='50');
CREATE TABLE group_dispatch.tenant (
    number bigint NOT NULL,
    id bigint NOT NULL,
    api_key text NOT NULL,
    feed_order_seq bigint DEFAULT 0 NOT NULL
);
ALTER TABLE group_dispatch.tenant ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME group_dispatch.tenant_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE group_dispatch.tenant_version (
    version bigint NOT NULL
);
ALTER TABLE ONLY group_dispatch.status_event ATTACH PARTITION group_dispatch.status_event_663 FOR VALUES FROM ('1718496000000') TO ('1721088000000');
ALTER TABLE ONLY group_dispatch.status_event ATTACH PARTITION group_dispatch.status_event_elsewhen DEFAULT;
INSERT INTO group_dispatch.migration VALUES (1, '2026-11-30 04:52:31.024298+00');
INSERT INTO group_dispatch.migration VALUES (2, '2026-11-30 04:52:31.024298+00');
INSERT INTO group_dispatch.named_event VALUES (1, '829a9bee-8fc1-52e8-4001-b813221625f8');
INSERT INTO group_dispatch.named_event VALUES (1, '39d833d2-c31e-e756-0555-5f9c751f3ce4');
INSERT INTO group_dispatch.named_event VALUES (1, '68b3d7b6-770b-9107-1050-27aa01a62da8');
INSERT INTO group_dispatch.named_event VALUES (2, 'f0b2279a-37cb-16d6-4a46-2b0d89f8fe5f');
INSERT INTO group_dispatch.named_event VALUES (1, '2ecf513d-600e-91ca-43db-d76ae39d20d2');
INSERT INTO group_dispatch.named_event VALUES (1, '27aea522-bdab-1d38-82d3-b8f99f46c4f9');
INSERT INTO group_dispatch.named_event VALUES (1, 'ad151e88-4a35-7494-84c4-980cd06440ef');
INSERT INTO group_dispatch.named_event VALUES (1, 'cca6f7c4-5dd7-746c-c627-5d6f6dc3bbc9');
INSERT INTO group_dispatch.named_event VALUES (2, '8871dc7e-474d-10b2-7bbf-18621938c1a6');
INSERT INTO group_dispatch.named_event VALUES (1, 'ff9510c2-2e2e-5e40-9978-4800cce3f0c1');
INSERT INTO group_dispatch.named_event VALUES (1, '40b0245c-a94c-0dd3-48bf-b0818295dd08');
INSERT INTO group_dispatch.named_event VALUES (1, '428202bf-3c31-8a30-c732-2bfaed527e41');
INSERT INTO group_dispatch.named_event VALUES (1, '361176c4-0bf8-e8de-353a-e3c305a06523');
INSERT INTO group_dispatch.named_event VALUES (2, '18b115f8-c4c5-24a3-b135-6070d17bc60b');
INSERT INTO group_dispatch.named_event VALUES (1, '21910b4d-6c12-21de-ca73-906b353abdb8');
INSERT INTO group_dispatch.named_event VALUES (1, '0e750a0b-7be0-9b05-04e9-41d9d06c93e4');
INSERT INTO group_dispatch.named_event VALUES (1, '13448178-b7d2-83b8-fe2e-14ed2ac83dec');
INSERT INTO group_dispatch.named_event VALUES (1, '8543ea3e-ba5e-340e-c775-41a3ae792248');
INSERT INTO group_dispatch.named_event VALUES (2, '2af5f08e-cf72-b641-2e66-25aca8d93fea');
INSERT INTO group_dispatch.named_event VALUES (1, 'a630c06a-810e-c459-2a61-0981146051bc');
INSERT INTO group_dispatch.named_event VALUES (1, '9397a752-a025-6111-9581-e600e5c33796');
INSERT INTO group_dispatch.named_event VALUES (1, '8be79af9-f318-349d-9f3f-67e0e42ab382');
INSERT INTO group_dispatch.named_event VALUES (1, '11c7d305-94f3-5833-d897-2a2c1751f3f9');
INSERT INTO group_dispatch.named_event VALUES (2, 'adcbbfc8-78a9-344f-cef4-3965d86d7424');
INSERT INTO group_dispatch.named_event VALUES (1, '80c11b6a-134c-7ff0-f1ac-a2726ed08830');
INSERT INTO group_dispatch.named_event VALUES (1, '9c417583-3537-dcc4-4790-6d0c4a740411');
INSERT INTO group_dispatch.named_event VALUES (1, 'b31bcab5-3111-5a4e-5614-0dcf1fa5e1f1');
INSERT INTO group_dispatch.named_event VALUES (1, '991a8237-62f6-fb20-b497-0a78b3eaaf2e');
INSERT INTO group_dispatch.named_event VALUES (2, '72b1d761-70a6-5886-7224-2a0395d3875d');
INSERT INTO group_dispatch.named_event VALUES (1, 'e25d41af-bba2-48c4-1776-c3a05d9c4ea0');
INSERT INTO group_dispatch.named_event VALUES (1, '21a65dec-9a9a-dcac-a5af-53b93e9fef11');
INSERT INTO group_dispatch.named_event VALUES (1, 'e2defa24-dd08-7606-2a70-5cb6438fa083');
INSERT INTO group_dispatch.named_event VALUES (1, 'a2122e33-d04b-5d17-f4b8-8e78a5ec6627');
INSERT INTO group_dispatch.named_event VALUES (2, 'c34df094-7fa2-e733-6de2-2729d3cf1a54');
INSERT INTO group_dispatch.named_event VALUES (1, '59caf6ab-51e1-436e-19f5-8f8464b36b9d');
INSERT INTO group_dispatch.named_event VALUES (1, 'c56933ac-55b1-f197-675c-797cf6ce4488');
INSERT INTO group_dispatch.named_event VALUES (1, '5fb48cd7-5f0a-17ec-db56-150905472948');
INSERT INTO group_dispatch.named_event VALUES (1, 'eb255299-6a9f-8d0b-eb79-71ec9b208686');
INSERT INTO group_dispatch.named_event VALUES (2, '2b6f0e2e-d3c0-f4fb-0cc2-ea1364d5b291');
INSERT INTO group_dispatch.named_event VALUES (1, '8bdec1e3-a5d3-77f7-a228-ff4372beed9d');
INSERT INTO group_dispatch.named_event VALUES (1, 'b8d69e74-8c85-fde5-be38-f268141608d3');
INSERT INTO group_dispatch.named_event VALUES (1, '160bb4ad-e927-5569-ab96-ddafda696a0a');
INSERT INTO group_dispatch.named_event VALUES (1, 'b7192ebc-b08e-e229-615e-adde5f0fbc57');
INSERT INTO group_dispatch.named_event VALUES (2, '3b0bfe96-0175-197c-8109-f9e6a95bd6ca');
INSERT INTO group_dispatch.named_event VALUES (1, '34e72556-8853-0089-1a3b-c3d7895eee14');
INSERT INTO group_dispatch.named_event VALUES (1, '8a208294-b0b9-676c-950b-fdfc581795b1');
INSERT INTO group_dispatch.named_event VALUES (1, '752f7cdd-377e-a67b-c30a-0684a968cfc8');
INSERT INTO group_dispatch.named_event VALUES (1, 'f90cbc4c-671c-6cb4-1c37-f52c88ccc48c');
INSERT INTO group_dispatch.named_event VALUES (2, '73a17899-f74c-9e20-70c3-a1cf788aed3e');
INSERT INTO group_dispatch.named_event VALUES (1, '622f2e91-5e23-6c5a-0d40-481227dc777c');
INSERT INTO group_dispatch.named_event VALUES (1, 'fd30d06b-3baf-4b47-2a51-2efd2e54f95a');
INSERT INTO group_dispatch.named_event VALUES (1, 'ae2362ef-ff3f-1c01-40cf-0fa82c348a6f');
INSERT INTO group_dispatch.named_event VALUES (1, '99851f17-2d5b-69d8-01ee-6e9279a77e79');
INSERT INTO group_dispatch.named_event VALUES (2, 'baf59837-51f4-130b-91ba-432fa6500a2f');
INSERT INTO group_dispatch.named_event VALUES (1, 'af71a83d-62b8-20e2-d423-1b4b5ce9b264');
INSERT INTO group_dispatch.named_event VALUES (1, 'ef2785c8-115f-9986-cc7b-29d1ec80f43a');
INSERT INTO group_dispatch.named_event VALUES (1, 'a9297512-7b96-1de2-e175-6684a6d3ba53');
INSERT INTO group_dispatch.named_event VALUES (1, '5aaa7fb6-80a3-f746-22bc-705d2ea7175c');
INSERT INTO group_dispatch.named_event VALUES (2, '4e480c43-ab2e-d17f-09da-42dcb402b3b0');
INSERT INTO group_dispatch.named_event VALUES (1, '731a8b27-3a4e-9ac7-321d-08f073c72030');
INSERT INTO group_dispatch.named_event VALUES (1, '7382e546-3212-11e1-cee8-18fa3cde6aaa');
INSERT INTO group_dispatch.named_event VALUES (1, '86e0ba51-6822-70d0-4478-6182e95c5803');
INSERT INTO group_dispatch.named_event VALUES (1, '9cd08713-2f4d-53f7-b78c-125e1f690480');
INSERT INTO group_dispatch.named_event VALUES (2, 'cde9aa7b-1190-d167-a25b-97120fef0c40');
INSERT INTO group_dispatch.named_event VALUES (1, 'ee480ef8-4206-977d-d263-50a948026749');
INSERT INTO group_dispatch.named_event VALUES (1, '107589b2-89b0-dcee-8896-2bc2be72b98c');
INSERT INTO group_dispatch.named_event VALUES (1, '8d4c3b4a-29f1-9f07-ff42-a132463582a3');
INSERT INTO group_dispatch.named_event VALUES (1, 'ef646a16-5454-885f-bfb5-9f04067b533e');
INSERT INTO group_dispatch.named_event VALUES (2, '16077ee9-e961-304f-935f-ccf67921dd65');
INSERT INTO group_dispatch.named_event VALUES (1, '1e6c2c81-adff-2a77-09db-355041907884');
INSERT INTO group_dispatch.named_event VALUES (1, '8b05b249-fa62-47b9-bb89-eeef74d1c4eb');
INSERT INTO group_dispatch.named_event VALUES (1, 'c60cacf0-1a13-6bf7-cd9d-27307623e6e8');
INSERT INTO group_dispatch.named_event VALUES (1, '5d6a670d-f679-c0cd-006d-2fd14eed3e7c');
INSERT INTO group_dispatch.named_event VALUES (2, '8585475e-3b65-18d0-e0e5-a9ecdfaabc67');
INSERT INTO group_dispatch.named_event VALUES (1, '3db97b7b-8b11-4b53-6742-c146eaa1061b');
INSERT INTO group_dispatch.named_event VALUES (1, 'ed1dc4a0-a795-5f5f-3d2b-97db64350a27');
INSERT INTO group_dispatch.named_event VALUES (1, '598c8d96-4044-b4a4-b6b4-c6e173c68f3a');
INSERT INTO group_dispatch.named_event VALUES (1, '30ff9896-0f1d-87e6-ab19-752c528a56a3');
INSERT INTO group_dispatch.named_event VALUES (2, '675699aa-dfd8-8f64-a2f5-1e261f3f18d8');
INSERT INTO group_dispatch.named_event VALUES (1, 'd402845e-8130-60b4-097e-c46f2d1bb82b');
INSERT INTO group_dispatch.origin VALUES (0);
INSERT INTO group_dispatch.status_event_663 VALUES (1720398122000, 1, 730, 1, 12, 8618217331410, 3, 10, 11, 'agent5', 'Colombia', 'event-0', NULL, '', '829a9bee-8fc1-52e8-4001-b813221625f8');
INSERT INTO group_dispatch.status_event_663 VALUES (1720398083000, 513, 732, 1, 7, 8618217331400, 7, 77, 99, 'agent0', 'Colombia', NULL, NULL, 'jack
2', '09459a8d-0c34-6202-eeee-c22d317cfd1e');
INSERT INTO group_dispatch.status_event_663 VALUES (1720400156000, 1025, 735, 2, 7, 8618217331407, 1, 40, 41, 'agent0', '', NULL, NULL, '', 'e9eaac3f-f6b0-12c0-70ba-f1ca3a5bc19e');
INSERT INTO group_dispatch.status_event_663 VALUES (1720398094000, 1537, 737, 1, 12, 8618217331410, 1, 40, 41, 'agent5', 'Colombia', 'event-6', '李 "li"', '', '68b3d7b6-770b-9107-1050-27aa01a62da8');
INSERT INTO group_dispatch.status_event_663 VALUES (1720398385000, 2049, 739, 1, 7, 8618217331411, 1, 77, 99, 'agent0', 'Colombia', NULL, NULL, '', 'd2e3af33-fdc9-e5a1-c22d-e31dc8cb5e82');
INSERT INTO group_dispatch.status_event_663 VALUES (1720398783000, 2561, 741, 1, 10, 8618217331402, 3, 10, 13, 'agent3', 'Colombia', NULL, NULL, NULL, '6c641100-3233-d4eb-3ef0-3f88b0127a3b');
INSERT INTO group_dispatch.status_event_663 VALUES (1720398494000, 3073, 743, 1, 11, 8618217331401, 7, 30, 37, 'agent4', '哥伦比亚', 'event-12', NULL, '', '2ecf513d-600e-91ca-43db-d76ae39d20d2');
INSERT INTO group_dispatch.status_event_663 VALUES (1720398512000, 3585, 745, 2, 8, 8618217331406, 3, 10, 12, 'agent1', '哥伦比亚', NULL, '李 "li"', NULL, '4a4ace62-a2f1-a09f-1bbe-f2adef588614');
INSERT INTO group_dispatch.status_event_663 VALUES (1720399172000, 4097, 747, 1, 11, 8618217331403, 7, 77, 99, 'agent4', 'Colombia', NULL, '李 "li"', 'jack
16', '37be7163-0466-94a6-3f13-3a84b8718e0a');
INSERT INTO group_dispatch.status_event_663 VALUES (1720398304000, 4609, 749, 1, 12, 8618217331408, 3, 40, 43, 'agent5', '哥伦比亚', 'event-18', '李 "li"', 'jack
18', 'ad151e88-4a35-7494-84c4-980cd06440ef');
INSERT INTO group_dispatch.status_event_663 VALUES (1720397414000, 5121, 751, 1, 12, 8618217331408, 3, 10, 13, 'agent5', '', NULL, NULL, 'jack
20', '7c80aae6-7192-142c-e1ba-eec239e4b8ad');
INSERT INTO group_dispatch.status_event_663 VALUES (1720399057000, 5633, 754, 1, 9, 8618217331409, 2, 20, 21, 'agent2', 'Colombia', NULL, '李 "li"', '', '1cc69c99-91aa-0f69-63b9-97d3e29e41f0');
INSERT INTO group_dispatch.status_event_663 VALUES (1720400146000, 6145, 756, 2, 7, 8618217331409, 3, 10, 11, 'agent0', 'Colombia', 'event-24', '李 "li"', NULL, '8871dc7e-474d-10b2-7bbf-18621938c1a6');
INSERT INTO group_dispatch.status_event_663 VALUES (1720398753000, 6657, 758, 1, 8, 8618217331400, 1, 10, 13, 'agent1', 'Colombia', NULL, NULL, '', '82d7d89b-3e46-9a45-bd51-2aa47c694256');
INSERT INTO group_dispatch.status_event_663 VALUES (1720400211000, 7169, 760, 1, 9, 8618217331400, 1, 30, 37, 'agent2', '哥伦比亚', NULL, '李 "li"', '', 'f3c836a1-d588-5d60-8cd0-41c3f818b9c3');
INSERT INTO group_dispatch.status_event_663 VALUES (1720399473000, 7681, 762, 1, 11, 8618217331408, 1, 30, 37, 'agent4', '哥伦比亚', 'event-30', '李 "li"', 'jack
30', '40b0245c-a94c-0dd3-48bf-b0818295dd08');
INSERT INTO group_dispatch.status_event_663 VALUES (1720398424000, 8193, 764, 1, 8, 8618217331400, 7, 20, 21, 'agent1', '哥伦比亚', NULL, NULL, NULL, 'e5d1921b-576f-695e-527b-df521062d676');
INSERT INTO group_dispatch.status_event_663 VALUES (1720398597000, 8705, 766, 2, 8, 8618217331404, 7, 10, 13, 'agent1', '', NULL, NULL, NULL, '6bba26ca-9cc7-7f19-3cc3-2b125bbb6a65');
INSERT INTO group_dispatch.status_event_663 VALUES (1720396801000, 9217, 768, 1, 11, 8618217331409, 3, 10, 12, 'agent4', '', 'event-36', '李 "li"', 'jack
36', '361176c4-0bf8-e8de-353a-e3c305a06523');
INSERT INTO group_dispatch.status_event_663 VALUES (1720399381000, 9729, 770, 1, 10, 8618217331400, 1, 40, 43, 'agent3', '哥伦比亚', NULL, '李 "li"', 'jack
38', '178392a0-f13f-4d27-d7af-0154f1adbf44');
INSERT INTO group_dispatch.status_event_663 VALUES (1720397410000, 10241, 773, 1, 10, 8618217331410, 2, 77, 99, 'agent3', 'Colombia', NULL, NULL, NULL, 'a372327e-1fb2-9ac1-9d69-cc24e6085251');
INSERT INTO group_dispatch.status_event_663 VALUES (1720396940000, 10753, 775, 1, 11, 8618217331406, 3, 77, 99, 'agent4', '哥伦比亚', 'event-42', NULL, '', '21910b4d-6c12-21de-ca73-906b353abdb8');
INSERT INTO group_dispatch.status_event_663 VALUES (1720398634000, 11265, 777, 2, 11, 8618217331402, 2, 20, 21, 'agent4', '', NULL, NULL, '', 'fb9defb1-8e21-6897-080b-56e14fd61f84');
INSERT INTO group_dispatch.status_event_663 VALUES (1720399608000, 11777, 779, 1, 12, 8618217331402, 1, 10, 11, 'agent5', '', NULL, '李 "li"', 'jack
46', 'b266bd8a-dc70-2002-432a-52577ff6e10b');
INSERT INTO group_dispatch.status_event_663 VALUES (1720397064000, 12289, 781, 1, 10, 8618217331403, 2, 10, 12, 'agent3', '', 'event-48', '李 "li"', NULL, '13448178-b7d2-83b8-fe2e-14ed2ac83dec');
INSERT INTO group_dispatch.status_event_663 VALUES (1720398317000, 12801, 783, 1, 9, 8618217331411, 3, 10, 13, 'agent2', '哥伦比亚', NULL, NULL, NULL, '1a538386-37c5-39f9-dde7-35bfa2ca8b8e');
INSERT INTO group_dispatch.status_event_663 VALUES (1720397210000, 13313, 785, 1, 10, 8618217331410, 3, 40, 41, 'agent3', 'Colombia', NULL, NULL, 'jack
52', '20a33f74-64dd-b073-d8fa-60fa46bd9aef');
INSERT INTO group_dispatch.status_event_663 VALUES (1720397664000, 13825, 787, 2, 12, 8618217331405, 3, 10, 11, 'agent5', 'Colombia', 'event-54', NULL, '', '2af5f08e-cf72-b641-2e66-25aca8d93fea');
INSERT INTO group_dispatch.status_event_663 VALUES (1720398031000, 14337, 789, 1, 11, 8618217331408, 3, 40, 43, 'agent4', 'Colombia', NULL, '李 "li"', '', '1b245f93-7e9e-3625-e739-4d5e87fa8011');
INSERT INTO group_dispatch.status_event_663 VALUES (1720399451000, 14849, 791, 1, 11, 8618217331410, 1, 40, 41, 'agent4', 'Colombia', NULL, '李 "li"', 'jack
58', '5dd8b4e2-1003-387e-9099-0254d9b7cfac');
INSERT INTO group_dispatch.status_event_663 VALUES (1720399200000, 15361, 794, 1, 11, 8618217331400, 7, 10, 13, 'agent4', '', 'event-60', NULL, NULL, '9397a752-a025-6111-9581-e600e5c33796');
INSERT INTO group_dispatch.status_event_663 VALUES (1720400259000, 15873, 796, 1, 12, 8618217331406, 1, 40, 43, 'agent5', '', NULL, NULL, NULL, '780ea41d-ec00-34d4-8c7b-7fe17392c310');
INSERT INTO group_dispatch.status_event_663 VALUES (1720399849000, 16385, 798, 2, 8, 8618217331400, 7, 10, 11, 'agent1', '', NULL, NULL, 'jack
64', '17e98781-a3ea-8d18-daa4-894448094667');
INSERT INTO group_dispatch.status_event_663 VALUES (1720397016000, 16897, 800, 1, 8, 8618217331400, 2, 77, 99, 'agent1', '哥伦比亚', 'event-66', '李 "li"', NULL, '11c7d305-94f3-5833-d897-2a2c1751f3f9');
INSERT INTO group_dispatch.status_event_663 VALUES (1720400249000, 17409, 802, 1, 11, 8618217331406, 3, 10, 13, 'agent4', '哥伦比亚', NULL, '李 "li"', NULL, 'ac5e791b-4bdb-9e72-e1b9-f87e569967c4');
INSERT INTO group_dispatch.status_event_663 VALUES (1720399019000, 17921, 804, 1, 7, 8618217331410, 3, 10, 11, 'agent0', '哥伦比亚', NULL, '李 "li"', '', '99065ab2-bbd9-6915-e0dc-fb0f114d2b54');
INSERT INTO group_dispatch.status_event_663 VALUES (1720400357000, 18433, 806, 1, 11, 8618217331401, 3, 10, 13, 'agent4', '', 'event-72', NULL, '', '80c11b6a-134c-7ff0-f1ac-a2726ed08830');
INSERT INTO group_dispatch.status_event_663 VALUES (1720397011000, 18945, 808, 2, 9, 8618217331401, 2, 30, 37, 'agent2', '哥伦比亚', NULL, '李 "li"', NULL, '3809e27e-cefb-75bb-01db-f77bbd3d2d36');
INSERT INTO group_dispatch.status_event_663 VALUES (1720396868000, 19457, 810, 1, 8, 8618217331404, 3, 20, 21, 'agent1', '', NULL, NULL, NULL, '79ecfdae-55c8-017d-02b0-63cea4fae404');
INSERT INTO group_dispatch.status_event_663 VALUES (1720399862000, 19969, 812, 1, 8, 8618217331401, 1, 30, 37, 'agent1', '', 'event-78', '李 "li"', '', 'b31bcab5-3111-5a4e-5614-0dcf1fa5e1f1');
INSERT INTO group_dispatch.status_event_663 VALUES (1720398746000, 20481, 815, 1, 8, 8618217331404, 1, 10, 11, 'agent1', '', NULL, NULL, 'jack
80', 'da41c680-fc6b-38f2-346d-cf57fb24d851');
INSERT INTO group_dispatch.status_event_663 VALUES (1720398717000, 20993, 817, 1, 9, 8618217331404, 7, 30, 37, 'agent2', 'Colombia', NULL, '李 "li"', 'jack
82', '6575fdbe-3e9b-0bd9-30ba-bc8506f48036');
INSERT INTO group_dispatch.status_event_663 VALUES (1720399637000, 21505, 819, 2, 10, 8618217331408, 1, 40, 41, 'agent3', 'Colombia', 'event-84', NULL, '', '72b1d761-70a6-5886-7224-2a0395d3875d');
INSERT INTO group_dispatch.status_event_663 VALUES (1720399659000, 22017, 821, 1, 10, 8618217331409, 7, 30, 31, 'agent3', 'Colombia', NULL, '李 "li"', NULL, '419bd3b9-a887-481c-09f2-d077bb210752');
INSERT INTO group_dispatch.status_event_663 VALUES (1720397567000, 22529, 823, 1, 7, 8618217331403, 7, 30, 37, 'agent0', '', NULL, NULL, '', '7206864b-0f8a-55cc-d3d3-8a9564e80c3f');
INSERT INTO group_dispatch.status_event_663 VALUES (1720399287000, 23041, 825, 1, 10, 8618217331410, 1, 30, 31, 'agent3', '哥伦比亚', 'event-90', '李 "li"', NULL, '21a65dec-9a9a-dcac-a5af-53b93e9fef11');
INSERT INTO group_dispatch.status_event_663 VALUES (1720397415000, 23553, 827, 1, 12, 8618217331401, 1, 10, 12, 'agent5', '哥伦比亚', NULL, NULL, '', '07053d86-2111-ba26-aae4-037635a2ec30');
INSERT INTO group_dispatch.status_event_663 VALUES (1720399677000, 24065, 829, 2, 11, 8618217331400, 1, 20, 21, 'agent4', '哥伦比亚', NULL, NULL, '', '1e3eda5f-28ea-592e-672f-a8f8d97db7b4');
INSERT INTO group_dispatch.status_event_663 VALUES (1720400366000, 24577, 831, 1, 12, 8618217331411, 7, 30, 37, 'agent5', '哥伦比亚', 'event-96', NULL, NULL, 'a2122e33-d04b-5d17-f4b8-8e78a5ec6627');
INSERT INTO group_dispatch.status_event_663 VALUES (1720399478000, 25089, 834, 1, 10, 8618217331407, 3, 10, 13, 'agent3', '哥伦比亚', NULL, '李 "li"', NULL, 'dcae2e6a-319e-f8b4-619d-8eae7044f366');
INSERT INTO group_dispatch.status_event_663 VALUES (1720396807000, 25601, 836, 1, 9, 8618217331409, 2, 30, 31, 'agent2', 'Colombia', NULL, '李 "li"', NULL, '60f161e2-7752-ec05-6a37-eb324f36e086');
INSERT INTO group_dispatch.status_event_663 VALUES (1720399116000, 26113, 838, 1, 12, 8618217331404, 7, 10, 12, 'agent5', '', 'event-102', '李 "li"', '', '59caf6ab-51e1-436e-19f5-8f8464b36b9d');
INSERT INTO group_dispatch.status_event_663 VALUES (1720398694000, 26625, 840, 2, 12, 8618217331407, 1, 10, 11, 'agent5', '', NULL, NULL, 'jack
104', 'a1d2c954-a1b3-9dd8-8382-ca1a09724068');
INSERT INTO group_dispatch.status_event_663 VALUES (1720397723000, 27137, 842, 1, 9, 8618217331404, 3, 10, 11, 'agent2', '哥伦比亚', NULL, '李 "li"', 'jack
106', 'a444af45-814b-7e25-7547-e1ae652f691c');
INSERT INTO group_dispatch.status_event_663 VALUES (1720399376000, 27649, 844, 1, 8, 8618217331410, 3, 77, 99, 'agent1', '', 'event-108', NULL, 'jack
108', '5fb48cd7-5f0a-17ec-db56-150905472948');
INSERT INTO group_dispatch.status_event_663 VALUES (1720397945000, 28161, 846, 1, 7, 8618217331406, 1, 10, 13, 'agent0', 'Colombia', NULL, NULL, NULL, '901293ff-42c4-a4fd-8ab3-18417a904608');
INSERT INTO group_dispatch.status_event_663 VALUES (1720397725000, 28673, 848, 1, 10, 8618217331400, 7, 10, 13, 'agent3', '哥伦比亚', NULL, '李 "li"', NULL, 'aefe5e70-66ca-f4dc-911a-bfb85adb859c');
INSERT INTO group_dispatch.status_event_663 VALUES (1720398109000, 29185, 850, 2, 7, 8618217331401, 1, 10, 11, 'agent0', '', 'event-114', '李 "li"', '', '2b6f0e2e-d3c0-f4fb-0cc2-ea1364d5b291');
INSERT INTO group_dispatch.status_event_663 VALUES (1720397732000, 29697, 852, 1, 12, 8618217331401, 3, 10, 12, 'agent5', '', NULL, '李 "li"', '', '5ced3f3d-751b-9a38-1d69-d9d9dafd1609');
INSERT INTO group_dispatch.status_event_663 VALUES (1720399310000, 31233, 859, 1, 12, 8618217331401, 3, 10, 11, 'agent5', '', NULL, NULL, '', '1ee260ea-c3f2-834b-bc77-4aa415232d98');
INSERT INTO group_dispatch.status_event_663 VALUES (1720399066000, 32769, 865, 1, 9, 8618217331402, 2, 77, 99, 'agent2', 'Colombia', NULL, NULL, 'jack
128', '792a2e5e-626d-171d-0726-9f81e6022f58');
INSERT INTO group_dispatch.status_event_663 VALUES (1720397557000, 34305, 871, 2, 11, 8618217331405, 3, 40, 41, 'agent4', '哥伦比亚', NULL, '李 "li"', NULL, '78bd532c-61a3-501e-ccf3-de1de61f7073');
INSERT INTO group_dispatch.status_event_663 VALUES (1720399372000, 35841, 878, 1, 11, 8618217331405, 1, 77, 99, 'agent4', '哥伦比亚', NULL, NULL, 'jack
140', '2b488449-95f1-974b-928d-4e56ac78eb53');
INSERT INTO group_dispatch.status_event_663 VALUES (1720397830000, 37377, 884, 1, 11, 8618217331404, 1, 30, 37, 'agent4', '哥伦比亚', NULL, NULL, '', 'e1196599-b116-5d4b-5f98-ce25719a25d6');
INSERT INTO group_dispatch.status_event_663 VALUES (1720398354000, 38913, 890, 1, 12, 8618217331408, 1, 30, 37, 'agent5', '', NULL, '李 "li"', '', 'c8b1fca9-9d51-e3e5-a6fe-2b94fc60708a');
INSERT INTO group_dispatch.status_event_663 VALUES (1720397778000, 40449, 896, 1, 8, 8618217331409, 3, 77, 99, 'agent1', '哥伦比亚', NULL, NULL, NULL, '13be8a6f-8224-06ef-08d0-b35d00f9aed2');
INSERT INTO group_dispatch.status_event_663 VALUES (1720400240000, 41985, 903, 2, 11, 8618217331404, 2, 77, 99, 'agent4', '哥伦比亚', NULL, '李 "li"', NULL, 'aa781fd5-3807-8a72-9673-54fbf6beebb6');
INSERT INTO group_dispatch.status_event_663 VALUES (1720399104000, 43521, 909, 1, 8, 8618217331408, 2, 30, 31, 'agent1', 'Colombia', NULL, '李 "li"', 'jack
170', 'c2d1979c-0fe1-0f32-b61e-d1f555dc9776');
INSERT INTO group_dispatch.status_event_663 VALUES (1720398122000, 45057, 915, 1, 12, 8618217331408, 7, 10, 11, 'agent5', '', NULL, '李 "li"', NULL, '62a39379-502e-e088-7b6a-99d7f3b5cf79');
INSERT INTO group_dispatch.status_event_663 VALUES (1720396857000, 46593, 922, 1, 8, 8618217331403, 1, 10, 12, 'agent1', '', NULL, NULL, '', '269b2253-5cdf-fbae-d056-e3b59d4286d6');
INSERT INTO group_dispatch.status_event_663 VALUES (1720398349000, 48129, 928, 1, 7, 8618217331402, 3, 10, 11, 'agent0', '哥伦比亚', NULL, NULL, '', '072d432e-51bb-5e75-2309-ae77cbea38b8');
INSERT INTO group_dispatch.status_event_663 VALUES (1720399499000, 49665, 934, 2, 11, 8618217331408, 1, 20, 21, 'agent4', '哥伦比亚', NULL, NULL, NULL, '76a06ccc-c4eb-3b94-663f-f2450c3f241d');
INSERT INTO group_dispatch.status_event_663 VALUES (1720397721000, 51201, 941, 1, 11, 8618217331411, 7, 20, 21, 'agent4', '哥伦比亚', NULL, '李 "li"', '', '19bd11cb-7e85-fb86-630a-10caff4f108d');
INSERT INTO group_dispatch.status_event_663 VALUES (1720399144000, 52737, 947, 1, 11, 8618217331411, 7, 40, 41, 'agent4', 'Colombia', NULL, '李 "li"', '', '5372513c-1135-733c-d157-9cf1cdd38d0d');
INSERT INTO group_dispatch.status_event_663 VALUES (1720398669000, 54273, 953, 1, 8, 8618217331403, 3, 30, 37, 'agent1', 'Colombia', NULL, '李 "li"', '', '8d8d270f-5ead-e41c-6a6a-bdfcc6ab83ce');
INSERT INTO group_dispatch.status_event_663 VALUES (1720398873000, 55809, 959, 1, 10, 8618217331404, 2, 10, 12, 'agent3', '哥伦比亚', NULL, NULL, '', '61878c9f-89f7-298d-0c09-fe1a8dcc42cb');
INSERT INTO group_dispatch.status_event_663 VALUES (1720397843000, 57345, 966, 2, 10, 8618217331402, 3, 10, 11, 'agent3', '哥伦比亚', NULL, '李 "li"', '', 'bf0641d4-c0b4-4989-f737-53bf8150ce35');
INSERT INTO group_dispatch.status_event_663 VALUES (1720398606000, 58881, 972, 1, 11, 8618217331404, 2, 10, 13, 'agent4', 'Colombia', NULL, NULL, 'jack
230', '069724b5-9d91-a228-8f23-312370256ce3');
INSERT INTO group_dispatch.status_event_663 VALUES (1720398166000, 60417, 978, 1, 11, 8618217331403, 1, 30, 37, 'agent4', '哥伦比亚', NULL, NULL, NULL, 'bf267d00-9115-48b5-1a73-7e6b5b6ad09f');
INSERT INTO group_dispatch.status_event_663 VALUES (1720399231000, 30209, 854, 1, 10, 8618217331409, 7, 77, 99, 'agent3', '哥伦比亚', NULL, NULL, NULL, '8a954696-88f5-fb92-6dbb-302212ecc53a');
INSERT INTO group_dispatch.status_event_663 VALUES (1720399683000, 31745, 861, 2, 11, 8618217331404, 7, 40, 41, 'agent4', 'Colombia', NULL, '李 "li"', 'jack
124', '229b7ed2-a545-ca51-5849-0a65c731654c');
INSERT INTO group_dispatch.status_event_663 VALUES (1720396886000, 33281, 867, 1, 11, 8618217331407, 1, 10, 13, 'agent4', '', NULL, NULL, 'jack
130', '22419779-8128-26b5-0bc4-4943ed10ec9d');
INSERT INTO group_dispatch.status_event_663 VALUES (1720397713000, 34817, 873, 1, 10, 8618217331400, 3, 20, 21, 'agent3', 'Colombia', NULL, '李 "li"', 'jack
136', '367d20aa-891e-8e19-8470-b9649aaf5f19');
INSERT INTO group_dispatch.status_event_663 VALUES (1720399953000, 36353, 880, 1, 9, 8618217331403, 7, 10, 11, 'agent2', '哥伦比亚', NULL, '李 "li"', 'jack
142', '4f7c99b9-70c5-beef-a5f2-823f2dddb3a0');
INSERT INTO group_dispatch.status_event_663 VALUES (1720400384000, 37889, 886, 1, 9, 8618217331400, 3, 40, 43, 'agent2', '哥伦比亚', NULL, NULL, 'jack
148', '20b7c3a2-1cd2-5a11-ea36-ba00a2ce327c');
INSERT INTO group_dispatch.status_event_663 VALUES (1720397025000, 39425, 892, 2, 12, 8618217331407, 3, 10, 12, 'agent5', '哥伦比亚', NULL, NULL, NULL, '96a2d141-0130-54b2-198a-b8bd2906e88a');
INSERT INTO group_dispatch.status_event_663 VALUES (1720399311000, 40961, 899, 1, 10, 8618217331405, 1, 10, 12, 'agent3', '', NULL, '李 "li"', '', 'cb4b1c68-deaa-9762-8757-57b14bbd815a');
INSERT INTO group_dispatch.status_event_663 VALUES (1720399474000, 42497, 905, 1, 7, 8618217331403, 7, 10, 13, 'agent0', '', NULL, NULL, 'jack
166', '5c99e51d-8502-cd66-1319-5d0544869fb7');
INSERT INTO group_dispatch.status_event_663 VALUES (1720399865000, 44033, 911, 1, 7, 8618217331408, 3, 10, 12, 'agent0', 'Colombia', NULL, NULL, '', '4e8167d7-1d3f-b88c-6df1-e203caaf10b4');
INSERT INTO group_dispatch.status_event_663 VALUES (1720399292000, 45569, 917, 1, 8, 8618217331402, 7, 30, 37, 'agent1', '', NULL, NULL, '', '41782469-db95-31c4-d5e4-f29a703f58c9');
INSERT INTO group_dispatch.status_event_663 VALUES (1720398605000, 47105, 924, 2, 7, 8618217331400, 3, 40, 43, 'agent0', '哥伦比亚', NULL, NULL, NULL, '6a7f9526-cce5-128f-ca95-42305a1507e5');
INSERT INTO group_dispatch.status_event_663 VALUES (1720399823000, 48641, 930, 1, 12, 8618217331411, 2, 40, 43, 'agent5', '哥伦比亚', NULL, NULL, 'jack
190', '5cf3597f-e3b9-b20f-868b-31a2e6fc1027');
INSERT INTO group_dispatch.status_event_663 VALUES (1720399798000, 50177, 936, 1, 9, 8618217331406, 3, 10, 13, 'agent2', 'Colombia', NULL, '李 "li"', 'jack
196', '808264ad-9bdd-c3a3-657e-b41343c32283');
INSERT INTO group_dispatch.status_event_663 VALUES (1720400352000, 51713, 943, 1, 10, 8618217331407, 3, 10, 12, 'agent3', 'Colombia', NULL, '李 "li"', '', 'e7b4da22-7563-0761-c4f8-82e1425a43d3');
INSERT INTO group_dispatch.status_event_663 VALUES (1720398682000, 53249, 949, 1, 7, 8618217331406, 1, 30, 37, 'agent0', '', NULL, NULL, '', '9d4669bf-7f32-96e9-a715-604975b5c984');
INSERT INTO group_dispatch.status_event_663 VALUES (1720398256000, 54785, 955, 2, 12, 8618217331404, 1, 30, 37, 'agent5', '哥伦比亚', NULL, NULL, '', 'f5db61d4-a77f-4bb3-385e-71b6484b5a30');
INSERT INTO group_dispatch.status_event_663 VALUES (1720398876000, 56321, 962, 1, 7, 8618217331402, 3, 40, 41, 'agent0', 'Colombia', NULL, NULL, 'jack
220', '0130409a-8b1c-4d54-a3ea-1fa0c4fef867');
INSERT INTO group_dispatch.status_event_663 VALUES (1720398766000, 57857, 968, 1, 12, 8618217331410, 2, 40, 41, 'agent5', '', NULL, NULL, NULL, 'ad11821a-53d3-d86e-7844-8cf71db73243');
INSERT INTO group_dispatch.status_event_663 VALUES (1720399358000, 59393, 974, 1, 12, 8618217331401, 1, 10, 12, 'agent5', 'Colombia', NULL, NULL, 'jack
232', '40a0297a-f927-2812-8638-e16bf5512b3a');
INSERT INTO group_dispatch.status_event_663 VALUES (1720400303000, 60929, 980, 1, 11, 8618217331411, 7, 77, 99, 'agent4', 'Colombia', NULL, NULL, 'jack
238', 'e220ed96-ec41-f7de-1093-3b9422902abe');
INSERT INTO group_dispatch.status_event_663 VALUES (1720396807000, 30721, 857, 1, 9, 8618217331400, 3, 20, 21, 'agent2', 'Colombia', 'event-120', NULL, 'jack
120', 'b8d69e74-8c85-fde5-be38-f268141608d3');
INSERT INTO group_dispatch.status_event_663 VALUES (1720399546000, 32257, 863, 1, 11, 8618217331404, 1, 10, 11, 'agent4', '', 'event-126', '李 "li"', '', 'b7192ebc-b08e-e229-615e-adde5f0fbc57');
INSERT INTO group_dispatch.status_event_663 VALUES (1720399786000, 33793, 869, 1, 11, 8618217331400, 7, 30, 37, 'agent4', '哥伦比亚', 'event-132', '李 "li"', NULL, '34e72556-8853-0089-1a3b-c3d7895eee14');
INSERT INTO group_dispatch.status_event_663 VALUES (1720396967000, 35329, 876, 1, 12, 8618217331408, 2, 30, 37, 'agent5', '哥伦比亚', 'event-138', '李 "li"', 'jack
138', '752f7cdd-377e-a67b-c30a-0684a968cfc8');
INSERT INTO group_dispatch.status_event_663 VALUES (1720397921000, 36865, 882, 2, 10, 8618217331405, 3, 40, 43, 'agent3', 'Colombia', 'event-144', NULL, 'jack
144', '73a17899-f74c-9e20-70c3-a1cf788aed3e');
INSERT INTO group_dispatch.status_event_663 VALUES (1720397851000, 38401, 888, 1, 7, 8618217331400, 2, 40, 41, 'agent0', '', 'event-150', NULL, '', 'fd30d06b-3baf-4b47-2a51-2efd2e54f95a');
INSERT INTO group_dispatch.status_event_663 VALUES (1720396899000, 39937, 894, 1, 8, 8618217331403, 2, 10, 12, 'agent1', '哥伦比亚', 'event-156', '李 "li"', NULL, '99851f17-2d5b-69d8-01ee-6e9279a77e79');
INSERT INTO group_dispatch.status_event_663 VALUES (1720400368000, 41473, 901, 1, 7, 8618217331401, 7, 20, 21, 'agent0', '', 'event-162', NULL, NULL, 'af71a83d-62b8-20e2-d423-1b4b5ce9b264');
INSERT INTO group_dispatch.status_event_663 VALUES (1720397306000, 43009, 907, 1, 11, 8618217331406, 3, 30, 37, 'agent4', '', 'event-168', NULL, NULL, 'a9297512-7b96-1de2-e175-6684a6d3ba53');
INSERT INTO group_dispatch.status_event_663 VALUES (1720400123000, 44545, 913, 2, 9, 8618217331400, 7, 40, 43, 'agent2', 'Colombia', 'event-174', '李 "li"', 'jack
174', '4e480c43-ab2e-d17f-09da-42dcb402b3b0');
INSERT INTO group_dispatch.status_event_663 VALUES (1720398390000, 46081, 920, 1, 8, 8618217331403, 3, 30, 31, 'agent1', '', 'event-180', '李 "li"', NULL, '7382e546-3212-11e1-cee8-18fa3cde6aaa');
INSERT INTO group_dispatch.status_event_663 VALUES (1720398047000, 47617, 926, 1, 8, 8618217331400, 3, 77, 99, 'agent1', '哥伦比亚', 'event-186', '李 "li"', NULL, '9cd08713-2f4d-53f7-b78c-125e1f690480');
INSERT INTO group_dispatch.status_event_663 VALUES (1720396951000, 49153, 932, 1, 12, 8618217331405, 7, 30, 31, 'agent5', 'Colombia', 'event-192', '李 "li"', NULL, 'ee480ef8-4206-977d-d263-50a948026749');
INSERT INTO group_dispatch.status_event_663 VALUES (1720397822000, 50689, 938, 1, 10, 8618217331400, 3, 40, 41, 'agent3', '哥伦比亚', 'event-198', '李 "li"', '', '8d4c3b4a-29f1-9f07-ff42-a132463582a3');
INSERT INTO group_dispatch.status_event_663 VALUES (1720398653000, 52225, 945, 2, 7, 8618217331409, 7, 40, 43, 'agent0', '哥伦比亚', 'event-204', NULL, '', '16077ee9-e961-304f-935f-ccf67921dd65');
INSERT INTO group_dispatch.status_event_663 VALUES (1720398945000, 53761, 951, 1, 12, 8618217331401, 1, 77, 99, 'agent5', '', 'event-210', '李 "li"', NULL, '8b05b249-fa62-47b9-bb89-eeef74d1c4eb');
INSERT INTO group_dispatch.status_event_663 VALUES (1720397261000, 55297, 957, 1, 10, 8618217331407, 7, 20, 21, 'agent3', '哥伦比亚', 'event-216', '李 "li"', 'jack
216', '5d6a670d-f679-c0cd-006d-2fd14eed3e7c');
INSERT INTO group_dispatch.status_event_663 VALUES (1720397334000, 56833, 964, 1, 11, 8618217331403, 2, 40, 43, 'agent4', '', 'event-222', '李 "li"', NULL, '3db97b7b-8b11-4b53-6742-c146eaa1061b');
INSERT INTO group_dispatch.status_event_663 VALUES (1720397810000, 58369, 970, 1, 8, 8618217331403, 2, 10, 11, 'agent1', '', 'event-228', NULL, '', '598c8d96-4044-b4a4-b6b4-c6e173c68f3a');
INSERT INTO group_dispatch.status_event_663 VALUES (1720399790000, 59905, 976, 2, 8, 8618217331404, 7, 40, 41, 'agent1', 'Colombia', 'event-234', NULL, 'jack
234', '675699aa-dfd8-8f64-a2f5-1e261f3f18d8');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035758267000, 257, 731, 1, 12, 8618217331406, 1, 40, 41, 'agent5', '', NULL, '李 "li"', NULL, '6223bc21-46c7-c5c6-be36-50c28f86927a');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035757480000, 769, 734, 1, 10, 8618217331408, 1, 40, 43, 'agent3', '', 'event-3', NULL, 'jack
3', '39d833d2-c31e-e756-0555-5f9c751f3ce4');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035759565000, 1281, 736, 1, 7, 8618217331403, 3, 20, 21, 'agent0', '', NULL, '李 "li"', NULL, '71501518-a027-b49b-2c70-75fce74e754b');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035759141000, 1793, 738, 1, 9, 8618217331400, 2, 30, 37, 'agent2', '', NULL, '李 "li"', '', '6f63d560-658e-48e4-4b5f-02b00554b7c2');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035756836000, 2305, 740, 2, 7, 8618217331400, 7, 20, 21, 'agent0', '', 'event-9', '李 "li"', '', 'f0b2279a-37cb-16d6-4a46-2b0d89f8fe5f');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035758374000, 2817, 742, 1, 7, 8618217331411, 7, 10, 11, 'agent0', '哥伦比亚', NULL, '李 "li"', NULL, '9af8e622-c919-c2ff-2336-e6a47c91f53d');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035759843000, 3329, 744, 1, 11, 8618217331410, 7, 77, 99, 'agent4', '', NULL, NULL, NULL, 'b0f242e7-0674-9326-6dbf-313458de03a6');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035758965000, 3841, 746, 1, 12, 8618217331400, 2, 10, 11, 'agent5', '哥伦比亚', 'event-15', '李 "li"', NULL, '27aea522-bdab-1d38-82d3-b8f99f46c4f9');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035756849000, 4353, 748, 1, 9, 8618217331406, 1, 10, 12, 'agent2', '哥伦比亚', NULL, '李 "li"', '', 'e40b0dc4-1825-d4f2-3794-b9acfbf7585b');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035759907000, 4865, 750, 2, 12, 8618217331406, 7, 10, 12, 'agent5', 'Colombia', NULL, '李 "li"', NULL, 'bff297cc-7caa-4064-9d36-9ed0efb6d2b2');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035758619000, 5377, 753, 1, 11, 8618217331402, 1, 77, 99, 'agent4', '', 'event-21', '李 "li"', NULL, 'cca6f7c4-5dd7-746c-c627-5d6f6dc3bbc9');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035757026000, 5889, 755, 1, 7, 8618217331409, 3, 40, 41, 'agent0', '', NULL, '李 "li"', '', 'dc61ace1-3526-2fc8-d65a-745330ad7b5e');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035758193000, 6401, 757, 1, 12, 8618217331404, 2, 10, 11, 'agent5', 'Colombia', NULL, '李 "li"', '', 'f486f84f-43c2-6f7c-37d3-238266bd4d50');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035758615000, 6913, 759, 1, 9, 8618217331409, 1, 40, 41, 'agent2', '哥伦比亚', 'event-27', NULL, '', 'ff9510c2-2e2e-5e40-9978-4800cce3f0c1');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035759612000, 7425, 761, 2, 8, 8618217331411, 3, 20, 21, 'agent1', 'Colombia', NULL, '李 "li"', '', '831be4e4-ece4-b50a-e5b0-3697902a1da9');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035758188000, 7937, 763, 1, 7, 8618217331402, 2, 40, 43, 'agent0', '哥伦比亚', NULL, NULL, 'jack
31', 'fe0f5cd5-b6af-703f-c828-64fd4b948cab');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035759778000, 8449, 765, 1, 11, 8618217331411, 1, 10, 12, 'agent4', '', 'event-33', NULL, NULL, '428202bf-3c31-8a30-c732-2bfaed527e41');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035756965000, 8961, 767, 1, 7, 8618217331401, 3, 30, 31, 'agent0', '', NULL, NULL, 'jack
35', '9b51fd4f-cc55-29c9-272a-288008e193e4');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035760396000, 9473, 769, 1, 9, 8618217331405, 3, 20, 21, 'agent2', '哥伦比亚', NULL, '李 "li"', NULL, '419f9c7e-99f3-951f-4533-284ee000917f');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035757012000, 9985, 771, 2, 8, 8618217331406, 3, 40, 43, 'agent1', 'Colombia', 'event-39', '李 "li"', NULL, '18b115f8-c4c5-24a3-b135-6070d17bc60b');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035759704000, 10497, 774, 1, 12, 8618217331402, 7, 20, 21, 'agent5', '', NULL, '李 "li"', 'jack
41', '890f0953-b64f-c925-0c7d-8b8e91690fb7');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035759773000, 11009, 776, 1, 12, 8618217331402, 7, 30, 37, 'agent5', 'Colombia', NULL, '李 "li"', 'jack
43', 'f5bb89f2-ee36-d298-0c65-e6a8e7ea0b5f');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035758596000, 11521, 778, 1, 12, 8618217331401, 1, 20, 21, 'agent5', '哥伦比亚', 'event-45', '李 "li"', 'jack
45', '0e750a0b-7be0-9b05-04e9-41d9d06c93e4');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035760305000, 12033, 780, 1, 8, 8618217331406, 3, 40, 43, 'agent1', 'Colombia', NULL, '李 "li"', '', '7d4d6020-abc6-5f58-0d71-d292dde95de7');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035758699000, 12545, 782, 2, 12, 8618217331410, 1, 77, 99, 'agent5', '', NULL, '李 "li"', '', '29598bb3-06e5-6320-6be0-4880fd225714');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035757038000, 13057, 784, 1, 9, 8618217331407, 3, 30, 37, 'agent2', '哥伦比亚', 'event-51', NULL, 'jack
51', '8543ea3e-ba5e-340e-c775-41a3ae792248');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035758077000, 13569, 786, 1, 11, 8618217331400, 2, 30, 31, 'agent4', 'Colombia', NULL, NULL, 'jack
53', '4667de90-546e-85fd-0d35-717594c33486');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035760394000, 14081, 788, 1, 7, 8618217331407, 2, 77, 99, 'agent0', '', NULL, '李 "li"', 'jack
55', '21828b9b-e65f-0f51-b43e-d23be927714b');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035757652000, 14593, 790, 1, 10, 8618217331407, 1, 40, 41, 'agent3', 'Colombia', 'event-57', '李 "li"', '', 'a630c06a-810e-c459-2a61-0981146051bc');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035758229000, 15105, 792, 2, 10, 8618217331401, 1, 30, 37, 'agent3', 'Colombia', NULL, '李 "li"', NULL, '28ba7904-a286-d5b4-77fc-346d71a81b0d');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035758955000, 15617, 795, 1, 8, 8618217331405, 3, 40, 43, 'agent1', '', NULL, '李 "li"', NULL, 'b71b2f8f-1252-4ba5-49e1-0237c721f124');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035760226000, 16129, 797, 1, 9, 8618217331400, 2, 40, 41, 'agent2', '', 'event-63', NULL, '', '8be79af9-f318-349d-9f3f-67e0e42ab382');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035758996000, 16641, 799, 1, 12, 8618217331400, 1, 30, 31, 'agent5', '哥伦比亚', NULL, '李 "li"', '', '5667b1d9-0182-7d5f-8ba1-c356cd6aea75');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035760075000, 17153, 801, 1, 8, 8618217331411, 3, 10, 13, 'agent1', '哥伦比亚', NULL, NULL, NULL, '2d0a2e77-e272-50da-c8e9-0f1e252017da');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035757907000, 17665, 803, 2, 9, 8618217331408, 3, 40, 43, 'agent2', 'Colombia', 'event-69', NULL, NULL, 'adcbbfc8-78a9-344f-cef4-3965d86d7424');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035757311000, 18177, 805, 1, 9, 8618217331403, 3, 10, 13, 'agent2', 'Colombia', NULL, NULL, NULL, '4c855228-9a9e-c2d1-0f82-a88367ff19f4');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035759236000, 18689, 807, 1, 12, 8618217331407, 1, 10, 12, 'agent5', '哥伦比亚', NULL, NULL, NULL, 'b8528f76-d2c2-4429-7010-a433b9f3e752');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035760240000, 19201, 809, 1, 10, 8618217331404, 3, 10, 11, 'agent3', 'Colombia', 'event-75', NULL, 'jack
75', '9c417583-3537-dcc4-4790-6d0c4a740411');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035759463000, 19713, 811, 1, 11, 8618217331410, 2, 30, 31, 'agent4', '哥伦比亚', NULL, NULL, '', 'c6628e26-cb1e-92fa-2349-015863d3c25c');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035758359000, 20225, 813, 2, 10, 8618217331408, 7, 40, 41, 'agent3', '', NULL, '李 "li"', 'jack
79', '9d4ef7d8-4036-b74a-fa4d-ed3b08df5186');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035760341000, 20737, 816, 1, 9, 8618217331403, 7, 40, 41, 'agent2', '哥伦比亚', 'event-81', '李 "li"', '', '991a8237-62f6-fb20-b497-0a78b3eaaf2e');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035760142000, 21249, 818, 1, 10, 8618217331401, 7, 10, 12, 'agent3', '哥伦比亚', NULL, '李 "li"', 'jack
83', 'd28f99c1-4308-8102-d493-d7681ee1b25f');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035759895000, 21761, 820, 1, 10, 8618217331408, 7, 10, 13, 'agent3', 'Colombia', NULL, NULL, NULL, 'f2f2589c-bca5-b5c0-7c6e-19cbbd7b3e34');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035758165000, 22273, 822, 1, 10, 8618217331409, 3, 10, 12, 'agent3', '', 'event-87', '李 "li"', NULL, 'e25d41af-bba2-48c4-1776-c3a05d9c4ea0');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035760068000, 22785, 824, 2, 9, 8618217331404, 1, 77, 99, 'agent2', '', NULL, '李 "li"', 'jack
89', '26c99752-0802-1298-8371-1855af6dea1e');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035758986000, 23297, 826, 1, 7, 8618217331402, 3, 10, 13, 'agent0', 'Colombia', NULL, '李 "li"', '', '58aee627-b64b-3e20-1f23-268893004bc3');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035758909000, 23809, 828, 1, 10, 8618217331402, 1, 10, 13, 'agent3', 'Colombia', 'event-93', NULL, NULL, 'e2defa24-dd08-7606-2a70-5cb6438fa083');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035758629000, 24321, 830, 1, 9, 8618217331404, 3, 10, 11, 'agent2', '', NULL, NULL, NULL, 'da9d1add-1d24-f3f7-3433-3a0e4074ac17');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035759750000, 24833, 832, 1, 8, 8618217331404, 3, 10, 12, 'agent1', 'Colombia', NULL, '李 "li"', 'jack
97', '0622b5e4-733d-5384-a69e-886682bca8c9');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035757359000, 25345, 835, 2, 8, 8618217331406, 7, 10, 13, 'agent1', '哥伦比亚', 'event-99', '李 "li"', '', 'c34df094-7fa2-e733-6de2-2729d3cf1a54');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035757100000, 25857, 837, 1, 10, 8618217331400, 2, 10, 11, 'agent3', '哥伦比亚', NULL, '李 "li"', NULL, '3aef6880-92ee-b988-92b7-9b373dcd1aee');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035759517000, 26369, 839, 1, 9, 8618217331402, 1, 40, 41, 'agent2', '哥伦比亚', NULL, '李 "li"', 'jack
103', 'a419fc6b-bcb1-3620-6515-0362e672da93');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035758342000, 26881, 841, 1, 12, 8618217331410, 3, 10, 12, 'agent5', 'Colombia', 'event-105', NULL, 'jack
105', 'c56933ac-55b1-f197-675c-797cf6ce4488');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035757058000, 27393, 843, 1, 9, 8618217331402, 7, 40, 41, 'agent2', '哥伦比亚', NULL, NULL, 'jack
107', '964c83d7-d0d8-3627-ccb8-237e0d3f7bae');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035760360000, 27905, 845, 2, 7, 8618217331405, 7, 20, 21, 'agent0', '哥伦比亚', NULL, '李 "li"', 'jack
109', '1560dbf7-024d-79dc-386f-72e1fc445891');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035757329000, 28417, 847, 1, 11, 8618217331401, 7, 20, 21, 'agent4', '哥伦比亚', 'event-111', '李 "li"', NULL, 'eb255299-6a9f-8d0b-eb79-71ec9b208686');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035758010000, 28929, 849, 1, 10, 8618217331405, 1, 20, 21, 'agent3', '哥伦比亚', NULL, '李 "li"', '', 'b99eaee3-b91d-ba97-121b-0541ffcd7628');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035758565000, 29441, 851, 1, 10, 8618217331405, 2, 40, 43, 'agent3', '哥伦比亚', NULL, NULL, NULL, '551fc78b-2f03-b57d-c047-bb982de718b6');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035758412000, 30977, 858, 1, 11, 8618217331406, 1, 10, 12, 'agent4', 'Colombia', NULL, NULL, NULL, '6b1a5365-6ad3-b5a1-587f-23d65c703714');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035756866000, 32513, 864, 1, 9, 8618217331400, 2, 20, 21, 'agent2', '', NULL, '李 "li"', '', '276db8d6-30cf-8278-9bf4-519df569b33b');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035759253000, 34049, 870, 1, 8, 8618217331410, 2, 30, 37, 'agent1', '哥伦比亚', NULL, NULL, 'jack
133', '9c4cd382-ed85-5d1a-20be-2a22974d98fd');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035758154000, 35585, 877, 2, 11, 8618217331403, 7, 20, 21, 'agent4', '', NULL, NULL, NULL, '32e90214-ce61-c6f5-5d29-137a967f5377');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035759100000, 37121, 883, 1, 11, 8618217331405, 3, 30, 37, 'agent4', 'Colombia', NULL, NULL, 'jack
145', '8b70730d-cf11-5447-0a2e-5dd91432b675');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035756933000, 38657, 889, 1, 10, 8618217331404, 7, 30, 31, 'agent3', 'Colombia', NULL, '李 "li"', '', '21aa96c7-8556-000f-4515-22fa47e61049');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035759480000, 40193, 895, 1, 12, 8618217331409, 2, 10, 13, 'agent5', '哥伦比亚', NULL, '李 "li"', NULL, '7cadd831-92fe-bfde-50e6-15f20755cc6e');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035758347000, 41729, 902, 1, 9, 8618217331409, 7, 10, 13, 'agent2', '哥伦比亚', NULL, NULL, 'jack
163', '57c8397d-9000-420b-0e98-333866d9463f');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035757721000, 43265, 908, 2, 11, 8618217331405, 3, 20, 21, 'agent4', '哥伦比亚', NULL, '李 "li"', NULL, '2cebdb68-7f18-8210-aadc-853cf80005e4');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035758303000, 44801, 914, 1, 11, 8618217331409, 1, 10, 13, 'agent4', '哥伦比亚', NULL, NULL, NULL, 'f11778a2-e4ef-e5ce-89ba-c5f7b328e8fa');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035757188000, 46337, 921, 1, 10, 8618217331401, 1, 30, 37, 'agent3', 'Colombia', NULL, NULL, '', '52540353-bf5e-1e9e-ba70-798ce929b11c');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035760144000, 47873, 927, 1, 10, 8618217331402, 7, 40, 43, 'agent3', '', NULL, NULL, '', 'e3117dbc-8cf5-5794-d116-8b978bc5ded5');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035759837000, 49409, 933, 1, 11, 8618217331409, 1, 10, 11, 'agent4', '哥伦比亚', NULL, NULL, NULL, 'fb856a64-a17d-b2e4-62fe-09f8a0f50ce1');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035759082000, 50945, 939, 2, 8, 8618217331410, 7, 30, 37, 'agent1', '', NULL, NULL, 'jack
199', 'a8248a3d-01a1-6186-9829-cdf40b28b6cd');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035758939000, 52481, 946, 1, 9, 8618217331407, 3, 40, 43, 'agent2', '哥伦比亚', NULL, '李 "li"', NULL, '52241f8e-6d93-59fc-0960-10c4d48342b6');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035758172000, 54017, 952, 1, 7, 8618217331407, 3, 40, 43, 'agent0', '哥伦比亚', NULL, '李 "li"', 'jack
211', '32320b68-0c24-d068-29df-b15bd3224887');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035758734000, 55553, 958, 1, 8, 8618217331400, 1, 10, 11, 'agent1', '', NULL, NULL, NULL, 'afd983c4-39db-eae2-1e28-5e7c1691f0be');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035760251000, 57089, 965, 1, 9, 8618217331407, 3, 40, 43, 'agent2', 'Colombia', NULL, NULL, '', '01903db9-565d-e1cb-7b74-bdc6cbd1b4b5');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035758862000, 58625, 971, 2, 9, 8618217331407, 2, 30, 31, 'agent2', 'Colombia', NULL, '李 "li"', 'jack
229', 'a3d53ab9-277c-645d-427a-de8b08ece770');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035757318000, 60161, 977, 1, 9, 8618217331403, 2, 10, 11, 'agent2', '哥伦比亚', NULL, NULL, 'jack
235', '8d308855-3ef4-e8f5-0b14-792c9dfe9817');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035758254000, 29953, 853, 1, 8, 8618217331409, 2, 30, 31, 'agent1', 'Colombia', 'event-117', '李 "li"', '', '8bdec1e3-a5d3-77f7-a228-ff4372beed9d');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035759719000, 31489, 860, 1, 12, 8618217331406, 2, 10, 12, 'agent5', 'Colombia', 'event-123', '李 "li"', 'jack
123', '160bb4ad-e927-5569-ab96-ddafda696a0a');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035758977000, 33025, 866, 2, 10, 8618217331407, 7, 10, 12, 'agent3', 'Colombia', 'event-129', '李 "li"', NULL, '3b0bfe96-0175-197c-8109-f9e6a95bd6ca');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035759334000, 34561, 872, 1, 12, 8618217331410, 3, 20, 21, 'agent5', '哥伦比亚', 'event-135', NULL, '', '8a208294-b0b9-676c-950b-fdfc581795b1');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035757508000, 36097, 879, 1, 7, 8618217331404, 7, 10, 12, 'agent0', '哥伦比亚', 'event-141', '李 "li"', '', 'f90cbc4c-671c-6cb4-1c37-f52c88ccc48c');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035758094000, 37633, 885, 1, 9, 8618217331403, 7, 40, 43, 'agent2', '', 'event-147', '李 "li"', '', '622f2e91-5e23-6c5a-0d40-481227dc777c');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035756874000, 39169, 891, 1, 9, 8618217331410, 2, 10, 11, 'agent2', '哥伦比亚', 'event-153', NULL, 'jack
153', 'ae2362ef-ff3f-1c01-40cf-0fa82c348a6f');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035757438000, 40705, 898, 2, 9, 8618217331404, 1, 40, 41, 'agent2', '', 'event-159', NULL, 'jack
159', 'baf59837-51f4-130b-91ba-432fa6500a2f');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035757632000, 42241, 904, 1, 7, 8618217331407, 2, 10, 12, 'agent0', 'Colombia', 'event-165', NULL, NULL, 'ef2785c8-115f-9986-cc7b-29d1ec80f43a');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035757365000, 43777, 910, 1, 9, 8618217331408, 1, 30, 37, 'agent2', 'Colombia', 'event-171', NULL, 'jack
171', '5aaa7fb6-80a3-f746-22bc-705d2ea7175c');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035759036000, 45313, 916, 1, 7, 8618217331401, 1, 10, 13, 'agent0', '哥伦比亚', 'event-177', NULL, NULL, '731a8b27-3a4e-9ac7-321d-08f073c72030');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035759563000, 46849, 923, 1, 12, 8618217331407, 2, 20, 21, 'agent5', 'Colombia', 'event-183', NULL, '', '86e0ba51-6822-70d0-4478-6182e95c5803');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035759735000, 48385, 929, 2, 11, 8618217331406, 3, 20, 21, 'agent4', 'Colombia', 'event-189', '李 "li"', '', 'cde9aa7b-1190-d167-a25b-97120fef0c40');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035757427000, 49921, 935, 1, 7, 8618217331411, 7, 40, 43, 'agent0', '哥伦比亚', 'event-195', NULL, 'jack
195', '107589b2-89b0-dcee-8896-2bc2be72b98c');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035758931000, 51457, 942, 1, 10, 8618217331401, 1, 30, 31, 'agent3', '哥伦比亚', 'event-201', '李 "li"', 'jack
201', 'ef646a16-5454-885f-bfb5-9f04067b533e');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035757435000, 52993, 948, 1, 8, 8618217331409, 7, 40, 41, 'agent1', 'Colombia', 'event-207', '李 "li"', 'jack
207', '1e6c2c81-adff-2a77-09db-355041907884');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035757662000, 54529, 954, 1, 9, 8618217331406, 1, 10, 13, 'agent2', '哥伦比亚', 'event-213', NULL, 'jack
213', 'c60cacf0-1a13-6bf7-cd9d-27307623e6e8');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035759136000, 56065, 960, 2, 9, 8618217331405, 7, 40, 41, 'agent2', 'Colombia', 'event-219', '李 "li"', '', '8585475e-3b65-18d0-e0e5-a9ecdfaabc67');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035759020000, 57601, 967, 1, 11, 8618217331400, 3, 77, 99, 'agent4', '', 'event-225', '李 "li"', 'jack
225', 'ed1dc4a0-a795-5f5f-3d2b-97db64350a27');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035759951000, 59137, 973, 1, 11, 8618217331402, 7, 20, 21, 'agent4', 'Colombia', 'event-231', NULL, 'jack
231', '30ff9896-0f1d-87e6-ab19-752c528a56a3');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035758179000, 60673, 979, 1, 10, 8618217331411, 2, 20, 21, 'agent3', '', 'event-237', NULL, '', 'd402845e-8130-60b4-097e-c46f2d1bb82b');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035758173000, 30465, 856, 2, 12, 8618217331408, 2, 10, 13, 'agent5', '', NULL, '李 "li"', NULL, '1c14fc61-735a-fc7e-c3bf-8adff551c341');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035759860000, 32001, 862, 1, 8, 8618217331406, 3, 30, 37, 'agent1', '哥伦比亚', NULL, '李 "li"', '', '0513fb7e-d381-3cf8-eaf4-c7d8d693ca18');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035759616000, 33537, 868, 1, 7, 8618217331410, 7, 77, 99, 'agent0', '', NULL, '李 "li"', 'jack
131', '2ef39883-6b23-e491-c9ba-35fb1fbcfe3a');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035757921000, 35073, 874, 1, 8, 8618217331408, 2, 10, 12, 'agent1', '', NULL, '李 "li"', NULL, 'e53b0641-72ea-88d9-1aea-84f21d52ac88');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035758672000, 36609, 881, 1, 8, 8618217331407, 2, 30, 31, 'agent1', '', NULL, '李 "li"', NULL, 'f8cb5f85-6deb-d80e-325b-966f5e9dac4f');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035757539000, 38145, 887, 2, 11, 8618217331411, 7, 77, 99, 'agent4', 'Colombia', NULL, '李 "li"', NULL, '429895f8-cfe6-cbfc-539b-554d0d3140ba');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035759502000, 39681, 893, 1, 11, 8618217331408, 7, 40, 43, 'agent4', '哥伦比亚', NULL, NULL, 'jack
155', '22faffd6-5c3c-657e-2ca5-bbac0d2b1444');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035759181000, 41217, 900, 1, 7, 8618217331405, 7, 30, 31, 'agent0', 'Colombia', NULL, '李 "li"', 'jack
161', '109d963b-9523-0979-cb43-11a858645c61');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035759967000, 42753, 906, 1, 8, 8618217331410, 7, 10, 11, 'agent1', '', NULL, NULL, NULL, '6c74f4a8-4832-d014-a96a-62c9843c4d53');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035759185000, 44289, 912, 1, 12, 8618217331409, 2, 30, 37, 'agent5', 'Colombia', NULL, '李 "li"', NULL, '37077f95-fecf-76ad-426c-98ad79d7e4dd');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035759373000, 45825, 918, 2, 10, 8618217331407, 1, 10, 12, 'agent3', '哥伦比亚', NULL, '李 "li"', '', '99f65254-33d2-ceb0-4f48-b883b08ea59d');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035756928000, 47361, 925, 1, 7, 8618217331409, 3, 30, 37, 'agent0', '哥伦比亚', NULL, NULL, NULL, '9ccd579e-c2fb-2651-66fd-a489aabc4d8f');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035758234000, 48897, 931, 1, 12, 8618217331400, 2, 30, 37, 'agent5', '哥伦比亚', NULL, '李 "li"', 'jack
191', '90dc39bb-d988-4e05-fcc8-e21aa7b2932e');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035757906000, 50433, 937, 1, 7, 8618217331409, 2, 10, 11, 'agent0', '', NULL, '李 "li"', 'jack
197', '2f1ec36e-9eed-48fe-e7b0-1e638604b44e');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035758984000, 51969, 944, 1, 8, 8618217331406, 1, 40, 43, 'agent1', '哥伦比亚', NULL, NULL, 'jack
203', '79347684-4055-c556-ab9c-6fbe69c475d6');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035759812000, 53505, 950, 2, 10, 8618217331402, 2, 40, 41, 'agent3', 'Colombia', NULL, '李 "li"', 'jack
209', 'bc92ffc1-1acf-1e67-6aee-fad95494cae8');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035759802000, 55041, 956, 1, 7, 8618217331410, 7, 10, 12, 'agent0', 'Colombia', NULL, NULL, NULL, '1ddceac7-0f6c-7c09-240f-3e42619d18da');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035760155000, 56577, 963, 1, 12, 8618217331409, 2, 10, 11, 'agent5', '', NULL, NULL, 'jack
221', '69ee580b-29a8-5bc3-d328-5cdf4c4d8eed');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035757643000, 58113, 969, 1, 11, 8618217331408, 2, 40, 43, 'agent4', '哥伦比亚', NULL, NULL, NULL, 'a4566695-b674-2cb9-5843-1b50d2656738');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035757487000, 59649, 975, 1, 10, 8618217331408, 1, 10, 13, 'agent3', 'Colombia', NULL, NULL, 'jack
233', '7a0f7f07-946b-6c22-ad34-6fe92206ed20');
INSERT INTO group_dispatch.status_event_elsewhen VALUES (2035758822000, 61185, 981, 2, 9, 8618217331407, 3, 30, 31, 'agent2', '哥伦比亚', NULL, '李 "li"', NULL, '99724bc6-b0f5-49f7-f4ec-dfaa9794914b');
INSERT INTO group_dispatch.tally VALUES (2, 11, 16);
INSERT INTO group_dispatch.tally VALUES (2, 9, 16);
INSERT INTO group_dispatch.tally VALUES (1, 10, 64);
INSERT INTO group_dispatch.tally VALUES (1, 9, 64);
INSERT INTO group_dispatch.tally VALUES (1, 11, 64);
INSERT INTO group_dispatch.tally VALUES (2, 10, 16);
INSERT INTO group_dispatch.tenant OVERRIDING SYSTEM VALUE VALUES (1, 500766, 'key of 500766', 0);
INSERT INTO group_dispatch.tenant OVERRIDING SYSTEM VALUE VALUES (2, -1, 'key of 18446744073709551615', 0);
INSERT INTO group_dispatch.tenant_version VALUES (3);
SELECT pg_catalog.setval('group_dispatch.event_seq', 61185, true);
SELECT pg_catalog.setval('group_dispatch.saved_state_generation_seq', 1, false);
SELECT pg_catalog.setval('group_dispatch.tenant_number_seq', 2, true);
ALTER TABLE ONLY group_dispatch.migration
    ADD CONSTRAINT migration_pkey PRIMARY KEY (version);
ALTER TABLE ONLY group_dispatch.named_event
    ADD CONSTRAINT named_event_pkey PRIMARY KEY (tenant, key);
ALTER TABLE ONLY group_dispatch.removed_tenant
    ADD CONSTRAINT removed_tenant_pkey PRIMARY KEY (number);
ALTER TABLE ONLY group_dispatch.retired_partition
    ADD CONSTRAINT retired_partition_pkey PRIMARY KEY (name);
ALTER TABLE ONLY group_dispatch.saved_part
    ADD CONSTRAINT saved_part_pkey PRIMARY KEY (generation, place);
ALTER TABLE ONLY group_dispatch.saved_state
    ADD CONSTRAINT saved_state_pkey PRIMARY KEY (generation);
ALTER TABLE ONLY group_dispatch.tally
    ADD CONSTRAINT tally_pkey PRIMARY KEY (tenant, share);
ALTER TABLE ONLY group_dispatch.tenant
    ADD CONSTRAINT tenant_id_key UNIQUE (id);
ALTER TABLE ONLY group_dispatch.tenant
    ADD CONSTRAINT tenant_pkey PRIMARY KEY (number);
CREATE UNIQUE INDEX status_event_by_key ON ONLY group_dispatch.status_event USING btree (at, tenant, key);
CREATE UNIQUE INDEX status_event_663_at_tenant_key_idx ON group_dispatch.status_event_663 USING btree (at, tenant, key);
CREATE INDEX status_event_by_xact ON ONLY group_dispatch.status_event USING btree (xact);
CREATE INDEX status_event_663_xact_idx ON group_dispatch.status_event_663 USING btree (xact);
CREATE UNIQUE INDEX status_event_elsewhen_at_tenant_key_idx ON group_dispatch.status_event_elsewhen USING btree (at, tenant, key);
CREATE INDEX status_event_elsewhen_xact_idx ON group_dispatch.status_event_elsewhen USING btree (xact);
ALTER INDEX group_dispatch.status_event_by_key ATTACH PARTITION group_dispatch.status_event_663_at_tenant_key_idx;
ALTER INDEX group_dispatch.status_event_by_xact ATTACH PARTITION group_dispatch.status_event_663_xact_idx;
ALTER INDEX group_dispatch.status_event_by_key ATTACH PARTITION group_dispatch.status_event_elsewhen_at_tenant_key_idx;
ALTER INDEX group_dispatch.status_event_by_xact ATTACH PARTITION group_dispatch.status_event_elsewhen_xact_idx;
ALTER TABLE ONLY group_dispatch.saved_part
    ADD CONSTRAINT saved_part_generation_fkey FOREIGN KEY (generation) REFERENCES group_dispatch.saved_state(generation) ON DELETE CASCADE;
