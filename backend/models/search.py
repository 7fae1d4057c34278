"""What of orders can be looked for by what is written in them; made from the other tables (queries/order_search.py)."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model


class OrderSearch(Model):
    """Folded to lower case without accents. Its foreign key and trigram indexes: migrations/0002_database.py."""

    order_id = fields.UUIDField(primary_key=True, generated=False)
    text = fields.TextField(description="everything, a line for each")
    names = fields.TextField()
    phone = fields.CharField(max_length=40, description="digits alone")
    postal_code = fields.CharField(max_length=40, db_index=True, description="without spaces")
    city = fields.CharField(max_length=200, db_index=True)

    class Meta:
        table = "order_search"


class OrderWord(Model):
    """A word of letters that stands, or stood, in some order's texts: what a word with a typo may have been."""

    word = fields.CharField(max_length=40, primary_key=True)

    class Meta:
        table = "order_word"
