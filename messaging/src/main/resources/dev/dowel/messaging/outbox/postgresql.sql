CREATE TABLE IF NOT EXISTS messaging_outbox (
  id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  shard           smallint       NOT NULL,
  message_id      varchar(64)    NOT NULL,
  event_id        varchar(64)    NOT NULL,
  exchange        varchar(255)   NOT NULL,
  type            varchar(255)   NOT NULL,
  routing_key     varchar(255)   NOT NULL,
  ordering_key    varchar(255),
  correlation_id  varchar(255),
  content_type    varchar(100)   NOT NULL,
  headers         text           NOT NULL,
  body            bytea          NOT NULL,
  route           varchar(10)    NOT NULL,
  created_at      timestamptz(6) NOT NULL DEFAULT now(),
  attempts        int            NOT NULL DEFAULT 0,
  next_attempt_at timestamptz(6),
  last_error      varchar(500),
  parked          boolean        NOT NULL DEFAULT false
) WITH (fillfactor = 90, autovacuum_vacuum_scale_factor = 0.01);
CREATE INDEX IF NOT EXISTS messaging_outbox_due ON messaging_outbox (shard, id) WHERE NOT parked;
CREATE INDEX IF NOT EXISTS messaging_outbox_waiting ON messaging_outbox (shard, ordering_key, id)
  WHERE NOT parked AND next_attempt_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS messaging_outbox_parked ON messaging_outbox (id) WHERE parked;
CREATE TABLE IF NOT EXISTS messaging_outbox_shard (
  shard smallint PRIMARY KEY
);
INSERT INTO messaging_outbox_shard (shard) SELECT generate_series(0, 15) ON CONFLICT DO NOTHING;
CREATE TABLE IF NOT EXISTS messaging_inbox (
  consumer    varchar(255)   NOT NULL,
  message_id  varchar(64)    NOT NULL,
  received_at timestamptz(6) NOT NULL DEFAULT now(),
  PRIMARY KEY (consumer, message_id)
);
CREATE INDEX IF NOT EXISTS messaging_inbox_age ON messaging_inbox (received_at);
