"""What the ORM cannot say: extensions, sequences, the log's transaction id, append-only ledgers, the job queue's tables."""

from pathlib import Path

from tortoise import migrations
from tortoise.migrations import operations as ops

JOB_QUEUE = Path(__file__).with_name("pgqueuer.sql").read_text(encoding="utf-8")

#: All three are trusted: an owner of the database may create them.
SEARCH = """
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE EXTENSION IF NOT EXISTS fuzzystrmatch;
CREATE FUNCTION search_fold(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN lower(unaccent('unaccent'::regdictionary, $1));
ALTER TABLE order_search ADD CONSTRAINT fk_order_search_order
    FOREIGN KEY (order_id) REFERENCES sales_order (id) ON DELETE RESTRICT;
CREATE INDEX ix_order_search_text ON order_search USING gin (text gin_trgm_ops);
CREATE INDEX ix_order_search_names ON order_search USING gin (names gin_trgm_ops);
CREATE INDEX ix_order_search_phone ON order_search USING gin (phone gin_trgm_ops);
CREATE INDEX ix_order_word_near ON order_word (left(word, 1), length(word));
"""

APPEND_ONLY = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON event FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON inventory_movement FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""


#: What is lost cannot be kept for anybody: the oldest fences keep what is left. Promises never come here: they do not
#: set on_hand, and the constraint not_oversold refuses those that would take from somebody's fence.
RING_FENCES = """
CREATE FUNCTION shrink_ring_fences() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    room int := greatest(0, NEW.on_hand - NEW.allocated - NEW.reserved);
BEGIN
    UPDATE ring_fence f SET quantity = greatest(0, least(f.quantity, room - k.older))
      FROM (SELECT id, sum(quantity) OVER (ORDER BY id) - quantity AS older FROM ring_fence
             WHERE site_id = NEW.site_id AND sku = NEW.sku) k
     WHERE f.id = k.id AND k.older + f.quantity > room;
    NEW.fenced := room;
    RETURN NEW;
END $$;
CREATE TRIGGER ring_fences_fit BEFORE UPDATE OF on_hand ON inventory_level FOR EACH ROW
    WHEN (NEW.fenced > 0 AND NEW.on_hand < OLD.on_hand AND NEW.allocated + NEW.reserved + NEW.fenced > NEW.on_hand)
    EXECUTE FUNCTION shrink_ring_fences();
"""


class Migration(migrations.Migration):
    dependencies = [("crossdock", "0001_initial")]

    operations = [
        ops.RunSQL(
            [
                "CREATE SEQUENCE order_number START 100001",
                "ALTER TABLE event ALTER COLUMN xid SET DEFAULT (pg_current_xact_id()::text::bigint)",
                "ALTER TABLE sales_order ADD CONSTRAINT fk_sales_order_exchange_for"
                " FOREIGN KEY (exchange_for_id) REFERENCES return_order (id) ON DELETE RESTRICT",
                "ALTER TABLE order_viewer SET UNLOGGED",
                "CREATE SEQUENCE recurring_order_number START 1001",
                "ALTER TABLE sales_order ADD CONSTRAINT fk_sales_order_recurring_order"
                " FOREIGN KEY (recurring_order_id) REFERENCES recurring_order (id) ON DELETE RESTRICT",
                "CREATE INDEX ix_sales_order_recurring ON sales_order (recurring_order_id, placed_at, id)"
                " WHERE recurring_order_id IS NOT NULL",
                "CREATE INDEX ix_customer_email ON customer (lower(email))",
                "CREATE INDEX ix_sales_order_email ON sales_order (lower(email))",
                "CREATE INDEX ix_payment_transaction_open ON payment_transaction (at)"
                " WHERE state IN ('PENDING', 'UNCERTAIN')",
                "CREATE INDEX ix_order_line_backordered ON order_line (sku, order_id) WHERE backordered > 0",
                "CREATE INDEX ix_allocation_decision_shadow ON allocation_decision (at) WHERE shadow IS NOT NULL",
                "CREATE INDEX ix_reservation_open ON reservation (expires_at) WHERE released_at IS NULL",
                "CREATE INDEX ix_order_hold_open ON order_hold (order_id) WHERE released_at IS NULL",
                "CREATE INDEX ix_alert_site ON alert (site_id, raised_at) WHERE site_id IS NOT NULL",
                "CREATE INDEX ix_alert_sku ON alert (sku, raised_at) WHERE sku IS NOT NULL",
                "CREATE INDEX ix_queue_entry_since ON queue_entry (queue, since) WHERE counted",
                "CREATE INDEX ix_queue_entry_channel ON queue_entry (queue, channel_id, since) WHERE counted",
                "CREATE INDEX ix_queue_entry_scope ON queue_entry (queue, scope, since) WHERE counted",
                "CREATE INDEX ix_queue_entry_from ON queue_entry (from_at) WHERE NOT counted",
                "CREATE INDEX ix_queue_count_sites ON queue_count USING gin (sites)",
                "INSERT INTO number_series (name, value) VALUES ('INVOICE', 0), ('CREDIT_NOTE', 0)",
            ]
        ),
        ops.RunSQL(APPEND_ONLY),
        ops.RunSQL(RING_FENCES),
        ops.RunSQL(SEARCH),
        ops.RunSQL(JOB_QUEUE),
        ops.RunSQL("CREATE INDEX ix_pgqueuer_same ON pgqueuer (payload, entrypoint) WHERE status = 'queued'"),
    ]
