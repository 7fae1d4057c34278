"""What was drawn on an authorization stands on its own row of the sandbox's book, so one statement decides a draw."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint


class Migration(migrations.Migration):
    dependencies = [("crossdock", "0002_database")]

    operations = [
        ops.AddField(model_name="SandboxEntry", name="captured", field=fields.BigIntField(default=0, db_default=0)),
        ops.AddField(model_name="SandboxEntry", name="voided", field=fields.BigIntField(default=0, db_default=0)),
        ops.AddField(model_name="SandboxEntry", name="refunded", field=fields.BigIntField(default=0, db_default=0)),
        ops.AddConstraint(
            model_name="SandboxEntry",
            constraint=CheckConstraint(
                check="captured >= 0 AND voided >= 0 AND refunded >= 0"
                " AND captured + voided <= amount AND refunded <= captured",
                name="ck_sandbox_entry_drawn",
            ),
        ),
    ]
