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
  headers         varchar(1000000) NOT NULL,
  body            varbinary(16777216) NOT NULL,
  route           varchar(10)    NOT NULL,
  created_at      timestamp(6) with time zone NOT NULL DEFAULT current_timestamp(6),
  attempts        int            NOT NULL DEFAULT 0,
  next_attempt_at timestamp(6) with time zone,
  last_error      varchar(500),
  parked          boolean        NOT NULL DEFAULT false
);
CREATE INDEX IF NOT EXISTS messaging_outbox_due ON messaging_outbox (shard, parked, id);
CREATE INDEX IF NOT EXISTS messaging_outbox_waiting ON messaging_outbox (shard, ordering_key, next_attempt_at);
CREATE TABLE IF NOT EXISTS messaging_outbox_shard (
  shard smallint PRIMARY KEY
);
MERGE INTO messaging_outbox_shard (shard) KEY (shard) SELECT x FROM system_range(0, 15);
CREATE TABLE IF NOT EXISTS messaging_inbox (
  consumer    varchar(255)   NOT NULL,
  message_id  varchar(64)    NOT NULL,
  received_at timestamp(6) with time zone NOT NULL DEFAULT current_timestamp(6),
  PRIMARY KEY (consumer, message_id)
);
CREATE INDEX IF NOT EXISTS messaging_inbox_age ON messaging_inbox (received_at);
