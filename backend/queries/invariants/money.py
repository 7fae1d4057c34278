"""Tenders, the gateway's book, and invoices."""

from __future__ import annotations

from backend.queries.invariants import Invariant

MONEY = (
    Invariant(
        "payment.sums",
        "What a payment holds, took and gave back is what its gateway said yes to.",
        """
SELECT o.number, p.position, p.authorized, p.captured, p.refunded, t.authorized AS authorizations, t.captures, t.refunds
  FROM payment p JOIN sales_order o ON o.id = p.order_id
  LEFT JOIN (SELECT payment_id,
                    sum(CASE kind WHEN 'AUTHORIZE' THEN amount WHEN 'VOID' THEN -amount ELSE 0 END) AS authorized,
                    sum(amount) FILTER (WHERE kind = 'CAPTURE') AS captures,
                    sum(amount) FILTER (WHERE kind = 'REFUND') AS refunds
               FROM payment_transaction WHERE state = 'SUCCEEDED' GROUP BY 1) t ON t.payment_id = p.id
 WHERE (p.authorized, p.captured, p.refunded)
       IS DISTINCT FROM (coalesce(t.authorized, 0), coalesce(t.captures, 0), coalesce(t.refunds, 0))""",
    ),
    Invariant(
        "payment.bounds",
        "Given back ≤ captured ≤ authorized ≤ tendered, of each payment.",
        """
SELECT o.number, p.position, p.amount, p.authorized, p.captured, p.refunded
  FROM payment p JOIN sales_order o ON o.id = p.order_id
 WHERE NOT (0 <= p.refunded AND p.refunded <= p.captured AND p.captured <= p.authorized AND p.authorized <= p.amount)
""",
    ),
    Invariant(
        "order.tendered",
        "What an order has authorized, captured and given back are the sums over its payments.",
        """
SELECT o.number, o.authorized, o.captured, o.refunded, p.authorized AS payments_authorized,
       p.captured AS payments_captured, p.refunded AS payments_refunded
  FROM sales_order o
  LEFT JOIN (SELECT order_id, sum(authorized) AS authorized, sum(captured) AS captured, sum(refunded) AS refunded
               FROM payment GROUP BY 1) p ON p.order_id = o.id
 WHERE (o.authorized, o.captured, o.refunded)
       IS DISTINCT FROM (coalesce(p.authorized, 0), coalesce(p.captured, 0), coalesce(p.refunded, 0))""",
    ),
    Invariant(
        "gateway.has_ours",
        "What we hold to have succeeded stands approved, with the same amount, in the sandbox gateway's book.",
        """
SELECT o.number, t.kind, t.amount, b.approved, b.amount AS booked
  FROM payment_transaction t JOIN payment p ON p.id = t.payment_id JOIN sales_order o ON o.id = t.order_id
  LEFT JOIN sandbox_entry b ON b.key = t.id::text
 WHERE p.gateway = 'sandbox' AND t.state = 'SUCCEEDED'
   AND (b.key IS NULL OR NOT b.approved OR b.kind <> t.kind OR b.amount <> t.amount OR b.currency <> p.currency)""",
    ),
    Invariant(
        "gateway.is_known",
        "What the sandbox gateway booked has succeeded with us too, or is still open.",
        """
SELECT b.key, b.kind, b.amount, t.state FROM sandbox_entry b
  LEFT JOIN payment_transaction t ON t.id::text = b.key
 WHERE b.approved AND (t.id IS NULL OR t.state = 'FAILED')""",
    ),
    Invariant(
        "invoice.gapless",
        "Invoices and credit notes are numbered 1, 2, 3 … up to the last number given.",
        """
SELECT s.name AS series, s.value AS last_number, i.count, i.first, i.last
  FROM number_series s
  LEFT JOIN LATERAL (SELECT count(*) AS count, min(regexp_replace(number, '\\D', '', 'g')::bigint) AS first,
                            max(regexp_replace(number, '\\D', '', 'g')::bigint) AS last
                       FROM invoice WHERE kind = s.name) i ON true
 WHERE s.name IN ('INVOICE', 'CREDIT_NOTE')
   AND (s.value <> i.count OR coalesce(i.last, 0) <> s.value OR coalesce(i.first, 1) <> 1)""",
    ),
    Invariant(
        "invoice.total",
        "An invoice comes to its lines and its shipping charge.",
        """
SELECT i.number, i.total, i.shipping, coalesce(l.total, 0) AS lines
  FROM invoice i LEFT JOIN (SELECT invoice_id, sum(total) AS total FROM invoice_line GROUP BY 1) l
    ON l.invoice_id = i.id
 WHERE i.total <> i.shipping + coalesce(l.total, 0)""",
    ),
    Invariant(
        "line.invoiced",
        "A line's invoiced units are those on invoices, less those taken off again.",
        """
SELECT o.number, l.position, l.sku, l.invoiced, coalesce(i.units, 0) AS on_invoices
  FROM order_line l JOIN sales_order o ON o.id = l.order_id
  LEFT JOIN (SELECT il.order_line_id, sum(CASE i.kind WHEN 'INVOICE' THEN il.quantity ELSE -il.quantity END) AS units
               FROM invoice_line il JOIN invoice i ON i.id = il.invoice_id WHERE i.rma_id IS NULL GROUP BY 1) i
    ON i.order_line_id = l.id
 WHERE l.invoiced <> coalesce(i.units, 0)""",
    ),
    Invariant(
        "invoice.shipping",
        "An order's shipping charge stands on one invoice, once it is invoiced.",
        """
SELECT o.number, o.shipping, o.shipping_invoiced, coalesce(i.shipping, 0) AS on_invoices
  FROM sales_order o
  LEFT JOIN (SELECT order_id, sum(CASE kind WHEN 'INVOICE' THEN shipping ELSE -shipping END) AS shipping
               FROM invoice GROUP BY 1) i ON i.order_id = o.id
 WHERE coalesce(i.shipping, 0) <> CASE WHEN o.shipping_invoiced THEN o.shipping ELSE 0 END""",
    ),
    Invariant(
        "return.refunded",
        "What a return has given back is what gateways gave back for it.",
        """
SELECT r.number, r.refunded, coalesce(t.amount, 0) AS refunds
  FROM return_order r
  LEFT JOIN (SELECT rma_id, sum(amount) AS amount FROM payment_transaction
              WHERE kind = 'REFUND' AND state = 'SUCCEEDED' AND rma_id IS NOT NULL GROUP BY 1) t ON t.rma_id = r.id
 WHERE r.refunded <> coalesce(t.amount, 0)""",
    ),
    Invariant(
        "return.due",
        "What a return owes is what its lines are worth, and it gives no more than that.",
        """
SELECT r.number, r.refund_due, r.refunded, r.credited, coalesce(l.refund, 0) AS lines
  FROM return_order r LEFT JOIN (SELECT rma_id, sum(refund) AS refund FROM return_line GROUP BY 1) l ON l.rma_id = r.id
 WHERE r.refund_due <> coalesce(l.refund, 0) OR r.refunded + r.credited > r.refund_due""",
    ),
)
