CREATE TABLE IF NOT EXISTS orders (user_id bigint NOT NULL);
CREATE TABLE IF NOT EXISTS announced_orders (user_id bigint NOT NULL);
