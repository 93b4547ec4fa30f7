-- A payout, its request and its state. request is personal data (IBANs, identity numbers, phones, names): grant SELECT on
-- this table to the workers alone. It is deleted some days after the payout's end.
CREATE TABLE masspayout_payouts (
    external_id        text PRIMARY KEY,
    digest             text        NOT NULL, -- payout.Digest of the request
    request            bytea,                -- JSON, sealed if there is a Sealer; NULL once deleted
    revision           bigint      NOT NULL DEFAULT 0,
    state              json,                 -- payout.State; it holds no recipient
    step               text        NOT NULL DEFAULT 'new',
    error              json,                 -- payout.Error of the last run, NULL after a run that went on
    created_at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    saved_at           timestamptz,
    ended_at           timestamptz,
    request_deleted_at timestamptz
);

CREATE INDEX masspayout_payouts_open ON masspayout_payouts (created_at) WHERE ended_at IS NULL;
CREATE INDEX masspayout_payouts_requests ON masspayout_payouts (ended_at) WHERE request IS NOT NULL;
