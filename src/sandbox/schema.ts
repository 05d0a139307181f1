/** The sandbox's own tables. Created at start; safe to run again. */
export const schema = `
CREATE SCHEMA IF NOT EXISTS sandbox;

CREATE TABLE IF NOT EXISTS sandbox.objects (
  seq bigint GENERATED ALWAYS AS IDENTITY,
  id text PRIMARY KEY,
  kind text NOT NULL,
  order_id text,
  parent_id text,
  alias text,
  created_ms bigint NOT NULL,
  due_ms bigint,
  body json NOT NULL
);
CREATE INDEX IF NOT EXISTS objects_by_kind ON sandbox.objects (kind, seq);
CREATE INDEX IF NOT EXISTS objects_by_order ON sandbox.objects (order_id, kind);
CREATE INDEX IF NOT EXISTS objects_by_parent ON sandbox.objects (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS objects_by_alias ON sandbox.objects (alias) WHERE alias IS NOT NULL;
CREATE INDEX IF NOT EXISTS objects_due ON sandbox.objects (due_ms) WHERE due_ms IS NOT NULL;

CREATE TABLE IF NOT EXISTS sandbox.answers (
  service text NOT NULL,
  key text NOT NULL,
  fingerprint text NOT NULL,
  status int NOT NULL,
  body json NOT NULL,
  PRIMARY KEY (service, key)
);

CREATE TABLE IF NOT EXISTS sandbox.ledger (
  sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  section text NOT NULL,
  order_id text,
  entry json NOT NULL
);
CREATE INDEX IF NOT EXISTS ledger_by_order ON sandbox.ledger (order_id, sequence);

CREATE TABLE IF NOT EXISTS sandbox.webhooks (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  event_id text NOT NULL,
  receiver text NOT NULL,
  body text NOT NULL,
  forged boolean NOT NULL,
  state text NOT NULL,
  attempts int NOT NULL DEFAULT 0,
  due_ms bigint NOT NULL
);
CREATE INDEX IF NOT EXISTS webhooks_by_event ON sandbox.webhooks (event_id);
CREATE INDEX IF NOT EXISTS webhooks_pending ON sandbox.webhooks (due_ms) WHERE state = 'pending';

CREATE TABLE IF NOT EXISTS sandbox.mails (
  seq bigint GENERATED ALWAYS AS IDENTITY,
  id text PRIMARY KEY,
  message_id text NOT NULL UNIQUE,
  order_id text,
  template text,
  channel text NOT NULL,
  sender text NOT NULL,
  recipients text NOT NULL,
  subject text NOT NULL,
  text_part text,
  html_part text,
  received_at timestamptz NOT NULL,
  duplicates int NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS mails_by_order ON sandbox.mails (order_id);
CREATE INDEX IF NOT EXISTS mails_newest ON sandbox.mails (seq);

CREATE TABLE IF NOT EXISTS sandbox.faults (
  id text PRIMARY KEY,
  seq bigint GENERATED ALWAYS AS IDENTITY,
  fault json NOT NULL
);
`;
