import { graphql } from "@crossdock/api";

/** What cards and actions of a shipping order need. */
export const SHIPPING_ORDER_PARTS = graphql(`
  fragment ShippingOrderParts on ShippingOrder {
    id
    number
    state
    version
    deliveryMethod
    shippingMethod
    createdAt
    shipBy
    order {
      id
      number
    }
    site {
      id
      code
      name
    }
    assignee {
      id
      name
    }
    lines {
      id
      sku
      name
      quantity
      picked
      packed
    }
    shipments {
      id
      carrier
      service
      trackingNumber
      trackingUrl
      labelUrl
      state
      shippedAt
      deliveredAt
      lines {
        sku
        quantity
      }
    }
    availableActions {
      action
      enabled
      reason
    }
  }
`);
