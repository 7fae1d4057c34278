from uuid import uuid4

from orjson import loads
from tortoise import fields, migrations
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

from backend.models.base import uuid7
from backend.rules.criteria import OrderSort
from backend.rules.vocabulary import (
    AlertSeverity,
    AlertTrigger,
    AllocationOutcome,
    ChannelKind,
    DeliveryMethod,
    DigestPace,
    DigestState,
    DigestWay,
    Disposition,
    FileForm,
    FulfillmentStatus,
    InvoiceKind,
    JobItemState,
    JobState,
    LifecycleStep,
    LineKind,
    MovementReason,
    OrderState,
    PaymentMethodKind,
    PaymentStatus,
    PriceMode,
    ReceiptState,
    RecurringOrderState,
    RecurringOutcome,
    ReturnMethod,
    ReturnState,
    Role,
    SalesBy,
    ServiceStep,
    ShipmentState,
    ShippingOrderState,
    SiteKind,
    TransactionKind,
    TransactionPurpose,
    TransactionState,
    WebhookDeliveryState,
)


class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name="AlertRule",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ("name", fields.CharField(max_length=50)),
                ("version", fields.IntField()),
                ("active", fields.BooleanField(default=True)),
                (
                    "trigger",
                    fields.CharEnumField(
                        description="EVENT: EVENT\nQUEUE: QUEUE", enum_type=AlertTrigger, max_length=10
                    ),
                ),
                ("watches", fields.CharField(description="a kind of event, or a queue", max_length=64)),
                ("when", fields.TextField(null=True, unique=False)),
                (
                    "severity",
                    fields.CharEnumField(
                        description="INFO: INFO\nWARNING: WARNING\nCRITICAL: CRITICAL",
                        enum_type=AlertSeverity,
                        max_length=10,
                    ),
                ),
                ("message", fields.CharField(max_length=500)),
                ("clears_on", ArrayField(default=list, description="kinds of events", element_type="TEXT")),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={
                "table": "alert_rule",
                "app": "crossdock",
                "pk_attr": "id",
                "table_description": "A version of a rule that raises alerts; its condition is never changed once made. One of a name is active.",
            },
            bases=["Identified"],
        ),
        ops.AddConstraint(
            model_name="AlertRule",
            constraint=CheckConstraint(check="trigger IN ('EVENT', 'QUEUE')", name="ck_alert_rule_trigger"),
        ),
        ops.AddConstraint(
            model_name="AlertRule",
            constraint=CheckConstraint(
                check="severity IN ('INFO', 'WARNING', 'CRITICAL')", name="ck_alert_rule_severity"
            ),
        ),
        ops.AddConstraint(
            model_name="AlertRule",
            constraint=UniqueConstraint(fields=("name", "version"), name="uq_alert_rule"),
        ),
        ops.AddConstraint(
            model_name="AlertRule",
            constraint=UniqueConstraint(fields=("name",), name="uq_alert_rule_active", condition="active"),
        ),
        ops.CreateModel(
            name="AllocationRuleSet",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ("name", fields.CharField(max_length=200)),
                ("version", fields.IntField(default=1)),
                ("active", fields.BooleanField(default=False)),
                (
                    "rules",
                    fields.JSONField(description='[{"kind", "when", "parameters"}]', encoder=JSON_DUMPS, decoder=loads),
                ),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={
                "table": "allocation_rule_set",
                "app": "crossdock",
                "pk_attr": "id",
                "table_description": "A version of a rule set; never changed once made. One is active.",
            },
            bases=["Identified"],
        ),
        ops.AddConstraint(
            model_name="AllocationRuleSet",
            constraint=UniqueConstraint(fields=("name", "version"), name="uq_allocation_rule_set"),
        ),
        ops.AddConstraint(
            model_name="AllocationRuleSet",
            constraint=UniqueConstraint(fields=("active",), name="uq_allocation_rule_set_active", condition="active"),
        ),
        ops.CreateModel(
            name="Channel",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ("code", fields.CharField(unique=True, max_length=64)),
                ("name", fields.CharField(max_length=200)),
                (
                    "kind",
                    fields.CharEnumField(
                        description="WEB: WEB\nMOBILE: MOBILE\nCALL_CENTER: CALL_CENTER\nSTORE: STORE\nMARKETPLACE: MARKETPLACE\nB2B: B2B",
                        enum_type=ChannelKind,
                        max_length=20,
                    ),
                ),
                ("currency", fields.CharField(max_length=3)),
                ("active", fields.BooleanField(default=True)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={"table": "channel", "app": "crossdock", "pk_attr": "id"},
            bases=["Identified"],
        ),
        ops.AddConstraint(
            model_name="Channel",
            constraint=CheckConstraint(
                check="kind IN ('WEB', 'MOBILE', 'CALL_CENTER', 'STORE', 'MARKETPLACE', 'B2B')", name="ck_channel_kind"
            ),
        ),
        ops.CreateModel(
            name="ApiKey",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ("name", fields.CharField(max_length=200)),
                ("prefix", fields.CharField(max_length=16)),
                (
                    "secret_hash",
                    fields.CharField(unique=True, description="SHA-256 of 256 random bits, hex", max_length=64),
                ),
                (
                    "role",
                    fields.CharEnumField(
                        description="ADMIN: ADMIN\nMANAGER: MANAGER\nCUSTOMER_SERVICE: CUSTOMER_SERVICE\nFULFILLMENT: FULFILLMENT\nSTORE_ASSOCIATE: STORE_ASSOCIATE\nFINANCE: FINANCE\nCHANNEL: CHANNEL\nVIEWER: VIEWER",
                        enum_type=Role,
                        max_length=20,
                    ),
                ),
                (
                    "channel",
                    fields.ForeignKeyField(
                        "crossdock.Channel",
                        source_field="channel_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
                ("last_used_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("revoked_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={"table": "api_key", "app": "crossdock", "pk_attr": "id"},
            bases=["Identified"],
        ),
        ops.AddConstraint(
            model_name="ApiKey",
            constraint=CheckConstraint(
                check="role IN ('ADMIN', 'MANAGER', 'CUSTOMER_SERVICE', 'FULFILLMENT', 'STORE_ASSOCIATE', 'FINANCE', 'CHANNEL', 'VIEWER')",
                name="ck_api_key_role",
            ),
        ),
        ops.AddConstraint(
            model_name="ApiKey",
            constraint=CheckConstraint(
                check="(role = 'CHANNEL') = (channel_id IS NOT NULL)", name="ck_api_key_channel"
            ),
        ),
        ops.CreateModel(
            name="Customer",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ("external_id", fields.CharField(null=True, unique=True, max_length=200)),
                ("name", fields.CharField(max_length=200)),
                ("email", fields.CharField(null=True, max_length=254)),
                ("phone", fields.CharField(null=True, max_length=40)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={"table": "customer", "app": "crossdock", "pk_attr": "id"},
            bases=["Identified"],
        ),
        ops.CreateModel(
            name="Event",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("xid", fields.BigIntField(description="pg_current_xact_id() as a number", db_default=0)),
                ("kind", fields.CharField(max_length=64)),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("order_id", fields.UUIDField(null=True)),
                ("sequence", fields.IntField(null=True, description="1, 2, … without gaps within the order")),
                ("subject_type", fields.CharField(max_length=32)),
                ("subject_id", fields.UUIDField(null=True)),
                ("actor", fields.CharField(max_length=254)),
                ("via", fields.CharField(description="api, admin, import, worker, cli", max_length=32)),
                ("request_id", fields.CharField(null=True, max_length=64)),
                ("message", fields.TextField(unique=False)),
                ("data", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
            ],
            options={
                "table": "event",
                "app": "crossdock",
                "indexes": [
                    Index(fields=["xid", "id"], name="ix_event_position"),
                    Index(fields=["subject_id"], name="ix_event_subject"),
                ],
                "pk_attr": "id",
                "table_description": "Written by events.record alone; `xid` is the writing transaction, by which readers never skip a late commit.",
            },
            bases=["Model"],
        ),
        ops.AddConstraint(
            model_name="Event",
            constraint=UniqueConstraint(fields=("order_id", "sequence"), name="uq_event_order_sequence"),
        ),
        ops.CreateModel(
            name="FollowerPosition",
            fields=[
                ("name", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ("xid", fields.BigIntField(default=0)),
                ("event_id", fields.BigIntField(default=0)),
                ("updated_at", fields.DatetimeField(auto_now=True, auto_now_add=False)),
            ],
            options={
                "table": "follower_position",
                "app": "crossdock",
                "pk_attr": "name",
                "table_description": "How far a follower has read: everything up to (xid, event_id).",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="IdempotencyKey",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("actor", fields.CharField(max_length=254)),
                ("key", fields.CharField(max_length=200)),
                ("request_hash", fields.CharField(description="SHA-256 of the request body, hex", max_length=64)),
                ("subject_type", fields.CharField(null=True, max_length=32)),
                ("subject_id", fields.UUIDField(null=True)),
                ("response", fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads)),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={
                "table": "idempotency_key",
                "app": "crossdock",
                "indexes": [Index(fields=["at"], name="ix_idempotency_key_at")],
                "pk_attr": "id",
                "table_description": "A command that took effect, written in its transaction. `response` is stored after it was answered.",
            },
            bases=["Model"],
        ),
        ops.AddConstraint(
            model_name="IdempotencyKey",
            constraint=UniqueConstraint(fields=("actor", "key"), name="uq_idempotency_key"),
        ),
        ops.CreateModel(
            name="InventorySite",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ("code", fields.CharField(unique=True, max_length=64)),
                ("name", fields.CharField(max_length=200)),
                (
                    "kind",
                    fields.CharEnumField(
                        description="WAREHOUSE: WAREHOUSE\nSTORE: STORE\nDROP_SHIP: DROP_SHIP\nVIRTUAL: VIRTUAL",
                        enum_type=SiteKind,
                        max_length=20,
                    ),
                ),
                ("active", fields.BooleanField(default=True)),
                ("address", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("latitude", fields.FloatField(null=True)),
                ("longitude", fields.FloatField(null=True)),
                ("timezone", fields.CharField(max_length=64)),
                ("capabilities", ArrayField(element_type="TEXT")),
                ("rank", fields.IntField(default=100, description="lower is preferred")),
                ("daily_capacity", fields.IntField(null=True)),
                ("safety_stock", fields.IntField(default=0, description="units of each SKU that are not promised")),
                (
                    "cut_off_minute",
                    fields.SmallIntField(null=True, description="after midnight there; null: the day's end"),
                ),
                ("working_days", ArrayField(null=True, description="null: every day", element_type="TEXT")),
                ("closed_on", ArrayField(null=True, element_type="DATE")),
                (
                    "handling_days",
                    fields.SmallIntField(default=0, description="working days until an order leaves", db_default=0),
                ),
                (
                    "areas",
                    fields.JSONField(
                        null=True,
                        description="that it ships to, rules/dispatch.py: Area; null: anywhere",
                        encoder=JSON_DUMPS,
                        decoder=loads,
                    ),
                ),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={"table": "inventory_site", "app": "crossdock", "pk_attr": "id"},
            bases=["Identified"],
        ),
        ops.AddConstraint(
            model_name="InventorySite",
            constraint=CheckConstraint(
                check="kind IN ('WAREHOUSE', 'STORE', 'DROP_SHIP', 'VIRTUAL')", name="ck_inventory_site_kind"
            ),
        ),
        ops.AddConstraint(
            model_name="InventorySite",
            constraint=CheckConstraint(check="safety_stock >= 0", name="ck_inventory_site_safety_stock"),
        ),
        ops.AddConstraint(
            model_name="InventorySite",
            constraint=CheckConstraint(check="daily_capacity >= 0", name="ck_inventory_site_daily_capacity"),
        ),
        ops.AddConstraint(
            model_name="InventorySite",
            constraint=CheckConstraint(
                check="cut_off_minute BETWEEN 0 AND 1439", name="ck_inventory_site_cut_off_minute"
            ),
        ),
        ops.AddConstraint(
            model_name="InventorySite",
            constraint=CheckConstraint(
                check="cardinality(working_days) > 0 AND working_days <@ '{MONDAY,TUESDAY,WEDNESDAY,THURSDAY,FRIDAY,SATURDAY,SUNDAY}'",
                name="ck_inventory_site_working_days",
            ),
        ),
        ops.AddConstraint(
            model_name="InventorySite",
            constraint=CheckConstraint(check="handling_days BETWEEN 0 AND 60", name="ck_inventory_site_handling_days"),
        ),
        ops.CreateModel(
            name="ApiKeySite",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                (
                    "api_key",
                    fields.ForeignKeyField(
                        "crossdock.ApiKey",
                        source_field="api_key_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "site",
                    fields.ForeignKeyField(
                        "crossdock.InventorySite",
                        source_field="site_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
            ],
            options={"table": "api_key_site", "app": "crossdock", "pk_attr": "id"},
            bases=["Identified"],
        ),
        ops.AddConstraint(
            model_name="ApiKeySite",
            constraint=UniqueConstraint(fields=("api_key_id", "site_id"), name="uq_api_key_site"),
        ),
        ops.CreateModel(
            name="ExpectedReceipt",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ("reference", fields.CharField(unique=True, max_length=200)),
                (
                    "site",
                    fields.ForeignKeyField(
                        "crossdock.InventorySite",
                        source_field="site_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "source",
                    fields.ForeignKeyField(
                        "crossdock.InventorySite",
                        source_field="source_id",
                        null=True,
                        description="of a transfer: the site that has sent the goods",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("supplier", fields.CharField(null=True, max_length=200)),
                ("expected_on", fields.DateField()),
                (
                    "state",
                    fields.CharEnumField(
                        default=ReceiptState.EXPECTED,
                        description="EXPECTED: EXPECTED\nRECEIVED: RECEIVED\nCANCELLED: CANCELLED",
                        enum_type=ReceiptState,
                        max_length=20,
                    ),
                ),
                ("version", fields.IntField(default=1)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("closed_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("closing_reason", fields.CharField(null=True, max_length=500)),
            ],
            options={
                "table": "expected_receipt",
                "app": "crossdock",
                "indexes": [Index(fields=["state", "expected_on"], name="ix_expected_receipt_state")],
                "pk_attr": "id",
                "table_description": "Known by the reference of whoever sent it: a purchase order's number, a delivery note's.",
            },
            bases=["Identified"],
        ),
        ops.AddConstraint(
            model_name="ExpectedReceipt",
            constraint=CheckConstraint(
                check="state IN ('EXPECTED', 'RECEIVED', 'CANCELLED')", name="ck_expected_receipt_state"
            ),
        ),
        ops.AddConstraint(
            model_name="ExpectedReceipt",
            constraint=CheckConstraint(
                check="(state = 'EXPECTED') = (closed_at IS NULL)", name="ck_expected_receipt_closed"
            ),
        ),
        ops.AddConstraint(
            model_name="ExpectedReceipt",
            constraint=CheckConstraint(check="source_id <> site_id", name="ck_expected_receipt_source"),
        ),
        ops.CreateModel(
            name="ExpectedReceiptLine",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                (
                    "receipt",
                    fields.ForeignKeyField(
                        "crossdock.ExpectedReceipt",
                        source_field="receipt_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("position", fields.IntField()),
                ("sku", fields.CharField(db_index=True, max_length=100)),
                ("quantity", fields.IntField()),
                ("received", fields.IntField(default=0)),
            ],
            options={"table": "expected_receipt_line", "app": "crossdock", "pk_attr": "id"},
            bases=["Identified"],
        ),
        ops.AddConstraint(
            model_name="ExpectedReceiptLine",
            constraint=UniqueConstraint(fields=("receipt_id", "sku"), name="uq_expected_receipt_line"),
        ),
        ops.AddConstraint(
            model_name="ExpectedReceiptLine",
            constraint=CheckConstraint(check="quantity > 0", name="ck_expected_receipt_line_quantity"),
        ),
        ops.AddConstraint(
            model_name="ExpectedReceiptLine",
            constraint=CheckConstraint(
                check="received >= 0 AND received <= quantity", name="ck_expected_receipt_line_received"
            ),
        ),
        ops.CreateModel(
            name="InventoryLevel",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "site",
                    fields.ForeignKeyField(
                        "crossdock.InventorySite",
                        source_field="site_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("sku", fields.CharField(max_length=100)),
                ("on_hand", fields.IntField(db_default=0)),
                ("allocated", fields.IntField(db_default=0)),
                ("reserved", fields.IntField(db_default=0)),
                ("safety_stock", fields.IntField(db_default=0)),
                ("fenced", fields.IntField(description="sum of its ring-fences", db_default=0)),
            ],
            options={
                "table": "inventory_level",
                "app": "crossdock",
                "indexes": [Index(fields=["sku", "site_id"], name="ix_inventory_level_sku")],
                "pk_attr": "id",
                "table_description": "A cache of the ledger and of open shipping orders, held true by constraints. Written by guarded UPDATEs only.",
            },
            bases=["Model"],
        ),
        ops.AddConstraint(
            model_name="InventoryLevel",
            constraint=UniqueConstraint(fields=("site_id", "sku"), name="uq_inventory_level"),
        ),
        ops.AddConstraint(
            model_name="InventoryLevel",
            constraint=CheckConstraint(
                check="on_hand >= 0 AND allocated >= 0 AND reserved >= 0 AND safety_stock >= 0 AND fenced >= 0",
                name="ck_inventory_level_not_negative",
            ),
        ),
        ops.AddConstraint(
            model_name="InventoryLevel",
            constraint=CheckConstraint(
                check="allocated + reserved + fenced <= on_hand", name="ck_inventory_level_not_oversold"
            ),
        ),
        ops.CreateModel(
            name="Job",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ("kind", fields.CharField(max_length=40)),
                (
                    "state",
                    fields.CharEnumField(
                        description="QUEUED: QUEUED\nRUNNING: RUNNING\nSUCCEEDED: SUCCEEDED\nFAILED: FAILED\nCANCELLED: CANCELLED",
                        enum_type=JobState,
                        max_length=10,
                    ),
                ),
                ("given", fields.JSONField(description="what was asked for", encoder=JSON_DUMPS, decoder=loads)),
                ("done", fields.IntField(default=0)),
                ("total", fields.IntField()),
                ("failed", fields.IntField(default=0)),
                ("result", fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads)),
                ("requested_by", fields.CharField(description="the actor's key", max_length=64)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("finished_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("cancel_requested_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "job",
                "app": "crossdock",
                "indexes": [
                    Index(fields=["requested_by", "created_at"], name="ix_job_requested_by"),
                    Index(fields=["created_at"], name="ix_job_created_at"),
                ],
                "pk_attr": "id",
                "table_description": "`done` counts what was tried, `failed` what of it was refused; both move in the transaction of the piece.",
            },
            bases=["Identified"],
        ),
        ops.AddConstraint(
            model_name="Job",
            constraint=CheckConstraint(
                check="state IN ('QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED')", name="ck_job_state"
            ),
        ),
        ops.AddConstraint(
            model_name="Job",
            constraint=CheckConstraint(check="0 <= failed AND failed <= done AND done <= total", name="ck_job_counts"),
        ),
        ops.AddConstraint(
            model_name="Job",
            constraint=CheckConstraint(
                check="(state IN ('QUEUED', 'RUNNING')) = (finished_at IS NULL)", name="ck_job_finished"
            ),
        ),
        ops.CreateModel(
            name="JobItem",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                (
                    "job",
                    fields.ForeignKeyField(
                        "crossdock.Job",
                        source_field="job_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("position", fields.IntField(description="1, 2, …")),
                ("subject_id", fields.UUIDField(null=True)),
                (
                    "reference",
                    fields.CharField(description="what a person calls it: an order's number", max_length=200),
                ),
                (
                    "state",
                    fields.CharEnumField(
                        description="WAITING: WAITING\nDONE: DONE\nFAILED: FAILED",
                        enum_type=JobItemState,
                        max_length=10,
                    ),
                ),
                ("code", fields.CharField(null=True, description="of the refusal", max_length=40)),
                ("message", fields.TextField(null=True, unique=False)),
                (
                    "units",
                    fields.IntField(
                        default=1, description="what it counts for in the job: the rows of a part", db_default=1
                    ),
                ),
                (
                    "problems",
                    fields.JSONField(
                        null=True,
                        description="[{reference, code, message}] of units that were refused",
                        encoder=JSON_DUMPS,
                        decoder=loads,
                    ),
                ),
                (
                    "result",
                    fields.JSONField(
                        null=True,
                        description="what it came to, for the conclusion of the job",
                        encoder=JSON_DUMPS,
                        decoder=loads,
                    ),
                ),
            ],
            options={
                "table": "job_item",
                "app": "crossdock",
                "pk_attr": "id",
                "table_description": "One piece. Its tick is in one transaction with what it does, or with what its work came to (actions/jobs/run).",
            },
            bases=["Identified"],
        ),
        ops.AddConstraint(
            model_name="JobItem",
            constraint=CheckConstraint(check="state IN ('WAITING', 'DONE', 'FAILED')", name="ck_job_item_state"),
        ),
        ops.AddConstraint(
            model_name="JobItem",
            constraint=UniqueConstraint(fields=("job_id", "position"), name="uq_job_item"),
        ),
        ops.AddConstraint(
            model_name="JobItem",
            constraint=CheckConstraint(check="units > 0", name="ck_job_item_units"),
        ),
        ops.AddConstraint(
            model_name="JobItem",
            constraint=CheckConstraint(check="(state = 'FAILED') = (message IS NOT NULL)", name="ck_job_item_told"),
        ),
        ops.CreateModel(
            name="NumberSeries",
            fields=[
                ("name", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ("value", fields.BigIntField(default=0, description="the last number given")),
            ],
            options={
                "table": "number_series",
                "app": "crossdock",
                "pk_attr": "name",
                "table_description": "The last number given of a gapless series; taken last in a transaction, so that its lock is short.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="OrderFigures",
            fields=[
                ("order_id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ("sales", fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ("service", fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ("workflow", fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
            ],
            options={
                "table": "order_figures",
                "app": "crossdock",
                "pk_attr": "order_id",
                "table_description": "What the figures have of an order: taken away again when the order has changed.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="OrderSearch",
            fields=[
                ("order_id", fields.UUIDField(primary_key=True, default=uuid4, unique=True, db_index=True)),
                ("text", fields.TextField(description="everything, a line for each", unique=False)),
                ("names", fields.TextField(unique=False)),
                ("phone", fields.CharField(description="digits alone", max_length=40)),
                ("postal_code", fields.CharField(db_index=True, description="without spaces", max_length=40)),
                ("city", fields.CharField(db_index=True, max_length=200)),
            ],
            options={
                "table": "order_search",
                "app": "crossdock",
                "pk_attr": "order_id",
                "table_description": "Folded to lower case without accents. Its foreign key and trigram indexes: migrations/0002_database.py.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="OrderWord",
            fields=[
                ("word", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=40)),
            ],
            options={
                "table": "order_word",
                "app": "crossdock",
                "pk_attr": "word",
                "table_description": "A word of letters that stands, or stood, in some order's texts: what a word with a typo may have been.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="PriceSetting",
            fields=[
                ("name", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=10)),
                (
                    "mode",
                    fields.CharEnumField(
                        description="OFF: OFF\nSHADOW: SHADOW\nLIVE: LIVE", enum_type=PriceMode, max_length=10
                    ),
                ),
                ("period_minutes", fields.IntField()),
                ("horizon_days", fields.IntField()),
                ("learning_since", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "price_setting",
                "app": "crossdock",
                "pk_attr": "name",
                "table_description": "One row, or none: then prices are off. `learning_since`: a worker is at it.",
            },
            bases=["Model"],
        ),
        ops.AddConstraint(
            model_name="PriceSetting",
            constraint=CheckConstraint(check="mode IN ('OFF', 'SHADOW', 'LIVE')", name="ck_price_setting_mode"),
        ),
        ops.AddConstraint(
            model_name="PriceSetting",
            constraint=CheckConstraint(check="name = 'scarcity'", name="ck_price_setting_one"),
        ),
        ops.AddConstraint(
            model_name="PriceSetting",
            constraint=CheckConstraint(check="period_minutes > 0 AND horizon_days > 0", name="ck_price_setting_times"),
        ),
        ops.CreateModel(
            name="PriceTable",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("made_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("rule_set", fields.CharField(description="whose costs it was learnt with", max_length=250)),
                ("orders", fields.IntField(description="of the past, that it was learnt from")),
                ("prices", fields.IntField(description="above zero")),
                ("seconds", fields.FloatField(description="that it took")),
            ],
            options={
                "table": "price_table",
                "app": "crossdock",
                "pk_attr": "id",
                "table_description": "A version of the prices; the newest is in force. Those before the last few keep no prices.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Product",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ("sku", fields.CharField(unique=True, max_length=100)),
                ("name", fields.CharField(max_length=500)),
                (
                    "kind",
                    fields.CharEnumField(
                        description="PHYSICAL: PHYSICAL\nSERVICE: SERVICE\nDIGITAL: DIGITAL\nGIFT_CARD: GIFT_CARD",
                        enum_type=LineKind,
                        max_length=20,
                    ),
                ),
                ("barcodes", ArrayField(default=list, element_type="TEXT")),
                ("weight_grams", fields.IntField(null=True)),
                ("image_url", fields.CharField(null=True, max_length=2000)),
                ("updated_at", fields.DatetimeField(auto_now=True, auto_now_add=False)),
            ],
            options={"table": "product", "app": "crossdock", "pk_attr": "id"},
            bases=["Identified"],
        ),
        ops.AddConstraint(
            model_name="Product",
            constraint=CheckConstraint(
                check="kind IN ('PHYSICAL', 'SERVICE', 'DIGITAL', 'GIFT_CARD')", name="ck_product_kind"
            ),
        ),
        ops.CreateModel(
            name="QueueCount",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("queue", fields.CharField(max_length=64)),
                ("scope", fields.CharField(max_length=48)),
                ("sites", ArrayField(default=list, element_type="UUID")),
                ("count", fields.BigIntField()),
            ],
            options={
                "table": "queue_count",
                "app": "crossdock",
                "indexes": [Index(fields=["scope"], name="ix_queue_count_scope")],
                "pk_attr": "id",
                "table_description": "How many records of a queue a scope has: `house`, `channel:<id>`, or `sites:<hash>` for one set of sites.",
            },
            bases=["Model"],
        ),
        ops.AddConstraint(
            model_name="QueueCount",
            constraint=UniqueConstraint(fields=("queue", "scope"), name="uq_queue_count"),
        ),
        ops.AddConstraint(
            model_name="QueueCount",
            constraint=CheckConstraint(check="count >= 0", name="ck_queue_count_count"),
        ),
        ops.CreateModel(
            name="QueueEntry",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("queue", fields.CharField(max_length=64)),
                ("subject_id", fields.UUIDField()),
                ("order_id", fields.UUIDField(db_index=True)),
                ("channel_id", fields.UUIDField()),
                ("sites", ArrayField(default=list, element_type="UUID")),
                (
                    "scope",
                    fields.CharField(description="the row of queue_count that counts it for its sites", max_length=48),
                ),
                ("since", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("from_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("counted", fields.BooleanField()),
            ],
            options={
                "table": "queue_entry",
                "app": "crossdock",
                "pk_attr": "id",
                "table_description": "A record in a queue, with whom it is seen by: the order's channel, and the sites that have work of it.",
            },
            bases=["Model"],
        ),
        ops.AddConstraint(
            model_name="QueueEntry",
            constraint=UniqueConstraint(fields=("queue", "subject_id"), name="uq_queue_entry"),
        ),
        ops.CreateModel(
            name="RecurringOrder",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ("number", fields.CharField(unique=True, max_length=32)),
                (
                    "channel",
                    fields.ForeignKeyField(
                        "crossdock.Channel",
                        source_field="channel_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "customer",
                    fields.ForeignKeyField(
                        "crossdock.Customer",
                        source_field="customer_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "state",
                    fields.CharEnumField(
                        description="ACTIVE: ACTIVE\nPAUSED: PAUSED\nCANCELLED: CANCELLED\nENDED: ENDED",
                        enum_type=RecurringOrderState,
                        max_length=10,
                    ),
                ),
                ("version", fields.IntField(default=1)),
                (
                    "template",
                    fields.JSONField(
                        description="an order as imports take it (actions/imports/shapes.py)",
                        encoder=JSON_DUMPS,
                        decoder=loads,
                    ),
                ),
                ("schedule", fields.CharField(max_length=500)),
                ("timezone", fields.CharField(max_length=64)),
                ("start_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("next_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("run_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("failures", fields.IntField(default=0, description="of the order that is due")),
                ("problem", fields.TextField(null=True, description="what the last failure said", unique=False)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("created_by", fields.CharField(max_length=200)),
            ],
            options={
                "table": "recurring_order",
                "app": "crossdock",
                "indexes": [
                    Index(fields=["state", "run_at"], name="ix_recurring_order_run"),
                    Index(fields=["created_at", "id"], name="ix_recurring_order_created"),
                ],
                "pk_attr": "id",
                "table_description": "`next_at` is when the next order is due; `run_at` when it is tried, later than that after a failure.",
            },
            bases=["Identified"],
        ),
        ops.AddConstraint(
            model_name="RecurringOrder",
            constraint=CheckConstraint(
                check="state IN ('ACTIVE', 'PAUSED', 'CANCELLED', 'ENDED')", name="ck_recurring_order_state"
            ),
        ),
        ops.AddConstraint(
            model_name="RecurringOrder",
            constraint=CheckConstraint(
                check="(state = 'ACTIVE') = (next_at IS NOT NULL AND run_at IS NOT NULL)",
                name="ck_recurring_order_next",
            ),
        ),
        ops.AddConstraint(
            model_name="RecurringOrder",
            constraint=CheckConstraint(check="run_at >= next_at", name="ck_recurring_order_run_at"),
        ),
        ops.AddConstraint(
            model_name="RecurringOrder",
            constraint=CheckConstraint(check="failures >= 0", name="ck_recurring_order_not_negative"),
        ),
        ops.CreateModel(
            name="RingFence",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                (
                    "site",
                    fields.ForeignKeyField(
                        "crossdock.InventorySite",
                        source_field="site_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("sku", fields.CharField(max_length=100)),
                (
                    "channel",
                    fields.ForeignKeyField(
                        "crossdock.Channel",
                        source_field="channel_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("quantity", fields.IntField()),
            ],
            options={
                "table": "ring_fence",
                "app": "crossdock",
                "pk_attr": "id",
                "table_description": "Units of a level that are kept for one channel. It shrinks as they are used; changed with its level locked.",
            },
            bases=["Identified"],
        ),
        ops.AddConstraint(
            model_name="RingFence",
            constraint=UniqueConstraint(fields=("site_id", "sku", "channel_id"), name="uq_ring_fence"),
        ),
        ops.AddConstraint(
            model_name="RingFence",
            constraint=CheckConstraint(check="quantity >= 0", name="ck_ring_fence_not_negative"),
        ),
        ops.CreateModel(
            name="SalesFigure",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "cut",
                    fields.CharEnumField(
                        description="DAY: DAY\nCHANNEL: CHANNEL\nSITE: SITE\nITEM: ITEM",
                        enum_type=SalesBy,
                        max_length=10,
                    ),
                ),
                ("day", fields.DateField()),
                ("channel_id", fields.UUIDField()),
                ("site", fields.CharField(default="", max_length=36)),
                ("sku", fields.CharField(default="", max_length=100)),
                ("currency", fields.CharField(max_length=3)),
                ("orders", fields.BigIntField()),
                ("units", fields.BigIntField()),
                ("revenue", fields.BigIntField()),
            ],
            options={
                "table": "sales_figure",
                "app": "crossdock",
                "pk_attr": "id",
                "table_description": "What was sold of a day's orders, cut in three ways: all of them, by item, and by the site that ships them.",
            },
            bases=["Model"],
        ),
        ops.AddConstraint(
            model_name="SalesFigure",
            constraint=CheckConstraint(check="cut IN ('DAY', 'CHANNEL', 'SITE', 'ITEM')", name="ck_sales_figure_cut"),
        ),
        ops.AddConstraint(
            model_name="SalesFigure",
            constraint=UniqueConstraint(
                fields=("cut", "day", "channel_id", "site", "sku", "currency"), name="uq_sales_figure"
            ),
        ),
        ops.CreateModel(
            name="SandboxEntry",
            fields=[
                (
                    "key",
                    fields.CharField(
                        primary_key=True,
                        unique=True,
                        db_index=True,
                        description="the caller's idempotency key",
                        max_length=64,
                    ),
                ),
                (
                    "kind",
                    fields.CharEnumField(
                        description="AUTHORIZE: AUTHORIZE\nCAPTURE: CAPTURE\nVOID: VOID\nREFUND: REFUND",
                        enum_type=TransactionKind,
                        max_length=20,
                    ),
                ),
                ("reference", fields.CharField(max_length=64)),
                ("authorization", fields.CharField(null=True, description="the reference it draws on", max_length=64)),
                ("amount", fields.BigIntField()),
                ("currency", fields.CharField(max_length=3)),
                ("token", fields.CharField(null=True, max_length=200)),
                ("approved", fields.BooleanField()),
                ("reason", fields.CharField(null=True, max_length=200)),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
                (
                    "captured",
                    fields.BigIntField(
                        default=0, description="drawn on it, where it is an authorization", db_default=0
                    ),
                ),
                ("voided", fields.BigIntField(default=0, db_default=0)),
                ("refunded", fields.BigIntField(default=0, db_default=0)),
            ],
            options={
                "table": "sandbox_entry",
                "app": "crossdock",
                "pk_attr": "key",
                "table_description": "The sandbox gateway's own book. Only integrations/sandbox_gateway.py reads or writes it.",
            },
            bases=["Model"],
        ),
        ops.AddConstraint(
            model_name="SandboxEntry",
            constraint=CheckConstraint(
                check="kind IN ('AUTHORIZE', 'CAPTURE', 'VOID', 'REFUND')", name="ck_sandbox_entry_kind"
            ),
        ),
        ops.AddConstraint(
            model_name="SandboxEntry",
            constraint=CheckConstraint(
                check="captured >= 0 AND voided >= 0 AND refunded >= 0 AND captured + voided <= amount AND refunded <= captured",
                name="ck_sandbox_entry_drawn",
            ),
        ),
        ops.CreateModel(
            name="SavedSearch",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ("owner", fields.CharField(description="the actor's key", max_length=254)),
                ("name", fields.CharField(max_length=100)),
                ("query", fields.TextField(null=True, description="the free text", unique=False)),
                ("criteria", fields.JSONField(description="an OrderFilter", encoder=JSON_DUMPS, decoder=loads)),
                ("columns", ArrayField(description="of the list, in order", element_type="TEXT")),
                (
                    "sort",
                    fields.CharEnumField(
                        null=True,
                        description="PLACED_AT_DESC: PLACED_AT_DESC\nPLACED_AT_ASC: PLACED_AT_ASC\nUPDATED_AT_DESC: UPDATED_AT_DESC\nTOTAL_DESC: TOTAL_DESC\nTOTAL_ASC: TOTAL_ASC\nRELEVANCE: RELEVANCE",
                        enum_type=OrderSort,
                        max_length=16,
                    ),
                ),
                ("shared", fields.BooleanField(default=False)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={
                "table": "saved_search",
                "app": "crossdock",
                "pk_attr": "id",
                "table_description": "A search over orders that somebody keeps, for themselves or for all of the house.",
            },
            bases=["Identified"],
        ),
        ops.AddConstraint(
            model_name="SavedSearch",
            constraint=UniqueConstraint(fields=("owner", "name"), name="uq_saved_search"),
        ),
        ops.AddConstraint(
            model_name="SavedSearch",
            constraint=CheckConstraint(
                check="sort IN ('PLACED_AT_DESC', 'PLACED_AT_ASC', 'UPDATED_AT_DESC', 'TOTAL_DESC', 'TOTAL_ASC', 'RELEVANCE')",
                name="ck_saved_search_sort",
            ),
        ),
        ops.CreateModel(
            name="ScarcityPrice",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                (
                    "price_table",
                    fields.ForeignKeyField(
                        "crossdock.PriceTable",
                        source_field="price_table_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "site",
                    fields.ForeignKeyField(
                        "crossdock.InventorySite",
                        source_field="site_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("sku", fields.CharField(max_length=100)),
                ("price", fields.IntField(description="of a unit, in hundredths")),
            ],
            options={
                "table": "scarcity_price",
                "app": "crossdock",
                "pk_attr": "id",
                "table_description": "Where there is none, it is zero.",
            },
            bases=["Identified"],
        ),
        ops.AddConstraint(
            model_name="ScarcityPrice",
            constraint=UniqueConstraint(fields=("price_table_id", "sku", "site_id"), name="uq_scarcity_price"),
        ),
        ops.AddConstraint(
            model_name="ScarcityPrice",
            constraint=CheckConstraint(check="price > 0", name="ck_scarcity_price_positive"),
        ),
        ops.CreateModel(
            name="ServiceFigure",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "step",
                    fields.CharEnumField(
                        description="APPROVAL: APPROVAL\nSHIPMENT: SHIPMENT\nHAND_OVER: HAND_OVER\nORDER: ORDER",
                        enum_type=ServiceStep,
                        max_length=20,
                    ),
                ),
                ("day", fields.DateField()),
                ("channel_id", fields.UUIDField()),
                ("site", fields.CharField(default="", max_length=36)),
                ("bucket", fields.IntField(description="4 * log2 of the seconds, rounded down")),
                ("done", fields.BigIntField()),
                ("due", fields.BigIntField()),
                ("in_time", fields.BigIntField()),
            ],
            options={
                "table": "service_figure",
                "app": "crossdock",
                "pk_attr": "id",
                "table_description": "How long a step took that was done on a day: how often, in buckets of seconds whose width grows by a fifth.",
            },
            bases=["Model"],
        ),
        ops.AddConstraint(
            model_name="ServiceFigure",
            constraint=CheckConstraint(
                check="step IN ('APPROVAL', 'SHIPMENT', 'HAND_OVER', 'ORDER')", name="ck_service_figure_step"
            ),
        ),
        ops.AddConstraint(
            model_name="ServiceFigure",
            constraint=UniqueConstraint(
                fields=("step", "day", "channel_id", "site", "bucket"), name="uq_service_figure"
            ),
        ),
        ops.CreateModel(
            name="SweepRound",
            fields=[
                ("name", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=40)),
                ("began_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "sweep_round",
                "app": "crossdock",
                "pk_attr": "name",
                "table_description": "When a sweep that goes by a period last began, in whichever worker.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="UploadedFile",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ("name", fields.CharField(max_length=200)),
                ("form", fields.CharEnumField(description="JSON: JSON\nCSV: CSV", enum_type=FileForm, max_length=10)),
                ("row_count", fields.IntField(null=True)),
                ("uploaded_by", fields.CharField(description="the actor's key", max_length=64)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "uploaded_file",
                "app": "crossdock",
                "indexes": [Index(fields=["created_at"], name="ix_uploaded_file_created_at")],
                "pk_attr": "id",
                "table_description": "Whole once `row_count` is told: its parts are written first, in transactions of their own.",
            },
            bases=["Identified"],
        ),
        ops.AddConstraint(
            model_name="UploadedFile",
            constraint=CheckConstraint(check="form IN ('JSON', 'CSV')", name="ck_uploaded_file_form"),
        ),
        ops.AddConstraint(
            model_name="UploadedFile",
            constraint=CheckConstraint(check="row_count >= 0", name="ck_uploaded_file_rows"),
        ),
        ops.CreateModel(
            name="UploadedFilePart",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                (
                    "file",
                    fields.ForeignKeyField(
                        "crossdock.UploadedFile",
                        source_field="file_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("position", fields.IntField(description="1, 2, …")),
                ("lines", ArrayField(element_type="INT")),
                ("texts", ArrayField(description="JSON, or what was meant to be JSON", element_type="BYTEA")),
            ],
            options={
                "table": "uploaded_file_part",
                "app": "crossdock",
                "pk_attr": "id",
                "table_description": "Some rows in a row: `lines[i]` is where `texts[i]` begins, counted from 1.",
            },
            bases=["Identified"],
        ),
        ops.AddConstraint(
            model_name="UploadedFilePart",
            constraint=UniqueConstraint(fields=("file_id", "position"), name="uq_uploaded_file_part"),
        ),
        ops.CreateModel(
            name="User",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ("email", fields.CharField(unique=True, description="lower case", max_length=254)),
                ("name", fields.CharField(max_length=200)),
                (
                    "password_hash",
                    fields.CharField(null=True, description="argon2id; NULL cannot log in", max_length=200),
                ),
                ("roles", ArrayField(element_type="TEXT")),
                ("active", fields.BooleanField(default=True)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={"table": "app_user", "app": "crossdock", "pk_attr": "id"},
            bases=["Identified"],
        ),
        ops.AddConstraint(
            model_name="User",
            constraint=CheckConstraint(check="email = lower(email)", name="ck_app_user_email_lower"),
        ),
        ops.CreateModel(
            name="AlertDigest",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                (
                    "user",
                    fields.ForeignKeyField(
                        "crossdock.User",
                        source_field="user_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("way", fields.CharEnumField(description="MAIL: MAIL", enum_type=DigestWay, max_length=10)),
                (
                    "pace",
                    fields.CharEnumField(
                        description="OFF: OFF\nHOURLY: HOURLY\nDAILY: DAILY", enum_type=DigestPace, max_length=10
                    ),
                ),
                ("hour", fields.IntField(description="of the day in the zone; for DAILY")),
                ("timezone", fields.CharField(max_length=64)),
                (
                    "severity_from",
                    fields.CharEnumField(
                        description="INFO: INFO\nWARNING: WARNING\nCRITICAL: CRITICAL",
                        enum_type=AlertSeverity,
                        max_length=10,
                    ),
                ),
                ("next_at", fields.DatetimeField(null=True, db_index=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "alert_digest",
                "app": "crossdock",
                "pk_attr": "id",
                "table_description": "What a person has chosen, for one way to reach them. `next_at` is when the next one is due.",
            },
            bases=["Identified"],
        ),
        ops.AddConstraint(
            model_name="AlertDigest",
            constraint=UniqueConstraint(fields=("user_id", "way"), name="uq_alert_digest"),
        ),
        ops.AddConstraint(
            model_name="AlertDigest",
            constraint=CheckConstraint(check="way IN ('MAIL')", name="ck_alert_digest_way"),
        ),
        ops.AddConstraint(
            model_name="AlertDigest",
            constraint=CheckConstraint(check="pace IN ('OFF', 'HOURLY', 'DAILY')", name="ck_alert_digest_pace"),
        ),
        ops.AddConstraint(
            model_name="AlertDigest",
            constraint=CheckConstraint(
                check="severity_from IN ('INFO', 'WARNING', 'CRITICAL')", name="ck_alert_digest_severity_from"
            ),
        ),
        ops.AddConstraint(
            model_name="AlertDigest",
            constraint=CheckConstraint(check="hour BETWEEN 0 AND 23", name="ck_alert_digest_hour"),
        ),
        ops.AddConstraint(
            model_name="AlertDigest",
            constraint=CheckConstraint(check="(pace = 'OFF') = (next_at IS NULL)", name="ck_alert_digest_next_at"),
        ),
        ops.CreateModel(
            name="AlertDigestSending",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                (
                    "digest",
                    fields.ForeignKeyField(
                        "crossdock.AlertDigest",
                        source_field="digest_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("due_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("since", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("upto", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("contents", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                (
                    "state",
                    fields.CharEnumField(
                        description="PENDING: PENDING\nSENDING: SENDING\nSENT: SENT\nUNCERTAIN: UNCERTAIN\nFAILED: FAILED\nSUPERSEDED: SUPERSEDED",
                        enum_type=DigestState,
                        max_length=12,
                    ),
                ),
                ("attempts", fields.IntField(default=0)),
                ("next_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("claimed_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("settled_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("failure", fields.CharField(null=True, max_length=500)),
            ],
            options={
                "table": "alert_digest_sending",
                "app": "crossdock",
                "indexes": [Index(fields=["state", "next_at"], name="ix_alert_digest_sending_state")],
                "pk_attr": "id",
                "table_description": "One digest, written down before it is sent: of alerts that were raised after `since` and until `upto`.",
            },
            bases=["Identified"],
        ),
        ops.AddConstraint(
            model_name="AlertDigestSending",
            constraint=UniqueConstraint(fields=("digest_id", "due_at"), name="uq_alert_digest_sending"),
        ),
        ops.AddConstraint(
            model_name="AlertDigestSending",
            constraint=CheckConstraint(
                check="state IN ('PENDING', 'SENDING', 'SENT', 'UNCERTAIN', 'FAILED', 'SUPERSEDED')",
                name="ck_alert_digest_sending_state",
            ),
        ),
        ops.AddConstraint(
            model_name="AlertDigestSending",
            constraint=CheckConstraint(check="attempts >= 0", name="ck_alert_digest_sending_not_negative"),
        ),
        ops.AddConstraint(
            model_name="AlertDigestSending",
            constraint=CheckConstraint(
                check="state <> 'SENDING' OR claimed_at IS NOT NULL", name="ck_alert_digest_sending_claimed"
            ),
        ),
        ops.AddConstraint(
            model_name="AlertDigestSending",
            constraint=CheckConstraint(
                check="(state IN ('PENDING','SENDING')) = (settled_at IS NULL)", name="ck_alert_digest_sending_settled"
            ),
        ),
        ops.CreateModel(
            name="Session",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                (
                    "user",
                    fields.ForeignKeyField(
                        "crossdock.User",
                        source_field="user_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("token_hash", fields.CharField(unique=True, description="SHA-256, hex", max_length=64)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
                ("expires_at", fields.DatetimeField(db_index=True, auto_now=False, auto_now_add=False)),
            ],
            options={"table": "app_session", "app": "crossdock", "pk_attr": "id"},
            bases=["Identified"],
        ),
        ops.CreateModel(
            name="UserSite",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                (
                    "user",
                    fields.ForeignKeyField(
                        "crossdock.User",
                        source_field="user_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "site",
                    fields.ForeignKeyField(
                        "crossdock.InventorySite",
                        source_field="site_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
            ],
            options={
                "table": "app_user_site",
                "app": "crossdock",
                "pk_attr": "id",
                "table_description": "A store associate sees the work of these sites alone.",
            },
            bases=["Identified"],
        ),
        ops.AddConstraint(
            model_name="UserSite",
            constraint=UniqueConstraint(fields=("user_id", "site_id"), name="uq_app_user_site"),
        ),
        ops.CreateModel(
            name="Webhook",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ("url", fields.CharField(max_length=2000)),
                ("topics", ArrayField(description="kinds of events, `order.*`, or `*`", element_type="TEXT")),
                ("active", fields.BooleanField(default=True)),
                ("secret", fields.CharField(description="whsec_…, by which each delivery is signed", max_length=100)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "webhook",
                "app": "crossdock",
                "pk_attr": "id",
                "table_description": "One that is not active is sent nothing; what happens meanwhile waits.",
            },
            bases=["Identified"],
        ),
        ops.CreateModel(
            name="WebhookDelivery",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                (
                    "webhook",
                    fields.ForeignKeyField(
                        "crossdock.Webhook",
                        source_field="webhook_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("event_id", fields.BigIntField()),
                ("event_xid", fields.BigIntField(description="(event_xid, event_id) is the event's place in the log")),
                ("topic", fields.CharField(max_length=64)),
                ("order_id", fields.UUIDField(null=True)),
                (
                    "state",
                    fields.CharEnumField(
                        description="PENDING: PENDING\nSENDING: SENDING\nDELIVERED: DELIVERED\nDEAD: DEAD",
                        enum_type=WebhookDeliveryState,
                        max_length=12,
                    ),
                ),
                ("attempts", fields.IntField(default=0)),
                ("next_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("created_at", fields.DatetimeField(db_index=True, auto_now=False, auto_now_add=False)),
                ("claimed_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("settled_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("response_code", fields.IntField(null=True)),
                ("failure", fields.CharField(null=True, max_length=500)),
            ],
            options={
                "table": "webhook_delivery",
                "app": "crossdock",
                "indexes": [
                    Index(fields=["state", "next_at"], name="ix_webhook_delivery_state"),
                    Index(fields=["webhook_id", "order_id"], name="ix_webhook_delivery_order"),
                ],
                "pk_attr": "id",
                "table_description": "An event that is to arrive; what is sent is made of the event, which never changes. Its key is the stable id.",
            },
            bases=["Identified"],
        ),
        ops.AddConstraint(
            model_name="WebhookDelivery",
            constraint=UniqueConstraint(fields=("webhook_id", "event_id"), name="uq_webhook_delivery"),
        ),
        ops.AddConstraint(
            model_name="WebhookDelivery",
            constraint=CheckConstraint(
                check="state IN ('PENDING', 'SENDING', 'DELIVERED', 'DEAD')", name="ck_webhook_delivery_state"
            ),
        ),
        ops.AddConstraint(
            model_name="WebhookDelivery",
            constraint=CheckConstraint(check="attempts >= 0", name="ck_webhook_delivery_not_negative"),
        ),
        ops.AddConstraint(
            model_name="WebhookDelivery",
            constraint=CheckConstraint(
                check="state <> 'SENDING' OR claimed_at IS NOT NULL", name="ck_webhook_delivery_claimed"
            ),
        ),
        ops.AddConstraint(
            model_name="WebhookDelivery",
            constraint=CheckConstraint(
                check="(state IN ('PENDING','SENDING')) = (settled_at IS NULL)", name="ck_webhook_delivery_settled"
            ),
        ),
        ops.CreateModel(
            name="Workflow",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ("name", fields.CharField(max_length=200)),
                ("version", fields.IntField(default=1)),
                ("active", fields.BooleanField(default=True)),
                ("position", fields.IntField(default=100, description="lower is asked first")),
                ("applies_when", fields.TextField(null=True, description="CEL over the order", unique=False)),
                (
                    "steps",
                    fields.JSONField(
                        description='{"PAYMENT": {"mode": "AUTOMATIC", "when": null, "delaySeconds": 0}, …}',
                        encoder=JSON_DUMPS,
                        decoder=loads,
                    ),
                ),
                (
                    "capture_on",
                    fields.CharEnumField(
                        description="ENTRY: ENTRY\nPAYMENT: PAYMENT\nCOMPLETION: COMPLETION\nAPPROVAL: APPROVAL\nALLOCATION: ALLOCATION\nSHIPPING_ORDER_APPROVAL: SHIPPING_ORDER_APPROVAL\nINVOICE: INVOICE\nASSIGNMENT: ASSIGNMENT\nPICK_PACK: PICK_PACK\nSHIPMENT: SHIPMENT\nCONTINUATION: CONTINUATION\nFILING: FILING",
                        enum_type=LifecycleStep,
                        max_length=30,
                    ),
                ),
                (
                    "invoice_on",
                    fields.CharEnumField(
                        description="ENTRY: ENTRY\nPAYMENT: PAYMENT\nCOMPLETION: COMPLETION\nAPPROVAL: APPROVAL\nALLOCATION: ALLOCATION\nSHIPPING_ORDER_APPROVAL: SHIPPING_ORDER_APPROVAL\nINVOICE: INVOICE\nASSIGNMENT: ASSIGNMENT\nPICK_PACK: PICK_PACK\nSHIPMENT: SHIPMENT\nCONTINUATION: CONTINUATION\nFILING: FILING",
                        enum_type=LifecycleStep,
                        max_length=30,
                    ),
                ),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={
                "table": "workflow",
                "app": "crossdock",
                "pk_attr": "id",
                "table_description": "A version of a workflow; never changed once made. The first active one that applies is pinned at entry.",
            },
            bases=["Identified"],
        ),
        ops.AddConstraint(
            model_name="Workflow",
            constraint=UniqueConstraint(fields=("name", "version"), name="uq_workflow_name_version"),
        ),
        ops.AddConstraint(
            model_name="Workflow",
            constraint=UniqueConstraint(fields=("name",), name="uq_workflow_active", condition="active"),
        ),
        ops.AddConstraint(
            model_name="Workflow",
            constraint=CheckConstraint(
                check="capture_on IN ('ENTRY','APPROVAL','SHIPPING_ORDER_APPROVAL','SHIPMENT')",
                name="ck_workflow_capture_on",
            ),
        ),
        ops.AddConstraint(
            model_name="Workflow",
            constraint=CheckConstraint(
                check="invoice_on IN ('APPROVAL','SHIPPING_ORDER_APPROVAL','SHIPMENT')", name="ck_workflow_invoice_on"
            ),
        ),
        ops.CreateModel(
            name="Order",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ("number", fields.CharField(max_length=32)),
                (
                    "channel",
                    fields.ForeignKeyField(
                        "crossdock.Channel",
                        source_field="channel_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("external_id", fields.CharField(null=True, max_length=200)),
                ("version", fields.IntField(default=0)),
                ("event_sequence", fields.IntField(default=0)),
                (
                    "state",
                    fields.CharEnumField(
                        description="DRAFT: DRAFT\nWAITING_PAYMENT: WAITING_PAYMENT\nWAITING_APPROVAL: WAITING_APPROVAL\nWAITING_ALLOCATION: WAITING_ALLOCATION\nWAITING_FULFILLMENT: WAITING_FULFILLMENT\nWAITING_FILING: WAITING_FILING\nCLOSED: CLOSED\nCANCELLED: CANCELLED",
                        enum_type=OrderState,
                        max_length=20,
                    ),
                ),
                (
                    "payment_status",
                    fields.CharEnumField(
                        default=PaymentStatus.UNPAID,
                        description="UNPAID: UNPAID\nAUTHORIZED: AUTHORIZED\nPARTIALLY_CAPTURED: PARTIALLY_CAPTURED\nCAPTURED: CAPTURED\nPARTIALLY_REFUNDED: PARTIALLY_REFUNDED\nREFUNDED: REFUNDED\nVOIDED: VOIDED\nFAILED: FAILED",
                        enum_type=PaymentStatus,
                        max_length=20,
                    ),
                ),
                (
                    "fulfillment_status",
                    fields.CharEnumField(
                        default=FulfillmentStatus.UNFULFILLED,
                        description="UNFULFILLED: UNFULFILLED\nPARTIALLY_ALLOCATED: PARTIALLY_ALLOCATED\nALLOCATED: ALLOCATED\nBACKORDERED: BACKORDERED\nPARTIALLY_FULFILLED: PARTIALLY_FULFILLED\nFULFILLED: FULFILLED\nRETURNED: RETURNED",
                        enum_type=FulfillmentStatus,
                        max_length=20,
                    ),
                ),
                ("suspended", fields.BooleanField(default=False, description="an open hold exists")),
                ("priority", fields.IntField(default=0)),
                (
                    "workflow",
                    fields.ForeignKeyField(
                        "crossdock.Workflow",
                        source_field="workflow_id",
                        description="the version pinned at entry",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "steps",
                    fields.JSONField(
                        default=dict,
                        description='{"APPROVAL": {"at": "…Z", "by": "…", "skipped": false}}',
                        encoder=JSON_DUMPS,
                        decoder=loads,
                    ),
                ),
                ("placed_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("promised_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
                ("updated_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("state_since", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("closed_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("shipping_method", fields.CharField(null=True, max_length=64)),
                ("prices_include_tax", fields.BooleanField(default=False)),
                ("currency", fields.CharField(max_length=3)),
                ("subtotal", fields.BigIntField(default=0)),
                ("discount", fields.BigIntField(default=0)),
                ("shipping", fields.BigIntField(default=0)),
                ("tax", fields.BigIntField(default=0)),
                ("total", fields.BigIntField(default=0)),
                ("authorized", fields.BigIntField(default=0)),
                ("captured", fields.BigIntField(default=0)),
                ("refunded", fields.BigIntField(default=0)),
                (
                    "shipping_invoiced",
                    fields.BooleanField(default=False, description="the shipping charge stands on an invoice"),
                ),
                (
                    "customer",
                    fields.ForeignKeyField(
                        "crossdock.Customer",
                        source_field="customer_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("email", fields.CharField(null=True, max_length=254)),
                ("phone", fields.CharField(null=True, max_length=40)),
                ("billing_address", fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads)),
                ("shipping_address", fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads)),
                (
                    "exchange_for_id",
                    fields.UUIDField(null=True, db_index=True, description="the return that this order replaces"),
                ),
                ("recurring_order_id", fields.UUIDField(null=True, description="the recurring order that made it")),
                ("tags", ArrayField(default=list, element_type="TEXT")),
                ("attributes", fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads)),
            ],
            options={
                "table": "sales_order",
                "app": "crossdock",
                "indexes": [
                    Index(fields=["state", "placed_at", "id"], name="ix_sales_order_state"),
                    Index(fields=["placed_at", "id"], name="ix_sales_order_placed_at"),
                    Index(fields=["channel_id", "placed_at", "id"], name="ix_sales_order_channel"),
                    Index(fields=["number"], name="ix_sales_order_number"),
                ],
                "pk_attr": "id",
                "table_description": "`version`, `event_sequence` and `updated_at` are moved by events.record alone, with every event of the order.",
            },
            bases=["Identified"],
        ),
        ops.AddConstraint(
            model_name="Order",
            constraint=CheckConstraint(
                check="state IN ('DRAFT', 'WAITING_PAYMENT', 'WAITING_APPROVAL', 'WAITING_ALLOCATION', 'WAITING_FULFILLMENT', 'WAITING_FILING', 'CLOSED', 'CANCELLED')",
                name="ck_sales_order_state",
            ),
        ),
        ops.AddConstraint(
            model_name="Order",
            constraint=CheckConstraint(
                check="payment_status IN ('UNPAID', 'AUTHORIZED', 'PARTIALLY_CAPTURED', 'CAPTURED', 'PARTIALLY_REFUNDED', 'REFUNDED', 'VOIDED', 'FAILED')",
                name="ck_sales_order_payment_status",
            ),
        ),
        ops.AddConstraint(
            model_name="Order",
            constraint=CheckConstraint(
                check="fulfillment_status IN ('UNFULFILLED', 'PARTIALLY_ALLOCATED', 'ALLOCATED', 'BACKORDERED', 'PARTIALLY_FULFILLED', 'FULFILLED', 'RETURNED')",
                name="ck_sales_order_fulfillment_status",
            ),
        ),
        ops.AddConstraint(
            model_name="Order",
            constraint=CheckConstraint(
                check="subtotal >= 0 AND discount >= 0 AND shipping >= 0 AND tax >= 0 AND total >= 0 AND authorized >= 0 AND captured >= 0 AND refunded >= 0",
                name="ck_sales_order_not_negative",
            ),
        ),
        ops.AddConstraint(
            model_name="Order",
            constraint=CheckConstraint(check="captured <= authorized", name="ck_sales_order_captured"),
        ),
        ops.AddConstraint(
            model_name="Order",
            constraint=CheckConstraint(check="refunded <= captured", name="ck_sales_order_refunded"),
        ),
        ops.AddConstraint(
            model_name="Order",
            constraint=CheckConstraint(
                check="total = subtotal - discount + shipping + CASE WHEN prices_include_tax THEN 0 ELSE tax END",
                name="ck_sales_order_total",
            ),
        ),
        ops.AddConstraint(
            model_name="Order",
            constraint=CheckConstraint(
                check="(state IN ('CLOSED','CANCELLED')) = (closed_at IS NOT NULL)", name="ck_sales_order_closed_at"
            ),
        ),
        ops.CreateModel(
            name="AllocationDecision",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                (
                    "order",
                    fields.ForeignKeyField(
                        "crossdock.Order",
                        source_field="order_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("rule_set", fields.CharField(description="its name and version", max_length=250)),
                (
                    "rule_set_version",
                    fields.ForeignKeyField(
                        "crossdock.AllocationRuleSet",
                        source_field="rule_set_version_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "outcome",
                    fields.CharEnumField(
                        description="FULL: FULL\nPARTIAL: PARTIAL\nBACKORDERED: BACKORDERED\nNONE: NONE",
                        enum_type=AllocationOutcome,
                        max_length=20,
                    ),
                ),
                ("cost", fields.BigIntField(null=True, description="hundredths of the order's currency")),
                ("sentence", fields.TextField(default="", unique=False)),
                (
                    "chosen",
                    fields.JSONField(description='[{"site_id", "sku", "quantity"}]', encoder=JSON_DUMPS, decoder=loads),
                ),
                (
                    "alternatives",
                    fields.JSONField(
                        null=True,
                        description='[{"cost", "assignments": […], "why_not"}]; null: it follows from the snapshot',
                        encoder=JSON_DUMPS,
                        decoder=loads,
                    ),
                ),
                (
                    "excluded",
                    fields.JSONField(
                        null=True,
                        description='[{"site_id", "reason"}]; as `alternatives`',
                        encoder=JSON_DUMPS,
                        decoder=loads,
                    ),
                ),
                (
                    "explanation",
                    fields.JSONField(
                        default=dict,
                        description='{"policy", "gap", "parts", "sites", "classic", "binding", …}',
                        encoder=JSON_DUMPS,
                        decoder=loads,
                    ),
                ),
                (
                    "snapshot",
                    fields.JSONField(
                        null=True,
                        description="what was asked of the search, to ask it again",
                        encoder=JSON_DUMPS,
                        decoder=loads,
                    ),
                ),
                (
                    "price_version",
                    fields.BigIntField(null=True, description="the price table that it was taken or tried with"),
                ),
                (
                    "shadow",
                    fields.JSONField(
                        null=True,
                        description='rules/scarcity.py: {"differs", "money", "kept"}',
                        encoder=JSON_DUMPS,
                        decoder=loads,
                    ),
                ),
            ],
            options={"table": "allocation_decision", "app": "crossdock", "pk_attr": "id"},
            bases=["Identified"],
        ),
        ops.AddConstraint(
            model_name="AllocationDecision",
            constraint=CheckConstraint(
                check="outcome IN ('FULL', 'PARTIAL', 'BACKORDERED', 'NONE')", name="ck_allocation_decision_outcome"
            ),
        ),
        ops.CreateModel(
            name="InventoryMovement",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                (
                    "site",
                    fields.ForeignKeyField(
                        "crossdock.InventorySite",
                        source_field="site_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("sku", fields.CharField(max_length=100)),
                ("quantity", fields.IntField()),
                (
                    "reason",
                    fields.CharEnumField(
                        description="RECEIPT: RECEIPT\nADJUSTMENT: ADJUSTMENT\nCOUNT: COUNT\nSHIPMENT: SHIPMENT\nPICKUP: PICKUP\nRETURN: RETURN\nTRANSFER_OUT: TRANSFER_OUT\nTRANSFER_IN: TRANSFER_IN\nDAMAGE: DAMAGE\nSHORT_PICK: SHORT_PICK",
                        enum_type=MovementReason,
                        max_length=20,
                    ),
                ),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("actor", fields.CharField(max_length=254)),
                ("reference", fields.CharField(null=True, max_length=200)),
                (
                    "order",
                    fields.ForeignKeyField(
                        "crossdock.Order",
                        source_field="order_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
            ],
            options={
                "table": "inventory_movement",
                "app": "crossdock",
                "indexes": [Index(fields=["site_id", "sku", "id"], name="ix_inventory_movement_site")],
                "pk_attr": "id",
                "table_description": "Append-only. on_hand of a level = the sum of its movements, always.",
            },
            bases=["Identified"],
        ),
        ops.AddConstraint(
            model_name="InventoryMovement",
            constraint=CheckConstraint(
                check="reason IN ('RECEIPT', 'ADJUSTMENT', 'COUNT', 'SHIPMENT', 'PICKUP', 'RETURN', 'TRANSFER_OUT', 'TRANSFER_IN', 'DAMAGE', 'SHORT_PICK')",
                name="ck_inventory_movement_reason",
            ),
        ),
        ops.AddConstraint(
            model_name="InventoryMovement",
            constraint=CheckConstraint(check="quantity <> 0", name="ck_inventory_movement_quantity"),
        ),
        ops.CreateModel(
            name="OrderClaim",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                (
                    "order",
                    fields.ForeignKeyField(
                        "crossdock.Order",
                        source_field="order_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("holder", fields.CharField(description="the actor's key", max_length=64)),
                ("by", fields.CharField(max_length=254)),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("until", fields.DatetimeField(db_index=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "order_claim",
                "app": "crossdock",
                "pk_attr": "id",
                "table_description": "Who sees to an order, so that nobody else does at the same time. It ends by itself: what counts is `until`.",
            },
            bases=["Identified"],
        ),
        ops.AddConstraint(
            model_name="OrderClaim",
            constraint=UniqueConstraint(fields=("order_id",), name="uq_order_claim_order"),
        ),
        ops.AddConstraint(
            model_name="OrderClaim",
            constraint=CheckConstraint(check="until > at", name="ck_order_claim_until"),
        ),
        ops.CreateModel(
            name="OrderKey",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("scope", fields.CharField(max_length=64)),
                ("value", fields.CharField(max_length=200)),
                (
                    "order",
                    fields.ForeignKeyField(
                        "crossdock.Order",
                        source_field="order_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
            ],
            options={
                "table": "order_key",
                "app": "crossdock",
                "pk_attr": "id",
                "table_description": "What is unique over all orders, kept apart so that orders can be partitioned by time.",
            },
            bases=["Model"],
        ),
        ops.AddConstraint(
            model_name="OrderKey",
            constraint=UniqueConstraint(fields=("scope", "value"), name="uq_order_key"),
        ),
        ops.CreateModel(
            name="OrderLine",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                (
                    "order",
                    fields.ForeignKeyField(
                        "crossdock.Order",
                        source_field="order_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("position", fields.IntField()),
                ("external_id", fields.CharField(null=True, max_length=200)),
                ("sku", fields.CharField(db_index=True, max_length=100)),
                ("name", fields.CharField(max_length=500)),
                (
                    "kind",
                    fields.CharEnumField(
                        description="PHYSICAL: PHYSICAL\nSERVICE: SERVICE\nDIGITAL: DIGITAL\nGIFT_CARD: GIFT_CARD",
                        enum_type=LineKind,
                        max_length=20,
                    ),
                ),
                (
                    "delivery_method",
                    fields.CharEnumField(
                        description="SHIP: SHIP\nPICKUP: PICKUP\nDIGITAL: DIGITAL",
                        enum_type=DeliveryMethod,
                        max_length=20,
                    ),
                ),
                (
                    "pickup_site",
                    fields.ForeignKeyField(
                        "crossdock.InventorySite",
                        source_field="pickup_site_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("attributes", fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads)),
                ("quantity", fields.IntField()),
                ("allocated", fields.IntField(default=0, description="in open shipping orders now")),
                ("backordered", fields.IntField(default=0, description="asked for at allocation, and no stock found")),
                ("picked", fields.IntField(default=0, description="picked in open shipping orders now")),
                ("fulfilled", fields.IntField(default=0, description="shipped, handed over, or done")),
                ("cancelled", fields.IntField(default=0)),
                ("returned", fields.IntField(default=0, description="received back")),
                ("invoiced", fields.IntField(default=0)),
                ("unit_price", fields.BigIntField()),
                ("discount", fields.BigIntField(default=0)),
                ("tax", fields.BigIntField(default=0)),
                ("total", fields.BigIntField()),
            ],
            options={
                "table": "order_line",
                "app": "crossdock",
                "pk_attr": "id",
                "table_description": "`total` is of all units ordered; the amount of some units is their cumulative share (money.cumulative_share).",
            },
            bases=["Identified"],
        ),
        ops.AddConstraint(
            model_name="OrderLine",
            constraint=UniqueConstraint(fields=("order_id", "position"), name="uq_order_line_position"),
        ),
        ops.AddConstraint(
            model_name="OrderLine",
            constraint=CheckConstraint(
                check="kind IN ('PHYSICAL', 'SERVICE', 'DIGITAL', 'GIFT_CARD')", name="ck_order_line_kind"
            ),
        ),
        ops.AddConstraint(
            model_name="OrderLine",
            constraint=CheckConstraint(
                check="delivery_method IN ('SHIP', 'PICKUP', 'DIGITAL')", name="ck_order_line_delivery_method"
            ),
        ),
        ops.AddConstraint(
            model_name="OrderLine",
            constraint=CheckConstraint(check="quantity > 0", name="ck_order_line_quantity"),
        ),
        ops.AddConstraint(
            model_name="OrderLine",
            constraint=CheckConstraint(
                check="allocated >= 0 AND backordered >= 0 AND picked >= 0 AND fulfilled >= 0 AND cancelled >= 0 AND returned >= 0 AND invoiced >= 0 AND unit_price >= 0 AND discount >= 0 AND tax >= 0 AND total >= 0",
                name="ck_order_line_not_negative",
            ),
        ),
        ops.AddConstraint(
            model_name="OrderLine",
            constraint=CheckConstraint(
                check="allocated + backordered + fulfilled + cancelled <= quantity", name="ck_order_line_units"
            ),
        ),
        ops.AddConstraint(
            model_name="OrderLine",
            constraint=CheckConstraint(check="picked <= allocated", name="ck_order_line_picked"),
        ),
        ops.AddConstraint(
            model_name="OrderLine",
            constraint=CheckConstraint(check="returned <= fulfilled", name="ck_order_line_returned"),
        ),
        ops.AddConstraint(
            model_name="OrderLine",
            constraint=CheckConstraint(check="invoiced <= quantity - cancelled", name="ck_order_line_invoiced"),
        ),
        ops.AddConstraint(
            model_name="OrderLine",
            constraint=CheckConstraint(
                check="(delivery_method = 'PICKUP') = (pickup_site_id IS NOT NULL)", name="ck_order_line_pickup"
            ),
        ),
        ops.CreateModel(
            name="OrderNote",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                (
                    "order",
                    fields.ForeignKeyField(
                        "crossdock.Order",
                        source_field="order_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("body", fields.TextField(unique=False)),
                ("author", fields.CharField(max_length=254)),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={"table": "order_note", "app": "crossdock", "pk_attr": "id"},
            bases=["Identified"],
        ),
        ops.CreateModel(
            name="OrderSiteExclusion",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                (
                    "order",
                    fields.ForeignKeyField(
                        "crossdock.Order",
                        source_field="order_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "site",
                    fields.ForeignKeyField(
                        "crossdock.InventorySite",
                        source_field="site_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("reason", fields.CharField(max_length=500)),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "order_site_exclusion",
                "app": "crossdock",
                "pk_attr": "id",
                "table_description": "A site that rejected or could not find something of an order is not asked for that order again.",
            },
            bases=["Identified"],
        ),
        ops.AddConstraint(
            model_name="OrderSiteExclusion",
            constraint=UniqueConstraint(fields=("order_id", "site_id"), name="uq_order_site_exclusion"),
        ),
        ops.CreateModel(
            name="OrderViewer",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                (
                    "order",
                    fields.ForeignKeyField(
                        "crossdock.Order",
                        source_field="order_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "user",
                    fields.ForeignKeyField(
                        "crossdock.User",
                        source_field="user_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("since", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                (
                    "seen_at",
                    fields.DatetimeField(description="the last sign of life", auto_now=False, auto_now_add=False),
                ),
            ],
            options={
                "table": "order_viewer",
                "app": "crossdock",
                "pk_attr": "id",
                "table_description": "A window in which somebody has an order open; over when `seen_at` is long ago, or at once when it is closed.",
            },
            bases=["Identified"],
        ),
        ops.CreateModel(
            name="Payment",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                (
                    "order",
                    fields.ForeignKeyField(
                        "crossdock.Order",
                        source_field="order_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("position", fields.IntField(default=0)),
                ("gateway", fields.CharField(max_length=32)),
                (
                    "method",
                    fields.CharEnumField(
                        description="CARD: CARD\nGIFT_CARD: GIFT_CARD\nBANK_TRANSFER: BANK_TRANSFER\nCASH: CASH\nON_ACCOUNT: ON_ACCOUNT\nWALLET: WALLET",
                        enum_type=PaymentMethodKind,
                        max_length=20,
                    ),
                ),
                (
                    "token",
                    fields.CharField(
                        null=True, description="from the gateway's own client; never a card number", max_length=200
                    ),
                ),
                ("authorized_reference", fields.CharField(null=True, max_length=200)),
                (
                    "status",
                    fields.CharEnumField(
                        default=PaymentStatus.UNPAID,
                        description="UNPAID: UNPAID\nAUTHORIZED: AUTHORIZED\nPARTIALLY_CAPTURED: PARTIALLY_CAPTURED\nCAPTURED: CAPTURED\nPARTIALLY_REFUNDED: PARTIALLY_REFUNDED\nREFUNDED: REFUNDED\nVOIDED: VOIDED\nFAILED: FAILED",
                        enum_type=PaymentStatus,
                        max_length=20,
                    ),
                ),
                ("currency", fields.CharField(max_length=3)),
                ("amount", fields.BigIntField()),
                ("authorized", fields.BigIntField(default=0)),
                ("captured", fields.BigIntField(default=0)),
                ("refunded", fields.BigIntField(default=0)),
                ("authorization_expires_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={
                "table": "payment",
                "app": "crossdock",
                "pk_attr": "id",
                "table_description": "One tender. `authorized` shrinks when what is left of an authorization is voided.",
            },
            bases=["Identified"],
        ),
        ops.AddConstraint(
            model_name="Payment",
            constraint=CheckConstraint(
                check="method IN ('CARD', 'GIFT_CARD', 'BANK_TRANSFER', 'CASH', 'ON_ACCOUNT', 'WALLET')",
                name="ck_payment_method",
            ),
        ),
        ops.AddConstraint(
            model_name="Payment",
            constraint=CheckConstraint(
                check="status IN ('UNPAID', 'AUTHORIZED', 'PARTIALLY_CAPTURED', 'CAPTURED', 'PARTIALLY_REFUNDED', 'REFUNDED', 'VOIDED', 'FAILED')",
                name="ck_payment_status",
            ),
        ),
        ops.AddConstraint(
            model_name="Payment",
            constraint=CheckConstraint(
                check="authorized >= 0 AND captured >= 0 AND refunded >= 0", name="ck_payment_not_negative"
            ),
        ),
        ops.AddConstraint(
            model_name="Payment",
            constraint=CheckConstraint(check="amount > 0", name="ck_payment_amount"),
        ),
        ops.AddConstraint(
            model_name="Payment",
            constraint=CheckConstraint(check="authorized <= amount", name="ck_payment_authorized"),
        ),
        ops.AddConstraint(
            model_name="Payment",
            constraint=CheckConstraint(check="captured <= authorized", name="ck_payment_captured"),
        ),
        ops.AddConstraint(
            model_name="Payment",
            constraint=CheckConstraint(check="refunded <= captured", name="ck_payment_refunded"),
        ),
        ops.CreateModel(
            name="RecurringRun",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                (
                    "recurring_order",
                    fields.ForeignKeyField(
                        "crossdock.RecurringOrder",
                        source_field="recurring_order_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("due_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                (
                    "outcome",
                    fields.CharEnumField(
                        description="MADE: MADE\nSKIPPED: SKIPPED\nFAILED: FAILED",
                        enum_type=RecurringOutcome,
                        max_length=10,
                    ),
                ),
                (
                    "order",
                    fields.ForeignKeyField(
                        "crossdock.Order",
                        source_field="order_id",
                        null=True,
                        unique=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("message", fields.TextField(null=True, unique=False)),
            ],
            options={
                "table": "recurring_run",
                "app": "crossdock",
                "pk_attr": "id",
                "table_description": "What became of an order that was due; each once.",
            },
            bases=["Identified"],
        ),
        ops.AddConstraint(
            model_name="RecurringRun",
            constraint=UniqueConstraint(fields=("recurring_order_id", "due_at"), name="uq_recurring_run"),
        ),
        ops.AddConstraint(
            model_name="RecurringRun",
            constraint=CheckConstraint(
                check="outcome IN ('MADE', 'SKIPPED', 'FAILED')", name="ck_recurring_run_outcome"
            ),
        ),
        ops.AddConstraint(
            model_name="RecurringRun",
            constraint=CheckConstraint(
                check="(outcome = 'MADE') = (order_id IS NOT NULL)", name="ck_recurring_run_order"
            ),
        ),
        ops.CreateModel(
            name="Reservation",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ("reference", fields.CharField(max_length=200)),
                (
                    "channel",
                    fields.ForeignKeyField(
                        "crossdock.Channel",
                        source_field="channel_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "order",
                    fields.ForeignKeyField(
                        "crossdock.Order",
                        source_field="order_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("expires_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("released_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "reservation",
                "app": "crossdock",
                "pk_attr": "id",
                "table_description": "Units held for a checkout. Open until `released_at`; an order that took it over uses it at allocation.",
            },
            bases=["Identified"],
        ),
        ops.AddConstraint(
            model_name="Reservation",
            constraint=UniqueConstraint(
                fields=("channel_id", "reference"), name="uq_reservation_open", condition="released_at IS NULL"
            ),
        ),
        ops.CreateModel(
            name="ReservationLine",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                (
                    "reservation",
                    fields.ForeignKeyField(
                        "crossdock.Reservation",
                        source_field="reservation_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("position", fields.IntField()),
                (
                    "site",
                    fields.ForeignKeyField(
                        "crossdock.InventorySite",
                        source_field="site_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("sku", fields.CharField(max_length=100)),
                ("quantity", fields.IntField()),
                (
                    "fenced",
                    fields.IntField(
                        default=0, description="of these, taken from the channel's ring-fence", db_default=0
                    ),
                ),
            ],
            options={
                "table": "reservation_line",
                "app": "crossdock",
                "pk_attr": "id",
                "table_description": "Where units are held. The sum of those of open reservations is `reserved` of the level.",
            },
            bases=["Identified"],
        ),
        ops.AddConstraint(
            model_name="ReservationLine",
            constraint=CheckConstraint(check="quantity > 0", name="ck_reservation_line_quantity"),
        ),
        ops.AddConstraint(
            model_name="ReservationLine",
            constraint=CheckConstraint(check="fenced BETWEEN 0 AND quantity", name="ck_reservation_line_fenced"),
        ),
        ops.CreateModel(
            name="Return",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                (
                    "number",
                    fields.CharField(
                        unique=True, description="the order's number, R and a count: 100001-R1", max_length=40
                    ),
                ),
                (
                    "order",
                    fields.ForeignKeyField(
                        "crossdock.Order",
                        source_field="order_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("position", fields.IntField()),
                (
                    "state",
                    fields.CharEnumField(
                        description="WAITING_APPROVAL: WAITING_APPROVAL\nWAITING_RECEIPT: WAITING_RECEIPT\nWAITING_REFUND: WAITING_REFUND\nCLOSED: CLOSED\nREJECTED: REJECTED\nCANCELLED: CANCELLED",
                        enum_type=ReturnState,
                        max_length=20,
                    ),
                ),
                ("version", fields.IntField(default=1)),
                (
                    "method",
                    fields.CharEnumField(
                        description="SHIP: SHIP\nIN_STORE: IN_STORE", enum_type=ReturnMethod, max_length=20
                    ),
                ),
                (
                    "site",
                    fields.ForeignKeyField(
                        "crossdock.InventorySite",
                        source_field="site_id",
                        null=True,
                        description="where it is expected",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("refund_due", fields.BigIntField(default=0, description="for what was received")),
                ("refunded", fields.BigIntField(default=0, description="given back to tenders")),
                ("credited", fields.BigIntField(default=0, description="spent on the exchange order")),
                (
                    "exchange_order",
                    fields.ForeignKeyField(
                        "crossdock.Order",
                        source_field="exchange_order_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("state_since", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("closed_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("closing_reason", fields.CharField(null=True, max_length=500)),
            ],
            options={
                "table": "return_order",
                "app": "crossdock",
                "indexes": [Index(fields=["state", "created_at"], name="ix_return_order_state")],
                "pk_attr": "id",
                "table_description": "Amounts are minor units of the order's currency. `refund_due` grows with each receipt.",
            },
            bases=["Identified"],
        ),
        ops.AddConstraint(
            model_name="Return",
            constraint=UniqueConstraint(fields=("order_id", "position"), name="uq_return_order_position"),
        ),
        ops.AddConstraint(
            model_name="Return",
            constraint=CheckConstraint(
                check="state IN ('WAITING_APPROVAL', 'WAITING_RECEIPT', 'WAITING_REFUND', 'CLOSED', 'REJECTED', 'CANCELLED')",
                name="ck_return_order_state",
            ),
        ),
        ops.AddConstraint(
            model_name="Return",
            constraint=CheckConstraint(check="method IN ('SHIP', 'IN_STORE')", name="ck_return_order_method"),
        ),
        ops.AddConstraint(
            model_name="Return",
            constraint=CheckConstraint(
                check="refund_due >= 0 AND refunded >= 0 AND credited >= 0", name="ck_return_order_not_negative"
            ),
        ),
        ops.AddConstraint(
            model_name="Return",
            constraint=CheckConstraint(check="refunded + credited <= refund_due", name="ck_return_order_refunded"),
        ),
        ops.CreateModel(
            name="PaymentTransaction",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                (
                    "order",
                    fields.ForeignKeyField(
                        "crossdock.Order",
                        source_field="order_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "payment",
                    fields.ForeignKeyField(
                        "crossdock.Payment",
                        source_field="payment_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "kind",
                    fields.CharEnumField(
                        description="AUTHORIZE: AUTHORIZE\nCAPTURE: CAPTURE\nVOID: VOID\nREFUND: REFUND",
                        enum_type=TransactionKind,
                        max_length=20,
                    ),
                ),
                (
                    "state",
                    fields.CharEnumField(
                        default=TransactionState.PENDING,
                        description="PENDING: PENDING\nSUCCEEDED: SUCCEEDED\nFAILED: FAILED\nUNCERTAIN: UNCERTAIN",
                        enum_type=TransactionState,
                        max_length=20,
                    ),
                ),
                ("amount", fields.BigIntField()),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("settled_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("attempts", fields.IntField(default=0)),
                ("gateway_reference", fields.CharField(null=True, max_length=200)),
                ("failure", fields.CharField(null=True, max_length=500)),
                (
                    "purpose",
                    fields.CharEnumField(
                        default=TransactionPurpose.SALE,
                        description="SALE: SALE\nRETURN: RETURN\nAPPEASEMENT: APPEASEMENT\nEXCESS: EXCESS\nMANUAL: MANUAL",
                        enum_type=TransactionPurpose,
                        max_length=20,
                    ),
                ),
                (
                    "rma",
                    fields.ForeignKeyField(
                        "crossdock.Return",
                        source_field="rma_id",
                        null=True,
                        db_index=True,
                        description="the return that this refund pays",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("actor", fields.CharField(max_length=254)),
            ],
            options={
                "table": "payment_transaction",
                "app": "crossdock",
                "pk_attr": "id",
                "table_description": "An intent and its answer. Its id is the idempotency key of the call to the gateway.",
            },
            bases=["Identified"],
        ),
        ops.AddConstraint(
            model_name="PaymentTransaction",
            constraint=CheckConstraint(
                check="kind IN ('AUTHORIZE', 'CAPTURE', 'VOID', 'REFUND')", name="ck_payment_transaction_kind"
            ),
        ),
        ops.AddConstraint(
            model_name="PaymentTransaction",
            constraint=CheckConstraint(
                check="state IN ('PENDING', 'SUCCEEDED', 'FAILED', 'UNCERTAIN')", name="ck_payment_transaction_state"
            ),
        ),
        ops.AddConstraint(
            model_name="PaymentTransaction",
            constraint=CheckConstraint(
                check="purpose IN ('SALE', 'RETURN', 'APPEASEMENT', 'EXCESS', 'MANUAL')",
                name="ck_payment_transaction_purpose",
            ),
        ),
        ops.AddConstraint(
            model_name="PaymentTransaction",
            constraint=CheckConstraint(
                check="(kind = 'REFUND') = (purpose <> 'SALE')", name="ck_payment_transaction_refund"
            ),
        ),
        ops.AddConstraint(
            model_name="PaymentTransaction",
            constraint=CheckConstraint(check="amount > 0", name="ck_payment_transaction_amount"),
        ),
        ops.AddConstraint(
            model_name="PaymentTransaction",
            constraint=CheckConstraint(
                check="(state IN ('SUCCEEDED','FAILED')) = (settled_at IS NOT NULL)",
                name="ck_payment_transaction_settled",
            ),
        ),
        ops.AddConstraint(
            model_name="PaymentTransaction",
            constraint=UniqueConstraint(
                fields=("payment_id", "kind"),
                name="uq_payment_transaction_open",
                condition="state IN ('PENDING','UNCERTAIN')",
            ),
        ),
        ops.CreateModel(
            name="ReturnLine",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                (
                    "rma",
                    fields.ForeignKeyField(
                        "crossdock.Return",
                        source_field="rma_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "order",
                    fields.ForeignKeyField(
                        "crossdock.Order",
                        source_field="order_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "order_line",
                    fields.ForeignKeyField(
                        "crossdock.OrderLine",
                        source_field="order_line_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("quantity", fields.IntField()),
                ("received", fields.IntField(default=0)),
                ("reason", fields.CharField(max_length=500)),
                (
                    "disposition",
                    fields.CharEnumField(
                        null=True, description="of the last receipt", enum_type=Disposition, max_length=20
                    ),
                ),
                ("refund", fields.BigIntField(default=0, description="for what was received")),
            ],
            options={"table": "return_line", "app": "crossdock", "pk_attr": "id"},
            bases=["Identified"],
        ),
        ops.AddConstraint(
            model_name="ReturnLine",
            constraint=CheckConstraint(check="quantity > 0", name="ck_return_line_quantity"),
        ),
        ops.AddConstraint(
            model_name="ReturnLine",
            constraint=CheckConstraint(check="received >= 0 AND received <= quantity", name="ck_return_line_received"),
        ),
        ops.AddConstraint(
            model_name="ReturnLine",
            constraint=CheckConstraint(check="refund >= 0", name="ck_return_line_refund"),
        ),
        ops.AddConstraint(
            model_name="ReturnLine",
            constraint=CheckConstraint(
                check="disposition IN ('RESTOCK', 'DAMAGED', 'DISPOSE', 'RETURN_TO_VENDOR')",
                name="ck_return_line_disposition",
            ),
        ),
        ops.CreateModel(
            name="ReturnReceipt",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                (
                    "rma",
                    fields.ForeignKeyField(
                        "crossdock.Return",
                        source_field="rma_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "order",
                    fields.ForeignKeyField(
                        "crossdock.Order",
                        source_field="order_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "return_line",
                    fields.ForeignKeyField(
                        "crossdock.ReturnLine",
                        source_field="return_line_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "site",
                    fields.ForeignKeyField(
                        "crossdock.InventorySite",
                        source_field="site_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("quantity", fields.IntField()),
                (
                    "disposition",
                    fields.CharEnumField(
                        description="RESTOCK: RESTOCK\nDAMAGED: DAMAGED\nDISPOSE: DISPOSE\nRETURN_TO_VENDOR: RETURN_TO_VENDOR",
                        enum_type=Disposition,
                        max_length=20,
                    ),
                ),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("actor", fields.CharField(max_length=254)),
            ],
            options={
                "table": "return_receipt",
                "app": "crossdock",
                "pk_attr": "id",
                "table_description": "Some units of a line, received together at a site with one disposition.",
            },
            bases=["Identified"],
        ),
        ops.AddConstraint(
            model_name="ReturnReceipt",
            constraint=CheckConstraint(check="quantity > 0", name="ck_return_receipt_quantity"),
        ),
        ops.AddConstraint(
            model_name="ReturnReceipt",
            constraint=CheckConstraint(
                check="disposition IN ('RESTOCK', 'DAMAGED', 'DISPOSE', 'RETURN_TO_VENDOR')",
                name="ck_return_receipt_disposition",
            ),
        ),
        ops.CreateModel(
            name="ShippingOrder",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                (
                    "number",
                    fields.CharField(
                        unique=True, description="the order's number and a count: 100001-2", max_length=40
                    ),
                ),
                (
                    "order",
                    fields.ForeignKeyField(
                        "crossdock.Order",
                        source_field="order_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "site",
                    fields.ForeignKeyField(
                        "crossdock.InventorySite",
                        source_field="site_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "decision",
                    fields.ForeignKeyField(
                        "crossdock.AllocationDecision",
                        source_field="decision_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("position", fields.IntField(description="1, 2, … within the order")),
                (
                    "state",
                    fields.CharEnumField(
                        description="WAITING_APPROVAL: WAITING_APPROVAL\nWAITING_ASSIGNMENT: WAITING_ASSIGNMENT\nWAITING_PICK: WAITING_PICK\nWAITING_PACK: WAITING_PACK\nWAITING_SHIPMENT: WAITING_SHIPMENT\nREADY_FOR_PICKUP: READY_FOR_PICKUP\nSHIPPED: SHIPPED\nDELIVERED: DELIVERED\nPICKED_UP: PICKED_UP\nREJECTED: REJECTED\nCANCELLED: CANCELLED",
                        enum_type=ShippingOrderState,
                        max_length=20,
                    ),
                ),
                ("version", fields.IntField(default=1)),
                (
                    "delivery_method",
                    fields.CharEnumField(
                        description="SHIP: SHIP\nPICKUP: PICKUP\nDIGITAL: DIGITAL",
                        enum_type=DeliveryMethod,
                        max_length=20,
                    ),
                ),
                ("shipping_method", fields.CharField(null=True, max_length=64)),
                (
                    "assignee",
                    fields.ForeignKeyField(
                        "crossdock.User",
                        source_field="assignee_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("state_since", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("ship_by", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("pickup_code", fields.CharField(null=True, max_length=12)),
                ("approved_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("fulfilled_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("closing_reason", fields.CharField(null=True, max_length=500)),
            ],
            options={
                "table": "shipping_order",
                "app": "crossdock",
                "indexes": [
                    Index(fields=["site_id", "state", "created_at"], name="ix_shipping_order_site"),
                    Index(fields=["state", "created_at"], name="ix_shipping_order_state"),
                    Index(fields=["site_id", "fulfilled_at"], name="ix_shipping_order_fulfilled"),
                ],
                "pk_attr": "id",
            },
            bases=["Identified"],
        ),
        ops.AddConstraint(
            model_name="ShippingOrder",
            constraint=UniqueConstraint(fields=("order_id", "position"), name="uq_shipping_order_position"),
        ),
        ops.AddConstraint(
            model_name="ShippingOrder",
            constraint=CheckConstraint(
                check="state IN ('WAITING_APPROVAL', 'WAITING_ASSIGNMENT', 'WAITING_PICK', 'WAITING_PACK', 'WAITING_SHIPMENT', 'READY_FOR_PICKUP', 'SHIPPED', 'DELIVERED', 'PICKED_UP', 'REJECTED', 'CANCELLED')",
                name="ck_shipping_order_state",
            ),
        ),
        ops.AddConstraint(
            model_name="ShippingOrder",
            constraint=CheckConstraint(
                check="delivery_method IN ('SHIP', 'PICKUP', 'DIGITAL')", name="ck_shipping_order_delivery_method"
            ),
        ),
        ops.AddConstraint(
            model_name="ShippingOrder",
            constraint=CheckConstraint(
                check="(state IN ('SHIPPED','DELIVERED','PICKED_UP')) = (fulfilled_at IS NOT NULL)",
                name="ck_shipping_order_fulfilled_at",
            ),
        ),
        ops.CreateModel(
            name="Alert",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ("kind", fields.CharField(max_length=64)),
                (
                    "severity",
                    fields.CharEnumField(
                        description="INFO: INFO\nWARNING: WARNING\nCRITICAL: CRITICAL",
                        enum_type=AlertSeverity,
                        max_length=10,
                    ),
                ),
                ("message", fields.TextField(unique=False)),
                ("key", fields.CharField(max_length=200)),
                ("raised_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("cleared_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("cleared_by", fields.CharField(null=True, max_length=254)),
                ("note", fields.TextField(null=True, unique=False)),
                (
                    "order",
                    fields.ForeignKeyField(
                        "crossdock.Order",
                        source_field="order_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "shipping_order",
                    fields.ForeignKeyField(
                        "crossdock.ShippingOrder",
                        source_field="shipping_order_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "rma",
                    fields.ForeignKeyField(
                        "crossdock.Return",
                        source_field="rma_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "payment",
                    fields.ForeignKeyField(
                        "crossdock.Payment",
                        source_field="payment_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "site",
                    fields.ForeignKeyField(
                        "crossdock.InventorySite",
                        source_field="site_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("sku", fields.CharField(null=True, max_length=100)),
                (
                    "assignee",
                    fields.ForeignKeyField(
                        "crossdock.User",
                        source_field="assignee_id",
                        null=True,
                        description="who sees to it",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("snoozed_until", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "alert",
                "app": "crossdock",
                "indexes": [Index(fields=["raised_at", "id"], name="ix_alert_raised_at")],
                "pk_attr": "id",
                "table_description": "`key` names the fault: while it is open it is raised once.",
            },
            bases=["Identified"],
        ),
        ops.AddConstraint(
            model_name="Alert",
            constraint=CheckConstraint(check="severity IN ('INFO', 'WARNING', 'CRITICAL')", name="ck_alert_severity"),
        ),
        ops.AddConstraint(
            model_name="Alert",
            constraint=UniqueConstraint(fields=("key",), name="uq_alert_open", condition="cleared_at IS NULL"),
        ),
        ops.CreateModel(
            name="Invoice",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ("number", fields.CharField(unique=True, max_length=32)),
                (
                    "kind",
                    fields.CharEnumField(
                        description="INVOICE: INVOICE\nCREDIT_NOTE: CREDIT_NOTE", enum_type=InvoiceKind, max_length=20
                    ),
                ),
                (
                    "order",
                    fields.ForeignKeyField(
                        "crossdock.Order",
                        source_field="order_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "shipping_order",
                    fields.ForeignKeyField(
                        "crossdock.ShippingOrder",
                        source_field="shipping_order_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "rma",
                    fields.ForeignKeyField(
                        "crossdock.Return",
                        source_field="rma_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("issued_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("currency", fields.CharField(max_length=3)),
                ("shipping", fields.BigIntField(default=0)),
                ("total", fields.BigIntField()),
            ],
            options={"table": "invoice", "app": "crossdock", "pk_attr": "id"},
            bases=["Identified"],
        ),
        ops.AddConstraint(
            model_name="Invoice",
            constraint=CheckConstraint(check="kind IN ('INVOICE', 'CREDIT_NOTE')", name="ck_invoice_kind"),
        ),
        ops.AddConstraint(
            model_name="Invoice",
            constraint=CheckConstraint(check="shipping >= 0 AND total >= 0", name="ck_invoice_not_negative"),
        ),
        ops.AddConstraint(
            model_name="Invoice",
            constraint=UniqueConstraint(fields=("rma_id",), name="uq_invoice_return", condition="rma_id IS NOT NULL"),
        ),
        ops.CreateModel(
            name="InvoiceLine",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                (
                    "invoice",
                    fields.ForeignKeyField(
                        "crossdock.Invoice",
                        source_field="invoice_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "order",
                    fields.ForeignKeyField(
                        "crossdock.Order",
                        source_field="order_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "order_line",
                    fields.ForeignKeyField(
                        "crossdock.OrderLine",
                        source_field="order_line_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("sku", fields.CharField(max_length=100)),
                ("name", fields.CharField(max_length=500)),
                ("quantity", fields.IntField()),
                ("tax", fields.BigIntField()),
                ("total", fields.BigIntField()),
            ],
            options={"table": "invoice_line", "app": "crossdock", "pk_attr": "id"},
            bases=["Identified"],
        ),
        ops.AddConstraint(
            model_name="InvoiceLine",
            constraint=CheckConstraint(check="quantity > 0", name="ck_invoice_line_quantity"),
        ),
        ops.AddConstraint(
            model_name="InvoiceLine",
            constraint=CheckConstraint(check="tax >= 0 AND total >= 0", name="ck_invoice_line_not_negative"),
        ),
        ops.CreateModel(
            name="OrderHold",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                (
                    "order",
                    fields.ForeignKeyField(
                        "crossdock.Order",
                        source_field="order_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("reason", fields.CharField(max_length=200)),
                ("note", fields.TextField(null=True, unique=False)),
                ("held_by", fields.CharField(max_length=254)),
                (
                    "alert",
                    fields.ForeignKeyField(
                        "crossdock.Alert",
                        source_field="alert_id",
                        null=True,
                        description="the critical alert that holds; cleared with it",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("released_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("released_by", fields.CharField(null=True, max_length=254)),
            ],
            options={"table": "order_hold", "app": "crossdock", "pk_attr": "id"},
            bases=["Identified"],
        ),
        ops.CreateModel(
            name="Shipment",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                (
                    "order",
                    fields.ForeignKeyField(
                        "crossdock.Order",
                        source_field="order_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "shipping_order",
                    fields.ForeignKeyField(
                        "crossdock.ShippingOrder",
                        source_field="shipping_order_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("carrier", fields.CharField(max_length=64)),
                ("service", fields.CharField(null=True, max_length=64)),
                ("tracking_number", fields.CharField(null=True, db_index=True, max_length=100)),
                ("tracking_url", fields.CharField(null=True, max_length=2000)),
                ("label_url", fields.CharField(null=True, max_length=2000)),
                (
                    "state",
                    fields.CharEnumField(
                        description="LABELLED: LABELLED\nIN_TRANSIT: IN_TRANSIT\nDELIVERED: DELIVERED\nEXCEPTION: EXCEPTION\nVOIDED: VOIDED",
                        enum_type=ShipmentState,
                        max_length=20,
                    ),
                ),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("shipped_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("delivered_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("weight_grams", fields.IntField(null=True)),
                ("length_mm", fields.IntField(null=True)),
                ("width_mm", fields.IntField(null=True)),
                ("height_mm", fields.IntField(null=True)),
            ],
            options={
                "table": "shipment",
                "app": "crossdock",
                "pk_attr": "id",
                "table_description": "A package. It is LABELLED without a carrier's number from packing until the shipping order is shipped.",
            },
            bases=["Identified"],
        ),
        ops.AddConstraint(
            model_name="Shipment",
            constraint=CheckConstraint(
                check="state IN ('LABELLED', 'IN_TRANSIT', 'DELIVERED', 'EXCEPTION', 'VOIDED')",
                name="ck_shipment_state",
            ),
        ),
        ops.CreateModel(
            name="ShippingOrderLine",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                (
                    "shipping_order",
                    fields.ForeignKeyField(
                        "crossdock.ShippingOrder",
                        source_field="shipping_order_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "order",
                    fields.ForeignKeyField(
                        "crossdock.Order",
                        source_field="order_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "order_line",
                    fields.ForeignKeyField(
                        "crossdock.OrderLine",
                        source_field="order_line_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("sku", fields.CharField(max_length=100)),
                ("quantity", fields.IntField()),
                ("picked", fields.IntField(default=0)),
                ("packed", fields.IntField(default=0)),
                (
                    "fenced",
                    fields.IntField(
                        default=0, description="of these, taken from the channel's ring-fence", db_default=0
                    ),
                ),
            ],
            options={
                "table": "shipping_order_line",
                "app": "crossdock",
                "pk_attr": "id",
                "table_description": "`quantity` is what the site still is to give, or gave; a short pick lowers it.",
            },
            bases=["Identified"],
        ),
        ops.AddConstraint(
            model_name="ShippingOrderLine",
            constraint=UniqueConstraint(fields=("shipping_order_id", "order_line_id"), name="uq_shipping_order_line"),
        ),
        ops.AddConstraint(
            model_name="ShippingOrderLine",
            constraint=CheckConstraint(
                check="quantity >= 0 AND picked >= 0 AND packed >= 0", name="ck_shipping_order_line_not_negative"
            ),
        ),
        ops.AddConstraint(
            model_name="ShippingOrderLine",
            constraint=CheckConstraint(check="picked <= quantity", name="ck_shipping_order_line_picked"),
        ),
        ops.AddConstraint(
            model_name="ShippingOrderLine",
            constraint=CheckConstraint(check="packed <= picked", name="ck_shipping_order_line_packed"),
        ),
        ops.AddConstraint(
            model_name="ShippingOrderLine",
            constraint=CheckConstraint(check="fenced BETWEEN 0 AND quantity", name="ck_shipping_order_line_fenced"),
        ),
        ops.CreateModel(
            name="ShipmentLine",
            fields=[
                ("id", fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                (
                    "shipment",
                    fields.ForeignKeyField(
                        "crossdock.Shipment",
                        source_field="shipment_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "order",
                    fields.ForeignKeyField(
                        "crossdock.Order",
                        source_field="order_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "shipping_order_line",
                    fields.ForeignKeyField(
                        "crossdock.ShippingOrderLine",
                        source_field="shipping_order_line_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("sku", fields.CharField(max_length=100)),
                ("quantity", fields.IntField()),
            ],
            options={"table": "shipment_line", "app": "crossdock", "pk_attr": "id"},
            bases=["Identified"],
        ),
        ops.AddConstraint(
            model_name="ShipmentLine",
            constraint=CheckConstraint(check="quantity > 0", name="ck_shipment_line_quantity"),
        ),
        ops.CreateModel(
            name="WorkflowFigure",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("workflow_id", fields.UUIDField()),
                (
                    "state",
                    fields.CharEnumField(
                        description="DRAFT: DRAFT\nWAITING_PAYMENT: WAITING_PAYMENT\nWAITING_APPROVAL: WAITING_APPROVAL\nWAITING_ALLOCATION: WAITING_ALLOCATION\nWAITING_FULFILLMENT: WAITING_FULFILLMENT\nWAITING_FILING: WAITING_FILING\nCLOSED: CLOSED\nCANCELLED: CANCELLED",
                        enum_type=OrderState,
                        max_length=20,
                    ),
                ),
                ("orders", fields.BigIntField()),
            ],
            options={
                "table": "workflow_figure",
                "app": "crossdock",
                "pk_attr": "id",
                "table_description": "How many open orders stand in a state that were entered with a version of a workflow.",
            },
            bases=["Model"],
        ),
        ops.AddConstraint(
            model_name="WorkflowFigure",
            constraint=CheckConstraint(
                check="state IN ('DRAFT', 'WAITING_PAYMENT', 'WAITING_APPROVAL', 'WAITING_ALLOCATION', 'WAITING_FULFILLMENT', 'WAITING_FILING', 'CLOSED', 'CANCELLED')",
                name="ck_workflow_figure_state",
            ),
        ),
        ops.AddConstraint(
            model_name="WorkflowFigure",
            constraint=UniqueConstraint(fields=("workflow_id", "state"), name="uq_workflow_figure"),
        ),
    ]
