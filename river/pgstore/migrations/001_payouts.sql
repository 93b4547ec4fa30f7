-- A list is what a caller enqueued and people approve: one payout, or several parts of a long one.
CREATE TABLE masspayout_lists (
    list_id      text PRIMARY KEY,     -- the externalId of the whole request
    same_name    text UNIQUE,          -- list_id without case, white space and Unicode form
    digest       text        NOT NULL, -- payout.Digest of the whole request: what an approval names
    parts        int         NOT NULL,
    approvals    int         NOT NULL, -- how many persons must approve it
    version      int         NOT NULL DEFAULT 1, -- grows when the content is replaced, which voids the approvals
    created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    released_at  timestamptz,          -- when its jobs were enqueued; from then on, its content is fixed
    withdrawn_at timestamptz           -- when it was withdrawn, and its payouts deleted
);

-- Who approved what, and when. Rows are never changed; one counts only as long as its digest and version are the list's.
CREATE TABLE masspayout_approvals (
    list_id     text        NOT NULL REFERENCES masspayout_lists,
    digest      text        NOT NULL,
    version     int         NOT NULL,
    person      text        NOT NULL,
    same_person text        NOT NULL, -- person without what does not tell two persons apart
    approved_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (list_id, version, same_person)
);

-- A payout, its request and its state. request is personal data (IBANs, identity numbers, phones, names), and state may
-- hold iyzico's reasons, which may name a recipient: grant SELECT on these two columns to the workers alone. Both are
-- removed some days after the payout's end.
CREATE TABLE masspayout_payouts (
    external_id        text PRIMARY KEY,
    same_name          text UNIQUE,          -- external_id without case, white space and Unicode form
    list_id            text REFERENCES masspayout_lists,
    part               int         NOT NULL DEFAULT 1,
    digest             text,                 -- payout.Digest of the request; NULL until it is known
    request            bytea,                -- JSON, sealed if there is a Sealer; NULL once deleted
    revision           bigint      NOT NULL DEFAULT 0,
    state              text,                 -- payout.State, as JSON
    step               text        NOT NULL DEFAULT 'new',
    created_at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    saved_at           timestamptz,
    ended_at           timestamptz,
    request_deleted_at timestamptz,

    -- The lock: one run at a time has it, until then. It is renewed while the run lives.
    lease_token        text,
    lease_holder       text,                 -- the process
    lease_until        timestamptz,

    -- What the last run told, for people to look at. Nothing is decided by it, but that a stopped payout
    -- stays stopped, and one to be canceled is.
    status             text        NOT NULL DEFAULT '', -- iyzico's
    waiting            text        NOT NULL DEFAULT '',
    looks              int         NOT NULL DEFAULT 0,  -- runs that found nothing to do but to wait
    error              json,                            -- payout.Error of the last run; NULL if it had none
    failures           int         NOT NULL DEFAULT 0,  -- runs in a row that ended in a temporary error
    failing_since      timestamptz,
    stopped_at         timestamptz,                     -- a permanent error: it needs a person
    run_at             timestamptz,
    cancel_at          timestamptz,                     -- when somebody wanted it canceled; workers obey it
    dismissed_at       timestamptz,                     -- a person has seen to what was left at its end
    tallies            json        NOT NULL DEFAULT '[]' -- see masspayout_tallies
);

-- Both are long and compress well. lz4 takes a tenth of the time, where PostgreSQL was built with it.
DO $$ BEGIN
    ALTER TABLE masspayout_payouts ALTER COLUMN request SET COMPRESSION lz4, ALTER COLUMN state SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported THEN NULL;
END $$;

CREATE INDEX masspayout_payouts_list ON masspayout_payouts (list_id, part);
CREATE INDEX masspayout_payouts_open ON masspayout_payouts (created_at) WHERE ended_at IS NULL;
CREATE INDEX masspayout_payouts_requests ON masspayout_payouts (ended_at) WHERE request IS NOT NULL;

-- How many items of a payout are in which status, as they were last read; status is empty where it is not known.
-- Amounts are in major units.
CREATE VIEW masspayout_tallies AS
SELECT p.external_id, t.status, t.currency, t.items, t.amount, t.commission
FROM masspayout_payouts p, json_to_recordset(p.tallies) AS t(status text, currency text, items int, amount numeric, commission numeric);

-- When the next request may be made, see Limiter.
CREATE TABLE masspayout_limits (
    name    text PRIMARY KEY,
    next_at timestamptz NOT NULL
);
