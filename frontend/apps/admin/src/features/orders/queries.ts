import { graphql } from "@crossdock/api";

export const ORDERS = graphql(`
  query Orders($query: String, $filter: OrderFilter, $sort: OrderSort!, $first: Int, $after: String, $last: Int, $before: String) {
    orders(query: $query, filter: $filter, sort: $sort, first: $first, after: $after, last: $last, before: $before) {
      degraded
      pageInfo {
        hasNextPage
        hasPreviousPage
        startCursor
        endCursor
      }
      nodes {
        id
        number
        externalId
        version
        state
        paymentStatus
        fulfillmentStatus
        suspended
        priority
        placedAt
        promisedAt
        updatedAt
        tags
        channel {
          id
          code
          name
        }
        customer {
          id
          name
        }
        shippingAddress {
          city
          country
        }
        totals {
          total {
            amount
            currency
          }
        }
      }
    }
  }
`);

/** Counts are dearer than rows: asked for apart and less often. */
export const ORDER_COUNTS = graphql(`
  query OrderCounts($query: String, $filter: OrderFilter, $facets: [OrderFacet!]) {
    orders(query: $query, filter: $filter, first: 1, facets: $facets) {
      totalCount
      totalIsCapped
      facets {
        field
        buckets {
          value
          count
        }
      }
      nodes {
        id
      }
    }
  }
`);

export const ORDER_PEEK = graphql(`
  query OrderPeek($number: String!) {
    order(number: $number) {
      id
      number
      state
      paymentStatus
      fulfillmentStatus
      suspended
      placedAt
      promisedAt
      shippingMethod
      customer {
        id
        name
      }
      shippingAddress {
        line1
        postalCode
        city
        country
      }
      totals {
        total {
          amount
          currency
        }
        due {
          amount
          currency
        }
      }
      waitingFor {
        step
        reason
        since
        actors
        nextAt
        detail
      }
      lines {
        id
        sku
        name
        quantity
        fulfilled
        total {
          amount
          currency
        }
      }
    }
  }
`);

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

export const ORDER = graphql(
  `
  query Order($number: String!) {
    order(number: $number) {
      id
      number
      externalId
      version
      state
      paymentStatus
      fulfillmentStatus
      suspended
      priority
      placedAt
      promisedAt
      updatedAt
      closedAt
      shippingMethod
      pricesIncludeTax
      currency
      email
      phone
      tags
      channel {
        id
        code
        name
        kind
      }
      customer {
        id
        name
        email
        phone
      }
      billingAddress {
        name
        company
        line1
        line2
        postalCode
        city
        subdivision
        country
        phone
      }
      shippingAddress {
        name
        company
        line1
        line2
        postalCode
        city
        subdivision
        country
        phone
      }
      totals {
        subtotal {
          amount
          currency
        }
        discount {
          amount
          currency
        }
        shipping {
          amount
          currency
        }
        tax {
          amount
          currency
        }
        total {
          amount
          currency
        }
        authorized {
          amount
          currency
        }
        captured {
          amount
          currency
        }
        refunded {
          amount
          currency
        }
        due {
          amount
          currency
        }
      }
      holds {
        id
        reason
        note
        heldBy
        at
        releasedAt
        releasedBy
      }
      steps {
        step
        status
        mode
        at
        by
        reason
      }
      waitingFor {
        step
        reason
        since
        actors
        nextAt
        detail
      }
      availableActions {
        action
        enabled
        reason
      }
      lines {
        id
        sku
        name
        kind
        deliveryMethod
        pickupSite {
          id
          code
          name
        }
        quantity
        allocated
        backordered
        picked
        fulfilled
        cancelled
        returned
        unitPrice {
          amount
          currency
        }
        total {
          amount
          currency
        }
      }
      shippingOrders {
        ...ShippingOrderParts
      }
      invoices {
        id
        number
        kind
        issuedAt
        documentUrl
        total {
          amount
          currency
        }
      }
      returns {
        id
        number
        state
        method
        createdAt
        refund {
          amount
          currency
        }
        lines {
          id
          quantity
          received
        }
      }
      exchangeFor {
        id
        number
      }
      alerts {
        id
        kind
        severity
        message
        raisedAt
        clearedAt
      }
      notes {
        body
        author
        at
      }
      allocationDecisions {
        id
        at
        ruleSet
        outcome
        cost
        chosen {
          site {
            id
            code
            name
          }
          sku
          quantity
        }
        alternatives {
          cost
          whyNot
          assignments {
            site {
              id
              code
              name
            }
            sku
            quantity
          }
        }
        excludedSites {
          site {
            id
            code
            name
          }
          reason
        }
      }
    }
  }
`,
  [SHIPPING_ORDER_PARTS],
);

export const ORDER_PAYMENTS = graphql(`
  query OrderPayments($number: String!) {
    order(number: $number) {
      id
      payments {
        id
        gateway
        method
        status
        amount {
          amount
          currency
        }
        authorized {
          amount
          currency
        }
        captured {
          amount
          currency
        }
        refunded {
          amount
          currency
        }
        authorizationExpiresAt
        transactions {
          id
          kind
          state
          at
          gatewayReference
          failure
          amount {
            amount
            currency
          }
        }
      }
    }
  }
`);

export const ORDER_EVENTS = graphql(`
  query OrderEvents($number: String!, $after: String) {
    order(number: $number) {
      id
      events(first: 100, after: $after) {
        pageInfo {
          hasNextPage
          endCursor
        }
        nodes {
          id
          sequence
          kind
          at
          actor
          message
          data
        }
      }
    }
  }
`);
