"""Files that were sent to be imported: their rows as they stand in them, in parts that a job takes one by one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.indexes import Index
from tortoise.migrations.constraints import UniqueConstraint

from backend.models.base import Identified, check, link, one_of
from backend.rules.vocabulary import FileForm


class UploadedFile(Identified):
    """Whole once `row_count` is told: its parts are written first, in transactions of their own."""

    name = fields.CharField(max_length=200)
    form = fields.CharEnumField(FileForm, max_length=10)
    row_count = fields.IntField(null=True)
    uploaded_by = fields.CharField(max_length=64, description="the actor's key")
    created_at = fields.DatetimeField()

    class Meta:
        table = "uploaded_file"
        indexes = (Index(fields=("created_at",), name="ix_uploaded_file_created_at"),)
        constraints = (
            one_of("uploaded_file", "form", FileForm),
            check("uploaded_file", "rows", "row_count >= 0"),
        )


class UploadedFilePart(Identified):
    """Some rows in a row: `lines[i]` is where `texts[i]` begins, counted from 1."""

    file: Any = link("UploadedFile")
    file_id: UUID
    position = fields.IntField(description="1, 2, …")
    lines = ArrayField(element_type="int")
    texts = ArrayField(element_type="bytea", description="JSON, or what was meant to be JSON")

    class Meta:
        table = "uploaded_file_part"
        constraints = (UniqueConstraint(fields=("file_id", "position"), name="uq_uploaded_file_part"),)
