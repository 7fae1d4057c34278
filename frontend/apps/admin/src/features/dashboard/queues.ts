import type { MessageDescriptor } from "@lingui/core";
import { i18n } from "@lingui/core";
import { msg } from "@lingui/core/macro";

const TITLES: Record<string, MessageDescriptor> = {
  "orders.incomplete": msg`Drafts`,
  "orders.alerted": msg`With an alert`,
  "orders.suspended": msg`Suspended`,
  "orders.waitingPayment": msg`Waiting for payment`,
  "orders.waitingApproval": msg`Waiting for approval`,
  "orders.waitingAllocation": msg`Waiting for allocation`,
  "orders.backordered": msg`Back-ordered`,
  "orders.waitingFulfillment": msg`Waiting for fulfilment`,
  "orders.waitingFiling": msg`Waiting for filing`,
  "shippingOrders.alerted": msg`With an alert`,
  "shippingOrders.waitingApproval": msg`Waiting for approval`,
  "shippingOrders.waitingAssignment": msg`Unclaimed`,
  "shippingOrders.waitingPick": msg`To pick`,
  "shippingOrders.waitingPack": msg`To pack`,
  "shippingOrders.waitingShipment": msg`To ship`,
  "shippingOrders.readyForPickup": msg`Ready for pick-up`,
  "shippingOrders.late": msg`Late`,
  "returns.waitingApproval": msg`Waiting for approval`,
  "returns.waitingReceipt": msg`Waiting for the goods`,
  "returns.waitingRefund": msg`Waiting for refund`,
  "payments.failed": msg`Failed`,
  "payments.uncertain": msg`Without an answer`,
  "payments.expiring": msg`Authorizations that end soon`,
};

/** Short, as the tile stands under the list's own heading; the server's title for queues younger than this page. */
export function queueTitle(name: string, title: string): string {
  const known = TITLES[name];
  return known ? i18n._(known) : title;
}
