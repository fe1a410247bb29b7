-- A journal of schema version 1 as it lies on a disk, with a row of each kind.
PRAGMA journal_mode = WAL;
BEGIN;
CREATE TABLE journal_schema (
    version INTEGER NOT NULL,
    PRIMARY KEY (version)
);
CREATE TABLE objects (
    number INTEGER NOT NULL,
    address TEXT NOT NULL,
    account TEXT NOT NULL,
    id TEXT NOT NULL,
    mark TEXT NOT NULL,
    state TEXT NOT NULL,
    created_at VARCHAR(32) NOT NULL,
    updated_at VARCHAR(32) NOT NULL,
    reason TEXT DEFAULT '' NOT NULL,
    PRIMARY KEY (number)
);
CREATE UNIQUE INDEX objects_live ON objects (address) WHERE state = 'live';
CREATE INDEX objects_mark ON objects (mark);
CREATE TABLE plans (
    digest TEXT NOT NULL,
    path TEXT NOT NULL,
    environment TEXT NOT NULL,
    created_at VARCHAR(32) NOT NULL,
    summary TEXT NOT NULL,
    verdict TEXT NOT NULL,
    PRIMARY KEY (digest)
);
CREATE TABLE events (
    number INTEGER NOT NULL,
    at VARCHAR(32) NOT NULL,
    kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    detail TEXT NOT NULL,
    PRIMARY KEY (number)
);
CREATE INDEX ix_events_at ON events (at);
CREATE TABLE approvals (
    number INTEGER NOT NULL,
    digest TEXT NOT NULL,
    "by" TEXT NOT NULL,
    at VARCHAR(32) NOT NULL,
    expires_at VARCHAR(32) NOT NULL,
    shown TEXT NOT NULL,
    evidence TEXT NOT NULL,
    revoked_at VARCHAR(32),
    revoked_by TEXT,
    PRIMARY KEY (number),
    FOREIGN KEY(digest) REFERENCES plans (digest)
);
CREATE INDEX ix_approvals_digest ON approvals (digest);
CREATE TABLE runs (
    number INTEGER NOT NULL,
    digest TEXT,
    actor TEXT NOT NULL,
    host TEXT NOT NULL,
    status TEXT NOT NULL,
    started_at VARCHAR(32) NOT NULL,
    finished_at VARCHAR(32),
    PRIMARY KEY (number),
    FOREIGN KEY(digest) REFERENCES plans (digest)
);
CREATE INDEX ix_runs_digest ON runs (digest);
CREATE TABLE intents (
    number INTEGER NOT NULL,
    run INTEGER NOT NULL,
    address TEXT NOT NULL,
    account TEXT NOT NULL,
    operation TEXT NOT NULL,
    phase TEXT NOT NULL,
    payload TEXT NOT NULL,
    mark TEXT NOT NULL,
    id TEXT,
    at VARCHAR(32) NOT NULL,
    outcome TEXT,
    code TEXT DEFAULT '' NOT NULL,
    message TEXT DEFAULT '' NOT NULL,
    settled_at VARCHAR(32),
    PRIMARY KEY (number),
    FOREIGN KEY(run) REFERENCES runs (number)
);
CREATE INDEX ix_intents_run ON intents (run);
CREATE INDEX intents_open ON intents (number) WHERE outcome IS NULL OR outcome = 'unknown';
CREATE INDEX ix_intents_settled_at ON intents (settled_at);
CREATE UNIQUE INDEX intents_open_create ON intents (address) WHERE operation = 'create' AND (outcome IS NULL OR outcome = 'unknown');
CREATE INDEX ix_intents_address ON intents (address);
INSERT INTO journal_schema VALUES (1);
INSERT INTO plans VALUES ('d1', 'plans/1.json', 'live', '2026-11-02T09:30:00.000000+00:00', '{"creates":1}', 'passed');
INSERT INTO approvals VALUES (1, 'd1', 'client', '2026-11-02T09:31:00.000000+00:00', '2026-11-03T09:31:00.000000+00:00', 'text', 'mail', NULL, NULL);
INSERT INTO runs VALUES (1, 'd1', 'ayse', 'laptop', 'running', '2026-11-02T09:32:00.000000+00:00', NULL);
INSERT INTO intents VALUES (1, 1, 'meta:ad/yil-sonu/eve/1', 'act_1', 'create', 'build', '{"name":"ad 1"}', 'm1', '120', '2026-11-02T09:32:01.000000+00:00', 'applied', '', '', '2026-11-02T09:32:02.000000+00:00');
INSERT INTO intents VALUES (2, 1, 'meta:ad/yil-sonu/eve/2', 'act_1', 'create', 'build', '{"name":"ad 2"}', 'm2', NULL, '2026-11-02T09:32:01.000000+00:00', NULL, '', '', NULL);
INSERT INTO objects VALUES (1, 'meta:ad/yil-sonu/eve/1', 'act_1', '120', 'm1', 'live', '2026-11-02T09:32:02.000000+00:00', '2026-11-02T09:32:02.000000+00:00', '');
INSERT INTO events VALUES (1, '2026-11-02T09:33:00.000000+00:00', 'drift found', 'flow', '{"field":"name"}');
COMMIT;
