"""The tables. `MODULES` is what the ORM loads; `db` opens it, `migrations/` makes it."""

MODULES = (
    "backend.models.people",
    "backend.models.channels",
    "backend.models.orders",
    "backend.models.payments",
    "backend.models.recurring",
    "backend.models.inventory",
    "backend.models.fulfillment",
    "backend.models.prices",
    "backend.models.receipts",
    "backend.models.returns",
    "backend.models.log",
    "backend.models.digests",
    "backend.models.webhooks",
    "backend.models.jobs",
    "backend.models.queues",
    "backend.models.search",
    "backend.models.figures",
    "backend.models.files",
)
