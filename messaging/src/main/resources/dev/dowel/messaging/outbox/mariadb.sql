CREATE TABLE IF NOT EXISTS messaging_outbox (
  id              bigint         NOT NULL AUTO_INCREMENT PRIMARY KEY,
  shard           smallint       NOT NULL,
  message_id      varchar(64)    NOT NULL,
  event_id        varchar(64)    NOT NULL,
  exchange        varchar(255)   NOT NULL,
  type            varchar(255)   NOT NULL,
  routing_key     varchar(255)   NOT NULL,
  ordering_key    varchar(255),
  correlation_id  varchar(255),
  content_type    varchar(100)   NOT NULL,
  headers         mediumtext     NOT NULL,
  body            mediumblob     NOT NULL,
  route           varchar(10)    NOT NULL,
  created_at      datetime(6)    NOT NULL DEFAULT utc_timestamp(6),
  attempts        int            NOT NULL DEFAULT 0,
  next_attempt_at datetime(6),
  last_error      varchar(500),
  parked          boolean        NOT NULL DEFAULT false,
  KEY messaging_outbox_due (shard, parked, id),
  KEY messaging_outbox_waiting (shard, ordering_key, next_attempt_at)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;
CREATE TABLE IF NOT EXISTS messaging_outbox_shard (
  shard smallint PRIMARY KEY
) ENGINE = InnoDB;
INSERT IGNORE INTO messaging_outbox_shard (shard)
  VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9), (10), (11), (12), (13), (14), (15);
CREATE TABLE IF NOT EXISTS messaging_inbox (
  consumer    varchar(255)   NOT NULL,
  message_id  varchar(64)    NOT NULL,
  received_at datetime(6)    NOT NULL DEFAULT utc_timestamp(6),
  PRIMARY KEY (consumer, message_id),
  KEY messaging_inbox_age (received_at)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;
